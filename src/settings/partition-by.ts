import { freeze } from "../core/freeze.ts";
import type { Callback, Setting } from "./setting.ts";

export const partitionBy = {
  empty: freeze([]),
  of: "tables",
  decides: "nothing",
  stored: true,
  given: () => ["partitionBy()"],
  columns: (by) => by,
  read: (json, { names }) => names(json),
  methods: { partitionBy: ({ names }, columns: Callback) => names(columns) },
  features: { partitionBy: "partitionBy()" },
  uses: (value) => [{ feature: "partitionBy" as const, value }],
} as const satisfies Setting<readonly string[]>;
