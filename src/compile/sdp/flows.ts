/** The flows that a table becomes: what the engine reports of them is said of the table. */
import type { TableNode } from "../../pipeline/nodes.ts";
import type { CompileOptions } from "../compile.ts";
import { canAutoCdc } from "../support.ts";
import { countsRules } from "./context.ts";
import { isChecked } from "./query-table.ts";

/** Names of the flows of a table, without their schema. A temporary view alone has none. */
export function flowNames(table: TableNode, { autoCdc }: Pick<CompileOptions, "autoCdc">): readonly string[] {
  const { name } = table;
  if (table.kind !== "query") return [autoCdc && canAutoCdc(table) ? `${name}_flow` : name];
  return [
    ...(table.settings.temporary ? [] : [name]),
    ...(isChecked(table) ? [`${name}_checked`, `${name}_quarantine`] : []),
    ...(countsRules(table) ? [`${name}_expectations`] : []),
  ];
}
