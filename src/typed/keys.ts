/** What keys are, what stands for them in other tables, and what orders change events. */

import type { ExprNode } from "../ast/expr.ts";
import type { Problem } from "../core/problem.ts";
import type { Said } from "../diagnostics/sentences.ts";
import type { AnyExpr, NullOf } from "./base.ts";
import type { Identifies, NoId } from "./ids.ts";

export type KeySpec = AnyExpr | readonly AnyExpr[];

/** What a column must be to stand for a key of type `K`: the same SQL type, and as many columns. Any, where the key is in error. */
type Matches<K> = K extends readonly unknown[]
  ? { readonly [I in keyof K]: Matches<K[I]> }
  : K extends { readonly " ~type": infer T; readonly " ~id": infer Name extends string }
    ? Identifies<Name> & { readonly " ~type": T; toNode(): ExprNode }
    : K extends { readonly " ~type": infer T }
      ? AnyExpr extends K
        ? KeySpec
        : NoId & Texts<K> & { readonly " ~type": T; toNode(): ExprNode }
      : never;

interface WithValues {
  readonly " ~names": unknown;
}

/** Of the values of a key, a text has some. */
type Texts<K> = K extends { readonly " ~names": infer V } ? { readonly " ~names"?: V } : unknown;

/** Says of columns that they do not stand for a key of type `K`, all of them at once. */
export type Stands<M, K> = M extends Matches<K> | readonly [Matches<K>]
  ? unknown
  : [M] extends Matches<K>
    ? unknown
    : Problem<
        K extends { readonly " ~id": infer Name extends string }
          ? Said<"KEY006:match", { name: Name }>
          : M extends {
                readonly " ~id": string;
                readonly " ~type": K extends { readonly " ~type": infer T } ? T : never;
              }
            ? Said<"KEY006:plain">
            : [M, K] extends readonly [WithValues, WithValues]
              ? Said<"TYPE006:apart">
              : Said<"FK002:columns">
      >;

/** Says that the other side needs a key. */
export type Keyed<K> = [K] extends [never] ? Problem<Said<"FK001">> : unknown;

/** Of what is in error nothing is known. */
type NullPart<K> = K extends readonly unknown[] ? NullOf<K[number]> : NullOf<K>;

/** Says that a key must not be null. */
export type NotNull<K> = [NullPart<K>] extends [never] ? unknown : Problem<Said<"KEY001">>;

/** Says that what orders events must not be null: neither a column, nor one of several in a struct. */
export type Sequence<Q> = [
  NullPart<Q> | (Q extends { readonly " ~fields": infer F } ? NullPart<F[keyof F]> : never),
] extends [never]
  ? unknown
  : Problem<Said<"SCD003">>;
