/**
 * What every typed expression has. The type parameters live in properties, so that maps can read them by index. Their
 * names start with a space, which keeps them out of an editor's completion.
 */

import type { Additivity, ExprNode, WindowFrame } from "../ast/expr.ts";
import type { Problem } from "../core/problem.ts";
import type { Said } from "../diagnostics/sentences.ts";
import type { NumericName, TypeName } from "../types/types.ts";
import type { AnyCallback } from "./answers.ts";
import type { ArrayExpr, VariantExpr } from "./collections.ts";
import type { Listed } from "./constants.ts";
import type { Least, Rebuilt, Relabelled } from "./facts.ts";
import type { NoId } from "./ids.ts";
import type { DeriveAfterAggregate } from "./known-as.ts";
import type { OptionsKnownAs } from "./known-options.ts";
import type { NumberExpr } from "./number.ts";
import type { Refusing } from "./refused.ts";
import type { BinaryExpr, BooleanExpr, DateExpr, StringExpr, TimestampExpr } from "./scalars.ts";

/** `"null"` in a type parameter: the value may be null; `never`: it is not. */
export type Null = "null";

/**
 * Any expression. Not generic, and silent about nulls and labels, on purpose: a callback's result is checked against
 * it, and what it says of labels TypeScript would infer as the label of a constant.
 */
export interface AnyExpr {
  readonly " ~type": TypeName;
  /** The same expression, nullable: what an outer join makes of it. */
  readonly " ~nullable": unknown;
  /** The same expression after a join that may repeat its row. */
  readonly " ~fanned": unknown;
  /** The AST node behind the expression. */
  toNode(): ExprNode;
}

/**
 * An aggregate before it is grouped: a result of `aggregate()`, or a window function with `over()`. A group has a row, so
 * what has no null gives none there: `Grouped`.
 */
export interface Agg<E, Grouped = E> extends DeriveAfterAggregate {
  readonly " ~agg": E;
  readonly " ~grouped": Grouped;
  /** The aggregate over a window of rows, on each row: a running total, a share of the group. */
  over<const O extends Orders<OrderSaid> = never>(
    window: Over<Said<"ARG001:window">, WindowSpec<O>>,
  ): Relabelled<E extends { readonly " ~fanned": infer F } ? F : never, OrderLabel<O>>;
  /** Only the rows for which the condition holds: SQL's `FILTER (WHERE …)`. */
  filter<C extends ConditionValue<ConditionSaid>>(condition: C): FilteredAgg<Relabelled<E, LabelOf<C>>>;
}

/** An aggregate of some rows of a group: over a window it is not one (`WIN001`). */
export interface FilteredAgg<E> extends DeriveAfterAggregate {
  readonly " ~agg": E;
  readonly " ~grouped": E;
  readonly over: Refusing<Said<"WIN001:filtered">>;
  filter<C extends ConditionValue<ConditionSaid>>(condition: C): FilteredAgg<Relabelled<E, LabelOf<C>>>;
}

/** The balance of one row of each group: where the groups are of a time as well, it stays a balance: `Timed`. */
export interface BalanceAgg<E, Grouped, Timed> extends Agg<E, Grouped> {
  readonly " ~timed": Timed;
  filter<C extends ConditionValue<ConditionSaid>>(
    condition: C,
  ): FilteredBalance<Relabelled<E, LabelOf<C>>, Relabelled<Timed, LabelOf<C>>>;
}

interface FilteredBalance<E, Timed> extends FilteredAgg<E> {
  readonly " ~timed": Timed;
  filter<C extends ConditionValue<ConditionSaid>>(
    condition: C,
  ): FilteredBalance<Relabelled<E, LabelOf<C>>, Relabelled<Timed, LabelOf<C>>>;
}

