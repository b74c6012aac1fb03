/**
 * The digits of JSON numbers, kept: a VARIANT holds 13.0 as 13 and 1e2 as 100.0, which would be other texts and whole
 * numbers than the file has. So numbers that it may change become texts that begin with a mark before they are parsed, and
 * numbers again when they are shown. A text of the user's own that begins with the mark gets a second one.
 */
import { sparkText } from "./dialect.ts";

/** A noncharacter of Unicode: no text that is meant for others begins with it. */
const MARK = "\uFDD0";
/** Valid JSON has no control characters. */
const GUARD = "\u0001";

const ESCAPED_MARK = "\\\\u[fF][dD][dD]0";
/** In valid JSON these are whole numbers. */
const NUMBER = "-?[0-9]+[.eE][-+.0-9eE]*|-?[0-9]{19,}|-0";
/** What a text holds. Possessive: the regular expressions of Java recurse otherwise. */
const REST = '[^"\\\\]*+(?:\\\\.[^"\\\\]*+)*+';

/** A constant whose characters can be seen. */
const text = (value: string) => sparkText(value).replaceAll(MARK, "\\uFDD0").replaceAll(GUARD, "\\u0001");

const TOKENS = text(`"(${MARK}|${ESCAPED_MARK})(${REST})"|("${REST}")|(${NUMBER})`);
/** Of each match two of the three parts are empty, which the guards tell from real ones. */
const PARTS = text(`${GUARD}"$1$1$2"${GUARD}$3${GUARD}"${MARK}$4"${GUARD}`);
const EMPTY = [`${GUARD}""${GUARD}`, `${GUARD}"${MARK}"${GUARD}`, GUARD].map(text);
const MAY_CHANGE = text(`[0-9][.eE][-+0-9]|[0-9]{19}|[:,\\[\\s]-0|${MARK}|${ESCAPED_MARK}`);
const MARKED = text(MARK);
const MARKS = text(`\\A${MARK}|"${MARK}(-?[0-9][^"]*)"|(?<=")${MARK}(?=${MARK})`);

/** SQL of valid JSON with its numbers marked. */
export function withMarks(json: string): string {
  const marked = EMPTY.reduce(
    (sql, empty) => `replace(${sql}, ${empty}, '')`,
    `regexp_replace(${json}, ${TOKENS}, ${PARTS})`,
  );
  return `CASE WHEN ${json} RLIKE ${MAY_CHANGE} THEN ${marked} ELSE ${json} END`;
}

/** SQL of a text or of JSON text without the marks. `x` is a column or another cheap expression. */
export function withoutMarks(x: string): string {
  return `CASE WHEN contains(${x}, ${MARKED}) THEN regexp_replace(${x}, ${MARKS}, '$1') ELSE ${x} END`;
}
