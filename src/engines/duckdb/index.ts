/** `medallion/run`: the embedded engine, and the contract of every engine. */

export type { Refresh, RefreshIssue, RefreshIssueType, RefreshTechnique } from "../../lower/incremental/issues.ts";
export type { ParamValue, ParamValues } from "../../lower/params.ts";
export type { Engine, RunRequest } from "../engine.ts";
export type {
  CreateUpdateEvent,
  FlowDetails,
  FlowProgressEvent,
  PlanningEvent,
  RunEvent,
  UpdateProgressEvent,
  WarningDetails,
} from "../events.ts";
export type { PlanAction, PlanWarning, TablePlan, UpdatePlan } from "../plan.ts";
export type {
  Count,
  ExpectationResult,
  TableResult,
  TableStatus,
  UpdateResult,
  UpdateStatus,
  Warning,
} from "../result.ts";
export { type UpdateTable, updateTables } from "../tables.ts";
export type { InputRow, InputsOf } from "./inputs/row.ts";
export { plan } from "./plan/index.ts";
export { run } from "./run.ts";
export type { PlanOptions, RunOptions } from "./run-options.ts";
export type { TableRows, Update } from "./update.ts";
export type { Resources } from "./warehouse/resources.ts";
