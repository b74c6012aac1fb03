/** `sql`: the user's own SQL with typed references. */
import { DefinitionError } from "../schema/errors.ts";
import { callerLocation } from "../schema/location.ts";
import { rawNode } from "./build.ts";
import type { AnyColumn } from "./columns.ts";
import { Expression, toNode } from "./expression.ts";
import type { AnyExpr, LabelOf } from "./typed/base.ts";
import type { Relabelled } from "./typed/facts.ts";

/**
 * Raw SQL as an expression of a declared type. What stands in `${}` is an expression: a column is quoted by each
 * target, and its labels are the result's. The text is the same on every target, so keep to what they share.
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
    const problem = rawProblem(text);
    if (problem) throw new DefinitionError({ code: "SQL001", message: `raw SQL ${problem}`, location: at });
    const nodes = values.map((value) => toNode(value, at));
    return new Expression(rawNode([...text], nodes, type.declaration, at)) as unknown as Relabelled<
      C["~expr"],
      LabelOf<V[number]>
    >;
  };
}

/** An expression stays one expression: no statement end, no comment, parentheses in pairs. */
function rawProblem(text: readonly string[]): string | undefined {
  // In one pass: a quote of one kind may stand within another.
  const bare = text
    .join(" ")
    .replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`/g, (quoted) =>
      quoted.startsWith("'") && quoted.includes("\\") ? "\\" : "x",
    );
  if (bare.includes("\\")) return "must not hold a backslash in quotes: only some engines take it for an escape";
  if (/['"`]/.test(bare)) return "has a quote that is not closed";
  if (bare.includes(";")) return "must not end the statement: no semicolon";
  if (/--|\/\*/.test(bare)) return "must not hold comments";
  let depth = 0;
  for (const char of bare) {
    depth += char === "(" ? 1 : char === ")" ? -1 : 0;
    if (depth < 0) return "closes a parenthesis that it did not open";
  }
  if (depth !== 0) return "does not close a parenthesis";
  return bare.trim() === "" ? "is empty" : undefined;
}
