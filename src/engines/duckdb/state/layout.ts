/**
 * The tables in which the warehouse keeps the engine's state. Whoever changes one raises the version: a warehouse of
 * another version is refused (`WAREHOUSE003`) instead of being read wrongly.
 */

/**
 * Version of the state tables; another one in the file means another medallion wrote it. Next to the tables below there are
 * those of single tables, which are made and dropped with their state: the heads of change targets (`state.ts`), change
 * feeds and partial rows (`incremental/feeds.ts`). A medallion that does not know them would let them fall behind.
 */
export const STATE_VERSION = 8;

/**
 * Versions that become this one by the additions: nothing of what they hold means something else. Those before 6 have types
 * of columns by their names alone: until a table is described again, a wider type is as any other type.
 */
export const OLDER_VERSIONS: readonly number[] = [4, 5, 6, 7];

interface StateTable {
  /** Columns that every version has, by their types. */
  readonly required: Readonly<Record<string, string>>;
  /** Columns that may be null, and that a table of an older version may not have. */
  readonly nullable?: Readonly<Record<string, string>>;
}

export const STATE_SCHEMAS: readonly string[] = ["bronze", "silver", "gold", "_medallion"];

/**
 * No table has a primary key: where a commit fails on a full disk, DuckDB puts rows back into its indexes, and ends the
 * process when that fails.
 */
export const STATE_TABLES: Readonly<Record<string, StateTable>> = {
  "_medallion.meta": { required: { version: "INTEGER", prelude: "VARCHAR" } },
  // One row per table and layer. `definition` decides the rows, `settings` are applied in place; both are JSON, so that
  // a change can be explained. `params` are the values under which rows were read, `row_count` and `file_count` what the
  // last update left: what differs from them was changed by others.
  "_medallion.tables": {
    required: {
      ...{ pipeline: "VARCHAR", layer: "VARCHAR", name: "VARCHAR" },
      ...{ definition: "VARCHAR", settings: "VARCHAR", params: "VARCHAR" },
      ...{ generation: "VARCHAR", version: "BIGINT", row_count: "BIGINT", file_count: "BIGINT" },
      ...{ base_dir: "VARCHAR", updated_at: "TIMESTAMPTZ" },
    },
  },
  // `backfill` tells which backfill has read the input, apart from the streams of the table.
  "_medallion.inputs": {
    required: {
      ...{ table_name: "VARCHAR", input_name: "VARCHAR", generation: "VARCHAR", version: "BIGINT" },
      position: "BIGINT",
    },
    nullable: { backfill: "VARCHAR" },
  },
  // `digest` is of the bytes that were read, `seen_at` another time of change at which the file held the same.
  "_medallion.files": {
    required: {
      ...{ table_name: "VARCHAR", path: "VARCHAR", size: "BIGINT", modified_at: "TIMESTAMPTZ" },
      ...{ update_id: "VARCHAR", failed: "BOOLEAN" },
    },
    nullable: { digest: "VARCHAR", seen_at: "TIMESTAMPTZ" },
  },
  "_medallion.event_log": {
    required: {
      ...{ id: "VARCHAR", sequence: "BIGINT", timestamp: "TIMESTAMPTZ", update_id: "VARCHAR", event_type: "VARCHAR" },
      ...{ level: "VARCHAR", message: "VARCHAR" },
    },
    nullable: { table_name: "VARCHAR", details: "JSON" },
  },
};

/** Creates the schemas of the layers and the state tables where they are missing, and what older versions do not have. */
export const STATE_LAYOUT: readonly string[] = [
  ...STATE_SCHEMAS.map((schema) => `CREATE SCHEMA IF NOT EXISTS ${schema}`),
  ...Object.entries(STATE_TABLES).flatMap(([name, { required, nullable = {} }]) => {
    const always = Object.entries(required).map(([column, type]) => `${column} ${type} NOT NULL`);
    const added = Object.entries(nullable).map(([column, type]) => `${column} ${type}`);
    return [
      `CREATE TABLE IF NOT EXISTS ${name} (${[...always, ...added].join(", ")})`,
      ...added.map((column) => `ALTER TABLE ${name} ADD COLUMN IF NOT EXISTS ${column}`),
    ];
  }),
  // Versions before 7 have what a backfill reads as text in the name of the input.
  `UPDATE _medallion.inputs SET backfill = input_name[6:21], input_name = input_name[23:]
    WHERE regexp_matches(input_name, '^once [0-9a-f]{16} ')`,
];
