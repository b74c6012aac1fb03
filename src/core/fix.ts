/** A fix that is an edit: data, for the command and for editors. */
import { type Place, positionOf } from "./location.ts";

/** A place in a file: line and column count from 1, the column in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What is to be replaced: the text from `start` to before `end`, relative to the working directory. */
export interface Range {
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
}

/** An edit that fixes a mistake. It is given only where the right text is known. */
export interface Fix {
  readonly range: Range;
  /** The text that is there now: where it is another, the file has changed since. */
  readonly oldText: string;
  readonly newText: string;
  /**
   * It declares something that only the author knows, such as `acknowledgeFanOut()`: an editor may offer it, and
   * `medallion check --fix` leaves it to you.
   */
  readonly declares?: true;
}

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
