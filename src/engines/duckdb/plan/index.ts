/** `plan()`: what an update would do, without doing it. */

import { existsSync } from "node:fs";
import type { AnyPipeline } from "../../../builder/typed/pipeline.ts";
import { refuseMore } from "../../../core/arity.ts";
import { callerLocation } from "../../../core/location.ts";
import type { UpdatePlan } from "../../plan.ts";
import type { PlanOptions } from "../run-options.ts";
import type { Session } from "../warehouse/session.ts";
import { Warehouse } from "../warehouse/warehouse.ts";
import { shown } from "./plan.ts";
import { askedOf, prepareUpdate } from "./prepare.ts";

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
  refuseMore("plan", 2, arguments);
  const asked = askedOf(pipeline, options, "plan()", callerLocation());
  const { warehouse: file = ":memory:" } = options;
  const warehouse = await Warehouse.look(file !== ":memory:" && existsSync(file) ? file : ":memory:", options);
  const session = warehouse.main;
  try {
    const { planned } = await undone(session, () =>
      prepareUpdate(asked, {
        session,
        catalog: warehouse.catalog,
        rows: new Map(),
        thorough: true,
        atomically: (work) => work(),
      }),
    );
    return {
      tables: asked.pipeline.tables.flatMap(({ name }) => {
        const decision = planned.decisions.get(name);
        return decision && asked.wanted.has(name) ? [shown(decision)] : [];
      }),
      warnings: planned.warnings,
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
