/** JavaScript constants as SQL literals of the type that they meet. */

import type { ExprNode, LiteralNode } from "../ast/expr.ts";
import { describe } from "../core/describe.ts";
import type { DefinitionError } from "../core/errors.ts";
import { mistake } from "../diagnostics/mistake.ts";
import { say } from "../diagnostics/sentences.ts";
import {
  decimal,
  type IntegerName,
  isInteger,
  MAX_PRECISION,
  primitive,
  type SqlType,
  typeName,
  valuesOf,
} from "../types/types.ts";
import { castNode, literalNode, type Place } from "./exprs.ts";
import { noMember } from "./members.ts";
import { isNow, now } from "./now.ts";

export type Constant = string | number | bigint | boolean | Date | Uint8Array | null;

const RANGES: Readonly<Record<IntegerName, readonly [bigint, bigint]>> = {
  tinyint: [-128n, 127n],
  smallint: [-32768n, 32767n],
  int: [-2147483648n, 2147483647n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
};

/**
 * The literal of a constant where a value of `type` is expected.
 *
 * @throws DefinitionError `TYPE002` where the value is not one of the type.
 */
export function literalOf(value: unknown, type: SqlType, at: Place): LiteralNode {
  if (value === null) return literalNode(null, type, at);
  if (isNow(value)) throw now(at);
  if (isInteger(type)) return literalNode(integerText(value, type, at), type, at);
  switch (type.kind) {
    case "decimal":
      return decimalLiteral(value, at);
    case "double":
    case "float":
      return literalNode(fractionText(value, type, at), type, at);
    case "boolean":
      if (typeof value === "boolean") return literalNode(value, type, at);
      break;
    case "string":
      if (typeof value === "string") return literalNode(member(value, type, at), type, at);
      break;
    case "date":
      return literalNode(dateText(value, type, at), type, at);
    case "timestamp":
    case "timestampNtz":
      return literalNode(timestampText(value, type, at), type, at);
    case "binary":
      if (value instanceof Uint8Array) return literalNode(hex(value), type, at);
      break;
    default:
  }
  throw unfit(value, type, at);
}

function member(value: string, type: SqlType, at: Place): string {
  const values = valuesOf(type);
  if (values?.includes(value) === false) throw noMember(value, values, at);
  return value;
}

/**
 * The literal of a constant that is to have this very type, which a cast would round or refuse where it has more digits.
 *
 * @throws DefinitionError `TYPE002` where the value is not one of the type.
 */
export function exactLiteral(value: unknown, type: SqlType, at: Place): LiteralNode {
  const literal = literalOf(value, type, at);
  if (type.kind !== "decimal" || literal.value === null) return literal;
  const [, integer = "", fraction = ""] = /^-?0*(\d*)(?:\.(\d*?)0*)?$/.exec(String(literal.value)) ?? [];
  if (integer.length <= type.precision - type.scale && fraction.length <= type.scale) return literal;
  throw mistake(at, {
    code: "TYPE002",
    message: `${describe(value)} has more digits than ${typeName(type)} has room for`,
    help: "round it, or give the type more digits",
  });
}

/**
 * A literal from its JSON, as `literalOf` wrote it: the text of a number, date or timestamp, the digits of a binary.
 *
 * @throws DefinitionError `TYPE002` where the value is not one of the type.
 */
export function literalFrom(value: LiteralNode["value"], type: SqlType, at: Place): LiteralNode {
  if (type.kind !== "binary" || value === null) return literalOf(value, type, at);
  if (typeof value === "string" && /^(?:[0-9a-f]{2})*$/.test(value)) return literalNode(value, type, at);
  throw unfit(value, type, at);
}

/**
 * A constant that is one of several values of a type, as in a `CASE`. Spark reads a whole number as an INT and would
 * widen the decimals alongside it, so it has their digits after the point, or is cast.
 */
export function constantOf(value: unknown, type: SqlType, at: Place): ExprNode {
  const literal = literalOf(value, type, at);
  if (type.kind !== "decimal" || literal.type.kind !== "decimal" || literal.value === null) return literal;
  if (literal.type.scale > 0) return literal;
  const padded = type.scale > 0 && literal.type.precision + type.scale <= MAX_PRECISION;
  return padded
    ? decimalLiteral(`${literal.value}.${"0".repeat(type.scale)}`, at)
    : castNode(literal, literal, false, at);
}

/** The literal of a constant that meets no type: an integer is an INT, of ten digits or more a BIGINT, a fraction a DOUBLE. */
export function freeLiteral(value: Constant, at: Place): LiteralNode {
  return literalOf(value, naturalType(value), at);
}

function naturalType(value: Constant): SqlType {
  if (typeof value === "string") return primitive("string");
  if (typeof value === "boolean") return primitive("boolean");
  if (typeof value === "bigint") return primitive("bigint");
  if (typeof value === "number") {
    // By its digits, which the types count as well: 1e21 is written without any.
    if (!/^-?\d+$/.test(String(value))) return primitive("double");
    return primitive(Math.abs(value) < 1e9 ? "int" : "bigint");
  }
  if (value instanceof Date) return primitive("timestamp");
  return primitive(value === null ? "string" : "binary");
}

function integerText(value: unknown, type: SqlType & { readonly kind: IntegerName }, at: Place): string {
  const [least, most] = RANGES[type.kind];
  const fraction = (typeof value === "number" || typeof value === "string") && !Number.isInteger(Number(value));
  if (fraction && Number.isFinite(Number(value))) throw notWhole(value, type, at);
  if (typeof value === "number" && !Number.isSafeInteger(value))
    throw unfit(value, type, at, Number.isFinite(value) ? AS_BIGINT : OF_TYPE);
  if (typeof value === "string" && !/^[+-]?\d+$/.test(value)) throw unfit(value, type, at);
  if (typeof value !== "number" && typeof value !== "bigint" && typeof value !== "string") throw unfit(value, type, at);
  const whole = BigInt(value);
  if (whole < least || whole > most) throw unfit(value, type, at);
  return whole.toString();
}

const AS_BIGINT = "JavaScript has rounded it: write whole numbers beyond 2^53 with an n, as 9007199254740993n";

const DECIMAL = /^([+-]?)0*(\d*)(?:\.(\d+))?$/;

function decimalLiteral(value: unknown, at: Place): LiteralNode {
  const text =
    typeof value === "number" || typeof value === "bigint" || typeof value === "string" ? plainNumber(value) : "";
  const match = DECIMAL.exec(text);
  if (!match || text === "") throw unfit(value, decimal(38, 0), at);
  const [, sign = "", integer = "", fraction = ""] = match;
  const precision = Math.max(integer.length + fraction.length, 1, fraction.length);
  if (precision > 38) throw unfit(value, decimal(38, fraction.length), at);
  const canonical = `${sign === "-" ? "-" : ""}${integer || "0"}${fraction ? `.${fraction}` : ""}`;
  return literalNode(canonical, decimal(precision, fraction.length), at);
}

/** A JavaScript number without an exponent. */
function plainNumber(value: number | bigint | string): string {
  const match = typeof value === "number" ? /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(String(value)) : null;
  if (!match) return String(value);
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const point = whole.length + Number(exponent);
  const digits = `${"0".repeat(Math.max(1 - point, 0))}${whole}${fraction}`.padEnd(point, "0");
  const at = Math.max(point, 1);
  return `${sign}${digits.slice(0, at)}${digits.length > at ? `.${digits.slice(at)}` : ""}`;
}

const FRACTION = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?Infinity|NaN)$/;

