/** What DuckDB cannot mean of a pipeline, whatever reads its files: the same for the embedded engine and for a script. */
import type { PipelineNode } from "../../ast/pipeline.ts";
import { exprsOf } from "../../ast/walk.ts";
import type { CompileError } from "../../core/errors.ts";
import { attempt, refusable } from "../../core/refusals.ts";
import { isFileRead } from "../../lower/reads.ts";
import { type LoweredTable, lowerPipeline } from "../../lower/table.ts";
import type { QueryContext } from "../../sql/context.ts";
import { allEvents } from "../../sql/events.ts";
import { overColumns } from "../../sql/expr.ts";
import { printQuery } from "../../sql/query.ts";
import { duckdb, duckdbIdentifier as id } from "./dialect.ts";
import { reading } from "./reading.ts";
import { flagsOf } from "./rows.ts";

/** Every refusal, in the order of the tables. */
export function embeddedRefusals(pipeline: PipelineNode): readonly CompileError[] {
  const { plans, tables } = lowerPipeline(pipeline);
  const context = reading(tables, id);
  const { refusals } = attempt(() => {
    for (const plan of plans.values()) refusable(() => print(plan, context), undefined);
  });
  return refusals;
}

/** Prints what an update of the table runs. */
function print(plan: LoweredTable, context: QueryContext): void {
  if (plan.mode === "changes") {
    allEvents(plan, context);
  } else if (plan.mode === "snapshots") {
    const { input, items, version } = plan.snapshots;
    printQuery(input, context);
    for (const expr of [...exprsOf(items), ...(version ? [version] : [])]) {
      overColumns(duckdb)(expr);
    }
  } else {
    for (const read of plan.reads) if (!isFileRead(read)) printQuery(read.query, context);
    flagsOf(plan.rules);
  }
}
