/** The typed relation: a query under construction. Each step gives a new relation. */

import type { ExprNode } from "../../ast/expr.ts";
import type { RelationNode, TableKind } from "../../ast/relation.ts";
import type { Problem } from "../../core/problem.ts";
import type { Said } from "../../diagnostics/sentences.ts";
import type { QueryMethods } from "../../settings/settings.ts";
import type { AnyCallback, TooFew, TooMany } from "../../typed/answers.ts";
import type { AnyExpr, Condition } from "../../typed/base.ts";
import type { Anything, Broken } from "../../typed/broken.ts";
import type {
  Deduping,
  Derivation,
  Filling,
  Grouping,
  KeyColumns,
  Match,
  Matching,
  Measuring,
  Order,
  Rule,
  Selection,
} from "../../typed/callbacks.ts";
import type { Failed, Measures, Values } from "../../typed/checks.ts";
import type { Either, Rebuilt } from "../../typed/facts.ts";
import type { InError } from "../../typed/in-error.ts";
import type {
  CarriedKey,
  Carry,
  IsKey,
  KeyColumn,
  Keyed,
  KeyGiven,
  KeySpec,
  KnownBy,
  MarkedKey,
  NamedColumns,
  NamesKey,
  NotNull,
  Sequence,
  Stands,
} from "../../typed/keys.ts";
import type { KnownGroups, KnownSteps, LimitComesFirst } from "../../typed/known-as.ts";
import type { OptionsKnownAs } from "../../typed/known-options.ts";
import type { AnObjectOfColumns, Given, NoRecord } from "../../typed/literals.ts";
import type { TimestampExpr } from "../../typed/scalars.ts";
import type { SameShape } from "../../typed/unions.ts";
import type { ChangeOptions, Changes, SnapshotOptions } from "./changes.ts";
import type { Columns, Held, Joined, Unagg, UnaggGrouped } from "./results.ts";

/** `R` alongside `S`, or in its place where the names clash. Intersections keep each column's symbol for rename. */
export type Extend<S, R> = keyof S & keyof R extends never
  ? S & R
  : string extends keyof R
    ? { [K in keyof S]: InError } & R
    : unknown extends S
      ? InError
      : Replaced<S, R>;
/** Columns, of an interface as well. */
type Exprs<S> = { readonly [K in keyof S]: AnyExpr };
/** TypeScript looks through a hundred types at once: so this is one map, and asks for the columns of `S` at every step. */
type Replaced<S, R> =
  S extends Exprs<S> ? { [K in keyof (S & R)]: K extends keyof R ? R[K] : K extends keyof S ? S[K] : never } : never;

/** Says that the other side of an asOfJoin needs the time of its versions. */
type Versioned<S2> = S2 extends { readonly __START_AT: unknown } ? unknown : Problem<Said<"JOIN002">>;
type TimeOf<S2> = S2 extends { readonly __START_AT: { readonly " ~type": infer T } }
  ? { readonly " ~type": T; toNode(): ExprNode }
  : AnyExpr;

interface AsOfOptions<S, S2, R> extends OptionsKnownAs<"on" | "at" | "select"> {
  /** Matches the entity: an equality on every key column of the history. */
  readonly on: Match<Said<"TYPE001:condition">, S, S2 extends { readonly __START_AT: unknown } ? S2 : InError>;
  /** The time at which the history is read, of the type of its sequence. */
  readonly at: (left: S, right: Problem<Said<"JOIN003">>) => TimeOf<S2> | Problem<Said<"JOIN003">>;
  readonly select: (
    left: S,
    right: S2 extends { readonly __START_AT: unknown }
      ? { [K in keyof S2]: S2[K] extends { readonly " ~fanned": { readonly " ~nullable": infer E } } ? E : InError }
      : InError,
  ) => R & NoInfer<Values<R>>;
}

/** The rows of each group, ready for aggregates. */
export interface Grouped<S, G> extends KnownGroups {
  /** One row a group: the group's columns, then the measures. Give it a `key()` to look it up. */
  aggregate<R extends AnObjectOfColumns>(
    measures: (columns: S) => R & NoInfer<Measures<R, G>>,
  ): Relation<G & UnaggGrouped<R, G>, CarriedKey<KeyColumn<keyof G>>, "materialized">;
}

/** What a relation is to those who join it. */
interface AnyRelation<S, Key> {
  readonly " ~columns": S;
  readonly " ~key": Key;
  toNode(): RelationNode;
}

