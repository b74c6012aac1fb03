/** Rows as TypeScript values. */
import type { ArrayExpr, MapExpr, StructExpr } from "../../typed/collections.ts";

interface JsTypes {
  string: string;
  boolean: boolean;
  tinyint: number;
  smallint: number;
  int: number;
  bigint: bigint;
  float: number;
  double: number;
  /** Exact, as text. */
  decimal: string;
  date: string;
  /** To the microsecond: `2024-01-31T10:00:00.000000Z`, without the `Z` where it has no zone. */
  timestamp: string;
  timestampNtz: string;
  binary: Uint8Array;
  variant: unknown;
}

type ValueOf<E> =
  E extends ArrayExpr<infer I, infer _N, infer _L>
    ? readonly JsOf<I>[]
    : E extends StructExpr<infer F, infer _N, infer _L>
      ? { readonly [K in keyof F]: JsOf<F[K]> }
      : E extends MapExpr<infer K, infer V, infer _N, infer _L>
        ? ReadonlyMap<JsOf<K>, JsOf<V>>
        : E extends { readonly " ~values": infer V }
          ? V
          : E extends { readonly " ~type": infer T extends keyof JsTypes }
            ? JsTypes[T]
            : unknown;

type JsOf<E> = E extends { readonly " ~null": infer N }
  ? [N] extends [never]
    ? ValueOf<E>
    : ValueOf<E> | null
  : never;

/** The TypeScript type of a row with these columns. */
export type RowOf<S> = { readonly [K in keyof S]: JsOf<S[K]> };

/** The TypeScript type of a table's rows: `InferRow<typeof p.tables.orders>`. */
export type InferRow<T extends { readonly " ~columns": unknown }> = T extends { readonly " ~columns": infer S }
  ? // Not `RowOf<S>`, of which an editor would show the columns instead of the values.
    { readonly [K in keyof S]: JsOf<S[K]> }
  : never;
