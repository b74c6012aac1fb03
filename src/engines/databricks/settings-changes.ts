/** What differs between the settings that a pipeline has and those that it should have. */
import type { PipelineDetails } from "./types.ts";

/** A setting that differs from what the workspace had. */
export interface SettingChange {
  /** `catalog`, or `configuration.region` for one entry. */
  readonly name: string;
  readonly was?: string;
  readonly is?: string;
}

type Values = Readonly<Record<string, unknown>>;

/** Settings whose absence says "none"; any other that we do not set is for the workspace to decide. */
const NONE_WHERE_ABSENT = new Set(["catalog", "configuration", "tags", "notifications", "event_log"]);
/** Two names of one thing: where we set one of them, the other is not kept. */
const POLICIES = ["usage_policy_id", "budget_policy_id"] as const;
/** What we do not set and an edit must not lose: it puts the whole settings instead of the old ones. */
const KEPT = [
  "storage",
  "environment",
  "filters",
  "parameters",
  "restart_window",
  "serverless_compute_id",
  "trigger",
  ...POLICIES,
] as const;
const KEPT_OF_CLASSIC = ["clusters", "edition", "photon"] as const;

export function settingChanges(found: PipelineDetails, wanted: Values): readonly SettingChange[] {
  const told = { ...found.spec, ...(found.run_as && { run_as: found.run_as }) };
  const compared = Object.entries(told).filter(([name]) => name in wanted || NONE_WHERE_ABSENT.has(name));
  const was = flat(Object.fromEntries(compared));
  const is = flat(wanted);
  return [...new Set([...Object.keys(is), ...Object.keys(was)])].flatMap((name) => {
    const before = was[name];
    const after = is[name];
    // A switch that is off is often not told at all.
    if (before === after || (before === undefined && after === "false")) return [];
    return [{ name, ...(before !== undefined && { was: before }), ...(after !== undefined && { is: after }) }];
  });
}

/** The whole settings for an edit. */
export function editedSettings(found: PipelineDetails, wanted: Values): Values {
  const ours = new Set<string>(POLICIES.some((name) => name in wanted) ? POLICIES : []);
  const kept = new Set<string>([...KEPT, ...(wanted["serverless"] === true ? [] : KEPT_OF_CLASSIC)]);
  const { spec, parameters } = found;
  const entries = Object.entries({ ...spec, ...(parameters && { parameters }) });
  return {
    ...Object.fromEntries(entries.filter(([name]) => kept.has(name) && !ours.has(name))),
    ...wanted,
  };
}

/** Maps entry by entry, lists as one text; what is empty is as good as not there. */
function flat(values: Values): Readonly<Record<string, string>> {
  const entries = Object.entries(values).flatMap(([name, value]): (readonly [string, string])[] => {
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return [];
    if (typeof value !== "object" || Array.isArray(value)) return [[name, shown(value)]];
    return Object.entries(value).map(([key, inner]) => [`${name}.${key}`, shown(inner)] as const);
  });
  return Object.fromEntries(entries);
}

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(sorted(value)));

/** The workspace orders the keys of its answer as it likes. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
