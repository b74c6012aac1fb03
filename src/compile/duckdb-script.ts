/** A pipeline as a DuckDB script that makes every table from nothing: to read, or to run without this package. */
import { match } from "ts-pattern";
import type { ExprNode } from "../expr/nodes.ts";
import { type Macro, plain, withCalled } from "../functions/fragment.ts";
import { tableKinds } from "../pipeline/kind.ts";
import type { PipelineNode, QueryTableNode, ScdTableNode, TableNode } from "../pipeline/nodes.ts";
import type { ColumnFacts, RelationNode, SnapshotsNode, SourceNode } from "../relation/nodes.ts";
import { primitive } from "../schema/types.ts";
import type { Dialect } from "../sql/dialect.ts";
import { printExpr, textOf } from "../sql/expr.ts";
import { createMacro } from "../targets/duckdb/macros/index.ts";
import { scd1Query, scd2Query } from "./changes.ts";
import type { CompiledFile, CompileOptions } from "./compile.ts";
import { duckdb, duckdbType, duckdbIdentifier as id, readText, duckdbText as text } from "./duckdb.ts";
import { allEvents, applicationOf } from "./events.ts";
import { filesOf, header } from "./layout.ts";
import { indent, printQuery, unionByName } from "./query.ts";

interface Script {
  readonly tables: ReadonlyMap<string, TableNode>;
  readonly dialect: Dialect;
}

export function duckdbFiles(pipeline: PipelineNode, options: CompileOptions): readonly CompiledFile[] {
  const kinds = tableKinds(pipeline.tables);
  const called = new Set<Macro>();
  const script: Script = {
    tables: new Map(pipeline.tables.map((table) => [table.name, table])),
    dialect: { ...duckdb, called: (macro) => called.add(macro) },
  };
  const files = filesOf(
    pipeline.tables,
    options.layout,
    (table) => `${header(table, kinds.get(table.name) ?? "materialized")}\n${statements(table, script).join("\n\n")}\n`,
  );
  const setup = [
    "SET TimeZone = 'UTC'",
    ...["bronze", "silver", "gold"].map((s) => `CREATE SCHEMA IF NOT EXISTS ${s}`),
    ...withCalled(called).map(createMacro),
  ];
  return [
    {
      path: "00_setup.sql",
      contents: `-- Schemas, and the macros that give DuckDB Spark's meaning.\n\n${setup.map((s) => `${s};`).join("\n")}\n`,
    },
    ...files,
  ];
}

const expr = (node: ExprNode, { dialect }: Script) => printExpr(node, { dialect, column: (c) => id(c.name) });

function statements(table: TableNode, script: Script): readonly string[] {
  if (table.kind !== "query")
    return [`CREATE OR REPLACE TABLE ${table.layer}.${id(table.name)} AS\n${changesQuery(table, script)};`];
  const queries = [table.query, ...table.settings.flows.map((flow) => flow.query)];
  const query = unionByName(queries.map((q) => queryText(q, script)));
  const unreadable =
    table.query.kind === "source" && table.query.format !== "table"
      ? table.query.declared.filter((c) => !c.nullable)
      : [];
  const kept = rules(table, ["drop", "quarantine"], unreadable, script);
  const aside = rules(table, ["quarantine"], unreadable, script);
  const name = (suffix: string) => `${table.layer}.${id(`${table.name}${suffix}`)}`;
  const main = `CREATE OR REPLACE TABLE ${name("")} AS\n${filtered(
    query,
    kept.map((r) => r.sql),
    " AND ",
  )};`;
  if (aside.length === 0) return [main];
  const broken = aside.map((r) => `CASE WHEN NOT ${r.sql} THEN ${text(r.name)} END`).join(", ");
  const rows = `SELECT\n  *,\n  list_filter([${broken}], lambda rule: rule IS NOT NULL) AS _broken_rules\nFROM (\n${indent(query)}\n)\nWHERE ${aside.map((r) => `NOT ${r.sql}`).join("\n  OR ")}`;
  return [main, `CREATE OR REPLACE TABLE ${name("_quarantine")} AS\n${rows};`];
}

