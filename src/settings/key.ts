import type { DefinitionError } from "../core/errors.ts";
import type { Place } from "../core/location.ts";
import { mistake } from "../diagnostics/mistake.ts";
import { say } from "../diagnostics/sentences.ts";
import type { Callback, Setting } from "./setting.ts";

/** The columns that identify a row. Of a change target they are the key of its events, and not set. */
export const key = {
  empty: undefined,
  of: "queries",
  decides: "nothing",
  stored: true,
  ofRows: true,
  // It is never lost: it is what a lookup matches, and a step that may break it asks for another one.
  given: () => [],
  columns: (names) => names,
  read: (json, { names }) => names(json, 1),
  methods: { key: ({ names }, columns: Callback) => names(columns) },
  features: { key: "key()" },
  uses: (value) => [{ feature: "key" as const, value, subject: value.join(", ") }],
} as const satisfies Setting<readonly string[], undefined>;

export function missingKey(what: string, at: Place): DefinitionError {
  const said = say("FK001");
  return mistake(at, { ...said, message: `${what}(): ${said.message}` });
}

export function arity(what: string, given: number, key: readonly string[], at: Place): DefinitionError {
  return mistake(at, {
    ...say("FK002:columns"),
    message: `${what}(): ${given} columns were given for a key of ${key.length} (${key.join(", ")})`,
  });
}
