/** A table made by queries: its statements, those of its flows, and those of its quarantine. */
import type { QueryTableNode, TableNode } from "../../pipeline/nodes.ts";
import type { RelationNode } from "../../relation/nodes.ts";
import { block } from "../layout.ts";
import { indent } from "../query.ts";
import { fileSources, isChecked } from "../sdp/parts.ts";
import { conjunct, rulesOf, withBrokenRules } from "../sdp/rules.ts";
import { sparkIdentifier as id, sparkText as text } from "../spark.ts";
import { isStreaming, read, tableProperties } from "../spark-clauses.ts";
import { type Context, nameOf, queryText } from "./context.ts";
import { isFiles, readFiles, readTable } from "./source.ts";
import { type Constraint, columnMapping, constraintsOf, createTable, expectation, storedColumns } from "./table.ts";

export function queryTableStatements(table: QueryTableNode, context: Context): readonly string[] {
  if (isChecked(table)) return checkedStatements(table, context);
  const query = textOf(table.query, isStreaming(table, context), context);
  const constraints = constraintsOf(table, { warn: "", drop: "DROP ROW", fail: "FAIL UPDATE" });
  return [
    createTable(table, query, constraints, context),
    ...flowStatements(table, nameOf(table, context), (flow) => flow, context),
  ];
}

function textOf(query: RelationNode, streaming: boolean, context: Context): string {
  if (query.kind !== "source") return queryText(query, streaming, context);
  return isFiles(query) ? readFiles(query, streaming, context.baseDir) : readTable(query);
}

/** Whether a table has a `<table>_quarantine` next to it, and a `<table>_checked` that both read. */
export function setsAside(table: TableNode): boolean {
  return table.kind === "query" && isChecked(table);
}

/**
 * The source is read once, into a private table with the names of the rules that each row breaks; the table and its
 * quarantine read that one. Rules that warn or fail are held there, since a row may break them and be quarantined. A
 * rule is about rows that could be read, and no others.
 */
function checkedStatements(table: QueryTableNode, context: Context): readonly string[] {
  const streaming = isStreaming(table, context);
  const kind = streaming ? "STREAMING TABLE" : "MATERIALIZED VIEW";
  const checked = nameOf(table, context, "_checked");
  const sourced = fileSources(table).length > 0;
  const flagged = (rows: string, query: RelationNode) =>
    withBrokenRules(sourced ? withFault(rows, query) : rows, table, sourced);
  const held: readonly Constraint[] = [
    ...rulesOf(table, "quarantine").map(({ name, sql }) => ({ name, sql })),
    ...constraintsOf(table, { warn: "", fail: "FAIL UPDATE" }),
  ];
  const counted: readonly Constraint[] = sourced
    ? [
        { name: "readable", sql: "_reason IS NULL" },
        ...held.map((rule) => ({ ...rule, sql: `_reason IS NOT NULL OR ${conjunct(rule.sql)}` })),
      ]
    : held;
  const from = (condition: string) => `FROM ${read(checked, streaming)}\nWHERE ${condition}`;
  const visible = storedColumns(table).map((name) => `  ${id(name)}`);
  const own = `SELECT\n${visible.join(",\n")}\n${from("size(_broken_rules) = 0")}`;
  const full = `${table.layer}.${table.name}`;
  const mapped = tableProperties(columnMapping(table));
  return [
    `${[
      `CREATE OR REFRESH PRIVATE ${kind} ${checked} ${block(counted.map(expectation))}`,
      `COMMENT ${text(`Rows of ${full} with the rules that they break`)}`,
      ...mapped,
      "AS",
      flagged(textOf(table.query, streaming, context), table.query),
    ].join("\n")};`,
    ...flowStatements(table, checked, flagged, context),
    createTable(table, own, constraintsOf(table, { drop: "DROP ROW" }), context),
    `${[
      `CREATE OR REFRESH ${kind} ${nameOf(table, context, "_quarantine")}`,
      `COMMENT ${text(`Rows that ${full} quarantined, with the rules that they broke`)}`,
      ...mapped,
      "AS",
      `SELECT *\n${from("size(_broken_rules) > 0")}`,
    ].join("\n")};`,
  ];
}

/** Rows of a query next to those of files: what was read by another table can be read. */
function withFault(rows: string, query: RelationNode): string {
  if (query.kind === "source" && isFiles(query)) return rows;
  const nothing = ["_reason", "_row"].map((name) => `  CAST(NULL AS STRING) AS ${name}`);
  return `SELECT\n  *,\n${nothing.join(",\n")}\nFROM (\n${indent(rows)}\n)`;
}

/** Further queries into the same table. A backfill is read once, as a batch. */
function flowStatements(
  table: QueryTableNode,
  target: string,
  shaped: (rows: string, query: RelationNode) => string,
  context: Context,
): readonly string[] {
  return table.settings.flows.map((flow) => {
    const query = shaped(textOf(flow.query, !flow.once, context), flow.query);
    const insert = flow.once ? "INSERT ONCE INTO" : "INSERT INTO";
    return `CREATE FLOW ${id(`${table.name}_${flow.name}`)} AS ${insert} ${target} BY NAME\n${query};`;
  });
}
