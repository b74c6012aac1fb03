/**
 * The tables in which the warehouse keeps the engine's state. Whoever changes one raises the version: a warehouse of
 * another version is refused (`WAREHOUSE003`) instead of being read wrongly.
 */

/**
 * Version of the state tables; another one in the file means another medallion wrote it. Next to the tables below there are
 * those of single tables, which are made and dropped with their state: the heads of change targets (`state.ts`), change
 * feeds and partial rows (`incremental/feeds.ts`). A medallion that does not know them would let them fall behind.
 */
export const STATE_VERSION = 7;

/**
 * Versions that become this one by the additions: nothing of what they hold means something else. Those before 6 have types
 * of columns by their names alone: until a table is described again, a wider type is as any other type.
 */
export const OLDER_VERSIONS: readonly number[] = [4, 5, 6];

/**
 * What state tables of older versions do not have. Those before 7 have what a backfill reads as text in the name of the
 * input.
 */
export const STATE_ADDITIONS: readonly string[] = [
  "ALTER TABLE _medallion.files ADD COLUMN IF NOT EXISTS digest VARCHAR",
  "ALTER TABLE _medallion.files ADD COLUMN IF NOT EXISTS seen_at TIMESTAMPTZ",
  "ALTER TABLE _medallion.inputs ADD COLUMN IF NOT EXISTS backfill VARCHAR",
  `UPDATE _medallion.inputs SET backfill = input_name[6:21], input_name = input_name[23:]
    WHERE regexp_matches(input_name, '^once [0-9a-f]{16} ')`,
];

/**
 * Creates the schemas of the layers and the state tables where they are missing. No table has a primary key: where a
 * commit fails on a full disk, DuckDB puts rows back into its indexes, and ends the process when that fails.
 */
export const STATE_LAYOUT: readonly string[] = [
  "CREATE SCHEMA IF NOT EXISTS bronze",
  "CREATE SCHEMA IF NOT EXISTS silver",
  "CREATE SCHEMA IF NOT EXISTS gold",
  "CREATE SCHEMA IF NOT EXISTS _medallion",
  "CREATE TABLE IF NOT EXISTS _medallion.meta (version INTEGER NOT NULL, prelude VARCHAR NOT NULL)",
  // One row per table and layer. `definition` decides the rows, `settings` are applied in place; both are JSON, so that
  // a change can be explained. `params` are the values under which rows were read, `row_count` and `file_count` what the
  // last update left: what differs from them was changed by others.
  `CREATE TABLE IF NOT EXISTS _medallion.tables (
    pipeline VARCHAR NOT NULL, layer VARCHAR NOT NULL, name VARCHAR NOT NULL,
    definition VARCHAR NOT NULL, settings VARCHAR NOT NULL, params VARCHAR NOT NULL,
    generation VARCHAR NOT NULL, version BIGINT NOT NULL, row_count BIGINT NOT NULL, file_count BIGINT NOT NULL,
    base_dir VARCHAR NOT NULL, updated_at TIMESTAMPTZ NOT NULL)`,
  // `backfill` tells which backfill has read the input, apart from the streams of the table.
  `CREATE TABLE IF NOT EXISTS _medallion.inputs (
    table_name VARCHAR NOT NULL, input_name VARCHAR NOT NULL, generation VARCHAR NOT NULL, version BIGINT NOT NULL,
    position BIGINT NOT NULL, backfill VARCHAR)`,
  // `digest` is of the bytes that were read, `seen_at` another time of change at which the file held the same.
  `CREATE TABLE IF NOT EXISTS _medallion.files (
    table_name VARCHAR NOT NULL, path VARCHAR NOT NULL, size BIGINT NOT NULL, modified_at TIMESTAMPTZ NOT NULL,
    update_id VARCHAR NOT NULL, failed BOOLEAN NOT NULL, digest VARCHAR, seen_at TIMESTAMPTZ)`,
  `CREATE TABLE IF NOT EXISTS _medallion.event_log (
    id VARCHAR NOT NULL, sequence BIGINT NOT NULL, timestamp TIMESTAMPTZ NOT NULL, update_id VARCHAR NOT NULL, event_type VARCHAR NOT NULL,
    level VARCHAR NOT NULL, message VARCHAR NOT NULL, table_name VARCHAR, details JSON)`,
];
