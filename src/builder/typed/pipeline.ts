/** `pipeline()`: tables, layer by layer, into one typed and immutable value. */

import type { PipelineNode } from "../../ast/pipeline.ts";
import type { TableKind } from "../../ast/relation.ts";
import type { Problem } from "../../core/problem.ts";
import type { Nothing } from "../../core/total.ts";
import type { Said } from "../../diagnostics/sentences.ts";
import type { TooMany } from "../../typed/answers.ts";
import type { AnyExpr } from "../../typed/base.ts";
import type { Broken } from "../../typed/broken.ts";
import type { Fit, Several } from "../../typed/checks.ts";
import type { InError } from "../../typed/in-error.ts";
import type { Changes } from "./changes.ts";
import type { Extend, Grouped, NotNullOf, OutOfReach, Relation, Sorted } from "./relation.ts";

interface AnyTable {
  readonly " ~columns": unknown;
  readonly " ~key": unknown;
  readonly " ~kind": TableKind;
}
/** The tables of a layer, made of those that it reads. The sentence stands in the name, which an error writes. */
type Layer<_Said extends string, Reads, T> = ($: NoInfer<Reads>) => T;
/** What a layer's callback gives: its tables are checked one by one, so that one mistake leaves the others typed. */
type Given = Record<string, unknown>;
type AnyChanges = { readonly " ~changes": unknown };

/** What the tables are to those who read them. An error writes its name where a table of the same call is looked for. */
type TablesOfEarlierCalls<T> = {
  readonly [K in keyof T]: [unknown] extends [T[K]]
    ? Broken
    : T[K] extends {
          readonly " ~columns": infer S;
          readonly " ~key": infer Key;
          readonly " ~kind": infer Kind extends TableKind;
        }
      ? Relation<S, Key, Kind>
      : Broken;
};

/** What a table in error does not accept is an error here by its name. */
export type Untaken = Nothing<
  Exclude<
    keyof Relation<unknown> | keyof Grouped<unknown, unknown> | keyof Sorted<unknown, unknown>,
    keyof Broken | " ~settings"
  >
>;

/** What is said of what is not a table. */
type NoTable<V> = V extends { readonly " ~outOfReach": infer Message extends string }
  ? Message
  : V extends AnyChanges
    ? Said<"SCD001:changes">
    : V extends { aggregate: unknown }
      ? Said<"REL001:grouped">
      : V extends { limit: unknown }
        ? Said<"REL001:sorted">
        : Said<"REL001">;

/** `Checked`, unless the call has an error elsewhere: of the tables TypeScript knows nothing then, and their types are no second error. */
type Made<T, Checked> = string extends keyof T ? (unknown extends T[string] ? unknown : Checked) : Checked;

/** The tables that a layer is given; instead of one that cannot be, what is wrong with it. */
type Tables<T, Names> = {
  readonly [K in keyof T]: K extends Known<Names>
    ? Problem<Said<"TBL001", { table: K & string }>>
    : T[K] extends AnyTable
      ? unknown
      : Problem<NoTable<T[K]>>;
};
type GoldTables<T, Names> = {
  readonly [K in keyof T]: K extends Known<Names>
    ? Problem<Said<"TBL001", { table: K & string }>>
    : T[K] extends { readonly " ~columns": infer S; readonly " ~kind": TableKind }
      ? [Labelled<S, "pseudonym">] extends [never]
        ? unknown
        : Problem<Said<"PII001", { column: Labelled<S, "pseudonym"> & string }>>
      : Problem<NoTable<T[K]>>;
};
type Targets<T, Names> = {
  readonly [K in keyof T]: K extends Known<Names>
    ? Problem<Said<"TBL001", { table: K & string }>>
    : T[K] extends AnyChanges
      ? unknown
      : Problem<Said<"SCD001">>;
};
type Histories<T, Names> = {
  readonly [K in keyof T]: T[K] extends { readonly " ~truncates": true }
    ? Problem<Said<"SCD004">>
    : Targets<T, Names>[K];
};

/** `Each`, what is said of each table of a layer, unless the layer itself is the mistake: that is said once. */
type OfSilver<Reads, T, Each> = Early<
  Reads,
  T,
  Said<"TBL003:bronze">,
  Unlike<T, AnyTable, AnyChanges, Said<"SCD001:changes">, Each>
