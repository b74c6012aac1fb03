/** Compares the manifest with what was rebuilt from it: ids, types, labels, columns, all of it. */

import { shown } from "../core/cursor.ts";
import { type Json, pathTo } from "../core/json.ts";
import { isInManifest } from "../core/location.ts";
import { manifestError } from "../core/manifest-error.ts";

/**
 * @throws DefinitionError `MAN003` at the first value that is another one. Nodes are not deeper than the JSON that they were
 * read from, so that this may recurse.
 */
export function refuseDifference(made: unknown, given: Json, path = ""): void {
  if (made === given) return;
  if (Array.isArray(made) && Array.isArray(given)) {
    for (let i = 0; i < Math.max(made.length, given.length); i++) {
      differs(made, given, i, path);
    }
    return;
  }
  if (isRecord(made) && isRecord(given)) {
    for (const name of new Set([...Object.keys(given), ...Object.keys(made)])) differs(made, given, name, path);
    return;
  }
  throw difference(made as Json, given, path);
}

type Parts = Readonly<Record<string | number, unknown>>;

function differs(made: object, given: object, part: string | number, path: string): void {
  const at = pathTo(path, part);
  const [own, other] = [Object.hasOwn(made, part), Object.hasOwn(given, part)];
  // A manifest without places: they are the ways into it.
  if (part === "at" && !other && isInManifest(String((made as Parts)[part]))) return;
  if (!other) throw manifestError("MAN003", `${at} is missing`);
  if (!own) throw manifestError("MAN003", `${at} is not known`);
  refuseDifference((made as Parts)[part], (given as Parts)[part] as Json, at);
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function difference(made: Json, given: Json, path: string) {
  const message = `${path || "the root"} is ${shown(given)}, but what it is made from gives ${shown(made)}`;
  return manifestError("MAN003", message);
}
