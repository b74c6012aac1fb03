/**
 * What each target does with each thing that a pipeline can say. The compilers ask here, the diagnostics and the
 * table in the documentation are made from here.
 */
import { match } from "ts-pattern";
import { tableQueries } from "../ast/inputs.ts";
import { whyNotStreaming } from "../ast/kind.ts";
import type { TableNode } from "../ast/pipeline.ts";
import type { SourceNode } from "../ast/relation.ts";
import type { FlowNode, TableKind } from "../ast/settings.ts";
import type { SqlType } from "../types/types.ts";
import type { CompileOptions } from "./compile.ts";

/** An engine that a pipeline is compiled for. */
export type Target = "databricks" | "spark" | "duckdb";

/**
 * `native`: the target has it. `emulated`: it is made from other means, with the same rows. `ignored`: the target has
 * nothing like it, and the rows are the same without. `refused`: the target cannot mean it, so nothing is compiled.
 */
export type Treatment = "native" | "emulated" | "ignored" | "refused";

export interface Support {
  readonly does: Treatment;
  /** What becomes of it, in words that end a sentence: "a filter in the query". */
  readonly how: string;
  /** The way out, where it is ignored or refused. */
  readonly help?: string;
  /** The oldest runtime that accepts it, where many that are in use do not. */
  readonly runtime?: string;
}

/** What the targets do with one thing, and how it is written. */
type Row = Readonly<Record<Target, Support>> & { readonly clause: string };

const native = (how: string, runtime?: string): Support => ({ does: "native", how, ...(runtime && { runtime }) });
const emulated = (how: string): Support => ({ does: "emulated", how });
const ignored = (how: string, help: string): Support => ({ does: "ignored", how, help });
const refused = (how: string, help: string): Support => ({ does: "refused", how, help });

const row = (clause: string, databricks: Support, spark: Support, duckdb: Support): Row => ({
  clause,
  databricks,
  spark,
  duckdb,
});

const NOT_GOVERNED = "the warehouse file has no other readers: whoever can open it sees all of it";

/** In SQL: the Python interface has it for longer, but follows no dependency of a query that picks a version. */
const SNAPSHOTS = "Databricks Runtime 18.3";

const WHOLE_FILES = "SQL over whole files: one task reads a file, so keep them under some hundred megabytes";

const DECODED = native("decoded piece by piece; records that do not decode are quarantined");

