/** What is known of measures: which a table has, what repeated rows do to them, and of which time the rows under them are. */
import type { AggregateNode, CallNode, ExprNode, WindowNode } from "../ast/expr.ts";
import { tableSteps } from "../ast/inputs.ts";
import { keyOf } from "../ast/keys.ts";
import type { TableNode, TablesByName } from "../ast/pipeline.ts";
import type { RelationNode } from "../ast/relation.ts";
import { matchedColumns } from "../ast/sides.ts";
import { columnNamesOf, columnsIn, type Derivation, derivation, itemOf, subexpressions } from "../ast/walk.ts";
import { freeze } from "../core/freeze.ts";
import { oncePer } from "../core/once.ts";
import { specOf } from "../functions/index.ts";
import type { Weight } from "../functions/spec.ts";
import { isTime } from "../types/types.ts";

/** An aggregate of a group, or over a window, with the rows that it is over. */
export interface Measure {
  readonly expr: AggregateNode | WindowNode;
  readonly input: RelationNode;
}

/** The measures of a table, step by step. */
export const measuresOf = oncePer((table: TableNode): readonly Measure[] => freeze(tableSteps(table).flatMap(ofStep)));

function ofStep(step: RelationNode): readonly Measure[] {
  if (step.kind === "aggregate")
    return step.measures.flatMap(({ expr }) => (expr.kind === "aggregate" ? [{ expr, input: step.input }] : []));
  if (step.kind !== "project") return [];
  const made = step.items.filter(({ expr }) => expr.kind !== "column").flatMap(({ expr }) => subexpressions(expr));
  return made.flatMap((expr) => (expr.kind === "window" ? [{ expr, input: step.input }] : []));
}

/** What repeated rows do to an aggregate. */
export function weightOf(expr: CallNode | AggregateNode | WindowNode): Weight {
  const spec = specOf(expr);
  return spec?.kind === "aggregate" ? spec.weighs : "nothing";
}

/** Measures of which the same is said, as the subject of the one sentence: "sum() is", "3 measures (sum(), avg()) are". */
export function measuresAre(exprs: readonly Measure["expr"][]): string {
  const names = [...new Set(exprs.map(({ fn }) => `${fn}()`))].join(", ");
  return exprs.length === 1 ? `${names} is` : `${exprs.length} measures (${names}) are`;
}

/** A column of time, and the columns of values of which it may be the time. */
interface Sought {
  readonly column: string;
  readonly values: readonly string[];
}

/**
 * Whether a column of time is the time of the rows that `values` are of, as a source has it or as they were grouped by. One
 * that a step computed, such as the month of a day, is the same for rows of several times, and so is one of another table,
 * such as the day on which the owner of an account was born. A computed one that is a part of the key, without another
 * time, has one row of each account after all.
 */
export function isOwnTime(node: RelationNode, sought: Sought, tables: TablesByName): boolean {
  if (node.kind === "source" || node.kind === "aggregate") return true;
  if (isOneRowATime(node, sought.column, tables)) return true;
  if (node.kind !== "table") return comesFrom(derivation(node), sought, tables, matchOf(node));
  const table = tables.get(node.table);
  if (!table) return true;
  if (table.kind === "query") return isOwnTime(table.query, sought, tables);
  const step = { inputs: [table.changes.input], items: table.changes.items };
  // The start and end of a version are made by its history: times of its rows.
  return itemOf(step, sought.column) === undefined || comesFrom(step, sought, tables);
}

/** Whether the rows have a key that holds a time, computed or not, and not several times within it. */
function isOneRowATime(node: RelationNode, column: string, tables: TablesByName): boolean {
  const times = keyOfRows(node, tables)?.filter((name) => node.columns.some((c) => c.name === name && isTime(c.type)));
  return times?.length === 1 && times[0] === column;
}

function keyOfRows(node: RelationNode, tables: TablesByName): readonly string[] | undefined {
  if (node.kind === "table") return keyOf(tables.get(node.table));
  if (node.kind !== "dedupe") return undefined;
  const key = columnNamesOf(node.keys);
  return key.length === node.keys.length ? key : undefined;
}

type Match = ReturnType<typeof matchedColumns>;

/** Columns that are equal on both sides of a step that brings one row to each of the left. */
function matchOf(node: RelationNode): Match | undefined {
  return node.kind === "asOfJoin" || node.kind === "lookup" ? matchedColumns(node) : undefined;
}

function comesFrom(step: Derivation, { column, values }: Sought, tables: TablesByName, match?: Match): boolean {
  if (!step.items) return step.inputs.every((input) => isOwnTime(input, { column, values }, tables));
  const expr = itemOf(step, column);
  if (expr?.kind !== "column") return false;
  const valued = columnsIn(values.flatMap((name) => itemOf(step, name) ?? []));
  // The rows of a lookup are those of the left side: what the other brings is the time of theirs where it is equal to one.
  const brought = match !== undefined && expr.side === 1 && valued.some((value) => value.side === 0);
  const side = brought ? 0 : expr.side;
  const name = brought ? match.find(([, right]) => right === expr.name)?.[0] : expr.name;
  const input = step.inputs[side];
  const followed = valued.filter((value) => value.side === side).map((value) => value.name);
  return name !== undefined && input !== undefined && isOwnTime(input, { column: name, values: followed }, tables);
}

/** Whether what a value is made of says that it is meant to repeat: there, or in a step or a table before it, down to `last`. */
export function isAcknowledged(expr: ExprNode, from: RelationNode, tables: TablesByName, last?: RelationNode): boolean {
  const seen = new Map<RelationNode, Set<string>>();
  const says = (made: ExprNode, inputs: readonly RelationNode[]): boolean =>
    subexpressions(made).some((e) =>
      e.kind === "column" ? comesSo(inputs[e.side], e.name) : e.kind === "call" && e.fn === "acknowledgeFanOut",
    );
  const comesSo = (node: RelationNode | undefined, column: string): boolean => {
    if (!node || node.kind === "union" || seen.get(node)?.has(column)) return false;
    seen.set(node, (seen.get(node) ?? new Set()).add(column));
    const table = node.kind === "table" ? tables.get(node.table) : undefined;
    if (table) return table.kind === "query" && comesSo(table.query, column);
    const step = derivation(node);
    const inputs = node === last ? [] : step.inputs;
    if (!step.items) return comesSo(inputs[0], column);
    const made = itemOf(step, column);
    return made !== undefined && says(made, inputs);
  };
  return says(expr, [from]);
}
