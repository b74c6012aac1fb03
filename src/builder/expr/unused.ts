/**
 * The expressions that a callback makes. `&&`, `?:` and `if` of JavaScript cannot be seen from here, since an object is
 * always true, but what they leave behind can: an expression that is not a part of what the callback returns.
 */
import type { ColumnNode, ExprNode } from "../../ast/expr.ts";
import { isComputed, subexpressions } from "../../ast/walk.ts";
import type { DefinitionError } from "../../core/errors.ts";
import { CallSite, callerLocation, type Place } from "../../core/location.ts";
import { mistake } from "../../diagnostics/mistake.ts";
import { say } from "../../diagnostics/sentences.ts";

interface Made {
  readonly node: ExprNode;
  /** Known where the callback runs for its places. */
  readonly site: CallSite | undefined;
}

/** The columns that a callback is given: each is made once. */
export type ColumnRecord = Readonly<Record<string, { toNode(): ExprNode }>>;

/** What the callback that runs now has made. */
interface Trace {
  /** The columns that it was given. */
  readonly records: readonly ColumnRecord[];
  readonly keepsSites: boolean;
  readonly made: Made[];
  readonly read: Made[];
  /** The columns that were read, of any type, and how often. */
  readonly columns: Map<ExprNode, number>;
  /** Where a boolean of JavaScript was given to `and()` or `or()`. */
  truth: { readonly at: Place } | undefined;
  /** A rest or a spread reads every column: then a column that was read says nothing. */
  spread: boolean;
}

let running: Trace | undefined;

/** What a callback gave. */
interface Given<T> {
  readonly result: T;
  readonly nodes: () => readonly ExprNode[];
  /** Whether it gave a boolean of JavaScript, which `===` and `!` make of columns. */
  readonly isTruth: boolean;
  readonly at: Place;
}

/** Runs a callback and refuses an expression of it that is not a part of the nodes that it gives. */
export function withUsedExpressions<T>(records: readonly ColumnRecord[], run: () => Given<T>): T {
  const outer = running;
  const trace = traceOf(records, false);
  running = trace;
  try {
    const given = run();
    running = undefined;
    const exprs = given.nodes().flatMap(subexpressions);
    refuseKept(trace, exprs, given.at);
    if (isLeft(trace, exprs)) refuseUnused(madeAgain(records, run), exprs, given.at);
    const truth = trace.truth ?? (given.isTruth ? given : undefined);
    if (truth && !trace.spread) refuseCompared(trace, exprs, truth.at);
    return given.result;
  } finally {
    running = outer;
  }
}

const traceOf = (records: readonly ColumnRecord[], keepsSites: boolean): Trace => ({
  records,
  keepsSites,
  made: [],
  read: [],
  columns: new Map(),
  truth: undefined,
  spread: false,
});

/** A site costs more than its expression, and few are asked for: the callback runs again where one is. */
function madeAgain(records: readonly ColumnRecord[], run: () => unknown): Trace {
  const trace = traceOf(records, true);
  running = trace;
  run();
  running = undefined;
  return trace;
}

export function noteMade(node: ExprNode): void {
  if (running && isMade(node)) running.made.push(madeBy(running, node));
}

export function noteRead(node: ExprNode, record: ColumnRecord): void {
  if (!running) return;
  refuseForeign(running, record);
  running.columns.set(node, (running.columns.get(node) ?? 0) + 1);
  if (node.type.kind === "boolean") running.read.push(madeBy(running, node));
}

const madeBy = ({ keepsSites }: Trace, node: ExprNode): Made => ({
  node,
  site: keepsSites ? new CallSite() : undefined,
});

/** `and()` or `or()` was given a boolean of JavaScript: a setting, or what `===` and `!` make of columns. */
export function noteTruth(at: Place): void {
  if (running) running.truth ??= { at };
}

export function noteSpread(record: ColumnRecord): void {
  if (!running) return;
  refuseForeign(running, record);
  running.spread = true;
}

