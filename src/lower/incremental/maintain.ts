/** Whether a materialized view can be kept up to date by what its inputs gained and lost, by which of its columns, and why not. */

import { relationSteps } from "../../ast/inputs.ts";
import { isUnique, keyOf } from "../../ast/keys.ts";
import type { TableNode, TablesByName } from "../../ast/pipeline.ts";
import {
  type ColumnFacts,
  isFilterJoin,
  type JoinNode,
  type NamedExpr,
  type RelationNode,
} from "../../ast/relation.ts";
import { allExprs } from "../../ast/scopes.ts";
import { equalColumns } from "../../ast/sides.ts";
import { columnNamesOf, exprsOf, windowsIn } from "../../ast/walk.ts";
import { DEFINITION } from "../../core/plugin-parts.ts";
import { otherRowsNode } from "../../nodes/relations.ts";
import { typeName } from "../../types/types.ts";
import type { LoweredQuery, LoweredTable } from "../table.ts";
import { withTotalOrders } from "../ties.ts";
import { addedRows } from "./added.ts";
import { notIncremental, type Refresh, type RefreshIssue, type RefreshTechnique } from "./issues.ts";
import { isFirstOfRows, type Kept, keptOf } from "./kept.ts";
import { type Found, isOverMany, partitionColumns, rowsOfKeys, sharedColumns } from "./narrow.ts";
import { type Partials, partialsOf } from "./partials.ts";
import { type ChangedTables, isKeyType, type Names, together } from "./parts.ts";
import { Touched } from "./touched.ts";

/** How a view is kept up to date: the rows of all keys that its inputs' changes touch are read again. */
interface Maintained {
  /** The columns of the view by which its rows are found again. */
  readonly keys: readonly ColumnFacts[];
  /** Reads the rows of the keys, which stand in the relation `keys` of the view. */
  readonly rows: RelationNode;
  /** Some of the keys, where only these tell what is read: it is read for all that share them. */
  readonly sharing?: readonly ColumnFacts[];
  readonly found?: Found;
  /** The rows of the keys, where they are all made of rows that came; `undefined` where others are of them as well. */
  readonly cameAnew: (tables: ChangedTables) => RelationNode | undefined;
}

/** The ways to keep a view up to date; without one of them, why there is none. */
export interface Maintenance {
  readonly technique: RefreshTechnique;
  /** What the view is made by, with total orders: steps that are put below a step must not settle its order otherwise. */
  readonly query: RelationNode;
  /** The rows that it gains; `undefined` where others differ as well. */
  readonly gained?: (tables: ChangedTables) => RelationNode | undefined;
  /** What new rows give is added to what its groups have. */
  readonly partials?: Partials;
  readonly kept?: Kept;
  readonly isFirstOfRows: boolean;
  readonly byKeys?: Maintained;
  /** Why rows of keys cannot be read again. */
  readonly issues: readonly RefreshIssue[];
}

const known = new WeakMap<LoweredQuery, Maintenance>();

/** `undefined` of a table that is not a materialized view over tables. */
export function maintenanceOf(plan: LoweredTable, tables: TablesByName): Maintenance | undefined {
  if (plan.mode !== "recompute" || plan.table.query.kind === "source") return undefined;
  const before = known.get(plan);
  if (before) return before;
  const made = analyzed(plan, tables);
  known.set(plan, made);
  return made;
}

export const isMaintained = (maintenance: Maintenance | undefined): boolean =>
  maintenance !== undefined && maintenance.technique !== "COMPLETE_RECOMPUTE";

/** How a view can be brought up to date when its inputs change, or why it is recomputed; of other tables `undefined`. */
export function plannedRefresh(plan: LoweredTable, tables: TablesByName): Refresh | undefined {
  const maintenance = maintenanceOf(plan, tables);
  if (!maintenance) return undefined;
  if (plan.table.settings.refreshPolicy === "full") return { technique: "COMPLETE_RECOMPUTE", issues: [FULL] };
  const { technique, issues } = maintenance;
  return { technique, issues: technique === "COMPLETE_RECOMPUTE" ? issues : [] };
}

export const FULL: RefreshIssue = { type: "REFRESH_POLICY", message: 'its refreshPolicy() is "full"' };

/** A query of the keys of a view that its inputs' changes touch; `undefined` where they touch none. */
export function touchedKeys(query: RelationNode, keys: Names, tables: ChangedTables): RelationNode | undefined {
  return together(new Touched(tables).changed(query, keys), keys);
}

