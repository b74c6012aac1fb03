/** Relations from JSON: every step is made again by its factory, over the columns of the steps below. */

import { columnNamed } from "../ast/columns.ts";
import type { ExprNode } from "../ast/expr.ts";
import type { TablesByName } from "../ast/pipeline.ts";
import {
  type ColumnFacts,
  filtersOnly,
  type NamedExpr,
  type RelationNode,
  type SourceOptions,
} from "../ast/relation.ts";
import { withMetadata } from "../ast/stored.ts";
import { columnNamesOf, conjuncts } from "../ast/walk.ts";
import { checkSource } from "../builder/pipeline/source.ts";
import { type Cursor, shown } from "../core/cursor.ts";
import { freeze } from "../core/freeze.ts";
import type { Place } from "../core/location.ts";
import { isPluginName } from "../core/plugin-parts.ts";
import { membersOf } from "../core/total.ts";
import { type AnyFormat, formatFrom } from "../formats/format.ts";
import { FORMATS, isSourceFormat } from "../formats/formats.ts";
import * as step from "../nodes/relations.ts";
import { arity } from "../settings/key.ts";
import { condition, readExpr, readOrders, type Sides } from "./exprs.ts";
import { readColumn } from "./types.ts";

/** The tables that a query may read, by name. */

const BASE = ["id", "at", "kind", "columns"];

/** How a kind of step is read: its own fields, and the node by its factory. */
interface Reader {
  readonly fields: readonly string[];
  readonly read: (json: Cursor, tables: TablesByName, at: Place) => RelationNode;
}

const READERS: Readonly<Record<RelationNode["kind"], Reader>> = {
  source: { fields: ["format", "path", "options", "declared"], read: readSource },
  table: { fields: ["table"], read: readTable },
  where: { fields: ["input", "predicate"], read: readWhere },
  project: {
    fields: ["input", "items"],
    read: (json, tables, at) => {
      const from = readInput(json, tables);
      const items = readItems(json.get("items"), one(from));
      if (items.length === 0) json.get("items").fail("is empty");
      return json.build(() => step.projectNode(from, items, at));
    },
  },
  join: { fields: ["type", "left", "right", "on", "items"], read: readJoin },
  lookup: { fields: ["left", "right", "on", "key", "items"], read: readLookup },
  asOfJoin: { fields: ["left", "right", "on", "time", "items"], read: readAsOfJoin },
  union: {
    fields: ["inputs"],
    read: (json, tables, at) => {
      const inputs = json.get("inputs").list();
      if (inputs.length === 0) json.get("inputs").fail("is empty");
      const relations = inputs.map((i) => readRelation(i, tables));
      return json.build(() => step.unionNode(relations, at));
    },
  },
  aggregate: { fields: ["input", "groups", "measures"], read: readAggregate },
  dedupe: {
    fields: ["input", "keys", "orderBy"],
    read: (json, tables, at) => {
      const from = readInput(json, tables);
      const keys = readExprs(json.get("keys"), one(from));
      return step.dedupeNode(from, keys, readOrders(json.get("orderBy"), one(from)), at);
    },
  },
  limit: {
    fields: ["input", "orderBy", "count"],
    read: (json, tables, at) => {
      const from = readInput(json, tables);
      const count = json.get("count").whole();
      if (count < 0) json.get("count").fail("is negative");
      return step.limitNode(from, readOrders(json.get("orderBy"), one(from)), count, at);
    },
  },
};
const KINDS = membersOf(READERS);

export function readRelation(json: Cursor, tables: TablesByName): RelationNode {
  const kind = json.get("kind").oneOf(...KINDS);
  const at = json.place();
  const { fields, read } = READERS[kind];
  json.only([...BASE, ...fields]);
  return read(json, tables, at);
}

const readInput = (json: Cursor, tables: TablesByName): RelationNode => readRelation(json.get("input"), tables);

function readTable(json: Cursor, tables: TablesByName, at: Place): RelationNode {
  const name = json.get("table").string();
  const table = tables.get(name);
  if (!table)
    return json.get("table").fail(`is ${JSON.stringify(name)}: there is no such table that this one may read`);
  return step.tableRefNode(table.name, table.columns, at, table.id);
}

const one = (input: RelationNode): Sides => [input.columns, []];

function readExprs(json: Cursor, sides: Sides): readonly ExprNode[] {
  const exprs = json.list().map((expr) => readExpr(expr, sides));
  return exprs.length === 0 ? json.fail("is empty") : exprs;
}

export function readItems(json: Cursor, sides: Sides): readonly NamedExpr[] {
  return freeze(
    json.list().map((item) => {
      item.only(["name", "expr"]);
      return freeze({ name: item.get("name").string(), expr: readExpr(item.get("expr"), sides) });
    }),
  );
}

function readSource(json: Cursor, _: TablesByName, at: Place): RelationNode {
  const format = readFormat(json.get("format"));
  const path = json.get("path").string();
  const options = readOptions(json.get("options"), format);
  const declared = json.get("declared").list().map(readColumn);
  if (declared.length === 0) json.get("declared").fail("is empty");
  const metadata = json.get("columns").list().length > declared.length;
  const columns = metadata ? withMetadata(declared) : declared;
  return json.build(() => {
    const parts = { format, path, options, declared, columns };
    checkSource(parts, at);
    return step.sourceNode(parts, at);
  });
}

