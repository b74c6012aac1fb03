/**
 * What stands in the warehouse: read by one statement when it is opened, for all who ask. DuckDB looks through its whole
 * catalog for each of them, which takes as long as an update with nothing new otherwise does.
 */
import type { Row, Session } from "./session.ts";

/** A table or a view. */
export interface Relation {
  readonly schema: string;
  readonly name: string;
  /** Names and types, in order. */
  readonly columns: ReadonlyMap<string, string>;
  /**
   * Where the row ids of a table end: what DuckDB calls an estimate is the number of rows with those that were deleted.
   * `undefined` of a view.
   */
  readonly end: number | undefined;
}

export interface Catalog {
  readonly schemas: ReadonlySet<string>;
  /** By `schema.name`. */
  readonly relations: ReadonlyMap<string, Relation>;
}

const OURS = "WHERE database_name = current_database()";

export async function readCatalog(session: Session): Promise<Catalog> {
  const rows = await session.rows(
    `SELECT schema_name AS schema, NULL AS name, NULL AS "column", NULL AS type, NULL AS ends FROM duckdb_schemas() ${OURS}
UNION ALL SELECT schema_name, table_name, NULL, NULL, estimated_size FROM duckdb_tables() ${OURS}
UNION ALL SELECT schema_name, table_name, column_name, data_type, NULL FROM duckdb_columns() ${OURS} AND NOT internal`,
  );
  const tables = rows.filter(({ name, column }) => name !== null && column === null);
  const ends = new Map(tables.map((row) => [nameOf(row), Number(row["ends"])]));
  const relations = new Map<string, Relation & { readonly columns: Map<string, string> }>();
  for (const row of rows) {
    if (row["column"] === null) continue;
    const full = nameOf(row);
    const { columns } = relations.get(full) ?? { columns: new Map() };
    columns.set(String(row["column"]), String(row["type"]));
    relations.set(full, { schema: String(row["schema"]), name: String(row["name"]), columns, end: ends.get(full) });
  }
  return { schemas: new Set(rows.map((row) => String(row["schema"]))), relations };
}

const nameOf = ({ schema, name }: Row): string => `${schema}.${name}`;
