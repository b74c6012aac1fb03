/** What the text of raw SQL tells of it, outside of its quotes. */
import type { RawNode } from "./expr.ts";

const outside = ({ text }: Pick<RawNode, "text">): string =>
  text.map((piece) => piece.replace(/'[^']*'/g, "''")).join(" ");

/** Whether it looks at other rows, through a window of its own. */
export const hasWindow = (raw: Pick<RawNode, "text">): boolean => /\bover\s*\(/i.test(outside(raw));

const NOW = "current_date|current_timestamp|localtimestamp|(?:now|today|curdate|getdate)\\s*\\(";
const CHANCE = "(?:rand|randn|random|uuid|uuidv4|uuidv7|gen_random_uuid|shuffle|monotonically_increasing_id)\\s*\\(";
const VARIES = new RegExp(`(?<![\\p{L}\\p{N}_.])(?:${NOW}|${CHANCE})`, "iu");

/** A word of it that gives another value each time that it is asked. */
export const varyingWord = (raw: Pick<RawNode, "text">): string | undefined =>
  VARIES.exec(outside(raw))?.[0].replace(/\s*\($/, "()");
