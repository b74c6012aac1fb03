import { checkText } from "../core/text.ts";
import type { Setting } from "./setting.ts";

export const owner = {
  empty: undefined,
  of: "tables",
  decides: "nothing",
  ofCompanions: true,
  given: () => ["owner()"],
  read: (json) => json.build(() => checkText("an owner", json.string(), undefined)),
  methods: { owner: ({ at }, name: string) => checkText("an owner", name, at) },
  features: { owner: "owner()" },
  uses: (value) => [{ feature: "owner" as const, value }],
} as const satisfies Setting<string, undefined>;
