/** What becomes of a pipeline's settings on a target: a diagnostic for each that is not simply there. */

import { tableKinds } from "../ast/kind.ts";
import { fullName, type PipelineNode, type TableNode } from "../ast/pipeline.ts";
import type { OwnDiagnostic } from "../diagnostics/catalogue.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { AnySettingDefinition } from "../settings/plugin-settings.ts";
import type { Use } from "../settings/setting.ts";
import { refused, type Support, type Treatment } from "../settings/support.ts";
import { FEATURES, type Feature, otherUses, settingUses } from "./features.ts";
import type { TargetDefinition, TargetOptions } from "./target.ts";

const KINDS = {
  emulated: { code: "TARGET003", severity: "info" },
  ignored: { code: "TARGET004", severity: "warning" },
  refused: { code: "TARGET005", severity: "error" },
} as const satisfies Readonly<Record<Exclude<Treatment, "native">, Pick<OwnDiagnostic, "code" | "severity">>>;

/** A diagnostic for each use of a feature that the target emulates, ignores or refuses, in the order of the tables. */
export function targetDiagnostics(
  pipeline: PipelineNode,
  target: TargetDefinition,
  options: TargetOptions,
): readonly Diagnostic[] {
  const kinds = tableKinds(pipeline.tables);
  const own = target.notes?.(pipeline, kinds, options) ?? (() => []);
  return pipeline.tables.flatMap((table) => [
    ...[...settingUses(table, kinds), ...otherUses(table)].flatMap((use) => {
      const { feature, definition } = use;
      if (definition) return note(table, use, `set(${feature})`, outside(definition, target.name));
      const known = feature as Feature;
      return note(table, use, FEATURES[known], target.treatment(known, table, options));
    }),
    ...own(table),
  ]);
}

/** A setting that is not built in says itself what a target does with it. */
function outside({ treatments }: AnySettingDefinition, target: string): Support {
  return treatments[target] ?? refused(`it has no treatment for the target ${target}`, "add one to its definition");
}

function note(table: TableNode, use: Use, clause: string, support: Support): readonly OwnDiagnostic[] {
  const { does, how, help, runtime } = support;
  const what = use.subject === undefined ? clause : `${clause} of ${use.subject}`;
  const location = use.at ?? table.at;
  if (does === "native") {
    if (runtime === undefined) return [];
    return [
      {
        code: "TARGET007",
        severity: "info",
        message: `${fullName(table)}: ${what} needs ${runtime}: ${how}`,
        ...(location !== undefined && { location }),
        table: table.name,
        clause,
      },
    ];
  }
  return [
    {
      ...KINDS[does],
      message: `${fullName(table)}: ${what} ${WORDS[does]}: ${how}`,
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
