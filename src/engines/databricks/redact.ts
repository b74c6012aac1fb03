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
      for (const [from, to] of this.#found(view)) hidden.fill(1, view.starts[from], view.ends[to - 1]);
    }
    let shown = "";
    for (const [at, char] of text.split("").entries()) {
      if (!hidden[at]) shown += char;
      else if (!hidden[at - 1]) shown += "***";
    }
    return shown;
  }

  *#found({ text, joined }: View): Generator<readonly [from: number, to: number]> {
    const lower = text.toLowerCase();
    // A letter whose small one is longer would shift all places: then case counts.
    const searched = lower.length === text.length ? lower : text;
    for (let at = 0; at + LEAST <= text.length; at++) {
      if (this.#pieces.has(searched.slice(at, at + LEAST))) yield [at, at + LEAST];
    }
    // A short one would be found across words.
    for (const form of joined ? [] : this.#short) {
      for (let at = searched.indexOf(form); at >= 0; at = searched.indexOf(form, at + 1)) yield [at, at + form.length];
    }
  }
}

/** A text as a reader would decode it, with the range in the original that each character was written as. */
interface View {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Whether what stood between its characters was left out. */
  readonly joined: boolean;
}

/** Writers escape what others have escaped. */
const DEEPEST = 3;

/**
 * The ways to read a text. Which characters are escaped is the writer's choice, so escapes are undone in the text instead
 * of being made in the secret.
 */
function views(text: string): readonly View[] {
  const starts = text.split("").map((_, i) => i);
  const all = new Map<string, View>();
  let last: readonly View[] = [{ text, starts, ends: starts.map((start) => start + 1), joined: false }];
  for (let depth = 0; depth <= DEEPEST; depth++) {
    const found = last.filter((view) => !all.has(view.text));
    for (const view of found) all.set(view.text, view);
    last = found.flatMap((view) => ESCAPES.map((kind) => undo(view, kind)));
  }
  const joined = [...all.values()].map((view) => ({ ...undo(view, BETWEEN), joined: true }));
  return [...all.values(), ...joined.filter((view) => !all.has(view.text))];
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

/** Of JSON, JavaScript, Python and C. */
const BACKSLASH: Escape = {
  pattern: /\\(?:u[0-9a-f]{4}|u\{[0-9a-f]{1,6}\}|x[0-9a-f]{2}|[0-7]{2,3}|["'\\/bfnrt])/gi,
  decode: (written) => {
    const name = written.slice(1).toLowerCase();
    if (/^[0-7]{2,3}$/.test(name)) return character(name, 8) ?? written;
    if (/^[ux]./.test(name)) return character(name.replace(/[ux{}]/g, ""), 16) ?? written;
    return name === "'" ? name : String(JSON.parse(`"\\${name}"`));
  },
};

const character = (digits: string, base: number): string | undefined => {
  const code = Number.parseInt(digits, base);
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
};

/** Of mails. */
const QUOTED: Escape = {
  pattern: /=(?:[0-9a-f]{2}|\r?\n)/gi,
  decode: (written) => (/^=[0-9a-f]/i.test(written) ? (character(written.slice(1), 16) ?? written) : ""),
};

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const HTML: Escape = {
  pattern: /&(?:#x[0-9a-f]{1,5}|#[0-9]{1,6}|amp|lt|gt|quot|apos);/gi,
  decode: (written) => {
    const name = written.slice(1, -1).toLowerCase();
    if (!name.startsWith("#")) return ENTITIES[name] ?? written;
    const code = name.startsWith("#x") ? character(name.slice(2), 16) : character(name.slice(1), 10);
    return code ?? written;
  },
};

const ESCAPES: readonly Escape[] = [PERCENT, BACKSLASH, HTML, QUOTED];

/** What a text is wrapped, coloured and spaced with, and what stands between the bytes of a dump. */
const BETWEEN: Escape = {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
  pattern: /\u001b\[[0-9;]*[A-Za-z]|[\s\p{Cc}\p{Cf}:,]+/gu,
  decode: () => "",
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
  return { text: parts.join(""), starts, ends, joined: view.joined };
}

/** A secret as it is, and encoded as a whole, once or twice; all in lower case. */
function forms(secret: string): ReadonlySet<string> {
  const encoded = (text: Buffer) => [text.toString("hex"), ...[0, 1, 2].flatMap((offset) => base64(text, offset))];
  const bytes = Buffer.from(secret);
  // The hexadecimal digits of these are those of many numbers.
  const wide = [0, 1, 2].flatMap((offset) => base64(Buffer.from(secret, "utf16le"), offset));
  const all = [secret, ...encoded(bytes), ...wide, ...encoded(Buffer.from(bytes.toString("base64")))];
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
