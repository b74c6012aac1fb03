/** `AUTO CDC`: change events and snapshots into tables of type 1 and 2. */
import { companionName } from "../../ast/companions.ts";
import type { ExprNode } from "../../ast/expr.ts";
import type { ScdTableNode } from "../../ast/pipeline.ts";
import type { ChangesNode, SnapshotsNode } from "../../ast/relation.ts";
import type { LoweredChanges, LoweredSnapshots } from "../../lower/table.ts";
import { indent } from "../../sql/block.ts";
import { queryAsOf, versionsOf } from "../../sql/past-snapshots.ts";
import { columnList } from "../spark-sql/clauses.ts";
import { sparkIdentifier as id, sparkQuoted } from "../spark-sql/dialect.ts";
import { pythonText } from "../spark-sql/python.ts";
import { storedRows } from "../spark-sql/reading.ts";
import { type Context, expr, nameOf, queryText, reading } from "./context.ts";
import { createTable } from "./table.ts";

/** The target is declared first; its flows follow, each with the view that it reads where it needs one. */
export function changeTableStatements(plan: LoweredChanges | LoweredSnapshots, context: Context): readonly string[] {
  const { table } = plan;
  const { name } = table;
  const flows =
    plan.mode === "snapshots"
      ? snapshotStatements(plan, context)
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
    `KEYS ${columnList(changes.keys)}`,
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
  return names.length === 0 ? [] : [`${clause} * EXCEPT ${columnList(names)}`];
}

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
      from: reading(true, context).table(source.table.name),
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
      `CREATE TEMPORARY VIEW ${view} AS\n${storedRows(
        items,
        computed.map(({ column, sql }) => `${sql} AS ${column}`),
        queryText(input, true, context),
        expr,
      )};`,
    ],
    from: `STREAM(${view})`,
    notStored: computed.map(({ column }) => column),
    sequence: "__sequence",
    ...(deleteWhen && { deleteWhen: "__delete" }),
    ...(truncateWhen && { truncateWhen: "__truncate" }),
  };
}

function snapshotStatements(plan: LoweredSnapshots, context: Context): readonly string[] {
  const { version } = plan.snapshots;
  return [version ? versionedFlow(plan, version, context) : stateView(plan, context)];
}

/**
 * Snapshots with a version, taken one by one. The Python interface has this for longer, but a function that reads a version
 * of a table of the pipeline is not known to depend on it.
 */
function versionedFlow(plan: LoweredSnapshots, version: ExprNode, context: Context): string {
  const { table, snapshots } = plan;
  const { rows, versions } = statesOf(plan, version, context);
  return `${[
    `CREATE FLOW ${id(companionName(table.name, "flow"))} AS AUTO CDC INTO ${nameOf(table, context)}`,
    `FROM SNAPSHOT (\n${indent(storedRows(snapshots.items, [], rows, expr))}\n)`,
    `WITH VERSION (\n${indent(nextVersion(versions))}\n)`,
    `KEYS ${columnList(snapshots.keys)}`,
    ...storedAs(table, snapshots),
  ].join("\n")};`;
}

/** The rows of the state of a version, and the versions that there are: of a state as a whole the one that it has. */
function statesOf({ snapshots, origins }: LoweredSnapshots, version: ExprNode, context: Context) {
  if (!origins) {
    const rows = queryText(snapshots.input, false, context);
    return { rows, versions: `SELECT ${expr(version)} AS version\nFROM (\n${indent(rows)}\n)` };
  }
  const tables = reading(false, context);
  const upTo = { origins, version: "(SELECT version FROM current_snapshot_version())" };
  return { rows: queryAsOf(snapshots.input, upTo, context, tables), versions: versionsOf(origins, tables) };
}

/** Asked again after each snapshot that was applied, until it gives no row: the snapshots come in order, none is left out. */
function nextVersion(versions: string): string {
  return `SELECT version
FROM (
${indent(versions)}
)
WHERE version IS NOT NULL
  AND (
    NOT EXISTS (SELECT 1 FROM last_snapshot_version())
    OR version > (SELECT version FROM last_snapshot_version())
  )
ORDER BY version
LIMIT 1`;
}

/** The states without a version that the Python interface reads, by name. */
function stateView({ table, snapshots }: LoweredSnapshots, context: Context): string {
  const rows = queryText(snapshots.input, false, context);
  return `CREATE TEMPORARY VIEW ${id(companionName(table.name, "changes"))} AS\n${storedRows(snapshots.items, [], rows, expr)};`;
}

/**
 * The flow of snapshots without a version. All runtimes have it in Python, and few in SQL.
 * @see https://docs.databricks.com/aws/en/ldp/developer/ldp-python-ref-apply-changes-from-snapshot
 */
export function snapshotPython({ table, snapshots }: LoweredSnapshots, context: Context): string {
  if (snapshots.version) return "";
  const untracked = snapshots.trackHistory ? notAmong(snapshots, snapshots.trackHistory) : [];
  const lines = [
    `target=${pythonText(nameOf(table, context))}`,
    `source=${pythonText(id(companionName(table.name, "changes")))}`,
    `keys=${columnNames(snapshots.keys)}`,
    `stored_as_scd_type=${table.kind === "scd1" ? 1 : 2}`,
    ...(untracked.length > 0 ? [`track_history_except_column_list=${columnNames(untracked)}`] : []),
  ];
  return `dp.create_auto_cdc_from_snapshot_flow(\n${lines.map((line) => `    ${line},`).join("\n")}\n)\n`;
}

/** Columns as `col()` reads them: a dot is for the fields of a struct, unless it is between backticks. */
const columnNames = (names: readonly string[]) =>
  `[${names.map((name) => pythonText(/[.`]/.test(name) ? sparkQuoted(name) : name)).join(", ")}]`;
