/** What embedded DuckDB does with everything that a pipeline can ask for. */

import { emulated, ignored, native, type Support } from "../../settings/support.ts";
import type { Feature } from "../features.ts";

const NOT_GOVERNED = "the warehouse file has no other readers: whoever can open it sees all of it";

const DECODED = native("decoded piece by piece; records that do not decode are quarantined");

export const TREATMENTS = {
  expect: native("counted in the event log"),
  expectOrDrop: native("dropped and counted"),
  expectOrFail: native("fails the table, the last good state stays"),
  expectOrQuarantine: native("kept in <table>_quarantine with the names of the rules"),
  key: native("counted as rows are written; null or repeated keys are an expectation key(…) and a warning"),
  references: ignored("not checked by the engine", "find orphans with antiJoin()"),
  comment: native("COMMENT ON TABLE"),
  columnComment: native("COMMENT ON COLUMN"),
  tags: ignored("tables have no properties", "they are in the manifest"),
  owner: ignored("tables have no properties", "it is in the manifest"),
  properties: ignored("tables have no properties", "they are for the cluster"),
  clusterBy: ignored("the file has its own layout", "it is for the cluster"),
  clusterByAuto: ignored("the file has its own layout", "it is for the cluster"),
  partitionBy: ignored("the file has its own layout", "it is for the cluster"),
  private: ignored("every table is in the file", "it is for the cluster"),
  temporary: emulated("a stored table, so that its rows are read once"),
  mask: ignored("no column masks", NOT_GOVERNED),
  rowFilter: ignored("no row filters", NOT_GOVERNED),
  refreshPolicy: native("by what changed, or recomputed: whichever is cheaper, or as the policy says"),
  appendFlow: native("all flows in one transaction"),
  backfill: native("read when the table is made, and never again"),
  backfillOfWhole: native("read when the table is made, and never again"),
  csv: native("read in pieces"),
  nativeReader: native("read as without it"),
  jsonArray: native("read as it is"),
  encoding: DECODED,
  windowsEncoding: DECODED,
  wideJson: DECODED,
  reread: native("a file that changes is read again, and its rows are appended"),
  replace: native("the rows of the file's earlier reading are replaced"),
  failOnChange: native("the table fails"),
  scd1: native("only the keys of new events are rebuilt"),
  scd2: native("only the keys of new events are rebuilt"),
  ignoreNullUpdates: native("the last value that is not null"),
  truncateWhen: native("events before the last truncation do not count"),
  snapshotsScd1: native("the latest snapshot"),
  snapshotsScd2: native("compared with the state before"),
  columnNames: native("as they are"),
  param: native("a bound value: run(p, { params })"),
} as const satisfies Readonly<Record<Feature, Support>>;