>;
type OfChanges<Reads, T, Each> = Early<
  Reads,
  T,
  Said<"TBL003:bronze">,
  Unlike<T, AnyChanges, AnyTable, Said<"SCD001">, Each>
>;
type OfGold<Reads, T, Each> = Early<
  Reads,
  T,
  Said<"TBL003:silver">,
  Unlike<T, AnyTable, AnyChanges, Said<"SCD001:changes">, Each>
>;
/** Says of a layer that it reads tables where none comes before it. */
type Early<Reads, T, Message extends string, Each> = unknown extends Reads
  ? [Extract<T[keyof T], Broken>] extends [never]
    ? Each
    : Problem<Message>
  : Each;
/** Says of a layer of several tables that all of them are what another layer accepts. */
type Unlike<T, Accepted, Other, Message extends string, Each> = [T[keyof T]] extends [Other]
  ? [Extract<T[keyof T], Accepted>] extends [never]
    ? true extends Several<keyof T>
      ? Problem<Message>
      : Each
    : Each
  : Each;

/**
 * Names of the columns that carry a label outside of `Allowed`. What says nothing of labels may carry any. In tuples, so
 * that TypeScript's error type passes.
 */
type Labelled<S, Allowed> = [0] extends [1 & S]
  ? never
  : {
      [K in keyof S]: [S[K]] extends [{ readonly " ~label": infer L }]
        ? [unknown] extends [L]
          ? never
          : [Exclude<L, Allowed>] extends [never]
            ? never
            : K
        : [unknown] extends [S[K]]
          ? never
          : K;
    }[keyof S];

/**
 * What gold sees of bronze: nothing but the message. They are properties, and so completion offers them. Keys in a pattern,
 * `${K}${Uppercase<string>}`, would not be offered; but what is read by an index is a second error before the message
 * under `noUncheckedIndexedAccess` (TS18048) and under `noPropertyAccessFromIndexSignature` (TS4111).
 */
type BronzeInGold<B> = {
  readonly [K in keyof B]: Unheld<B, K, OutOfReach<Said<"LAYER001:gold", { table: K & string }>>>;
};
/** What silver sees of gold. */
type GoldInSilver<G> = {
  readonly [K in keyof G]: Unheld<G, K, OutOfReach<Said<"LAYER001:silver", { table: K & string }>>>;
};
/**
 * Of a layer in error TypeScript knows no names: any table may be one of another layer. Of a table in error, whose columns may
 * be any, nothing more is said: it may stand in the wrong layer itself.
 */
type Unheld<T, K extends keyof T, Refused> = string extends K
  ? T[K] extends Broken
    ? Broken
    : Refused
  : T[K] extends { readonly " ~columns": infer S }
    ? 0 extends 1 & S
      ? Broken
      : Refused
    : Refused;

/** Where no table comes before a layer, it may read any: that there is none is said once, of the layer. */
type NoneBefore<Reads> = unknown extends Reads ? AnyName : unknown;
/** What gold sees where no silver table comes before it: that is said once, of the layer, and of none of the bronze tables that it reads. */
type NoSilver<B> = { readonly [K in keyof B]: Broken } & AnyName;
type AnyName = { readonly [table: string]: Broken };

type End<Q> = Q extends { readonly " ~nullable": infer E extends AnyExpr } ? E : InError;
// A map of the columns that is written where it is used is what an editor shows: neither a name of it nor how they were inferred.
type History<S, Q> = unknown extends S
  ? InError
  : Extend<{ [K in keyof S]: S[K] }, { readonly __START_AT: NotNullOf<Q>; readonly __END_AT: End<Q> }>;
type Scd1<T> = {
  readonly [K in keyof T]: T[K] extends Changes<infer S, infer Key, infer _, infer _T>
    ? Relation<unknown extends S ? InError : { [C in keyof S]: S[C] }, Key, "materialized">
    : Broken;
};
type Scd2<T> = {
  readonly [K in keyof T]: T[K] extends Changes<infer S, infer _, infer Q, infer _T>
    ? Relation<History<S, Q>, never, "materialized">
    : Broken;
};

/**
 * A medallion pipeline. `B`, `S` and `G` are the tables of the three layers, each with its typed columns.
 * `JSON.stringify(p)` is its manifest. `Names` are the names of all tables: kept alongside them, since `keyof` of many
 * included modules would look each name up in every one of them.
 */
