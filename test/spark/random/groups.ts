/** Groups and measures. */
import { array, arrow, type Code, call, get, name, step, value } from "./code.ts";
import { Expressions } from "./expressions.ts";
import { type Family, familyOf, NONE, NUMBERS, SCALARS, type Size, sumsExactly, type Typed } from "./facts.ts";
import { type Gene, kid, pick } from "./genes.ts";
import {
  built,
  type Context,
  freshName,
  groupable,
  type Items,
  knownOf,
  OTHER,
  objectOf,
  own,
  placeOf,
  type Rel,
  type Step,
  same,
  taken,
} from "./relation.ts";
import { newItems } from "./rows.ts";
import { acknowledged, summable, total } from "./windows.ts";

const COUNTS: Size = { bound: 10_000, grain: 0 };

/** An aggregate, with a filter now and then. */
function measure(x: Expressions, gene: Gene): Typed {
  const family = pick(SCALARS, gene.n);
  const of = x.of(family, kid(gene, 0));
  const [code, size] = pick(aggregatesOf(x, family, of, gene), kid(gene, 1).n);
  const test = kid(gene, 2);
  return x.typed(test.kids.length > 0 ? call(code, "filter", x.condition(test).code) : code, size);
}

function aggregatesOf(x: Expressions, family: Family, of: Typed, gene: Gene): readonly (readonly [Code, Size])[] {
  const made = (method: string, size: Size, ...args: readonly Code[]) =>
    [call(of.code, method, ...args), size] as const;
  const orders = x.place.columns.filter((c) => ["int", "decimal", "string", "date"].includes(familyOf(c.node.type)));
  const [by] = orders.length > 0 ? [pick(orders, gene.n).code] : [];
  return [
    made("count", COUNTS),
    [call(name("fn"), "countRows"), COUNTS],
    made("countDistinct", COUNTS),
    ...(NUMBERS.includes(family) ? numericAggregates(x, family, of) : []),
    ...(family === "boolean"
      ? [made("every", NONE), made("some", NONE), made("countIf", COUNTS)]
      : [made("min", of), made("max", of)]),
    ...(by ? [made("maxBy", of, by), made("minBy", of, by)] : []),
    made("arrayAgg", NONE),
  ];
}

/** Sums and what is made of them, where they are exact. */
function numericAggregates(x: Expressions, family: Family, of: Typed): readonly (readonly [Code, Size])[] {
  const { rows } = x.place;
  const rounded = { bound: of.bound, grain: Number.POSITIVE_INFINITY };
  const summed = summable(x, of);
  const known = acknowledged(of);
  const sum = summed ? [[call(summed.code, "sum"), total(of, rows)] as const] : [];
  if (family === "decimal") {
    const average = averageFits(of, rows) ? [[call(known, "avg"), { bound: of.bound, grain: 0 }] as const] : [];
    return [...sum, ...sum, ...average];
  }
  if (!sumsExactly(of, rows)) return sum;
  return [
    ...sum,
    ...sum,
    [call(known, "avg"), rounded],
    [call(known, "median"), rounded],
    [call(known, "percentile", value(0.25)), rounded],
  ];
}

/** The average of decimals is a division of whole numbers of at most 38 digits: see medallion_divide. */
function averageFits(of: Typed, rows: number): boolean {
  return of.node.type.kind === "decimal" && of.node.type.precision + 10 + 4 + Math.log10(rows + 1) < 38;
}

function measures(x: Expressions, gene: Gene, names: readonly string[]): Items {
  const used = [...names];
  const parts = gene.kids.length === 0 ? [gene] : gene.kids;
  return parts.map((part) => {
    const key = freshName(used, part.n + 3);
    used.push(key);
    return [key, measure(x, part)];
  });
}

export const groupBy: Step = (rel, gene, context) => {
  const x = new Expressions(placeOf(context, rel.rows, own(rel)), gene.n % 5 === 0 ? "nested" : "none");
  const keys = groupable(x.place);
  if (keys.length === 0) return undefined;
  const by = kid(gene, 0);
  const columns: Items = [...new Set([pick(keys, by.n), pick(keys, kid(by, 0).n)])].map((c) => [c.name, c]);
  const named =
    by.n % 3 === 0
      ? newItems(
          x,
          by,
          columns.map(([key]) => key),
        ).slice(0, 1)
      : [];
  const plain = named.filter(([, of]) => familyOf(of.node.type) !== "map");
  // A group may have another name than its column, even that of another column.
  const renamed: Items = by.n % 5 === 0 && columns.length === 2 ? swapped(columns) : columns;
  const groups: Items = [...renamed, ...plain];
  const items = measures(
    x,
    kid(gene, 1),
    groups.map(([key]) => key),
  );
  const known = new Map([...knownOf(groups, false), ...knownOf(items, false)]);
  const [only] = groups;
  if (groups.length === 1 && only && !only[1].node.nullable)
    known.set(only[0], { ...OTHER, ...known.get(only[0]), unique: true });
  const keyed = groups.every(([, of]) => !of.node.nullable && SCALARS.includes(familyOf(of.node.type)));
  const begun = step(rel.code, "groupBy", arrow(["c"], objectOf(groups)));
  const short = step(name("~before"), "groupBy", arrow(["c"], objectOf(groups)));
  const end = (of: Code) => step(of, "aggregate", arrow(["c"], objectOf(items)));
  const made = built(context, rel, end(begun), end(short), { known, rows: rel.rows });
  return keyed
    ? withKey(
        context,
        made,
        groups.map(([key]) => key),
      )
    : made;
};

function swapped(columns: Items): Items {
  const [a, b] = columns;
  return a && b
    ? [
        [b[0], a[1]],
        [a[0], b[1]],
      ]
    : columns;
}

export function withKey(context: Context, rel: Rel, key: readonly string[]): Rel {
  const columns = key.map((one) => get(name("c"), one));
  const [only] = columns;
  const of = columns.length === 1 && only ? only : array(columns);
  return taken(context, rel, "key", [arrow(["c"], of)], same(rel, { key }));
}

export const aggregate: Step = (rel, gene, context) => {
  const x = new Expressions(placeOf(context, rel.rows, own(rel)), "none");
  const items = measures(x, gene, []);
  return taken(context, rel, "aggregate", [arrow(["c"], objectOf(items))], { known: knownOf(items, false), rows: 1 });
};
