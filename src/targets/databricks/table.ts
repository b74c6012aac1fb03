/** `CREATE OR REFRESH STREAMING TABLE`, `… MATERIALIZED VIEW` and `CREATE TEMPORARY VIEW`. */
import type { TableNode } from "../../ast/pipeline.ts";
import type { ViolationAction } from "../../ast/settings.ts";
import type { StoredColumn } from "../../ast/stored.ts";
import type { Sql } from "../../functions/fragment.ts";
import type { LoweredQuery, LoweredTable } from "../../lower/table.ts";
import { hasMappedNames } from "../features.ts";
import { block } from "../layout.ts";
import { clausesOf, viewColumns } from "../spark-sql/clauses.ts";
import { databricks, sparkIdentifier as id, sparkType, sparkText as text } from "../spark-sql/dialect.ts";
import { rulesOf } from "../spark-sql/rules.ts";
import { variantsOf, viewName } from "../spark-sql/view-reads.ts";
import { type Parts, partsOf } from "../writes.ts";
import { type Context, nameOf } from "./context.ts";
import { TREATMENTS } from "./treatments.ts";

/** A named condition on rows, and what happens to a row that breaks it. */
export interface Constraint {
  readonly name: string;
  readonly sql: Sql;
  readonly onViolation?: "DROP ROW" | "FAIL UPDATE";
}

export function expectation({ name, sql, onViolation }: Constraint): string {
  return `CONSTRAINT ${id(name)} EXPECT (${sql.text})${onViolation ? ` ON VIOLATION ${onViolation}` : ""}`;
}

/** The statements that make a table, or the variants of a view, out of a query. */
export function createAll(
  plan: LoweredQuery,
  query: (streaming: boolean) => string | undefined,
  constraints: readonly Constraint[],
  context: Context,
): readonly string[] {
  const { table, kind } = plan;
  if (!table.settings.temporary) return [createTable(plan, query(kind === "streaming"), constraints, context)];
  return variantsOf(table, context).map((how) => {
    const streaming = how === "stream";
    return createView(table, viewName(table, streaming, context), query(streaming) ?? "", constraints, context);
  });
}

/** What is written of the settings of a table. */
export const settingParts = (table: TableNode, context: Context): readonly Parts[] =>
  partsOf(table, context, { name: "databricks", cells: TREATMENTS });

/** `PRIVATE STREAMING TABLE` */
export const wordsOf = (parts: readonly Parts[], kind: string): string =>
  [...parts.flatMap(({ word }) => word ?? []), kind].join(" ");

/** The statement that makes a table out of a query. */
export function createTable(
  plan: LoweredTable,
  query: string | undefined,
  constraints: readonly Constraint[],
  context: Context,
): string {
  const { table } = plan;
  const parts = settingParts(table, context);
  const streaming = table.kind !== "query" || plan.kind === "streaming";
  const words = wordsOf(parts, streaming ? "STREAMING TABLE" : "MATERIALIZED VIEW");
  const keys = parts.flatMap(({ constraint }) => constraint ?? []);
  const items = [...declarations(table, plan.columns, parts), ...constraints.map(expectation), ...keys];
  const lines = [
    `CREATE OR REFRESH ${words} ${nameOf(table, context)} ${block(items)}`,
    ...clausesOf(parts, columnMapping(table)),
  ];
  return `${[...lines, ...(query === undefined ? [] : ["AS", query])].join("\n")};`;
}

/** A view of the pipeline: its columns have comments, its rows expectations, and that is all there is. */
function createView(
  table: TableNode,
  name: string,
  query: string,
  constraints: readonly Constraint[],
  context: Context,
): string {
  const items = [...viewColumns(table), ...constraints.map(expectation)];
  return `${[
    `CREATE TEMPORARY VIEW ${id(name)}${items.length > 0 ? ` ${block(items)}` : ""}`,
    ...clausesOf(settingParts(table, context)),
    "AS",
    query,
  ].join("\n")};`;
}

/**
 * Whether the platform is asked to hold that a column is never null. Of a change target only the key is: a delete that
 * comes before its insert, or with its key alone, is stored as a row without the other values until they come.
 */
function isNotNull(table: TableNode, column: StoredColumn): boolean {
  return !column.nullable && (table.kind === "query" || table.changes.keys.includes(column.name));
}

/** The columns of a table, or of a companion, as they are declared. */
export function declarations(
  table: TableNode,
  stored: readonly StoredColumn[],
  parts: readonly Parts[],
): readonly string[] {
  const clauses = Map.groupBy(
    parts.flatMap(({ column }) => column ?? []),
    ({ name }) => name,
  );
  return stored.map((c) => {
    const comment = c.comment === undefined ? "" : ` COMMENT ${text(c.comment)}`;
    const others = clauses.get(c.name)?.map(({ sql }) => ` ${sql}`) ?? [];
    return `${id(c.name)} ${sparkType(c.type)}${isNotNull(table, c) ? " NOT NULL" : ""}${comment}${others.join("")}`;
  });
}

export function columnMapping(table: TableNode): Readonly<Record<string, string>> {
  return hasMappedNames(table) ? { "delta.columnMapping.mode": "name" } : {};
}

/** The table's own expectations of some actions, as constraints. */
export function constraintsOf(
  plan: LoweredQuery,
  actions: Readonly<Partial<Record<ViolationAction, Constraint["onViolation"] | "">>>,
): readonly Constraint[] {
  return rulesOf(plan, databricks).flatMap(({ name, sql, action }): readonly Constraint[] => {
    const onViolation = actions[action];
    if (onViolation === undefined) return [];
    return [{ name, sql, ...(onViolation !== "" && { onViolation }) }];
  });
}