function rules(
  table: QueryTableNode,
  actions: readonly string[],
  unreadable: readonly ColumnFacts[],
  script: Script,
): readonly { name: string; sql: string }[] {
  return [
    ...unreadable.map((c) => ({ name: `${c.name}_readable`, sql: `(${id(c.name)} IS NOT NULL)` })),
    ...table.settings.expectations
      .filter((e) => actions.includes(e.action))
      .map((e) => ({ name: e.name, sql: `coalesce(${expr(e.predicate, script)}, false)` })),
  ];
}

function filtered(query: string, conditions: readonly string[], word: string): string {
  return conditions.length === 0
    ? query
    : `SELECT *\nFROM (\n${indent(query)}\n)\nWHERE ${conditions.join(`\n ${word}`)}`;
}

function queryText(query: RelationNode, script: Script): string {
  return query.kind === "source" ? sourceText(query, script) : printQuery(query, context(script));
}

function context(script: Script) {
  return {
    dialect: script.dialect,
    table: (name: string) => `${script.tables.get(name)?.layer ?? "silver"}.${id(name)}`,
    source: (source: SourceNode) => `(\n${indent(sourceText(source, script))}\n)`,
    tables: script.tables,
  };
}

/** Everything is read as text and then as its type, so that a value that does not fit is null and not an error. */
function sourceText(source: SourceNode, { dialect }: Script): string {
  const list = (items: readonly string[]) => items.map((item) => `  ${item}`).join(",\n");
  if (source.format === "table")
    return `SELECT\n${list(source.columns.map((c) => id(c.name)))}\nFROM ${source.path.split(".").map(id).join(".")}`;
  const nested = (c: ColumnFacts) => ["array", "struct", "map", "variant"].includes(c.type.kind);
  const raw = source.declared
    .map((c) => `${text(c.name)}: ${text(nested(c) ? duckdbType(c.type) : "VARCHAR")}`)
    .join(", ");
  const { header: named, delimiter = ",", nullValues = [], layout } = source.options;
  const from = match(source.format)
    .with(
      "csv",
      () =>
        `read_csv(${text(source.path)}, columns = {${raw}}, header = ${named !== false}, delim = ${text(delimiter)}, quote = '"', escape = '"', nullstr = [${["", ...nullValues].map(text).join(", ")}], filename = true, ignore_errors = true)`,
    )
    .with(
      "json",
      () =>
        `read_json(${text(source.path)}, columns = {${raw}}, format = '${layout === "array" ? "array" : "newline_delimited"}', filename = true${layout === "array" ? "" : ", ignore_errors = true"})`,
    )
    .with("parquet", () => `read_parquet(${text(source.path)}, union_by_name = true, filename = true)`)
    .exhaustive();
  const typed = source.declared.map((c) => {
    if (c.type.kind === "string" || nested(c)) return id(c.name);
    return source.format === "parquet"
      ? `TRY_CAST(${id(c.name)} AS ${duckdbType(c.type)}) AS ${id(c.name)}`
      : `${textOf(readText(plain(id(c.name)), c.type, true), dialect)} AS ${id(c.name)}`;
  });
  return `SELECT\n${list([...typed, "filename AS _source_file", "now() AS _ingested_at"])}\nFROM ${from}`;
}

function changesQuery(table: ScdTableNode, script: Script): string {
  const { changes } = table;
  if (changes.kind === "snapshots") return snapshotsQuery(table, changes, script);
  const events = `(\n${indent(allEvents(table, context(script)))}\n) AS events`;
  const application = applicationOf(table, events, script.dialect);
  return table.kind === "scd1" ? scd1Query(application) : scd2Query(application);
}

/** A script makes everything from nothing: the one snapshot that is there is the first. */
function snapshotsQuery(table: ScdTableNode, changes: SnapshotsNode, script: Script): string {
  const rows = `(\n${indent(printQuery(changes.input, context(script)))}\n)`;
  const stored = changes.items.map((i) => `${expr(i.expr, script)} AS ${id(i.name)}`);
  const start = changes.version ? `(SELECT ${expr(changes.version, script)} FROM ${rows})` : "now()";
  const end = `CAST(NULL AS ${duckdbType(table.columns.at(-1)?.type ?? primitive("timestamp"))})`;
  const ends = table.kind === "scd2" ? [`${start} AS __START_AT`, `${end} AS __END_AT`] : [];
  return `SELECT\n${[...stored, ...ends].map((c) => `  ${c}`).join(",\n")}\nFROM ${rows}`;
}
