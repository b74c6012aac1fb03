/** Cases of the aggregates, and of what is asked over windows. */

import type { ExprNode, OrderNode, WindowFrame } from "../../../src/ast/expr.ts";
import { functionSpec } from "../../../src/functions/index.ts";
import type { Options } from "../../../src/functions/spec.ts";
import { aggregateNode, callNode, columnNode, literalNode, windowNode } from "../../../src/nodes/exprs.ts";
import { primitive, typeName } from "../../../src/types/types.ts";
import type { Canonical } from "../canonical.ts";
import { columnsOf, type Question, type Rows } from "./compare.ts";
import { T, VALUES, type ValueType } from "./values.ts";

export interface Aggregate {
  readonly fn: string;
  /** The type of the argument; none for `countRows`. */
  readonly of?: ValueType;
  /** A second argument, an INT without ties, by which rows are ordered. */
  readonly by?: boolean;
  readonly options?: Options;
  /** The last digits depend on the order of the rows. */
  readonly approximate?: boolean;
}

const INTEGERS = ["tinyint", "smallint", "int", "bigint"] as const;
const DECIMALS = ["money", "rate", "whole", "wide", "fraction"] as const;
const FRACTIONS = ["float", "double"] as const;
const NUMBERS = [...INTEGERS, ...DECIMALS, ...FRACTIONS] as const;
const ORDERED = ["string", "boolean", ...NUMBERS, "date", "timestamp", "ntz", "binary"] as const;
const NESTED = ["strings", "ints", "doubles", "record"] as const;

const each = (fn: string, types: readonly ValueType[], extra: Partial<Aggregate> = {}): readonly Aggregate[] =>
  types.map((of) => ({ fn, of, ...extra }));

export const AGGREGATES: readonly Aggregate[] = [
  ...each("count", [...ORDERED, ...NESTED, "dict", "variant"]),
  { fn: "countRows" },
  ...each("countDistinct", [...ORDERED, ...NESTED]),
  ...["countIf", "every", "some"].flatMap((fn) => each(fn, ["boolean"])),
  ...["sum", "avg"].flatMap((fn) => [
    ...each(fn, [...INTEGERS, ...DECIMALS]),
    ...each(fn, FRACTIONS, { approximate: true }),
  ]),
  ...["min", "max"].flatMap((fn) => each(fn, [...ORDERED, ...NESTED])),
  ...["stddev", "stddevPop", "variance", "variancePop"].flatMap((fn) => each(fn, NUMBERS, { approximate: true })),
  ...each("median", NUMBERS),
  ...[0, 0.1, 0.25, 0.5, 0.99, 1].flatMap((percentage) => each("percentile", NUMBERS, { options: { percentage } })),
  ...["maxBy", "minBy"].flatMap((fn) => each(fn, [...ORDERED, ...NESTED, "dict", "variant"], { by: true })),
  ...each("arrayAgg", [...ORDERED, ...NESTED]),
];

/**
 * Left out of the values of a type: what only shows in which order an engine adds (a sum that leaves the range and
 * comes back). Where squares leave the range of a double, Spark gives Infinity over a window and NaN in a group: NaN it is.
 */
function asked(fn: string, of: ValueType, over: boolean): readonly Canonical[] {
  const list = VALUES[of];
  if (fn === "sum" || fn === "avg") {
    return of === "bigint" || of.startsWith("w") || of === "fraction"
      ? list.filter((v) => !String(v).startsWith("-"))
      : list;
  }
  const spreads = ["stddev", "stddevPop", "variance", "variancePop"];
  return over && spreads.includes(fn) ? list.filter((v) => !/e\+308/.test(String(v))) : list;
}

/** How the rows of a type are put in groups: all, nulls, no nulls, single rows and others. */
const GROUPS: readonly ((value: Canonical, i: number, count: number) => boolean)[] = [
  () => true,
  (value) => value === null,
  (value) => value !== null,
  (_, i) => i === 1,
  (_, i) => i % 3 === 1,
  (_, i) => i % 3 === 2,
  (_, i) => i % 5 === 2,
  (_, i, count) => i >= count - 2,
  (_, i) => i > 1 && i < 5,
];

