/** A pipeline as a DuckDB script that makes every table from nothing: to read, or to run without this package. */
import { match } from "ts-pattern";
import { tableKinds } from "../pipeline/kind.ts";
import type { PipelineNode, QueryTableNode, ScdTableNode, TableNode } from "../pipeline/nodes.ts";
import type { ColumnFacts, RelationNode, SnapshotsNode, SourceNode } from "../relation/nodes.ts";
import { primitive } from "../schema/types.ts";
import { scd1Query, scd2Query } from "./changes.ts";
import type { CompiledFile, CompileOptions } from "./compile.ts";
import { duckdb, duckdbType, duckdbIdentifier as id, readText, duckdbText as text } from "./duckdb.ts";
import { DUCKDB_PRELUDE } from "./duckdb-prelude.ts";
import { allEvents, applicationOf } from "./events.ts";
import { printExpr } from "./expr.ts";
import { filesOf, header } from "./layout.ts";
import { indent, printQuery, unionByName } from "./query.ts";

type Tables = ReadonlyMap<string, TableNode>;

export function duckdbFiles(pipeline: PipelineNode, options: CompileOptions): readonly CompiledFile[] {
  const kinds = tableKinds(pipeline.tables);
  const tables: Tables = new Map(pipeline.tables.map((table) => [table.name, table]));
  const setup = [
    "SET TimeZone = 'UTC'",
    ...["bronze", "silver", "gold"].map((s) => `CREATE SCHEMA IF NOT EXISTS ${s}`),
    ...DUCKDB_PRELUDE,
  ];
  return [
    {
      path: "00_setup.sql",
      contents: `-- Schemas, and the macros that give DuckDB Spark's meaning.\n\n${setup.map((s) => `${s};`).join("\n")}\n`,
    },
    ...filesOf(
      pipeline.tables,
      options.layout,
      (table) =>
        `${header(table, kinds.get(table.name) ?? "materialized")}\n${statements(table, tables).join("\n\n")}\n`,
    ),
  ];
}

const expr = (node: Parameters<typeof printExpr>[0]) => printExpr(node, { dialect: duckdb, column: (c) => id(c.name) });

function statements(table: TableNode, tables: Tables): readonly string[] {
  if (table.kind !== "query")
    return [`CREATE OR REPLACE TABLE ${table.layer}.${id(table.name)} AS\n${changesQuery(table, tables)};`];
  const queries = [table.query, ...table.settings.flows.map((flow) => flow.query)];
  const query = unionByName(queries.map((q) => queryText(q, tables)));
  const unreadable =
    table.query.kind === "source" && table.query.format !== "table"
      ? table.query.declared.filter((c) => !c.nullable)
      : [];
  const kept = rules(table, ["drop", "quarantine"], unreadable);
  const aside = rules(table, ["quarantine"], unreadable);
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
): readonly { name: string; sql: string }[] {
  return [
    ...unreadable.map((c) => ({ name: `${c.name}_readable`, sql: `(${id(c.name)} IS NOT NULL)` })),
    ...table.settings.expectations
      .filter((e) => actions.includes(e.action))
      .map((e) => ({ name: e.name, sql: `coalesce(${expr(e.predicate)}, false)` })),
  ];
}

function filtered(query: string, conditions: readonly string[], word: string): string {
  return conditions.length === 0
    ? query
    : `SELECT *\nFROM (\n${indent(query)}\n)\nWHERE ${conditions.join(`\n ${word}`)}`;
}

function queryText(query: RelationNode, tables: Tables): string {
  return query.kind === "source" ? sourceText(query) : printQuery(query, context(tables));
}

function context(tables: Tables) {
  return {
    dialect: duckdb,
    table: (name: string) => `${tables.get(name)?.layer ?? "silver"}.${id(name)}`,
    source: (source: SourceNode) => `(\n${indent(sourceText(source))}\n)`,
    tables,
  };
}

/** Everything is read as text and then as its type, so that a value that does not fit is null and not an error. */
function sourceText(source: SourceNode): string {
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
      : `${readText(id(c.name), c.type, true)} AS ${id(c.name)}`;
  });
  return `SELECT\n${list([...typed, "filename AS _source_file", "now() AS _ingested_at"])}\nFROM ${from}`;
}

function changesQuery(table: ScdTableNode, tables: Tables): string {
  const { changes } = table;
  if (changes.kind === "snapshots") return snapshotsQuery(table, changes, tables);
  const events = `(\n${indent(allEvents(table, context(tables)))}\n) AS events`;
  const application = applicationOf(table, events, duckdb);
  return table.kind === "scd1" ? scd1Query(application) : scd2Query(application);
}

/** A script makes everything from nothing: the one snapshot that is there is the first. */
function snapshotsQuery(table: ScdTableNode, changes: SnapshotsNode, tables: Tables): string {
  const rows = `(\n${indent(printQuery(changes.input, context(tables)))}\n)`;
  const stored = changes.items.map((i) => `${expr(i.expr)} AS ${id(i.name)}`);
  const start = changes.version ? `(SELECT ${expr(changes.version)} FROM ${rows})` : "now()";
  const end = `CAST(NULL AS ${duckdbType(table.columns.at(-1)?.type ?? primitive("timestamp"))})`;
  const ends = table.kind === "scd2" ? [`${start} AS __START_AT`, `${end} AS __END_AT`] : [];
  return `SELECT\n${[...stored, ...ends].map((c) => `  ${c}`).join(",\n")}\nFROM ${rows}`;
}
