/** What depends on nothing but the pipeline: a manifest has no places of the user's code. */
import type { Compiled, Diagnostic } from "medallion";

/** The files without the comments that name the lines of the user's code. */
export function withoutPlaces({
  files,
}: Pick<Compiled, "files">): readonly (readonly [path: string, contents: string])[] {
  return files.map(({ path, contents }) => [
    path,
    contents.replace(/^(--|#) (made by .*|Made by medallion from .*)\n/gm, ""),
  ]);
}

export function withoutLocations(found: readonly Diagnostic[]): readonly Diagnostic[] {
  return found.map(({ location: _, ...rest }) => rest);
}