export const SUPPORT = {
  expect: row(
    "expect()",
    native("CONSTRAINT … EXPECT, counted in the event log"),
    emulated("a materialized view <table>_expectations that counts passed and failed rows"),
    native("counted in the event log"),
  ),
  expectOrDrop: row(
    "expectOrDrop()",
    native("CONSTRAINT … EXPECT … ON VIOLATION DROP ROW"),
    emulated("a filter in the query, counted in <table>_expectations"),
    native("dropped and counted"),
  ),
  expectOrFail: row(
    "expectOrFail()",
    native("CONSTRAINT … EXPECT … ON VIOLATION FAIL UPDATE"),
    emulated("assert_true in the query, which fails the flow"),
    native("fails the table, the last good state stays"),
  ),
  expectOrQuarantine: row(
    "expectOrQuarantine()",
    emulated("a checked table that both the table and <table>_quarantine read"),
    emulated("a checked table that both the table and <table>_quarantine read"),
    native("set aside in <table>_quarantine with the names of the rules"),
  ),
  key: row(
    "key()",
    native("PRIMARY KEY, which the engine does not check; RELY where the query proves it"),
    ignored("no primary keys", "the analyzers hold it; check uniqueness with an expectation of a gold table"),
    native("counted as rows are written; null or repeated keys are an expectation key(…) and a warning"),
  ),
  references: row(
    "references()",
    native("FOREIGN KEY … REFERENCES, which the engine does not check"),
    ignored("no foreign keys", "the analyzers hold it; find orphans with antiJoin()"),
    ignored("not checked by the engine", "find orphans with antiJoin()"),
  ),
  comment: row("comment()", native("COMMENT"), native("COMMENT"), native("COMMENT ON TABLE")),
  columnComment: row(
    "t.….comment()",
    native("COMMENT of the column"),
    native("COMMENT of the column"),
    native("COMMENT ON COLUMN"),
  ),
  tags: row(
    "tags()",
    emulated("TBLPROPERTIES with the prefix tag."),
    emulated("TBLPROPERTIES with the prefix tag."),
    ignored("tables have no properties", "they are in the manifest"),
  ),
  owner: row(
    "owner()",
    emulated("TBLPROPERTIES medallion.owner"),
    emulated("TBLPROPERTIES medallion.owner"),
    ignored("tables have no properties", "it is in the manifest"),
  ),
  properties: row(
    "properties()",
    native("TBLPROPERTIES"),
    native("TBLPROPERTIES"),
    ignored("tables have no properties", "they are for the cluster"),
  ),
  clusterBy: row(
    "clusterBy()",
    native("CLUSTER BY"),
    ignored("Spark's own file formats do not cluster", "partitionBy() columns of few values"),
    ignored("the file has its own layout", "it is for the cluster"),
  ),
  clusterByAuto: row(
    'clusterBy("auto")',
    native("CLUSTER BY AUTO"),
    ignored("no automatic clustering", "name the columns: clusterBy((c) => ({ … }))"),
    ignored("the file has its own layout", "it is for the cluster"),
  ),
  partitionBy: row(
    "partitionBy()",
    native("PARTITIONED BY"),
    native("PARTITIONED BY"),
    ignored("the file has its own layout", "it is for the cluster"),
  ),
  private: row(
    "private()",
    native("PRIVATE"),
    ignored("every table is published", "use temporary() where it need not be stored"),
    ignored("every table is in the file", "it is for the cluster"),
  ),
  temporary: row(
    "temporary()",
    native("CREATE TEMPORARY VIEW"),
    native("CREATE TEMPORARY VIEW"),
    emulated("a stored table, so that its rows are read once"),
  ),
  mask: row(
    "mask()",
    native("MASK of the column"),
    ignored("no column masks", "give readers a table without the column, or mask the value in the query"),
    ignored("no column masks", NOT_GOVERNED),
  ),
  rowFilter: row(
    "rowFilter()",
    native("WITH ROW FILTER"),
    ignored("no row filters", "give readers a table with their rows"),
    ignored("no row filters", NOT_GOVERNED),
  ),
  refreshPolicy: row(
    "refreshPolicy()",
    native("REFRESH POLICY", "Databricks Runtime 17.3"),
    ignored("a materialized view is always recomputed", "leave it out"),
    ignored("recomputed when an input changed", "leave it out"),
  ),
  appendFlow: row(
    "appendFlow()",
    native("CREATE FLOW … AS INSERT INTO"),
    emulated("a UNION ALL in the table's query; a further flow asks for a full refresh of the table"),
    native("all flows in one transaction"),
  ),
  backfill: row(
    "backfill()",
    native("CREATE FLOW … AS INSERT ONCE INTO"),
    emulated("a UNION ALL in the table's query: rows that its input gains later come in as well"),
    native("read when the table is made, and never again"),
  ),
  backfillOfWhole: row(
    "backfill() with a query that is no stream",
    native("CREATE FLOW … AS INSERT ONCE INTO"),
    refused(
      "a streaming table takes streams only",
      "read files or streaming tables row by row, or put the rows into a table of their own and union() it",
    ),
    native("read when the table is made, and never again"),
  ),
  csv: row(
    "source.csv()",
    native("STREAM read_files of texts, cast in the query; one task reads a file"),
    emulated(WHOLE_FILES),
    native("read in pieces"),
  ),
  jsonArray: row(
    'source.json(…, { layout: "array" })',
    native("STREAM read_files with multiLine"),
    emulated(WHOLE_FILES),
    native("read as it is"),
  ),
  encoding: row(
    "encoding of CSV and JSON",
    native("encoding => …"),
    emulated("decode() of the text; what does not decode fails the flow"),
    DECODED,
  ),
  windowsEncoding: row(
    'encoding: "windows-1252"',
    native("encoding => 'windows-1252'"),
    refused("Spark decodes no windows-1252", "convert the files to UTF-8"),
    DECODED,
  ),
  wideJson: row(
    "UTF-16 of JSON",
    refused("its JSON reader takes UTF-16 in some layouts only", "convert the files to UTF-8"),
    refused("Spark's reader of lines knows no UTF-16", "convert the files to UTF-8"),
    DECODED,
  ),
  reread: row(
    'onChange: "reread"',
    native("allowOverwrites => true"),
    refused("its file streams know a file by its path", "deliver changes as new files, or leave onChange out"),
    native("a file that changes is read again, and its rows are appended"),
  ),
  replace: row(
    'onChange: "replace"',
    refused("Auto Loader only appends", 'use "reread" and keep the latest reading of a file with dedupe()'),
    refused("its file streams know a file by its path", "deliver changes as new files, or leave onChange out"),
    native("the rows of the file's earlier reading are replaced"),
  ),
  failOnChange: row(
    'onChange: "fail"',
    refused("Auto Loader does not tell that a file changed", "leave onChange out: a changed file is ignored"),
    refused("its file streams do not tell that a file changed", "leave onChange out: a changed file is ignored"),
    native("the table fails"),
  ),
  scd1: row(
    "scd1()",
    native("AUTO CDC … STORED AS SCD TYPE 1"),
    emulated("a materialized view over the change events; AUTO CDC with the option autoCdc"),
    native("only the keys of new events are made again"),
  ),
  scd2: row(
    "scd2()",
    native("AUTO CDC … STORED AS SCD TYPE 2"),
    emulated("a materialized view over the change events; AUTO CDC with the option autoCdc"),
    native("only the keys of new events are made again"),
  ),
  ignoreNullUpdates: row(
    "ignoreNullUpdates",
    native("IGNORE NULL UPDATES, ON … where it is not for all columns"),
    emulated("the last value that is not null, in the materialized view"),
    native("the last value that is not null"),
  ),
  truncateWhen: row(
    "truncateWhen",
    native("APPLY AS TRUNCATE WHEN"),
    emulated("events before the last truncation are left out of the materialized view"),
    native("events before the last truncation do not count"),
  ),
  snapshotsScd1: row(
    "scd1() of snapshots()",
    native("AUTO CDC … FROM SNAPSHOT", SNAPSHOTS),
    emulated("a materialized view of the latest snapshot"),
    native("the latest snapshot"),
  ),
  snapshotsScd2: row(
    "scd2() of snapshots()",
    native("AUTO CDC … FROM SNAPSHOT", SNAPSHOTS),
    refused(
      "a materialized view cannot remember the snapshots before",
      "keep the snapshots in a streaming table and make changes() of it",
    ),
    native("compared with the state before"),
  ),
  columnNames: row(
    "column names with blanks, commas, semicolons, brackets or =",
    emulated("TBLPROPERTIES delta.columnMapping.mode = name"),
    native("as they are"),
    native("as they are"),
  ),
  param: row(
    "param",
    native("a value of the pipeline's configuration"),
    native("a value of the spec's configuration"),
    native("a bound value: run(p, { params })"),
  ),
} as const satisfies Readonly<Record<string, Row>>;

