/** Colours and widths of text on a terminal. */
import util from "node:util";
import type { Env } from "../../core/env.ts";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Puts a style on text, or leaves it alone where colours are off. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_, text) => text;
const colored: Paint = (style, text) => (text === "" ? "" : util.styleText(style, text, { validateStream: false }));

export const paintFor = (color: boolean): Paint => (color ? colored : plain);

interface TerminalFacts {
  readonly isTTY?: boolean;
}

/** What `FORCE_COLOR` asks for colours by, to Node as well; every other value refuses them. */
const FORCES: readonly string[] = ["", "1", "true", "2", "3"];

/**
 * Colours only where a person looks on: a terminal that did not refuse them (no-color.org). `FORCE_COLOR` decides before
 * all else, as for Node itself: a CI's log has colours and is not a terminal.
 */
export function wantsColor(stream: TerminalFacts, env: Env): boolean {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return FORCES.includes(forced);
  return stream.isTTY === true && !env["NO_COLOR"] && !env["NODE_DISABLE_COLORS"] && env["TERM"] !== "dumb";
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const MARK = /\p{Mn}|\p{Me}|[\u200b-\u200d]|\ufe0e|\ufe0f/u;
const PLAIN_ASCII = /^[\x20-\x7e]*$/;

/** How many cells of a terminal the text occupies: data holds Chinese, accents and emoji, not only letters. */
export function displayWidth(text: string): number {
  if (PLAIN_ASCII.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += MARK.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return width;
}

/** At most `width` cells, with `…` where something was cut off. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const char of text) {
    used += displayWidth(char);
    if (used > width - 1) break;
    kept += char;
  }
  return `${kept}…`;
}

export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "left" ? text + space : space + text;
}

/** Lines of at most `width` cells, broken between the parts. */
export function wrap(parts: readonly string[], separator: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const [i, part] of parts.entries()) {
    const text = i < parts.length - 1 ? part + separator.trimEnd() : part;
    const last = lines.at(-1);
    const joined = last === undefined ? text : `${last} ${text}`;
    if (last !== undefined && displayWidth(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(text);
  }
  return lines;
}

/** Data must not steer the terminal: control characters are shown, not sent. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}|[\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu, (char) => {
    if (char === "\n") return "\\n";
    if (char === "\t") return "\\t";
    if (char === "\r") return "\\r";
    return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}
