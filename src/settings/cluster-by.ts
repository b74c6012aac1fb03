import { freeze } from "../core/freeze.ts";
import type { Callback, Setting } from "./setting.ts";

/** Columns, or `auto`: the platform chooses them. */
type Clustering = readonly string[] | "auto";

export const clusterBy = {
  empty: freeze([]),
  of: "tables",
  decides: "nothing",
  stored: true,
  given: () => ["clusterBy()"],
  columns: (by) => (by === "auto" ? [] : by),
  read: (json, { names }) => json.either("auto", () => names(json)),
  methods: {
    clusterBy: ({ names }, columns: Callback | "auto") => (columns === "auto" ? "auto" : names(columns)),
  },
  features: { clusterBy: "clusterBy()", clusterByAuto: 'clusterBy("auto")' },
  uses: (value) => [
    value === "auto" ? ({ feature: "clusterByAuto", value } as const) : ({ feature: "clusterBy", value } as const),
  ],
} as const satisfies Setting<Clustering>;
