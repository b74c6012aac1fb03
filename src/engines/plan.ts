/** The plan of an update, as people and programs read it. */
import type { Layer } from "../ast/pipeline.ts";
import type { Refresh } from "../lower/incremental/issues.ts";
import type { Warning } from "./result.ts";

/**
 * What an update does with a table. `update` reads what is new; `settings`, `rename`, `addColumn` and `addFlow` keep the
 * rows that are there, and read what is new as well; `recompute` runs the query of a materialized view again; `rebuild`
 * reads everything again; `refuse` does nothing, since the table would fail or rows would be lost that cannot be read
 * again, and `exclude` does nothing, since a table that it reads is refused. `none`: the table is up to date.
 */
export type PlanAction =
  | "create"
  | "none"
  | "update"
  | "settings"
  | "rename"
  | "addColumn"
  | "addFlow"
  | "recompute"
  | "rebuild"
  | "refuse"
  | "exclude";

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
  /**
   * Of a materialized view whose inputs change: how it can be brought up to date, or why it is recomputed. An update may
   * still recompute it, where that is cheaper or an input is written as a whole.
   */
  readonly refresh?: Refresh;
}

/** What the update would warn of, as far as it can be told without reading: an orphaned table, a file that has changed. */
export interface PlanWarning extends Warning {
  readonly code: string;
}

/** What an update would do. */
export interface UpdatePlan {
  readonly tables: readonly TablePlan[];
  readonly warnings: readonly PlanWarning[];
}
