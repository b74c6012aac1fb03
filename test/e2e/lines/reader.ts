/**
 * A small reader of text files by the stated rules, on its own: patterns over a file that is held whole, each byte as a
 * character. What the engine makes of a file is held against it.
 */

type Value = string | null;

export interface Read {
  /** The declared columns of each good record: null for an empty value without quotes. */
  readonly rows: readonly (readonly Value[])[];
  /** What else each of these records has, by name; a name that comes several times has a list. */
  readonly rescued: readonly (Readonly<Record<string, unknown>> | null)[];
  /** The text of each record that cannot be read. */
  readonly quarantined: readonly string[];
}

const decode = (bytes: string) => Buffer.from(bytes, "latin1").toString("utf8");
const isText = (bytes: string) => Buffer.from(decode(bytes)).equals(Buffer.from(bytes, "latin1"));
const escaped = (text: string) => text.replace(/[\\^$.|?*+()[\]{}/-]/g, "\\$&");

export interface CsvShape {
  readonly delimiter: string;
  readonly columns: readonly string[];
  readonly header: boolean;
  /** How many values a record has, where that is not what the header says. */
  readonly width?: number;
}

export function readCsv(file: Buffer, { delimiter: written, columns, header, width }: CsvShape): Read {
  const bytes = withoutMark(file).toString("latin1");
  const delimiter = Buffer.from(written).toString("latin1");
  const blanks = delimiter === " " ? "" : " *";
  const quoted = new RegExp(`${blanks}"([^"]*(?:""[^"]*)*)"(?!")`, "y");
  const opened = new RegExp(`${blanks}"`, "y");
  const plain = new RegExp(`(?:(?!${escaped(delimiter)})[^\\r\\n])*`, "y");
  const at = (pattern: RegExp, from: number) => {
    pattern.lastIndex = from;
    return pattern.exec(bytes);
  };

  const record = (start: number) => {
    const values: Value[] = [];
    let good = true;
    for (let from = start; ; from += delimiter.length) {
      const inQuotes = at(quoted, from);
      if (!inQuotes && at(opened, from)) return undefined;
      if (inQuotes) from += inQuotes[0].length;
      const rest = at(plain, from)?.[0] ?? "";
      from += rest.length;
      const stray = inQuotes !== null && rest.replace(/^ +$/, "") !== "";
      // It was the quote of another value that closed it.
      if (stray && /[\r\n]/.test(inQuotes[0])) return undefined;
      if (stray) good = false;
      values.push(inQuotes ? decode((inQuotes[1] ?? "").replaceAll('""', '"')) : rest === "" ? null : decode(rest));
      if (!bytes.startsWith(delimiter, from)) return { values, good, end: from };
    }
  };

  const rows: Value[][] = [];
  const rescued: (Readonly<Record<string, unknown>> | null)[] = [];
  const quarantined: string[] = [];
  let names = header ? undefined : columns;
  for (let start = 0; start < bytes.length; ) {
    const found = record(start);
    // A quote that is never closed costs the line that its record starts in.
    const end = found?.end ?? start + bytes.slice(start).search(/[\r\n]|$/);
    const raw = bytes.slice(start, end);
    if (raw !== "" && !names) names = namesOf(decode(raw), written);
    else if (raw !== "" && names) {
      if (found?.good && found.values.length === (width ?? names.length) && isText(raw)) {
        const positions = columns.map((column) => positionOf(column, names ?? []));
        rows.push(positions.map((position) => found.values[position] ?? null));
        const others = found.values.map((value, i) => [names?.[i] ?? "", value] as const);
        rescued.push(collected(others.filter(([, value], i) => value !== null && !positions.includes(i))));
      } else quarantined.push(decode(raw));
    }
    start = end + (bytes.startsWith("\r\n", end) ? 2 : 1);
  }
  return { rows, rescued, quarantined };
}

/** Of a header with quotes in the wrong place as well. */
function namesOf(header: string, delimiter: string): string[] {
  const one = new RegExp(`(?:(\\s*)"((?:[^"]|"")*)(?:"|$))?((?:(?!${escaped(delimiter)})[^])*)`, "y");
  const names: string[] = [];
  for (let from = 0; ; from = one.lastIndex + delimiter.length) {
    one.lastIndex = from;
    const [, , inner = "", rest = ""] = one.exec(header) ?? [];
    names.push(`${inner.replaceAll('""', '"')}${rest}`.trim() || `_c${names.length}`);
    if (!header.startsWith(delimiter, one.lastIndex)) return names;
  }
}

