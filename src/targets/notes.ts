/** What becomes of a pipeline's settings on a target: a diagnostic for each that is not simply there. */

import { tableKinds } from "../ast/kind.ts";
import type { PipelineNode, TableNode } from "../ast/pipeline.ts";
import { CompileError } from "../core/errors.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Use } from "../settings/setting.ts";
import { FEATURES, type Feature, usesOf } from "./features.ts";
import type { Support, TargetDefinition, TargetOptions, Treatment } from "./target.ts";

const CODE = { emulated: "TARGET003", ignored: "TARGET004", refused: "TARGET005" } as const;
const SEVERITY = { emulated: "info", ignored: "warning", refused: "error" } as const;

/** A diagnostic for each use of a feature that the target emulates, ignores or refuses, in the order of the tables. */
export function targetDiagnostics(
  pipeline: PipelineNode,
  target: TargetDefinition,
  options: TargetOptions,
): readonly Diagnostic[] {
  const kinds = tableKinds(pipeline.tables);
  const own = target.notes?.(pipeline, kinds, options) ?? (() => []);
  return pipeline.tables.flatMap((table) => [
    ...usesOf(table, kinds).flatMap((use) => note(table, use, target.treatment(use.feature, table, options))),
    ...own(table),
  ]);
}

/** @throws CompileError `TARGET005` where the target cannot mean what the pipeline says. */
export function refuseImpossible(diagnostics: readonly Diagnostic[]): void {
  const [first] = diagnostics.filter((d) => d.severity === "error");
  if (first) throw new CompileError(first);
}

function note(table: TableNode, use: Use<Feature>, { does, how, help, runtime }: Support): readonly Diagnostic[] {
  const clause = FEATURES[use.feature];
  const what = use.subject === undefined ? clause : `${clause} of ${use.subject}`;
  const location = use.at ?? table.at;
  if (does === "native") {
    if (runtime === undefined) return [];
    return [
      {
        code: "TARGET007",
        severity: "info",
        message: `${table.layer}.${table.name}: ${what} needs ${runtime}: ${how}`,
        ...(location !== undefined && { location }),
        table: table.name,
        clause,
      },
    ];
  }
  return [
    {
      code: CODE[does],
      severity: SEVERITY[does],
      message: `${table.layer}.${table.name}: ${what} ${WORDS[does]}: ${how}`,
      ...(help !== undefined && { help }),
      ...(location !== undefined && { location }),
      table: table.name,
      clause,
    },
  ];
}

const WORDS: Readonly<Record<Exclude<Treatment, "native">, string>> = {
  emulated: "becomes",
  ignored: "is left out",
  refused: "cannot be compiled",
};
