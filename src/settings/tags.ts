import { freeze } from "../core/freeze.ts";
import { checkWords } from "../core/text.ts";
import { readWords, type Words } from "./parts.ts";
import type { Setting } from "./setting.ts";

export const tags = {
  empty: freeze({}),
  of: "tables",
  decides: "nothing",
  ofCompanions: true,
  given: () => ["tags()"],
  read: (json) => readWords(json, "a tag"),
  methods: { tags: ({ now, at }, added: Words) => freeze({ ...now, ...checkWords("a tag", added, at) }) },
  features: { tags: "tags()" },
  uses: (value) => [{ feature: "tags" as const, value }],
} as const satisfies Setting<Words>;
