/** What a table becomes in a Spark project: tables beside it, views before it, flows that the engine reports of. */
import { companionName } from "../../ast/companions.ts";
import { keyToCount, type TablesByName } from "../../ast/keys.ts";
import type { QueryTableNode, TableNode } from "../../ast/pipeline.ts";
import { isFileSource, type SourceNode } from "../../ast/relation.ts";
import type { TargetOptions } from "../target.ts";
import { canAutoCdc } from "./auto-cdc.ts";

/** A file source of a table, and the name of the view of its text. */
export interface FileSource {
  readonly source: SourceNode;
  readonly view: string;
}

/** The file sources of a table: its own and those of its flows. */
export function fileSources(table: TableNode): readonly FileSource[] {
  if (table.kind !== "query") return [];
  const named = [
    { name: table.name, query: table.query },
    ...table.settings.flows.map((flow) => ({ name: `${table.name}_${flow.name}`, query: flow.query })),
  ];
  return named.flatMap(({ name, query }) =>
    isFileSource(query) ? [{ source: query, view: companionName(name, "files") }] : [],
  );
}

/** Whether rows are set aside, by a rule or because they could not be read. */
export function isChecked(table: QueryTableNode): boolean {
  return fileSources(table).length > 0 || table.settings.expectations.some((e) => e.action === "quarantine");
}

/** Whether rows are counted by rule: where a row that breaks one is kept or left out, and nothing else tells. */
export function countsRules(table: TableNode): boolean {
  return table.settings.expectations.some((e) => e.action === "warn" || e.action === "drop");
}

/** Names of the flows of a table, without their schema. A temporary view alone has none. */
export function flowNames(
  table: TableNode,
  { autoCdc }: Pick<TargetOptions, "autoCdc">,
  tables: TablesByName,
): readonly string[] {
  const { name } = table;
  if (table.kind !== "query") return [autoCdc && canAutoCdc(table) ? companionName(name, "flow") : name];
  return [
    ...(table.settings.temporary ? [] : [name]),
    ...(isChecked(table) ? [companionName(name, "checked"), companionName(name, "quarantine")] : []),
    ...(countsRules(table) || keyToCount(table, tables) ? [companionName(name, "expectations")] : []),
  ];
}

/** Names of the views that a table needs beside its own. */
export function viewNames(table: TableNode): readonly string[] {
  if (table.kind !== "query") return [companionName(table.name, "changes")];
  return [
    ...fileSources(table).map((file) => file.view),
    ...(table.settings.temporary ? [companionName(table.name, "stream")] : []),
  ];
}
