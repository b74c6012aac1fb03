/** Which datasets an update of some tables is of: those that are refreshed, and those that are emptied first. */

import { tableInputs } from "../../ast/inputs.ts";
import { tableKinds } from "../../ast/kind.ts";
import type { PipelineNode, TableNode } from "../../ast/pipeline.ts";
import { type LoweredTable, lowerPipeline } from "../../lower/table.ts";
import { isPublished, partName } from "../../targets/databricks/context.ts";
import type { DatabricksEnvironment } from "../../targets/databricks/environment.ts";
import { partsOf } from "../../targets/databricks/query-table.ts";
import { wantedTables } from "../tables.ts";

interface Selection {
  /** Tables that are part of the update. */
  readonly tables: readonly string[];
  readonly refresh?: readonly string[];
  readonly fullRefreshOf?: readonly string[];
}

/**
 * The tables and what they read. A full refresh is of the tables that were named alone: an input that is emptied loses
 * what its source has no more. A stream cannot go on where its input was emptied, so streaming tables and change
 * targets that read an emptied table are emptied with it.
 */
export function selection(
  pipeline: PipelineNode,
  only: readonly string[],
  fullRefresh: boolean,
  environment: DatabricksEnvironment,
): Selection {
  const { tables } = pipeline;
  const plans = [...lowerPipeline(pipeline).plans.values()];
  const emptied = fullRefresh ? withStreamsBelow(only, tables) : new Set<string>();
  const all = wantedTables(tables, [...only, ...emptied]);
  const named = (which: (name: string) => boolean) =>
    plans.filter(({ table: { name } }) => all.has(name) && which(name));
  const list = (some: readonly LoweredTable[]) => some.flatMap((plan) => datasets(plan, environment));
  const refresh = list(named((name) => !emptied.has(name)));
  const fullRefreshOf = list(named((name) => emptied.has(name)));
  return {
    tables: named(() => true).map(({ table }) => table.name),
    ...(refresh.length > 0 && { refresh }),
    ...(fullRefreshOf.length > 0 && { fullRefreshOf }),
  };
}

/** A view has no rows of its own: a stream through it is a stream of what it reads. */
function withStreamsBelow(only: readonly string[], tables: readonly TableNode[]): ReadonlySet<string> {
  const kinds = tableKinds(tables);
  const isView = (name: string) => tables.some((t) => t.name === name && t.settings.temporary);
  const emptied = new Set(only.filter((name) => !isView(name)));
  for (const table of tables) {
    const streams =
      kinds.get(table.name) === "streaming" || (table.kind !== "query" && table.changes.kind === "changes");
    if (streams && tableInputs(table).some((input) => emptied.has(input))) emptied.add(table.name);
  }
  return emptied;
}

/** The datasets of a table as the workspace names them. A view is not a dataset. */
function datasets(plan: LoweredTable, { catalog, schemas }: DatabricksEnvironment): readonly string[] {
  const { table } = plan;
  const schema = schemas?.[table.layer] ?? table.layer;
  const qualified = (name: string) => [...(catalog === undefined ? [] : [catalog]), schema, name].join(".");
  return partsOf(plan)
    .filter((part) => part !== "own" || !table.settings.temporary)
    .map((part) => (isPublished(table, part) ? qualified(partName(table, part)) : partName(table, part)));
}
