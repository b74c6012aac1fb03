/** The one door through which callbacks of the user are called: checked before, during and after. */
import type { ExprNode } from "../../ast/expr.ts";
import { describe } from "../../core/describe.ts";
import type { Place } from "../../core/location.ts";
import { mistake, misused } from "../../diagnostics/mistake.ts";
import { say } from "../../diagnostics/sentences.ts";
import type { Callback } from "../../settings/setting.ts";
import { Aggregation, Expression, Order } from "./expression.ts";
import { type ColumnRecord, withUsedExpressions } from "./unused.ts";

/** What is asked of a callback: of which method, and from where. */
interface Question {
  /** The method as errors name it: "where()". */
  readonly what: string;
  readonly at: Place;
  readonly records: readonly ColumnRecord[];
}

/** What a callback answers, as `read` reads it: nodes, or an error about what is not one. */
export function answer<T>(callback: Callback, { what, at, records }: Question, read: (value: unknown) => T): T {
  checkCallback(callback, what, at);
  return withUsedExpressions(records, () => {
    const value = called(callback, records, what, at);
    refuseAsync(value, what, at);
    refuseNothing(value, what, at);
    const parts = partsOf(value);
    const isTruth = parts.some((part) => typeof part === "boolean");
    return { result: read(value), nodes: () => parts.flatMap(nodesOf), isTruth, at };
  });
}

/** What V8 says of what is read of nothing, and of what is called and is not a function. */
const NOT_THERE = /^Cannot read propert|is not a function|is not iterable/;

/** What a callback gives. One that reads an argument more than there are, or what no column has, finds nothing there. */
export function called<const A extends readonly unknown[], T>(
  callback: (...given: A) => T,
  given: A,
  what: string,
  at: Place,
): T {
  try {
    return callback(...given);
  } catch (error) {
    if (error instanceof ReferenceError)
      throw mistake(at, {
        code: "EXPR001",
        message: `the callback of ${what} names what is not there: ${error.message}`,
        help: "name its argument, (c) => c.amount; of two tables both, (o, c) => o.customer_id.eq(c.id)",
        cause: error,
      });
    if (!(error instanceof TypeError)) throw error;
    const reads = `the callback of ${what} reads`;
    if (callback.length > given.length)
      throw misused(at, `${reads} an argument too many: ${error.message}`, "leave out the others");
    if (!NOT_THERE.test(error.message)) throw error;
    throw mistake(at, {
      code: "EXPR001",
      message: `${reads} what is not there: ${error.message}`,
      help: 'an element of an array is at(0), a field fields.name, a value of a map entry("key"); another table is read after lookup() or join()',
      cause: error,
    });
  }
}

export function checkCallback(callback: unknown, what: string, at: Place, help = OF_COLUMNS): void {
  if (typeof callback === "function") return;
  throw misused(at, `${what} accepts a function, not ${describe(callback)}`, help);
}

const OF_COLUMNS = "give a callback, whose argument has the columns: (c) => c.amount";

/** A promise has no tables and no columns: what was to be in it would vanish. */
export function refuseAsync(value: unknown, what: string, at: Place): void {
  if (!(value instanceof Promise)) return;
  // Whatever becomes of it, this error is the one to report.
  value.catch(() => undefined);
  throw mistake(at, { ...say("EXPR005"), message: `the callback of ${what} is async: it gives a promise` });
}

/** Braces make a body of an arrow function, which returns nothing by itself. */
export function refuseNothing(value: unknown, what: string, at: Place, help = WITH_PARENTHESES): void {
  if (value !== undefined) return;
  throw mistake(at, { code: "EXPR001", message: `the callback of ${what} returns nothing`, help });
}

const WITH_PARENTHESES =
  "return what it makes: (c) => c.amount, or (c) => ({ total: c.amount }), with parentheses around the braces";

/** What a callback gave: one value, several, or an object of them. */
function partsOf(value: unknown): readonly unknown[] {
  return typeof value !== "object" || value === null || isExpression(value) ? [value] : Object.values(value);
}

type AnyExpression = Expression | Aggregation | Order;

const isExpression = (value: unknown): value is AnyExpression =>
  value instanceof Expression || value instanceof Aggregation || value instanceof Order;

function nodesOf(value: unknown): readonly ExprNode[] {
  if (!isExpression(value)) return [];
  return [value instanceof Order ? value.toOrder().expr : value.toNode()];
}
