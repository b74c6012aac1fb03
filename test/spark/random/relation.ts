/** A relation under construction: its code, the builder that the code made, and what is known of its rows. */

import type { ColumnFacts } from "../../../src/ast/relation.ts";
import { columnRecord } from "../../../src/builder/expr/record.ts";
import { RelationBuilder } from "../../../src/builder/relation/builder.ts";
import { type Code, evaluate, get, name, object, type Scope, step } from "./code.ts";
import { type Column, familyOf, NONE, type Place, type Size, type Typed } from "./facts.ts";
import { type Gene, pick } from "./genes.ts";

/** What is known of a column beside its type. */
export interface Known extends Size {
  readonly unique: boolean;
}

export interface Rel {
  readonly code: Code;
  readonly builder: RelationBuilder;
  readonly known: ReadonlyMap<string, Known>;
  /** No more rows than these. */
  readonly rows: number;
  /** A key that is declared, and true. */
  readonly key?: readonly string[];
  readonly history?: boolean;
}

export interface Context {
  /** The tables that may be read. */
  readonly tables: readonly Rel[];
  /** `$`, `fn` and `t`. */
  readonly scope: Scope;
}

/** Names that must be quoted, or that are those of tables and of the printer's own CTEs. */
export const NAMES = [
  "a",
  "b",
  "k",
  "id",
  "t",
  "t_2",
  "select",
  "total",
  "joined",
  "order by",
  "x.y",
  "ranked",
  'q"q',
  "naïve",
  "`tick`",
  "source",
  "derived",
  "_1",
  "group",
  "rank",
] as const;

export const columnsOf = (rel: Rel): readonly ColumnFacts[] => rel.builder.toNode().columns;
export const OTHER: Known = { ...NONE, unique: false };

/** A name that is not taken yet; names do not differ by case. */
export function freshName(taken: readonly string[], n: number, pool: readonly string[] = NAMES): string {
  const used = new Set(taken.map((one) => one.toLowerCase()));
  for (let i = 0; i < pool.length; i++) {
    const candidate = pick(pool, n + i);
    if (!used.has(candidate.toLowerCase())) return candidate;
  }
  return `c${used.size}`;
}

export interface Side {
  readonly rel: Rel;
  readonly param: string;
  readonly side: 0 | 1;
  readonly facts: readonly ColumnFacts[];
}

export const own = (rel: Rel): Side => ({ rel, param: "c", side: 0, facts: columnsOf(rel) });

export function placeOf(context: Context, rows: number, ...sides: readonly Side[]): Place {
  const records = Object.fromEntries(sides.map((s) => [s.param, columnRecord(s.facts, s.side, undefined)]));
  const scope = { ...context.scope, ...records };
  const columns = sides.flatMap(({ rel, param, facts }) =>
    facts.map((facts): Column => {
      const code = get(name(param), facts.name);
      const node = (evaluate(code, scope) as { toNode(): Column["node"] }).toNode();
      return { name: facts.name, code, node, ...(rel.known.get(facts.name) ?? OTHER) };
    }),
  );
  return { columns, scope, rows };
}

export type Items = readonly (readonly [name: string, value: Typed])[];

export const objectOf = (items: Items): Code => object(items.map(([key, of]) => [key, of.code]));

/** What is known of the columns that a step makes. */
export function knownOf(items: Items, keepsUnique: boolean): ReadonlyMap<string, Known> {
  return new Map(
    items.map(([key, of]) => {
      const unique = keepsUnique && "unique" in of && of.unique === true;
      return [key, { bound: of.bound, grain: of.grain, unique }];
    }),
  );
}

export interface Made {
  readonly known: ReadonlyMap<string, Known>;
  readonly rows: number;
  readonly key?: readonly string[] | undefined;
}

export function taken(context: Context, rel: Rel, member: string, args: readonly Code[], made: Made): Rel {
  const code = step(rel.code, member, ...args);
  return built(context, rel, code, step(name("~before"), member, ...args), made);
}

/** `code` is the whole query; `short` the same over what is evaluated already. */
export function built(context: Context, rel: Rel, code: Code, short: Code, made: Made): Rel {
  const builder = evaluate(short, { ...context.scope, "~before": rel.builder });
  if (!(builder instanceof RelationBuilder)) throw new Error("a step that gives no relation");
  const { known, rows, key } = made;
  return { code, builder, known, rows, ...(key && { key }) };
}

export const same = (rel: Rel, change: Partial<Made> = {}): Made => ({
  known: rel.known,
  rows: rel.rows,
  key: rel.key,
  ...change,
});

export type Step = (rel: Rel, gene: Gene, context: Context) => Rel | undefined;

/** `GROUP BY` takes no map. */
export function groupable(place: Place): readonly Column[] {
  return place.columns.filter((c) => familyOf(c.node.type) !== "map");
}
