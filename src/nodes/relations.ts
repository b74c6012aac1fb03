/** Makes relation nodes: one factory per step. They check nothing of rules: that is the analyzers' work. */

import { columnNamed } from "../ast/columns.ts";
import type { ExprNode, OrderNode, ValueFacts } from "../ast/expr.ts";
import { repeated, unionLabels } from "../ast/facts.ts";
import {
  type AggregateStepNode,
  type AsOfJoinNode,
  type ColumnFacts,
  type DedupeNode,
  filtersOnly,
  type JoinNode,
  type JoinType,
  type LimitNode,
  type LookupNode,
  type NamedExpr,
  OTHER_ROWS,
  type OtherRows,
  type ProjectNode,
  type RelationNode,
  type SourceNode,
  type SourceOptions,
  TABLE_ID,
  type TableRefNode,
  type UnionNode,
  type WhereNode,
} from "../ast/relation.ts";
import { checkColumnNames } from "../ast/reserved.ts";
import { sealed } from "../ast/sealed.ts";
import { columnsIn } from "../ast/walk.ts";
import type { DefinitionError } from "../core/errors.ts";
import { freeze } from "../core/freeze.ts";
import { isInt } from "../core/int.ts";
import { oncePer } from "../core/once.ts";
import { DEFINITION } from "../core/plugin-parts.ts";
import { checkText } from "../core/text.ts";
import { mistake, misused } from "../diagnostics/mistake.ts";
import { say } from "../diagnostics/sentences.ts";
import type { AnyFormat } from "../formats/format.ts";
import { orderOf, specOf } from "../functions/index.ts";
import { isTime, leastAdditive, typeName, typeText, widerType } from "../types/types.ts";
import { callNode, columnNode, orderKey, type Place } from "./exprs.ts";

const frozen = <T>(list: readonly T[]): readonly T[] => freeze([...list]);
const itemKey = (items: readonly NamedExpr[]) => items.map((item) => `${item.name}=${item.expr.id}`).join(",");

const sameFacts = (a: ValueFacts, b: ValueFacts) =>
  a.type === b.type &&
  a.nullable === b.nullable &&
  a.labels === b.labels &&
  a.unit === b.unit &&
  a.additivity === b.additivity;

const NONE: readonly ColumnFacts[] = freeze([]);

/** The facts of a computed column, with the comment of the column that it passes on. */
export function factsOf(
  items: readonly NamedExpr[],
  at: Place,
  inputs: readonly ColumnFacts[] = NONE,
): readonly ColumnFacts[] {
  checkColumnNames(
    items.map((item) => item.name),
    ["query"],
    at,
  );
  return frozen(
    items.map(({ name, expr }) => {
      const { type, nullable, labels, unit, additivity } = expr;
      const passed = expr.kind === "column" ? columnNamed(inputs, expr.name) : undefined;
      // Most columns of a wide table are passed on as they are: what is known per column is then known of them as well.
      if (passed?.name === name && sameFacts(passed, expr)) return passed;
      const comment = passed?.comment;
      return freeze({
        name,
        type,
        nullable,
        labels,
        unit,
        additivity,
        ...(comment !== undefined && { comment }),
      });
    }),
  );
}

/** What a join does to the columns of a side. */
export interface Brought {
  readonly nullable: boolean;
  readonly repeated: boolean;
}

/** A column of a join's side as it comes out of it. */
export function broughtColumn(column: ColumnFacts, how: Brought): ColumnFacts {
  return { ...(how.repeated ? repeated(column) : column), nullable: column.nullable || how.nullable };
}

/** The columns of a join's side as they come out of it. */
export function brought(columns: readonly ColumnFacts[], how: Brought): readonly ColumnFacts[] {
  return columns.map((column) => broughtColumn(column, how));
}

export interface SourceParts {
  readonly format: AnyFormat;
  readonly path: string;
  readonly options: SourceOptions;
  readonly declared: readonly ColumnFacts[];
  readonly columns: readonly ColumnFacts[];
}

export function sourceNode(parts: SourceParts, at: Place): SourceNode {
  const { format, path, options, declared, columns } = parts;
  const places = format.reads === "files" ? (["query", "files"] as const) : (["query"] as const);
  checkColumnNames(
    declared.map((c) => c.name),
    places,
    at,
  );
  for (const text of [path, ...textsIn(options)]) checkText("the path or an option of a source", text, at);
  const { onChange, ...reading } = options;
  // What becomes of changed files decides no row that was read, unless it makes the table another kind.
  const kept = onChange === "replace" ? { ...reading, onChange } : reading;
  const content = `source:${JSON.stringify([format.name, path, kept])}:${columnKey(columns)}`;
  const node = {
    kind: "source",
    format: format.name,
    [DEFINITION]: format,
    path,
    options: frozenDeep(options),
    declared: frozen(declared),
    columns: frozen(columns),
  } as const;
  return sealed<SourceNode>(node, content, at);
}

