/** What a table becomes in a Spark project: tables alongside it, views before it, flows that the engine reports of. */
import { companionName } from "../../ast/companions.ts";
import type { SourceNode } from "../../ast/relation.ts";
import { isFileRead } from "../../lower/reads.ts";
import type { LoweredTable } from "../../lower/table.ts";
import type { TargetOptions } from "../target.ts";
import { canAutoCdc } from "./auto-cdc.ts";

/** A file source of a table, and the name of the view of its text. */
interface FileSource {
  readonly source: SourceNode;
  readonly view: string;
}

/** The file sources of a table: its own and those of its flows. */
export function fileSources(plan: LoweredTable): readonly FileSource[] {
  if (plan.mode === "changes" || plan.mode === "snapshots") return [];
  const { name } = plan.table;
  return plan.reads.filter(isFileRead).map(({ query, flow }) => ({
    source: query,
    view: companionName(flow === undefined ? name : `${name}_${flow}`, "files"),
  }));
}

/** Names of the flows of a table, without their schema. A temporary view alone has none. */
export function flowNames(plan: LoweredTable, { autoCdc }: Pick<TargetOptions, "autoCdc">): readonly string[] {
  const { table, quarantine, expectations } = plan;
  const { name } = table;
  if (table.kind !== "query") return [autoCdc && canAutoCdc(table) ? companionName(name, "flow") : name];
  return [
    ...(table.settings.temporary ? [] : [name]),
    ...(quarantine ? [companionName(name, "checked"), quarantine.name] : []),
    ...(expectations ? [expectations.name] : []),
  ];
}

/** Names of the views that a table needs alongside its own. */
export function viewNames(plan: LoweredTable): readonly string[] {
  const { table } = plan;
  if (table.kind !== "query") return [companionName(table.name, "changes")];
  return [
    ...fileSources(plan).map((file) => file.view),
    ...(table.settings.temporary ? [companionName(table.name, "stream")] : []),
  ];
}
