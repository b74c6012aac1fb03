/** The fix of a name that is misspelled, or called otherwise. */
import type { Fix } from "./fix.ts";
import { type Place, positionOf } from "./location.ts";

/** A word at a place, replaced; nothing where the place is not one in a file, or the right word is not known. */
export function replaceWord(
  place: Place,
  oldText: string,
  newText: string | undefined,
  more: Pick<Fix, "declares"> = {},
): { readonly fix?: Fix } {
  const position = positionOf(place);
  if (position === undefined || newText === undefined) return {};
  const { file, ...start } = position;
  const end = { line: start.line, column: start.column + oldText.length };
  return { fix: { range: { file, start, end }, oldText, newText, ...more } };
}
