/**
 * What is known of a random expression. A number carries how far from zero it can be and how fine it is, so that nothing
 * overflows and sums of doubles are exact: both engines then owe the same answer to the last bit.
 */
import type { ExprNode } from "../../../src/ast/expr.ts";
import { isInteger, type SqlType } from "../../../src/types/types.ts";
import { type Code, call, name, type Scope, value } from "./code.ts";
import { pick } from "./genes.ts";

export type Family =
  | "int"
  | "decimal"
  | "double"
  | "string"
  | "boolean"
  | "date"
  | "timestamp"
  | "timestampNtz"
  | "binary"
  | "array"
  | "struct"
  | "map";

export function familyOf(type: SqlType): Family {
  if (isInteger(type)) return "int";
  if (type.kind === "float") return "double";
  if (type.kind === "variant") throw new Error("no variant here");
  return type.kind as Family;
}

/** What is known of numbers. */
export interface Size {
  /** No value is further from zero. */
  readonly bound: number;
  /** Binary digits after the point; infinite where the values are rounded. */
  readonly grain: number;
}

export interface Typed extends Size {
  readonly code: Code;
  readonly node: ExprNode;
}

export interface Column extends Typed {
  readonly name: string;
  /** No two rows have the same value, and none is null. */
  readonly unique: boolean;
}

/** Where an expression stands. */
export interface Place {
  readonly columns: readonly Column[];
  readonly scope: Scope;
  /** No more rows than these. */
  readonly rows: number;
}

export const NUMBERS: readonly Family[] = ["int", "decimal", "double"];
export const SCALARS: readonly Family[] = [...NUMBERS, "string", "boolean", "date", "timestamp", "timestampNtz"];
export const NONE: Size = { bound: 0, grain: 0 };
const LARGEST: Readonly<Record<string, number>> = { tinyint: 127, smallint: 32_767, int: 2 ** 31 - 1, bigint: 2 ** 62 };

/** Whether every value fits its type, with room. */
export function fits({ node, bound }: Typed): boolean {
  const { type } = node;
  if (type.kind === "decimal") return bound < 10 ** (type.precision - type.scale) && hasRoom(type);
  if (familyOf(type) === "double") return bound < 2 ** 200;
  return bound <= (LARGEST[type.kind] ?? Number.POSITIVE_INFINITY);
}

/**
 * The common type of any two such decimals has at most 38 digits. Beyond, Spark gives up digits after the point, while
 * DuckDB fails on a value that does not fit.
 */
function hasRoom({ precision, scale }: { readonly precision: number; readonly scale: number }): boolean {
  return scale <= 10 && precision - scale <= 28;
}

/** Whether sums of so many values are exact in a double. */
export function sumsExactly({ bound, grain }: Size, rows: number): boolean {
  return Math.log2(bound * Math.max(rows, 1) + 1) + grain <= 52;
}

/** `t.decimal(10, 2)`. */
export const t = (type: string, ...args: readonly number[]) => call(name("t"), type, ...args.map(value));

/** The declaration of a type: `t.decimal(10, 2)`. */
export function declared(type: SqlType): Code {
  return type.kind === "decimal" ? t("decimal", type.precision, type.scale) : t(type.kind);
}

/** Constants of a family, as a user writes them. */
const CONSTANTS: Readonly<Partial<Record<Family, readonly (string | number | boolean)[]>>> = {
  int: [0, 1, -1, 2, 7],
  decimal: [0, 1, "0.50", "-99.99", 12],
  double: [0, 1, 0.5, -2.75],
  string: ["a", "", "it's", " a ", "é", "\\", "12", "a\nb", "$" + "{x}", "x' OR '1'='1"],
  boolean: [true, false],
  date: ["2024-02-29", "1970-01-01", "2000-02-29"],
  timestamp: ["2024-02-29T23:59:59.999999Z", "1970-01-01T00:00:00Z"],
  timestampNtz: ["2024-02-29T23:59:59.999999", "1970-01-01T00:00:00"],
};

export function constant(family: Family, n: number): Code {
  return value(pick(CONSTANTS[family] ?? [], n));
}
