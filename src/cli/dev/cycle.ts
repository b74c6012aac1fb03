/** One turn of `dev`: the project is loaded and checked, what changed is run, and a look is taken at its tables. */
import { analyze } from "../../analyze/analyze.ts";
import type { Layer, TableNode } from "../../ast/pipeline.ts";
import { METADATA_COLUMNS } from "../../ast/stored.ts";
import type { RunOptions } from "../../engines/duckdb/run-options.ts";
import type { Update } from "../../engines/duckdb/update.ts";
import type { RunEvent } from "../../engines/events.ts";
import { ENGINES } from "../../engines/index.ts";
import type { PlanAction } from "../../engines/plan.ts";
import type { UpdateResult } from "../../engines/result.ts";
import { typeText } from "../../types/types.ts";
import { errorDetails, UsageError } from "../errors.ts";
import type { ShownProblem } from "../output/problem.ts";
import { countRows, jsonRows, storedColumns, textRows, type WantedTable } from "../output/rows.ts";
import type { Project } from "../project/load.ts";

export interface Look {
  readonly table: string;
  readonly layer: Layer;
  readonly columns: readonly LookColumn[];
  /** The first rows, as text. */
  readonly rows: readonly (readonly unknown[])[];
  /** The same, by name, as JSON has them. */
  readonly values: readonly Readonly<Record<string, unknown>>[];
  readonly total: number;
}

interface LookColumn {
  readonly name: string;
  /** As the pipeline declares it: `decimal(12, 2)?` may be null. */
  readonly type: string;
  /** As it is stored. */
  readonly stored: string;
}

/** What a turn found and did. */
export interface Cycle {
  /** What the rules report of the pipeline, or why it could not be loaded or run. */
  readonly problems: readonly ShownProblem[];
  /** Absent where an error stood in the way. */
  readonly update?: UpdateResult & { readonly warehouse: string };
  /** Tables whose definition has changed, each with what is different. */
  readonly changed: ReadonlyMap<string, readonly string[]>;
  readonly looks: readonly Look[];
}

interface CycleOptions extends Pick<RunOptions, "acceptLoss" | "only" | "onEvent"> {
  /** Tables that are looked at, given those whose definition has changed. */
  readonly look: (changed: readonly string[]) => readonly string[];
  readonly limit: number;
  /** Whether wrong use throws: a flag that was right before is not wrong use. */
  readonly strict: boolean;
}

/** What cannot be done is a problem; only wrong use throws, and what is a bug. */
export async function runCycle(project: () => Promise<Project>, options: CycleOptions): Promise<Cycle> {
  const changed = new Map<string, readonly string[]>();
  const problems: ShownProblem[] = [];
  try {
    const { pipeline, warehouse, baseDir, params, duckdb } = await project();
    problems.push(...analyze(pipeline));
    if (problems.some((p) => p.severity === "error")) return { problems, changed, looks: [] };
    const { run } = await ENGINES.duckdb();
    const { look, limit, onEvent, strict: _, ...wanted } = options;
    const listen = (event: RunEvent): void => {
      const plan = planOf(event);
      // Of a table that is new there is nothing to tell apart.
      if (plan) changed.set(plan.table, plan.action === "create" ? [] : plan.why);
      onEvent?.(event);
    };
    await using update = await run(pipeline, { ...duckdb, ...wanted, warehouse, baseDir, params, onEvent: listen });
    const { tables } = pipeline.toNode();
    const looks: Look[] = [];
    for (const name of look([...changed.keys()])) {
      const table = tables.find((one) => one.name === name);
      if (table) looks.push(...(await lookAt(table, update, limit)));
    }
    return { problems, update, changed, looks };
  } catch (error) {
    const details = errorDetails(error);
    if (!details || (options.strict && error instanceof UsageError)) throw error;
    return { problems: [...problems, { ...details, severity: "error" }], changed, looks: [] };
  }
}

/** What says that a table is another than before, not only its rows. */
const DEFINES: ReadonlySet<PlanAction> = new Set([
  "create",
  "settings",
  "rename",
  "addColumn",
  "addFlow",
  "recompute",
  "rebuild",
]);

function planOf({ eventType, details }: RunEvent) {
  if (eventType !== "planning_information" || !("planning_information" in details)) return undefined;
  const plan = details.planning_information;
  return plan && DEFINES.has(plan.action) ? plan : undefined;
}

/** None of a table that is not there, since it failed at first. */
async function lookAt({ name, layer, columns }: TableNode, update: Update, limit: number): Promise<readonly Look[]> {
  const wanted: WantedTable = { read: name, layer, columns: columns.map((c) => c.name) };
  const stored = await storedColumns(update, wanted, limit);
  if (stored.length === 0) return [];
  const types = new Map(
    [...columns, ...METADATA_COLUMNS].map((c) => [c.name, `${typeText(c.type)}${c.nullable ? "?" : ""}`]),
  );
  return [
    {
      table: name,
      layer,
      columns: stored.map((c) => ({ name: c.name, type: types.get(c.name) ?? c.type, stored: c.type })),
      rows: await textRows(update, wanted, stored, limit),
      values: await jsonRows(update, wanted, stored, limit),
      total: await countRows(update, wanted),
    },
  ];
}
