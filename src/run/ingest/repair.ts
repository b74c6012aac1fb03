/**
 * The slow way, for a file that DuckDB's reader gave up on: it is taken apart here, byte by byte, into the records
 * that can be read and those that cannot. The good ones go to a copy that the reader takes; the others are kept with
 * the reason.
 */
import { isUtf8 } from "node:buffer";
import { open, readFile } from "node:fs/promises";
import { unpacked } from "./archive.ts";

export interface BadRecord {
  readonly reason: string;
  readonly raw: string;
}

export interface Repaired {
  /** The good records, each ended by a line feed. */
  readonly good: readonly Buffer[];
  readonly bad: readonly BadRecord[];
  /** Bytes of the longest good record. */
  readonly longest: number;
}

const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const END = Buffer.from("\n");

/** The bytes of a file as its reader sees them: decompressed, without a byte order mark. */
export async function readBytes(path: string): Promise<Buffer> {
  const pieces = unpacked(path);
  if (!pieces) return withoutMark(await readFile(path));
  const chunks: Buffer[] = [];
  for await (const chunk of pieces) chunks.push(chunk);
  return withoutMark(Buffer.concat(chunks));
}

/** The first bytes of a file, for its header. */
export async function readStart(path: string, bytes: number): Promise<Buffer> {
  if (unpacked(path)) return (await readBytes(path)).subarray(0, bytes);
  const handle = await open(path, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
    return withoutMark(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** The end of the line that `from` is in, and the start of the next one. */
function lineEnd(bytes: Buffer, from: number): [end: number, next: number] {
  let end = from;
  while (end < bytes.length && bytes[end] !== LF && bytes[end] !== CR) end++;
  return [end, bytes[end] === CR && bytes[end + 1] === LF ? end + 2 : end + 1];
}

class Collector {
  readonly good: Buffer[] = [];
  readonly bad: BadRecord[] = [];
  longest = 0;

  keep(record: Buffer): void {
    this.good.push(record, END);
    this.longest = Math.max(this.longest, record.length + 1);
  }

  refuse(record: Buffer, reason: string): void {
    this.bad.push({ reason, raw: record.toString("utf8") });
  }
}

/** Lines of JSON: any of them may be broken, none of them may hide another. */
export function repairLines(bytes: Buffer): Repaired {
  const out = new Collector();
  for (let at = 0; at < bytes.length; ) {
    const [end, next] = lineEnd(bytes, at);
    const line = bytes.subarray(at, end);
    if (!isUtf8(line)) out.refuse(line, "not valid UTF-8");
    else if (line.includes(1) || line.includes(0)) out.refuse(line, "not JSON");
    else if (line.length > 0) out.keep(line);
    at = next;
  }
  return out;
}

/** How often a quote may stay open to the end of the file before quoted line breaks are no longer looked for. */
const OPEN_QUOTES = 20;

/** Records of CSV. A quote that is never closed costs its own line only. */
export function repairCsv(bytes: Buffer, delimiter: string, expected: number, header: boolean): Repaired {
  const out = new Collector();
  const separator = delimiter.charCodeAt(0);
  let line = 1;
  let skipHeader = header;
  let open = 0;
  for (let at = 0; at < bytes.length; ) {
    const record = scanRecord(bytes, at, separator, open < OPEN_QUOTES);
    if (record.fault === "open") open++;
    const raw = bytes.subarray(at, record.end);
    const blank = raw.length === 0;
    if (!blank && skipHeader) skipHeader = false;
    else if (!blank) sort(out, raw, record, line, expected);
    line += record.lines;
    at = record.next;
  }
  return out;
}

function sort(out: Collector, raw: Buffer, record: CsvRecord, line: number, expected: number): void {
  if (record.fault === "open") out.refuse(raw, `line ${line} has a quote that is never closed`);
  else if (record.fault === "stray") out.refuse(raw, `line ${line} has a quote in the wrong place`);
  else if (record.values !== expected) out.refuse(raw, wrongCount(line, record.values, expected));
  else if (!isUtf8(raw)) out.refuse(raw, `line ${line} is not valid UTF-8`);
  else out.keep(raw);
}

export function wrongCount(line: number | string, found: number | string, expected: number): string {
  return `line ${line} has ${found} ${String(found) === "1" ? "value" : "values"}, ${expected} expected`;
}

interface CsvRecord {
  readonly end: number;
  readonly next: number;
  readonly values: number;
  /** How many lines of the file it takes. */
  readonly lines: number;
  readonly fault?: "open" | "stray";
}

function scanRecord(bytes: Buffer, start: number, separator: number, mayBreak: boolean): CsvRecord {
  const broken = (fault: "open" | "stray", at: number): CsvRecord => {
    const [end, next] = lineEnd(bytes, at);
    const lines = fault === "open" ? 1 : countLines(bytes, start, end);
    return { end, next, values: 0, lines, fault };
  };
  let values = 1;
  let atStart = true;
  for (let i = start; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE && atStart) {
      const close = closingQuote(bytes, i + 1, mayBreak);
      if (close < 0) return broken("open", start);
      i = close;
      while (bytes[i + 1] === SPACE) i++;
      const after = bytes[i + 1];
      if (after !== undefined && after !== separator && after !== LF && after !== CR) return broken("stray", i);
      atStart = false;
    } else if (byte === separator) {
      values++;
      atStart = true;
    } else if (byte === LF || byte === CR) {
      const [end, next] = lineEnd(bytes, i);
      return { end, next, values, lines: countLines(bytes, start, end) };
    } else if (byte !== SPACE) {
      atStart = false;
    }
  }
  return { end: bytes.length, next: bytes.length, values, lines: countLines(bytes, start, bytes.length) };
}

function closingQuote(bytes: Buffer, from: number, mayBreak: boolean): number {
  for (let i = bytes.indexOf(QUOTE, from); i >= 0; i = bytes.indexOf(QUOTE, i + 2)) {
    if (bytes[i + 1] === QUOTE) continue;
    const broken = !mayBreak && countLines(bytes, from, i) > 1;
    return broken ? -1 : i;
  }
  return -1;
}

function countLines(bytes: Buffer, start: number, end: number): number {
  let lines = 1;
  for (let i = bytes.indexOf(LF, start); i >= 0 && i < end; i = bytes.indexOf(LF, i + 1)) lines++;
  return lines;
}

/** Elements of a JSON array, or a run of JSON values, each on a line of its own. */
export function repairArray(bytes: Buffer): Repaired {
  const out = new Collector();
  let at = skipSpace(bytes, 0);
  const inArray = bytes[at] === 0x5b;
  if (inArray) at++;
  while (true) {
    at = skipSpace(bytes, at, 0x2c);
    if (at >= bytes.length) {
      if (inArray) out.refuse(Buffer.alloc(0), "the JSON array is cut off: it has no end");
      return out;
    }
    if (inArray && bytes[at] === 0x5d) {
      const rest = skipSpace(bytes, at + 1);
      if (rest < bytes.length) out.refuse(bytes.subarray(rest), "not JSON: it stands behind the end of the array");
      return out;
    }
    const end = valueEnd(bytes, at);
    const value = bytes.subarray(at, end.at);
    if (end.cut) {
      out.refuse(value, "the JSON array is cut off in this value");
      return out;
    }
    if (!isUtf8(value)) out.refuse(value, "not valid UTF-8");
    else out.keep(onOneLine(value));
    at = end.at;
  }
}

function skipSpace(bytes: Buffer, from: number, alsoSkip = SPACE): number {
  let at = from;
  while (at < bytes.length && (bytes[at] === alsoSkip || bytes[at] === SPACE || (bytes[at] ?? 0) - 9 <= 4)) at++;
  return at;
}

/** The end of the JSON value at `from`; a bare word ends at the next comma or bracket. */
function valueEnd(bytes: Buffer, from: number): { at: number; cut: boolean } {
  let depth = 0;
  let inText = false;
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inText) {
      if (byte === 0x5c) i++;
      else if (byte === QUOTE) inText = false;
      if (!inText && depth === 0) return { at: i + 1, cut: false };
    } else if (byte === QUOTE) inText = true;
    else if (byte === 0x7b || byte === 0x5b) depth++;
    else if (byte === 0x7d || byte === 0x5d) {
      if (depth === 0) return { at: i > from ? i : i + 1, cut: false };
      if (--depth === 0) return { at: i + 1, cut: false };
    } else if (byte === 0x2c && depth === 0) return { at: i, cut: false };
  }
  return { at: bytes.length, cut: depth > 0 || inText };
}

/** Line breaks stand between the parts of a value only (in a text they are escaped), where a space does as well. */
function onOneLine(value: Buffer): Buffer {
  if (!value.includes(LF) && !value.includes(CR)) return value;
  return Buffer.from(value.map((byte) => (byte === LF || byte === CR || byte === 1 ? SPACE : byte)));
}
