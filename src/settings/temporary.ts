import type { Setting } from "./setting.ts";

export const temporary = {
  empty: false,
  of: "queries",
  decides: "nothing",
  given: () => ["temporary()"],
  read: (json) => json.boolean(),
  methods: { temporary: () => true },
  features: { temporary: "temporary()" },
  uses: (value) => [{ feature: "temporary" as const, value }],
} as const satisfies Setting<boolean>;
