/** Settings that are not built in: what defines one, and what a table holds of it. */

import { refuseOtherCopy } from "../core/copies.ts";
import { describe } from "../core/describe.ts";
import { freeze, frozenDeep } from "../core/freeze.ts";
import { checkOptionNames } from "../core/given.ts";
import { type Json, plainJson } from "../core/json.ts";
import type { Place } from "../core/location.ts";
import { madeHere } from "../core/made.ts";
import { DEFINITION, isPluginName } from "../core/plugin-parts.ts";
import { excerpt } from "../core/text.ts";
import { mistake } from "../diagnostics/mistake.ts";
import type { Support } from "./support.ts";

/** What a target does with a setting that is not built in. */
export interface SettingTreatment<Value> extends Support {
  /** Properties of the table (`databricks`, `spark`), where the setting is native or emulated. */
  readonly properties?: (value: Value) => Readonly<Record<string, string>>;
}

/** A setting that is not built in, for code that is about none of them. */
export interface AnySettingDefinition {
  /** After its plugin: `acme.retention`. */
  readonly name: string;
  /** What its values look like, in words that end a sentence: "{ days }, a whole number of days". */
  readonly expects: string;
  readonly accepts: (value: unknown) => boolean;
  /** Whether it decides the rows of its table: a change of it is planned then, and applied in place otherwise. */
  readonly decides: "rows" | "nothing";
  readonly treatments: Readonly<Record<string, SettingTreatment<never>>>;
}

/** A setting that is not built in, made by `defineSetting()`. */
export interface SettingDefinition<Value> extends AnySettingDefinition {
  readonly accepts: (value: unknown) => value is Value;
  readonly treatments: Readonly<Record<string, SettingTreatment<Value>>>;
}

/** What a table holds of it. */
export interface Extension {
  readonly value: Json;
  readonly [DEFINITION]: AnySettingDefinition;
}

const made = madeHere<AnySettingDefinition>("setting");

/** The definition of a setting that is not built in, of a node or of a user. */
export const settingFrom = made.from;

/** @throws DefinitionError `SET005`. */
export function settingDefinition<D extends AnySettingDefinition>(parts: D, at: Place): D {
  const required = ["name", "expects", "accepts", "decides", "treatments"];
  checkOptionNames(parts, "defineSetting()", { required }, at);
  if (!isPluginName(parts.name)) {
    throw mistake(at, {
      code: "SET005",
      message: `${JSON.stringify(parts.name)} cannot name a setting`,
      help: 'name it after its plugin: "acme.retention"',
    });
  }
  return made.add({ ...parts, treatments: freeze({ ...parts.treatments }) });
}

/**
 * A value of a setting, as a table holds it.
 *
 * @throws DefinitionError `SET005`, `SET006`.
 */
export function extension(given: unknown, value: unknown, at: Place): readonly [name: string, Extension] {
  const definition = settingFrom(given);
  if (!definition) {
    refuseOtherCopy(given, at);
    throw mistake(at, {
      code: "SET005",
      message: `set() accepts a setting that defineSetting() made, not ${describe(given)}`,
      help: "use a method such as comment() or tags() for the settings that are built in",
    });
  }
  const { name, expects } = definition;
  const plain = plainValue(value);
  if (plain === undefined || !definition.accepts(plain)) {
    throw mistake(at, {
      code: "SET006",
      message: `set(${name}): ${shown(value, plain)} is not ${expects}`,
      help: plain === undefined ? "a setting's value is JSON: it stands in the manifest" : `give ${expects}`,
    });
  }
  return [name, freeze({ value: plain, [DEFINITION]: definition })];
}

/** A copy that nobody changes; `undefined` for what JSON cannot hold: a function, a date, a value that holds itself. */
function plainValue(value: unknown): Json | undefined {
  const none = new Error("not JSON");
  try {
    return frozenDeep(plainJson(value, () => none));
  } catch (error) {
    if (error === none) return undefined;
    throw error;
  }
}

function shown(value: unknown, plain: Json | undefined): string {
  if (plain === undefined) return value === undefined ? "undefined" : describe(value);
  return excerpt(JSON.stringify(plain));
}
