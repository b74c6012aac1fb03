/** What the text of raw SQL tells of it, outside of its quotes. */
import type { RawNode } from "./expr.ts";

type Raw = Pick<RawNode, "text">;

const outside = ({ text }: Raw): readonly string[] => text.map((piece) => piece.replace(/'[^']*'/g, "''"));

/** Whether it calls a function by a name with a dot: on DuckDB that could be a column's method. */
export const callsByPath = (raw: Raw): boolean =>
  outside(raw).some((piece) => /[\p{L}_][\p{L}\p{N}_]*\s*\.\s*[\p{L}_][\p{L}\p{N}_]*\s*\(/u.test(piece));

/** Whether it looks at other rows, through a window of its own. */
export const hasWindow = (raw: Raw): boolean => /\bover\s*\(/i.test(outside(raw).join(" "));

const NOW = "current_date|current_timestamp|localtimestamp|(?:now|today|curdate|getdate)\\s*\\(";
const CHANCE = "(?:rand|randn|random|uuid|uuidv4|uuidv7|gen_random_uuid|shuffle|monotonically_increasing_id)\\s*\\(";
const VARIES = new RegExp(`(?<![\\p{L}\\p{N}_.])(?:${NOW}|${CHANCE})`, "iu");

/** A word of it that gives another value each time that it is asked. */
export const varyingWord = (raw: Raw): string | undefined =>
  VARIES.exec(outside(raw).join(" "))?.[0].replace(/\s*\($/, "()");
