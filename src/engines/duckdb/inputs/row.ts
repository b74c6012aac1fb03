/** The types of rows that are given to `run()`. */
import type { SourceMetadata } from "../../../builder/pipeline/source.ts";
import type { AnyPipeline, Pipeline } from "../../../builder/typed/pipeline.ts";
import type { ArrayExpr, MapExpr, StructExpr } from "../../../typed/collections.ts";

interface Given {
  string: string;
  boolean: boolean;
  tinyint: number | bigint;
  smallint: number | bigint;
  int: number | bigint;
  bigint: number | bigint;
  float: number;
  double: number;
  /** Exact: a text, or a whole number. */
  decimal: string | bigint;
  /** A `Date` at midnight in UTC. */
  date: string | Date;
  timestamp: string | Date;
  timestampNtz: string;
  binary: Uint8Array;
  variant: unknown;
}

type Value<E> =
  E extends ArrayExpr<infer I, infer _N, infer _L>
    ? readonly (Value<I> | null)[]
    : E extends StructExpr<infer F, infer _N, infer _L>
      ? { readonly [K in keyof F]?: Value<F[K]> | null }
      : E extends MapExpr<infer K, infer V, infer _N, infer _L>
        ? ReadonlyMap<Value<K>, Value<V> | null>
        : E extends { readonly " ~values": infer V }
          ? V
          : E extends { readonly " ~type": infer T extends keyof Given }
            ? Given[T]
            : unknown;

type MayBeNull<E> = E extends { readonly " ~null": infer N } ? ([N] extends [never] ? false : true) : true;
/** The names of the columns that a row gives: not of what is known of its file. */
type Names<S, Nullable> = {
  [K in keyof S]: K extends keyof SourceMetadata ? never : MayBeNull<S[K]> extends Nullable ? K : never;
}[keyof S];

/** As one map: that is what an editor shows. */
type RowOf<S> = Split<S> extends infer R ? { readonly [K in keyof R]: R[K] } : never;
type Split<S> = { readonly [K in Names<S, false>]: Value<S[K]> } & {
  readonly [K in Names<S, true>]?: Value<S[K]> | null;
};

/**
 * A row that `run()` accepts for a table in `inputs`: `InputRow<typeof p.tables.orders_raw>`. What may be null may be left
 * out.
 */
export type InputRow<T extends { readonly " ~columns": unknown }> = T extends { readonly " ~columns": infer S }
  ? RowOf<S>
  : never;

/** The rows of bronze tables, by table. */
export type InputsOf<P> =
  P extends Pipeline<infer B, infer _S, infer _G, infer _N>
    ? { readonly [K in keyof B]?: B[K] extends { readonly " ~columns": infer S } ? readonly RowOf<S>[] : never }
    : P extends AnyPipeline
      ? Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>
      : never;
