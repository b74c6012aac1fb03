/**
 * The conditions that a callback makes. `&&`, `?:` and `if` of JavaScript cannot be seen from here, since an object is
 * always true, but what they leave behind can: a condition that is not a part of what the callback returns.
 */
import type { ColumnNode, ExprNode } from "../../ast/expr.ts";
import { subexpressions } from "../../ast/walk.ts";
import type { DefinitionError } from "../../core/errors.ts";
import { CallSite, callerLocation, type Place } from "../../core/location.ts";
import { mistake } from "../../diagnostics/mistake.ts";
import { say } from "../../diagnostics/sentences.ts";

interface Made {
  readonly node: ExprNode;
  readonly site: CallSite;
}

/** The columns that a callback is given: each is made once. */
export type ColumnRecord = Readonly<Record<string, { toNode(): ExprNode }>>;

/** What the callback that runs now has made. */
interface Trace {
  /** The columns that it was given. */
  readonly records: readonly ColumnRecord[];
  readonly made: Made[];
  readonly read: Made[];
  /** The columns that were read, of any type. */
  readonly columns: Set<ExprNode>;
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

/** Runs a callback and refuses a condition of it that is not a part of the nodes that it gives. */
export function withUsedConditions<T>(records: readonly ColumnRecord[], run: () => Given<T>): T {
  const outer = running;
  const trace: Trace = { records, made: [], read: [], columns: new Set(), spread: false };
  running = trace;
  try {
    const given = run();
    running = undefined;
    const exprs = given.nodes().flatMap(subexpressions);
    refuseKept(trace, exprs, given.at);
    refuseUnused(trace, exprs);
    if (given.isTruth && !trace.spread) refuseCompared(trace, exprs, given.at);
    return given.result;
  } finally {
    running = outer;
  }
}

export function noteCondition(node: ExprNode): void {
  if (running && isMade(node)) running.made.push({ node, site: new CallSite() });
}

export function noteRead(node: ExprNode, record: ColumnRecord): void {
  if (!running) return;
  refuseForeign(running, record);
  running.columns.add(node);
  if (node.type.kind === "boolean") running.read.push({ node, site: new CallSite() });
}

export function noteSpread(record: ColumnRecord): void {
  if (!running) return;
  refuseForeign(running, record);
  running.spread = true;
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
  return node.type.kind === "boolean" && node.kind !== "column" && !(node.kind === "call" && node.fn === "field");
}

/**
 * A helper may make several conditions of which its caller takes one, so one that is used speaks for all that were made
 * at the same place of the callback.
 */
function refuseUnused({ made, read, spread }: Trace, exprs: readonly ExprNode[]): void {
  const columns = spread ? [] : read.filter(({ site }) => site.direct);
  if (made.length === 0 && columns.length === 0) return;
  const used = idsOf(exprs);
  const left = [...made, ...columns].filter(({ node }) => !used.has(node.id));
  if (left.length === 0) return;
  const sites = new Set(made.filter(({ node }) => used.has(node.id)).map(({ site }) => site.place()));
  const unused = left.filter(({ site }) => !sites.has(site.place()));
  const parts = idsOf(unused.flatMap(({ node }) => subexpressions(node).slice(1)));
  const lost = unused.find(({ node }) => !parts.has(node.id));
  if (lost) throw unusedCondition(lost.site.place());
}

/** A column that was read for nothing, next to a constant that is true or false: it was compared by JavaScript. */
function refuseCompared({ columns }: Trace, exprs: readonly ExprNode[], at: Place): void {
  const used = idsOf(exprs);
  if ([...columns].every(({ id }) => used.has(id))) return;
  throw mistake(at, say("EXPR001:boolean"));
}

const idsOf = (exprs: readonly ExprNode[]): ReadonlySet<string> => new Set(exprs.map((node) => node.id));

function unusedCondition(at: Place): DefinitionError {
  return mistake(at, {
    code: "EXPR004",
    message: "this condition is not used: it is not a part of what the callback returns",
    help: "&&, ||, ?: and if of JavaScript do not work on expressions: use and(), or(), not() and fn.when(), or leave the condition out",
  });
}
