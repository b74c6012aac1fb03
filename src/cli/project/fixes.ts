/** Applies the edits that problems carry to the user's files. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Fix } from "../../core/fix.ts";

/** Writes the edits; gives those that were made. One whose file has another text there by now, or that meets another, is not. */
export function applyFixes(fixes: readonly Fix[]): readonly Fix[] {
  const files = Map.groupBy(fixes, ({ range }) => path.resolve(range.file));
  return [...files].flatMap(([file, edits]) => {
    const before = textOf(file);
    if (before === undefined) return [];
    let text = before;
    let end = Number.POSITIVE_INFINITY;
    const made: Fix[] = [];
    // From the last to the first, so that no edit moves the place of another.
    for (const { fix, from } of edits
      .map((fix) => ({ fix, from: offsetOf(before, fix) }))
      .toSorted((a, b) => b.from - a.from)) {
      const to = from + fix.oldText.length;
      if (from < 0 || to > end || before.slice(from, to) !== fix.oldText) continue;
      text = text.slice(0, from) + fix.newText + text.slice(to);
      end = from;
      made.push(fix);
    }
    if (made.length > 0) writeFileSync(file, text);
    return made.reverse();
  });
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // A place in a file that is gone is nothing to fix.
    return undefined;
  }
}

/** Where an edit begins in the text; below zero: nowhere. */
function offsetOf(text: string, { range: { start } }: Fix): number {
  const lines = text.split("\n");
  const line = lines[start.line - 1];
  if (line === undefined || start.column > line.length) return -1;
  return lines.slice(0, start.line - 1).reduce((sum, one) => sum + one.length + 1, 0) + start.column - 1;
}
