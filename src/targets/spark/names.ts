/** What may not be called as it is in a Spark project: names that are taken there, and names that it would read as parameters. */

import { fullName, type TableNode } from "../../ast/pipeline.ts";
import type { CompileError } from "../../core/errors.ts";
import { report } from "../../core/refusals.ts";
import { refusal } from "../../diagnostics/mistake.ts";
import type { LoweredPipeline } from "../../lower/table.ts";
import type { TargetOptions } from "../target.ts";
import { flowNames, viewNames } from "./parts.ts";

/** @throws CompileError `TARGET006`. */
export function checkNames({ plans }: LoweredPipeline, options: TargetOptions): void {
  const owners = new Map<string, TableNode>([...plans.values()].map(({ table }) => [table.name.toLowerCase(), table]));
  for (const plan of plans.values()) {
    const { table } = plan;
    for (const name of [...flowNames(plan, options), ...viewNames(plan)]) {
      if (name === table.name) continue;
      const key = name.toLowerCase();
      const owner = owners.get(key);
      if (owner && owner !== table) report(taken(owner, table));
      owners.set(key, table);
    }
    for (const { name } of table.columns) if (name.includes("${")) report(parameter(table, name));
  }
}

function taken(table: TableNode, by: TableNode): CompileError {
  return refusal({
    code: "TARGET006",
    message: `"${table.name}" is what the Spark project calls a part of ${fullName(by)}`,
    help: "give the table another name: _checked, _expectations, _files, _changes, _flow and _stream are for parts of tables",
    location: table.at,
    table: table.name,
  });
}

function parameter(table: TableNode, column: string): CompileError {
  return refusal({
    code: "TARGET006",
    message: `Spark reads \${…} in the name of the column "${column}" of ${fullName(table)} as a parameter`,
    help: "give the column a name without it",
    location: table.at,
    table: table.name,
    column,
  });
}
