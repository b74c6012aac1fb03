/** Steps over one relation that keep its rows or some of them. */
import { array, arrow, type Code, call, get, name, object, step, value } from "./code.ts";
import { Expressions } from "./expressions.ts";
import { SCALARS, type Typed } from "./facts.ts";
import { type Gene, kid, pick } from "./genes.ts";
import {
  built,
  columnsOf,
  freshName,
  groupable,
  type Items,
  knownOf,
  OTHER,
  objectOf,
  own,
  placeOf,
  type Step,
  same,
  taken,
} from "./relation.ts";
import { sortKeys } from "./windows.ts";

/** Any value: of a scalar type mostly, else a column as it is. */
function anyValue(x: Expressions, gene: Gene): Typed {
  if (gene.n % 7 === 6) return pick(x.place.columns, gene.n);
  return x.of(pick(SCALARS, gene.n), gene);
}

export function newItems(x: Expressions, gene: Gene, names: readonly string[]): Items {
  const used = [...names];
  const parts = gene.kids.length === 0 ? [gene] : gene.kids;
  return parts.map((part) => {
    const key = freshName(used, part.n);
    used.push(key);
    return [key, anyValue(x, part)];
  });
}

export const where: Step = (rel, gene, context) => {
  const x = new Expressions(placeOf(context, rel.rows, own(rel)), gene.n % 4 === 0 ? "nested" : "none");
  const test = x.condition(kid(gene, 0));
  return taken(context, rel, "where", [arrow(["c"], test.code)], same(rel));
};

export const whereNotNull: Step = (rel, gene, context) => {
  const columns = columnsOf(rel).map((c) => c.name);
  const names = [...new Set([pick(columns, gene.n), pick(columns, kid(gene, 0).n)])];
  const items = object(names.map((key) => [key, get(name("c"), key)]));
  return taken(context, rel, "whereNotNull", [arrow(["c"], items)], same(rel));
};

export const derive: Step = (rel, gene, context) => {
  const x = new Expressions(placeOf(context, rel.rows, own(rel)), gene.n % 3 !== 0 ? "nested" : "none");
  const names = columnsOf(rel).map((c) => c.name);
  // Now and then a column takes the place of another.
  const replaced = gene.n % 4 === 1 ? names.filter((n) => !rel.key?.includes(n)).slice(0, 1) : [];
  const items = newItems(x, gene, names).map(([key, of], i) => [i === 0 ? (replaced[0] ?? key) : key, of] as const);
  const known = new Map([...rel.known, ...knownOf(items, true)]);
  return taken(context, rel, "derive", [arrow(["c"], objectOf(items))], same(rel, { known }));
};

export const select: Step = (rel, gene, context) => {
  const x = new Expressions(placeOf(context, rel.rows, own(rel)), gene.n % 3 !== 0 ? "nested" : "none");
  const kept: Items = x.place.columns.filter((_, i) => (gene.n >> i) % 2 === 0).map((c) => [c.name, c]);
  const items = [
    ...kept,
    ...newItems(
      x,
      gene,
      kept.map(([key]) => key),
    ),
  ];
  return taken(context, rel, "select", [arrow(["c"], objectOf(items))], {
    known: knownOf(items, true),
    rows: rel.rows,
  });
};

/** Drops, renames and swaps columns by rest and spread. */
export const rename: Step = (rel, gene, context) => {
  const names = columnsOf(rel).map((c) => c.name);
  const first = pick(names, gene.n);
  const second = pick(names, kid(gene, 0).n);
  const way = gene.n % 3;
  if (way === 0 && names.length === 1) return undefined;
  if (way === 2 && first === second) return undefined;
  const picked = way === 2 ? [first, second] : [first];
  const to = way === 0 ? [] : way === 1 ? [freshName(names, kid(gene, 1).n)] : [second, first];
  const params = [{ picks: picked.map((key, i) => [key, `c${i}`] as const), rest: "rest" }];
  const body = object(
    to.map((key, i) => [key, name(`c${i}`)]),
    "rest",
  );
  const known = new Map([...rel.known].filter(([key]) => !picked.includes(key)));
  for (const [i, key] of to.entries()) known.set(key, rel.known.get(picked[i] ?? "") ?? OTHER);
  return taken(context, rel, "select", [arrow(params, body)], { known, rows: rel.rows });
};

export const dedupe: Step = (rel, gene, context) => {
  const x = new Expressions(placeOf(context, rel.rows, own(rel)), gene.n % 5 === 0 ? "nested" : "none");
  const order = sortKeys(x.place, kid(gene, 0));
  const keys = groupable(x.place);
  if (!order || keys.length === 0) return undefined;
  const computed = kid(gene, 2).kids.length > 0 ? x.of(pick(SCALARS, gene.n), kid(gene, 2)).code : undefined;
  const key = computed ?? pick(keys, kid(gene, 1).n).code;
  const options = object([
    ["key", arrow(["c"], key)],
    ["orderBy", arrow(["c"], array(order))],
  ]);
  return taken(context, rel, "dedupe", [options], same(rel));
};

export const limit: Step = (rel, gene, context) => {
  const place = placeOf(context, rel.rows, own(rel));
  const order = sortKeys(place, kid(gene, 0));
  if (!order) return undefined;
  const count = gene.n % 6;
  const computed =
    kid(gene, 1).kids.length > 0 ? [new Expressions(place, "flat").of(pick(SCALARS, gene.n), kid(gene, 1)).code] : [];
  const by = arrow(["c"], array([...computed, ...order]));
  const end = (of: Code) => call(step(of, "orderBy", by), "limit", value(count));
  return built(context, rel, end(rel.code), end(name("~before")), same(rel, { rows: Math.min(rel.rows, count) }));
};
