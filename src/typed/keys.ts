/** What keys are, what stands for them in other tables, and what orders change events. */

import type { ExprNode } from "../ast/expr.ts";
import type { Problem } from "../core/problem.ts";
import type { Said } from "../diagnostics/sentences.ts";
import type { AnyExpr } from "./base.ts";
import type { Relabelled } from "./facts.ts";
import type { Identifies, NoId } from "./ids.ts";
import type { InError } from "./in-error.ts";

export type KeySpec = AnyExpr | readonly AnyExpr[];
/** What stands for a key, right or wrong: constants in a list as well, so that the error is a sentence. */
export type KeyGiven = AnyExpr | readonly unknown[];

/** What a column must be to stand for a key of type `K`: the same SQL type, and as many columns. Any, where the key is in error. */
type Matches<K> = K extends readonly unknown[]
  ? K extends readonly [infer One]
    ? Matches<One> | readonly [Matches<One>]
    : { readonly [I in keyof K]: Matches<K[I]> }
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
export type Stands<M, K> = [M] extends [Matches<K> | readonly [Matches<K>]]
  ? unknown
  : Problem<
      K extends CarriedKey<unknown>
        ? Said<"FK001">
        : K extends { readonly " ~id": infer Name extends string }
          ? // A condition, as a join has one, is not a column at all.
            M extends { readonly " ~type": "boolean" }
            ? Said<"FK002:columns">
            : Said<"KEY006:match", { name: Name }>
          : M extends {
                readonly " ~id": string;
                readonly " ~type": K extends { readonly " ~type": infer T } ? T : never;
              }
            ? Said<"KEY006:plain">
            : [M, K] extends readonly [WithValues, WithValues]
              ? Said<"TYPE006:apart">
              : M extends AnyExpr | readonly AnyExpr[] | Problem<string>
                ? Said<"FK002:columns">
                : Said<"FK002:constant">
    >;

/** `unknown`, where the columns of the other table are those of one that has this key: neither in error nor perhaps another. */
export type KnownBy<M, K> = AnyExpr extends K ? never : Stands<M, K>;

/** A key that a step carried from the table that declares it, or made of groups. No other table can refer to it until it is declared. */
export interface CarriedKey<K> {
  readonly " ~carried": K;
}
/** What a step that repeats no row leaves of the key of those rows. */
export type Carry<Key> = Key extends CarriedKey<unknown> ? Key : CarriedKey<Key>;

/** Whether columns are the key of their own rows, declared or carried. Of a key in error it is taken for granted. */
export type IsKey<M, Key> = [NameOf<Key>] extends [never]
  ? IsInError<Key>
  : [NameOf<Key>] extends [NameOf<M>]
    ? true
    : false;

/** Says that the other side needs a key. */
export type Keyed<K> = [K] extends [never] ? Problem<Said<"FK001">> : unknown;

/** What has a value. Of what is in error nothing is known. */
interface Valued {
  readonly " ~null"?: never;
  toNode(): ExprNode;
}

/** Says that a key must not be null. */
export type NotNull<K> = [K] extends [Valued | readonly Valued[] | Problem<string>]
  ? unknown
  : Problem<[NullName<K>] extends [never] ? Said<"KEY001:expression"> : Said<"KEY001", { column: NullName<K> }>>;
/** The columns that may be null, of those that have a name. */
type NullName<K> = K extends Valued
  ? never
  : K extends readonly (infer Part)[]
    ? NullName<Part>
    : K extends { readonly " ~name": infer N extends string }
      ? N
      : never;

/** Says that what orders events must not be null: neither a column, nor one of several in a struct. */
export type Sequence<Q> = [Q] extends [
  (Valued & { readonly " ~fields"?: { readonly [name: string]: Valued } }) | Problem<string>,
]
  ? unknown
  : Problem<Said<"SCD003">>;

/** What a column of a key is besides its type: which one. By its name the key is known where a join meets it. */
export interface KeyColumn<Name> {
  readonly " ~name": Name;
}

/** Columns that a key is chosen from. */
export type NamedColumns<S> = { readonly [K in keyof S]: S[K] & KeyColumn<K> };
type NameOf<Key> = Key extends readonly (infer K)[] | CarriedKey<infer K>
  ? NameOf<K>
  : Key extends { readonly " ~name": infer N extends string }
    ? N
    : never;

/** The columns of a side that a join's condition is made of: those of its key carry a label, by which the condition tells that it names them. */
export type MarkedKey<S, Key, Of extends string> = [Key] extends [never]
  ? S
  : unknown extends S
    ? InError
    : { readonly [K in keyof S]: K extends NameOf<Key> ? Relabelled<S[K], `${Of} key ${K}`> : S[K] };

/**
 * Whether a condition names the whole key of a side: then no row of the other side meets several of its rows. Of a key in
 * error nothing is known, and that it is not named is no second error.
 */
export type NamesKey<C, Key, Of extends string> = [NameOf<Key>] extends [never]
  ? IsInError<Key>
  : C extends { readonly " ~label": infer L }
    ? [`${Of} key ${NameOf<Key>}`] extends [L]
      ? true
      : IsInError<Key>
    : false;
/** Of a key that has an error TypeScript knows that it is some column, or nothing. */
type IsInError<Key> = [AnyExpr] extends [Key extends CarriedKey<infer K> ? K : Key] ? true : false;
