/** Change targets: a materialized view over the change events, or `AUTO CDC` where the catalog can merge. */
import type { ScdTableNode } from "../../pipeline/nodes.ts";
import type { ChangesNode, SnapshotsNode } from "../../relation/nodes.ts";
import { scd1Query, scd2Query } from "../changes.ts";
import { allEvents, applicationOf } from "../events.ts";
import { indent } from "../query.ts";
import { sparkIdentifier as id, spark } from "../spark.ts";
import { type Context, expr, isAutoCdc, nameOf, queryText, read, reading } from "./context.ts";
import { createTable, described } from "./table.ts";

export function changeTableStatements(table: ScdTableNode, context: Context): readonly string[] {
  const { changes } = table;
  if (changes.kind === "snapshots") {
    const query = stored(changes, [], queryText(changes.input, false, context));
    return [createTable(table, { query, streaming: false }, context)];
  }
  if (isAutoCdc(table, context)) return autoCdcStatements(table, changes, context);
  const events = `(\n${indent(allEvents(table, reading(false, context)))}\n) AS events`;
  const application = applicationOf(table, events, spark);
  const query = table.kind === "scd1" ? scd1Query(application) : scd2Query(application);
  return [createTable(table, { query, streaming: false }, context)];
}

/** The target is declared without columns: AUTO CDC adds one of its own. */
function autoCdcStatements(table: ScdTableNode, own: ChangesNode, context: Context): readonly string[] {
  const target = [`CREATE STREAMING TABLE ${nameOf(table, context)}`, ...described(table)].join("\n");
  const flows = [
    { name: `${table.name}_flow`, changes: own },
    ...table.changeFlows.map(({ name, changes }) => ({ name: `${table.name}_${name}`, changes })),
  ];
  return [`${target};`, ...flows.flatMap((flow) => flowStatements(table, flow, context))];
}

interface Flow {
  readonly name: string;
  readonly changes: ChangesNode;
}

/** A view of the events, with their sequence and whether they delete, and the flow that applies them. */
function flowStatements(table: ScdTableNode, { name, changes }: Flow, context: Context): readonly string[] {
  const { keys, columns, trackHistory, sequence, deleteWhen } = changes;
  const view = id(`${name.replace(/_flow$/, "")}_changes`);
  const computed = [
    `${expr(sequence)} AS __sequence`,
    ...(deleteWhen ? [`coalesce(${expr(deleteWhen)}, false) AS __delete`] : []),
  ];
  const clauses = [
    `CREATE FLOW ${id(name)} AS AUTO CDC INTO ${nameOf(table, context)}`,
    `FROM ${read(view, true)}`,
    `KEYS ${list(keys)}`,
    ...(deleteWhen ? ["APPLY AS DELETE WHEN __delete"] : []),
    "SEQUENCE BY __sequence",
    `COLUMNS ${list(columns.map((c) => c.name))}`,
    `STORED AS SCD TYPE ${table.kind === "scd1" ? 1 : 2}`,
    ...(trackHistory ? [`TRACK HISTORY ON ${list(trackHistory)}`] : []),
  ];
  return [
    `CREATE TEMPORARY VIEW ${view} AS\n${stored(changes, computed, queryText(changes.input, true, context))};`,
    `${clauses.join("\n")};`,
  ];
}

const list = (names: readonly string[]) => `(${names.map(id).join(", ")})`;

/** The stored columns, and what else is asked of the input. */
function stored({ items }: ChangesNode | SnapshotsNode, more: readonly string[], rows: string): string {
  const own = items.map((i) => (expr(i.expr) === id(i.name) ? id(i.name) : `${expr(i.expr)} AS ${id(i.name)}`));
  return `SELECT\n${[...own, ...more].map((c) => `  ${c}`).join(",\n")}\nFROM (\n${indent(rows)}\n)`;
}
