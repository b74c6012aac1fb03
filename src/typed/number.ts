/** Typed expressions of numbers: with a unit, and with a say in whether they may be summed. */

import type { Additivity } from "../ast/expr.ts";
import type { Problem } from "../core/problem.ts";
import type { Said } from "../diagnostics/sentences.ts";
import type { IdOf } from "../types/facts.ts";
import type { NumericName } from "../types/types.ts";
import type { Agg, BalanceAgg, BalanceSum, LabelOf, Null, NullOf, NumberConstant, Orderable } from "./base.ts";
import type { Exact, Listed } from "./constants.ts";
import type { Least, Repeated } from "./facts.ts";
import type { NoId } from "./ids.ts";
import type { Refusing } from "./refused.ts";
import type { Extremes, Neighbours } from "./sampled.ts";
import type { BooleanExpr, ByValue } from "./scalars.ts";

/** Any number: what arithmetic accepts. Silent about nulls and labels, as `AnyExpr` is. */
export interface AnyNumber extends NoId {
  readonly " ~type": NumericName;
  readonly " ~unit": string;
  readonly " ~additivity": Additivity;
}

/** The sentence stands in the name of the type, which an error writes. */
type NumberOperand<_Said extends string = Said<"TYPE001:operand">> = NumberConstant | AnyNumber;

// What is read of an operand. It is inferred as a whole: parts of it, TypeScript would infer from what is done with the
// result. A constant has the type and the unit of what it meets; what is in error is an amount.
type TypeIn<M, T> = M extends { readonly " ~type": infer T2 extends NumericName }
  ? NumericName extends T2
    ? T
    : T2
  : T;
type UnitIn<M, Constant> = M extends { readonly " ~unit": infer U extends string } ? U : Constant;
type AdditivityIn<M> = M extends { readonly " ~additivity": infer A extends Additivity }
  ? Additivity extends A
    ? "additive"
    : A
  : never;
/** The same of what is added. Of what is in another unit that was said, and no sum of it is another error. */
type AddedIn<M, U extends string> = M extends { readonly " ~unit": U } ? AdditivityIn<M> : never;

/** Says of a rate that it has another unit than the one that makes `V` of `U`. */
type RateOf<U extends string, V extends string, M> = M extends { readonly " ~unit": infer R extends string }
  ? R extends "" | `${V}/${U}` | (U extends "" ? V : never)
    ? unknown
    : string extends R | U | V
      ? unknown
      : Problem<
          Said<
            "METRIC002:rate",
            { to: V; from: U extends "" ? "a plain number" : U; rate: U extends "" ? V : `${V}/${U}`; unit: R }
          >
        >
  : unknown;

/** The wider of two numeric types, by Spark's rules. */
export type Wider<A extends NumericName, B extends NumericName> = "double" extends A | B
  ? "double"
  : "float" extends A | B
    ? [A | B] extends ["float"]
      ? "float"
      : "double"
    : "decimal" extends A | B
      ? "decimal"
      : "bigint" extends A | B
        ? "bigint"
        : "int" extends A | B
          ? "int"
          : "smallint" extends A | B
            ? "smallint"
            : "tinyint";

/** The type of a quotient: decimals stay decimal, all else is a double. */
export type Quotient<A extends NumericName, B extends NumericName> = "double" extends A | B
  ? "double"
  : "float" extends A | B
    ? "double"
    : "decimal" extends A | B
      ? "decimal"
      : "double";

// What may be in any unit, as a parameter, is in none here.
type Per<U extends string, V extends string> = string extends V
  ? U
  : V extends ""
    ? U
    : U extends V
      ? ""
      : U extends `${infer W}*${V}`
        ? W
        : `${U}/${V}`;
/** EUR per kWh times kWh are EUR. */
type By<U extends string, V extends string> = string extends V
  ? U
  : string extends U
    ? V
    : U extends ""
      ? V
      : V extends ""
        ? U
        : U extends `${infer W}/${V}`
          ? W
          : V extends `${infer W}/${U}`
            ? W
            : `${U}*${V}`;