/** Rows of one argument, by group, for an aggregate or `over` a window; with `by`, of a second whose values are all different and in another order. */
function rowsOf({ fn, of = "int", by = false }: Aggregate, over: boolean): Rows {
  const list = by ? VALUES[of] : asked(fn, of, over);
  // Every value twice, so that there are duplicates.
  const all: readonly (readonly Canonical[])[] = [...list, ...list].map((value, i) =>
    by ? [value, i === 3 ? null : String((i * 7919) % 1009)] : [value],
  );
  const values = GROUPS.flatMap((member, group) =>
    all.filter((row, i) => member(row[0] ?? null, i, all.length)).map((row) => [...row, String(group)]),
  );
  const group = primitive("int");
  const own = list.length < VALUES[of].length && !by ? `_${fn}` : "";
  return { view: `agg_${of}${by ? "_by" : ""}${own}`, types: by ? [T[of], group, group] : [T[of], group], values };
}

function args(given: Aggregate, rows: Rows): readonly ExprNode[] {
  return given.of ? columnsOf(rows.types, true).slice(0, -1) : [];
}

/** Over every group, and over no rows at all. */
export function aggregateQuestion(given: Aggregate, filtered: boolean): Question {
  const rows = rowsOf(given, false);
  const group = given.by ? "a2" : "a1";
  const from = filtered
    ? `(SELECT *, CASE WHEN id % 7 = 0 THEN NULL ELSE id % 3 = 0 END AS keep FROM ${rows.view}) AS kept`
    : rows.view;
  const { fn, options, approximate = false } = given;
  const facts = { type: primitive("boolean"), nullable: true, labels: [], unit: "", additivity: "additive" } as const;
  const filter = columnNode("keep", facts, 0);
  const node = aggregateNode(
    fn,
    args(given, rows),
    { ...(options && { options }), ...(filtered && { filter }) },
    undefined,
  );
  const queries = {
    whole: [
      `SELECT ${group} AS id, $expr AS value FROM ${from} GROUP BY ${group}`,
      `SELECT -1 AS id, $expr AS value FROM ${from} WHERE id < 0`,
    ],
    parts: GROUPS.map((_, i) => `SELECT ${i} AS id, $expr AS value FROM ${from} WHERE ${group} = ${i}`),
  };
  return { name: `${described(given, rows)}${filtered ? " with a filter" : ""}`, rows, node, queries, approximate };
}

function described({ fn, options }: Aggregate, rows: Rows): string {
  return `${fn}(${[...rows.types.map(typeName), ...(options ? [JSON.stringify(options)] : [])].join(", ")})`;
}

const ID = columnNode(
  "id",
  { type: primitive("int"), nullable: false, labels: [], unit: "", additivity: "additive" },
  0,
);
/** Days without ties. */
const DAY = callNode("addDays", [literalNode("2024-02-27", primitive("date")), ID], undefined, undefined);
const PART = { ...ID, name: "part" };
const order = (expr: ExprNode, descending = false, nulls: OrderNode["nulls"] = "first"): OrderNode => ({
  expr,
  descending,
  nulls,
});

interface Window {
  readonly name: string;
  readonly parts: (value: ExprNode) => {
    readonly partitionBy: readonly ExprNode[];
    readonly orderBy: readonly OrderNode[];
    readonly frame?: WindowFrame;
  };
}

const rowsFrame = (start: WindowFrame["start"], end: WindowFrame["end"]): WindowFrame => ({ unit: "rows", start, end });

