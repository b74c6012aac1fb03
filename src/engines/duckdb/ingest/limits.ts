import { JSON_DEPTH } from "../../../functions/json-depth.ts";

/**
 * What a file may hold. A record that exceeds a limit is quarantined with the limit as the reason, a file whose header
 * does as a whole. The depth is that of Jackson, with which Spark reads JSON.
 */
export const LIMITS = {
  /** Bytes of a line, of a CSV record with quoted line breaks, or of an element of a JSON array. */
  recordBytes: 32 * 1024 * 1024,
  /** Bytes of a CSV header. */
  headerBytes: 1024 * 1024,
  /** Columns of a CSV file. */
  columns: 20_480,
  /** Objects and arrays inside each other in a JSON value. */
  depth: JSON_DEPTH,
} as const;

/** Bytes that are kept of a record that is too long. */
export const KEPT_BYTES = 64 * 1024;

export const TOO_DEEP = `nested more than ${LIMITS.depth} deep`;

export function tooLong(bytes: number): string {
  return `${bytes} bytes long, at most ${LIMITS.recordBytes} are read: only its start is kept here`;
}

const QUOTE = 34;
const BACKSLASH = 92;

/**
 * Whether brackets stand deeper inside each other than is read. In JSON those of texts do not count; `anywhere` counts
 * them as well, where the JSON is itself quoted.
 */
export function isTooDeep(bytes: Buffer, start: number, end: number, anywhere = false): boolean {
  if (end - start <= LIMITS.depth) return false;
  let depth = 0;
  let inText = false;
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (inText) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = !anywhere;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > LIMITS.depth) return true;
    } else if ((byte === 0x7d || byte === 0x5d) && depth > 0) depth--;
  }
  return false;
}
