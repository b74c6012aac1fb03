import type { TableKind } from "../ast/relation.ts";
import type { Setting } from "./setting.ts";

/** The user's override of the kind that is derived from the query. */
export const kind = {
  empty: undefined,
  of: "queries",
  // By what it resolves to: the mode of the table.
  decides: "rows",
  given: (kind) => [`${kind}()`],
  read: (json) => json.oneOf("streaming", "materialized"),
  methods: { streaming: () => "streaming", materialized: () => "materialized" },
  features: {},
  uses: () => [],
} as const satisfies Setting<TableKind, undefined>;
