import type { Setting } from "./setting.ts";

export const isPrivate = {
  empty: false,
  of: "tables",
  decides: "nothing",
  ofCompanions: true,
  stored: true,
  given: () => ["private()"],
  read: (json) => json.boolean(),
  methods: { private: () => true },
  features: { private: "private()" },
  uses: (value) => [{ feature: "private" as const, value }],
} as const satisfies Setting<boolean>;
