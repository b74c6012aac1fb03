/** Steps over two relations. */
import type { ColumnFacts } from "../../../src/ast/relation.ts";
import { brought } from "../../../src/nodes/relations.ts";
import { array, arrow, type Code, call, get, name, object } from "./code.ts";
import { Expressions } from "./expressions.ts";
import { type Family, familyOf, SCALARS } from "./facts.ts";
import { type Gene, kid, pick } from "./genes.ts";
import { groupBy } from "./groups.ts";
import {
  type Context,
  columnsOf,
  freshName,
  type Items,
  knownOf,
  NAMES,
  objectOf,
  own,
  placeOf,
  type Rel,
  type Side,
  type Step,
  same,
  taken,
} from "./relation.ts";
import { derive, limit, newItems, rename, where } from "./rows.ts";

/** Joins that could give more rows are left out. */
const MOST_ROWS = 400;

/** A table to read, with a simple step of its own now and then. */
function other(gene: Gene, context: Context): Rel {
  const table = pick(context.tables, gene.n);
  const more = kid(gene, 0);
  if (more.kids.length === 0) return table;
  return pick([where, rename, derive, groupBy, limit], more.n)(table, more, context) ?? table;
}

/** An equality that some rows meet, alone or with more: two ways of being equal, or a further condition. */
function matching(left: Side, right: Side, gene: Gene, context: Context): Code {
  const [l, r] = [placeOf(context, 1, left), placeOf(context, 1, right)];
  const [lx, rx] = [new Expressions(l, "none"), new Expressions(r, "none")];
  const shared = SCALARS.filter((family) => lx.columns(family).length > 0 && rx.columns(family).length > 0);
  const family = shared.length > 0 ? pick(shared, gene.n) : "int";
  const [a, b] = [lx.of(family, kid(gene, 0)), rx.leaf(family, kid(gene, 1).n)];
  const equal = call(a.code, gene.n % 5 === 4 ? "eqNullSafe" : "eq", b.code);
  if (gene.n % 3 === 0) return equal;
  const both = new Expressions(placeOf(context, 1, left, right), "none");
  return call(equal, gene.n % 3 === 1 ? "and" : "or", both.condition(kid(gene, 2)).code);
}

/** What a join shows: columns of both sides, and something of both. */
function shown(left: Side, right: Side, rows: number, gene: Gene, context: Context): Items {
  const x = new Expressions(placeOf(context, rows, left, right), gene.n % 3 === 0 ? "flat" : "none");
  const kept = x.place.columns.filter((_, i) => (gene.n >> (i % 12)) % 2 === 0);
  const used: string[] = [];
  const items = kept.map((c): Items[number] => {
    const key = freshName(used, c.name.length, [c.name, ...NAMES]);
    used.push(used.includes(c.name) ? key : c.name);
    return [used.at(-1) ?? key, c];
  });
  return [...items, ...newItems(x, gene, used)];
}

function sides(
  rel: Rel,
  right: Rel,
  nullable: "none" | "right" | "both",
  repeated: boolean,
): readonly [Side, Side, Side, Side] {
  const [l, r] = [columnsOf(rel), columnsOf(right)];
  const shownLeft = brought(l, { nullable: nullable === "both", repeated });
  const shownRight = brought(r, { nullable: nullable !== "none", repeated: true });
  const side = (of: Rel, param: string, at: 0 | 1, facts: readonly ColumnFacts[]): Side => ({
    rel: of,
    param,
    side: at,
    facts,
  });
  return [
    side(rel, "l", 0, l),
    side(right, "r", 1, r),
    side(rel, "l", 0, repeated ? shownLeft : l),
    side(right, "r", 1, shownRight),
  ];
}

export const join: Step = (rel, gene, context) => {
  const right = other(kid(gene, 0), context);
  const rows = rel.rows * right.rows + rel.rows + right.rows;
  if (rows > MOST_ROWS) return undefined;
  const kind = pick(["join", "leftJoin", "fullJoin"], gene.n);
  const [l, r, shownLeft, shownRight] = sides(
    rel,
    right,
    kind === "join" ? "none" : kind === "leftJoin" ? "right" : "both",
    true,
  );
  const condition = matching(l, r, kid(gene, 1), context);
  const items = shown(shownLeft, shownRight, rows, kid(gene, 2), context);
  const args = [right.code, arrow(["l", "r"], condition), arrow(["l", "r"], objectOf(items))];
  return taken(context, rel, kind, args, { known: knownOf(items, false), rows });
};

export const filterJoin: Step = (rel, gene, context) => {
  const right = other(kid(gene, 0), context);
  const [l, r] = sides(rel, right, "none", true);
  const condition = matching(l, r, kid(gene, 1), context);
  const kind = pick(["semiJoin", "antiJoin"], gene.n);
  return taken(context, rel, kind, [right.code, arrow(["l", "r"], condition)], same(rel));
};

