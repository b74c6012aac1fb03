/** Typed expressions of texts that have one of some values: `t.enum(["new", "paid"])`. */

import type { Problem } from "../core/problem.ts";
import type { Said } from "../diagnostics/sentences.ts";
import type { Agg, Expr, Null, Operand, OperandSaid, Value } from "./base.ts";
import type { ArrayExpr } from "./collections.ts";
import type { NumberExpr } from "./number.ts";
import type { Extremes, Sampled } from "./sampled.ts";
import type { BooleanExpr, StringExpr, TextMethods } from "./scalars.ts";

/** Reports constants that are not among the values. */
export type OneOf<V extends string, C extends string> = [C] extends [V]
  ? unknown
  : Problem<Said<"TYPE006", { value: Listed<Exclude<C, V>>; values: Listed<V> }>>;
/** A union as it is written, for a message. */
type Listed<V> =
  LastOf<V> extends infer Last extends string
    ? [Exclude<V, Last>] extends [never]
      ? `"${Last}"`
      : `${Listed<Exclude<V, Last>>} | "${Last}"`
    : never;
/** Of functions put together TypeScript infers from the last. */
type LastOf<V> = (V extends unknown ? (of: () => V) => void : never) extends (of: infer F) => void
  ? F extends () => infer Last
    ? Last
    : never
  : never;

/** The values as optional names: TypeScript does not assign an object of such names to another that shares none with it. */
type Names<V extends string> = { readonly [K in V]?: true };
/** A text that may be equal to one of the values. */
interface Met<V extends string, N extends Null, L extends string, _Said extends string = Said<"TYPE006:other">>
  extends Value<"string", N, L> {
  readonly " ~names"?: Names<V> | Problem<Said<"TYPE006:apart">>;
}
/** A text and its values: `string` where it may be any. */
interface Text<N extends Null, L extends string, W extends string, _Said extends string = Said<"TYPE006:other">>
  extends Value<"string", N, L> {
  readonly " ~values": W;
}
/** The expression of a text of these values. */
export type TextOf<V extends string, N extends Null, L extends string> = string extends V
  ? StringExpr<N, L>
  : EnumExpr<V, N, L>;

/** A STRING that has one of the values `V`. What a function of texts makes of it may be any text. */
export interface EnumExpr<in out V extends string, out N extends Null = never, out L extends string = never>
  extends Expr<"string", N, L>,
    TextMethods<N, L>,
    Sampled<EnumExpr<V, N, L>, EnumExpr<V, "null", L>>,
    Extremes<EnumExpr<V, N, L>, EnumExpr<V, "null", L>> {
  readonly " ~nullable": EnumExpr<V, "null", L>;
  readonly " ~fanned": EnumExpr<V, N, L>;
  readonly " ~values": V;
  readonly " ~names": Names<V>;
  eq<N2 extends Null = never, L2 extends string = never>(other: V | Met<V, N2, L2>): BooleanExpr<N | N2, L | L2>;
  ne<N2 extends Null = never, L2 extends string = never>(other: V | Met<V, N2, L2>): BooleanExpr<N | N2, L | L2>;
  /** Texts are in the order of their characters, not in that in which the values were given. */
  lt<N2 extends Null = never, L2 extends string = never>(
    other: Operand<"string", N2, L2, OperandSaid>,
  ): BooleanExpr<N | N2, L | L2>;
  le<N2 extends Null = never, L2 extends string = never>(
    other: Operand<"string", N2, L2, OperandSaid>,
  ): BooleanExpr<N | N2, L | L2>;
  gt<N2 extends Null = never, L2 extends string = never>(
    other: Operand<"string", N2, L2, OperandSaid>,
  ): BooleanExpr<N | N2, L | L2>;
  ge<N2 extends Null = never, L2 extends string = never>(
    other: Operand<"string", N2, L2, OperandSaid>,
  ): BooleanExpr<N | N2, L | L2>;
  /** Equal, where two nulls are equal too (`<=>`). Never null. */
  eqNullSafe<N2 extends Null = never, L2 extends string = never>(other: V | Met<V, N2, L2>): BooleanExpr<never, L | L2>;
  between<N2 extends Null = never, L2 extends string = never, N3 extends Null = never, L3 extends string = never>(
    low: Operand<"string", N2, L2, OperandSaid>,
    high: Operand<"string", N3, L3, OperandSaid>,
  ): BooleanExpr<N | N2 | N3, L | L2 | L3>;
  in<N2 extends Null = never, L2 extends string = never>(
    ...values: readonly (V | Met<V, N2, L2>)[]
  ): BooleanExpr<N | N2, L | L2>;
  declassify(reason: string): EnumExpr<V, N, never>;
  /** The value, or `other` where it is null. Another column's values may come in its place as well. */
  orElse<N2 extends Null = never, L2 extends string = never, W extends string = never>(
    other: V | Text<N2, L2, W>,
  ): TextOf<V | W, N & N2, L | L2>;
  nullIf<N2 extends Null = never, L2 extends string = never>(value: V | Met<V, N2, L2>): EnumExpr<V, "null", L | L2>;
  /** How many different values there are. It does not sum: the same value may be counted in two groups. */
  countDistinct(): Agg<NumberExpr<"bigint", never, never, "", "non-additive">>;
  /** All values that are not null, sorted. */
  arrayAgg(): Agg<ArrayExpr<EnumExpr<V, never, L>, never, L>>;
}