type UnitName<U extends string> = U extends "" ? "a number without a unit" : U;

/** Nothing to say where units agree, else the message. */
export type SameUnit<U extends string, U2 extends string> = [U2] extends [U]
  ? unknown
  : string extends U2
    ? unknown
    : Problem<
        Said<
          U2 extends IdOf<string> ? "KEY006" : "" extends U | U2 ? "METRIC002:plain" : "METRIC002",
          { first: UnitName<U>; second: UnitName<U2> }
        >
      >;

/** What a number of type `T` in the unit `U` may be compared with and added to. */
type InUnit<T, U extends string, M> = M extends number | string ? Exact<T, M> : SameUnit<U, UnitIn<M, never>>;

/** A rate times an amount is an amount; a constant, which has no additivity, changes nothing. */
type Product<A extends Additivity> = [Exclude<A, "non-additive">] extends [never]
  ? "non-additive"
  : Least<Exclude<A, "non-additive">>;

/** What weighs each value by how often it stands there: not of values that a join repeated. */
type Weighed<A extends Additivity, F> = A extends "fanned-out" ? Refusing<Said<"METRIC001:fanned-out">> : F;

type SumOf<
  T extends NumericName,
  N extends Null,
  L extends string,
  U extends string,
  A extends Additivity,
> = A extends "additive"
  ? () => Agg<NumberExpr<SumType<T>, "null", L, U, "additive">, NumberExpr<SumType<T>, N, L, U, "additive">>
  : A extends "semi-additive"
    ? () => BalanceSum<NumberExpr<SumType<T>, N, L, U, A>>
    : Refusing<Said<`METRIC001:${Exclude<A, "additive" | "semi-additive">}`>>;

type SumType<T extends NumericName> = T extends "decimal"
  ? "decimal"
  : T extends "float" | "double"
    ? "double"
    : "bigint";
type AverageType<T extends NumericName> = T extends "decimal" ? "decimal" : "double";

/** `U` is the unit (`"EUR"`), `A` whether the number may be summed. */
export interface NumberExpr<
  in out T extends NumericName,
  out N extends Null = never,
  out L extends string = never,
  in out U extends string = "",
  in out A extends Additivity = "additive",
