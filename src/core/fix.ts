/** A fix that is an edit: data, for the command and for editors. */

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
