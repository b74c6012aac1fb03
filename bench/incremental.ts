/** Materialized views when 1 % of the rows are new: each against its own recompute, in the same update of the same data. */
import { copyFile, rm } from "node:fs/promises";
import path from "node:path";
import type { AnyPipeline } from "medallion";
import { type RunOptions, run, type TableResult } from "medallion/run";
import flightsPipeline from "../examples/flights/pipeline.ts";
import { DATA_WANTED, layOutYear } from "./flights-data.ts";
import { inFolder } from "./folder.ts";
import { type BenchOptions, type Line, median, type Topic } from "./line.ts";
import { FACTS, layOutStar, star } from "./star.ts";
import { cpuTime } from "./warehouse.ts";

export const incremental: Topic = {
  name: "incremental",
  about: "views when 1 % of the rows are new, against their recompute: a star schema, the flights year (with --data)",
  run: async (options) => {
    const { data, say } = options;
    const lines = await inFolder((folder) => starLines(folder, options));
    if (data !== undefined) return [...lines, ...(await inFolder((folder) => flightLines(folder, data, options)))];
    say(`left out: ${DATA_WANTED}`);
    return lines;
  },
};

async function starLines(folder: string, options: BenchOptions): Promise<readonly Line[]> {
  options.say(`a star schema of ${FACTS} facts`);
  const late = await layOutStar(folder, FACTS);
  return measure("star", star, { folder, late, delivered: path.join(folder, "sales/late.parquet") }, options);
}

async function flightLines(folder: string, data: string, options: BenchOptions): Promise<readonly Line[]> {
  options.say("the flights year");
  const { late, lateDelivered } = await layOutYear(folder, data);
  return measure("flights", flightsPipeline, { folder, late, delivered: lateDelivered }, options);
}

interface Delivery {
  readonly folder: string;
  readonly late: string;
  readonly delivered: string;
}

/**
 * Brings the new rows to two warehouses, one that keeps its views up to date and one that recomputes them, table by table:
 * the CPU time of an update of one table alone, without what an update with nothing new takes.
 */
async function measure(
  name: string,
  pipeline: AnyPipeline,
  { folder, late, delivered }: Delivery,
  { runs }: BenchOptions,
): Promise<readonly Line[]> {
  const times = { kept: new Map<string, number[]>(), recomputed: new Map<string, number[]>() };
  const how = new Map<string, string>();
  for (let turn = 0; turn < runs; turn++) {
    for (const way of ["kept", "recomputed"] as const) {
      const warehouse = path.join(folder, `${way}.duckdb`);
      await Promise.all([warehouse, `${warehouse}.wal`, delivered].map((file) => rm(file, { force: true })));
      const measured = way === "kept" ? pipeline : recomputing(pipeline, [...how.keys()]);
      await update(measured, { warehouse, baseDir: folder });
      await copyFile(late, delivered);
      for (const only of measured.toNode().tables.map((table) => table.name)) {
        const options = { warehouse, baseDir: folder, only: [only] };
        const { table, cpu } = await update(measured, options);
        if (!table?.refresh || table.refresh.technique === "NO_OP") continue;
        const nothing = await update(measured, options);
        times[way].set(only, [...(times[way].get(only) ?? []), cpu - nothing.cpu]);
        if (way === "kept") how.set(only, table.refresh.technique);
      }
    }
  }
  return [...times.kept].map(([table, kept]) => ({
    name: `${name}: ${table} (${how.get(table)})`,
    ours: median(kept),
    baseline: median(times.recomputed.get(table) ?? []),
    against: "its recompute",
    unit: "ms",
    // Where recomputing is cheaper, finding that out may cost a little.
    bar: { ratio: how.get(table) === "COMPLETE_RECOMPUTE" ? 1.2 : 0.1 },
  }));
}

interface Updated {
  /** The last table that was to be updated. */
  readonly table: TableResult | undefined;
  /** CPU time until the warehouse is closed, in milliseconds. */
  readonly cpu: number;
}

async function update(
  pipeline: AnyPipeline,
  options: Pick<RunOptions, "warehouse" | "baseDir" | "only">,
): Promise<Updated> {
  let table: TableResult | undefined;
  const cpu = await cpuTime(async () => {
    await using done = await run(pipeline, options);
    if (done.status !== "completed") throw new Error(done.tables.find((t) => t.reason !== undefined)?.reason);
    table = done.tables.at(-1);
  });
  return { table, cpu };
}

/** The pipeline with views that are recomputed. */
function recomputing(pipeline: AnyPipeline, views: readonly string[]): AnyPipeline {
  const node = pipeline.toNode();
  const tables = node.tables.map((table) =>
    table.kind === "query" && views.includes(table.name)
      ? { ...table, settings: { ...table.settings, refreshPolicy: "full" } }
      : table,
  );
  return Object.create(pipeline, { toNode: { value: () => ({ ...node, tables }) } });
}
