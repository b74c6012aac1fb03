/**
 * Whether a condition can hold at all: of each value that it asks about, which constants are left, and of two values that it
 * compares, in which order they may be.
 */

import type { Called, CallNode, CaseNode, ExprNode } from "../ast/expr.ts";
import { specOf } from "../functions/index.ts";
import { isInteger, isNumeric, valuesOf } from "../types/types.ts";

/** What is asked of a value, or known of it. */
interface Asked {
  readonly of: ExprNode;
  readonly op: "eq" | "lt" | "le" | "gt" | "ge" | "isNull" | "isNotNull";
  /** `not`: of `eq` alone. */
  readonly not?: boolean;
  /** A null passes as well. */
  readonly orNull?: true;
  /** The constants; several of `eq`. */
  readonly values: readonly string[];
}

/** In which orders two values are: the lesser first, equal, the greater first. */
interface Ordered {
  readonly pair: string;
  readonly of: readonly [ExprNode, ExprNode];
  readonly orders: readonly Order[];
  /** Either value may be null. */
  readonly nullable: boolean;
  /** A null passes as well. */
  readonly orNull?: true;
}
type Order = -1 | 0 | 1;

/** Conditions of which all hold: what they ask, and those of which one of several holds. */
interface Conjunction {
  readonly asked: readonly Asked[];
  readonly ordered: readonly Ordered[];
  readonly alternatives: readonly (readonly Conjunction[])[];
}

const NOTHING: Conjunction = { asked: [], ordered: [], alternatives: [] };
const ALL_ORDERS: readonly Order[] = [-1, 0, 1];
const ORDERS: Readonly<Record<string, readonly Order[]>> = {
  eq: [0],
  ne: [-1, 1],
  lt: [-1],
  le: [-1, 0],
  gt: [1],
  ge: [0, 1],
};
const NEGATED = { lt: "ge", ge: "lt", gt: "le", le: "gt", isNull: "isNotNull", isNotNull: "isNull" } as const;
const FLIPPED: Readonly<Record<string, string>> = { lt: "gt", gt: "lt", le: "ge", ge: "le" };

/** Where a column is made, where that is known. */
type Origin = (expr: ExprNode) => ExprNode;

interface Search {
  readonly origin: Origin;
  /** What costs nothing asks nothing: a test for null of what is never null. */
  readonly guards?: boolean;
  /** So does a list of all values of an enum. */
  readonly lists?: boolean;
}

/** Whether all of the conditions hold on no row, whatever the data. */
export function neverHolds(conditions: readonly ExprNode[], search: Search): boolean {
  return isEmpty(all(conditions.map((condition) => read(condition, true))), search);
}

/** A constant that is none of the values of a function, in a list of those that it is compared with. */
export function impossibleIn(condition: ExprNode, search: Search): string | undefined {
  if (condition.kind !== "call" || condition.fn !== "in") return undefined;
  return asks(condition)
    .flatMap((one) => one.values.filter((value) => leavesNothing([{ ...one, values: [value] }], search)))
    .at(0);
}

/** Whether a condition is false on no row, whatever the data: it may be null. */
export function neverFails(condition: ExprNode, search: Search): boolean {
  return isEmpty(read(condition, false), { guards: true, lists: true, ...search });
}

/** The first condition that holds only where none of those before it does, which is nowhere. Each is read once. */
export function firstUnreachable(conditions: readonly ExprNode[], search: Search): ExprNode | undefined {
  let passed = NOTHING;
  return conditions.find((condition, i) => {
    if (i > 0 && isEmpty(all([read(condition, true), passed]), { ...search, guards: true, lists: true })) return true;
    passed = all([passed, untrue(read(condition, false))]);
    return false;
  });
}

/** What is asked where a condition is not true: it may be null instead of false. */
function untrue({ asked, ordered, alternatives }: Conjunction): Conjunction {
  return {
    asked: asked.map((one) => (one.op === "isNull" || one.op === "isNotNull" ? one : { ...one, orNull: true })),
    ordered: ordered.map((one) => ({ ...one, orNull: true })),
    alternatives: alternatives.map((either) => either.map(untrue)),
  };
}

function all(parts: readonly Conjunction[]): Conjunction {
  return {
    asked: parts.flatMap((p) => p.asked),
    ordered: parts.flatMap((p) => p.ordered),
    alternatives: parts.flatMap((p) => p.alternatives),
  };
}