/** A relation with a key that may not be true: one row of each key is looked up all the same. */
function declaredKey(gene: Gene, context: Context): Rel | undefined {
  if (gene.n % 2 === 0) return undefined;
  const right = other(gene, context);
  // Groups may have declared theirs: a second is refused.
  if (right.key !== undefined) return undefined;
  const columns = columnsOf(right);
  const keys = columns.filter((c) => !c.nullable && KEYS.includes(familyOf(c.type)));
  if (keys.length === 0 || columns.some((c) => !SCALARS.includes(familyOf(c.type)))) return undefined;
  const key = pick(keys, gene.n >> 1).name;
  return taken(context, right, "key", [arrow(["c"], get(name("c"), key))], same(right, { key: [key] }));
}

const KEYS: readonly Family[] = ["int", "string", "boolean", "date"];

export const lookup: Step = (rel, gene, context) => {
  const keyed = context.tables.filter((table) => table.key !== undefined);
  const right = declaredKey(kid(gene, 2), context) ?? (keyed.length > 0 ? pick(keyed, gene.n) : undefined);
  if (!right) return undefined;
  const [l, , , r] = sides(rel, right, "right", false);
  const types = (right.key ?? []).map((key) => columnsOf(right).find((c) => c.name === key)?.type);
  const x = new Expressions(placeOf(context, rel.rows, { ...l, param: "c" }), "none");
  const on = types.flatMap((type, i) => (type ? [x.ofType(type, kid(kid(gene, 0), i)).code] : []));
  const [only] = on;
  const items = shown(l, r, rel.rows, kid(gene, 1), context);
  const known = knownOf(
    items.map(([key, of]) => [key, { ...of, unique: false }]),
    false,
  );
  const args = [
    right.code,
    arrow(["c"], on.length === 1 && only ? only : array(on)),
    arrow(["l", "r"], objectOf(items)),
  ];
  return taken(context, rel, "lookup", args, { known, rows: rel.rows });
};

export const asOfJoin: Step = (rel, gene, context) => {
  const right = context.tables.find((table) => table.history);
  const x = new Expressions(placeOf(context, rel.rows, { ...own(rel), param: "l" }), "none");
  if (!right) return undefined;
  const rows = rel.rows * right.rows + rel.rows;
  if (rows > MOST_ROWS) return undefined;
  const [l, r, , shownRight] = sides(rel, right, "right", false);
  const condition = versionOf(l, r, kid(gene, 0), context);
  const sequence = columnsOf(right).find((c) => c.name === "__START_AT")?.type;
  if (!sequence) return undefined;
  const items = shown(l, shownRight, rows, kid(gene, 1), context);
  const options = object([
    ["on", arrow(["l", "r"], condition)],
    ["at", arrow(["l"], x.ofType(sequence, kid(gene, 2)).code)],
    ["select", arrow(["l", "r"], objectOf(items))],
  ]);
  return taken(context, rel, "asOfJoin", [right.code, options], { known: knownOf(items, false), rows });
};

/** An as-of join matches the key of the history. */
function versionOf(left: Side, right: Side, gene: Gene, context: Context): Code {
  const key = get(name("r"), "k");
  const x = new Expressions(placeOf(context, 1, left), "none");
  const equal = call(x.of("int", kid(gene, 0)).code, "eq", key);
  if (gene.n % 2 === 0) return equal;
  const both = new Expressions(placeOf(context, 1, left, right), "none");
  return call(equal, "and", both.condition(kid(gene, 1)).code);
}

/** With another table, made to have the same columns, or with rows of its own. */
export const union: Step = (rel, gene, context) => {
  const right = unionSide(rel, kid(gene, 0), context) ?? where(rel, kid(gene, 0), context);
  if (!right) return undefined;
  const rows = rel.rows + right.rows;
  const known = new Map(
    [...rel.known].map(([key, of]) => {
      const with_ = right.known.get(key) ?? of;
      return [key, { bound: Math.max(of.bound, with_.bound), grain: Math.max(of.grain, with_.grain), unique: false }];
    }),
  );
  return rows > MOST_ROWS ? undefined : taken(context, rel, "union", [right.code], { known, rows });
};

function unionSide(rel: Rel, gene: Gene, context: Context): Rel | undefined {
  if (gene.n % 4 === 0) return undefined;
  const table = pick(context.tables, gene.n);
  const x = new Expressions(placeOf(context, table.rows, own(table)), "none");
  const columns = columnsOf(rel);
  if (columns.some((c) => !SCALARS.includes(familyOf(c.type)))) return undefined;
  const items: Items = columns.map((c, i) => [c.name, x.ofType(c.type, kid(gene, i % 4))]);
  // Columns go by name: their order is another one.
  const turned = gene.n % 2 === 0 ? [...items].reverse() : items;
  return taken(context, table, "select", [arrow(["c"], objectOf(turned))], {
    known: knownOf(items, false),
    rows: table.rows,
  });
}