/** The first of a name, else the first in another case. */
function positionOf(column: string, names: readonly string[]): number {
  const at = names.indexOf(column);
  return at >= 0 ? at : names.findIndex((name) => name.toLowerCase() === column.toLowerCase());
}

function collected(pairs: readonly (readonly [name: string, value: unknown])[]): Record<string, unknown> | null {
  const all = new Map<string, unknown[]>();
  for (const [name, value] of pairs) all.set(name, [...(all.get(name) ?? []), value]);
  const found = [...all].sort().map(([name, values]) => [name, values.length === 1 ? values[0] : values]);
  return found.length === 0 ? null : Object.fromEntries(found);
}

/** Lines of JSON whose fields `columns` are texts. `undefined`: the file is one array, and no lines. */
export function readJsonLines(file: Buffer, columns: readonly string[]): Read | undefined {
  const bytes = withoutMark(file).toString("latin1");
  if (isOneArray(bytes)) return undefined;
  const rows: Value[][] = [];
  const rescued: (Readonly<Record<string, unknown>> | null)[] = [];
  const quarantined: string[] = [];
  for (const line of bytes.split(/\r\n|\n|\r/)) {
    if (/^[ \t\v\f]*$/.test(line)) continue;
    const fields = isText(line) ? fieldsOf(decode(line)) : undefined;
    if (fields) {
      const of = columns.map((name) => fields.find(([key]) => key === name));
      rows.push(of.map((field) => (field ? shown(field[1]) : null)));
      const others = fields.filter((field) => !of.includes(field));
      rescued.push(collected(others.map(([key, raw]) => [key, JSON.parse(raw)])));
    } else quarantined.push(decode(line));
  }
  return { rows, rescued, quarantined };
}

/** It goes over its first line, or has the file to itself. */
function isOneArray(bytes: string): boolean {
  if (!/^\s*\[\s*(?:\{|$)/.test(bytes.slice(0, 256))) return false;
  const start = bytes.search(/\S/);
  const line = bytes.slice(start).split("\n")[0] ?? "";
  let depth = 0;
  let end = -1;
  for (const token of line.matchAll(/"(?:[^"\\]|\\.)*(?:"|$)|[[\]{}]/g)) {
    if (token[0].startsWith('"')) continue;
    depth += "[{".includes(token[0]) ? 1 : -1;
    if (depth <= 0) {
      end = start + token.index + 1;
      break;
    }
  }
  return end < 0 ? bytes.includes("\n", start) : /^[ \t\v\f\r\n]*$/.test(bytes.slice(end));
}

/** The text of a value under a declared text. */
function shown(raw: string): Value {
  if (raw === "null") return null;
  return raw.startsWith('"') ? JSON.parse(raw) : raw;
}

/** The fields of an object in their order, with the JSON of their values. */
function fieldsOf(line: string): readonly (readonly [key: string, raw: string])[] | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    // Half of a surrogate pair is no character, in a name as in a value.
    const texts = [...line.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(([text]): string => JSON.parse(text));
    if (!texts.every((text) => text.isWellFormed())) return undefined;
  } catch {
    return undefined;
  }
  const fields: [string, string][] = [];
  let depth = 0;
  let key: string | undefined;
  let raw = "";
  for (const [token] of line.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/g)) {
    if ("}]".includes(token)) depth--;
    const ends = depth === 0 || (depth === 1 && token === ",");
    if (ends && key !== undefined) fields.push([key, raw]);
    if (ends || (depth === 1 && token === ":")) {
      if (ends) key = undefined;
      raw = "";
    } else if (depth === 1 && key === undefined) key = JSON.parse(token);
    else if (depth > 0) raw += token;
    if ("{[".includes(token)) depth++;
  }
  return fields;
}

function withoutMark(file: Buffer): Buffer {
  return file.subarray(0, 3).equals(Buffer.from("\uFEFF")) ? file.subarray(3) : file;
}