/**
 * Refuses a rest that derive() is given: it leaves a column out, and derive() keeps it. Columns that are passed on one by one
 * are none.
 */
export function refuseKeptOut(
  given: readonly { readonly name: string; readonly expr: ExprNode }[],
  columns: readonly { readonly name: string }[],
  at: Place,
): void {
  if (!running?.spread || !given.some(({ name, expr }) => expr.kind === "column" && expr.name === name)) return;
  const out = columns.find(({ name }) => given.every((item) => item.name !== name));
  if (out) throw mistake(at, { ...say("EXPR002:kept", { column: out.name }), column: out.name });
}

/** A column is a name of its own query: in a query inside of a callback it would be another column of that name. */
function refuseForeign({ records }: Trace, record: ColumnRecord): void {
  if (records.length === 0 || records.includes(record)) return;
  throw mistake(callerLocation(), say("COL001:foreign"));
}

/** A column that was kept from another callback would be this query's column of that name. */
function refuseKept({ records, columns }: Trace, exprs: readonly ExprNode[], at: Place): void {
  if (records.length === 0) return;
  for (const node of exprs) {
    // Most were read just now; one of another callback over the same columns is the same column.
    if (node.kind !== "column" || columns.has(node) || records.some((record) => isOf(node, record))) continue;
    throw mistake(at, say("COL001:kept", { column: node.name }));
  }
}

const isOf = (node: ColumnNode, record: ColumnRecord): boolean =>
  node.name in record && record[node.name]?.toNode() === node;

/** The fields of a struct are made all at once, whichever is used. */
function isMade(node: ExprNode): boolean {
  return isComputed(node) && !(node.kind === "call" && node.fn === "field");
}

/** Whether an expression was made, or a boolean column read, that is not a part of the result. */
function isLeft({ made, read, spread }: Trace, exprs: readonly ExprNode[]): boolean {
  const asked = spread ? made : [...made, ...read];
  if (asked.length === 0) return false;
  const used = idsOf(exprs);
  return asked.some(({ node }) => !used.has(node.id));
}

/**
 * A helper may make several expressions of which its caller uses one, so one that is used speaks for all that were made
 * at the same place of the callback. `at`: of a callback that made others when it ran again.
 */
function refuseUnused({ made, read, spread }: Trace, exprs: readonly ExprNode[], at: Place): void {
  const used = idsOf(exprs);
  const isUnused = ({ node }: Made) => !used.has(node.id);
  const left = [...made, ...(spread ? [] : read)].filter(isUnused);
  if (left.length === 0) throw unusedExpression(at, CONDITION);
  const sites = new Set(made.filter((one) => !isUnused(one)).map(({ site }) => site?.place()));
  const unused = left.filter(({ node, site }) => (node.kind !== "column" || site?.direct) && !sites.has(site?.place()));
  const parts = idsOf(unused.flatMap(({ node }) => subexpressions(node).slice(1)));
  const lost = unused.find(({ node }) => !parts.has(node.id));
  if (lost) throw unusedExpression(lost.site?.place(), lost.node.type.kind === "boolean" ? CONDITION : "expression");
}

/** A column that was read more often than it is used, next to a constant that is true or false: it was compared by JavaScript. */
function refuseCompared({ columns }: Trace, exprs: readonly ExprNode[], at: Place): void {
  const used = Map.groupBy(exprs, ({ id }) => id);
  if ([...columns].every(([{ id }, times]) => times <= (used.get(id)?.length ?? 0))) return;
  throw mistake(at, say("EXPR001:boolean"));
}

const idsOf = (exprs: readonly ExprNode[]): ReadonlySet<string> => new Set(exprs.map((node) => node.id));

const CONDITION = "condition";

function unusedExpression(at: Place, what: typeof CONDITION | "expression"): DefinitionError {
  return mistake(at, {
    code: "EXPR004",
    message: `this ${what} is not used: it is not a part of what the callback returns`,
    help: `&&, ||, ?: and if of JavaScript do not work on expressions: use and(), or(), not() and fn.when(), or leave the ${what} out`,
  });
}
