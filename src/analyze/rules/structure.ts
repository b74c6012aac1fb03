/** Names, layers and columns: what a pipeline without types may get wrong before anything else. */

import { columnsByName } from "../../ast/columns.ts";
import { companionsOf } from "../../ast/companions.ts";
import { tableInputs, tableSteps } from "../../ast/inputs.ts";
import { type Layer, READS, type TableNode } from "../../ast/pipeline.ts";
import { scopeGroups } from "../../ast/scopes.ts";
import { subexpressions } from "../../ast/walk.ts";
import { nearest } from "../../core/nearest.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { type Saying, say } from "../../diagnostics/sentences.ts";
import { givenSettings } from "../../settings/settings.ts";
import { eachTable, type Finding, finding, type Rule, warning } from "../rule.ts";

/** TBL001: every table has a name of its own. */
const duplicateNames: Rule = ({ pipeline }) => {
  const seen = new Map<string, TableNode>();
  const found: Diagnostic[] = [];
  for (const table of pipeline.tables) {
    const first = seen.get(table.name.toLowerCase());
    if (first) {
      const where = first.at ? ` (${first.at})` : "";
      const said = say("TBL001", { table: first.name });
      found.push(finding(table, { ...said, message: `${said.message}${where}` }));
    }
    seen.set(table.name.toLowerCase(), first ?? table);
  }
  return found;
};

/** TBL004: no table has the name of what stands alongside another. */
const takenNames: Rule = ({ pipeline, tables }) => {
  const named = new Map(pipeline.tables.map((table) => [table.name.toLowerCase(), table]));
  return pipeline.tables.flatMap((owner) =>
    [...companionsOf(owner, tables)].flatMap(([name, what]) => {
      const taken = named.get(name.toLowerCase());
      if (!taken) return [];
      return finding(
        taken,
        warning({
          code: "TBL004",
          message: `on Spark and Databricks "${name}" holds ${what} for "${owner.name}"`,
          help: "give this table another name before it goes there",
        }),
      );
    }),
  );
};

/** TBL003: what is read exists and comes before its reader. */
const missingTables: Rule = ({ pipeline }) => {
  const before = new Set<string>();
  const all = pipeline.tables.map((t) => t.name);
  return pipeline.tables.flatMap((table) => {
    const missing = tableInputs(table).filter((input) => !before.has(input));
    before.add(table.name);
    return missing.map((input) => {
      const near = nearest(input, all);
      const message = all.includes(input)
        ? `"${table.name}" reads "${input}", which comes after it`
        : `there is no table "${input}"`;
      return finding(table, {
        code: "TBL003",
        message,
        help: near && near !== input ? `did you mean "${near}"?` : "declare the table before its reader",
      });
    });
  });
};

/** LAYER001: bronze reads sources, silver reads bronze and silver, gold reads silver and gold. */
const layerOrder = eachTable((table, { tables }) => [
  ...tableInputs(table).flatMap((input) => {
    const layer = tables.get(input)?.layer;
    if (!layer || READS[table.layer].includes(layer)) return [];
    return [outOfReach(table, input, layer)];
  }),
  ...(table.layer === "bronze" ? [] : sourcesOutsideBronze(table)),
]);

function sourcesOutsideBronze(table: TableNode): readonly Finding[] {
  return tableSteps(table)
    .filter((step) => step.kind === "source")
    .map((step) => ({
      code: "LAYER001",
      message: `${table.layer} table "${table.name}" reads a source`,
      help: "read sources in bronze",
      at: step.at,
    }));
}

function outOfReach({ layer, name }: TableNode, input: string, of: Layer): Saying<"LAYER001"> {
  if (layer === "gold") return say("LAYER001:gold", { table: input });
  if (layer === "silver") return say("LAYER001:silver", { table: input });
  return {
    code: "LAYER001",
    message: `bronze table "${name}" reads "${input}", which is ${of}`,
    help: "bronze reads sources only",
  };
}

/** COL001: every column that is named is there. */
const unknownColumns = eachTable((table) => [...unknownInQuery(table), ...unknownInSettings(table)]);

function unknownInQuery(table: TableNode): readonly Finding[] {
  const found: Finding[] = [];
  for (const { exprs, sides, at } of scopeGroups(table)) {
    const known = sides.map(columnsByName);
    for (const expr of exprs) {
      for (const node of subexpressions(expr)) {
        const columns = node.kind === "column" ? known[node.side] : undefined;
        if (node.kind !== "column" || !columns || columns.has(node.name)) continue;
        found.push(unknown(node.name, [...columns.keys()], node.at ?? expr.at ?? at));
      }
    }
  }
  return found;
}

function unknownInSettings(table: TableNode): readonly Finding[] {
  // The key of a change target is the change key, which has a rule of its own.
  const own = givenSettings(table.settings).filter(({ name }) => table.kind === "query" || name !== "key");
  const named = own.flatMap(({ setting, value }) => setting.columns?.(value) ?? []);
  if (named.length === 0) return [];
  const known = table.columns.map((c) => c.name);
  return [...new Set(named)].filter((name) => !known.includes(name)).map((name) => unknown(name, known, undefined));
}

function unknown(name: string, known: readonly string[], at: string | undefined): Finding {
  const near = nearest(name, known);
  const help = near ? `did you mean "${near}"?` : `the columns are: ${known.join(", ")}`;
  return { code: "COL001", message: `there is no column "${name}"`, help, at, column: name };
}

export const STRUCTURE_RULES: readonly Rule[] = [duplicateNames, takenNames, missingTables, layerOrder, unknownColumns];
