/** Databricks pipeline SQL (Lakeflow Spark Declarative Pipelines). */
import type { ExprNode } from "../expr/nodes.ts";
import { tableKinds } from "../pipeline/kind.ts";
import type { PipelineNode, QueryTableNode, ScdTableNode, TableNode } from "../pipeline/nodes.ts";
import type { SourceNode } from "../relation/nodes.ts";
import type { TableKind } from "../relation/settings.ts";
import type { CompiledFile } from "./compile.ts";
import { printExpr } from "./expr.ts";
import { block, fileName, header } from "./layout.ts";
import { indent, printQuery } from "./query.ts";
import { databricks, sparkIdentifier as id, sparkType, sparkText as text } from "./spark.ts";

interface Context {
  readonly catalog: string | undefined;
  readonly kinds: ReadonlyMap<string, TableKind>;
  readonly tables: ReadonlyMap<string, TableNode>;
}

export function databricksFiles(pipeline: PipelineNode, catalog: string | undefined): readonly CompiledFile[] {
  const context: Context = {
    catalog,
    kinds: tableKinds(pipeline.tables),
    tables: new Map(pipeline.tables.map((table) => [table.name, table])),
  };
  return pipeline.tables.map((table, i) => ({
    path: fileName(table, i, pipeline.tables.length),
    contents: `${header(table, context.kinds.get(table.name) ?? "materialized")}\n${statements(table, context).join("\n\n")}\n`,
  }));
}

function statements(table: TableNode, context: Context): readonly string[] {
  if (table.kind !== "query") return changeStatements(table, context);
  const query = table.query.kind === "source" ? readSource(table.query) : queryText(table, context);
  return [create(table, context, query), ...quarantine(table, context, query)];
}

function qualified(table: { readonly layer: string; readonly name: string }, context: Context): string {
  return [...(context.catalog === undefined ? [] : [context.catalog]), table.layer, table.name].map(id).join(".");
}

const column = (node: { readonly name: string }) => id(node.name);
const expr = (node: ExprNode) => printExpr(node, { dialect: databricks, column });

function create(table: QueryTableNode, context: Context, query: string): string {
  const streaming = context.kinds.get(table.name) === "streaming";
  const kind = streaming ? "STREAMING TABLE" : "MATERIALIZED VIEW";
  const hidden = table.settings.private ? "PRIVATE " : "";
  return [
    `CREATE OR REFRESH ${hidden}${kind} ${qualified(table, context)} ${block([...columns(table), ...constraints(table, context)])}`,
    ...clauses(table),
    "AS",
    `${query};`,
  ].join("\n");
}

function columns(table: TableNode): readonly string[] {
  const bronze = table.layer === "bronze";
  const own = table.columns.map((c) => {
    const notNull = c.nullable || bronze ? "" : " NOT NULL";
    return `${id(c.name)} ${sparkType(c.type)}${notNull}${c.comment === undefined ? "" : ` COMMENT ${text(c.comment)}`}`;
  });
  if (table.kind !== "query" || table.query.kind !== "source" || table.query.format === "table") return own;
  const shown = new Set(table.columns.map((c) => c.name));
  const origin = [
    "_source_file STRING",
    "_source_modified_at TIMESTAMP",
    "_ingested_at TIMESTAMP",
    "_rescued_data STRING",
  ];
  return [...own, ...origin.filter((c) => !shown.has(c.split(" ")[0] ?? ""))];
}

/** A rule of the table: its name and its condition. */
interface NamedRule {
  readonly name: string;
  readonly sql: string;
}

/** A declared not-null column of a source that could not be read sets the row aside, as a quarantining rule does. */
function readable(table: TableNode): readonly NamedRule[] {
  if (table.kind !== "query" || table.query.kind !== "source" || table.query.format === "table") return [];
  return table.query.declared
    .filter((c) => !c.nullable)
    .map((c) => ({ name: `${c.name}_readable`, sql: `${id(c.name)} IS NOT NULL` }));
}