/** A sum of balances: a measure of groups of one time each. */
export interface BalanceSum<E> {
  readonly " ~total": E;
  readonly over: Refusing<Said<"METRIC001:semi-additive">>;
  filter<C extends ConditionValue<ConditionSaid>>(
    condition: C,
  ): BalanceSum<Relabelled<E extends { readonly " ~nullable": infer N } ? N : never, LabelOf<C>>>;
}

/** A function that only makes sense over a window: `firstValue`, … */
export interface WindowFunction<E> {
  over<const O extends Orders<OrderSaid> = never>(
    window: Over<Said<"ARG001:window">, WindowSpec<O>>,
  ): Relabelled<E, OrderLabel<O>>;
}

/** A function that goes by the order of a partition, without a frame: `rowNumber`, `lag`, … */
export interface OrderFunction<E> {
  over<const O extends Orders<OrderSaid> = never>(
    window: Over<Said<"ARG001:window">, WindowSpec<O> & { readonly frame?: Problem<Said<"WIN004:none">> }>,
  ): Relabelled<E, OrderLabel<O>>;
}

/** What `over()` is given. The sentence stands in the name, and a callback in its place has a type, so that the error is one. */
type Over<Message extends string, Window> = Window | ((window: Problem<Message>) => Problem<Message>);

/** The labels of what orders a window: a place in the order tells of them. Of an order in error nothing is known. */
type OrderLabel<O> = OneOrder<OrderSaid> extends O ? never : LabelOf<O extends readonly unknown[] ? O[number] : O>;

/** The rows that a window function looks at. */
export interface WindowSpec<O extends Orders<OrderSaid> = Orders<OrderSaid>>
  extends OptionsKnownAs<"partitionBy" | "orderBy" | "frame"> {
  readonly partitionBy?: AnyExpr | readonly AnyExpr[] | Problem<Said<"EXPR001:columns">>;
  readonly orderBy?: O;
  /**
   * Default: with `orderBy`, from the first row of the partition to the current one and its equals, later rows that share its
   * place included; else the whole partition.
   */
  readonly frame?: Problem<Said<"WIN004:frame">> | WindowFrame;
}

/** An expression to order by: ascending with nulls first, as in Spark, unless `asc()` or `desc()` is called. */
export type OrderSpec = AnyExpr | Ordering;
/** As `OrderSpec`. The sentence stands in the name, which an error writes. */
export type OneOrder<Message extends string> = AnyExpr | Ordering | Problem<Message>;
/** One order or several. */
export type Orders<Message extends string> = OneOrder<Message> | readonly OneOrder<Message>[];
type OrderSaid = Said<"TYPE001:order">;

export interface Ordering<L extends string = string> {
  readonly " ~order": "asc" | "desc";
  readonly " ~label": L;
  nullsFirst(): Ordering<L>;
  nullsLast(): Ordering<L>;
}

/** A condition: an expression of SQL type BOOLEAN, whatever its labels. */
export interface Condition {
  readonly " ~type": "boolean";
  toNode(): ExprNode;
}
/** A condition itself, where a callback of one may be thought of. The sentence stands in the name, which an error writes. */
export type ConditionValue<Message extends string> = Condition | (AnyCallback & Problem<Message>);
export type ConditionSaid = Said<"TYPE001:holds">;

/** What a value must look like to meet a column of type `T`. */
export interface Value<T extends string, N extends Null, L extends string> extends NoId, Valued<T, N, L> {}

/** A value that is not compared: an identifier may be a part of a text. */
export interface Valued<T extends string, N extends Null, L extends string> {
  readonly " ~type": T;
  readonly " ~null": N;
  readonly " ~label": L;
}

/** The JavaScript constants that a SQL type accepts. */
export interface Constants {
  string: string;
  boolean: boolean;
  date: Date | string;
  timestamp: Date | string;
  /** No `Date`: that is an instant, whose hour depends on a time zone. */
  timestampNtz: string;
  binary: Uint8Array;
}

/** A number; exact as a text: `"0.1"`. */
export type NumberConstant = number | bigint | `${number}`;

