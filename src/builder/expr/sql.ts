/** `sql`: the user's own SQL with typed references. */
import { callerLocation } from "../../core/location.ts";
import type { AnyExpr, LabelOf } from "../typed/base.ts";
import type { Relabelled } from "../typed/facts.ts";
import { rawNode } from "./build.ts";
import type { AnyColumn } from "./columns.ts";
import { Expression, toNode } from "./expression.ts";

/**
 * Raw SQL as an expression of a declared type. What stands in `${}` is an expression: a column is quoted by each
 * target, and its labels are the result's. The text is the same on every target, so keep to what they share; it names
 * functions, never columns.
 *
 * @throws MedallionError `SQL001` where the text is not one expression, or an engine would read it as something else.
 *
 * @example
 * ```ts
 * import { pipeline, source, sql, t } from "medallion";
 * export const p = pipeline("demo")
 *   .bronze({ raw: source.json("raw/*.json", { id: t.bigint(), name: t.string() }) })
 *   .silver(($) => ({
 *     clean: $.raw.derive((c) => ({ initial: sql(t.string())`substr(${c.name}, 1, 1)` })),
 *   }));
 * ```
 */
export function sql<C extends AnyColumn>(
  type: C,
): <V extends readonly AnyExpr[]>(
  text: TemplateStringsArray,
  ...values: V
) => Relabelled<C["~expr"], LabelOf<V[number]>> {
  return <V extends readonly AnyExpr[]>(text: TemplateStringsArray, ...values: V) => {
    const at = callerLocation();
    const nodes = values.map((value) => toNode(value, at));
    return new Expression(rawNode([...text], nodes, type.declaration, at)) as unknown as Relabelled<
      C["~expr"],
      LabelOf<V[number]>
    >;
  };
}
