/** Why a materialized view is recomputed, in the words of Databricks' `planning_information`. */

/** Kinds of maintenance: Databricks' `maintenance_type`. */
export type RefreshTechnique =
  | "NO_OP"
  | "COMPLETE_RECOMPUTE"
  | "ROW_BASED"
  | "WINDOW_FUNCTION"
  | "GROUP_AGGREGATE"
  | "GENERIC_AGGREGATE";

/** What keeps a view from being kept up to date: Databricks' `issue_type`. */
export type RefreshIssueType =
  | "PLAN_NOT_DETERMINISTIC"
  | "PLAN_NOT_INCREMENTALIZABLE"
  | "CHANGE_SET_MISSING"
  | "QUERY_FINGERPRINT_CHANGED"
  | "DATA_SCHEMA_CHANGED"
  | "DATA_HAS_CHANGED"
  | "INCREMENTAL_PLAN_REJECTED_BY_COST_MODEL"
  | "REFRESH_POLICY";

/** One reason. */
export interface RefreshIssue {
  readonly type: RefreshIssueType;
  /** Databricks' word for the kind of it, where it has one: `AGGREGATE_NOT_TOP_NODE`. */
  readonly subtype?: string;
  /** In words. */
  readonly message: string;
}

/** How a materialized view was, or is going to be, brought up to date. */
export interface Refresh {
  readonly technique: RefreshTechnique;
  /** Why it is recomputed; empty where it is not. */
  readonly issues: readonly RefreshIssue[];
}

export const notIncremental = (subtype: string, message: string): RefreshIssue => ({
  type: "PLAN_NOT_INCREMENTALIZABLE",
  subtype,
  message,
});

/** `PLAN_NOT_INCREMENTALIZABLE (AGGREGATE_NOT_TOP_NODE): …` */
export function issueWords({ type, subtype, message }: RefreshIssue): string {
  return `${type}${subtype === undefined ? "" : ` (${subtype})`}: ${message}`;
}