function analyzed({ table, reads, inputs }: LoweredQuery, tables: TablesByName): Maintenance {
  const query = withTotalOrders(table.query, tables);
  const unsure = notDeterministic(table) ?? (reads.length > 1 ? HAS_FLOWS : undefined);
  if (unsure) return { technique: "COMPLETE_RECOMPUTE", query, isFirstOfRows: false, issues: [unsure] };
  const kept = keptOf(query, table);
  const partials = kept ? undefined : partialsOf(query, table);
  const addsUp = partials !== undefined || (kept !== undefined && query.kind === "aggregate");
  const found = byKeys(query, { table, inputs }, tables);
  const gains = inputs.some((input) => addedRows(query, new Map([[input, { removed: false }]])));
  const isKept = found.byKeys !== undefined || kept !== undefined || gains;
  return {
    technique: addsUp ? "GROUP_AGGREGATE" : isKept ? techniqueOf(query) : "COMPLETE_RECOMPUTE",
    query,
    isFirstOfRows: isFirstOfRows(query),
    ...(gains && { gained: (changed: ChangedTables) => addedRows(query, changed) }),
    ...(partials && { partials }),
    ...(kept && { kept }),
    ...found,
  };
}

const HAS_FLOWS = notIncremental("OPERATOR_NOT_SUPPORTED", "it has flows");

function byKeys(
  query: RelationNode,
  { table, inputs }: Pick<LoweredQuery, "table" | "inputs">,
  tables: TablesByName,
): Pick<Maintenance, "byKeys" | "issues"> {
  const everything = new Map(inputs.map((input) => [input, { removed: true }]));
  const issues: RefreshIssue[] = [];
  for (const names of [drivingKey(query, tables), query.columns.map((column) => column.name)]) {
    const columns = query.columns.filter((column) => names.includes(column.name) && isKeyType(column.type));
    const keys = traceable(query, columns, everything, issues);
    if (keys.length === 0) continue;
    const narrowed = rowsOfKeys(query, otherRowsNode("keys", { table: table.name, columns: keys }), tables);
    const { node: rows, reached, found } = narrowed;
    const sharing = keys.filter((key) => narrowed.by.has(key.name));
    const isPart = sharing.length < keys.length && { sharing };
    const cameAnew = madeAnew(query, keys, tables);
    if (reached) return { byKeys: { keys, rows, ...isPart, ...(found && { found }), cameAnew }, issues: [] };
  }
  return { issues: issues.length > 0 ? distinct(issues) : [noKey(query, drivingKey(query, tables))] };
}

/**
 * Where each row is made of one row of the change target that has changed, and no two rows of one key: a key that is touched
 * had no row but those that went, and has none but those that came. Of a view nobody tells whether its rows were of one key
 * each before its query changed.
 */
function madeAnew(query: RelationNode, keys: readonly ColumnFacts[], tables: TablesByName): Maintained["cameAnew"] {
  const names = keys.map((key) => key.name);
  return (changed) => {
    const [name = "", ...more] = changed.keys();
    if (more.length > 0 || tables.get(name)?.kind === "query" || !isUnique(query, names, tables)) return undefined;
    return addedRows(query, new Map([[name, { removed: false }]]));
  };
}

function noKey(query: RelationNode, driving: readonly string[]): RefreshIssue {
  if (relationSteps(query).some((step) => step.kind === "join" && step.type === "full")) return NO_SHARED_KEY;
  const inexact = query.columns.filter((column) => driving.includes(column.name) && !isKeyType(column.type));
  const list = inexact.map(({ name, type }) => `${name} (${typeName(type)})`).join(", ");
  return inexact.length > 0
    ? notIncremental("OPERATOR_NOT_SUPPORTED", `its rows are found by ${list}, ${INEXACT}`)
    : NO_KEY;
}

const INEXACT = "and keys of floating point numbers, arrays, maps and structs are not compared";

const NO_SHARED_KEY = notIncremental(
  "OPERATOR_NOT_SUPPORTED",
  "rows of fullJoin() are found again by a column that its condition compares: select it of both sides, as l.id.orElse(r.id)",
);

const NO_KEY = notIncremental("OPERATOR_NOT_SUPPORTED", "no column of it tells which of its rows a change touches");

const distinct = (issues: readonly RefreshIssue[]) => [
  ...new Map(issues.map((issue) => [issue.message, issue])).values(),
];

