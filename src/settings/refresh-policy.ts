import { describe } from "../core/describe.ts";
import type { Place } from "../core/location.ts";
import { mistake } from "../diagnostics/mistake.ts";
import type { Setting } from "./setting.ts";

const REFRESH_POLICIES = ["auto", "incremental", "incremental strict", "full"] as const;

/** How a materialized view is brought up to date. */
export type RefreshPolicy = (typeof REFRESH_POLICIES)[number];

/** Whether a view is to be brought up to date from what is new, whatever that costs. */
export const isIncremental = (policy: RefreshPolicy | undefined): boolean =>
  policy === "incremental" || policy === "incremental strict";

export const refreshPolicy = {
  empty: undefined,
  of: "queries",
  decides: "nothing",
  stored: true,
  given: () => ["refreshPolicy()"],
  read: (json) => json.oneOf(...REFRESH_POLICIES),
  methods: { refreshPolicy: ({ at }, policy: RefreshPolicy) => checkPolicy(policy, at) },
  features: { refreshPolicy: "refreshPolicy()" },
  uses: (value) => [{ feature: "refreshPolicy" as const, value, subject: value }],
} as const satisfies Setting<RefreshPolicy, undefined>;

/** The policy stands in SQL as it is: it is one of these, whatever the caller's types say. */
function checkPolicy(given: unknown, at: Place): RefreshPolicy {
  const known = REFRESH_POLICIES.find((policy) => policy === given);
  if (known !== undefined) return known;
  throw mistake(at, {
    code: "SET004",
    message: `${describe(given)} is not a refresh policy`,
    help: `give one of ${REFRESH_POLICIES.map((policy) => JSON.stringify(policy)).join(", ")}`,
  });
}