function fractionText(value: unknown, type: SqlType, at: Place): string {
  const isNumber =
    typeof value === "number" || typeof value === "bigint" || (typeof value === "string" && FRACTION.test(value));
  if (!isNumber) throw unfit(value, type, at);
  const number = Number(value);
  const isRounded = typeof value === "bigint" && (!Number.isFinite(number) || BigInt(number) !== value);
  const isBeyond = type.kind === "float" && Number.isFinite(number) && !Number.isFinite(Math.fround(number));
  if (isRounded || isBeyond) throw unfit(value, type, at);
  return Object.is(number, -0) ? "-0" : String(number);
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** A time of a day, and an offset of at most 18 hours, as Java has them. */
const TIMESTAMP =
  /^\d{4}-\d{2}-\d{2}(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?)?(Z|[+-](?:(?:0\d|1[0-7]):[0-5]\d|18:00))?$/;

const DAY_MS = 86_400_000;

/** A `Date` is an instant: it is a day only at midnight in UTC, whatever the time zone of the machine. */
function dateText(value: unknown, type: SqlType, at: Place): string {
  if (value instanceof Date) {
    const day = ordinary(value)?.slice(0, 10);
    if (day === undefined) throw unfit(value, type, at);
    if (value.getTime() % DAY_MS !== 0) throw notThis(value, type, DAY, at);
    return day;
  }
  if (typeof value === "string" && DATE.test(value) && isRealDate(value)) return value;
  throw unfit(value, type, at);
}

function timestampText(value: unknown, type: SqlType, at: Place): string {
  if (value instanceof Date) {
    const instant = ordinary(value);
    if (instant === undefined) throw unfit(value, type, at);
    if (type.kind === "timestampNtz") throw notThis(value, type, WALL, at);
    return instant;
  }
  const match = typeof value === "string" ? TIMESTAMP.exec(value) : null;
  const zoned = match?.[1] !== undefined;
  if (
    typeof value !== "string" ||
    !match ||
    !isRealDate(value.slice(0, 10)) ||
    (zoned && type.kind === "timestampNtz")
  ) {
    throw unfit(value, type, at);
  }
  return withSeconds(value);
}

/** Spark reads a zone only after seconds. */
function withSeconds(timestamp: string): string {
  const [, date = "", time = "", zone = ""] = /^(.{10})(.*?)(Z|[+-]\d{2}:\d{2})?$/.exec(timestamp) ?? [];
  return `${date}${time === "" ? " 00:00:00" : time.length === 6 ? `${time}:00` : time}${zone}`;
}

/** The text of a `Date` of the years that a text may have too. */
function ordinary(value: Date): string | undefined {
  return Number.isNaN(value.getTime()) || !/^\d{4}-/.test(value.toISOString()) ? undefined : value.toISOString();
}

function isRealDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function notWhole(value: unknown, type: SqlType, at: Place): DefinitionError {
  const said = say("TYPE002:whole", { type: typeName(type) });
  return mistake(at, { ...said, message: `${said.message}, not ${describe(value)}` });
}

const DAY = 'give the day as a text, "2024-01-01", or a Date at midnight in UTC: new Date("2024-01-01")';
const WALL = 'an instant has no wall clock: give the time as a text, "2024-01-01 09:00:00"';

function notThis(value: Date, type: SqlType, help: string, location: Place): DefinitionError {
  const message = `the Date ${value.toISOString()} is an instant, not a ${typeName(type)} constant`;
  return mistake(location, { code: "TYPE002", message, help });
}

const OF_TYPE = "give a constant of the column's type, or cast() the column first";

function unfit(value: unknown, type: SqlType, at: Place, help = EXAMPLES[type.kind] ?? OF_TYPE): DefinitionError {
  const message = `${describe(value)} is not a constant of type ${typeName(type)}`;
  return mistake(at, { code: "TYPE002", message, help });
}

/** What a constant of the type looks like, where that is not plain. */
const EXAMPLES: Readonly<Record<string, string>> = {
  date: 'give a day as year, month and day, "2024-01-31", or cast() the column first',
  timestamp: 'give a time as "2024-01-31T09:00:00Z" or as a Date, or cast() the column first',
  array: 'compare one element, at(0), or ask whether has("…") one',
  struct: "compare a field of it: fields.name",
  map: 'compare the value of a key: entry("…")',
  timestampNtz: 'give a time without a zone, "2024-01-31 09:00:00", or cast() the column first',
};
