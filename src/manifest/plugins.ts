/** What a plugin brings. */
import type { Outside } from "../core/cursor.ts";
import type { AnyFileFormat } from "../formats/format.ts";
import type { FunctionDefinition } from "../functions/plugin-functions.ts";
import type { AnySettingDefinition } from "../settings/plugin-settings.ts";

/**
 * Parts of a plugin, by the axis that they extend. A pipeline carries what it uses; a manifest names it, so that
 * `fromManifest()` is given the plugins.
 */
export interface Plugin {
  /** Its parts are named after it: `acme` in `acme.fixed_width`. */
  readonly name: string;
  /** Formats, made by `defineFormat()`. */
  readonly formats?: readonly AnyFileFormat[];
  /** Functions, made by `defineFunction()`. */
  readonly functions?: readonly { readonly definition: FunctionDefinition }[];
  /** Settings, made by `defineSetting()`. */
  readonly settings?: readonly AnySettingDefinition[];
}

/** Finds the parts of plugins by axis and name. */
export function membersOf(plugins: readonly Plugin[]): Outside {
  const named = (axis: string, parts: readonly { readonly name: string }[]) =>
    parts.map((part) => [`${axis} ${part.name}`, part] as const);
  const members = new Map<string, object>(
    plugins.flatMap(({ formats = [], functions = [], settings = [] }) => [
      ...named("format", formats),
      ...named(
        "function",
        functions.map(({ definition }) => definition),
      ),
      ...named("setting", settings),
    ]),
  );
  return (axis, name) => members.get(`${axis} ${name}`);
}