export type Feature = keyof typeof SUPPORT;

/** What only a stored table has. */
const NOT_OF_VIEWS: ReadonlySet<Feature> = new Set([
  "key",
  "references",
  "clusterBy",
  "clusterByAuto",
  "partitionBy",
  "private",
  "mask",
  "rowFilter",
  "refreshPolicy",
]);

const EXPECTATIONS: ReadonlySet<Feature> = new Set(["expect", "expectOrDrop", "expectOrFail"]);

/** What a target does with a feature of a table. */
export function supportOf(
  feature: Feature,
  { target, autoCdc }: Pick<CompileOptions, "target" | "autoCdc">,
  table: TableNode,
): Support {
  if (table.settings.temporary && NOT_OF_VIEWS.has(feature) && SUPPORT[feature][target].does === "native") {
    return ignored("a temporary view has none", "leave out temporary(), or set it on the tables that read the view");
  }
  if (target === "databricks" && table.settings.temporary && EXPECTATIONS.has(feature)) {
    return { ...SUPPORT[feature].databricks, runtime: "the channel PREVIEW in a temporary view" };
  }
  if (target === "spark" && autoCdc && (feature === "scd1" || feature === "scd2") && canAutoCdc(table)) {
    return native(`AUTO CDC … STORED AS SCD TYPE ${feature === "scd1" ? 1 : 2}`);
  }
  return SUPPORT[feature][target];
}

/** Whether Spark's AUTO CDC has words for everything that the table says. */
export function canAutoCdc(table: TableNode): boolean {
  if (table.kind === "query") return false;
  return [table.changes, ...table.changeFlows.map((f) => f.changes)].every(
    (c) => c.kind === "changes" && c.ignoreNullUpdates === undefined && c.truncateWhen === undefined,
  );
}

/** A feature that a table uses, and for what: the rule's name, the column. */
export interface Use {
  readonly feature: Feature;
  /** What it is used for, where there may be several: the name of a rule, a column. */
  readonly subject?: string;
  readonly at?: string | undefined;
}

const EXPECT = {
  warn: "expect",
  drop: "expectOrDrop",
  fail: "expectOrFail",
  quarantine: "expectOrQuarantine",
} as const;

const ON_CHANGE = { reread: "reread", replace: "replace", fail: "failOnChange" } as const;