/** The columns that are known of rows that are gone; all of them, where that is so. */
function traceable(
  query: RelationNode,
  columns: readonly ColumnFacts[],
  tables: ChangedTables,
  issues: RefreshIssue[],
): readonly ColumnFacts[] {
  const found = (some: readonly ColumnFacts[]) => {
    const touched = new Touched(tables);
    touched.changed(query, new Set(some.map((column) => column.name)));
    return touched.issues;
  };
  if (columns.length === 0) return [];
  if (found(columns).length === 0) return columns;
  const each = columns.map((column) => ({ column, against: found([column]) }));
  const traced = each.filter(({ against }) => against.length === 0).map(({ column }) => column);
  // What stands in the way of every column is why; of one alone there may be more to say.
  const [least = []] = each.map(({ against }) => against).sort((a, b) => a.length - b.length);
  if (traced.length === 0) issues.push(...least);
  return traced;
}

/** What may give other rows from the same inputs. */
function notDeterministic(table: TableNode): RefreshIssue | undefined {
  const outside = allExprs(table).find((expr) => expr.kind === "raw" || DEFINITION in expr);
  if (!outside) return undefined;
  const message =
    outside.kind === "raw" ? "nobody tells what raw SQL gives" : "nobody tells what a function of a plugin gives";
  return { type: "PLAN_NOT_DETERMINISTIC", subtype: "USER_DEFINED_FUNCTION", message };
}

/** What the view mostly does. */
function techniqueOf(query: RelationNode): RefreshTechnique {
  const steps = relationSteps(query);
  if (steps.some((step) => step.kind === "aggregate")) return "GENERIC_AGGREGATE";
  return steps.some(isOverMany) ? "WINDOW_FUNCTION" : "ROW_BASED";
}

/** The columns by which rows of the query's driving side are best found again: groups, partitions, or a table's key. */
function drivingKey(node: RelationNode, tables: TablesByName): readonly string[] {
  switch (node.kind) {
    case "table":
      return keyOf(tables.get(node.table)) ?? node.columns.map((column) => column.name);
    case "source":
    case "limit":
      return [];
    case "where": {
      const windows = windowsIn([node.predicate]);
      return windows.length > 0 ? [...partitionColumns(windows)] : drivingKey(node.input, tables);
    }
    case "project": {
      const windows = windowsIn(exprsOf(node.items));
      return passedOn(
        node.items,
        windows.length > 0 ? [...partitionColumns(windows)] : drivingKey(node.input, tables),
        0,
      );
    }
    case "aggregate":
      return node.groups.map((group) => group.name);
    case "dedupe":
      return columnNamesOf(node.keys);
    case "union": {
      const [first = [], ...more] = node.inputs.map((input) => drivingKey(input, tables));
      return first.filter((name) => more.every((names) => names.includes(name)));
    }
    case "lookup":
    case "asOfJoin":
      return passedOn(node.items, drivingKey(node.left, tables), 0);
    case "join": {
      if (node.type === "full")
        return node.items.filter(({ expr }) => sharedColumns(expr, node)).map(({ name }) => name);
      const left = drivingKey(node.left, tables);
      if (isFilterJoin(node)) return changesTogether(node, left, tables) ?? left;
      const right = node.type === "inner" ? passedOn(node.items, drivingKey(node.right, tables), 1) : [];
      return [...passedOn(node.items, left, 0), ...right];
    }
  }
}

/**
 * Columns of which the rows change together: what the rows are matched with is made of the same table, so one that comes
 * changes the match of all others. Where no key tells the rows apart, these tell them more cheaply than all their columns.
 */
function changesTogether(
  { left, right, on }: JoinNode,
  key: readonly string[],
  tables: TablesByName,
): readonly string[] | undefined {
  const read = new Set(relationSteps(left).flatMap(tableOf));
  const steps = relationSteps(right);
  const isOfSame = steps.some(isOverMany) && steps.flatMap(tableOf).some((name) => read.has(name));
  const names = equalColumns(on).map(([own]) => own.name);
  return isOfSame && names.length > 0 && !isUnique(left, key, tables) ? names : undefined;
}

const tableOf = (step: RelationNode): readonly string[] => (step.kind === "table" ? [step.table] : []);

/** Names of the columns after a step. Those of a key that do not come through are left out: the others find its rows too. */
function passedOn(items: readonly NamedExpr[], names: readonly string[], side: 0 | 1): readonly string[] {
  return items.flatMap(({ name, expr }) =>
    expr.kind === "column" && expr.side === side && names.includes(expr.name) ? [name] : [],
  );
}