/** A copy that nobody changes. */
function frozenDeep<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  const parts = Object.entries(value).map(([name, part]) => [name, frozenDeep(part)]);
  return freeze(Array.isArray(value) ? parts.map(([, part]) => part) : Object.fromEntries(parts)) as T;
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** What is known of columns, as text. Those of a table are in the text of every table that reads it. */
const columnKey = oncePer((columns: readonly ColumnFacts[]): string =>
  columns
    .map(
      ({ name, type, nullable, labels, unit }) => `${name} ${typeText(type)} ${nullable} ${labels.join("+")} ${unit}`,
    )
    .join(","),
);

/** `id`: of the table that is read, where it is known. */
export function tableRefNode(table: string, columns: readonly ColumnFacts[], at: Place, id?: string): TableRefNode {
  const node = { kind: "table", table, columns, ...(id !== undefined && { [TABLE_ID]: id }) } as const;
  return sealed<TableRefNode>(node, `table:${table}:${columnKey(columns)}`, at);
}

/** A read of rows of a table that are not those that it has. */
export function otherRowsNode(
  rows: OtherRows,
  { table, columns, at }: Pick<TableRefNode, "table" | "columns"> & { readonly at?: Place },
): TableRefNode {
  const node = { kind: "table", table, columns, [OTHER_ROWS]: rows } as const;
  return sealed<TableRefNode>(node, `${rows}:${table}:${columnKey(columns)}`, at);
}

export function whereNode(input: RelationNode, predicate: ExprNode, at: Place, columns = input.columns): WhereNode {
  return sealed<WhereNode>({ kind: "where", input, predicate, columns }, `where:${input.id}:${predicate.id}`, at);
}

/** A column of the input as it is. Steps that pass it on share the node, so it has no place of its own. */
export const passed = oncePer(
  (column: ColumnFacts): NamedExpr => freeze({ name: column.name, expr: columnNode(column.name, column, 0) }),
);

export function projectNode(input: RelationNode, items: readonly NamedExpr[], at: Place): ProjectNode {
  const columns = factsOf(items, at, input.columns);
  return sealed<ProjectNode>(
    { kind: "project", input, items: frozen(items), columns },
    `project:${input.id}:${itemKey(items)}`,
    at,
  );
}

export function joinNode(type: JoinType, sides: Sides, on: ExprNode, items: readonly NamedExpr[], at: Place): JoinNode {
  const { left, right } = sides;
  const columns = filtersOnly(type) ? left.columns : factsOf(items, at);
  const node = { kind: "join", type, left, right, on, items: frozen(items), columns } as const;
  return sealed<JoinNode>(node, `join:${type}:${left.id}:${right.id}:${on.id}:${itemKey(items)}`, at);
}

/** Both sides of a join. */
export interface Sides {
  readonly left: RelationNode;
  readonly right: RelationNode;
}

export function lookupNode(
  sides: Sides,
  on: readonly ExprNode[],
  key: readonly string[],
  items: readonly NamedExpr[],
  at: Place,
): LookupNode {
  const { left, right } = sides;
  const node = {
    kind: "lookup",
    left,
    right,
    on: frozen(on),
    key: frozen(key),
    items: frozen(items),
    columns: factsOf(items, at),
  } as const;
  const content = `lookup:${left.id}:${right.id}:${on.map((e) => e.id).join()}:${key.join()}:${itemKey(items)}`;
  return sealed<LookupNode>(node, content, at);
}

export function asOfJoinNode(
  sides: Sides,
  on: ExprNode,
  time: ExprNode,
  items: readonly NamedExpr[],
  at: Place,
): AsOfJoinNode {
  const { left, right } = sides;
  const node = { kind: "asOfJoin", left, right, on, time, items: frozen(items), columns: factsOf(items, at) } as const;
  return sealed<AsOfJoinNode>(node, `asOfJoin:${left.id}:${right.id}:${on.id}:${time.id}:${itemKey(items)}`, at);
}

export function unionNode(inputs: readonly RelationNode[], at: Place): UnionNode {
  const [head, ...rest] = inputs;
  const extra = rest.flatMap((input) => input.columns).find((c) => !head?.columns.some((own) => own.name === c.name));
  if (extra) throw unlike("UNION001:extra", extra.name, at);
  const columns = (head?.columns ?? []).map((column) =>
    rest.reduce((merged, input) => mergeColumn(merged, input, at), column),
  );
  return sealed<UnionNode>(
    { kind: "union", inputs: frozen(inputs), columns: frozen(columns) },
    `union:${inputs.map((i) => i.id).join()}`,
    at,
  );
}

function mergeColumn(column: ColumnFacts, input: RelationNode, at: Place): ColumnFacts {
  const other = columnNamed(input.columns, column.name);
  const type = other && widerType(column.type, other.type);
  if (!other) throw unlike("UNION001:lacks", column.name, at);
  if (!type) {
    throw unlike("UNION001:unlike", column.name, at, `${typeName(column.type)} and ${typeName(other.type)}`);
  }
  return freeze({
    ...column,
    type,
    nullable: column.nullable || other.nullable,
    labels: unionLabels([column, other]),
    additivity: leastAdditive([column.additivity, other.additivity]),
  });
}