/** Of a value in error nothing is known. In tuples, since a conditional type of TypeScript's error type is in error. */
export type IsError<V> = [0] extends [1 & V] ? true : false;
export type NullOf<V> =
  IsError<V> extends true
    ? never
    : V extends { readonly " ~null": infer N extends Null }
      ? N
      : V extends null
        ? "null"
        : never;
/**
 * The label of an operand. Not in tuples: of a value with a reported error it is in error as well, so that a match that names
 * a column which is not there is not said to miss the key. A plain `any` has none.
 */
export type LabelOf<V> = 0 extends 1 & V ? never : V extends { readonly " ~label": infer L extends string } ? L : never;

/** A column, an expression, or a constant of the type. The sentence stands in the name, which an error writes. */
export type Operand<T extends keyof Constants, N extends Null, L extends string, _Said extends string> =
  | Constants[T]
  | Value<T, N, L>;
/** A part of a text: what `Operand` is, and an identifier. */
export type TextPart<N extends Null, L extends string, _Said extends string> = string | Valued<"string", N, L>;
/** The sentence of an operand. It is given each time: TypeScript does not write an argument that is left out. */
export type OperandSaid = Said<"TYPE001:operand">;

/** A value of a case, or one of several to choose from. */
export type CaseValue<Message extends string> = string | number | bigint | boolean | Date | AnyExpr | Problem<Message>;
export type CaseSaid = Said<"EXPR001:value">;

/** The expression of a SQL type. */
export type ExprOf<
  T extends TypeName,
  N extends Null = never,
  L extends string = never,
  U extends string = "",
  A extends Additivity = "additive",
> = T extends "string"
  ? StringExpr<N, L>
  : T extends NumericName
    ? NumberExpr<T, N, L, U, A>
    : T extends "boolean"
      ? BooleanExpr<N, L>
      : T extends "date"
        ? DateExpr<N, L>
        : T extends "timestamp" | "timestampNtz"
          ? TimestampExpr<T, N, L>
          : T extends "binary"
            ? BinaryExpr<N, L>
            : T extends "variant"
              ? VariantExpr<N, L>
              : AnyExpr;

/** Something that names a SQL type: a column of `t`, as in `cast(t.bigint())`. The sentence stands in the name, which an error writes. */
export type TypeDeclaredWithT = TypeDeclared<Said<"ARG001:type">>;
interface TypeDeclared<_Said extends string> {
  readonly " ~sqlType": TypeName;
  readonly " ~expr": unknown;
}

/**
 * The value as another type: still null where it was, still of its labels, with those of the declaration. A number keeps
 * its unit, unless another is declared, and may be summed only if both say so.
 */
export type CastTo<
  C extends TypeDeclaredWithT,
  N extends Null,
  L extends string,
  U extends string,
  A extends Additivity,
> = C[" ~expr"] extends {
  readonly " ~type": infer T extends NumericName;
  readonly " ~unit": infer V extends string;
  readonly " ~additivity": infer B extends Additivity;
  readonly " ~id"?: never;
}
  ? NumberExpr<T, N | NullOf<C[" ~expr"]>, L | LabelOf<C[" ~expr"]>, V extends "" ? U : V, Least<A | B>>
  : Relabelled<Rebuilt<C[" ~expr"], N | NullOf<C[" ~expr"]>, LabelOf<C[" ~expr"]>>, L>;

/** NaN and Infinity are not decimals: they become null. */
type CastNull<T extends TypeName, C extends TypeDeclaredWithT> = T extends "float" | "double"
  ? C[" ~sqlType"] extends "decimal"
    ? "null"
    : never
  : never;

/**
 * What JavaScript does with any value and cannot do with an expression. `then` makes `tsc` report `&&`, `?:` and `if`
 * on it: an expression is not a promise and always true.
 */
