/** `analyze()`: every rule over a pipeline. */

import { tableKinds } from "../ast/kind.ts";
import type { PipelineNode } from "../ast/pipeline.ts";
import { givenPipeline } from "../builder/pipeline/given.ts";
import type { AnyPipeline } from "../builder/typed/pipeline.ts";
import { refuseMore } from "../core/arity.ts";
import { freeze } from "../core/freeze.ts";
import { checkOptions, type OptionNames } from "../core/given.ts";
import { callerLocation } from "../core/location.ts";
import { oncePer } from "../core/once.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Rule, RuleContext } from "./rule.ts";
import { historiesAreOfChanges } from "./rules/changes.ts";
import { comparedValuesCompare, comparedWithAnother } from "./rules/comparable.ts";
import { conditionsDecide } from "./rules/conditions.ts";
import { measuresSaySomething } from "./rules/counts.ts";
import { aggregatesAreMeasures } from "./rules/expressions.ts";
import { changeFlowsAgree, flowsFit, settingsFitTheKind, snapshotsInTurn } from "./rules/flows.ts";
import { columnsAreNotReplaced, joinsMatch } from "./rules/joins.ts";
import { asOfJoinsFitTheHistory, foreignKeys, keysAreNotNull, keysIdentify, lookupsFitTheKey } from "./rules/keys.ts";
import { filesAreStoredAsTheyCome, layoutsFit } from "./rules/layout.ts";
import { measuresMeanWhatTheySay, unionsOfDifferentRows } from "./rules/measures.ts";
import { identifiersAreNotNumbers, oneUnit, onlyAdditiveSums } from "./rules/metrics.ts";
import { nullsAreNotLeftOut } from "./rules/nulls.ts";
import { paramsAgree } from "./rules/params.ts";
import {
  masksCoverTheQuarantine,
  noPersonalDataInGold,
  personalDataChoosesNoRows,
  reasonsToDeclassify,
  saltsAreSecret,
} from "./rules/privacy.ts";
import { streamable } from "./rules/streaming.ts";
import { duplicateNames, layerOrder, missingTables, takenNames, unknownColumns } from "./rules/structure.ts";
import { ordersAreOfValues, patternsMeanWhatTheySay, rangesReachTheirEnd } from "./rules/texts.ts";
import { ordersSaySomething } from "./rules/windows.ts";

const RULES: readonly Rule[] = [
  duplicateNames,
  takenNames,
  missingTables,
  layerOrder,
  unknownColumns,
  aggregatesAreMeasures,
  comparedValuesCompare,
  comparedWithAnother,
  conditionsDecide,
  patternsMeanWhatTheySay,
  ordersAreOfValues,
  rangesReachTheirEnd,
  ordersSaySomething,
  nullsAreNotLeftOut,
  keysAreNotNull,
  keysIdentify,
  foreignKeys,
  lookupsFitTheKey,
  asOfJoinsFitTheHistory,
  joinsMatch,
  columnsAreNotReplaced,
  noPersonalDataInGold,
  reasonsToDeclassify,
  saltsAreSecret,
  personalDataChoosesNoRows,
  masksCoverTheQuarantine,
  onlyAdditiveSums,
  oneUnit,
  identifiersAreNotNumbers,
  measuresMeanWhatTheySay,
  measuresSaySomething,
  unionsOfDifferentRows,
  streamable,
  flowsFit,
  changeFlowsAgree,
  settingsFitTheKind,
  snapshotsInTurn,
  historiesAreOfChanges,
  layoutsFit,
  filesAreStoredAsTheyCome,
  paramsAgree,
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
  const own = options?.rules ?? [];
  return own.length === 0 ? builtIn(node) : sorted(node, [...builtIn(node), ...findings(node, own)]);
}

/** A pipeline is asked by the command, by `compile()` and by `run()`. */
const builtIn = oncePer((node: PipelineNode): readonly Diagnostic[] => freeze(sorted(node, findings(node, RULES))));

function findings(pipeline: PipelineNode, rules: readonly Rule[]): readonly Diagnostic[] {
  const context: RuleContext = {
    pipeline,
    tables: new Map(pipeline.tables.map((table) => [table.name, table])),
    kinds: tableKinds(pipeline.tables),
  };
  return rules.flatMap((rule) => rule(context));
}

function sorted({ tables }: PipelineNode, found: readonly Diagnostic[]): readonly Diagnostic[] {
  const order = new Map(tables.map((table, i) => [table.name, i]));
  return found.toSorted((a, b) => (order.get(a.table ?? "") ?? 0) - (order.get(b.table ?? "") ?? 0));
}