/** What a condition asks where it is true, or false. What is not understood asks for itself. */
function read(condition: ExprNode, holds: boolean): Conjunction {
  if (condition.kind === "column") return itself(condition, holds);
  if (condition.kind !== "call") return NOTHING;
  const { fn, args } = condition;
  const [first] = args;
  if (fn === "not" && first) return read(first, !holds);
  if (fn === "and" || fn === "or") {
    const parts = args.map((arg) => read(arg, holds));
    return (fn === "and") === holds ? all(parts) : { ...NOTHING, alternatives: [parts] };
  }
  if (fn === "between" && !holds) return NOTHING;
  const asked = asks(condition);
  const ordered = orderOf(condition, holds);
  if (asked.length + ordered.length === 0) return itself(condition, holds);
  return { asked: asked.map((one) => (holds ? one : negated(one))), ordered, alternatives: [] };
}

/** A flag, or a condition that asks nothing of a constant: where it holds its negation does not. */
function itself(of: ExprNode, holds: boolean): Conjunction {
  return { ...NOTHING, asked: [{ of, op: "eq", not: !holds, values: ["true"] }] };
}

/** What a comparison of two values, of which neither is a constant, asks of their order. */
function orderOf({ fn, args }: CallNode, holds: boolean): readonly Ordered[] {
  const [a, b] = args;
  const asked = ORDERS[fn];
  if (!asked || !a || !b || a.id === b.id || constant(a) !== undefined || constant(b) !== undefined) return [];
  const orders = holds ? asked : ALL_ORDERS.filter((order) => !asked.includes(order));
  const flips = a.id > b.id;
  return [
    {
      pair: flips ? `${b.id} ${a.id}` : `${a.id} ${b.id}`,
      of: [a, b],
      orders: flips ? ALL_ORDERS.filter((order) => orders.some((one) => one === -order)) : orders,
      nullable: a.nullable || b.nullable,
    },
  ];
}

function negated(asked: Asked): Asked {
  return asked.op === "eq" ? { ...asked, not: !asked.not } : { ...asked, op: NEGATED[asked.op] };
}

function asks({ fn, args }: CallNode): readonly Asked[] {
  const [of, ...others] = args;
  if (!of) return [];
  if (fn === "isNull" || fn === "isNotNull") return [{ of, op: fn, values: [] }];
  const values = others.map(constant);
  const [low, high] = values;
  if (fn === "eq" && low === undefined) return asksBackwards(fn, args);
  if (values.some((value) => value === undefined) || low === undefined)
    return fn in FLIPPED ? asksBackwards(fn, args) : [];
  if (fn === "eq" || fn === "in") return [{ of, op: "eq", values: values.filter((v) => v !== undefined) }];
  if (fn === "ne") return [{ of, op: "eq", not: true, values: [low] }];
  if (fn === "lt" || fn === "le" || fn === "gt" || fn === "ge") return [{ of, op: fn, values: [low] }];
  if (fn !== "between" || high === undefined) return [];
  return [
    { of, op: "ge", values: [low] },
    { of, op: "le", values: [high] },
  ];
}

/** A constant that is compared with a value. */
function asksBackwards(fn: Called, [first, second]: readonly ExprNode[]): readonly Asked[] {
  const value = first && constant(first);
  if (!second || value === undefined) return [];
  return [{ of: second, op: (FLIPPED[fn] ?? "eq") as Asked["op"], values: [value] }];
}

function constant(expr: ExprNode): string | undefined {
  if (expr.kind === "cast") return expr.arg.kind === "literal" ? constant(expr.arg) : undefined;
  return expr.kind === "literal" && expr.value !== null ? String(expr.value) : undefined;
}

/** How many combinations of alternatives are tried. */
const MOST = 64;

function isEmpty({ asked, ordered, alternatives }: Conjunction, search: Search, tried = 1): boolean {
  if (byValue(asked).some((group) => leavesNothing(group, search)) || haveNoOrder(ordered)) return true;
  if (compareNulls(ordered, asked)) return true;
  const [either, ...others] = alternatives;
  if (!either || tried * either.length > MOST) return false;
  return either.every((one) =>
    isEmpty(all([{ asked, ordered, alternatives: others }, one]), search, tried * either.length),
  );
}