export interface Pipeline<B, S, G, Names = keyof B | keyof S | keyof G> {
  readonly name: string;
  /** The tables by name. */
  readonly tables: B & S & G;
  /** Tables that read sources: files as they come, with their origin. */
  bronze<T extends Given>(
    tables: Fit<T, Tables<T, Names>> | ((($: AnyName) => unknown) & Problem<Said<"ARG001:sources">>),
  ): Pipeline<B & TablesOfEarlierCalls<T>, S, G, Names | keyof T>;
  // What silver, scd1 and scd2 read has no alias: hovers and errors would show its name instead of the tables.
  /** Tables that read bronze and silver: typed, cleaned, keyed. */
  silver<T extends Given>(
    tables: Layer<
      Said<"ARG001:tables">,
      B & S & GoldInSilver<G> & NoneBefore<B & S & G>,
      Fit<T, Made<T, OfSilver<B & S & G, T, Tables<T, Names>>>>
    >,
    ...more: readonly TooMany[]
  ): Pipeline<B, S & TablesOfEarlierCalls<T>, G, Names | keyof T>;
  /** Silver tables that hold the latest state of each key (slowly changing dimension, type 1). */
  scd1<T extends Given>(
    tables: Layer<
      Said<"ARG001:tables">,
      B & S & GoldInSilver<G> & NoneBefore<B & S & G>,
      Fit<T, Made<T, OfChanges<B & S & G, T, Targets<T, Names>>>>
    >,
    ...more: readonly TooMany[]
  ): Pipeline<B, S & Scd1<T>, G, Names | keyof T>;
  /** Silver tables that hold the history of each key, with `__START_AT` and `__END_AT` (type 2). */
  scd2<T extends Given>(
    tables: Layer<
      Said<"ARG001:tables">,
      B & S & GoldInSilver<G> & NoneBefore<B & S & G>,
      Fit<T, Made<T, OfChanges<B & S & G, T, Histories<T, Names>>>>
    >,
    ...more: readonly TooMany[]
  ): Pipeline<B, S & Scd2<T>, G, Names | keyof T>;
  /** Tables that read silver and gold: for people and reports, without personal data. */
  gold<T extends Given>(
    tables: Layer<
      Said<"ARG001:tables">,
      unknown extends S & G ? NoSilver<B> : S & G & BronzeInGold<B>,
      Fit<T, Made<T, OfGold<S & G, T, GoldTables<T, Names>>>>
    >,
    ...more: readonly TooMany[]
  ): Pipeline<B, S, G & TablesOfEarlierCalls<T>, Names | keyof T>;
  /**
   * Both pipelines as one. Two tables of one name are an error; the same table is not, so that modules which include the
   * same dimensions can be included together.
   */
  include<B2, S2, G2, Names2>(
    // Asked of its name: of the pipeline, TypeScript would ask about each table included before, while the names are unknown.
    other: Pipeline<B2, S2, G2, Names2> & {
      readonly name: NoInfer<Distinct<Extract<Known<Names2>, Known<Names>>, B & S & G, B2 & S2 & G2>>;
    },
  ): Pipeline<B & B2, S & S2, G & G2, Names | Names2>;
  /** The pipeline as data, with the places of the code that made it. */
  toNode(): PipelineNode;
  /** The same without the places: what `JSON.stringify` writes, the same text on every machine. */
  toJSON(): PipelineNode;
}

/** The names that are known before run time: not those of tables that a program makes from a list. */
type Known<Names> = string extends Names ? never : Names;

/** `K` are the names that both have, found by `Extract`: `&` on two unions of names grows with the square of the tables. */
type Distinct<K, T, T2> = [K] extends [never] ? unknown : Clash<Others<K, T, T2>>;
type Clash<K> = [K] extends [never] ? unknown : Problem<Said<"TBL001", { table: K & string }>>;
/** Of the names in both, those of tables that are not of one type: the rest is compared when the pipelines are put together. */
type Others<K, T, T2> = K extends keyof T & keyof T2 ? ([T[K], T2[K]] extends [T2[K], T[K]] ? never : K) : K;

/** Any pipeline, for functions that accept one as data: `analyze`, `compile`, `run`. */
export interface AnyPipeline {
  readonly name: string;
  toNode(): PipelineNode;
}
