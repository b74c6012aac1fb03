/** Typed expressions of identifiers: compared with what identifies the same thing, and not calculated with. */

import type { Problem } from "../core/problem.ts";
import type { Nothing } from "../core/total.ts";
import type { Said } from "../diagnostics/sentences.ts";
import type { IdOf } from "../types/facts.ts";
import type { NumericName, TypeName } from "../types/types.ts";
import type { Agg, Constants, Expr, LabelOf, Null, NullOf, NumberConstant } from "./base.ts";
import type { ArrayExpr } from "./collections.ts";
import type { Exact, Listed } from "./constants.ts";
import type { NumberExpr } from "./number.ts";
import type { Refusing } from "./refused.ts";
import type { Extremes, Sampled } from "./sampled.ts";
import type { BooleanExpr, StringExpr } from "./scalars.ts";

/** What a value of another kind, or of none, may not have: it would be taken for an identifier of something else. */
export interface NoId {
  readonly " ~id"?: Problem<Said<"KEY006:plain">>;
}

/** What identifies a `Name`. The fix stands in the type, so that an error writes it. */
export interface Identifies<Name extends string> {
  readonly " ~id": Name | Problem<Said<"KEY006:match", { name: Name }>>;
}

type ConstantOf<T> = T extends keyof Constants ? Constants[T] : NumberConstant;
/** What an identifier is compared with: of the same thing, or a constant. */
type Fit<T, Name extends string, M> = M & SameId<Name, M> & Exact<T, M>;
type Operand<T, _Said extends string = Said<"TYPE001:operand">> =
  | ConstantOf<T>
  | { readonly " ~type": T extends NumericName ? NumericName : T };
/** Says that two values identify different things. A constant may be any. */
export type SameId<Name extends string, M> = M extends { readonly " ~type": unknown }
  ? M extends { readonly " ~id": infer Other extends string }
    ? [Other] extends [Name]
      ? unknown
      : Problem<Said<"KEY006", { first: IdOf<Name>; second: IdOf<Other> }>>
    : Problem<Said<"KEY006", { first: IdOf<Name>; second: "a value that identifies nothing" }>>
  : unknown;

/** The expression of an identifier of a type. */
export type IdExprOf<T, Name extends string, N extends Null, L extends string> = T extends "string"
  ? TextIdExpr<Name, N, L>
  : T extends NumericName
    ? NumberIdExpr<T, Name, N, L>
    : never;

type Compared<T, Name extends string, N extends Null, L extends string> = <M extends Operand<T>>(
  other: Fit<T, Name, M>,
) => BooleanExpr<N | NullOf<M>, L | LabelOf<M>>;

/** What is done with identifiers of every type. */
interface IdExpr<T extends TypeName, Name extends string, N extends Null, L extends string>
  extends Expr<T, N, L>,
    Sampled<IdExprOf<T, Name, N, L>, IdExprOf<T, Name, "null", L>>,
    Extremes<IdExprOf<T, Name, N, L>, IdExprOf<T, Name, "null", L>> {
  readonly " ~nullable": IdExprOf<T, Name, "null", L>;
  readonly " ~fanned": IdExprOf<T, Name, N, L>;
  readonly " ~id": Name;
  readonly " ~unit": IdOf<Name>;
  readonly eq: Compared<T, Name, N, L>;
  readonly ne: Compared<T, Name, N, L>;
  readonly lt: Compared<T, Name, N, L>;
  readonly le: Compared<T, Name, N, L>;
  readonly gt: Compared<T, Name, N, L>;
  readonly ge: Compared<T, Name, N, L>;
  /** Equal, where two nulls are equal too (`<=>`). Never null. */
  eqNullSafe<M extends Operand<T>>(other: Fit<T, Name, M>): BooleanExpr<never, L | LabelOf<M>>;
  between<M extends Operand<T>, M2 extends Operand<T>>(
    low: Fit<T, Name, M>,
    high: Fit<T, Name, M2>,
  ): BooleanExpr<N | NullOf<M> | NullOf<M2>, L | LabelOf<M> | LabelOf<M2>>;
  in<const M extends readonly (Operand<T> | readonly unknown[])[]>(
    ...values: Listed<M, { [I in keyof M]: SameId<Name, M[I]> & Exact<T, M[I]> }>
  ): BooleanExpr<N | NullOf<M[number]>, L | LabelOf<M[number]>>;
  declassify(reason: string): IdExprOf<T, Name, N, never>;
  orElse<M extends Operand<T>>(other: Fit<T, Name, M>): IdExprOf<T, Name, N & NullOf<M>, L | LabelOf<M>>;
  nullIf<M extends Operand<T>>(value: Fit<T, Name, M>): IdExprOf<T, Name, "null", L | LabelOf<M>>;
  /** How many different ones there are. It does not sum: the same may be counted in two groups. */
  countDistinct(): Agg<NumberExpr<"bigint", never, never, "", "non-additive">>;
  arrayAgg(): Agg<ArrayExpr<IdExprOf<T, Name, never, L>, never, L>>;
}

type Calculated = Said<"METRIC005:id">;

/** A number that identifies a `Name`: `t.bigint().id("bike")`. It is not calculated with. */
export interface NumberIdExpr<
  in out T extends NumericName,
  in out Name extends string,
  out N extends Null = never,
  out L extends string = never,
> extends IdExpr<T, Name, N, L> {
  readonly " ~additivity": "non-additive";
  readonly plus: Refusing<Calculated>;
  readonly minus: Refusing<Calculated>;
  readonly times: Refusing<Calculated>;
  readonly div: Refusing<Calculated>;
  readonly mod: Refusing<Calculated>;
  readonly negate: Refusing<Calculated>;
  readonly abs: Refusing<Calculated>;
  readonly ceil: Refusing<Calculated>;
  readonly floor: Refusing<Calculated>;
  readonly round: Refusing<Calculated>;
  readonly sqrt: Refusing<Calculated>;
  readonly exp: Refusing<Calculated>;
  readonly power: Refusing<Calculated>;
  readonly ln: Refusing<Calculated>;
  readonly log10: Refusing<Calculated>;
  readonly convert: Refusing<Calculated>;
  readonly sum: Refusing<Calculated>;
  readonly avg: Refusing<Calculated>;
  readonly median: Refusing<Calculated>;
  readonly percentile: Refusing<Calculated>;
  readonly stddev: Refusing<Calculated>;
  readonly stddevPop: Refusing<Calculated>;
  readonly variance: Refusing<Calculated>;
  readonly variancePop: Refusing<Calculated>;
}

/** What a number has and an identifier neither has nor refuses is an error here by its name. */
export type Unrefused = Nothing<
  Exclude<keyof NumberExpr<"int">, keyof NumberIdExpr<"int", string> | "acknowledgeFanOut" | "acknowledgeDisjoint">
>;

/** A text that identifies a `Name`: `t.string().id("station")`. What a function of texts makes of it identifies nothing. */
export interface TextIdExpr<in out Name extends string, out N extends Null = never, out L extends string = never>
  extends IdExpr<"string", Name, N, L>,
    Omit<StringExpr<N, L>, keyof IdExpr<"string", string, Null, string>> {}