/** Whether some two values would be in no order. Of tests that a null passes nothing is known while one may be null. */
function haveNoOrder(ordered: readonly Ordered[]): boolean {
  if (ordered.length < 2) return false;
  return [...Map.groupBy(ordered, ({ pair }) => pair).values()].some(
    (group) =>
      !group.every(({ nullable, orNull }) => nullable && orNull) &&
      !ALL_ORDERS.some((order) => group.every(({ orders }) => orders.includes(order))),
  );
}

/** Whether a value that is asked to be null is compared as well: then the comparison is null. */
function compareNulls(ordered: readonly Ordered[], asked: readonly Asked[]): boolean {
  if (ordered.length === 0) return false;
  const nulls = new Set(asked.flatMap(({ of, op, orNull }) => (op === "isNull" && !orNull ? of.id : [])));
  return ordered.some(({ of, orNull }) => !orNull && of.some(({ id }) => nulls.has(id)));
}

/** What is asked of each value. Most conditions ask once. */
function byValue(asked: readonly Asked[]): readonly (readonly Asked[])[] {
  return asked.length < 2 ? [asked] : [...Map.groupBy(asked, ({ of }) => of.id).values()];
}

function leavesNothing(asked: readonly Asked[], { origin, guards = false, lists: free = false }: Search): boolean {
  const [first] = asked;
  if (!first) return false;
  const value = first.of;
  const isNull = asked.some(({ op }) => op === "isNull");
  if (isNull) return asked.some(({ op, orNull }) => op !== "isNull" && !orNull) || (!guards && !value.nullable);
  // Of tests that a null passes nothing is known while it may be null.
  if (value.nullable && asked.every(({ orNull }) => orNull)) return false;
  const tests = asked.filter(({ op }) => op !== "isNotNull");
  if (tests.length === 0) return false;
  const made = origin(value);
  const known = [...tests, ...rangeOf(made), ...(free ? [] : digitsOf(made))];
  const isLeft = (one: string) => fits(made, one) && known.every((test) => passes(one, test));
  const lists = [
    known.find(({ op, not }) => op === "eq" && not !== true)?.values,
    free ? undefined : (possibleValues(value) ?? possibleValues(made)),
  ].filter((list) => list !== undefined);
  if (lists.length > 0) return lists.some((list) => !list.some(isLeft));
  return known.some((low) => known.some((high) => contradict(low, high)));
}

/** Whether a constant passes a test. What cannot be compared passes. */
function passes(value: string, { op, not, values, of }: Asked): boolean {
  const orders = values.map((other) => compared(value, other, of));
  if (op === "eq")
    return not === true ? !orders.includes(0) : orders.some((order) => order === 0 || order === undefined);
  const [order] = orders;
  if (order === undefined) return true;
  return op === "lt" ? order < 0 : op === "le" ? order <= 0 : op === "gt" ? order > 0 : order >= 0;
}

function contradict(low: Asked, high: Asked): boolean {
  if ((low.op !== "gt" && low.op !== "ge") || (high.op !== "lt" && high.op !== "le")) return false;
  const [a, b] = [low.values[0], high.values[0]];
  if (a === undefined || b === undefined) return false;
  const order = compared(a, b, low.of);
  if (order === undefined) return false;
  if (order !== 0) return order > 0 || isNextInteger(low, high);
  return low.op === "gt" || high.op === "lt";
}

/** No whole number is between two that follow each other. */
function isNextInteger(low: Asked, high: Asked): boolean {
  if (!isInteger(low.of.type) || low.op !== "gt" || high.op !== "lt") return false;
  const [below, above] = [Number(low.values[0]), Number(high.values[0])];
  return Number.isSafeInteger(below) && Number.isSafeInteger(above) && above - below === 1;
}

/** The order of two constants of the type of a value, where it is known. */
function compared(a: string, b: string, { type }: ExprNode): number | undefined {
  if (a === b) return 0;
  if (isNumeric(type)) {
    const [x, y] = [Number(a), Number(b)];
    // Digits that a number of JavaScript does not hold are not compared.
    return Number.isNaN(x) || Number.isNaN(y) || x === y ? undefined : x - y;
  }
  const isDay = type.kind === "date" || type.kind === "timestamp" || type.kind === "timestampNtz";
  if (isDay && !(/^\d{4}-/.test(a) && /^\d{4}-/.test(b))) return undefined;
  // Letters beyond ASCII are not ordered by JavaScript as by Spark.
  return /^[ -~]*$/.test(a + b) ? (a < b ? -1 : 1) : undefined;
}

