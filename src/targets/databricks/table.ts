/** `CREATE OR REFRESH STREAMING TABLE`, `… MATERIALIZED VIEW` and `CREATE TEMPORARY VIEW`. */
import { hasProvenKey } from "../../ast/keys.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { ViolationAction } from "../../ast/settings.ts";
import type { Sql } from "../../functions/fragment.ts";
import type { StoredColumn } from "../../plan/columns.ts";
import type { QueryPlan, TablePlan } from "../../plan/table.ts";
import { hasMappedNames } from "../features.ts";
import { block } from "../layout.ts";
import { propertyClauses, viewColumns } from "../spark/clauses.ts";
import { databricks, sparkIdentifier as id, sparkType, sparkText as text } from "../spark/dialect.ts";
import { rulesOf } from "../spark/rules.ts";
import { type Context, isPublished, nameOf } from "./context.ts";

/** A named condition on rows, and what happens to a row that breaks it. */
export interface Constraint {
  readonly name: string;
  readonly sql: Sql;
  readonly onViolation?: "DROP ROW" | "FAIL UPDATE";
}

export function expectation({ name, sql, onViolation }: Constraint): string {
  return `CONSTRAINT ${id(name)} EXPECT (${sql.text})${onViolation ? ` ON VIOLATION ${onViolation}` : ""}`;
}

/** The statement that makes a table out of a query. */
export function createTable(
  plan: TablePlan,
  query: string | undefined,
  constraints: readonly Constraint[],
  context: Context,
): string {
  const { table } = plan;
  if (table.settings.temporary) return createView(table, query ?? "", constraints);
  const streaming = table.kind !== "query" || plan.kind === "streaming";
  const kind = streaming ? "STREAMING TABLE" : "MATERIALIZED VIEW";
  const hidden = table.settings.private ? "PRIVATE " : "";
  const items = [...columns(plan), ...constraints.map(expectation), ...keys(table, context)];
  const lines = [
    `CREATE OR REFRESH ${hidden}${kind} ${nameOf(table, context)} ${block(items)}`,
    ...layoutClauses(table),
    ...propertyClauses(table, columnMapping(table)),
    ...governanceClauses(table),
  ];
  return `${[...lines, ...(query === undefined ? [] : ["AS", query])].join("\n")};`;
}

/** A view of the pipeline: its columns have comments, its rows expectations, and that is all there is. */
function createView(table: TableNode, query: string, constraints: readonly Constraint[]): string {
  const items = [...viewColumns(table), ...constraints.map(expectation)];
  return `${[
    `CREATE TEMPORARY VIEW ${id(table.name)}${items.length > 0 ? ` ${block(items)}` : ""}`,
    ...propertyClauses(table),
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

function columns({ table, columns: stored }: TablePlan): readonly string[] {
  return stored.map((c) => {
    const mask = table.settings.masks.find((m) => m.column === c.name);
    const parts = [
      id(c.name),
      sparkType(c.type),
      ...(isNotNull(table, c) ? ["NOT NULL"] : []),
      ...(c.comment === undefined ? [] : [`COMMENT ${text(c.comment)}`]),
      ...(mask ? [`MASK ${functionName(mask.function)}`] : []),
      ...(mask && mask.using.length > 0 ? [`USING COLUMNS (${mask.using.map(id).join(", ")})`] : []),
    ];
    return parts.join(" ");
  });
}

export function columnMapping(table: TableNode): Readonly<Record<string, string>> {
  return hasMappedNames(table) ? { "delta.columnMapping.mode": "name" } : {};
}

const functionName = (name: string) => name.split(".").map(id).join(".");

function keys(table: TableNode, context: Context): readonly string[] {
  const { key, references } = table.settings;
  // The optimizer leaves out joins and DISTINCT by a key that it may rely on: only by one that no data can break.
  const rely = hasProvenKey(table, context.tables) ? " RELY" : "";
  return [
    ...(key ? [`CONSTRAINT ${id(`${table.name}_pk`)} PRIMARY KEY (${key.map(id).join(", ")})${rely}`] : []),
    ...references.flatMap((reference) => {
      const target = context.tables.get(reference.table);
      // A key of what the catalog does not have cannot be referred to.
      if (!target || !isPublished(target, "own")) return [];
      const name = id(`${table.name}_${reference.columns.join("_")}_fk`);
      const list = (names: readonly string[]) => `(${names.map(id).join(", ")})`;
      return [
        `CONSTRAINT ${name} FOREIGN KEY ${list(reference.columns)} REFERENCES ${nameOf(target, context)} ${list(reference.key)}`,
      ];
    }),
  ];
}

function layoutClauses(table: TableNode): readonly string[] {
  const { partitionBy, clusterBy } = table.settings;
  const list = (names: readonly string[]) => `(${names.map(id).join(", ")})`;
  return [
    ...(partitionBy.length > 0 ? [`PARTITIONED BY ${list(partitionBy)}`] : []),
    ...(clusterBy === "auto" ? ["CLUSTER BY AUTO"] : []),
    ...(clusterBy !== "auto" && clusterBy.length > 0 ? [`CLUSTER BY ${list(clusterBy)}`] : []),
  ];
}

function governanceClauses(table: TableNode): readonly string[] {
  const { rowFilter, refreshPolicy } = table.settings;
  return [
    ...(rowFilter
      ? [`WITH ROW FILTER ${functionName(rowFilter.function)} ON (${rowFilter.on.map(id).join(", ")})`]
      : []),
    ...(refreshPolicy === undefined ? [] : [`REFRESH POLICY ${refreshPolicy.toUpperCase()}`]),
  ];
}

/** The table's own expectations of some actions, as constraints. */
export function constraintsOf(
  plan: QueryPlan,
  actions: Readonly<Partial<Record<ViolationAction, Constraint["onViolation"] | "">>>,
): readonly Constraint[] {
  return rulesOf(plan, databricks).flatMap(({ name, sql, action }): readonly Constraint[] => {
    const onViolation = actions[action];
    if (onViolation === undefined) return [];
    return [{ name, sql, ...(onViolation !== "" && { onViolation }) }];
  });
}
