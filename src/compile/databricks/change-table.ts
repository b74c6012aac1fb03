/** `AUTO CDC`: change events and snapshots into tables of type 1 and 2. */
import { match } from "ts-pattern";
import { companionName } from "../../pipeline/companions.ts";
import type { ScdTableNode } from "../../pipeline/nodes.ts";
import type { ChangesNode, SnapshotsNode } from "../../relation/nodes.ts";
import { indent } from "../query.ts";
import { sparkIdentifier as id } from "../spark.ts";
import { read } from "../spark-clauses.ts";
import { type Context, expr, nameOf, queryText } from "./context.ts";
import { createTable } from "./table.ts";

/** The target is declared first; its flows follow, each with the view that it reads where it needs one. */
export function changeTableStatements(table: ScdTableNode, context: Context): readonly string[] {
  const own = match(table.changes)
    .with({ kind: "changes" }, (changes) =>
      eventsFlow(table, { name: companionName(table.name, "flow"), changes, once: false }, context),
    )
    .with({ kind: "snapshots" }, (snapshots) => [snapshotFlow(table, snapshots, context)])
    .exhaustive();
  const others = table.changeFlows.flatMap(({ name, once, changes }) =>
    eventsFlow(table, { name: `${table.name}_${name}`, changes, once }, context),
  );
  return [createTable(table, undefined, [], context), ...own, ...others];
}

interface Flow {
  readonly name: string;
  readonly once: boolean;
  readonly changes: ChangesNode;
}

function eventsFlow(table: ScdTableNode, flow: Flow, context: Context): readonly string[] {
  const { changes, name, once } = flow;
  const events = eventsOf(flow, context);
  const clauses = [
    `CREATE FLOW ${id(name)} AS AUTO CDC ${once ? "ONCE " : ""}INTO ${nameOf(table, context)}`,
    `FROM ${events.from}`,
    `KEYS ${list(changes.keys)}`,
    ...ignoreNullUpdates(changes),
    ...(events.deleteWhen === undefined ? [] : [`APPLY AS DELETE WHEN ${events.deleteWhen}`]),
    ...(events.truncateWhen === undefined ? [] : [`APPLY AS TRUNCATE WHEN ${events.truncateWhen}`]),
    `SEQUENCE BY ${events.sequence}`,
    `COLUMNS ${list(changes.columns.map((c) => c.name))}`,
    ...storedAs(table, changes),
  ];
  return [...events.view, `${clauses.join("\n")};`];
}

function ignoreNullUpdates({ ignoreNullUpdates: names, columns, keys }: ChangesNode): readonly string[] {
  if (!names) return [];
  const all = columns.every((c) => names.includes(c.name) || keys.includes(c.name));
  return [`IGNORE NULL UPDATES${all ? "" : ` ON ${list(names)}`}`];
}

function storedAs(table: ScdTableNode, { trackHistory }: ChangesNode | SnapshotsNode): readonly string[] {
  const type = table.kind === "scd1" ? 1 : 2;
  return [`STORED AS SCD TYPE ${type}`, ...(trackHistory ? [`TRACK HISTORY ON ${list(trackHistory)}`] : [])];
}

const list = (names: readonly string[]) => `(${names.map(id).join(", ")})`;

interface Events {
  readonly view: readonly string[];
  readonly from: string;
  readonly sequence: string;
  readonly deleteWhen?: string;
  readonly truncateWhen?: string;
}

/** What a flow reads: the input itself, or a view of it where it is a query or stored columns are computed. */
function eventsOf({ name, changes }: Flow, context: Context): Events {
  const { input, items, sequence, deleteWhen, truncateWhen } = changes;
  const asTheyAre = items.every((item) => item.expr.kind === "column" && item.expr.name === item.name);
  const table = input.kind === "table" ? context.tables.get(input.table) : undefined;
  if (table && asTheyAre) {
    return {
      view: [],
      from: read(nameOf(table, context), true),
      sequence: expr(sequence),
      ...(deleteWhen && { deleteWhen: expr(deleteWhen) }),
      ...(truncateWhen && { truncateWhen: expr(truncateWhen) }),
    };
  }
  const view = id(companionName(name.replace(/_flow$/, ""), "changes"));
  const computed = [
    `${expr(sequence)} AS __sequence`,
    ...(deleteWhen ? [`${expr(deleteWhen)} AS __delete`] : []),
    ...(truncateWhen ? [`${expr(truncateWhen)} AS __truncate`] : []),
  ];
  return {
    view: [`CREATE TEMPORARY VIEW ${view} AS\n${stored(changes, computed, queryText(input, true, context))};`],
    from: `STREAM(${view})`,
    sequence: "__sequence",
    ...(deleteWhen && { deleteWhen: "__delete" }),
    ...(truncateWhen && { truncateWhen: "__truncate" }),
  };
}

/** The stored columns, and what else is asked of the input. */
function stored({ items }: ChangesNode | SnapshotsNode, more: readonly string[], rows: string): string {
  const own = items.map((i) => (expr(i.expr) === id(i.name) ? id(i.name) : `${expr(i.expr)} AS ${id(i.name)}`));
  return `SELECT\n${[...own, ...more].map((c) => `  ${c}`).join(",\n")}\nFROM (\n${indent(rows)}\n)`;
}

function snapshotFlow(table: ScdTableNode, snapshots: SnapshotsNode, context: Context): string {
  const rows = queryText(snapshots.input, false, context);
  const version = snapshots.version && `SELECT ${expr(snapshots.version)}\nFROM (\n${indent(rows)}\n)`;
  return `${[
    `CREATE FLOW ${id(companionName(table.name, "flow"))} AS AUTO CDC INTO ${nameOf(table, context)}`,
    `FROM SNAPSHOT (\n${indent(stored(snapshots, [], rows))}\n)`,
    ...(version === undefined ? [] : [`WITH VERSION (\n${indent(version)}\n)`]),
    `KEYS ${list(snapshots.keys)}`,
    ...storedAs(table, snapshots),
  ].join("\n")};`;
}
