/** Which methods an expression has: those of the catalogue, and its own. */
import type { Nothing } from "../../core/total.ts";
import type { FunctionName, MethodName } from "../../functions/index.ts";
import type { TypedName } from "../../typed/methods.ts";

/** Methods that call a function of another name. */
export const ALIASES = {
  orElse: "coalesce",
  lastBy: "maxBy",
  firstBy: "minBy",
} as const satisfies Readonly<Record<string, FunctionName>>;

/** What the expression class has itself. */
export type OwnMethod =
  | "toNode"
  | "cast"
  | "tryCast"
  | "asc"
  | "desc"
  | "mask"
  | "sha256"
  | "tokenize"
  | "convert"
  | "has"
  | "entry"
  | "fields";

type Method = MethodName | keyof typeof ALIASES | OwnMethod;
/** A function without a typed method, or a typed method without a function, is an error here by its name. */
export type Unmatched = Nothing<Exclude<Method, TypedName> | Exclude<TypedName, Method>>;
