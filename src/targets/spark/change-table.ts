/** Change targets: a materialized view over the change events, or `AUTO CDC` where the catalog can merge. */
import { companionName } from "../../ast/companions.ts";
import type { ScdTableNode } from "../../ast/pipeline.ts";
import type { ChangesNode, SnapshotsNode } from "../../ast/relation.ts";
import { scd1Query, scd2Query } from "../../sql/changes.ts";
import { allEvents, applicationOf } from "../../sql/events.ts";
import { indent } from "../../sql/query.ts";
import { propertyClauses, read } from "./clauses.ts";
import { type Context, expr, isAutoCdc, nameOf, queryText, reading } from "./context.ts";
import { sparkIdentifier as id, spark } from "./dialect.ts";
import { createTable } from "./table.ts";

export function changeTableStatements(table: ScdTableNode, context: Context): readonly string[] {
  const { changes } = table;
  if (changes.kind === "snapshots") {
    const query = stored(changes, queryText(changes.input, false, context));
    return [createTable(table, { query, streaming: false }, context)];
  }
  if (isAutoCdc(table, context)) return autoCdcStatements(table, changes, context);
  const events = `(\n${indent(allEvents(table, reading(false, context)))}\n) AS events`;
  const application = applicationOf(table, events, spark);
  const query = table.kind === "scd1" ? scd1Query(application) : scd2Query(application);
  return [createTable(table, { query, streaming: false }, context)];
}

/**
 * The target is declared without columns: AUTO CDC adds one of its own. It takes one flow, so the events of all streams
 * come through one view.
 */
function autoCdcStatements(table: ScdTableNode, changes: ChangesNode, context: Context): readonly string[] {
  const target = nameOf(table, context);
  const view = id(companionName(table.name, "changes"));
  const clauses = [
    `CREATE FLOW ${id(companionName(table.name, "flow"))} AS AUTO CDC INTO ${target}`,
    `FROM ${read(view, true)}`,
    `KEYS ${list(changes.keys)}`,
    "APPLY AS DELETE WHEN __delete",
    "SEQUENCE BY __sequence",
    `COLUMNS ${list(changes.columns.map((c) => c.name))}`,
    `STORED AS SCD TYPE ${table.kind === "scd1" ? 1 : 2}`,
    ...(changes.trackHistory ? [`TRACK HISTORY ON ${list(changes.trackHistory)}`] : []),
  ];
  return [
    `${[`CREATE STREAMING TABLE ${target}`, ...propertyClauses(table)].join("\n")};`,
    `CREATE TEMPORARY VIEW ${view} AS\n${allEvents(table, reading(true, context))};`,
    `${clauses.join("\n")};`,
  ];
}

const list = (names: readonly string[]) => `(${names.map(id).join(", ")})`;

/** The stored columns of the latest snapshot. */
function stored({ items }: SnapshotsNode, rows: string): string {
  const own = items.map((i) => (expr(i.expr) === id(i.name) ? id(i.name) : `${expr(i.expr)} AS ${id(i.name)}`));
  return `SELECT\n${own.map((c) => `  ${c}`).join(",\n")}\nFROM (\n${indent(rows)}\n)`;
}
