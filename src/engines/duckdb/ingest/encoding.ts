/**
 * Encodings: text of any of them becomes UTF-8, piece by piece. What does not decode becomes a byte that UTF-8 does not
 * have, so that its record is found to be no text like any other, and is shown with U+FFFD.
 */
import type { Encoding } from "../../../formats/options.ts";

export function encodingName(encoding: Encoding): string {
  return encoding === "windows-1252" ? encoding : encoding.toUpperCase();
}

/** What is wrong with a text that does not decode, of a format that has the option `encoding`. */
export function notValid(encoding: Encoding): string {
  const other = encoding === "utf-8" ? ', such as { encoding: "windows-1252" }' : "";
  return `is not valid ${encodingName(encoding)}: declare the encoding of the file${other}`;
}

/** The encoding that a byte order mark names, and its length. */
export function markOf(start: Buffer): { readonly encoding: Encoding; readonly bytes: number } | undefined {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return { encoding: "utf-8", bytes: 3 };
  if (start[0] === 0xff && start[1] === 0xfe) return { encoding: "utf-16le", bytes: 2 };
  return start[0] === 0xfe && start[1] === 0xff ? { encoding: "utf-16be", bytes: 2 } : undefined;
}

/** Whether a file with such a mark is of the encoding. */
export function fits(mark: Encoding, encoding: Encoding): boolean {
  return mark === encoding || (encoding === "utf-16" && mark.startsWith("utf-16"));
}

/** The pieces of a text without its mark, in UTF-8. */
export async function* decoded(pieces: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<Buffer> {
  let decoder: Decoder | undefined;
  let start: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    if (decoder) {
      yield decoder.decode(piece);
      continue;
    }
    start = start.length === 0 ? piece : Buffer.concat([start, piece]);
    if (start.length < 3) {
      // The piece may hold only until the next is asked for.
      start = Buffer.from(start);
      continue;
    }
    decoder = decoderOf(start, encoding);
    yield decoder.decode(withoutMark(start, encoding));
  }
  if (!decoder) {
    decoder = decoderOf(start, encoding);
    yield decoder.decode(withoutMark(start, encoding));
  }
  yield decoder.end();
}

function withoutMark(start: Buffer, encoding: Encoding): Buffer {
  const mark = markOf(start);
  return mark && fits(mark.encoding, encoding) ? start.subarray(mark.bytes) : start;
}

interface Decoder {
  decode(piece: Buffer): Buffer;
  end(): Buffer;
}

const NOTHING = Buffer.alloc(0);

function decoderOf(start: Buffer, encoding: Encoding): Decoder {
  if (encoding === "utf-8") return { decode: (piece) => piece, end: () => NOTHING };
  if (encoding === "iso-8859-1") return { decode: (piece) => utf8(piece.toString("latin1")), end: () => NOTHING };
  if (encoding === "windows-1252") return { decode: (piece) => utf8(fromWindows(piece)), end: () => NOTHING };
  return new Utf16(encoding === "utf-16be" || (encoding === "utf-16" && markOf(start)?.encoding === "utf-16be"));
}

/** What stands for bytes that do not decode until they are UTF-8: a surrogate without its other half. */
const UNDECODABLE = "\uD800";

/** Letters of windows-1252 from 0x80 on; elsewhere it is ISO-8859-1. Five of them are not letters. */
const WINDOWS = [..."€?‚ƒ„…†‡ˆ‰Š‹Œ?Ž??‘’“”•–—˜™š›œ?žŸ"].map((letter) => (letter === "?" ? UNDECODABLE : letter));

function fromWindows(piece: Buffer): string {
  return piece.toString("latin1").replace(/[\x80-\x9f]/g, (byte) => WINDOWS[byte.charCodeAt(0) - 0x80] ?? byte);
}

class Utf16 implements Decoder {
  readonly #isBigEndian: boolean;
  /** Bytes of a letter that goes on in the next piece. */
  #rest: Buffer = NOTHING;

  constructor(isBigEndian: boolean) {
    this.#isBigEndian = isBigEndian;
  }

  decode(piece: Buffer): Buffer {
    const bytes = Buffer.concat([this.#rest, piece]);
    let end = bytes.length & ~1;
    if (end >= 2 && isHighSurrogate(bytes, end - 2, this.#isBigEndian)) end -= 2;
    this.#rest = bytes.subarray(end);
    const whole = bytes.subarray(0, end);
    return utf8((this.#isBigEndian ? whole.swap16() : whole).toString("utf16le"));
  }

  end(): Buffer {
    return this.#rest.length === 0 ? NOTHING : utf8(UNDECODABLE);
  }
}

function isHighSurrogate(bytes: Buffer, at: number, isBigEndian: boolean): boolean {
  return ((bytes[isBigEndian ? at : at + 1] ?? 0) & 0xfc) === 0xd8;
}

const NO_UTF8 = Buffer.from([0xff]);

function utf8(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  const parts = text.split(/[\uD800-\uDFFF]/u).map((part) => Buffer.from(part));
  return Buffer.concat(parts.flatMap((part, i) => (i === 0 ? [part] : [NO_UTF8, part])));
}
