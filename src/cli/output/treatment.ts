/** What becomes of settings that a target does not have as they are: a list by table. */

import { fullName, type PipelineNode } from "../../ast/pipeline.ts";
import { positionOf } from "../../core/location.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { plural, shownPath } from "./format.ts";
import type { Paint } from "./style.ts";

/** Tables of which no more is said than what the engine emulates: past these, the list would hide the warnings. */
const SHOWN_TABLES = 20;

export function treatmentLines(
  diagnostics: readonly Diagnostic[],
  pipeline: PipelineNode,
  { paint, cwd }: { readonly paint: Paint; readonly cwd: string },
): readonly string[] {
  const noted = pipeline.tables.flatMap((table) => {
    const own = diagnostics.filter((d) => d.table === table.name);
    return own.length > 0 ? [{ name: fullName(table), own }] : [];
  });
  const quiet = noted.filter(({ own }) => own.every((d) => d.severity === "info"));
  const hidden = new Set(quiet.slice(SHOWN_TABLES));
  const warnings = diagnostics.filter((d) => d.severity !== "info").length;
  if (noted.length === 0) return [];
  const helped = new Set<string>();
  return [
    `${paint("bold", "What becomes of the settings")}${warnings > 0 ? paint("yellow", `  ${plural(warnings, "warning")}`) : ""}`,
    ...noted
      .filter((t) => !hidden.has(t))
      .flatMap(({ name, own }) => [`  ${paint("cyan", name)}`, ...own.flatMap(line)]),
    ...(hidden.size > 0
      ? [paint("dim", `  … and ${plural(hidden.size, "table")} more without warnings: --json lists them`)]
      : []),
  ];

  function line({ severity, message, help, location }: Diagnostic): readonly string[] {
    const text = message.slice(message.indexOf(": ") + 2);
    if (severity === "info") return [`    ${paint("dim", "·")} ${text}`];
    const at = positionOf(location);
    const shown = at ? `${shownPath(at.file, cwd)}:${at.line}:${at.column}` : location;
    const where = shown === undefined ? "" : paint("dim", `  ${shown}`);
    const told = help === undefined || helped.has(help);
    if (help !== undefined) helped.add(help);
    return [
      `    ${paint("yellow", "!")} ${text}${where}`,
      ...(told ? [] : [`      ${paint("green", "help")}: ${help}`]),
    ];
  }
}
