/**
 * The digits of JSON numbers, kept: DuckDB's JSON parser holds every fraction as a double. So numbers that a double may
 * change become texts that begin with a mark before they are parsed, and numbers again when they are shown as JSON. A
 * text of the user's own that begins with the mark gets a second one.
 */
import { duckdbText as text } from "../../../targets/duckdb/dialect.ts";

/** A noncharacter of Unicode: no text that is meant for others begins with it. */
const MARK = "\uFDD0";
const GUARD = "\u0001";

/** In valid JSON these are whole numbers: with a fraction, an exponent or more digits than fit 64 bits for sure; and -0. */
const NUMBER = "-?[0-9]+[.eE][-+.0-9eE]*|-?[0-9]{19,}|-0";
const MAY_CHANGE = text("[0-9][.eE][-+0-9]|[0-9]{19}|[:,\\[\\s]-0");
const REST = '(?:[^"\\\\]|\\\\.)*';
const MARK_IN_TEXT = `${MARK}|\\\\u[fF][dD][dD]0`;

/** Binds SQL to a name within other SQL, so that it is evaluated once. */
export function bind(sql: string, name: string, body: string): string {
  return `list_transform([${sql}], lambda ${name}: ${body})[1]`;
}

/** SQL of whether a text holds a mark that is not escaped. */
export const holdsMark = (x: string): string => `contains(${x}, ${text(MARK)})`;

/** SQL of valid JSON with its numbers marked. `x` is a column or a bound name. */
export function withMarks(x: string): string {
  const hasMark = `(${holdsMark(x)} OR (contains(${x}, '\\u') AND regexp_matches(${x}, ${text(MARK_IN_TEXT)})))`;
  const quick = `regexp_replace(${x}, ${text(`([:,\\[]\\s*)(${NUMBER})`)}, ${text(`\\1"${MARK}\\2"`)}, 'g')`;
  // Within a text the quick way puts a quote where none may be: the result is not JSON.
  const checked = bind(quick, "q", `CASE WHEN json_valid(q) THEN q ELSE ${byToken(x)} END`);
  return `CASE WHEN ${hasMark} THEN ${byToken(x)} WHEN regexp_matches(${x}, ${MAY_CHANGE}) THEN ${checked} ELSE ${x} END`;
}

/** The slow way, text by text: of each match two of the three parts are empty, which the guards tell from real ones. */
function byToken(x: string): string {
  const tokens = `"(${MARK_IN_TEXT})(${REST})"|("${REST}")|(${NUMBER})`;
  const parts = `${GUARD}"\\1\\1\\2"${GUARD}\\3${GUARD}"${MARK}\\4"${GUARD}`;
  return without(`regexp_replace(${x}, ${text(tokens)}, ${text(parts)}, 'g')`, [
    `${GUARD}""${GUARD}`,
    `${GUARD}"${MARK}"${GUARD}`,
    GUARD,
  ]);
}

function without(sql: string, some: readonly string[]): string {
  return some.reduce((inner, one) => `replace(${inner}, ${text(one)}, '')`, sql);
}

/** SQL of JSON text whose marked numbers are numbers again. */
export function withoutMarks(json: string): string {
  const tokens = `"${MARK}(-?[0-9][^"]*)"|"${MARK}(${REST})"|("${REST}")`;
  const parts = `\\1${GUARD}"\\2"${GUARD}\\3`;
  const plain = without(`regexp_replace(x, ${text(tokens)}, ${text(parts)}, 'g')`, [`${GUARD}""${GUARD}`, GUARD]);
  return `CASE WHEN contains(${json}, ${text(MARK)}) THEN ${bind(json, "x", plain)} ELSE ${json} END`;
}

/** SQL of a scalar without the mark that it got. A text of the user's own keeps the one that it came with. */
export function unmarkedText(x: string): string {
  return `CASE WHEN starts_with(${x}, ${text(MARK)}) THEN substr(${x}, 2) ELSE ${x} END`;
}

/** SQL of a value as text, which may be a text, a number or the JSON of an object or array. */
export function unmarkedValue(x: string): string {
  const isJson = `(starts_with(${x}, '{') OR starts_with(${x}, '['))`;
  return `CASE WHEN NOT contains(${x}, ${text(MARK)}) THEN ${x} WHEN ${isJson} THEN ${withoutMarks(x)} ELSE ${unmarkedText(x)} END`;
}
