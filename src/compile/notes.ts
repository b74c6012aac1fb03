/** What becomes of a pipeline's settings on a target: a diagnostic for each that is not simply there. */
import type { Diagnostic } from "../analyze/diagnostic.ts";
import { tableKinds } from "../pipeline/kind.ts";
import type { PipelineNode, TableNode } from "../pipeline/nodes.ts";
import { CompileError } from "../schema/errors.ts";
import type { CompileOptions } from "./compile.ts";
import { SUPPORT, supportOf, type Treatment, type Use, usesOf } from "./support.ts";

const CODE = { emulated: "TARGET003", ignored: "TARGET004", refused: "TARGET005" } as const;
const SEVERITY = { emulated: "info", ignored: "warning", refused: "error" } as const;

/** A diagnostic for each use of a feature that the target emulates, ignores or refuses, in the order of the tables. */
export function targetDiagnostics(pipeline: PipelineNode, options: CompileOptions): readonly Diagnostic[] {
  const kinds = tableKinds(pipeline.tables);
  return pipeline.tables.flatMap((table) => usesOf(table, kinds).flatMap((use) => note(table, use, options)));
}

/** @throws CompileError `TARGET005` where the target cannot mean what the pipeline says. */
export function refuseImpossible(diagnostics: readonly Diagnostic[]): void {
  const [first] = diagnostics.filter((d) => d.severity === "error");
  if (first) throw new CompileError(first);
}

function note(table: TableNode, use: Use, options: CompileOptions): readonly Diagnostic[] {
  const { does, how, help } = supportOf(use.feature, options, table);
  if (does === "native") return [];
  const { clause } = SUPPORT[use.feature];
  const what = use.subject === undefined ? clause : `${clause} of ${use.subject}`;
  const location = use.at ?? table.at;
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