/** What another relation reads: a query without settings, which would be lost there. The sentence stands in the name. */
interface Input<S, Key, _Said extends string = Said<"REL001">> extends AnyRelation<S, Key> {
  readonly " ~settings"?: undefined;
}

/** Where change events are taken: they are read as a stream. */
type Streamed<Kind extends TableKind, This> = Kind extends "streaming" ? This : Problem<Said<"STREAM001:changes">>;

/**
 * The steps of a query. `This` is where a step may not be taken: a `Problem` with the reason, which the argument of the
 * step is not. So the error is one, and on the line of the step.
 */
export interface Steps<S, Key, Kind extends TableKind, This> {
  /**
   * Keeps the rows for which the condition is true. Where it is null, as a comparison with a null is, the row is left
   * out: say `orElse(true)` to keep it. What is left out is counted as dropped.
   */
  where(condition: This & Rule<Said<"ARG001:condition">, S>, ...more: readonly TooMany[]): Relation<S, Key, Kind>;
  /** Keeps the rows in which the given columns have a value; they are not null from then on. */
  whereNotNull<R extends AnObjectOfColumns>(
    columns: This & Filling<Said<"ARG001:callback">, S, R>,
    ...more: readonly TooMany[]
  ): Relation<Filled<S, R extends NoRecord ? S : Failed<R> extends true ? S : R>, Key, Kind>;
  /** The given columns and no others, constants included; `({ op, ...rest }) => rest` drops, `({ city, ...rest }) => ({ ...rest, town: city })` renames. */
  select<R extends AnObjectOfColumns>(
    columns: This & Selection<Said<"ARG001:callback">, S, R>,
    ...more: readonly TooMany[]
  ): Relation<Columns<R>, Carry<Key>, Kind>;
  /** Adds the given columns, and replaces those of the same name. */
  derive<R extends AnObjectOfColumns>(
    columns: This & Derivation<Said<"ARG001:callback">, S, R>,
    ...more: readonly TooMany[]
  ): Relation<Extend<S, Columns<R>>, Key, Kind>;
  /**
   * Matches each row with the one row of `other` that has the key: no row of this side is repeated or lost, whatever
   * the data. What comes from the other side is null where there is no match; its numbers count as repeated, unless
   * `on` is the declared key of this side. Where the data breaks the key of
   * `other`, the first row of that key is read, in the order of all columns of `other` as they are declared, nulls
   * first (arrays, maps and variants do not count: engines order them differently or not at all).
   */
  lookup<
    S2 = InError,
    K2 = AnyExpr,
    const M extends KeyGiven | Problem<Said<"FK002:columns">> = AnyExpr,
    R extends AnObjectOfColumns = Given,
  >(
    other: This & Keyed<K2> & Input<S2, K2>,
    on: (columns: NamedColumns<S>, other: Problem<Said<"FK002:columns">>) => NoInfer<Stands<M, K2>> & M,
    select: (
      left: S,
      // Of a table that has another key nothing more is said: it may be the wrong one.
      right: unknown extends KnownBy<M, K2>
        ? {
            [K in keyof S2]: IsKey<M, Key> extends true
              ? S2[K] extends { readonly " ~nullable": infer E }
                ? E
                : InError
              : S2[K] extends { readonly " ~fanned": { readonly " ~nullable": infer E } }
                ? E
                : InError;
          }
        : InError,
    ) => R & NoInfer<Values<R>>,
  ): Relation<Held<M, Joined<R>>, Carry<Key>, "materialized">;
  lookup(other: AnyRelation<unknown, unknown>, on: TooFew<Said<"ARG001:lookup">>): Broken;
  // The maps of the columns of both sides are written where they are used: an editor shows the columns, and no name.
  /**
   * Rows of both sides that match. Several may, so the numbers of a side count as repeated until `acknowledgeFanOut()`, unless
   * the condition names the whole declared key of the other side.
   */
  join<
    S2 = InError,
    K2 = InError,
    C extends Condition | Problem<Said<"TYPE001:condition">> = Condition,
    R extends AnObjectOfColumns = Given,
  >(
    other: This & Input<S2, K2>,
    on: Matching<Said<"ARG001:join">, MarkedKey<S, Key, "left">, MarkedKey<S2, K2, "right">, C>,
    select: (
      left: unknown extends S
        ? InError
        : NamesKey<C, K2, "right"> extends true
          ? S
          : { [K in keyof S]: S[K] extends { readonly " ~fanned": infer E } ? E : InError },
      right: unknown extends S2
        ? InError
        : NamesKey<C, Key, "left"> extends true
          ? S2
          : { [K in keyof S2]: S2[K] extends { readonly " ~fanned": infer E } ? E : InError },
    ) => R & NoInfer<Values<R>>,
  ): Relation<Held<C, Joined<R>>, NamesKey<C, K2, "right"> extends true ? Carry<Key> : never, "materialized">;
  join(other: AnyRelation<unknown, unknown>, on: TooFew<Said<"ARG001:join">>): Broken;
  /** As `join`, and the rows of this side without a match. */
  leftJoin<
    S2 = InError,
    K2 = InError,
    C extends Condition | Problem<Said<"TYPE001:condition">> = Condition,
    R extends AnObjectOfColumns = Given,
  >(
    other: This & Input<S2, K2>,
    on: Matching<Said<"ARG001:join">, MarkedKey<S, Key, "left">, MarkedKey<S2, K2, "right">, C>,
    select: (
      left: unknown extends S
        ? InError
        : NamesKey<C, K2, "right"> extends true
          ? S
          : { [K in keyof S]: S[K] extends { readonly " ~fanned": infer E } ? E : InError },
      right: unknown extends S2
        ? InError
        : NamesKey<C, Key, "left"> extends true
          ? { [K in keyof S2]: S2[K] extends { readonly " ~nullable": infer E } ? E : InError }
          : {
              [K in keyof S2]: S2[K] extends { readonly " ~fanned": { readonly " ~nullable": infer E } } ? E : InError;
            },
    ) => R & NoInfer<Values<R>>,
  ): Relation<Held<C, Joined<R>>, NamesKey<C, K2, "right"> extends true ? Carry<Key> : never, "materialized">;
  leftJoin(other: AnyRelation<unknown, unknown>, on: TooFew<Said<"ARG001:join">>): Broken;
  /** As `join`, and the rows of both sides without a match. */
  fullJoin<
    S2 = InError,
    K2 = InError,
    C extends Condition | Problem<Said<"TYPE001:condition">> = Condition,
    R extends AnObjectOfColumns = Given,
  >(
    other: This & Input<S2, K2>,
    on: Matching<Said<"ARG001:join">, MarkedKey<S, Key, "left">, MarkedKey<S2, K2, "right">, C>,
    select: (
      left: unknown extends S
        ? InError
        : NamesKey<C, K2, "right"> extends true
          ? { [K in keyof S]: S[K] extends { readonly " ~nullable": infer E } ? E : InError }
          : { [K in keyof S]: S[K] extends { readonly " ~fanned": { readonly " ~nullable": infer E } } ? E : InError },
      right: unknown extends S2
        ? InError
        : NamesKey<C, Key, "left"> extends true
          ? { [K in keyof S2]: S2[K] extends { readonly " ~nullable": infer E } ? E : InError }
          : {
              [K in keyof S2]: S2[K] extends { readonly " ~fanned": { readonly " ~nullable": infer E } } ? E : InError;
            },
    ) => R & NoInfer<Values<R>>,
  ): Relation<Joined<R>, never, "materialized">;
  fullJoin(other: AnyRelation<unknown, unknown>, on: TooFew<Said<"ARG001:join">>): Broken;
  /** The rows of this side that have a match. */
  semiJoin<S2 = InError, K2 = InError>(
    other: This & Input<S2, K2>,
    on: Match<Said<"ARG001:join">, S, S2>,
  ): Relation<S, Key, "materialized">;
  /** The rows of this side that have none. */
  antiJoin<S2 = InError, K2 = InError>(
    other: This & Input<S2, K2>,
    on: Match<Said<"ARG001:join">, S, S2>,
  ): Relation<S, Key, "materialized">;
  /** Matches each row with the version of a history (`scd2`) that was valid at its time. */
  asOfJoin<S2 = InError, K2 = InError, R extends AnObjectOfColumns = Given>(
    other: This & Versioned<S2> & Input<S2, K2>,
    options: AsOfOptions<S, S2, R>,
  ): Relation<Joined<R>, Carry<Key>, "materialized">;
  asOfJoin(
    other: AnyRelation<unknown, unknown>,
    on: AnyCallback,
    at: TooFew<Said<"ARG001:asOf">>,
    ...more: readonly AnyCallback[]
  ): Broken;
  /** All rows of both sides, matched by column name. */
  union<S2, K2, Kind2 extends TableKind>(
    other: This & SameShape<S, S2> & Input<S2, K2> & { readonly " ~kind": Kind2 },
  ): Relation<
    // The less certain of the two: nullable if either is, labels of both. A map with a name is what an editor would show.
    unknown extends S ? InError : { [K in keyof S]: K extends keyof S2 ? Either<S[K], S2[K]> : InError },
    never,
    "materialized" extends Kind | Kind2 ? "materialized" : "streaming"
  >;
  groupBy<G extends AnObjectOfColumns>(
    columns: This & Grouping<Said<"ARG001:callback">, S, G>,
    ...more: readonly TooMany[]
  ): Grouped<S, Columns<G>>;
  /** One row over everything. */
  aggregate<R extends AnObjectOfColumns>(
    measures: This & Measuring<Said<"ARG001:callback">, S, R>,
    ...more: readonly TooMany[]
  ): Relation<Unagg<R>, never, "materialized">;
  /** One row for each key: the first in the given order. */
  dedupe<const K extends KeySpec | Problem<Said<"EXPR001:columns">>>(
    options: This & Deduping<Said<"ARG001:dedupe">, S, K>,
  ): Relation<Held<K, S>, Key, "materialized">;
  /** Sorts; only with `limit`, since a table has no order. */
  orderBy(
    order: This & Order<Said<"EXPR001:columns">, S>,
    ...more: readonly TooFew<Said<"EXPR001:columns">>[]
  ): Sorted<S, Key>;
  /** A step of your own: a function from relation to relation. */
  pipe<T = InError>(step: ((relation: Relation<S, Key, Kind>) => T) & This): T;
  /** Declares these rows as change events. `columns` selects what is stored. Default: all columns. */
  changes<
    const K extends KeySpec | Problem<Said<"EXPR001:columns">>,
    Q extends AnyExpr | Problem<Said<"EXPR001:column">>,
    W extends ((columns: S) => Condition) | undefined,
    R = unknown,
    H = unknown,
  >(
    options: ChangeOptions<S, NotNull<K> & K, Sequence<Q> & Q, W, R, H> & Streamed<Kind, This>,
  ): Changes<Held<K, Stored<S, R>>, K, Q, undefined extends W ? false : true>;
  /**
   * Declares these rows as the whole state of a table, which is compared with the state before. `version` orders the
   * states. Default: the time of the update. `columns` selects what is stored. Default: all columns.
   */
  snapshots<const K extends KeySpec | Problem<Said<"EXPR001:columns">>, V = TimestampExpr, R = unknown, H = unknown>(
    options: SnapshotOptions<S, NotNull<K> & K, V, R, H> & This,
  ): Changes<Stored<S, R>, K, VersionOf<V>>;
}

