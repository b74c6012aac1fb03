/** A target that is given as a value: its parts are checked, and what they give. */
import type { Place } from "../core/location.ts";
import { aName, aText, checkedParts, giving, listOf, maybe, one, withParts } from "../core/parts.ts";
import type { TargetDefinition } from "./target.ts";

/** What a target does with a feature. */
export const SUPPORT = {
  does: one("native", "emulated", "ignored", "refused"),
  how: aText,
  help: maybe(aText),
  runtime: maybe(aText),
};

const DIAGNOSTIC = withParts({ code: aText, severity: one("error", "warning", "info"), message: aText });

const TARGET = withParts({
  name: aName,
  title: aText,
  files: giving(listOf(withParts({ path: aText, contents: aText }))),
  treatment: giving(withParts(SUPPORT)),
  notes: maybe(giving(giving(listOf(DIAGNOSTIC)))),
});

/** @throws DefinitionError `ARG001`. */
export function givenTarget(given: TargetDefinition, at: Place): TargetDefinition {
  return checkedParts(given, TARGET, "the target", at);
}
