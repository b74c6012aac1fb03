/** Settings that are not built in: what defines one, and what a table holds of it. */
import { DEFINITION, isOutsideName } from "../ast/outside.ts";
import { DefinitionError } from "../core/errors.ts";
import { freeze } from "../core/freeze.ts";
import { checkOptionNames } from "../core/given.ts";
import type { Json } from "../core/json.ts";
import type { Place } from "../core/location.ts";
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

/** What nodes carry is known to be whole: it was checked here. */
const made = new WeakMap<object, AnySettingDefinition>();

/** @throws DefinitionError `SET005`. */
export function settingDefinition<D extends AnySettingDefinition>(parts: D, at: Place): D {
  const required = ["name", "expects", "accepts", "decides", "treatments"];
  checkOptionNames(parts, "defineSetting()", { required }, at);
  if (!isOutsideName(parts.name)) {
    throw new DefinitionError({
      code: "SET005",
      message: `${JSON.stringify(parts.name)} cannot name a setting`,
      help: 'name it after its plugin: "acme.retention"',
      location: at,
    });
  }
  const definition = freeze({ ...parts, treatments: freeze({ ...parts.treatments }) });
  made.set(definition, definition);
  return definition;
}

/** A definition as code knows it that got it from a user; `undefined` where it is something else. */
export function settingFrom(given: unknown): AnySettingDefinition | undefined {
  return typeof given === "object" && given !== null ? made.get(given) : undefined;
}

/**
 * A value of a setting, as a table holds it.
 *
 * @throws DefinitionError `SET005`, `SET006`.
 */
export function extension(given: unknown, value: unknown, at: Place): readonly [name: string, Extension] {
  const definition = settingFrom(given);
  if (!definition) {
    throw new DefinitionError({
      code: "SET005",
      message: "set() accepts a setting that defineSetting() made, and this is none",
      help: "use a method such as comment() or tags() for the settings that are built in",
      location: at,
    });
  }
  const { name, expects } = definition;
  const plain = plainValue(value);
  if (plain === undefined || !definition.accepts(plain)) {
    throw new DefinitionError({
      code: "SET006",
      message: `set(${name}): ${shown(value)} is not ${expects}`,
      help: plain === undefined ? "a setting's value is JSON: it stands in the manifest" : `give ${expects}`,
      location: at,
    });
  }
  return [name, freeze({ value: plain, [DEFINITION]: definition })];
}

/** A copy that nobody changes; `undefined` for what JSON cannot hold. */
function plainValue(value: unknown): Json | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (Array.isArray(value)) {
    const parts = value.map(plainValue);
    return parts.every((part) => part !== undefined) ? freeze(parts) : undefined;
  }
  if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const parts: [string, Json][] = [];
  for (const [name, part] of Object.entries(value)) {
    const plain = plainValue(part);
    if (plain === undefined) return undefined;
    parts.push([name, plain]);
  }
  return freeze(Object.fromEntries(parts));
}

function shown(value: unknown): string {
  const text = typeof value === "object" || typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
