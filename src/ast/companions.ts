/** What stands next to a table under a name that is made from its own: one list for rules, engines and targets. */
import { keyToCount } from "./keys.ts";
import { hasQuarantine } from "./kind.ts";
import type { TableNode, TablesByName } from "./pipeline.ts";
import { isFileSource } from "./relation.ts";

const SUFFIXES = {
  /** Rows that broke a rule or could not be read. */
  quarantine: "_quarantine",
  /** All rows with the rules that they break, before some are quarantined. */
  checked: "_checked",
  /** How often each expectation was met. */
  expectations: "_expectations",
  /** A temporary view that is read as a stream as well. */
  stream: "_stream",
  /** The change events of a change target. */
  changes: "_changes",
  /** The flow that applies them. */
  flow: "_flow",
  /** The text of the files of a source. */
  files: "_files",
} as const;

export type Companion = keyof typeof SUFFIXES;

/** `orders_quarantine`: the name of what stands next to `orders`. */
export function companionName(name: string, companion: Companion): string {
  return `${name}${SUFFIXES[companion]}`;
}

/** Whether a name is that of a quarantine, which every engine has. */
export function namesQuarantine(name: string): boolean {
  return name.toLowerCase().endsWith(SUFFIXES.quarantine);
}

/** The names that Spark and Databricks use next to a table, with what for. */
export function companionsOf(table: TableNode, tables: TablesByName): ReadonlyMap<string, string> {
  const { name, settings } = table;
  const flows = [...settings.flows, ...(table.kind === "query" ? [] : table.changeFlows)];
  const names = new Map(flows.map((flow) => [`${name}_${flow.name}`, `its flow "${flow.name}"`]));
  const add = (companion: Companion, what: string) => names.set(companionName(name, companion), what);
  const expects = (...actions: readonly string[]) => settings.expectations.some((e) => actions.includes(e.action));
  if (hasQuarantine(table)) add("checked", "its rows before some are quarantined");
  if (expects("warn", "drop")) add("expectations", "the counts of its expectations");
  else if (keyToCount(table, tables)) add("expectations", "the count of its key");
  if (settings.temporary) add("stream", "its rows as a stream");
  if (table.kind !== "query") {
    add("changes", "its change events");
    add("flow", "its flow");
  } else if (isFileSource(table.query)) {
    add("files", "the text of its files");
  }
  return names;
}
