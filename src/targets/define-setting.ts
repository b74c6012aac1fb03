/** Settings from outside. */
import { refuseMore } from "../core/arity.ts";
import { callerLocation } from "../core/location.ts";
import { aName, anything, aText, checkedParts, giving, maybe, named, one, withParts } from "../core/parts.ts";
import { type SettingDefinition, type SettingTreatment, settingDefinition } from "../settings/plugin-settings.ts";
import { SUPPORT } from "./given.ts";
import type { Target } from "./targets.ts";

/** What `defineSetting()` is given. */
export interface SettingParts<Value> extends Omit<SettingDefinition<Value>, "treatments"> {
  /** What each target does with it. A target that is not built in has its own, by its name. */
  readonly treatments: Readonly<Record<Target, SettingTreatment<Value>>> &
    Readonly<Record<string, SettingTreatment<Value>>>;
}

/**
 * A setting of your own, given to a table with `.set(setting, value)`. Its values are JSON, which `accepts` tells from
 * other values.
 *
 * @throws MedallionError `SET005` where it is not named after its plugin.
 * @example
 * ```ts
 * import { pipeline, source, t } from "medallion";
 * import { defineSetting } from "medallion/plugin";
 *
 * const retention = defineSetting({
 *   name: "acme.retention",
 *   expects: "{ days }, a number of days",
 *   accepts: (value): value is { days: number } =>
 *     typeof value === "object" && value !== null && "days" in value && typeof value.days === "number",
 *   decides: "nothing",
 *   treatments: {
 *     databricks: {
 *       does: "native",
 *       how: "TBLPROPERTIES acme.retention",
 *       properties: ({ days }) => ({ "acme.retention": `${days} days` }),
 *     },
 *     spark: { does: "ignored", how: "nothing deletes old rows there", help: "run a job of your own" },
 *     duckdb: { does: "ignored", how: "a local file keeps its rows", help: "it is for the cluster" },
 *   },
 * });
 * export const p = pipeline("demo").bronze({
 *   raw: source.json("raw/*.json", { id: t.bigint() }).set(retention, { days: 30 }),
 * });
 * ```
 */
export function defineSetting<Value>(parts: SettingParts<Value>): SettingDefinition<Value> {
  refuseMore("defineSetting", 1, arguments);
  const at = callerLocation();
  return settingDefinition<SettingDefinition<Value>>(checkedParts(parts, PARTS, "defineSetting()", at), at);
}

const PARTS = withParts({
  name: aName,
  expects: aText,
  accepts: giving(anything),
  decides: one("rows", "nothing"),
  treatments: named(withParts({ ...SUPPORT, properties: maybe(giving(named(aText))) })),
});