/** Everything that a table says and that a target may treat in its own way. */
export function usesOf(table: TableNode, kinds: ReadonlyMap<string, TableKind>): readonly Use[] {
  const s = table.settings;
  const given = (feature: Feature, is: boolean, subject?: string): readonly Use[] =>
    is ? [{ feature, ...(subject !== undefined && { subject }) }] : [];
  return [
    ...s.expectations.map((e): Use => ({ feature: EXPECT[e.action], subject: e.name, at: e.at })),
    ...given("key", s.key !== undefined, s.key?.join(", ")),
    ...s.references.map((r): Use => ({ feature: "references", subject: r.columns.join(", "), at: r.at })),
    ...given("comment", s.comment !== undefined),
    ...given(
      "columnComment",
      table.columns.some((c) => c.comment !== undefined),
    ),
    ...given("tags", Object.keys(s.tags).length > 0),
    ...given("owner", s.owner !== undefined),
    ...given("properties", Object.keys(s.properties).length > 0),
    ...given("clusterBy", s.clusterBy !== "auto" && s.clusterBy.length > 0),
    ...given("clusterByAuto", s.clusterBy === "auto"),
    ...given("partitionBy", s.partitionBy.length > 0),
    ...given("private", s.private),
    ...given("temporary", s.temporary),
    ...s.masks.map((m): Use => ({ feature: "mask", subject: m.column })),
    ...given("rowFilter", s.rowFilter !== undefined, s.rowFilter?.function),
    ...given("columnNames", hasMappedNames(table)),
    ...given("refreshPolicy", s.refreshPolicy !== undefined, s.refreshPolicy),
    ...given(
      "csv",
      reads(table, ({ format }) => format === "csv"),
    ),
    ...given(
      "jsonArray",
      reads(table, ({ options }) => options.layout === "array"),
    ),
    ...encodings(table),
    ...Object.entries(ON_CHANGE).flatMap(([value, feature]) =>
      given(
        feature,
        reads(table, ({ options }) => options.onChange === value),
      ),
    ),
    ...s.flows.map((f): Use => ({ feature: flowFeature(f, kinds), subject: f.name, at: f.at })),
    ...changeUses(table),
  ];
}

/** Delta stores a column under its own name only where the name has none of these; else the table maps the names. */
const UNMAPPED = /[ ,;{}()\n\t=]/;

export function hasMappedNames(table: TableNode): boolean {
  const inside = (type: SqlType): readonly string[] => {
    if (type.kind === "array") return inside(type.element);
    if (type.kind === "map") return [...inside(type.key), ...inside(type.value)];
    return type.kind === "struct" ? type.fields.flatMap((f) => [f.name, ...inside(f.type)]) : [];
  };
  return table.columns.some((c) => [c.name, ...inside(c.type)].some((name) => UNMAPPED.test(name)));
}

function flowFeature({ once, query }: FlowNode, kinds: ReadonlyMap<string, TableKind>): Feature {
  if (!once) return "appendFlow";
  const whyNot = whyNotStreaming(query, (table) => kinds.get(table) ?? "streaming");
  return whyNot === undefined ? "backfill" : "backfillOfWhole";
}

function encodings(table: TableNode): readonly Use[] {
  const given = (feature: Feature, such: (encoding: string, source: SourceNode) => boolean): readonly Use[] =>
    reads(table, (source) => such(source.options.encoding ?? "utf-8", source)) ? [{ feature }] : [];
  const isWideJson = (encoding: string, { format }: SourceNode) => encoding.startsWith("utf-16") && format === "json";
  return [
    ...given("wideJson", isWideJson),
    ...given("windowsEncoding", (encoding) => encoding === "windows-1252"),
    ...given("encoding", (e, source) => e !== "utf-8" && e !== "windows-1252" && !isWideJson(e, source)),
  ];
}

function reads(table: TableNode, such: (source: SourceNode) => boolean): boolean {
  return tableQueries(table).some((query) => query.kind === "source" && such(query));
}

function changeUses(table: TableNode): readonly Use[] {
  if (table.kind === "query") return [];
  const all = [table.changes, ...table.changeFlows.map((f) => f.changes)];
  return [
    ...match(table.changes.kind)
      .with("changes", (): readonly Use[] => [{ feature: table.kind }])
      .with("snapshots", (): readonly Use[] => [{ feature: table.kind === "scd1" ? "snapshotsScd1" : "snapshotsScd2" }])
      .exhaustive(),
    ...all.flatMap((c): readonly Use[] =>
      c.kind === "changes" && c.ignoreNullUpdates ? [{ feature: "ignoreNullUpdates", at: c.at }] : [],
    ),
    ...all.flatMap((c): readonly Use[] =>
      c.kind === "changes" && c.truncateWhen ? [{ feature: "truncateWhen", at: c.truncateWhen.at }] : [],
    ),
    ...table.changeFlows.map(
      (f): Use => ({ feature: f.once ? "backfill" : "appendFlow", subject: f.name, at: f.changes.at }),
    ),
  ];
}
