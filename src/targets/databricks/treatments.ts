/** What Databricks does with everything that a pipeline can ask for. */
import type { Feature } from "../features.ts";
import { emulated, native, refused, type Support } from "../target.ts";

/** In SQL: the Python interface has it for longer, but follows no dependency of a query that picks a version. */
const SNAPSHOTS = "Databricks Runtime 18.3";

/** Expectations of a materialized view that is to stay incremental. */
export const HELD_BESIDE = emulated("an expectation of <table>_expectations, which keeps the table incremental");

export const TREATMENTS = {
  expect: native("CONSTRAINT … EXPECT, counted in the event log"),
  expectOrDrop: native("CONSTRAINT … EXPECT … ON VIOLATION DROP ROW"),
  expectOrFail: native("CONSTRAINT … EXPECT … ON VIOLATION FAIL UPDATE"),
  expectOrQuarantine: emulated("a checked table that both the table and <table>_quarantine read"),
  key: native(
    "PRIMARY KEY, with RELY where the query makes it unique; else counted by an expectation of <table>_expectations",
  ),
  references: native("FOREIGN KEY … REFERENCES, which the engine does not check"),
  comment: native("COMMENT"),
  columnComment: native("COMMENT of the column"),
  tags: emulated("TBLPROPERTIES with the prefix tag."),
  owner: emulated("TBLPROPERTIES medallion.owner"),
  properties: native("TBLPROPERTIES"),
  clusterBy: native("CLUSTER BY"),
  clusterByAuto: native("CLUSTER BY AUTO"),
  partitionBy: native("PARTITIONED BY"),
  private: native("PRIVATE"),
  temporary: native("CREATE TEMPORARY VIEW"),
  mask: native("MASK of the column"),
  rowFilter: native("WITH ROW FILTER"),
  refreshPolicy: native("REFRESH POLICY", "Databricks Runtime 17.3"),
  appendFlow: native("CREATE FLOW … AS INSERT INTO"),
  backfill: native("CREATE FLOW … AS INSERT ONCE INTO"),
  backfillOfWhole: native("CREATE FLOW … AS INSERT ONCE INTO"),
  csv: native("STREAM read_files of texts, cast in the query; one task reads a file"),
  jsonArray: native("STREAM read_files with multiLine"),
  encoding: native("encoding => …"),
  windowsEncoding: native("encoding => 'windows-1252'"),
  wideJson: refused("its JSON reader accepts UTF-16 in some layouts only", "convert the files to UTF-8"),
  reread: native("allowOverwrites => true"),
  replace: refused("Auto Loader only appends", 'use "reread" and keep the latest reading of a file with dedupe()'),
  failOnChange: refused(
    "Auto Loader does not tell that a file changed",
    "leave onChange out: a changed file is ignored",
  ),
  scd1: native("AUTO CDC … STORED AS SCD TYPE 1"),
  scd2: native("AUTO CDC … STORED AS SCD TYPE 2"),
  ignoreNullUpdates: native("IGNORE NULL UPDATES, ON … where it is not for all columns"),
  truncateWhen: native("APPLY AS TRUNCATE WHEN"),
  snapshotsScd1: native("AUTO CDC … FROM SNAPSHOT", SNAPSHOTS),
  snapshotsScd2: native("AUTO CDC … FROM SNAPSHOT", SNAPSHOTS),
  columnNames: emulated("TBLPROPERTIES delta.columnMapping.mode = name"),
  param: native("a value of the pipeline's configuration"),
} as const satisfies Readonly<Record<Feature, Support>>;
