/** The values of a pipeline's parameters where they are known before it runs: those that are given, over their defaults. */
import { type ParamUse, paramUses } from "../analyze/params.ts";
import type { TableNode } from "../ast/pipeline.ts";
import { CompileError } from "../core/errors.ts";
import { report } from "../core/refusals.ts";

export type GivenParams = Readonly<Record<string, string | number | boolean>>;

/**
 * By name, without the secrets: their values stand in no file.
 *
 * @throws CompileError `PARAM002` where a parameter has no value: what is compiled would compare with its name, or null.
 */
export function paramValues(
  tables: readonly TableNode[],
  given: GivenParams,
  target: string,
): ReadonlyMap<string, string | number | boolean> {
  const found = new Map<string, string | number | boolean>();
  for (const use of paramUses(tables)) {
    if (use.secret) continue;
    const value = Object.hasOwn(given, use.name) ? given[use.name] : use.default;
    if (value !== undefined) found.set(use.name, value);
    else if (!found.has(use.name)) report(noValue(use, target));
  }
  return found;
}

function noValue({ name, table, at }: ParamUse, target: string): CompileError {
  return new CompileError({
    code: "PARAM002",
    message: `the parameter "${name}" of ${table.layer}.${table.name} has no value`,
    help: `compile(p, { target: "${target}", params: { ${name}: … } }), or --param ${name}=VALUE`,
    location: at,
    table: table.name,
  });
}