/** In every order without ties, and in one with them, where the answer does not depend on the order of equal rows. */
const UNTIED: readonly Window[] = [
  { name: "by id", parts: () => ({ partitionBy: [PART], orderBy: [order(ID)] }) },
  { name: "one partition", parts: () => ({ partitionBy: [], orderBy: [order(ID, true)] }) },
  { name: "by value, nulls first", parts: (v) => ({ partitionBy: [PART], orderBy: [order(v), order(ID)] }) },
  {
    name: "by value, nulls last",
    parts: (v) => ({ partitionBy: [PART], orderBy: [order(v, true, "last"), order(ID)] }),
  },
];
const TIED: Window = { name: "with ties", parts: (v) => ({ partitionBy: [], orderBy: [order(v)] }) };
const FRAMES: readonly Window[] = [
  [-1, 1],
  [0, "unbounded"],
  [2, 3],
].map(([start, end]) => ({
  name: `rows ${start} to ${end}`,
  parts: () => ({ partitionBy: [PART], orderBy: [order(ID)], frame: rowsFrame(start as number, end as number) }),
}));
const RANGES: readonly Window[] = [
  {
    name: "range -2 to 1",
    parts: () => ({ partitionBy: [PART], orderBy: [order(ID)], frame: { unit: "range", start: -2, end: 1 } }),
  },
  {
    name: "range of three days",
    parts: () => ({ partitionBy: [PART], orderBy: [order(DAY)], frame: { unit: "range", start: -2, end: 0 } }),
  },
  {
    name: "range to here, with ties",
    parts: (v) => ({ partitionBy: [], orderBy: [order(v)], frame: { unit: "range", start: "unbounded", end: 0 } }),
  },
];
const WHOLE: Window = { name: "whole partition", parts: () => ({ partitionBy: [PART], orderBy: [] }) };

export interface Windowed {
  readonly fn: string;
  readonly of?: ValueType;
  readonly by?: boolean;
  readonly options?: Options;
  readonly approximate?: boolean;
  readonly windows: readonly Window[];
}

const SEVERAL: readonly ValueType[] = [
  ...(["string", "boolean", "int", "money", "double", "date", "timestamp", "binary"] as const),
  ...(["strings", "record", "dict", "variant"] as const),
];

/** Equal rows have one. */
const RANKS = ["rank", "denseRank", "percentRank", "cumeDist"];

export const WINDOWS: readonly Windowed[] = [
  { fn: "rowNumber", windows: UNTIED },
  ...RANKS.flatMap((fn): Windowed[] => [
    { fn, windows: UNTIED },
    ...ORDERED.map((of) => ({ fn, of, windows: [TIED] })),
  ]),
  ...["lag", "lead"].flatMap((fn) =>
    [0, 1, 100].flatMap((offset) =>
      SEVERAL.map((of) => ({ fn, of, options: { offset }, windows: UNTIED.slice(0, 2) })),
    ),
  ),
  ...["firstValue", "lastValue"].flatMap((fn) =>
    SEVERAL.map((of) => ({ fn, of, windows: [...UNTIED.slice(0, 2), ...FRAMES] })),
  ),
];

/** Every aggregate over windows. */
export const SPREAD: readonly Windowed[] = AGGREGATES.filter(
  ({ of }) => of === undefined || of === "boolean" || ["string", "int", "money", "double"].includes(of),
).map((given) => ({ ...given, windows: windowsOf(given.fn).filter((window) => !showsZeros(given, window)) }));

/** Of a column by which rows are sorted, -0 and 0 may be either (docs/differences.md): a list of it shows which. */
function showsZeros({ fn, of }: { readonly fn: string; readonly of?: ValueType }, { name }: Window): boolean {
  return fn === "arrayAgg" && of === "double" && name.endsWith("with ties");
}

function windowsOf(fn: string): readonly Window[] {
  const spec = functionSpec(fn);
  const allowed = spec?.kind === "scalar" ? "none" : spec?.window;
  if (allowed === "none") return [];
  return allowed === "partition" ? [WHOLE] : [WHOLE, ...UNTIED.slice(0, 1), ...FRAMES, ...RANGES];
}

export function windowQuestion(given: Windowed, window: Window): Question {
  const rows = rowsOf(given, true);
  const value = columnsOf(rows.types, true)[0] ?? ID;
  const { fn, options, approximate = false } = given;
  // The ranking functions take no argument, though they are ordered by a value.
  const taken = ["rowNumber", ...RANKS].includes(fn) ? [] : args(given, rows);
  const node = windowNode(fn, taken, { ...window.parts(value), ...(options && { options }) }, undefined);
  const group = given.by ? "a2" : "a1";
  const from = (where: string) =>
    `SELECT id, $expr AS value FROM (SELECT *, ${group} AS part FROM ${rows.view} WHERE ${where}) AS parted`;
  const queries = { whole: [from("id >= 0")], parts: GROUPS.map((_, i) => from(`${group} = ${i}`)) };
  return { name: `${described(given, rows)} over ${window.name}`, rows, node, queries, approximate };
}
