/** What open-source Spark Declarative Pipelines does with everything that a pipeline can ask for. */
import { emulated, ignored, native, refused } from "../../settings/support.ts";
import { READ_WHOLE, WRITES } from "../spark-sql/clauses.ts";
import type { Cells } from "../writes.ts";
import type { Context } from "./context.ts";

const WHOLE_FILES =
  "SQL over whole files: one task reads a file, so keep them under some hundred megabytes, or use native: true";

export const TREATMENTS: Cells<Context> = {
  expect: emulated("a materialized view <table>_expectations that counts passed and failed rows"),
  expectOrDrop: emulated("a filter in the query, counted in <table>_expectations"),
  expectOrFail: emulated("assert_true in the query, which fails the flow"),
  expectOrQuarantine: emulated("a checked table that both the table and <table>_quarantine read"),
  key: emulated("a count in <table>_expectations, unless the query makes it unique"),
  references: ignored("no foreign keys", "the analyzers hold it; find orphans with antiJoin()"),
  comment: { ...native("COMMENT"), writes: WRITES.comment },
  columnComment: native("COMMENT of the column"),
  properties: { ...native("TBLPROPERTIES"), writes: WRITES.properties },
  tags: { ...emulated("TBLPROPERTIES with the prefix tag."), writes: WRITES.tags },
  owner: { ...emulated("TBLPROPERTIES medallion.owner"), writes: WRITES.owner },
  clusterBy: ignored("Spark's own file formats do not cluster", "partitionBy() columns of few values"),
  clusterByAuto: ignored("no automatic clustering", "name the columns: clusterBy((c) => ({ … }))"),
  partitionBy: { ...native("PARTITIONED BY"), writes: WRITES.partitionBy },
  private: ignored("every table is published", "use temporary() where it need not be stored"),
  temporary: native("CREATE TEMPORARY VIEW"),
  mask: ignored("no column masks", "give readers a table without the column, or mask the value in the query"),
  rowFilter: ignored("no row filters", "give readers a table with their rows"),
  refreshPolicy: ignored("a materialized view is always recomputed", "leave it out"),
  appendFlow: emulated("a UNION ALL in the table's query; a further flow asks for a full refresh of the table"),
  backfill: emulated("a UNION ALL in the table's query: rows that its input gains later come in as well"),
  backfillOfWhole: refused(
    "a streaming table accepts streams only",
    "read files or streaming tables row by row, or put the rows into a separate table and union() it",
  ),
  csv: emulated(WHOLE_FILES),
  nativeReader: native("Spark's own reader, in pieces and with its own meaning (differences.md)"),
  jsonArray: emulated(WHOLE_FILES),
  encoding: emulated("decode() of the text; what does not decode fails the flow"),
  windowsEncoding: refused("Spark decodes no windows-1252", "convert the files to UTF-8"),
  wideJson: refused("Spark's reader of lines knows no UTF-16", "convert the files to UTF-8"),
  reread: refused("its file streams know a file by its path", "deliver changes as new files, or leave onChange out"),
  replace: emulated(READ_WHOLE),
  failOnChange: refused(
    "its file streams do not tell that a file changed",
    "leave onChange out: a changed file is ignored",
  ),
  scd1: emulated("a materialized view over the change events; AUTO CDC with the option autoCdc"),
  scd2: emulated("a materialized view over the change events; AUTO CDC with the option autoCdc"),
  ignoreNullUpdates: emulated("the last value that is not null, in the materialized view"),
  truncateWhen: emulated("events before the last truncation are left out of the materialized view"),
  snapshotsScd1: emulated("a materialized view of the latest snapshot"),
  snapshotsScd2: refused(
    "a materialized view cannot remember the snapshots before",
    "keep the snapshots in a streaming table and make changes() of it",
  ),
  columnNames: native("as they are"),
  param: native("a value of the spec's configuration"),
};
