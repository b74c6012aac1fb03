/** `CREATE STREAMING TABLE`, `CREATE MATERIALIZED VIEW` and `CREATE TEMPORARY VIEW` of open-source Spark. */
import type { TableNode } from "../../ast/pipeline.ts";
import { type ColumnFacts, isFileSource } from "../../ast/relation.ts";
import { indent } from "../../sql/query.ts";
import { block } from "../layout.ts";
import { propertyClauses, viewColumns } from "./clauses.ts";
import { type Context, nameOf, viewName } from "./context.ts";
import { sparkIdentifier as id, sparkType, sparkText as text } from "./dialect.ts";
import { ORIGIN } from "./source.ts";

export interface Made {
  /** The query that makes the rows. */
  readonly query: string;
  readonly streaming: boolean;
}

/**
 * The statement that makes a table out of a query. Columns are declared without NOT NULL: Spark refuses it where its
 * own analysis cannot tell that no null comes.
 */
export function createTable(table: TableNode, { query, streaming }: Made, context: Context): string {
  const columns = columnsOf(table);
  const { partitionBy } = table.settings;
  // The columns of the folders come last, here and in the files.
  const ordered = [
    ...columns.filter((c) => !partitionBy.includes(c.name)),
    ...columns.filter((c) => partitionBy.includes(c.name)),
  ];
  const moved = ordered.some((c, i) => c.name !== columns[i]?.name);
  const rows = moved
    ? `SELECT\n${ordered.map((c) => `  ${id(c.name)}`).join(",\n")}\nFROM (\n${indent(query)}\n)`
    : query;
  const lines = [
    `CREATE ${streaming ? "STREAMING TABLE" : "MATERIALIZED VIEW"} ${nameOf(table, context)} ${block(ordered.map(declared))}`,
    ...(partitionBy.length > 0 ? [`PARTITIONED BY (${partitionBy.map(id).join(", ")})`] : []),
    ...propertyClauses(table),
    "AS",
    rows,
  ];
  return `${lines.join("\n")};`;
}

/** A view of the pipeline: neither stored nor published. */
export function createView(table: TableNode, { query, streaming }: Made, context: Context): string {
  const names = viewColumns(table);
  const lines = [
    `CREATE TEMPORARY VIEW ${viewName(table, streaming, context)}${names.length > 0 ? ` ${block(names)}` : ""}`,
    ...propertyClauses(table),
    "AS",
    query,
  ];
  return `${lines.join("\n")};`;
}

/** A table beside another one. */
export function createBeside(name: string, comment: string, { query, streaming }: Made): string {
  return `CREATE ${streaming ? "STREAMING TABLE" : "MATERIALIZED VIEW"} ${name}
COMMENT ${text(comment)}
AS
${query};`;
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly comment?: string | undefined;
}

const declared = ({ name, type, comment }: Column) =>
  `${id(name)} ${type}${comment === undefined ? "" : ` COMMENT ${text(comment)}`}`;

/** The stored columns: a bronze table has its origin beside the declared ones. */
export function columnsOf(table: TableNode): readonly Column[] {
  const own = table.columns.map(({ name, type, comment }: ColumnFacts) => ({ name, type: sparkType(type), comment }));
  if (table.kind !== "query" || !isFileSource(table.query)) return own;
  const shown = new Set(own.map((c) => c.name));
  return [...own, ...ORIGIN.filter(([name]) => !shown.has(name)).map(([name, type]) => ({ name, type }))];
}
