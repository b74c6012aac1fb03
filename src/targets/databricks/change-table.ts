/** `AUTO CDC`: change events and snapshots into tables of type 1 and 2. */
import { companionName } from "../../ast/companions.ts";
import type { ExprNode } from "../../ast/expr.ts";
import type { ScdTableNode } from "../../ast/pipeline.ts";
import type { ChangesNode, SnapshotsNode } from "../../ast/relation.ts";
import { CompileError } from "../../core/errors.ts";
import type { ChangesPlan, SnapshotsPlan } from "../../plan/table.ts";
import { indent } from "../../sql/block.ts";
import { read } from "../spark/clauses.ts";
import { sparkIdentifier as id } from "../spark/dialect.ts";
import { type Context, expr, nameOf, queryText } from "./context.ts";
import { createTable } from "./table.ts";

/** The target is declared first; its flows follow, each with the view that it reads where it needs one. */
export function changeTableStatements(plan: ChangesPlan | SnapshotsPlan, context: Context): readonly string[] {
  const { table } = plan;
  const { name } = table;
  const flows =
    plan.mode === "snapshots"
      ? [snapshotFlow(table, plan.snapshots, context)]
      : plan.reads.flatMap(({ changes, once, flow }) => {
          const base = flow === undefined ? name : `${name}_${flow}`;
          const own = flow === undefined ? companionName(name, "flow") : base;
          return eventsFlow(table, { name: own, view: companionName(base, "changes"), changes, once }, context);
        });
  return [createTable(plan, undefined, [], context), ...flows];
}

interface Flow {
  readonly name: string;
  /** The view that it reads, where it reads one. */
  readonly view: string;
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
    ...except("COLUMNS", events.notStored),
    ...storedAs(table, changes),
  ];
  return [...events.view, `${clauses.join("\n")};`];
}

function ignoreNullUpdates(changes: ChangesNode): readonly string[] {
  if (!changes.ignoreNullUpdates) return [];
  const others = notAmong(changes, changes.ignoreNullUpdates);
  return others.length === 0 ? ["IGNORE NULL UPDATES"] : except("IGNORE NULL UPDATES ON", others);
}

function storedAs(table: ScdTableNode, changes: ChangesNode | SnapshotsNode): readonly string[] {
  const type = table.kind === "scd1" ? 1 : 2;
  const untracked = changes.trackHistory ? notAmong(changes, changes.trackHistory) : [];
  return [`STORED AS SCD TYPE ${type}`, ...except("TRACK HISTORY ON", untracked)];
}

/** Stored columns that are not among `names`. A key never differs within its history, so it need not be left out. */
function notAmong({ columns, keys }: ChangesNode | SnapshotsNode, names: readonly string[]): readonly string[] {
  return columns.map((c) => c.name).filter((name) => !names.includes(name) && !keys.includes(name));
}

/** The one spelling of a list of columns that every version of the grammar reads alike; nothing where all are meant. */
function except(clause: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${clause} * EXCEPT ${list(names)}`];
}

const list = (names: readonly string[]) => `(${names.map(id).join(", ")})`;

interface Events {
  readonly view: readonly string[];
  readonly from: string;
  /** Columns of what is read that are not for the target. */
  readonly notStored: readonly string[];
  readonly sequence: string;
  readonly deleteWhen?: string;
  readonly truncateWhen?: string;
}

/** What a flow reads: the input itself, or a view of it where it is a query or stored columns are computed. */
function eventsOf({ view: viewName, changes }: Flow, context: Context): Events {
  const { input, items, sequence, deleteWhen, truncateWhen } = changes;
  const asTheyAre = items.every((item) => item.expr.kind === "column" && item.expr.name === item.name);
  const source = input.kind === "table" ? context.plans.get(input.table) : undefined;
  if (source && asTheyAre) {
    return {
      view: [],
      from: read(nameOf(source.table, context), true),
      notStored: source.columns.map((c) => c.name).filter((name) => !items.some((item) => item.name === name)),
      sequence: expr(sequence),
      ...(deleteWhen && { deleteWhen: expr(deleteWhen) }),
      ...(truncateWhen && { truncateWhen: expr(truncateWhen) }),
    };
  }
  const view = id(viewName);
  const control = [
    ["__sequence", sequence],
    ["__delete", deleteWhen],
    ["__truncate", truncateWhen],
  ] as const;
  const computed = control.flatMap(([column, value]) => (value ? [{ column, sql: expr(value) }] : []));
  return {
    view: [
      `CREATE TEMPORARY VIEW ${view} AS\n${stored(
        changes,
        computed.map(({ column, sql }) => `${sql} AS ${column}`),
        queryText(input, true, context),
      )};`,
    ],
    from: `STREAM(${view})`,
    notStored: computed.map(({ column }) => column),
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
  const version = snapshots.version && expr(versionOfRow(table, snapshots.version));
  const own = stored(snapshots, [], rows);
  return `${[
    `CREATE FLOW ${id(companionName(table.name, "flow"))} AS AUTO CDC INTO ${nameOf(table, context)}`,
    ...(version === undefined
      ? [`FROM SNAPSHOT (\n${indent(own)}\n)`]
      : [
          `FROM SNAPSHOT (\n${indent(`${own}\nWHERE ${version} = (SELECT version FROM current_snapshot_version())`)}\n)`,
          `WITH VERSION (\n${indent(nextVersion(version, rows))}\n)`,
        ]),
    `KEYS ${list(snapshots.keys)}`,
    ...storedAs(table, snapshots),
  ].join("\n")};`;
}

/** Asked again after each snapshot that was applied, until it gives no row: the snapshots come in order, none is left out. */
function nextVersion(version: string, rows: string): string {
  return `SELECT ${version} AS version
FROM (
${indent(rows)}
)
WHERE ${version} IS NOT NULL
  AND (
    NOT EXISTS (SELECT 1 FROM last_snapshot_version())
    OR ${version} > (SELECT version FROM last_snapshot_version())
  )
ORDER BY version
LIMIT 1`;
}

/** What a row says of its snapshot: the version is one value over all rows, and here it has to be told row by row. */
function versionOfRow(table: ScdTableNode, version: ExprNode): ExprNode {
  if (version.kind === "aggregate" && (version.fn === "max" || version.fn === "min") && !version.filter) {
    const [value] = version.args;
    if (value) return value;
  }
  throw new CompileError({
    code: "TARGET005",
    message: `${table.layer}.${table.name}: Databricks reads snapshots one by one, by a version that each row has`,
    help: "version: (c) => c.taken_on.max(), over a column or expression of the rows",
    location: version.at ?? table.at,
    table: table.name,
  });
}
