/**
 * A small reader of text files by the stated rules, on its own: patterns over a file that is held whole, each byte as a
 * character. What the engine makes of a file is held against it.
 */

export interface Read {
  /** The values of each good record: null for an empty one without quotes. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** The text of each record that cannot be read. */
  readonly quarantined: readonly string[];
}

const decode = (bytes: string) => Buffer.from(bytes, "latin1").toString("utf8");
const isText = (bytes: string) => Buffer.from(decode(bytes)).equals(Buffer.from(bytes, "latin1"));
const escaped = (text: string) => text.replace(/[\\^$.|?*+()[\]{}-]/g, "\\$&");

export function readCsv(file: Buffer, options: { delimiter: string; width: number; header: boolean }): Read {
  const bytes = withoutMark(file).toString("latin1");
  const delimiter = Buffer.from(options.delimiter).toString("latin1");
  const blanks = delimiter === " " ? "" : " *";
  const quoted = new RegExp(`${blanks}"([^"]*(?:""[^"]*)*)"(?!")`, "y");
  const opened = new RegExp(`${blanks}"`, "y");
  const plain = new RegExp(`(?:(?!${escaped(delimiter)})[^\\r\\n])*`, "y");
  const at = (pattern: RegExp, from: number) => {
    pattern.lastIndex = from;
    return pattern.exec(bytes);
  };

  const record = (start: number) => {
    const values: (string | null)[] = [];
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

  const rows: (string | null)[][] = [];
  const quarantined: string[] = [];
  let header = options.header;
  for (let start = 0; start < bytes.length; ) {
    const found = record(start);
    // A quote that is never closed costs the line that its record starts in.
    const end = found?.end ?? start + bytes.slice(start).search(/[\r\n]|$/);
    const raw = bytes.slice(start, end);
    if (raw !== "" && header) header = false;
    else if (raw !== "") {
      if (found?.good && found.values.length === options.width && isText(raw)) rows.push(found.values);
      else quarantined.push(decode(raw));
    }
    start = end + (bytes.startsWith("\r\n", end) ? 2 : 1);
  }
  return { rows, quarantined };
}

/** Lines of JSON whose fields `names` are texts. */
export function readJsonLines(file: Buffer, names: readonly string[]): Read {
  const rows: (string | null)[][] = [];
  const quarantined: string[] = [];
  for (const line of withoutMark(file)
    .toString("latin1")
    .split(/\r\n|\n|\r/)) {
    if (/^[ \t\v\f]*$/.test(line)) continue;
    const value = isText(line) ? parsed(decode(line)) : undefined;
    if (value) rows.push(names.map((name) => (typeof value[name] === "string" ? value[name] : null)));
    else quarantined.push(decode(line));
  }
  return { rows, quarantined };
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function withoutMark(file: Buffer): Buffer {
  return file.subarray(0, 3).equals(Buffer.from("\uFEFF")) ? file.subarray(3) : file;
}
