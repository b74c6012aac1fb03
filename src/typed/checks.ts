/** What is said of the columns, groups and measures that callbacks give. */
import type { Problem } from "../core/problem.ts";
import type { Said } from "../diagnostics/sentences.ts";
import type { AnyExpr } from "./base.ts";
import type { Given, Measure, NoRecord, NotNamed, Stands, Typed } from "./literals.ts";
import type { Refused } from "./refused.ts";

/** Reports of each part that is not a column what it is. A constant is a column as well. */
export type Values<R> =
  R extends Record<string, AnyExpr>
    ? unknown
    : Failed<R> extends true
      ? unknown
      : R extends NoRecord
        ? Problem<NotNamed<R>>
        : Typed<R, { [K in keyof R]: R[K] extends AnyExpr ? unknown : Stood<R[K]> }>;
/** As `Values`; the sentence is about groups. */
export type Groups<G> = G extends NoRecord
  ? Values<G>
  : [keyof G] extends [never]
    ? Problem<Said<"ARG001:groups">>
    : Values<G>;
/** What is said of a value that may be a constant. What is refused says so itself: to ask for a `Problem` would repeat the sentence. */
type Stood<V> = Stands<V> extends undefined ? ([V] extends [Refused<string>] ? never : Problem<NoExpr<V>>) : Stands<V>;
/** Reports of each part that is not a measure what it is; balances add up in groups of one time each. */
export type Measures<R, G = Record<never, never>> =
  R extends Record<string, Measure>
    ? Untaken<G>
    : Failed<R> extends true
      ? unknown
      : R extends NoRecord
        ? Problem<NotNamed<R>>
        : [R, Several<keyof R>] extends [Record<string, AnyExpr>, true]
          ? Problem<Said<"AGG001:columns">>
          : Typed<
              R,
              {
                [K in keyof R]: R[K] extends Measure
                  ? unknown
                  : R[K] extends { readonly " ~total": unknown }
                    ? IsTimed<G> extends true
                      ? unknown
                      : Problem<Said<"METRIC001:semi-additive">>
                    : R[K] extends AnyExpr
                      ? Problem<Said<"AGG001", { column: K & string }>>
                      : Stood<R[K]>;
              }
            >;
/** Whether there are several names. */
export type Several<K, All = K> = K extends unknown ? ([All] extends [K] ? false : true) : never;
/** Says of a measure that a group has its name. Of groups in error nothing is said. */
type Untaken<G> = {
  readonly [K in keyof G]?: string extends K ? unknown : Problem<Said<"COL002:group", { column: K & string }>>;
};
/** Whether groups are of a time. */
export type IsTimed<G> = [Extract<G[keyof G], { readonly " ~type": "date" | "timestamp" | "timestampNtz" }>] extends [
  never,
]
  ? false
  : true;
type NoExpr<V> = V extends Measure
  ? Said<"AGG002">
  : V extends { over: unknown }
    ? Said<"EXPR001:window">
    : V extends { otherwise: unknown }
      ? Said<"EXPR001:case">
      : V extends { readonly " ~needsType": infer Message extends string }
        ? Message
        : V extends (...args: never) => unknown
          ? Said<"EXPR001:method">
          : V extends { readonly " ~columns": unknown }
            ? Said<"EXPR001:table">
            : V extends Record<string, AnyExpr>
              ? Said<"EXPR001:record">
              : V extends { readonly " ~order": unknown }
                ? Said<"EXPR001:order">
                : V extends { readonly " ~secret": unknown }
                  ? Said<"EXPR001:secret">
                  : Said<"EXPR001:constant">;

/** Whether TypeScript took the constraint, since the call has an error elsewhere. */
export type Failed<R> = string extends keyof R ? (Given[string] extends R[string] ? true : false) : false;

/** `T`, where all of it may be. Else what is wrong, without `T`, so that the error does not write it out. */
export type Fit<T, Checked> = [T] extends [infer X] ? (X extends Checked ? T : Checked) : never;
