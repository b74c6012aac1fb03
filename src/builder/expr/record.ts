/** The plain object of columns that a callback is given, and the one that it gives back. */

import { columnsByName } from "../../ast/columns.ts";
import type { ExprNode } from "../../ast/expr.ts";
import type { ColumnFacts } from "../../ast/relation.ts";
import { refuseOtherCopy } from "../../core/copies.ts";
import { isRecord } from "../../core/describe.ts";
import type { DefinitionError } from "../../core/errors.ts";
import { freeze } from "../../core/freeze.ts";
import { callerLocation } from "../../core/location.ts";
import { nearest } from "../../core/nearest.ts";
import { replaceWord } from "../../core/replace-word.ts";
import { mistake } from "../../diagnostics/mistake.ts";
import { say } from "../../diagnostics/sentences.ts";
import { columnNode, type Place } from "../../nodes/exprs.ts";
import { type Brought, broughtColumn } from "../../nodes/relations.ts";
import { columnOrConstant, Expression, toMeasure, toNode } from "./expression.ts";
import { lazyRecord } from "./lazy-record.ts";
import { refuseSpread } from "./no-value.ts";
import { noteRead, noteSpread } from "./unused.ts";

/** Columns as properties, in order, made when they are read. Reading one that does not exist is an error that names it. */
export function columnRecord(
  columns: readonly ColumnFacts[],
  side: 0 | 1,
  at: Place,
  how?: Brought,
  hidden?: readonly ColumnFacts[],
): Record<string, Expression> {
  const parts = columnsByName(columns);
  const record: Record<string, Expression> = lazyRecord({
    parts,
    ...(hidden && { hidden: columnsByName(hidden) }),
    make: (column) => new Expression(columnNode(column.name, how ? broughtColumn(column, how) : column, side, at)),
    onRead: (column) => noteRead(column.toNode(), record),
    onSpread: () => noteSpread(record),
    unknown: (name) => unknownColumn(name, [...parts.keys()], at, callerLocation()),
  });
  return record;
}

/** What is not a column, and is looked for where the columns are. */
const NO_COLUMN: ReadonlyMap<string, string> = new Map([
  ["count", "rows are counted by fn.countRows()"],
  ["col", "a column is a property, such as c.amount"],
  ...["sum", "avg", "min", "max"].map(
    (name) => [name, `a measure is a method of its column, c.amount.${name}()`] as const,
  ),
  ...["coalesce", "concat", "greatest", "least", "lit", "rank", "rowNumber", "struct", "when"].map(
    (name) => [name, `${name}() is a function of fn, fn.${name}()`] as const,
  ),
]);

/** `here` is where the name stands. */
export function unknownColumn(name: string, known: readonly string[], at: Place, here?: Place): DefinitionError {
  const near = nearest(name, known);
  const columns = `columns are: ${known.join(", ")}`;
  const meant = near ? `did you mean "${near}"?` : NO_COLUMN.get(name);
  return mistake(at, {
    code: "COL001",
    message: `there is no column "${name}"`,
    help: meant === undefined ? `the ${columns}` : `${meant}${near ? "" : "."} The ${columns}`,
    column: name,
    ...replaceWord(here, name, near),
  });
}

interface Named {
  readonly name: string;
  readonly expr: ExprNode;
}

/** The named expressions that a callback gave back. */
export function namedNodes(value: unknown, at: Place): readonly Named[] {
  return named(value, toNode, at);
}

/** The named columns that a callback gave back: expressions, and constants. */
export function namedColumns(value: unknown, at: Place): readonly Named[] {
  return named(value, columnOrConstant, at);
}

/** The named aggregates that a callback gave back, and constants. */
export function namedMeasures(value: unknown, at: Place): readonly Named[] {
  return named(value, toMeasure, at);
}

function named(value: unknown, node: (value: unknown, at: Place) => ExprNode, at: Place): readonly Named[] {
  if (!isRecord(value)) {
    refuseOtherCopy(value, at);
    const columns = (Array.isArray(value) ? value : [value]).map(columnName).filter((name) => name !== undefined);
    const named = columns.length > 0 ? columns.map((name) => `${name}: c.${name}`).join(", ") : undefined;
    throw mistake(at, { ...say("EXPR002"), help: `return an object, such as ({ ${named ?? "total: c.amount"} })` });
  }
  refuseSpread(value, at);
  return Object.entries(value).map(([name, expr]) => freeze({ name, expr: node(expr, at) }));
}

function columnName(value: unknown): string | undefined {
  const node = value instanceof Expression ? value.toNode() : undefined;
  return node?.kind === "column" ? node.name : undefined;
}
