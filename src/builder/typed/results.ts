/** The columns of what a step gives, worked out of what its callback gave. */

import type { AnyExpr } from "../../typed/base.ts";
import type { Failed, IsTimed } from "../../typed/checks.ts";
import type { InError } from "../../typed/in-error.ts";
import type { ColumnOf, NoRecord } from "../../typed/literals.ts";

/**
 * The columns that a callback gave. TypeScript infers the constraint where the call has an error elsewhere: then there may
 * be any column, so that there is no second error. A part that is not an expression may be used as any.
 */
export type Columns<R> =
  Failed<R> extends true
    ? InError
    : R extends Record<string, AnyExpr>
      ? Doubted<R, R>
      : R extends NoRecord
        ? InError
        : Doubted<R, { [K in keyof R]: ColumnOf<R[K], InError> }>;

/**
 * `S`, unless TypeScript reported an error of one of `R`: then any columns, since what was read for it is missing there, and so
 * may be others that are read later. Neither branch is taken then: a condition about TypeScript's type of what has an error is of
 * that type itself, which a plain `any` is not.
 */
type Doubted<R, S> = S & (0 extends 1 & R[keyof R] ? unknown : unknown);
/** The same of a step whose callback gives a column, a list of them, or a condition. */
export type Held<C, S> = C extends readonly unknown[] ? (0 extends 1 & C[number] ? S : S) : S;

/**
 * The same of a step with two sides. Where a callback mixed them up, what is missing there is in error, and the rows may have
 * any other column: that those of the other side are not among them is no second error.
 */
export type Joined<R> = [undefined] extends [R[keyof R]] ? Columns<R> & Record<string, InError> : Columns<R>;

export type Unagg<R> =
  Failed<R> extends true
    ? InError
    : R extends NoRecord
      ? InError
      : Doubted<R, { [K in keyof R]: R[K] extends { readonly " ~agg": infer E } ? E : ColumnOf<R[K], InError> }>;
export type UnaggGrouped<R, G> =
  Failed<R> extends true
    ? InError
    : R extends NoRecord
      ? InError
      : IsTimed<G> extends true
        ? Doubted<R, { [K in keyof R]: OfTime<R[K]> }>
        : Doubted<R, { [K in keyof R]: R[K] extends { readonly " ~grouped": infer E } ? E : ColumnOf<R[K], InError> }>;
/** A measure of a group of a time. */
type OfTime<M> = M extends { readonly " ~timed": infer E }
  ? E
  : M extends { readonly " ~grouped": infer E } | { readonly " ~total": infer E }
    ? E
    : ColumnOf<M, InError>;
