/** The same expression with other facts: what steps, cases and raw SQL make of the values that they touch. */

import type { Additivity } from "../ast/expr.ts";
import type { TypeName } from "../types/types.ts";
import type { AnyExpr, ExprOf, Null } from "./base.ts";
import type { ArrayExpr, MapExpr, StructExpr } from "./collections.ts";
import type { TextOf } from "./enums.ts";
import type { IdExprOf } from "./ids.ts";
import type { InError } from "./in-error.ts";
import type { AnyNumber, NumberExpr, Wider } from "./number.ts";

/** The same expression with another nullability and other labels. */
export type Rebuilt<E, N extends Null, L extends string> = E extends { readonly " ~fields": infer F }
  ? StructExpr<F, N, L>
  : E extends { readonly " ~element": infer I }
    ? ArrayExpr<I, N, L>
    : E extends { readonly " ~mapKey": infer K extends AnyExpr; readonly " ~mapValue": infer V }
      ? MapExpr<K, V, N, L>
      : E extends { readonly " ~type": infer T; readonly " ~id": infer Name extends string }
        ? IdExprOf<T, Name, N, L>
        : E extends {
              readonly " ~type": infer T extends TypeName;
              readonly " ~unit": infer U extends string;
              readonly " ~additivity": infer A extends Additivity;
            }
          ? ExprOf<T, N, L, U, A>
          : E extends { readonly " ~values": infer V extends string }
            ? TextOf<V, N, L>
            : E extends { readonly " ~type": infer T extends TypeName }
              ? ExprOf<T, N, L>
              : InError;

/** The expression with more labels, on everything inside too. */
export type Relabelled<E, M extends string> = [M] extends [never] ? E : WithLabels<E, M>;

type WithLabels<E, M extends string> = E extends {
  readonly " ~null": infer N extends Null;
  readonly " ~label": infer L extends string;
}
  ? E extends { readonly " ~fields": infer F }
    ? StructExpr<{ [K in keyof F]: WithLabels<F[K], M> }, N, L | M>
    : E extends { readonly " ~element": infer I }
      ? ArrayExpr<WithLabels<I, M>, N, L | M>
      : E extends { readonly " ~mapKey": infer K extends AnyExpr; readonly " ~mapValue": infer V }
        ? MapExpr<K, WithLabels<V, M>, N, L | M>
        : Rebuilt<E, N, L | M>
  : E;

/** A number that a join or a window repeated: only what was additive changes. */
export type Repeated<A extends Additivity> = A extends "additive" ? "fanned-out" : A;

/** What is made of several numbers is as additive as the least additive of them. */
export type Least<A extends Additivity> = "non-additive" extends A
  ? "non-additive"
  : "semi-additive" extends A
    ? "semi-additive"
    : "fanned-out" extends A
      ? "fanned-out"
      : "additive";

/** One of two expressions of a type: null where either is, with the labels of both. Where they do not mix, that was reported. */
export type Either<A, B> = [A, B] extends [B, A] ? A : Mixed<A, B>;

type Mixed<A, B> = A extends { readonly " ~null": infer N extends Null; readonly " ~label": infer L extends string }
  ? B extends { readonly " ~null": infer N2 extends Null; readonly " ~label": infer L2 extends string }
    ? MixedAs<A, B, N | N2, L | L2>
    : InError
  : InError;

/** Of two units that was said, and a sum of them is no other error. A constant has no unit, a parameter any. */
type LeastOf<A extends AnyNumber, B extends AnyNumber> = A[" ~unit"] extends B[" ~unit"]
  ? Least<A[" ~additivity"] | B[" ~additivity"]>
  : B[" ~unit"] extends A[" ~unit"]
    ? Least<A[" ~additivity"] | B[" ~additivity"]>
    : "additive";

type MixedAs<A, B, N extends Null, L extends string> = A extends { readonly " ~fields": infer F }
  ? B extends { readonly " ~fields": infer G }
    ? StructExpr<{ [K in keyof F]: K extends keyof G ? Either<F[K], G[K]> : never }, N, L>
    : InError
  : A extends { readonly " ~element": infer I }
    ? B extends { readonly " ~element": infer J }
      ? ArrayExpr<Either<I, J>, N, L>
      : InError
    : A extends { readonly " ~mapKey": infer K; readonly " ~mapValue": infer V }
      ? B extends { readonly " ~mapKey": infer J; readonly " ~mapValue": infer W }
        ? Either<K, J> extends infer Key extends AnyExpr
          ? MapExpr<Key, Either<V, W>, N, L>
          : InError
        : InError
      : A extends AnyNumber
        ? B extends AnyNumber
          ? NumberExpr<Wider<A[" ~type"], B[" ~type"]>, N, L, A[" ~unit"] | B[" ~unit"], LeastOf<A, B>>
          : InError
        : A extends { readonly " ~values": infer V extends string }
          ? string extends V
            ? Rebuilt<A, N, L>
            : B extends { readonly " ~values": infer W extends string }
              ? TextOf<V | W, N, L>
              : InError
          : B extends { readonly " ~type": A[" ~type" & keyof A] }
            ? Rebuilt<A, N, L>
            : InError;