function constraints(table: QueryTableNode, context: Context): readonly string[] {
  const { expectations, key, references } = table.settings;
  const action = {
    warn: "",
    drop: " ON VIOLATION DROP ROW",
    quarantine: " ON VIOLATION DROP ROW",
    fail: " ON VIOLATION FAIL UPDATE",
  };
  return [
    ...readable(table).map((rule) => `CONSTRAINT ${id(rule.name)} EXPECT (${rule.sql}) ON VIOLATION DROP ROW`),
    ...expectations.map((e) => `CONSTRAINT ${id(e.name)} EXPECT (${expr(e.predicate)})${action[e.action]}`),
    ...(key && table.layer !== "bronze"
      ? [`CONSTRAINT ${id(`${table.name}_pk`)} PRIMARY KEY (${key.map(id).join(", ")}) RELY`]
      : []),
    ...references.flatMap((reference) => {
      const target = context.tables.get(reference.table);
      if (!target) return [];
      const name = id(`${table.name}_${reference.columns.join("_")}_fk`);
      return [
        `CONSTRAINT ${name} FOREIGN KEY (${reference.columns.map(id).join(", ")}) REFERENCES ${qualified(target, context)} (${reference.key.map(id).join(", ")})`,
      ];
    }),
  ];
}

function clauses(table: TableNode): readonly string[] {
  const { comment, partitionBy, clusterBy, properties, tags, owner } = table.settings;
  const all = {
    ...properties,
    ...Object.fromEntries(Object.entries(tags).map(([k, v]) => [`tag.${k}`, v])),
    ...(owner !== undefined && { owner }),
  };
  const pairs = Object.entries(all).map(([name, value]) => `${text(name)} = ${text(value)}`);
  return [
    ...(partitionBy.length > 0 ? [`PARTITIONED BY (${partitionBy.map(id).join(", ")})`] : []),
    ...(clusterBy.length > 0 ? [`CLUSTER BY (${clusterBy.map(id).join(", ")})`] : []),
    ...(comment === undefined ? [] : [`COMMENT ${text(comment)}`]),
    ...(pairs.length > 0 ? [`TBLPROPERTIES (${pairs.join(", ")})`] : []),
  ];
}

function queryText(table: QueryTableNode, context: Context): string {
  const streaming = context.kinds.get(table.name) === "streaming";
  return printQuery(table.query, {
    dialect: databricks,
    table: (name) => tableText(name, context, streaming),
    source: (source) => source.path,
  });
}

function tableText(name: string, context: Context, streaming: boolean): string {
  const table = context.tables.get(name);
  const text = table ? qualified(table, context) : id(name);
  return streaming ? `STREAM(${text})` : text;
}

function readSource(source: SourceNode): string {
  const names = source.declared.map((c) => id(c.name));
  if (source.format === "table")
    return `SELECT\n${names.map((n) => `  ${n}`).join(",\n")}\nFROM ${source.path.split(".").map(id).join(".")}`;
  const { header: named, delimiter, nullValues, layout } = source.options;
  const schema = source.declared.map((c) => `${id(c.name)} ${sparkType(c.type)}`).join(", ");
  const options = [
    text(source.path),
    `format => ${text(source.format)}`,
    `schema => ${text(schema)}`,
    "schemaEvolutionMode => 'rescue'",
    "rescuedDataColumn => '_rescued_data'",
    ...(source.format === "csv" ? [`header => ${named !== false}`] : []),
    ...(delimiter === undefined ? [] : [`sep => ${text(delimiter)}`]),
    ...(nullValues?.[0] === undefined ? [] : [`nullValue => ${text(nullValues[0])}`]),
    ...(layout === "array" ? ["multiLine => true"] : []),
  ];
  const selected = [
    ...names,
    "_metadata.file_path AS _source_file",
    "_metadata.file_modification_time AS _source_modified_at",
    "current_timestamp() AS _ingested_at",
    "_rescued_data",
  ];
  return `SELECT\n${selected.map((c) => `  ${c}`).join(",\n")}\nFROM STREAM read_files(\n${options.map((o) => `  ${o}`).join(",\n")}\n)`;
}

