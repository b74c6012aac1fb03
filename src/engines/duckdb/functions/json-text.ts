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

/** Calls `visit` with each bracket outside of strings, and how many are open after it, until it gives true. */
function brackets(text: string, visit: (end: number, open: number, closes: boolean) => boolean): void {
  let open = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') {
      const end = endOfString(text, i);
      if (end > 0) i = end - 1;
      continue;
    }
    const closes = c === "}" || c === "]";
    if (!closes && c !== "{" && c !== "[") continue;
    open += closes ? -1 : 1;
    if (visit(i + 1, open, closes)) return;
  }
}

/** The text up to the bracket that closes the first. */
export function jsonNested(text: string): string {
  let size = text.length;
  brackets(text, (end, open, closes) => {
    if (closes && open === 0) size = end;
    return closes && open === 0;
  });
  return text.slice(0, size);
}

export function jsonTooDeep(text: string): boolean {
  let most = 0;
  brackets(text, (_, open) => {
    most = Math.max(most, open);
    return most > JSON_DEPTH;
  });
  return most > JSON_DEPTH;
}

/** Numbers as strings. */
export function jsonQuoted(text: string): string {
  const parts: string[] = [];
  for (let from = 0; from < text.length; ) {
    const quote = text.indexOf('"', from);
    const to = quote < 0 ? text.length : quote;
    parts.push(text.slice(from, to).replace(/-?[0-9][0-9.eE+-]*/g, '"$&"'));
    const end = quote < 0 ? text.length : endOfString(text, quote);
    from = end < 0 ? text.length : end;
    parts.push(text.slice(to, from));
  }
  return parts.join("");
}

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
