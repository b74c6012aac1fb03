/** `param`: values that come from the environment that runs the pipeline. */
import { DefinitionError } from "../schema/errors.ts";
import { callerLocation } from "../schema/location.ts";
import { primitive, type SqlType } from "../schema/types.ts";
import { type Place, sealed } from "./build.ts";
import { Expression } from "./expression.ts";
import { literalOf } from "./literals.ts";
import type { ParamNode } from "./nodes.ts";
import type { ExprOf } from "./typed/base.ts";

/** How a parameter is declared. */
export interface ParamOptions<D> {
  /** What it is where the environment gives none. */
  readonly default?: D;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_.]*$/;

/** Whether a text may name a parameter: letters, digits, `_` and `.`. */
export function isParamName(name: string): boolean {
  return NAME.test(name);
}

function paramNode(name: string, type: SqlType, given: ParamOptions<unknown>, at: Place): ParamNode {
  if (typeof name !== "string" || !isParamName(name)) {
    throw new DefinitionError({
      code: "PARAM001",
      message: `${JSON.stringify(name)} cannot name a parameter`,
      help: "letters, digits, _ and . are taken",
      location: at,
    });
  }
  const fallback = given.default === undefined ? undefined : literalOf(given.default as string, type, at).value;
  const facts = { type, nullable: false, labels: Object.freeze([]), unit: "", additivity: "additive" } as const;
  const node = { kind: "param", name, ...facts, ...(fallback != null && { default: fallback }) } as const;
  return sealed<ParamNode>(node, `param:${name}:${type.kind}:${JSON.stringify(fallback ?? null)}`, at);
}

function made<E>(name: string, type: SqlType, options: ParamOptions<unknown> = {}): E {
  return new Expression(paramNode(name, type, options, callerLocation())) as unknown as E;
}

/**
 * Parameters of the pipeline. `${name}` on Databricks and Spark, where the pipeline's configuration gives the value; a
 * bound value on DuckDB, where `run(p, { params: { name: value } })` gives it. A source's path takes `${name}` too.
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
export const param = Object.freeze({
  string: (name: string, options?: ParamOptions<string>): ExprOf<"string"> => made(name, primitive("string"), options),
  boolean: (name: string, options?: ParamOptions<boolean>): ExprOf<"boolean"> =>
    made(name, primitive("boolean"), options),
  int: (name: string, options?: ParamOptions<number>): ExprOf<"int"> => made(name, primitive("int"), options),
  bigint: (name: string, options?: ParamOptions<number | bigint>): ExprOf<"bigint"> =>
    made(name, primitive("bigint"), options),
  double: (name: string, options?: ParamOptions<number>): ExprOf<"double"> => made(name, primitive("double"), options),
  date: (name: string, options?: ParamOptions<string | Date>): ExprOf<"date"> => made(name, primitive("date"), options),
  timestamp: (name: string, options?: ParamOptions<string | Date>): ExprOf<"timestamp"> =>
    made(name, primitive("timestamp"), options),
});