const WRITTEN: Readonly<Partial<Record<Called, (text: string) => string>>> = {
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  length: (text) => String([...text].length),
};

/** The values that an enum has, or what is made of one. Letters beyond ASCII are not written by JavaScript as by Spark. */
export function possibleValues(of: ExprNode): readonly string[] | undefined {
  const own = valuesOf(of.type);
  if (of.kind === "case") return own ?? valuesOfCase(of);
  if (own || of.kind !== "call") return own;
  const write = WRITTEN[of.fn];
  const values = write && of.args[0] && possibleValues(of.args[0]);
  return write && values?.every((value) => /^[ -~]*$/.test(value)) ? values.map(write) : undefined;
}

/** The constants that a case gives. */
function valuesOfCase({ branches, otherwise }: CaseNode): readonly string[] | undefined {
  const values = [...branches.map(({ value }) => value), otherwise].filter(
    (v) => v.kind !== "literal" || v.value !== null,
  );
  const constants = values.map(constant).filter((value) => value !== undefined);
  return constants.length === values.length ? constants : undefined;
}

/** What is known of the values of a function. */
function rangeOf(of: ExprNode): readonly Asked[] {
  if (of.kind !== "call" && of.kind !== "window") return [];
  const divisor = of.fn === "mod" && of.args[1] ? Math.abs(Number(constant(of.args[1]))) : Number.NaN;
  if (divisor > 0) {
    return [
      { of, op: "gt", values: [String(-divisor)] },
      { of, op: "lt", values: [String(divisor)] },
    ];
  }
  const range = specOf(of)?.range;
  if (!range) return [];
  const [low, high] = range;
  return [
    { of, op: "ge", values: [String(low)] },
    { of, op: "le", values: [String(high)] },
  ];
}

/** A decimal is below the power of ten that its digits do not reach. */
function digitsOf(of: ExprNode): readonly Asked[] {
  if (of.type.kind !== "decimal") return [];
  const limit = `1${"0".repeat(of.type.precision - of.type.scale)}`;
  return [
    { of, op: "gt", values: [`-${limit}`] },
    { of, op: "lt", values: [limit] },
  ];
}

/** Whether a value may be a constant at all, by its type and by the function that makes it. */
function fits(made: ExprNode, value: string): boolean {
  const { type } = made;
  if (type.kind === "decimal") {
    const [, whole = "", fraction = ""] = /^-?0*(\d*)(?:\.(\d*?)0*)?$/.exec(value) ?? [];
    return whole.length <= type.precision - type.scale && fraction.length <= type.scale;
  }
  if (made.kind === "call" && made.fn === "truncate")
    return STARTS[String(made.options?.["unit"])]?.test(value) ?? true;
  return type.kind !== "string" || hasForm(made, value);
}

/** How the first days of what `truncate()` goes back to are written. */
const STARTS: Readonly<Record<string, RegExp>> = {
  year: /-01-01/,
  quarter: /-(?:01|04|07|10)-01/,
  month: /-\d\d-01/,
};

/** Whether a text, or a part of one, is of the letters that a function writes. */
export function hasLetters(made: ExprNode, part: string): boolean {
  if (made.kind !== "call") return true;
  if (made.fn === "lower" || made.fn === "emailDomain") return !/[A-Z]/.test(part);
  return made.fn !== "upper" || !/[a-z]/.test(part);
}

function hasForm(made: ExprNode, value: string): boolean {
  if (made.kind !== "call") return true;
  if (made.fn === "format") return asWritten(String(made.options?.["pattern"])).test(value);
  if (made.fn === "trim") return value === value.replace(/^ +| +$/g, "");
  const length =
    made.fn === "left" || made.fn === "right" || made.fn === "substring" ? made.options?.["length"] : undefined;
  return hasLetters(made, value) && (length === undefined || [...value].length <= Number(length));
}

/** What a pattern of `format()` writes: digits, and what stands between them. */
function asWritten(pattern: string): RegExp {
  const digits = pattern.replace(/[.]/g, "\\.").replace(/(?:yyyy|MM|dd|HH|mm|ss)/g, (part) => `\\d{${part.length},}`);
  return new RegExp(`^${digits}$`);
}
