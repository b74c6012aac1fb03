import { freeze } from "../core/freeze.ts";
import type { Place } from "../core/location.ts";
import { checkWords } from "../core/text.ts";
import { mistake } from "../diagnostics/mistake.ts";
import { readWords, type Words } from "./parts.ts";
import type { Setting } from "./setting.ts";

export const properties = {
  empty: freeze({}),
  of: "tables",
  decides: "nothing",
  given: () => ["properties()"],
  read: (json) => {
    const words = readWords(json, "a property");
    json.build(() => checkReserved(words, undefined));
    return words;
  },
  methods: {
    properties: ({ now, at }, given: Words) => {
      const added = checkWords("a property", given, at);
      checkReserved(added, at);
      return freeze({ ...now, ...added });
    },
  },
  features: { properties: "properties()" },
  uses: (value) => [{ feature: "properties" as const, value }],
} as const satisfies Setting<Words>;

/** Properties that Spark's catalogs keep for themselves (`TableCatalog.RESERVED_PROPERTIES`). */
const RESERVED = new Set(["owner", "provider", "location", "comment", "external", "is_managed_location", "table_type"]);

function checkReserved(words: Words, at: Place): void {
  const name = Object.keys(words).find((one) => RESERVED.has(one.toLowerCase()));
  if (name === undefined) return;
  const setting = name.toLowerCase();
  throw mistake(at, {
    code: "SET003",
    message: `"${name}" is a property that the catalog keeps for itself`,
    help: setting === "owner" || setting === "comment" ? `use ${setting}("…")` : "give it another name",
  });
}
