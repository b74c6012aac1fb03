/** Parts of plugins that a manifest names. */
import { pluginOf } from "../ast/outside.ts";
import type { DefinitionError } from "../core/errors.ts";
import { manifestError } from "../core/json.ts";

/** A part of a plugin that was not given. */
export function missingPart(path: string, axis: string, name: string): DefinitionError {
  return manifestError("MAN006", `${path} names the ${axis} ${JSON.stringify(name)} of a plugin that is not given`, {
    help: `give fromManifest() the plugin: { plugins: [${pluginOf(name)}] }`,
  });
}
