/** A table made by queries: its statements, those of its flows, and those of its quarantine. */
import type { QueryTableNode, TableNode } from "../../pipeline/nodes.ts";
import type { RelationNode } from "../../relation/nodes.ts";
import { block } from "../layout.ts";
import { indent } from "../query.ts";
import { sparkIdentifier as id, sparkText as text } from "../spark.ts";
import { isStreaming, read } from "../spark-clauses.ts";
import { type Context, condition, nameOf, queryText } from "./context.ts";
import { isFiles, readSource } from "./source.ts";
import { type Constraint, constraintsOf, createTable, expectation } from "./table.ts";

export function queryTableStatements(table: QueryTableNode, context: Context): readonly string[] {
  const query = textOf(table.query, isStreaming(table, context), context);
  const rules = quarantineRules(table);
  if (rules.length > 0) return checkedStatements(table, query, rules, context);
  const constraints = constraintsOf(table, { warn: "", drop: "DROP ROW", fail: "FAIL UPDATE" });
  return [
    createTable(table, query, constraints, context),
    ...flowStatements(table, nameOf(table, context), (flow) => flow, context),
  ];
}

function textOf(query: RelationNode, streaming: boolean, context: Context): string {
  return query.kind === "source" ? readSource(query, streaming) : queryText(query, streaming, context);
}

/** Whether a table has a `<table>_quarantine` beside it, and a `<table>_checked` that both read. */
export function setsAside(table: TableNode): boolean {
  return table.kind === "query" && quarantineRules(table).length > 0;
}

/** A rule that sets rows aside: its name, its condition, and its opposite. */
interface Rule {
  readonly name: string;
  readonly sql: string;
  readonly broken: string;
}

function quarantineRules(table: QueryTableNode): readonly Rule[] {
  const own = table.settings.expectations.filter((e) => e.action === "quarantine");
  return [
    ...readable(table),
    ...own.map(({ name, predicate }) => {
      const sql = condition(predicate);
      return { name, sql, broken: `NOT ${grouped(sql)}` };
    }),
  ];
}

/** A declared not-null column of files that could not be read sets the row aside, as a quarantining rule does. */
function readable(table: QueryTableNode): readonly Rule[] {
  if (table.query.kind !== "source" || !isFiles(table.query)) return [];
  return table.query.declared
    .filter((c) => !c.nullable)
    .map((c) => ({
      name: `${c.name}_readable`,
      sql: `${id(c.name)} IS NOT NULL`,
      broken: `${id(c.name)} IS NULL`,
    }));
}

/**
 * The source is read once, into a private table with the names of the rules that each row breaks; the table and its
 * quarantine read that one. Rules that warn or fail are held there, since a row may break them and be set aside.
 */
function checkedStatements(
  table: QueryTableNode,
  query: string,
  rules: readonly Rule[],
  context: Context,
): readonly string[] {
  const streaming = isStreaming(table, context);
  const kind = streaming ? "STREAMING TABLE" : "MATERIALIZED VIEW";
  const checked = nameOf(table, context, "_checked");
  const flagged = (rows: string) => withBrokenRules(rows, rules);
  const held = constraintsOf(table, { warn: "", fail: "FAIL UPDATE" }).map((c) => whereReadable(c, table));
  const counted = rules.map(({ name, sql }): Constraint => ({ name, sql }));
  const from = (condition: string) => `FROM ${read(checked, streaming)}\nWHERE ${condition}`;
  const visible = columnNames(table);
  const own = `SELECT\n${visible.map((name) => `  ${id(name)}`).join(",\n")}\n${from("size(_broken_rules) = 0")}`;
  return [
    `CREATE OR REFRESH PRIVATE ${kind} ${checked} ${block([...counted, ...held].map(expectation))}
COMMENT ${text(`Rows of ${table.layer}.${table.name} with the rules that they break`)}
AS
${flagged(query)};`,
    ...flowStatements(table, checked, flagged, context),
    createTable(table, own, constraintsOf(table, { drop: "DROP ROW" }), context),
    `CREATE OR REFRESH ${kind} ${nameOf(table, context, "_quarantine")}
COMMENT ${text(`Rows that ${table.layer}.${table.name} set aside, with the rules that they broke`)}
AS
SELECT *
${from("size(_broken_rules) > 0")};`,
  ];
}

function withBrokenRules(rows: string, rules: readonly Rule[]): string {
  const broken = rules.map((rule) => `    CASE WHEN ${rule.broken} THEN ${text(rule.name)} END`);
  return `SELECT
  *,
  array_compact(array(
${broken.join(",\n")}
  )) AS _broken_rules
FROM (
${indent(rows)}
)`;
}

const grouped = (sql: string) => (/^coalesce\(.*\)$/s.test(sql) ? sql : `(${sql})`);

/** A rule says something of rows that could be read, and of no others. */
function whereReadable(constraint: Constraint, table: QueryTableNode): Constraint {
  const unreadable = readable(table).map((rule) => `array_contains(_broken_rules, ${text(rule.name)})`);
  return unreadable.length === 0
    ? constraint
    : { ...constraint, sql: [grouped(constraint.sql), ...unreadable].join(" OR ") };
}

function columnNames(table: QueryTableNode): readonly string[] {
  const own = table.columns.map((c) => c.name);
  if (table.query.kind !== "source" || !isFiles(table.query)) return own;
  const origin = ["_source_file", "_source_modified_at", "_ingested_at", "_rescued_data"];
  return [...own, ...origin.filter((name) => !own.includes(name))];
}

/** Further queries into the same table. A backfill is read once, as a batch. */
function flowStatements(
  table: QueryTableNode,
  target: string,
  shaped: (query: string) => string,
  context: Context,
): readonly string[] {
  return table.settings.flows.map((flow) => {
    const query = shaped(textOf(flow.query, !flow.once, context));
    const insert = flow.once ? "INSERT ONCE INTO" : "INSERT INTO";
    return `CREATE FLOW ${id(`${table.name}_${flow.name}`)} AS ${insert} ${target} BY NAME\n${query};`;
  });
}
