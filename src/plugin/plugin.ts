/** What a plugin brings. */
import type { AnyFileFormat } from "../formats/format.ts";

/**
 * Parts of a plugin, by the axis that they extend. A pipeline carries what it uses; a manifest names it, so that
 * `fromManifest()` is given the plugins.
 */
export interface Plugin {
  /** Its parts are named after it: `acme` in `acme.fixed_width`. */
  readonly name: string;
  /** Formats, made by `defineFormat()`. */
  readonly formats?: readonly AnyFileFormat[];
}