/** What is stored: all columns, where none were chosen. */
type Stored<S, R> = unknown extends R ? S : R;

type VersionOf<V> = V extends AnyExpr ? NotNullOf<V> : InError;

/**
 * A typed query. `S` is the record of its columns, `Key` the declared key (`never`: none), `Kind` what
 * a table of it would be: `streaming` as long as it only grows.
 *
 * @example
 * ```ts
 * import { pipeline, source, t } from "medallion";
 * export const p = pipeline("demo")
 *   .bronze({ raw: source.json("raw/*.json", { id: t.bigint(), amount: t.decimal(10, 2), note: t.string() }) })
 *   .silver(($) => ({
 *     clean: $.raw.where((c) => c.amount.gt(0)).select(({ note, ...rest }) => rest).key((c) => c.id),
 *   }));
 * ```
 */
export interface Relation<S, Key = never, Kind extends TableKind = "streaming">
  extends Input<S, Key>,
    Steps<S, Key, Kind, unknown>,
    QueryMethods<S, Kind, Table<S, Key, Kind>, Table<S, Key, "materialized">, Table<S, Key, "streaming">>,
    KnownSteps {
  readonly " ~kind": Kind;
  /**
   * The columns that identify a row: never null, and unique. It is checked: each update counts the rows that break it,
   * as an expectation `key(…)`, and warns of them (`KEY003`). A step that may break it (select, join, union, groupBy)
   * gives a relation that no other can look up: declare it again.
   */
  key<const K extends KeySpec | Problem<Said<"EXPR001:columns">>>(
    columns: KeyColumns<Said<"EXPR001:columns">, S, K>,
  ): Relation<Held<K, S>, K, Kind>;
  /** Says that columns hold keys of another table. */
  references<S2, K2 = AnyExpr, const M extends KeyGiven | Problem<Said<"FK002:columns">> = AnyExpr>(
    other: Keyed<K2> & Input<S2, K2>,
    columns: (columns: S, other: Problem<Said<"FK002:columns">>) => NoInfer<Stands<M, K2>> & M,
  ): Relation<S, Key, Kind>;
}