> extends Orderable<T, N, L, U, A>,
    Neighbours<NumberExpr<T, "null", L, U, "non-additive">>,
    Extremes<NumberExpr<T, N, L, U, "non-additive">, NumberExpr<T, "null", L, U, "non-additive">> {
  readonly " ~nullable": NumberExpr<T, "null", L, U, A>;
  readonly " ~fanned": NumberExpr<T, N, L, U, Repeated<A>>;
  readonly " ~unit": U;
  readonly " ~additivity": A;

  eq<M extends NumberOperand>(other: M & InUnit<T, U, M>): BooleanExpr<N | NullOf<M>, L | LabelOf<M>>;
  ne<M extends NumberOperand>(other: M & InUnit<T, U, M>): BooleanExpr<N | NullOf<M>, L | LabelOf<M>>;
  lt<M extends NumberOperand>(other: M & InUnit<T, U, M>): BooleanExpr<N | NullOf<M>, L | LabelOf<M>>;
  le<M extends NumberOperand>(other: M & InUnit<T, U, M>): BooleanExpr<N | NullOf<M>, L | LabelOf<M>>;
  gt<M extends NumberOperand>(other: M & InUnit<T, U, M>): BooleanExpr<N | NullOf<M>, L | LabelOf<M>>;
  ge<M extends NumberOperand>(other: M & InUnit<T, U, M>): BooleanExpr<N | NullOf<M>, L | LabelOf<M>>;
  eqNullSafe<M extends NumberOperand>(other: M & InUnit<T, U, M>): BooleanExpr<never, L | LabelOf<M>>;
  between<M extends NumberOperand, M2 extends NumberOperand>(
    low: M & InUnit<T, U, M>,
    high: M2 & InUnit<T, U, M2>,
  ): BooleanExpr<N | NullOf<M> | NullOf<M2>, L | LabelOf<M> | LabelOf<M2>>;
  in<const M extends readonly (NumberOperand | readonly unknown[])[]>(
    ...values: Listed<M, { [I in keyof M]: InUnit<T, U, M[I]> }>
  ): BooleanExpr<N | NullOf<M[number]>, L | LabelOf<M[number]>>;

  plus<M extends NumberOperand>(
    other: M & InUnit<T, U, M>,
  ): NumberExpr<Wider<T, TypeIn<M, T>>, N | NullOf<M>, L | LabelOf<M>, U, Least<A | AddedIn<M, U>>>;
  minus<M extends NumberOperand>(
    other: M & InUnit<T, U, M>,
  ): NumberExpr<Wider<T, TypeIn<M, T>>, N | NullOf<M>, L | LabelOf<M>, U, Least<A | AddedIn<M, U>>>;
  times<M extends NumberOperand>(
    other: M & Exact<T, M>,
  ): NumberExpr<
    Wider<T, TypeIn<M, T>>,
    N | NullOf<M>,
    L | LabelOf<M>,
    By<U, UnitIn<M, "">>,
    Product<A | AdditivityIn<M>>
  >;
  /** A ratio; null where the divisor is zero. Decimals stay decimal (Spark's scale), all else is a double. */
  div<M extends NumberOperand>(
    other: M & Exact<T, M>,
  ): NumberExpr<
    Quotient<T, TypeIn<M, T>>,
    "null",
    L | LabelOf<M>,
    Per<U, UnitIn<M, "">>,
    M extends AnyNumber ? "non-additive" : A
  >;
  /** The remainder, with the sign of the dividend; null where the divisor is zero. */
  mod<M extends NumberOperand>(
    other: M & Exact<T, M>,
  ): NumberExpr<Wider<T, TypeIn<M, T>>, "null", L | LabelOf<M>, U, "non-additive">;
  negate(): NumberExpr<T, N, L, U, A>;
  abs(): NumberExpr<T, N, L, U, A>;
  ceil(): NumberExpr<T extends "decimal" ? "decimal" : "bigint", N, L, U, A>;
  floor(): NumberExpr<T extends "decimal" ? "decimal" : "bigint", N, L, U, A>;
  /** Rounds half away from zero, a double by the digits that it is written with. Not of a FLOAT: Spark rounds it in two ways. */
  round(digits?: number): NumberExpr<T, N, L, U, A>;
  sqrt(): NumberExpr<"double", N, L, "", "non-additive">;
  exp(): NumberExpr<"double", N, L, "", "non-additive">;
  power<M extends NumberOperand>(
    exponent: M & Exact<T, M>,
  ): NumberExpr<"double", N | NullOf<M>, L | LabelOf<M>, "", "non-additive">;
  /** Natural logarithm; null for zero and below. */
  ln(): NumberExpr<"double", "null", L, "", "non-additive">;
  log10(): NumberExpr<"double", "null", L, "", "non-additive">;
  /** Another unit at a rate, a constant or that of a day: `amount.convert("EUR", 0.92)`, `amount.convert("EUR", day.usd_eur)`. */
  convert<V extends string, M extends NumberOperand>(
    to: V,
    rate: M & Exact<T, M> & RateOf<U, V, M>,
  ): NumberExpr<Wider<T, TypeIn<M, T>>, N | NullOf<M>, L | LabelOf<M>, V, A>;
  /** Says that repeated rows are meant to be counted again. */
  acknowledgeFanOut(): NumberExpr<T, N, L, U, A extends "fanned-out" ? "additive" : A>;
  /** Says that what one row counts no other row counts as well: distinct counts of disjoint groups, or spans that do not overlap, which may be summed. */
  acknowledgeDisjoint(): NumberExpr<T, N, L, U, A extends "non-additive" ? "additive" : A>;
  declassify(reason: string): NumberExpr<T, N, never, U, A>;
  orElse<M extends NumberOperand>(
    other: M & InUnit<T, U, M>,
  ): NumberExpr<Wider<T, TypeIn<M, T>>, N & NullOf<M>, L | LabelOf<M>, U, Least<A | AddedIn<M, U>>>;
  nullIf<M extends NumberOperand>(value: M & InUnit<T, U, M>): NumberExpr<T, "null", L | LabelOf<M>, U, A>;

  /** The sum, null over no rows. Only of what may be summed; of balances in groups of one time each. */
  readonly sum: SumOf<T, N, L, U, A>;
  readonly avg: Weighed<
    A,
    () => Agg<
      NumberExpr<AverageType<T>, "null", L, U, "non-additive">,
      NumberExpr<AverageType<T>, N, L, U, "non-additive">
    >
  >;
  readonly stddev: Weighed<A, () => Agg<NumberExpr<"double", "null", L, U, "non-additive">>>;
  readonly stddevPop: Weighed<
    A,
    () => Agg<NumberExpr<"double", "null", L, U, "non-additive">, NumberExpr<"double", N, L, U, "non-additive">>
  >;
  readonly variance: Weighed<A, () => Agg<NumberExpr<"double", "null", L, U, "non-additive">>>;
  readonly variancePop: Weighed<
    A,
    () => Agg<NumberExpr<"double", "null", L, U, "non-additive">, NumberExpr<"double", N, L, U, "non-additive">>
  >;
  readonly median: Weighed<
    A,
    () => Agg<NumberExpr<"double", "null", L, U, "non-additive">, NumberExpr<"double", N, L, U, "non-additive">>
  >;
  /** The exact percentile (0 to 1), interpolated between values. */
  readonly percentile: Weighed<
    A,
    (
      percentage: number,
    ) => Agg<NumberExpr<"double", "null", L, U, "non-additive">, NumberExpr<"double", N, L, U, "non-additive">>
  >;
  /** The value of the row where `order` is greatest: the last state of a balance. */
  maxBy<O extends ByValue<Said<"TYPE001:by">>>(order: O): PickOf<T, N, L, U, A, O>;
  minBy<O extends ByValue<Said<"TYPE001:by">>>(order: O): PickOf<T, N, L, U, A, O>;
  /** The last value in time: what a balance is aggregated by. The same as `maxBy`. */
  lastBy<O extends ByValue<Said<"TYPE001:by">>>(order: O): PickOf<T, N, L, U, A, O>;
  firstBy<O extends ByValue<Said<"TYPE001:by">>>(order: O): PickOf<T, N, L, U, A, O>;
}

/** Whether a value is an amount, which does not say when a row was. */
type TellsNoTime<O> = O extends
  | { readonly " ~type": "float" | "double" | "boolean" }
  | { readonly " ~additivity": "semi-additive" }
  ? true
  : O extends { readonly " ~unit": infer V extends string }
    ? V extends "" | IdOf<string>
      ? false
      : true
    : false;

/** The balance of an account at one time may be summed over accounts; any other pick is a sample. */
type PickOf<T extends NumericName, N extends Null, L extends string, U extends string, A extends Additivity, O> = [
  A,
  TellsNoTime<O>,
] extends ["semi-additive", false]
  ? BalanceAgg<
      NumberExpr<T, "null", L | LabelOf<O>, U, "additive">,
      NumberExpr<T, N | NullOf<O>, L | LabelOf<O>, U, "additive">,
      NumberExpr<T, N | NullOf<O>, L | LabelOf<O>, U, A>
    >
  : Agg<
      NumberExpr<T, "null", L | LabelOf<O>, U, "non-additive">,
      NumberExpr<T, N | NullOf<O>, L | LabelOf<O>, U, "non-additive">
    >;
