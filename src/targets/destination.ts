/** Where tables go, as somebody gave it: what becomes SQL, Python, YAML and paths is a text that all of them can hold. */
import { LAYERS } from "../ast/pipeline.ts";
import { checkOptionNames } from "../core/given.ts";
import type { Place } from "../core/location.ts";
import { checkName, checkText } from "../core/text.ts";
import type { TargetOptions } from "./target.ts";

/** Names by the option that gives them; what is not given is not checked. */
export function checkNamed(names: Readonly<Record<string, unknown>>, at: Place): void {
  for (const [option, name] of Object.entries(names))
    if (name !== undefined) checkName(`the option ${option}`, name, at);
}

/** @throws MedallionError `TEXT001` for what is not a name or a text, `ARG001` for the schema of an unknown layer. */
export function checkDestination(options: TargetOptions, at: Place): void {
  const { catalog, schemas = {}, autoCdc, baseDir, storage } = options;
  checkOptionNames(schemas, "schemas", { required: [], optional: LAYERS }, at);
  checkNamed({ catalog, ...schemas, ...(typeof autoCdc === "object" && { autoCdc: autoCdc.catalog }) }, at);
  for (const [option, text] of Object.entries({ baseDir, storage }))
    if (text !== undefined) checkText(`the option ${option}`, text, at);
}