/** A sorted relation, before its limit. */
export interface Sorted<S, Key> extends LimitComesFirst {
  /** The first `count` rows. */
  limit(count: number): Relation<S, Key, "materialized">;
}

/** What has settings has no steps: protected, `tsc` refuses them by the name of the class, and no editor offers them. */
declare class StepsComeBeforeSettings<S, Key, Kind extends TableKind> {
  protected readonly " ~rule": Said<"SET001:steps">;
  protected readonly where: Steps<S, Key, Kind, unknown>["where"];
  protected readonly whereNotNull: Steps<S, Key, Kind, unknown>["whereNotNull"];
  protected readonly select: Steps<S, Key, Kind, unknown>["select"];
  protected readonly derive: Steps<S, Key, Kind, unknown>["derive"];
  protected readonly lookup: Steps<S, Key, Kind, unknown>["lookup"];
  protected readonly join: Steps<S, Key, Kind, unknown>["join"];
  protected readonly leftJoin: Steps<S, Key, Kind, unknown>["leftJoin"];
  protected readonly fullJoin: Steps<S, Key, Kind, unknown>["fullJoin"];
  protected readonly semiJoin: Steps<S, Key, Kind, unknown>["semiJoin"];
  protected readonly antiJoin: Steps<S, Key, Kind, unknown>["antiJoin"];
  protected readonly asOfJoin: Steps<S, Key, Kind, unknown>["asOfJoin"];
  protected readonly union: Steps<S, Key, Kind, unknown>["union"];
  protected readonly groupBy: Steps<S, Key, Kind, unknown>["groupBy"];
  protected readonly aggregate: Steps<S, Key, Kind, unknown>["aggregate"];
  protected readonly dedupe: Steps<S, Key, Kind, unknown>["dedupe"];
  protected readonly orderBy: Steps<S, Key, Kind, unknown>["orderBy"];
  protected readonly pipe: Steps<S, Key, Kind, unknown>["pipe"];
  protected readonly changes: Steps<S, Key, Kind, unknown>["changes"];
  protected readonly snapshots: Steps<S, Key, Kind, unknown>["snapshots"];
}

