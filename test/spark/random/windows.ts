/** Window functions, their frames and orders. */
import { array, type Code, call, name, object, value } from "./code.ts";
import type { Expressions, Production } from "./expressions.ts";
import { type Family, familyOf, fits, type Place, type Size, sumsExactly, type Typed } from "./facts.ts";
import { type Gene, kid, pick } from "./genes.ts";
import { on } from "./productions.ts";

const fn = name("fn");

/**
 * Sort keys. Rows may share a place: then their own columns decide, on both engines. Undefined where columns have no order
 * that the engines share, and none has a value of its own in every row.
 */
export function sortKeys(place: Place, gene: Gene): readonly Code[] | undefined {
  const unique = place.columns.filter((c) => c.unique);
  const nested = place.columns.some((c) => ["array", "struct", "map"].includes(familyOf(c.node.type)));
  if (unique.length > 0 && (nested || gene.n % 2 === 0)) return [direction(pick(unique, gene.n).code, kid(gene, 0).n)];
  if (nested) return undefined;
  const start = gene.n % place.columns.length;
  const rotated = [...place.columns.slice(start), ...place.columns.slice(0, start)];
  return rotated.slice(0, 1 + (gene.n % 3)).map((c, i) => direction(c.code, kid(gene, i % 4).n + i));
}

function direction(code: Code, n: number): Code {
  const way = n % 5;
  if (way === 0) return code;
  const sorted = call(code, way % 2 === 0 ? "asc" : "desc");
  return way > 2 ? call(sorted, way === 3 ? "nullsFirst" : "nullsLast") : sorted;
}

type Bound = number | "unbounded";
const FRAMES: readonly (readonly [unit: "rows" | "range", start: Bound, end: Bound])[] = [
  ["rows", "unbounded", 0],
  ["rows", -2, 0],
  ["rows", -1, 1],
  ["rows", 0, "unbounded"],
  ["rows", "unbounded", "unbounded"],
  ["range", "unbounded", 0],
  ["range", 0, "unbounded"],
  ["rows", -3, -1],
];

/** `ordered`: the function needs an order in which every row has its own place. */
function over(x: Expressions, gene: Gene, ordered: boolean): Code | undefined {
  const order = sortKeys(x.place, kid(gene, 0));
  if (ordered && !order) return undefined;
  const groupable = x.place.columns.filter((c) => familyOf(c.node.type) !== "map").map((c) => c.code);
  const by = kid(gene, 1);
  const partitions =
    groupable.length === 0 ? [] : [...new Set([0, 1].map((i) => pick(groupable, by.n + i * 3)))].slice(0, by.n % 3);
  const [unit, start, end] = pick(FRAMES, by.n);
  const frame = object([
    ["unit", value(unit)],
    ["start", value(start)],
    ["end", value(end)],
  ]);
  const framed = !ordered && order !== undefined && gene.n % 3 !== 0;
  const sorted = ordered || framed || (order !== undefined && gene.n % 2 === 0);
  return object([
    ...(partitions.length === 0 ? [] : [["partitionBy", array(partitions)] as const]),
    ...(sorted && order ? [["orderBy", array(order)] as const] : []),
    ...(framed ? [["frame", frame] as const] : []),
  ]);
}

const ranking: Production = (x, gene) => {
  const window = over(x, gene, true);
  const fnName = pick(["rowNumber", "rank", "denseRank"], gene.n);
  return window && x.typed(call(call(fn, fnName), "over", window), { bound: 10_000, grain: 0 });
};

const counting: Production = (x, gene) => {
  const window = over(x, gene, false);
  const of = pick(x.place.columns, gene.n);
  const counted = gene.n % 2 === 0 ? call(fn, "countRows") : call(of.code, "count");
  return window && x.typed(call(counted, "over", window), { bound: 10_000, grain: 0 });
};

function neighbour(family: Family, names: readonly string[]): Production {
  return on([family], (x, of, gene) => {
    const window = over(x, kid(gene, 1), true);
    const offset = pick(names, gene.n);
    const args = offset === "lag" || offset === "lead" ? [value(1 + (gene.n % 2))] : [];
    return window && x.typed(call(call(of.code, offset, ...args), "over", window), of);
  });
}

/** `sum` of what may be summed, `min`, `max`. */
function running(family: Family): Production {
  return on([family], (x, of, gene) => {
    const window = over(x, kid(gene, 1), false);
    const summed = gene.n % 2 === 0 ? summable(x, of) : undefined;
    if (window && summed) return x.typed(call(call(summed.code, "sum"), "over", window), total(of, x.place.rows));
    return window && x.typed(call(call(of.code, pick(["min", "max"], gene.n)), "over", window), of);
  });
}

/** An average over a window, of what sums exactly. That of decimals is refused for DuckDB. */
const average: Production = on(["int", "double"], (x, of, gene) => {
  const window = over(x, kid(gene, 1), false);
  if (!window || !sumsExactly(of, x.place.rows)) return undefined;
  return x.typed(call(call(acknowledged(of), "avg"), "over", window), {
    bound: of.bound,
    grain: Number.POSITIVE_INFINITY,
  });
});

export const total = (of: Size, rows: number): Size => ({ bound: of.bound * Math.max(rows, 1), grain: of.grain });

/** The expression as one whose repeated rows are known of. */
export const acknowledged = (of: Typed): Code =>
  of.node.additivity === "fanned-out" ? call(of.code, "acknowledgeFanOut") : of.code;

/** The expression as one that may be summed, exactly and without overflow. */
export function summable(x: Expressions, of: Typed): Typed | undefined {
  const { additivity } = of.node;
  if (additivity !== "additive" && additivity !== "fanned-out") return undefined;
  const code = acknowledged(of);
  if (familyOf(of.node.type) === "double" && !sumsExactly(of, x.place.rows)) return undefined;
  const summed = x.typed(call(code, "sum"), total(of, x.place.rows));
  return fits(summed) ? { ...of, code } : undefined;
}

const EDGES = ["lag", "lead", "firstValue", "lastValue"] as const;
export const WINDOWS: Readonly<Partial<Record<Family, readonly Production[]>>> = {
  int: [ranking, counting, neighbour("int", EDGES), running("int")],
  decimal: [neighbour("decimal", EDGES), running("decimal")],
  double: [neighbour("double", EDGES), running("double"), average],
  string: [neighbour("string", EDGES)],
  boolean: [neighbour("boolean", ["lag", "lead"])],
  date: [neighbour("date", ["lag", "lead"])],
  timestamp: [neighbour("timestamp", ["lag", "lead"])],
};
