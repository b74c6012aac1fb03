/** Typed expressions of arrays, structs, maps and variants. */
import type { AnyExpr, Constants, Expr, Null } from "./base.ts";
import type { NumberExpr } from "./number.ts";
import type { BooleanExpr, StringExpr } from "./scalars.ts";

/** An ARRAY of `E`. Positions count from 0. */
export interface ArrayExpr<E, N extends Null = never, L extends string = never> extends Expr<"array", N, L> {
  readonly "~nullable": ArrayExpr<E, "null", L>;
  readonly "~fanned": ArrayExpr<E, N, L>;
  size(): NumberExpr<"int", N, L>;
  /** The element at a position; null where there is none. */
  at(index: number): E extends { readonly "~nullable": infer F } ? F : never;
  has(
    value: E extends { readonly "~type": infer T } ? (T extends keyof Constants ? Constants[T] : number) : never,
  ): BooleanExpr<"null", L>;
  sorted(): ArrayExpr<E, N, L>;
  /** The elements of an array of strings as one text; nulls are left out. */
  joinText(separator: string): StringExpr<N, L>;
  declassify(reason: string): ArrayExpr<E, N, never>;
}

/** A STRUCT: its fields are properties of `fields`, so that they are renamed with the rest. */
export interface StructExpr<F, N extends Null = never, L extends string = never> extends Expr<"struct", N, L> {
  readonly "~nullable": StructExpr<F, "null", L>;
  readonly "~fanned": StructExpr<F, N, L>;
  readonly fields: { readonly [K in keyof F]: F[K] extends { readonly "~nullable": infer E } ? E : never };
  declassify(reason: string): StructExpr<F, N, never>;
}

/** A MAP from `K` to `V`. */
export interface MapExpr<K extends AnyExpr, V, N extends Null = never, L extends string = never>
  extends Expr<"map", N, L> {
  readonly "~nullable": MapExpr<K, V, "null", L>;
  readonly "~fanned": MapExpr<K, V, N, L>;
  /** The value of a key; null where there is none. */
  entry(
    key: K["~type"] extends keyof Constants ? Constants[K["~type"]] : number,
  ): V extends { readonly "~nullable": infer E } ? E : never;
  /** The keys, sorted. */
  keys(): ArrayExpr<K, N, L>;
  declassify(reason: string): MapExpr<K, V, N, never>;
}

/** A VARIANT: JSON whose shape is not known. */
export interface VariantExpr<N extends Null = never, L extends string = never> extends Expr<"variant", N, L> {
  readonly "~nullable": VariantExpr<"null", L>;
  readonly "~fanned": VariantExpr<N, L>;
  /** The text at a path such as `$.user.id`; null where there is none. */
  variantText(path: string): StringExpr<"null", L>;
  declassify(reason: string): VariantExpr<N, never>;
}
