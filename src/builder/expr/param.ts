/** `param`: values that come from the environment that runs the pipeline. */
import { checkOptions, type OptionNames } from "../../core/given.ts";
import { callerLocation } from "../../core/location.ts";
import { mistake } from "../../diagnostics/mistake.ts";
import type { Saying } from "../../diagnostics/sentences.ts";
import { literalOf } from "../../nodes/literals.ts";
import { paramNode, SecretParam } from "../../nodes/params.ts";
import type { ExprOf } from "../../typed/base.ts";
import type { Secret } from "../../typed/secret.ts";
import { primitive, type SqlType } from "../../types/types.ts";
import { Expression } from "./expression.ts";
import { methods } from "./no-value.ts";

/** How a parameter is declared. */
export interface ParamOptions<D> {
  /** What it is where the environment gives none. */
  readonly default?: D;
}

/** A number from outside: like a constant, it gets the unit of what it meets. */
type NumberParam<T extends "int" | "bigint" | "double"> = ExprOf<T, never, never, string>;

function made<E>(name: string, type: SqlType, options?: ParamOptions<unknown>): E {
  const at = callerLocation();
  checkOptions(options, `param.${type.kind}()`, { default: true } satisfies OptionNames<ParamOptions<unknown>>, at);
  const given = options?.default;
  if (given === null) throw mistake(at, NO_DEFAULT);
  const fallback = given === undefined ? null : literalOf(given, type, at).value;
  return new Expression(paramNode(name, { type, ...(fallback !== null && { default: fallback }) }, at)) as unknown as E;
}

const NO_DEFAULT: Saying = {
  code: "ARG001",
  message: "null is not a default of a parameter",
  help: "leave default out where the environment has to give a value",
};

/**
 * Parameters of the pipeline. `${name}` on Databricks and Spark, where the pipeline's configuration gives the value; a
 * bound value on DuckDB, where `run(p, { params: { name: value } })` gives it. A source's path accepts `${name}` too.
 *
 * @example
 * ```ts
 * import { param, pipeline, source, t } from "medallion";
 * export const p = pipeline("demo")
 *   .bronze({ raw: source.json("raw/*.json", { id: t.bigint(), region: t.string(), amount: t.bigint() }) })
 *   .silver(($) => ({
 *     large: $.raw.where((c) => c.region.eq(param.string("region")).and(c.amount.ge(param.bigint("least", { default: 100n })))),
 *   }));
 * ```
 */
export const param = methods({
  string: (name: string, options?: ParamOptions<string>): ExprOf<"string"> => made(name, primitive("string"), options),
  boolean: (name: string, options?: ParamOptions<boolean>): ExprOf<"boolean"> =>
    made(name, primitive("boolean"), options),
  int: (name: string, options?: ParamOptions<number>): NumberParam<"int"> => made(name, primitive("int"), options),
  bigint: (name: string, options?: ParamOptions<number | bigint>): NumberParam<"bigint"> =>
    made(name, primitive("bigint"), options),
  double: (name: string, options?: ParamOptions<number>): NumberParam<"double"> =>
    made(name, primitive("double"), options),
  date: (name: string, options?: ParamOptions<string | Date>): ExprOf<"date"> => made(name, primitive("date"), options),
  timestamp: (name: string, options?: ParamOptions<string | Date>): ExprOf<"timestamp"> =>
    made(name, primitive("timestamp"), options),
  /**
   * A secret: `secret('scope', 'name')` on Databricks. Elsewhere `run(p, { params: { name } })`, or the session's
   * configuration on Spark, gives the value; it appears in no SQL, manifest, state, log or error.
   */
  secret: (name: string, options: { readonly scope: string }): Secret => {
    const at = callerLocation();
    checkOptions(options, "param.secret()", { scope: true }, at);
    return new SecretParam(paramNode(name, { type: primitive("string"), secret: options?.scope ?? "" }, at));
  },
});
