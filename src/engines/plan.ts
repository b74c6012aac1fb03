/** The plan of an update, as people and programs read it. */
import type { Layer } from "../ast/pipeline.ts";

/**
 * What an update does with a table before it reads what is new. `settings`, `addColumn` and `addFlow` keep the rows that
 * are there; `recompute` runs the query of a materialized view again; `rebuild` reads everything again; `refuse` does
 * nothing, since rows would be lost that cannot be read again.
 */
export type PlanAction = "create" | "none" | "settings" | "addColumn" | "addFlow" | "recompute" | "rebuild" | "refuse";

/** One table in the plan of an update. */
export interface TablePlan {
  readonly table: string;
  readonly layer: Layer;
  readonly action: PlanAction;
  /** Why, in words: what is different. */
  readonly why: readonly string[];
  /** What would be lost, in words. */
  readonly loses: readonly string[];
  /** The name that `acceptLoss` (`--accept-loss`) needs for the update to go on without what would be lost. */
  readonly accept?: string;
  /** Files to read, where that is known. */
  readonly files?: number;
  /** Rows of its inputs to read, where that is known. */
  readonly rows?: number;
}

/** A remark of the plan that is about no action: an orphaned table, another base directory. */
export interface PlanWarning {
  readonly code: string;
  readonly message: string;
  readonly help: string;
  readonly table?: string;
}

/** What an update would do. */
export interface UpdatePlan {
  readonly tables: readonly TablePlan[];
  readonly warnings: readonly PlanWarning[];
}
