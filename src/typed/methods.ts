/** The names of the methods that typed expressions have: the builder and the catalogue must have them as well. */
import type { TypeName } from "../types/types.ts";
import type { AnyExpr, ExprOf, NoValue } from "./base.ts";
import type { ArrayExpr, MapExpr, StructExpr } from "./collections.ts";

type Nested = "array" | "struct" | "map";

/** An expression of each type. */
type Each =
  | { [T in Exclude<TypeName, Nested>]: ExprOf<T> }[Exclude<TypeName, Nested>]
  | ArrayExpr<AnyExpr>
  | StructExpr<Record<never, never>>
  | MapExpr<AnyExpr, AnyExpr>;

type NamesOf<E> = E extends unknown
  ? { [K in keyof E]: K extends ` ~${string}` | keyof NoValue ? never : K }[keyof E]
  : never;

/** Every method and property of a typed expression. */
export type TypedName = Extract<NamesOf<Each>, string>;
