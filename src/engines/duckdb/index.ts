/** `medallion/run`: the embedded engine. */
export type { ParamValue } from "./params.ts";
export { type PlanOptions, plan } from "./plan/index.ts";
export type { PlanAction, PlanWarning, TablePlan, UpdatePlan } from "./plan/types.ts";
export { type RunOptions, run } from "./run.ts";
export type {
  ExpectationResult,
  RunEvent,
  TableResult,
  TableStatus,
  Update,
  UpdateResult,
  UpdateStatus,
} from "./update.ts";
