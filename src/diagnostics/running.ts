/** What goes wrong in an update: the data, the warehouse, the machine, Spark. */
import { family } from "./entry.ts";

export const RUNNING = family({
  ACCOUNT001: {
    title: "Rows that do not add up",
    explanation:
      "Rows read are rows written, quarantined and dropped. Where they are not, the table fails and nothing of it is kept.",
  },
  ENGINE001: {
    title: "A statement failed",
    explanation: "DuckDB refused a statement. The message is its own; the cause holds the SQL.",
  },
  EXPECT002: {
    title: "A broken rule that fails its table",
    explanation:
      "A row breaks an expectOrFail() rule. The table keeps its last good state. Correct the data, or quarantine such rows.",
  },
  INPUT001: {
    title: "Given rows do not fit their table",
    explanation:
      "Rows that run() is given in inputs have the columns that the source declares, with values of their types: decimals are texts or bigints, since a number is not exact, dates are texts or a Date at midnight in UTC, and nothing is rounded. A column that is not declared, or a missing one that is never null, is refused before anything is read.",
  },
  KEY003: {
    severity: "warning",
    title: "A key that does not hold",
    explanation:
      "Rows that were written share a declared key, or have none. lookup() reads one row of each key; find the others with the query of the help.",
  },
  RUN001: {
    title: "The pipeline has errors",
    explanation: "An update does not begin while the analyzers report an error. medallion check lists them.",
  },
  RUN002: {
    title: "The machine cannot read the files",
    explanation:
      "A temporary folder or file cannot be made or read. Nothing is remembered as read: the next update reads the files.",
  },
  RUN003: {
    title: "Stopped by the caller",
    explanation:
      "The signal of the request ended the update before its next table. What is done stays; the next update goes on.",
  },
  RUN004: {
    title: "Too little memory",
    explanation:
      "A statement needs more memory than the limit allows, also with what can go to the temporary folder. Each thread needs some of its own.",
  },
  SCD005: {
    title: "A key twice in one snapshot",
    explanation:
      "A snapshot is one state: it has one row per key. Where the input holds several states, such as the files of several days, keep the newest: semiJoin() with their greatest version. dedupe() is for rows that repeat within one state: over several it keeps keys that are no longer there.",
  },
  SCD006: {
    title: "A snapshot that is not newer",
    explanation:
      "Snapshots are compared in the order of their versions. This one is not after the last one that was applied.",
  },
  SPARK001: {
    title: "spark-pipelines is not there",
    explanation: 'Install it with pip install "pyspark[pipelines]==4.3.0" pyyaml, or name its folder.',
  },
  SPARK002: {
    title: "Spark needs Java 17",
    explanation: "Install a Java of version 17 or newer, or set JAVA_HOME.",
  },
  SPARK003: {
    title: "A Python package is missing",
    explanation: "spark-pipelines runs in a Python environment that has pyspark with its pipelines extra, and pyyaml.",
  },
  SPARK004: {
    title: "Spark reported an error",
    explanation: "The message is Spark's own. Its whole output is in the log that the command names.",
  },
  SRC003: {
    severity: "warning",
    title: "A file has changed since it was read",
    explanation:
      "Files are known by their path. A file whose size or content differs has changed; one whose time alone differs has not. onChange declares what a changed file means: ignore, reread, replace or fail. Under ignore every update reports it, as long as the table lacks what the file holds.",
  },
  SRC004: {
    severity: "warning",
    title: "No file matches",
    explanation:
      "The path of a source matches no file, or none any more: a folder may be misspelt or not mounted. Paths are relative to the base directory.",
  },
  SRC005: {
    severity: "warning",
    title: "A file cannot be read",
    explanation: "The file is damaged. It is quarantined as one row, and read again when it changes.",
  },
  SRC006: {
    severity: "warning",
    title: "A file cannot be opened",
    explanation:
      "The file is gone or may not be read, and is read once it can be; or it is not a file but a link that leads nowhere, a pipe, a socket or a device.",
  },
  SRC007: {
    severity: "warning",
    title: "A file whose name is not text",
    explanation: "Its name is not UTF-8, so it cannot be remembered by its path. Rename it.",
  },
  SRC008: {
    severity: "warning",
    title: "Partition folders are not read",
    explanation:
      "Names of folders such as dt=2024-01-01 are not columns of the table. It is told where a declared column of that name has no value in rows of their files: files that have the column as well are only grouped by it.",
  },
  SRC010: {
    severity: "warning",
    title: "An empty file",
    explanation:
      "A file of no bytes delivers nothing: it is left, and read when it has content. Rows of its earlier reading stay. Only CSV without a header can be empty.",
  },
  SRC011: {
    title: "A table of another owner is not as declared",
    explanation:
      "source.table() names a table that the warehouse does not have, or columns that the table does not have, or in which it has nulls or values that are not declared.",
  },
  SRC012: {
    severity: "warning",
    title: "Values that could not be read are null",
    explanation:
      "A column may be null, and the files have texts that are not values of its type. Their text is in _rescued_data. Declare the column as the files have it, name the words of CSV that mean null in nullValues, or declare it as not nullable: its rows are quarantined then.",
  },
  SRC013: {
    severity: "warning",
    title: "A declared column that the files do not have",
    explanation:
      "No row that was read has a value for it, and the files have a column that is not declared: the name may be misspelt, or the column may have been renamed at the source.",
  },
  SRC014: {
    title: "Files of another machine",
    explanation:
      "The path is an address such as s3://bucket/orders. The embedded engine reads files of this machine: copy or mount them, or run the pipeline on Spark or Databricks.",
  },
  SRC015: {
    severity: "warning",
    title: "A link to a file that is read already",
    explanation:
      "Links are followed. Where several names that a path matches are one file, such as latest.csv, it is read once, by its own name or the first.",
  },
  SRC016: {
    severity: "warning",
    title: "A file of which no row can be read",
    explanation:
      "Every row of the file is quarantined by its reader: a required column may have another name in the file, the header or the delimiter may be another, or the file may be of another source. The message names what is missing, and what the file has instead. A file whose only line is taken for a header that names no declared column is reported as well.",
  },
  SRC017: {
    title: "Parquet files of types that do not go together",
    explanation:
      "Spark reads all Parquet files of a source with one schema. It widens whole numbers, decimals and floats; a column that is a text in one file and a number in another ends the update before anything is read. The embedded engine reads each file by its own types.",
  },
  SRC018: {
    severity: "warning",
    title: "A file that is hidden by its name",
    explanation:
      "Spark, Databricks and the embedded engine leave out files whose names begin with _ or a point. One that the path names outright, or by its ending as *.csv does _march.csv, is reported: its rows are in no table. Rename it, or move it out of the folder.",
  },
  SRC019: {
    severity: "warning",
    title: "A file that came after its backfill",
    explanation:
      "A backfill is read once, when its table is made or gains it. Files that its path matches later are in no table: deliver them under the path of a flow, or have a full refresh read the backfill again. One that had nothing to be read yet, or could not be read, is read when it can be.",
  },
  STATE001: {
    title: "Files that a rebuild needs are gone",
    explanation:
      "The change of the table asks for all of its files again, and some are gone: their rows would be lost.",
  },
  STATE002: {
    title: "Rows were deleted outside of medallion",
    explanation:
      "Readers of an append-only table know what is new by its position. Rows that vanish by hand break that.",
  },
  STATE003: {
    title: "The warehouse was altered outside of medallion",
    explanation:
      "A table, a column or the list of files is not as the last update left it. The message names what is repaired and what is refused.",
  },
  STATE004: {
    severity: "warning",
    title: "A table that the pipeline no longer has",
    explanation:
      "It stays in the warehouse as it is. The help has the statement that drops it, unless it alone holds rows that cannot be rebuilt. A table whose name is all that changed is renamed in place.",
  },
  STATE005: {
    severity: "warning",
    title: "Another base directory",
    explanation: "Files are known by their paths in the base directory. Use another warehouse for other files.",
  },
  WAREHOUSE001: {
    title: "The warehouse is in use",
    explanation:
      "A warehouse has one writer. Wait until the other update has ended, or close the program that has it open.",
  },
  WAREHOUSE002: {
    title: "Not a warehouse that can be read",
    explanation: "The file is damaged, or was written by another program or a newer DuckDB. The message names which.",
  },
  WAREHOUSE003: {
    title: "A warehouse of another version",
    explanation: "Another version of medallion made the state in this warehouse.",
  },
  WAREHOUSE004: {
    title: "The warehouse cannot be opened",
    explanation: "The folder or the file cannot be made, read or written by the user who runs the update.",
  },
  WAREHOUSE005: {
    title: "No space left",
    explanation: "The disk of the warehouse is full. The last good state is kept: free space and run again.",
  },
  WAREHOUSE006: {
    title: "The warehouse is closed",
    explanation: "Query before close(), and before the end of the block of await using.",
  },
  WAREHOUSE007: {
    title: "The warehouse is in use by this process",
    explanation: "An update has its warehouse until it is closed: close() it, or use await using.",
  },
  WAREHOUSE008: {
    title: "A warehouse of another DuckDB",
    explanation: "The file was written by a version of DuckDB that this one cannot read.",
  },
  WAREHOUSE009: {
    title: "A table of somebody else",
    explanation: "A table of this name is in the file and was not made by medallion. It is not replaced.",
  },
  WAREHOUSE010: {
    title: "A table of another pipeline",
    explanation:
      "Two pipelines would overwrite each other by turns. Let one of them make a shared table and read it in the other with source.table(), rename the table, or use another warehouse.",
  },
  WAREHOUSE011: {
    title: "A query that writes",
    explanation:
      "query() is for a look at the result. What else writes into the warehouse is counted by nobody, and readers would miss it or fail.",
  },
});