type Unlike = "UNION001:extra" | "UNION001:lacks" | "UNION001:unlike";

function unlike(why: Unlike, column: string, at: Place, types?: string): DefinitionError {
  const said = say(why, { column });
  const message = types === undefined ? said.message : `${said.message}, not ${types}`;
  return mistake(at, { ...said, message, column });
}

export function aggregateStepNode(
  input: RelationNode,
  groups: readonly NamedExpr[],
  measures: readonly NamedExpr[],
  at: Place,
): AggregateStepNode {
  const all = factsOf([...groups, ...measures], at, input.columns);
  // A group has a row: what has no null gives none there.
  const settled = new Set(groups.length > 0 ? measures.filter((m) => hasValueInGroup(m.expr)).map((m) => m.name) : []);
  const balances = new Set(measures.filter((m) => isBalanceInGroup(m.expr, groups)).map((m) => m.name));
  const columns = freeze(
    all.map((c) =>
      freeze({
        ...c,
        ...(settled.has(c.name) && { nullable: false }),
        ...(balances.has(c.name) && { additivity: "semi-additive" as const }),
      }),
    ),
  );
  const node = { kind: "aggregate", input, groups: frozen(groups), measures: frozen(measures), columns } as const;
  return sealed<AggregateStepNode>(node, `aggregate:${input.id}:${itemKey(groups)}:${itemKey(measures)}`, at);
}

function hasValueInGroup(expr: ExprNode): boolean {
  if (expr.kind !== "aggregate" || expr.filter || expr.args.some((arg) => arg.nullable)) return false;
  const spec = specOf(expr);
  return spec?.kind === "aggregate" && spec.overSome === "never";
}

/** The balance of each group is one of several times where the groups are of a time, or of what its order is made of. */
function isBalanceInGroup(expr: ExprNode, groups: readonly NamedExpr[]): boolean {
  const [value, order] = expr.kind === "aggregate" ? expr.args : [];
  if (expr.kind !== "aggregate" || !order || value?.additivity !== "semi-additive") return false;
  // An extreme is not a balance: its order told no time.
  if (orderOf(expr) !== "pick" || expr.additivity !== "additive") return false;
  const ordered = new Set(columnsIn([order]).map((column) => column.name));
  return groups.some(
    (group) => isTime(group.expr.type) || columnsIn([group.expr]).some((column) => ordered.has(column.name)),
  );
}

export function dedupeNode(
  input: RelationNode,
  keys: readonly ExprNode[],
  orderBy: readonly OrderNode[],
  at: Place,
): DedupeNode {
  if (keys.length === 0) {
    const help = "give the columns that tell rows apart; for one row of all, orderBy(…).limit(1)";
    throw misused(at, "dedupe() needs a key", help);
  }
  checkOrder("dedupe()", orderBy, at);
  const node = { kind: "dedupe", input, keys: frozen(keys), orderBy: frozen(orderBy), columns: input.columns } as const;
  return sealed<DedupeNode>(node, `dedupe:${input.id}:${keys.map((k) => k.id).join()}:${orderKey(orderBy)}`, at);
}

/**
 * One row for each key: the first by all of its columns, in their order, so that the same row is taken everywhere. Of
 * arrays, maps and variants the engines have another order or none: they do not count.
 */
export function firstOfEachKey(input: RelationNode, key: readonly string[]): DedupeNode {
  const { columns, at } = input;
  const keys = columns.filter((c) => key.includes(c.name)).map((c) => passed(c).expr);
  const ordered = columns.filter((c) => !key.includes(c.name)).flatMap((c) => scalars(passed(c).expr));
  const order = ordered.length > 0 ? ordered : keys;
  const orderBy = order.map((expr): OrderNode => ({ expr, descending: false, nulls: "first" }));
  return dedupeNode(input, keys, orderBy, at);
}

/** What orders a value: of a struct its fields, since the engines put nulls within it in different places. */
export function scalars(expr: ExprNode): readonly ExprNode[] {
  const { type, at } = expr;
  if (type.kind === "array" || type.kind === "map" || type.kind === "variant") return [];
  if (type.kind !== "struct") return [expr];
  const fields = type.fields.map((f) => callNode("field", [expr], { name: f.name }, at));
  return [callNode("isNotNull", [expr], undefined, at), ...fields.flatMap(scalars)];
}

function checkOrder(what: string, orderBy: readonly OrderNode[], at: Place): void {
  if (orderBy.length === 0) throw misused(at, `${what} needs an order`, "name a column: (c) => c.changed_at.desc()");
}

export function limitNode(input: RelationNode, orderBy: readonly OrderNode[], count: number, at: Place): LimitNode {
  checkOrder("orderBy()", orderBy, at);
  if (!isInt(count) || count < 0) throw misused(at, "limit() accepts a whole number, 0 to 2147483647", "limit(10)");
  const node = { kind: "limit", input, orderBy: frozen(orderBy), count, columns: input.columns } as const;
  return sealed<LimitNode>(node, `limit:${input.id}:${count}:${orderKey(orderBy)}`, at);
}
