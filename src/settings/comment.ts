import { checkText } from "../core/text.ts";
import type { Setting } from "./setting.ts";

export const comment = {
  empty: undefined,
  of: "tables",
  decides: "nothing",
  given: () => ["comment()"],
  read: (json) => json.build(() => checkText("a comment", json.string(), undefined)),
  methods: { comment: ({ at }, text: string) => checkText("a comment", text, at) },
  features: { comment: "comment()" },
  uses: (value) => [{ feature: "comment" as const, value }],
} as const satisfies Setting<string, undefined>;