function readFormat(json: Cursor): AnyFormat {
  const name = json.string();
  if (isSourceFormat(name)) return FORMATS[name];
  if (isPluginName(name)) return json.outside("format", name, formatFrom);
  return json.fail(`is ${shown(name)}, and there is no such format`);
}

/** In the order in which they were given: it is part of the node's id. */
function readOptions(json: Cursor, format: AnyFormat): SourceOptions {
  json.only(Object.keys(format.options));
  return Object.fromEntries(
    json.entries().map(([name, value]) => {
      const option = format.options[name];
      return [name, option ? value.accepted(option.accepts, option.expected) : value.value];
    }),
  );
}

/** A column is not null below `whereNotNull`, which asks just that of it: nothing else may say so. */
function readWhere(json: Cursor, tables: TablesByName, at: Place): RelationNode {
  const input = readInput(json, tables);
  const predicate = condition(readExpr(json.get("predicate"), one(input)), json.get("predicate"));
  const tested = new Set(notNullColumns(predicate));
  const given = new Map(
    json
      .get("columns")
      .list()
      .map((c) => [c.get("name").string(), c.get("nullable").boolean()]),
  );
  const narrowed = (c: ColumnFacts) => c.nullable && given.get(c.name) === false && tested.has(c.name);
  if (!input.columns.some(narrowed)) return step.whereNode(input, predicate, at);
  const columns = input.columns.map((c) => (narrowed(c) ? freeze({ ...c, nullable: false }) : c));
  return step.whereNode(input, predicate, at, freeze(columns));
}

function notNullColumns(expr: ExprNode): readonly string[] {
  return conjuncts(expr).flatMap((condition) => {
    if (condition.kind !== "call" || condition.fn !== "isNotNull") return [];
    return columnNamesOf(condition.args);
  });
}

function readSides(json: Cursor, tables: TablesByName): step.Sides {
  return { left: readRelation(json.get("left"), tables), right: readRelation(json.get("right"), tables) };
}

function readJoin(json: Cursor, tables: TablesByName, at: Place): RelationNode {
  const type = json.get("type").oneOf("inner", "left", "full", "semi", "anti");
  const sides = readSides(json, tables);
  const { left, right } = sides;
  const on = condition(readExpr(json.get("on"), [left.columns, right.columns]), json.get("on"));
  const filters = filtersOnly(type);
  const items = readItems(json.get("items"), [
    step.brought(left.columns, { nullable: type === "full", repeated: true }),
    step.brought(right.columns, { nullable: type !== "inner", repeated: true }),
  ]);
  if (filters !== (items.length === 0)) json.get("items").fail(filters ? "is not empty" : "is empty");
  return json.build(() => step.joinNode(type, sides, on, items, at));
}

/** The columns of the right side as a lookup or an as-of join brings them. */
const looked = ({ left, right }: step.Sides): Sides => [
  left.columns,
  step.brought(right.columns, { nullable: true, repeated: true }),
];

function readLookup(json: Cursor, tables: TablesByName, at: Place): RelationNode {
  const sides = readSides(json, tables);
  const on = readExprs(json.get("on"), one(sides.left));
  const key = readColumnNames(json.get("key"), sides.right.columns);
  const items = readItems(json.get("items"), looked(sides));
  if (items.length === 0) json.get("items").fail("is empty");
  return json.build(() => {
    if (on.length !== key.length) throw arity("lookup", on.length, key, at);
    return step.lookupNode(sides, on, key, items, at);
  });
}

function readAsOfJoin(json: Cursor, tables: TablesByName, at: Place): RelationNode {
  const sides = readSides(json, tables);
  const on = condition(readExpr(json.get("on"), [sides.left.columns, sides.right.columns]), json.get("on"));
  const time = readExpr(json.get("time"), one(sides.left));
  const items = readItems(json.get("items"), looked(sides));
  if (items.length === 0) json.get("items").fail("is empty");
  return json.build(() => step.asOfJoinNode(sides, on, time, items, at));
}

function readAggregate(json: Cursor, tables: TablesByName, at: Place): RelationNode {
  const input = readInput(json, tables);
  const groups = readItems(json.get("groups"), one(input));
  const measures = readItems(json.get("measures"), one(input));
  const plain = measures.findIndex((item) => item.expr.kind !== "aggregate");
  if (plain >= 0) json.get("measures").list()[plain]?.fail("is not an aggregate");
  if (groups.length + measures.length === 0) json.get("measures").fail("is empty");
  return json.build(() => step.aggregateStepNode(input, groups, measures, at));
}

/** Names of columns that are there. */
export function readColumnNames(json: Cursor, columns: readonly ColumnFacts[], least = 0): readonly string[] {
  if (json.list().length < least) json.fail("is empty");
  for (const item of json.list()) {
    const name = item.string();
    if (!columnNamed(columns, name)) item.fail(`is ${JSON.stringify(name)}, and there is no such column`);
  }
  return json.strings();
}