/** A relation with settings: it can be set further and given to a layer, but has no more query steps. */
export interface Table<S, Key = never, Kind extends TableKind = "streaming">
  extends AnyRelation<S, Key>,
    StepsComeBeforeSettings<S, Key, Kind>,
    QueryMethods<S, Kind, Table<S, Key, Kind>, Table<S, Key, "materialized">, Table<S, Key, "streaming">> {
  readonly " ~kind": Kind;
  readonly " ~settings": Problem<Said<"SET001:read">>;
  /**
   * The columns that identify a row: never null, and unique. It is checked: each update counts the rows that break it,
   * as an expectation `key(…)`, and warns of them (`KEY003`). A step that may break it (select, join, union, groupBy)
   * gives a relation that no other can look up: declare it again.
   */
  key<const K extends KeySpec | Problem<Said<"EXPR001:columns">>>(
    columns: KeyColumns<Said<"EXPR001:columns">, S, K>,
  ): Table<S, K, Kind>;
  /** Says that columns hold keys of another table. */
  references<S2, K2 = AnyExpr, const M extends KeyGiven | Problem<Said<"FK002:columns">> = AnyExpr>(
    other: Keyed<K2> & Input<S2, K2>,
    columns: (columns: S, other: Problem<Said<"FK002:columns">>) => NoInfer<Stands<M, K2>> & M,
  ): Table<S, Key, Kind>;
}

/** A table that a layer does not reach: every step and setting of it is the one error `Message`, whichever columns it is asked for. */
export interface OutOfReach<Message extends string> extends Refused<keyof Broken, Message> {
  readonly " ~columns": InError;
  readonly " ~key": InError;
  readonly " ~settings": Problem<Message>;
  readonly " ~outOfReach": Message;
  toNode(): RelationNode;
}
/** Steps and settings that are refused, however they are called. */
type Refused<Names, Message extends string> = {
  readonly [K in Exclude<Names, ` ~${string}` | "toNode"> & string]: (
    given: Anything & Problem<Message>,
    ...more: readonly Anything[]
  ) => Broken;
};

/** `S` with a value in the columns of `R`; one map, as `Replaced` is. */
type Filled<S, R> = S extends Exprs<S> ? { [K in keyof S]: K extends keyof R ? NotNullOf<S[K]> : S[K] } : S;
export type NotNullOf<E> = E extends { readonly " ~label": infer L } ? Rebuilt<E, never, L & string> : InError;
