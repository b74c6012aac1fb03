/** An error of the engine, mapped back to the table and the line that built it. */
import { fullName, type TableNode } from "../../ast/pipeline.ts";
import type { ErrorDetails } from "../../core/errors.ts";
import { withoutPersonalData } from "../cited.ts";
import type { PipelineEvent } from "./types.ts";

const LINES = 8;

export function eventError(event: PipelineEvent, table: TableNode | undefined): ErrorDetails {
  const text = textOf(event);
  const rule = table?.settings.expectations.find((e) => text.includes("xpectation") && text.includes(`'${e.name}'`));
  const location = rule?.at ?? table?.at;
  return {
    code: rule ? "DBX041" : "DBX040",
    message: table ? `${fullName(table)}: ${withoutPersonalData(text, table)}` : text,
    help: rule
      ? `look at the rows that break "${rule.name}", or let it drop or quarantine them`
      : "the event log of the update in the workspace has the whole error",
    ...(location !== undefined && { location }),
    ...(table && { table: table.name }),
  };
}

/** The innermost cause says what happened; the ones around it only that something did. */
function textOf(event: PipelineEvent): string {
  const said = event.error?.exceptions?.map((e) => e.message?.trim() ?? "").filter((message) => message !== "") ?? [];
  const text = said.at(-1) ?? event.message ?? "it failed";
  const lines = text.split("\n").filter((line) => !/^\s*at [\w$.]+\(/.test(line));
  return lines.slice(0, LINES).join("\n").trim();
}

/**
 * The table that an error of no flow speaks of: by its file, whose name the compiler made, or by its qualified name.
 * An error in the SQL itself ends the update before any flow begins.
 */
export function tableIn(event: PipelineEvent, tables: readonly TableNode[]): TableNode | undefined {
  const text = [event.message, ...(event.error?.exceptions?.map((e) => e.message) ?? [])]
    .join("\n")
    .replaceAll("`", "");
  const file = /\/\d+_[a-z]+_(\w+)\.(?:sql|py)/.exec(text)?.[1];
  const byFile = tables.find((t) => t.name === file);
  if (byFile) return byFile;
  const found = tables
    .map((table) => ({ table, at: text.search(new RegExp(`\\w\\.${table.name}\\b`)) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at || b.table.name.length - a.table.name.length);
  return found[0]?.table;
}
