/** Takes secrets out of texts that others wrote, in whatever way these repeat them. */

/** A shorter piece of a secret tells nothing, and would be found in texts that have nothing to do with it. */
const LEAST = 8;

export class Redactor {
  /** All pieces of `LEAST` characters of the secrets and of their encodings. */
  readonly #pieces = new Set<string>();
  /** Secrets and encodings that are shorter than a piece. */
  readonly #short = new Set<string>();

  add(secret: string): void {
    for (const form of forms(secret)) {
      if (form.length < LEAST) this.#short.add(form);
      for (let at = 0; at + LEAST <= form.length; at++) this.#pieces.add(form.slice(at, at + LEAST));
    }
  }

  /** The text with `***` for each run of characters that it shares with a secret, whole or in part. */
  redact(text: string): string {
    const hidden = new Uint8Array(text.length);
    for (const view of views(text)) {
      for (const [from, to] of this.#found(view.text)) hidden.fill(1, view.starts[from], view.ends[to - 1]);
    }
    let shown = "";
    for (const [at, char] of text.split("").entries()) {
      if (!hidden[at]) shown += char;
      else if (!hidden[at - 1]) shown += "***";
    }
    return shown;
  }

  *#found(text: string): Generator<readonly [from: number, to: number]> {
    const lower = text.toLowerCase();
    // A letter whose small one is longer would shift all places: then case counts.
    const searched = lower.length === text.length ? lower : text;
    for (let at = 0; at + LEAST <= text.length; at++) {
      if (this.#pieces.has(searched.slice(at, at + LEAST))) yield [at, at + LEAST];
    }
    for (const form of this.#short) {
      for (let at = searched.indexOf(form); at >= 0; at = searched.indexOf(form, at + 1)) yield [at, at + form.length];
    }
  }
}

/** A text as a reader would decode it, with the range in the original that each character was written as. */
interface View {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * The ways to read a text. Which characters are escaped is the writer's choice, so escapes are undone in the text instead
 * of being made in the secret.
 */
function views(text: string): readonly View[] {
  const starts = text.split("").map((_, i) => i);
  const plain = { text, starts, ends: starts.map((start) => start + 1) };
  const percent = undo(plain, PERCENT);
  const json = undo(plain, JSON_ESCAPE);
  return [plain, percent, undo(percent, PERCENT), json, undo(json, JSON_ESCAPE), undo(plain, HTML)];
}

interface Escape {
  readonly pattern: RegExp;
  readonly decode: (written: string) => string;
}

const PERCENT: Escape = {
  pattern: /(?:%[0-9a-f]{2})+|\+/gi,
  decode: (written) => (written === "+" ? " " : bytes(written)),
};
function bytes(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}

const JSON_ESCAPE: Escape = {
  pattern: /\\(?:u[0-9a-f]{4}|["\\/bfnrt])/gi,
  decode: (written) => String(JSON.parse(`"${written.toLowerCase()}"`)),
};

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const HTML: Escape = {
  pattern: /&(?:#x[0-9a-f]{1,5}|#[0-9]{1,6}|amp|lt|gt|quot|apos);/gi,
  decode: (written) => {
    const name = written.slice(1, -1).toLowerCase();
    if (!name.startsWith("#")) return ENTITIES[name] ?? written;
    return String.fromCodePoint(name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
  },
};

function undo(view: View, { pattern, decode }: Escape): View {
  const parts: string[] = [];
  const [starts, ends]: [number[], number[]] = [[], []];
  let from = 0;
  const keep = (to: number) => {
    parts.push(view.text.slice(from, to));
    for (const start of view.starts.slice(from, to)) starts.push(start);
    for (const end of view.ends.slice(from, to)) ends.push(end);
  };
  for (const { 0: written, index } of view.text.matchAll(pattern)) {
    keep(index);
    from = index + written.length;
    const decoded = decode(written);
    parts.push(decoded);
    // Several characters from one escape are hidden together.
    for (let i = 0; i < decoded.length; i++) {
      starts.push(view.starts[index] ?? 0);
      ends.push(view.ends[from - 1] ?? 0);
    }
  }
  keep(view.text.length);
  return { text: parts.join(""), starts, ends };
}

/** A secret as it is, and encoded as a whole; all in lower case. */
function forms(secret: string): ReadonlySet<string> {
  const bytes = Buffer.from(secret);
  const all = [secret, bytes.toString("hex"), ...[0, 1, 2].flatMap((offset) => base64(bytes, offset))];
  return new Set(all.filter((form) => form !== "").map((form) => form.toLowerCase()));
}

/** Base64 writes three bytes at a time: where the secret is part of a longer text, it may begin at each of them. */
function base64(bytes: Buffer, offset: number): readonly string[] {
  const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
  // The characters that the bytes before or behind decide as well are not the secret's.
  const start = Math.ceil((offset * 8) / 6);
  const end = Math.floor((shifted.length * 8) / 6);
  const inner = shifted.toString("base64").slice(start, end);
  return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
}
