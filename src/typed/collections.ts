/** Typed expressions of arrays, structs, maps and variants. */
import type { Problem } from "../core/problem.ts";
import type { Said } from "../diagnostics/sentences.ts";
import type { NumericName, TypeName } from "../types/types.ts";
import type { Agg, AnyExpr, Constants, Expr, Null, NullOf, NumberConstant, Orderable } from "./base.ts";
import type { Exact } from "./constants.ts";
import type { Rebuilt } from "./facts.ts";
import type { InError } from "./in-error.ts";
import type { AFieldIsReachedByFields, ItIsCalledEntryHere, KnownOfArrays } from "./known-as.ts";
import type { NumberExpr } from "./number.ts";
import type { Sampled } from "./sampled.ts";
import type { BooleanExpr, StringExpr } from "./scalars.ts";

/** What texts are joined by. Other elements are not texts yet. */
type SeparatorOf<E> = E extends { readonly " ~type": "string" } ? string : Problem<Said<"TYPE001:texts">>;

/** A constant of the type of `E`. Of an element in error any. */
type ConstantOf<E> = E extends { readonly " ~values": infer V }
  ? V
  : E extends { readonly " ~type": infer T extends TypeName }
    ? T extends keyof Constants
      ? Constants[T]
      : T extends NumericName
        ? NumberConstant
        : Problem<Said<"TYPE002:element">>
    : InError;
/** A constant that is one of the values `E`. */
type OneOf<E, V> = V & Exact<E extends { readonly " ~type": infer T } ? T : unknown, V>;
type FannedOf<E> = E extends { readonly " ~fanned": infer F } ? F : never;

/** An ARRAY of `E`. Positions count from 0. */
export interface ArrayExpr<E, out N extends Null = never, out L extends string = never>
  extends Orderable<"array", N, L>,
    KnownOfArrays,
    Sampled<ArrayExpr<E, N, L>, ArrayExpr<E, "null", L>> {
  readonly " ~nullable": ArrayExpr<E, "null", L>;
  readonly " ~fanned": ArrayExpr<FannedOf<E>, N, L>;
  readonly " ~element": E;
  /** How many elements there are. */
  size(): NumberExpr<"int", N, L>;
  /** The element at a position; null where there is none. */
  at(index: number): Rebuilt<E, "null", L>;
  /** Whether the value is an element; null where it is not and an element is null. */
  has<V extends ConstantOf<E>>(value: OneOf<E, V>): BooleanExpr<"null", L>;
  sorted(): ArrayExpr<E, N, L>;
  /** The different elements, sorted; of several nulls one is kept, and stands first. */
  distinct(): ArrayExpr<E, N, L>;
  /** The elements of an array of strings as one text; nulls are left out. */
  joinText(separator: SeparatorOf<E>): StringExpr<N, L>;
  declassify(reason: string): ArrayExpr<Rebuilt<E, NullOf<E>, never>, N, never>;
  arrayAgg(): Agg<ArrayExpr<ArrayExpr<E, never, L>, never, L>>;
}

/** A STRUCT: its fields are properties of `fields`, so that they are renamed with the rest. */
export interface StructExpr<out F, out N extends Null = never, out L extends string = never>
  extends Orderable<"struct", N, L>,
    AFieldIsReachedByFields,
    Sampled<StructExpr<F, N, L>, StructExpr<F, "null", L>> {
  readonly " ~nullable": StructExpr<F, "null", L>;
  readonly " ~fanned": StructExpr<{ readonly [K in keyof F]: FannedOf<F[K]> }, N, L>;
  readonly " ~fields": F;
  readonly fields: { readonly [K in keyof F]: F[K] extends { readonly " ~nullable": infer E } ? E : InError };
  declassify(reason: string): StructExpr<F, N, never>;
  arrayAgg(): Agg<ArrayExpr<StructExpr<F, never, L>, never, L>>;
}

/** A MAP from `K` to `V`. */
export interface MapExpr<K extends AnyExpr, V, out N extends Null = never, out L extends string = never>
  extends Expr<"map", N, L>,
    ItIsCalledEntryHere,
    Sampled<MapExpr<K, V, N, L>, MapExpr<K, V, "null", L>> {
  readonly " ~nullable": MapExpr<K, V, "null", L>;
  readonly " ~fanned": MapExpr<K, FannedOf<V>, N, L>;
  readonly " ~mapKey": K;
  readonly " ~mapValue": V;
  /** The value of a key; null where there is none. */
  entry<C extends ConstantOf<K>>(key: OneOf<K, C>): Rebuilt<V, "null", L>;
  /** Whether there is the key. */
  has<C extends ConstantOf<K>>(key: OneOf<K, C>): BooleanExpr<"null", L>;
  /** How many keys there are. */
  size(): NumberExpr<"int", N, L>;
  /** The keys, sorted. */
  keys(): ArrayExpr<K, N, L>;
  declassify(reason: string): MapExpr<K, Rebuilt<V, NullOf<V>, never>, N, never>;
}

/** A VARIANT: JSON whose shape is not known. */
export interface VariantExpr<out N extends Null = never, out L extends string = never>
  extends Expr<"variant", N, L>,
    Sampled<VariantExpr<N, L>, VariantExpr<"null", L>> {
  readonly " ~nullable": VariantExpr<"null", L>;
  readonly " ~fanned": VariantExpr<N, L>;
  /** The text at a path such as `$.user.id`; null where there is none, or an object or an array. */
  variantText(path: string): StringExpr<"null", L>;
  declassify(reason: string): VariantExpr<N, never>;
}
