/** Takes secrets out of texts that others wrote, in whatever way these say them back. */

/** A shorter piece of a secret tells nothing, and would be found in texts that have nothing to do with it. */
const LEAST = 8;

export class Redactor {
  /** All pieces of `LEAST` characters of all ways to write the secrets. */
  readonly #pieces = new Set<string>();
  /** Ways to write secrets that are shorter than a piece. */
  readonly #short = new Set<string>();

  add(secret: string): void {
    for (const form of forms(secret)) {
      if (form.length < LEAST) this.#short.add(form);
      for (let at = 0; at + LEAST <= form.length; at++) this.#pieces.add(form.slice(at, at + LEAST));
    }
  }

  /** The text with `***` for each run of characters that it shares with a secret, whole or in part. */
  redact(text: string): string {
    const lower = text.toLowerCase();
    // A letter whose small one is longer would shift all places: then case counts.
    const searched = lower.length === text.length ? lower : text;
    const hidden = new Uint8Array(text.length);
    for (let at = 0; at + LEAST <= text.length; at++) {
      if (this.#pieces.has(searched.slice(at, at + LEAST))) hidden.fill(1, at, at + LEAST);
    }
    for (const form of this.#short) {
      for (let at = searched.indexOf(form); at >= 0; at = searched.indexOf(form, at + 1)) {
        hidden.fill(1, at, at + form.length);
      }
    }
    let shown = "";
    for (const [at, char] of text.split("").entries()) {
      if (!hidden[at]) shown += char;
      else if (!hidden[at - 1]) shown += "***";
    }
    return shown;
  }
}

/** How a secret may come back: as it is, escaped for an address, JSON or HTML, or encoded; all in lower case. */
function forms(secret: string): ReadonlySet<string> {
  const bytes = Buffer.from(secret);
  const percent = encodeURIComponent(secret);
  const all = [
    secret,
    percent,
    encodeURIComponent(percent),
    new URLSearchParams([["", secret]]).toString().slice(1),
    encodeURI(secret),
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(JSON.stringify(secret)).slice(3, -3),
    secret.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`),
    secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
    bytes.toString("hex"),
    ...[0, 1, 2].flatMap((offset) => base64(bytes, offset)),
  ];
  return new Set(all.filter((form) => form !== "").map((form) => form.toLowerCase()));
}

/** Base64 writes three bytes at a time: where the secret is part of a longer text, it may begin at each of them. */
function base64(bytes: Buffer, offset: number): readonly string[] {
  const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
  // The characters that the bytes before or behind decide as well are not the secret's.
  const start = Math.ceil((offset * 8) / 6);
  const end = Math.floor((shifted.length * 8) / 6);
  const inner = shifted.toString("base64").slice(start, end);
  return [inner, inner.replaceAll("+", "-").replaceAll("/", "_"), encodeURIComponent(inner)];
}
