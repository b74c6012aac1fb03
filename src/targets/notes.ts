/** What becomes of a pipeline's settings on a target: a diagnostic for each that is not simply there. */

import { tableQueries } from "../ast/inputs.ts";
import { tableKinds } from "../ast/kind.ts";
import type { PipelineNode, TableNode } from "../ast/pipeline.ts";
import type { TableKind } from "../ast/settings.ts";
import { CompileError } from "../core/errors.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { CompileOptions } from "./compile.ts";
import { databricksNotes } from "./databricks/notes.ts";
import { SUPPORT, supportOf, type Target, type Treatment, type Use, usesOf } from "./support.ts";

const CODE = { emulated: "TARGET003", ignored: "TARGET004", refused: "TARGET005" } as const;
const SEVERITY = { emulated: "info", ignored: "warning", refused: "error" } as const;

/** A diagnostic for each use of a feature that the target emulates, ignores or refuses, in the order of the tables. */
export function targetDiagnostics(pipeline: PipelineNode, options: CompileOptions): readonly Diagnostic[] {
  const kinds = tableKinds(pipeline.tables);
  const own = OWN_NOTES[options.target]?.(pipeline, kinds, options) ?? (() => []);
  return pipeline.tables.flatMap((table) => [
    ...usesOf(table, kinds).flatMap((use) => note(table, use, options)),
    ...own(table),
  ]);
}

type TableNotes = (table: TableNode) => readonly Diagnostic[];

/** What a target has to say of a table that no single setting is the reason of. */
const OWN_NOTES: Partial<
  Record<Target, (pipeline: PipelineNode, kinds: ReadonlyMap<string, TableKind>, options: CompileOptions) => TableNotes>
> = { databricks: databricksNotes, duckdb: () => scriptNotes };

/** A script makes everything from nothing: it has no state, and no quarantine of lines. */
const scriptNotes: TableNotes = (table) => {
  const reads = tableQueries(table).some((query) => query.kind === "source" && query.format !== "table");
  if (!reads) return [];
  return [
    {
      code: "TARGET003",
      severity: "info",
      message: `${table.layer}.${table.name}: files are read by a script that stops at a line or a header that it cannot read, and keeps no _rescued_data`,
      help: "medallion run quarantines such lines, reads columns by name and rescues what is not declared",
      ...(table.at !== undefined && { location: table.at }),
      table: table.name,
    },
  ];
};

/** @throws CompileError `TARGET005` where the target cannot mean what the pipeline says. */
export function refuseImpossible(diagnostics: readonly Diagnostic[]): void {
  const [first] = diagnostics.filter((d) => d.severity === "error");
  if (first) throw new CompileError(first);
}

function note(table: TableNode, use: Use, options: CompileOptions): readonly Diagnostic[] {
  const { does, how, help, runtime } = supportOf(use.feature, options, table);
  const { clause } = SUPPORT[use.feature];
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
