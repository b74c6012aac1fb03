/** What the text of raw SQL tells of it, outside of its quotes. */
import type { ExprNode, RawNode } from "./expr.ts";

type Raw = Pick<RawNode, "text">;

const outside = ({ text }: Raw): readonly string[] => text.map((piece) => piece.replace(/'[^']*'/g, "''"));

/** Whether it calls a function by a name with a dot: on DuckDB that could be a column's method. */
export const callsByPath = (raw: Raw): boolean =>
  outside(raw).some((piece) => /[\p{L}_][\p{L}\p{N}_]*\s*\.\s*[\p{L}_][\p{L}\p{N}_]*\s*\(/u.test(piece));

/** Whether it looks at other rows, through a window of its own. */
const hasWindow = (raw: Raw): boolean => /\bover\s*\(/i.test(outside(raw).join(" "));

/** Whether an expression itself looks at other rows than its own: a window, of the builder or of raw SQL. */
export const isOverRows = (node: ExprNode): boolean =>
  node.kind === "window" || (node.kind === "raw" && hasWindow(node));
