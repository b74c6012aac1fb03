import { checkName } from "../core/text.ts";
import type { Setting } from "./setting.ts";

export const owner = {
  empty: undefined,
  of: "tables",
  decides: "nothing",
  ofCompanions: true,
  given: () => ["owner()"],
  read: (json) => json.build(() => checkName("an owner", json.string(), undefined)),
  methods: { owner: ({ at }, name: string) => checkName("an owner", name, at) },
  features: { owner: "owner()" },
  uses: (value) => [{ feature: "owner" as const, value }],
} as const satisfies Setting<string, undefined>;