/** The rows that the table's rules set aside, with the names of those that they broke. */
function quarantine(table: QueryTableNode, context: Context, query: string): readonly string[] {
  const own = table.settings.expectations
    .filter((e) => e.action === "quarantine")
    .map((e) => ({ name: e.name, sql: expr(e.predicate) }));
  const rules = [...readable(table), ...own];
  if (rules.length === 0) return [];
  const kind = context.kinds.get(table.name) === "streaming" ? "STREAMING TABLE" : "MATERIALIZED VIEW";
  const name = qualified({ layer: table.layer, name: `${table.name}_quarantine` }, context);
  const broken = rules.map((rule) => `CASE WHEN NOT coalesce(${rule.sql}, false) THEN ${text(rule.name)} END`);
  const conditions = rules.map((rule) => `NOT coalesce(${rule.sql}, false)`);
  return [
    `CREATE OR REFRESH ${kind} ${name}
COMMENT ${text(`Rows that ${table.layer}.${table.name} set aside, with the rules that they broke`)}
AS
SELECT
  *,
  array_compact(array(
${broken.map((b) => `    ${b}`).join(",\n")}
  )) AS _broken_rules
FROM (
${indent(query)}
)
WHERE ${conditions.join("\n  OR ")};`,
  ];
}

function changeStatements(table: ScdTableNode, context: Context): readonly string[] {
  const { changes } = table;
  const target = qualified(table, context);
  const events = changeEvents(table, context);
  const flow = [
    `CREATE FLOW ${id(`${table.name}_flow`)} AS AUTO CDC INTO ${target}`,
    `FROM ${events.from}`,
    `KEYS (${changes.keys.map(id).join(", ")})`,
    ...(events.deleteWhen === undefined ? [] : [`APPLY AS DELETE WHEN ${events.deleteWhen}`]),
    `SEQUENCE BY ${events.sequence}`,
    `COLUMNS (${changes.columns.map((c) => id(c.name)).join(", ")})`,
    `STORED AS SCD TYPE ${table.kind === "scd1" ? 1 : 2}`,
    ...(changes.trackHistory ? [`TRACK HISTORY ON (${changes.trackHistory.map(id).join(", ")})`] : []),
  ].join("\n");
  // A foreign key may only go to a declared primary key; a history has several rows a key.
  const key =
    table.kind === "scd1"
      ? [`CONSTRAINT ${id(`${table.name}_pk`)} PRIMARY KEY (${changes.keys.map(id).join(", ")}) RELY`]
      : [];
  return [
    ...events.view,
    [`CREATE OR REFRESH STREAMING TABLE ${target} ${block([...columns(table), ...key])}`, ...clauses(table)]
      .join("\n")
      .concat(";"),
    `${flow};`,
  ];
}

interface ChangeEvents {
  readonly view: readonly string[];
  readonly from: string;
  readonly sequence: string;
  readonly deleteWhen?: string;
}

/** What a flow reads: the input itself, or a view of it where stored columns are computed. */
function changeEvents(table: ScdTableNode, context: Context): ChangeEvents {
  const { input, items, sequence, deleteWhen } = table.changes;
  const read = (name: string) => tableText(name, context, true);
  const asTheyAre = items.every((item) => item.expr.kind === "column" && item.expr.name === item.name);
  if (input.kind === "table" && asTheyAre) {
    return {
      view: [],
      from: read(input.table),
      sequence: expr(sequence),
      ...(deleteWhen && { deleteWhen: expr(deleteWhen) }),
    };
  }
  const view = id(`${table.name}_changes`);
  const selected = [
    ...items.map((item) =>
      expr(item.expr) === id(item.name) ? id(item.name) : `${expr(item.expr)} AS ${id(item.name)}`,
    ),
    `${expr(sequence)} AS __sequence`,
    ...(deleteWhen ? [`${expr(deleteWhen)} AS __delete`] : []),
  ];
  const rows = printQuery(input, { dialect: databricks, table: read, source: (source) => source.path });
  return {
    view: [
      `CREATE TEMPORARY VIEW ${view} AS\nSELECT\n${selected.map((c) => `  ${c}`).join(",\n")}\nFROM (\n${indent(rows)}\n);`,
    ],
    from: `STREAM(${view})`,
    sequence: "__sequence",
    ...(deleteWhen && { deleteWhen: "__delete" }),
  };
}
