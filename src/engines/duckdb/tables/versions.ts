/**
 * Snapshots that came together: a query that gives the last state is asked for each state in turn, by reading the rows
 * of its input as they were up to a version. That needs a version that is a column of the rows all the way down.
 */
import type { ExprNode } from "../../../ast/expr.ts";
import { tableInputs } from "../../../ast/inputs.ts";
import type { QueryTableNode, ScdTableNode } from "../../../ast/pipeline.ts";
import { isFileSource, type NamedExpr, type RelationNode, type SnapshotsNode } from "../../../ast/relation.ts";
import { duckdbType, duckdbIdentifier as id, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import type { SqlType } from "../../../types/types.ts";
import { flagsOf } from "../rules.ts";
import { inputName, query, type TableContext, targetName, type UpdateContext } from "./context.ts";

/** A column of a table to which rows are only added. */
interface Base {
  readonly table: string;
  readonly column: string;
}

/** A version of the snapshots, and what its rows are read from. */
export interface Version {
  readonly base: Base;
  readonly sql: string;
}

/** The versions that are after the last one that changed the history, in their order; none where they cannot be told. */
export async function pendingVersions(
  table: ScdTableNode,
  snapshots: SnapshotsNode,
  context: TableContext,
): Promise<readonly Version[]> {
  const { version } = snapshots;
  const base = version && baseOf(snapshots, version, context);
  if (!base) return [];
  const { session, startedAt } = context;
  const type = duckdbType(version.type);
  const column = id(base.column);
  const last = `(SELECT max(greatest(__START_AT, coalesce(__END_AT, __START_AT))) FROM ${targetName(table)})`;
  const rows = await session.rows(
    `SELECT DISTINCT ${column} AS ordered, CAST(${column} AS VARCHAR) AS version FROM ${inputName(base.table, context)} WHERE ${column} > ${last} OR (${column} IS NOT NULL AND ${last} IS NULL) ORDER BY 1`,
  );
  if (readsFiles(base, context)) {
    const late = await session.rows(
      `SELECT DISTINCT CAST(${column} AS VARCHAR) AS version FROM ${inputName(base.table, context)} WHERE ${column} < ${last} AND _ingested_at = TIMESTAMPTZ ${text(startedAt.toISOString())} ORDER BY 1`,
    );
    for (const row of late) {
      context.warn(
        table.name,
        `a snapshot of version ${String(row["version"])} came after a later one had been applied to ${targetName(table)}: it is ignored`,
        { code: "SCD006" },
      );
    }
  }
  return rows.map((row) => ({ base, sql: `CAST(${text(String(row["version"]))} AS ${type})` }));
}

/** The state of a version: the query over the rows that were there up to it. */
export function asOf({ input }: SnapshotsNode, version: Version, context: TableContext): string {
  return query(input, context, (name) => restricted(name, version, context));
}

function restricted(name: string, version: Version, context: TableContext): string {
  const { base, sql } = version;
  const column = id(base.column);
  if (name === base.table) {
    return `(SELECT * FROM ${inputName(name, context)} WHERE ${column} <= ${sql} OR ${column} IS NULL)`;
  }
  const node = context.nodes.get(name);
  if (node?.kind !== "query" || isStreaming(name, context) || !dependsOn(name, base.table, context)) {
    return inputName(name, context);
  }
  return `(${viewOf(node, (input) => restricted(input, version, context), context)})`;
}

/** The rows of a materialized view over other inputs. */
function viewOf(view: QueryTableNode, from: (input: string) => string, context: TableContext): string {
  const held = flagsOf(view).flatMap((flag) => (flag.rule.action === "warn" ? [] : [flag.sql]));
  const sql = query(view.query, context, from);
  return held.length > 0 ? `SELECT * FROM (\n${sql}\n) WHERE ${held.join(" AND ")}` : sql;
}

function dependsOn(name: string, base: string, context: UpdateContext): boolean {
  const node = context.nodes.get(name);
  if (!node) return false;
  return tableInputs(node).some((input) => input === base || dependsOn(input, base, context));
}

const isStreaming = (name: string, { kinds }: UpdateContext): boolean => kinds.get(name) === "streaming";

function readsFiles({ table }: Base, { nodes }: UpdateContext): boolean {
  const node = nodes.get(table);
  return node?.kind === "query" && isFileSource(node.query);
}

/** What `max(column)` is the greatest of, where that is a column of one append-only table. */
function baseOf({ input }: SnapshotsNode, version: ExprNode & { readonly type: SqlType }, context: UpdateContext) {
  if (version.kind !== "aggregate" || version.fn !== "max" || version.filter) return undefined;
  const [column] = version.args;
  return column?.kind === "column" ? origin(input, column.name, context) : undefined;
}

function origin(node: RelationNode, column: string, context: UpdateContext): Base | undefined {
  const item = (items: readonly NamedExpr[], sides: readonly RelationNode[]): Base | undefined => {
    const expr = items.find((i) => i.name === column)?.expr;
    const side = expr?.kind === "column" ? sides[expr.side] : undefined;
    return side && expr?.kind === "column" ? origin(side, expr.name, context) : undefined;
  };
  switch (node.kind) {
    case "source":
      return undefined;
    case "table":
      return tableOrigin(node.table, column, context);
    case "where":
    case "dedupe":
    case "limit":
      return origin(node.input, column, context);
    case "project":
      return item(node.items, [node.input]);
    case "aggregate":
      return item(node.groups, [node.input]);
    case "join":
      return node.type === "semi" || node.type === "anti"
        ? origin(node.left, column, context)
        : item(node.items, [node.left, node.right]);
    case "lookup":
    case "asOfJoin":
      return item(node.items, [node.left, node.right]);
    case "union": {
      const [first, ...rest] = node.inputs.map((input) => origin(input, column, context));
      return rest.every((o) => o?.table === first?.table && o?.column === first?.column) ? first : undefined;
    }
  }
}

function tableOrigin(name: string, column: string, context: UpdateContext): Base | undefined {
  if (isStreaming(name, context)) return { table: name, column };
  const node = context.nodes.get(name);
  return node?.kind === "query" ? origin(node.query, column, context) : undefined;
}
