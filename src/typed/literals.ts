/** Constants of JavaScript that stand alone as a column. */
import type { Problem } from "../core/problem.ts";
import type { Said } from "../diagnostics/sentences.ts";
import type { AnyExpr, ExprOf } from "./base.ts";

/**
 * What a callback gives. Its parts are checked one by one, so that what is wrong is one error about that part, and the
 * others keep their types. The constants in it make TypeScript keep the values of constants: `1` is an INT, 1.5 is not.
 */
export type Given = Record<string, NonNullable<unknown> | null | undefined | 0 | true>;

// biome-ignore lint/suspicious/noConfusingVoidType: what a body in braces without a return gives.
type Nothing = void;
/** What a callback may give instead of an object of columns: the type accepts it, so that the error is a sentence. */
export type NoRecord = { toNode(): unknown } | Measure | readonly unknown[] | PromiseLike<unknown> | Nothing;
export type Measure = { readonly " ~agg": unknown };
/** What a callback may give, right or wrong. An error writes the name, of a text or an order that it gives instead. */
export type AnObjectOfColumns = Given | NoRecord;
/** What is said of what is not an object of columns. */
export type NotNamed<R> = R extends AnyExpr | Measure | readonly unknown[] | Nothing
  ? Said<"EXPR002">
  : R extends { readonly " ~columns": unknown }
    ? Said<"EXPR001:table">
    : Said<"EXPR005">;

export type Literal = string | number | bigint | boolean | Date | Uint8Array;

/** From ten digits on a whole number is a BIGINT. */
type Long<V extends number> = `${V}` extends `-${infer Digits}` ? LongText<Digits> : LongText<`${V}`>;
type LongText<T extends string> =
  T extends `${infer _0}${infer _1}${infer _2}${infer _3}${infer _4}${infer _5}${infer _6}${infer _7}${infer _8}${infer _9}${string}`
    ? true
    : false;
type NumberName<V extends number> = `${V}` extends `${bigint}` ? (Long<V> extends true ? "bigint" : "int") : "double";

/** The SQL type of a constant. */
export type LiteralType<V> = V extends string
  ? "string"
  : V extends boolean
    ? "boolean"
    : V extends number
      ? NumberName<V>
      : V extends bigint
        ? "bigint"
        : V extends Date
          ? "timestamp"
          : V extends Uint8Array
            ? "binary"
            : never;

/** The column of a constant. */
export type LiteralExpr<V> = [V] extends [Literal] ? ExprOf<LiteralType<V>> : never;

/** Says of a number whose value is not written down that its type is not known. */
export type Known<V> = [V] extends [number] ? (number extends V ? Problem<Said<"EXPR001:number">> : unknown) : unknown;

/** Whether a value is a column as it stands; `undefined` where it is not a constant at all. */
export type Stands<V> = [V] extends [boolean]
  ? boolean extends V
    ? Problem<Said<"EXPR001:boolean">>
    : unknown
  : [V] extends [Literal]
    ? Known<V>
    : undefined;

/** Says of a null that it has no type, of all that was given: with a null itself no sentence can be put. In tuples, so that TypeScript's error type passes. */
export type Typed<R, Checked> = [NullIn<R>] extends [never] ? Checked : Problem<Said<"EXPR001:null">>;
type NullIn<R> = {
  [K in keyof R]: [unknown] extends [R[K]] ? never : [R[K]] extends [null | undefined] ? K : never;
}[keyof R];

/** A column, or the column of a constant. */
export type ColumnOf<V, Otherwise> = V extends AnyExpr ? V : [V] extends [Literal] ? LiteralExpr<V> : Otherwise;
