/** `plan()`: what an update would do, without doing it. */
import { existsSync } from "node:fs";
import path from "node:path";
import { givenPipeline } from "../../../builder/pipeline/given.ts";
import type { AnyPipeline } from "../../../builder/typed/pipeline.ts";
import { callerLocation } from "../../../core/location.ts";
import { lowerPipeline } from "../../../lower/table.ts";
import type { UpdatePlan } from "../../plan.ts";
import { wantedTables } from "../../tables.ts";
import { refuseForeignTables } from "../ownership.ts";
import { bindParams } from "../params.ts";
import { refuseErrors } from "../run.ts";
import { checkRunOptions, type PlanOptions } from "../run-options.ts";
import type { Session } from "../session.ts";
import { readTables } from "../state.ts";
import { Warehouse } from "../warehouse.ts";
import { checkAccepted, planUpdate, shown } from "./plan.ts";
import { renameTables } from "./renames.ts";

/**
 * What `run()` with the same options would do with each table, why, what it would read and what would be lost. Nothing
 * is changed; a warehouse that does not exist is not made.
 *
 * @throws MedallionError as `run()` does where the pipeline or the warehouse cannot be used.
 * @example
 * ```ts
 * import { pipeline, source, t } from "medallion";
 * import { plan } from "medallion/run";
 *
 * const p = pipeline("demo").bronze({ raw: source.json("raw/*.json", { id: t.bigint() }) });
 * export async function look(): Promise<void> {
 *   const { tables } = await plan(p, { warehouse: "demo.duckdb", baseDir: "data" });
 *   for (const { table, action, why, loses } of tables) console.log(table, action, why, loses);
 * }
 * ```
 */
export async function plan(pipeline: AnyPipeline, options: PlanOptions = {}): Promise<UpdatePlan> {
  const at = callerLocation();
  const node = givenPipeline(pipeline, "plan()");
  checkRunOptions(options, "plan()", at);
  refuseErrors(pipeline);
  const wanted = wantedTables(node.tables, options.only);
  checkAccepted(options.acceptLoss ?? [], node.tables);
  const { warehouse: file = ":memory:" } = options;
  const warehouse = await Warehouse.open(file !== ":memory:" && existsSync(file) ? file : ":memory:", options);
  try {
    const { main } = warehouse;
    const { decisions, warnings } = await undone(main, async () => {
      const known = await readTables(main);
      const ours = node.tables.filter((table) => wanted.has(table.name));
      await refuseForeignTables(main, node.name, ours, known);
      const lowered = lowerPipeline(node);
      const renames = await renameTables(main, { pipeline: node, plan: lowered, known, wanted });
      return planUpdate({
        pipeline: node,
        plan: lowered,
        session: main,
        known: renames.length > 0 ? await readTables(main) : known,
        renames,
        params: await bindParams(node.tables, options.params ?? {}, main),
        baseDir: path.resolve(options.baseDir ?? "."),
        rows: new Map(),
        startedAt: new Date(),
        fullRefresh: options.fullRefresh === true,
        acceptLoss: options.acceptLoss ?? [],
        wanted,
        thorough: true,
      });
    });
    return {
      tables: node.tables.flatMap(({ name }) => {
        const decision = decisions.get(name);
        return decision && wanted.has(name) ? [shown(decision)] : [];
      }),
      warnings,
    };
  } finally {
    await warehouse.close();
  }
}

/** What the work changes in the warehouse is as it was before. */
async function undone<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.exec("BEGIN TRANSACTION");
  try {
    return await work();
  } finally {
    // A statement that failed has ended the transaction already.
    await session.exec("ROLLBACK").catch(() => undefined);
  }
}