export interface NoValue {
  /** @deprecated An expression is always true in JavaScript: use and(), or(), not() or fn.when(). */
  then(use: (instead: "and(), or(), not(), fn.when()") => never): never;
  /** @deprecated An expression has no text while the pipeline is built: use cast(t.string()). */
  readonly toString: Problem<Said<"EXPR003:text">>;
}

/** Methods of every type. */
export interface Expr<
  T extends TypeName,
  N extends Null,
  L extends string,
  U extends string = "",
  A extends Additivity = "additive",
> extends AnyExpr,
    NoValue {
  readonly " ~type": T;
  readonly " ~null": N;
  readonly " ~label": L;
  isNull(): BooleanExpr<never, L>;
  isNotNull(): BooleanExpr<never, L>;
  /** Converts; a value that does not fit is an error at run time (Spark's ANSI `CAST`). */
  cast<C extends TypeDeclared<Said<"ARG001:type">>>(to: C): CastTo<C, N | CastNull<T, C>, L, U, A>;
  /** Converts; a value that does not fit becomes null (`TRY_CAST`). */
  tryCast<C extends TypeDeclared<Said<"ARG001:type">>>(to: C): CastTo<C, "null", L, U, A>;
  /** How many rows have a value here. */
  count(): Agg<NumberExpr<"bigint", never, never, "", "additive">>;
  asc(): Ordering<L>;
  desc(): Ordering<L>;
}

/** Methods of the types whose values can be told apart: all but MAP and VARIANT. */
export interface Orderable<
  T extends TypeName,
  N extends Null,
  L extends string,
  U extends string = "",
  A extends Additivity = "additive",
> extends Expr<T, N, L, U, A> {
  /** How many different values there are. It does not sum: the same value may be counted in two groups. */
  countDistinct(): Agg<NumberExpr<"bigint", never, never, "", "non-additive">>;
  /** All values that are not null, sorted. */
  arrayAgg(): Agg<ArrayExpr<ExprOf<T, never, L, U, A>, never, L>>;
}

/** Methods of the types that constants can be compared with. */
export interface Comparable<T extends keyof Constants, N extends Null, L extends string> extends Orderable<T, N, L> {
  eq<M extends Operand<T, Null, string, OperandSaid>>(other: M): BooleanExpr<N | NullOf<M>, L | LabelOf<M>>;
  ne<N2 extends Null = never, L2 extends string = never>(
    other: Operand<T, N2, L2, OperandSaid>,
  ): BooleanExpr<N | N2, L | L2>;
  lt<N2 extends Null = never, L2 extends string = never>(
    other: Operand<T, N2, L2, OperandSaid>,
  ): BooleanExpr<N | N2, L | L2>;
  le<N2 extends Null = never, L2 extends string = never>(
    other: Operand<T, N2, L2, OperandSaid>,
  ): BooleanExpr<N | N2, L | L2>;
  gt<N2 extends Null = never, L2 extends string = never>(
    other: Operand<T, N2, L2, OperandSaid>,
  ): BooleanExpr<N | N2, L | L2>;
  ge<N2 extends Null = never, L2 extends string = never>(
    other: Operand<T, N2, L2, OperandSaid>,
  ): BooleanExpr<N | N2, L | L2>;
  /** Equal, where two nulls are equal too (`<=>`). Never null. */
  eqNullSafe<M extends Operand<T, Null, string, OperandSaid>>(other: M): BooleanExpr<never, L | LabelOf<M>>;
  between<N2 extends Null = never, L2 extends string = never, N3 extends Null = never, L3 extends string = never>(
    low: Operand<T, N2, L2, OperandSaid>,
    high: Operand<T, N3, L3, OperandSaid>,
  ): BooleanExpr<N | N2 | N3, L | L2 | L3>;
  in<const M extends readonly (Operand<T, Null, string, OperandSaid> | readonly unknown[])[]>(
    ...values: Listed<M>
  ): BooleanExpr<N | NullOf<M[number]>, L | LabelOf<M[number]>>;
}
