/** What Databricks does with everything that a pipeline can ask for. */
import { hasProvenKey } from "../../ast/keys.ts";
import { emulated, native, refused } from "../../settings/support.ts";
import { columnList, READ_WHOLE, WRITES } from "../spark-sql/clauses.ts";
import { sparkIdentifier as id } from "../spark-sql/dialect.ts";
import type { Cells } from "../writes.ts";
import { type Context, isPublished, nameOf } from "./context.ts";

const functionName = (name: string) => name.split(".").map(id).join(".");

const SNAPSHOTS = "AUTO CDC … FROM SNAPSHOT; create_auto_cdc_from_snapshot_flow in Python where they have no version";
/** In SQL: the Python interface has it for longer, but follows no dependency of a query that picks a version. */
export const SNAPSHOT_VERSIONS = native("AUTO CDC … FROM SNAPSHOT … WITH VERSION", "Databricks Runtime 18.3");

/** Expectations of a materialized view that is to stay incremental. */
export const RULES_APART = emulated("an expectation of <table>_expectations, which keeps the table incremental");

export const TREATMENTS: Cells<Context> = {
  expect: native("CONSTRAINT … EXPECT, counted in the event log"),
  expectOrDrop: native("CONSTRAINT … EXPECT … ON VIOLATION DROP ROW"),
  expectOrFail: native("CONSTRAINT … EXPECT … ON VIOLATION FAIL UPDATE"),
  expectOrQuarantine: emulated("a checked table that both the table and <table>_quarantine read"),
  key: {
    ...native(
      "PRIMARY KEY, with RELY where the query makes it unique; else counted by an expectation of <table>_expectations",
    ),
    writes: (key, table, { tables }) => {
      // The optimizer leaves out joins and DISTINCT by a key that it may rely on: only by one that no data can break.
      const rely = hasProvenKey(table, tables) ? " RELY" : "";
      return { constraint: `CONSTRAINT ${id(`${table.name}_pk`)} PRIMARY KEY ${columnList(key)}${rely}` };
    },
  },
  references: {
    ...native("FOREIGN KEY … REFERENCES, which the engine does not check"),
    writes: ({ table: name, columns, key }, table, context) => {
      const target = context.tables.get(name);
      // A key of what the catalog does not have cannot be referred to.
      if (!target || !isPublished(target, "own")) return {};
      const constraint = `CONSTRAINT ${id(`${table.name}_${columns.join("_")}_fk`)} FOREIGN KEY ${columnList(columns)}`;
      return { constraint: `${constraint} REFERENCES ${nameOf(target, context)} ${columnList(key)}` };
    },
  },
  comment: { ...native("COMMENT"), writes: WRITES.comment },
  columnComment: native("COMMENT of the column"),
  properties: { ...native("TBLPROPERTIES"), writes: WRITES.properties },
  tags: { ...emulated("TBLPROPERTIES with the prefix tag."), writes: WRITES.tags },
  owner: { ...emulated("TBLPROPERTIES medallion.owner"), writes: WRITES.owner },
  partitionBy: { ...native("PARTITIONED BY"), writes: WRITES.partitionBy },
  clusterBy: { ...native("CLUSTER BY"), writes: (columns) => ({ layout: `CLUSTER BY ${columnList(columns)}` }) },
  clusterByAuto: { ...native("CLUSTER BY AUTO"), writes: () => ({ layout: "CLUSTER BY AUTO" }) },
  private: { ...native("PRIVATE, as is its quarantine"), writes: () => ({ word: "PRIVATE" }) },
  temporary: native("CREATE TEMPORARY VIEW"),
  mask: {
    ...native("MASK of the column"),
    writes: ({ column, function: name, using }) => {
      const others = using.length > 0 ? ` USING COLUMNS ${columnList(using)}` : "";
      return { column: { name: column, sql: `MASK ${functionName(name)}${others}` } };
    },
  },
  rowFilter: {
    ...native("WITH ROW FILTER"),
    writes: ({ function: name, on }) => ({ governance: `WITH ROW FILTER ${functionName(name)} ON ${columnList(on)}` }),
  },
  refreshPolicy: {
    ...native("REFRESH POLICY", "Databricks Runtime 17.3"),
    writes: (policy) => ({ governance: `REFRESH POLICY ${policy.toUpperCase()}` }),
  },
  appendFlow: native("CREATE FLOW … AS INSERT INTO"),
  backfill: native("CREATE FLOW … AS INSERT ONCE INTO"),
  backfillOfWhole: native("CREATE FLOW … AS INSERT ONCE INTO"),
  csv: native("STREAM read_files of texts, cast in the query; one task reads a file"),
  nativeReader: native("STREAM read_files, as without it"),
  jsonArray: native("STREAM read_files with multiLine"),
  encoding: native("encoding => …"),
  windowsEncoding: native("encoding => 'windows-1252'"),
  wideJson: refused("its JSON reader accepts UTF-16 in some layouts only", "convert the files to UTF-8"),
  reread: native("allowOverwrites => true"),
  replace: emulated(READ_WHOLE),
  failOnChange: refused(
    "Auto Loader does not tell that a file changed",
    "leave onChange out: a changed file is ignored",
  ),
  scd1: native("AUTO CDC … STORED AS SCD TYPE 1"),
  scd2: native("AUTO CDC … STORED AS SCD TYPE 2"),
  ignoreNullUpdates: native("IGNORE NULL UPDATES, ON … where it is not for all columns"),
  truncateWhen: native("APPLY AS TRUNCATE WHEN"),
  snapshotsScd1: native(SNAPSHOTS),
  snapshotsScd2: native(SNAPSHOTS),
  columnNames: emulated("TBLPROPERTIES delta.columnMapping.mode = name"),
  param: native("a value of the pipeline's configuration"),
};
