/**
 * What the macros of `targets/duckdb/macros/json.ts` do to JSON that is not as most is, for which SQL needs many steps:
 * each function gives what the macro of its name gives.
 */
import { JSON_DEPTH } from "../../../functions/json-depth.ts";

/** Where the string ends that begins with the quote at `start`; -1 where it does not end. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const c = text[i];
    if (c === "\\") i++;
    else if (c === '"') return i + 1;
  }
  return -1;
}

/** The text up to the bracket that closes the first. */
export function jsonNested(text: string): string {
  let open = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') {
      const end = endOfString(text, i);
      if (end > 0) i = end - 1;
    } else if (c === "{" || c === "[") open++;
    else if ((c === "}" || c === "]") && --open === 0) return text.slice(0, i + 1);
  }
  return text;
}

/** DuckDB also reads a comma before the end, NaN and Infinity. */
const LENIENT = /,[\t\n\f\r ]*[\]}]|nan|inf/i;

/** Whether JSON that DuckDB reads is not strict. */
export const jsonLoose = (text: string): boolean => LENIENT.test(text) && LENIENT.test(withoutStrings(text));

/** JSON with all of its strings replaced by empty ones. */
function withoutStrings(text: string): string {
  let made = "";
  let from = 0;
  for (let quote = text.indexOf('"'); quote >= 0; quote = text.indexOf('"', from)) {
    made += `${text.slice(from, quote)}""`;
    const end = endOfString(text, quote);
    from = end < 0 ? text.length : end;
  }
  return made + text.slice(from);
}

const COLON = /[ \t\r\n]*:/y;

/** Whether no key of strict JSON comes twice in an object, and it is not too deep. */
export function jsonPlain(text: string): boolean {
  /** The keys of each object that is open; of an array none. */
  const open: (Set<string> | undefined)[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === "{") open.push(new Set());
    else if (c === "[") open.push(undefined);
    else if (c === "}" || c === "]") open.pop();
    else if (c === '"') {
      const end = endOfString(text, i);
      if (end < 0) return false;
      COLON.lastIndex = end;
      if (COLON.test(text) && isRepeated(text.slice(i, end), open.at(-1))) return false;
      i = end - 1;
    }
    if (open.length > JSON_DEPTH) return false;
  }
  return true;
}

/** Adds a key to those of its object. */
function isRepeated(key: string, keys = new Set<string>()): boolean {
  const { size } = keys;
  return keys.add(key.includes("\\") ? String(JSON.parse(key)) : key.slice(1, -1)).size === size;
}

/** Numbers as strings. By the codes of its characters: a pattern takes four times as long. */
export function jsonQuoted(text: string): string {
  let made = "";
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      const end = endOfString(text, i);
      i = (end < 0 ? text.length : end) - 1;
    } else if (isDigit(code)) {
      const start = i > from && text.charCodeAt(i - 1) === MINUS ? i - 1 : i;
      let end = i + 1;
      while (isOfNumber(text.charCodeAt(end))) end++;
      made += `${text.slice(from, start)}"${text.slice(start, end)}"`;
      from = end;
      i = end - 1;
    }
  }
  return made + text.slice(from);
}

const [QUOTE, PLUS, MINUS, POINT] = [0x22, 0x2b, 0x2d, 0x2e];
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isExponent = (code: number): boolean => code === 0x65 || code === 0x45;
const isOfNumber = (code: number): boolean =>
  isDigit(code) || code === POINT || code === PLUS || code === MINUS || isExponent(code);

/** A number as Spark's variant shows it: a decimal where one of 38 digits holds it, else a double as Java writes it. */
export function jsonNumber(text: string): string {
  const significant = text.replace(/^-/, "").replace(".", "").replace(/^0+/, "").length;
  if (/^-?[0-9]+([.][0-9]{1,38})?$/.test(text) && significant <= 38) return jsonDecimal(text);
  return javaDouble(Number(text));
}

function jsonDecimal(text: string): string {
  if (/^-?0([.]0*)?$/.test(text)) return "0";
  return text.includes(".") ? text.replace(/0+$/, "").replace(/[.]$/, "") : text;
}

function javaDouble(x: number): string {
  if (!Number.isFinite(x)) return String(x);
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    const [digits = "", exponent = ""] = x.toExponential().split("e");
    return `${digits.includes(".") ? digits : `${digits}.0`}E${exponent.replace("+", "")}`;
  }
  const digits = Object.is(x, -0) ? "-0" : String(x);
  return digits.includes(".") ? digits : `${digits}.0`;
}
