/** A pipeline as a DuckDB script that makes every table from nothing: to read, or to run without this package. */
import type { ExprNode } from "../../ast/expr.ts";
import { tableKinds } from "../../ast/kind.ts";
import type { PipelineNode, QueryTableNode, ScdTableNode, TableNode } from "../../ast/pipeline.ts";
import { isFileSource, type RelationNode, type SnapshotsNode, type SourceNode } from "../../ast/relation.ts";
import { type Macro, withCalled } from "../../functions/fragment.ts";
import { scd1Query, scd2Query } from "../../sql/changes.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { allEvents, applicationOf } from "../../sql/events.ts";
import { printExpr } from "../../sql/expr.ts";
import { indent, printQuery, unionByName } from "../../sql/query.ts";
import { primitive } from "../../types/types.ts";
import { externalTable } from "../external.ts";
import { filesOf, header } from "../layout.ts";
import type { CompiledFile, TargetOptions } from "../target.ts";
import { duckdb, duckdbType, duckdbIdentifier as id, duckdbText as text } from "./dialect.ts";
import { filesText } from "./files.ts";
import { createMacro } from "./macros/index.ts";

interface Script {
  readonly tables: ReadonlyMap<string, TableNode>;
  readonly dialect: Dialect;
}

export function duckdbFiles(pipeline: PipelineNode, options: TargetOptions): readonly CompiledFile[] {
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
  const readable = readableRows(table);
  const aside = rules(table, ["quarantine"], script);
  const name = (suffix: string) => `${table.layer}.${id(`${table.name}${suffix}`)}`;
  const kept = [...readable, ...rules(table, ["drop", "quarantine"], script).map((rule) => rule.sql)];
  const main = `CREATE OR REPLACE TABLE ${name("")} AS\n${filtered(query, kept, " AND ")};`;
  if (aside.length + readable.length === 0) return [main];
  // A rule is about rows that could be read, and no others.
  const broken = [
    ...readable.map((sql) => `CASE WHEN NOT (${sql}) THEN 'readable' END`),
    ...aside.map((rule) => {
      const breaks = [...readable.map((sql) => `(${sql})`), `NOT ${rule.sql}`].join(" AND ");
      return `CASE WHEN ${breaks} THEN ${text(rule.name)} END`;
    }),
  ].join(", ");
  const some = [...readable.map((sql) => `NOT (${sql})`), ...aside.map((rule) => `NOT ${rule.sql}`)].join("\n  OR ");
  const rows = `SELECT\n  *,\n  list_filter([${broken}], lambda rule: rule IS NOT NULL) AS _broken_rules\nFROM (\n${indent(query)}\n)\nWHERE ${some}`;
  return [main, `CREATE OR REPLACE TABLE ${name("_quarantine")} AS\n${rows};`];
}

/** The condition that a row of files could be read: each declared column that is never null has a value. */
function readableRows({ query }: QueryTableNode): readonly string[] {
  if (!isFileSource(query)) return [];
  const required = query.declared.filter((c) => !c.nullable).map((c) => `${id(c.name)} IS NOT NULL`);
  return required.length === 0 ? [] : [required.join(" AND ")];
}

function rules(
  table: QueryTableNode,
  actions: readonly string[],
  script: Script,
): readonly { name: string; sql: string }[] {
  return table.settings.expectations
    .filter((e) => actions.includes(e.action))
    .map((e) => ({ name: e.name, sql: `coalesce(${expr(e.predicate, script)}, false)` }));
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

function sourceText(source: SourceNode, { dialect }: Script): string {
  return isFileSource(source) ? filesText(source, dialect) : externalTable(source, id);
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
