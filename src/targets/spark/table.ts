/** `CREATE STREAMING TABLE`, `CREATE MATERIALIZED VIEW` and `CREATE TEMPORARY VIEW` of open-source Spark. */
import type { TableNode } from "../../ast/pipeline.ts";
import type { StoredColumn } from "../../ast/stored.ts";
import type { LoweredTable } from "../../lower/table.ts";
import { indent, selectFrom } from "../../sql/block.ts";
import { block } from "../layout.ts";
import { clausesOf, viewColumns } from "../spark-sql/clauses.ts";
import { sparkIdentifier as id, sparkType, sparkText as text } from "../spark-sql/dialect.ts";
import { viewName } from "../spark-sql/view-reads.ts";
import { type Parts, partsOf } from "../writes.ts";
import { type Context, nameOf } from "./context.ts";
import { TREATMENTS } from "./treatments.ts";

export interface Made {
  /** The query that makes the rows. */
  readonly query: string;
  readonly streaming: boolean;
}

/**
 * The statement that makes a table out of a query. Columns are declared without NOT NULL: Spark refuses it where its
 * own analysis cannot tell that no null comes.
 */
export function createTable({ table, columns }: LoweredTable, { query, streaming }: Made, context: Context): string {
  const { partitionBy } = table.settings;
  // The columns of the folders come last, here and in the files.
  const isLast = ({ name }: StoredColumn) => partitionBy.includes(name);
  const ordered =
    partitionBy.length === 0 ? columns : [...columns.filter((c) => !isLast(c)), ...columns.filter(isLast)];
  const moved = ordered.some((c, i) => c.name !== columns[i]?.name);
  const rows = moved
    ? selectFrom(
        ordered.map((c) => id(c.name)),
        `(\n${indent(query)}\n)`,
      )
    : query;
  const lines = [
    `CREATE ${streaming ? "STREAMING TABLE" : "MATERIALIZED VIEW"} ${nameOf(table, context)} ${block(ordered.map(declared))}`,
    ...clausesOf(settingParts(table, context)),
    "AS",
    rows,
  ];
  return `${lines.join("\n")};`;
}

/** What the settings of a table put into its statement. */
export function settingParts(table: TableNode, context: Context): readonly Parts[] {
  return partsOf(table, context, { name: "spark", cells: TREATMENTS });
}

/** A view of the pipeline: neither stored nor published. */
export function createView(table: TableNode, { query, streaming }: Made, context: Context): string {
  const names = viewColumns(table);
  const lines = [
    `CREATE TEMPORARY VIEW ${id(viewName(table, streaming, context))}${names.length > 0 ? ` ${block(names)}` : ""}`,
    ...clausesOf(settingParts(table, context)),
    "AS",
    query,
  ];
  return `${lines.join("\n")};`;
}

/** A companion of a table. `parts` are what is written of the table's settings for it. */
export function createCompanion(
  name: string,
  comment: string,
  { query, streaming }: Made,
  parts: readonly Parts[] = [],
): string {
  const lines = [
    `CREATE ${streaming ? "STREAMING TABLE" : "MATERIALIZED VIEW"} ${name}`,
    ...clausesOf([...parts, { comment: `COMMENT ${text(comment)}` }]),
    "AS",
    query,
  ];
  return `${lines.join("\n")};`;
}

const declared = ({ name, type, comment }: StoredColumn) =>
  `${id(name)} ${sparkType(type)}${comment === undefined ? "" : ` COMMENT ${text(comment)}`}`;
