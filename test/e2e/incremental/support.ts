/** Updates of one warehouse, compared with a warehouse that is made from nothing. */
import path from "node:path";
import type { AnyPipeline } from "medallion";
import { run, type TableResult, type Update } from "medallion/run";
import { expect } from "vitest";
import { tableKinds } from "../../../src/ast/kind.ts";
import type { TableNode } from "../../../src/ast/pipeline.ts";
import { lowerPipeline } from "../../../src/lower/table.ts";
import { duckdbIdentifier as id } from "../../../src/targets/duckdb/dialect.ts";

/** Whether the cases are those of every run: of others, nobody tells which techniques they use. */
export const isDefaultDraw =
  process.env["MEDALLION_SEED"] === undefined && process.env["MEDALLION_CASES"] === undefined;

/** The pipeline with views that are all kept up to date whatever it costs, or all recomputed. */
export function withPolicy(p: AnyPipeline, refreshPolicy: "incremental" | "full"): AnyPipeline {
  const node = p.toNode();
  const kinds = tableKinds(node.tables);
  const tables = node.tables.map((table): TableNode => {
    if (table.kind !== "query" || kinds.get(table.name) !== "materialized") return table;
    return { ...table, settings: { ...table.settings, refreshPolicy } };
  });
  return Object.create(p, { toNode: { value: () => ({ ...node, tables }) } });
}

/** The columns that are not of the update's making, and so different in every warehouse. */
const KEPT = "COLUMNS(c -> c NOT IN ('_quarantined_at', '_update_id', '_ingested_at'))";

async function bagOf(update: Update, name: string): Promise<readonly string[]> {
  const rows = await update.query(`SELECT CAST(${KEPT} AS VARCHAR) FROM ${name}`);
  return rows.map((row) => JSON.stringify(Object.values(row))).sort();
}

/** Runs an update, and asks whether every table and quarantine is what a run without any state makes of the same files. */
export async function expectRecomputed(
  p: AnyPipeline,
  base: string,
  options: { readonly warehouse?: string; readonly params?: Readonly<Record<string, string | number | boolean>> } = {},
): Promise<readonly TableResult<number>[]> {
  const { warehouse = path.join(base, "w.duckdb"), params = {} } = options;
  await using fresh = await run(withPolicy(p, "full"), { baseDir: base, params });
  await using update = await run(withPolicy(p, "incremental"), { warehouse, baseDir: base, params });
  for (const { table, quarantine } of lowerPipeline(p.toNode()).plans.values()) {
    const status = (of: Update) => of.tables.find((one) => one.name === table.name);
    const [ours, theirs] = [status(update), status(fresh)];
    expect(ours?.status === "failed", `${table.name}: ${ours?.reason}`).toBe(theirs?.status === "failed");
    if (theirs?.status !== "completed") continue;
    for (const name of [table.name, ...(quarantine ? [quarantine.name] : [])]) {
      const of = `${table.layer}.${id(name)}`;
      expect(await bagOf(update, of), `${of} ${JSON.stringify(ours?.refresh)}`).toEqual(await bagOf(fresh, of));
    }
  }
  return update.tables;
}
