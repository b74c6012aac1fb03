/** `analyze()`: every rule over a pipeline. */

import { tableInputs } from "../ast/inputs.ts";
import { tableKinds } from "../ast/kind.ts";
import type { PipelineNode, TableNode, TablesByName } from "../ast/pipeline.ts";
import { givenPipeline } from "../builder/pipeline/given.ts";
import type { AnyPipeline } from "../builder/typed/pipeline.ts";
import { refuseMore } from "../core/arity.ts";
import { freeze } from "../core/freeze.ts";
import { checkOptions, type OptionNames } from "../core/given.ts";
import { callerLocation } from "../core/location.ts";
import { oncePer } from "../core/once.ts";
import { aText, checkedParts, giving, listOf, maybe, one, withParts } from "../core/parts.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { findingsOf, type Rule, type RuleContext } from "./rule.ts";
import { AVERAGES_RULES } from "./rules/averages.ts";
import { BALANCES_RULES } from "./rules/balances.ts";
import { COMPARABLE_RULES } from "./rules/comparable.ts";
import { CONDITIONS_RULES } from "./rules/conditions.ts";
import { COPIES_RULES } from "./rules/copies.ts";
import { COUNTS_RULES } from "./rules/counts.ts";
import { EXPRESSIONS_RULES } from "./rules/expressions.ts";
import { FLOWS_RULES } from "./rules/flows.ts";
import { HISTORIES_RULES } from "./rules/histories.ts";
import { JOINS_RULES } from "./rules/joins.ts";
import { KEYS_RULES } from "./rules/keys.ts";
import { LAYOUT_RULES } from "./rules/layout.ts";
import { METRICS_RULES } from "./rules/metrics.ts";
import { NULLS_RULES } from "./rules/nulls.ts";
import { PARAMS_RULES } from "./rules/params.ts";
import { PRIVACY_RULES } from "./rules/privacy.ts";
import { PSEUDONYMS_RULES } from "./rules/pseudonyms.ts";
import { REPEATED_ROWS_RULES } from "./rules/repeated-rows.ts";
import { STREAMING_RULES } from "./rules/streaming.ts";
import { STRUCTURE_RULES } from "./rules/structure.ts";
import { SUMS_OF_KEYS_RULES } from "./rules/sums-of-keys.ts";
import { TEXTS_RULES } from "./rules/texts.ts";
import { UNIONS_RULES } from "./rules/unions.ts";
import { UNIQUE_KEYS_RULES } from "./rules/unique-keys.ts";
import { UNITS_RULES } from "./rules/units.ts";
import { WINDOWS_RULES } from "./rules/windows.ts";

const RULES: readonly Rule[] = [
  ...STRUCTURE_RULES,
  ...EXPRESSIONS_RULES,
  ...COMPARABLE_RULES,
  ...COPIES_RULES,
  ...CONDITIONS_RULES,
  ...TEXTS_RULES,
  ...WINDOWS_RULES,
  ...NULLS_RULES,
  ...UNIQUE_KEYS_RULES,
  ...KEYS_RULES,
  ...JOINS_RULES,
  ...PSEUDONYMS_RULES,
  ...PRIVACY_RULES,
  ...METRICS_RULES,
  ...REPEATED_ROWS_RULES,
  ...AVERAGES_RULES,
  ...SUMS_OF_KEYS_RULES,
  ...UNIONS_RULES,
  ...COUNTS_RULES,
  ...BALANCES_RULES,
  ...UNITS_RULES,
  ...STREAMING_RULES,
  ...FLOWS_RULES,
  ...HISTORIES_RULES,
  ...LAYOUT_RULES,
  ...PARAMS_RULES,
];

/** Which rules to hold. */
export interface AnalyzeOptions {
  /** Your own rules, after the built-in ones. */
  readonly rules?: readonly Rule[];
}

/**
 * All findings of all rules, in the order of the tables. The rules are those of the compile errors, for callers
 * without types: plain JavaScript, a manifest, another tool.
 *
 * @example
 * ```ts
 * import { analyze, pipeline, source, t } from "medallion";
 * const p = pipeline("demo").bronze({ raw: source.json("raw/*.json", { id: t.bigint() }) });
 * for (const d of analyze(p)) console.log(d.code, d.location, d.message);
 * ```
 */
export function analyze(pipeline: AnyPipeline, options?: AnalyzeOptions): readonly Diagnostic[] {
  refuseMore("analyze", 2, arguments);
  const node = givenPipeline(pipeline, "analyze()");
  if (options)
    checkOptions(options, "analyze()", { rules: true } satisfies OptionNames<AnalyzeOptions>, callerLocation());
  const given = options?.rules ?? [];
  const own = given.length === 0 ? [] : checkedParts(given, OWN_RULES, "rules of analyze()", callerLocation());
  return own.length === 0 ? builtIn(node) : sorted(node, [...builtIn(node), ...findings(node, own)]);
}

const FOUND = withParts({
  code: aText,
  severity: one("error", "warning", "info"),
  message: aText,
  help: maybe(aText),
  table: maybe(aText),
  column: maybe(aText),
});
const OWN_RULES = listOf(giving(listOf(FOUND)));

/** A pipeline is asked by the command, by `compile()` and by `run()`. */
const builtIn = oncePer((node: PipelineNode): readonly Diagnostic[] => freeze(sorted(node, findings(node, RULES))));

function findings(pipeline: PipelineNode, rules: readonly Rule[]): readonly Diagnostic[] {
  const context: RuleContext = {
    pipeline,
    tables: inOrder(pipeline.tables),
    kinds: tableKinds(pipeline.tables),
  };
  return findingsOf(rules, context).flat();
}

/** Tables that are made of tables before them, so that rules which follow a value come to an end. Of others TBL003 tells. */
function inOrder(tables: readonly TableNode[]): TablesByName {
  const names = new Set(tables.map((table) => table.name));
  const known = new Map<string, TableNode>();
  for (const table of tables) {
    const isInOrder = tableInputs(table).every((input) => known.has(input) || !names.has(input));
    if (isInOrder && !known.has(table.name)) known.set(table.name, table);
  }
  return known;
}

function sorted({ tables }: PipelineNode, found: readonly Diagnostic[]): readonly Diagnostic[] {
  const order = new Map(tables.map((table, i) => [table.name, i]));
  return found.toSorted((a, b) => (order.get(a.table ?? "") ?? 0) - (order.get(b.table ?? "") ?? 0));
}
