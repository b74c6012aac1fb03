/** Parameters: one name is one value. */

import { type ParamUse, paramUses } from "../../ast/params.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { sameType, typeName } from "../../types/types.ts";
import { finding, type Rule } from "../rule.ts";

/** PARAM004: declarations of one name agree. A path declares nothing but the name. */
const paramsAgree: Rule = ({ pipeline }) => {
  const first = new Map<string, ParamUse>();
  const told = new Set<string>();
  const found: Diagnostic[] = [];
  for (const use of paramUses(pipeline.tables)) {
    const before = first.get(use.name);
    if (!use.type) continue;
    if (!before) first.set(use.name, use);
    const difference = before && differenceOf(before, use);
    if (!difference || told.has(`${use.name} ${difference}`)) continue;
    told.add(`${use.name} ${difference}`);
    const place = before.at === undefined ? `in "${before.table.name}"` : `at ${before.at}`;
    found.push(
      finding(use.table, {
        code: "PARAM004",
        message: `the parameter "${use.name}" is declared ${difference} (${place})`,
        help: "declare it once and import it, or give one of them another name",
        at: use.at,
      }),
    );
  }
  return found;
};

function differenceOf(before: ParamUse, { type, default: fallback, secret }: ParamUse): string | undefined {
  if (before.secret !== secret)
    return secret ? "as a secret here and openly before" : "openly here and as a secret before";
  if (before.type && type && !sameType(before.type, type)) {
    return `as ${typeName(type)} here and as ${typeName(before.type)} before`;
  }
  if (before.default === fallback) return undefined;
  const words = (value: ParamUse["default"]) =>
    value === undefined ? "without a default" : `with the default ${JSON.stringify(value)}`;
  return `${words(fallback)} here and ${words(before.default)} before`;
}

export const PARAMS_RULES: readonly Rule[] = [paramsAgree];
