/** Formats from outside. */

import { refuseMore } from "../core/arity.ts";
import { describe } from "../core/describe.ts";
import { checkOptions, type OptionNames } from "../core/given.ts";
import { callerLocation } from "../core/location.ts";
import { checkedParts } from "../core/parts.ts";
import { isPluginName } from "../core/plugin-parts.ts";
import { mistake } from "../diagnostics/mistake.ts";
import { type FileFormat, type FormatParts, fileFormat } from "./format.ts";
import type { FormatOption } from "./options.ts";
import { FORMAT } from "./parts.ts";

/**
 * A format of your own, whose files hold a record per line: read by `source.of()`. The type `O` is that of its options;
 * `options` states how each is checked. Every target has its reader: SQL over the text that the target's own reader gives.
 *
 * @throws DefinitionError `SRC002` where it is not named after its plugin, or lacks a part.
 * @example
 * ```ts
 * import { source, t } from "medallion";
 * import { defineFormat } from "medallion/plugin";
 *
 * // One column, and a line is its value.
 * const names = defineFormat({
 *   name: "acme.names",
 *   title: "a list of names",
 *   options: {},
 *   traits: () => ({ encoding: "utf-8" }),
 *   databricks: () => ({ format: "text", options: [], value: () => "value" }),
 *   spark: ({ declared: [column] }, { text }) => ({
 *     view: "lines",
 *     ctes: (from) => [
 *       { name: "read", sql: `SELECT value AS __row, map(${text(column?.name ?? "")}, value) AS __fields, CAST(NULL AS STRING) AS __fault, __path, __modified_at FROM ${from}` },
 *     ],
 *     value: (field) => field,
 *   }),
 *   duckdb: ({ path }, { text }) => ({
 *     from: `read_csv(${text(path)}, columns = {'line': 'VARCHAR'}, header = false, delim = '\\1', quote = '', filename = true, hive_partitioning = false)`,
 *     value: () => "line",
 *   }),
 *   embedded: () => ({ value: () => "line" }),
 * });
 * export const people = source.of(names)("people/*.txt", { name: t.string() });
 * ```
 */
export function defineFormat<O = Record<never, never>>(parts: FormatParts<O>): FileFormat<O> {
  refuseMore("defineFormat", 1, arguments);
  const location = callerLocation();
  const refuse = (message: string, help: string): never => {
    throw mistake(location, { code: "SRC002", message, help });
  };
  checkOptions(parts, "defineFormat()", PARTS, location);
  const name: unknown = parts?.name;
  if (typeof name !== "string" || !isPluginName(name)) {
    refuse(`${describe(name)} cannot name a format`, 'name it after its plugin: "acme.fixed_width"');
  }
  const missing = FUNCTIONS.find((part) => typeof parts[part] !== "function");
  if (missing !== undefined) refuse(`the format ${parts.name} lacks ${missing}`, `give ${FUNCTIONS.join(", ")}`);
  const accepting = Object.entries<Partial<FormatOption<unknown>> | undefined>(parts.options ?? {});
  for (const [name, option] of accepting) {
    if (typeof option?.accepts === "function") continue;
    refuse(`the option ${name} of the format ${parts.name} accepts nothing`, "give accepts, a function, and expected");
  }
  const checked = checkedParts(parts, FORMAT, `the format ${parts.name}`, location);
  for (const [name, option] of Object.entries<FormatOption<unknown>>(checked.options)) {
    if (option.default === undefined || option.accepts(option.default)) continue;
    refuse(`the default of the option ${name} of the format ${parts.name} is refused`, `use ${option.expected}`);
  }
  return fileFormat(checked);
}

const PARTS: OptionNames<FormatParts<Record<never, never>>> = {
  name: true,
  title: true,
  options: true,
  problem: true,
  traits: true,
  databricks: true,
  spark: true,
  duckdb: true,
  embedded: true,
};

const FUNCTIONS = [
  "traits",
  "databricks",
  "spark",
  "duckdb",
  "embedded",
] as const satisfies readonly (keyof FormatParts<Record<never, never>>)[];
