/** What kind of value each option has, for a caller without types. */
import { describe } from "../../core/describe.ts";
import { DefinitionError } from "../../core/errors.ts";
import type { Place } from "../../core/location.ts";

type Kind = readonly [accepts: (value: unknown) => boolean, help: string];

const text = (value: unknown): boolean => typeof value === "string";

/** The others are checked where they are used. */
const KINDS: Readonly<Record<string, Kind>> = {
  acceptLoss: [
    (value) => value === true || Array.isArray(value),
    'name the tables in a list, acceptLoss: ["silver.stock"], or accept it for all: true',
  ],
  baseDir: [text, "give the path of a folder"],
  fullRefresh: [(value) => typeof value === "boolean", "give true or false"],
  missingFiles: [(value) => value === "warn" || value === "fail", 'give "warn" or "fail"'],
  onEvent: [(value) => typeof value === "function", "give a function: (event) => …"],
  params: [(value) => typeof value === "object" && value !== null, 'give values by name: params: { region: "EU" }'],
  tempDirectory: [text, "give the path of a folder"],
  warehouse: [text, 'give the path of a file, or ":memory:"'],
};

/** @throws DefinitionError `ARG001` where an option is of another kind. */
export function checkKinds(options: object, what: string, at: Place): void {
  const given: Readonly<Record<string, unknown>> = { ...options };
  for (const [name, [accepts, help]] of Object.entries(KINDS)) {
    const value = given[name];
    if (value === undefined || accepts(value)) continue;
    const message = `${name} of ${what} cannot be ${describe(value)}`;
    throw new DefinitionError({ code: "ARG001", message, help, location: at });
  }
}
