/** Text tables: aligned columns under their headings. */
import { displayWidth, type Paint, pad, plain, type Style, truncate } from "./style.ts";

export interface Column {
  readonly header: string;
  readonly align?: "left" | "right";
  /** Longer cells are cut. */
  readonly maxWidth?: number;
}

export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

interface TableOptions {
  readonly paint?: Paint;
  readonly indent?: string;
}

type Rows = readonly (readonly (string | Cell)[])[];

const GAP = "  ";

/** What is narrower tells nothing. */
const NARROWEST = 8;

/** The lines of a table. A cell of an unfinished row is empty. */
export function tableLines(columns: readonly Column[], rows: Rows, options: TableOptions = {}): readonly string[] {
  const { paint = plain, indent = "" } = options;
  const widths = columnWidths(columns, rows);
  const line = (cells: readonly (string | Cell)[]): string => {
    const shown = columns.map((column, i) => {
      const cell = cells[i] ?? "";
      const { text, style } = typeof cell === "string" ? { text: cell, style: undefined } : cell;
      const padded = pad(truncate(text, widths[i] ?? 0), widths[i] ?? 0, column.align);
      // The last column has no padding: lines end where their text ends.
      const fitted = i === columns.length - 1 ? padded.trimEnd() : padded;
      return style ? paint(style, fitted) : fitted;
    });
    return indent + shown.join(GAP).trimEnd();
  };
  return [line(columns.map((c) => ({ text: c.header, style: "dim" }))), ...rows.map(line)];
}

export function columnWidths(columns: readonly Column[], rows: Rows): readonly number[] {
  return columns.map((column, i) => {
    const cells = rows.map((row) => {
      const cell = row[i] ?? "";
      return displayWidth(typeof cell === "string" ? cell : cell.text);
    });
    const widest = cells.reduce((a, b) => Math.max(a, b), displayWidth(column.header));
    return column.maxWidth === undefined ? widest : Math.min(widest, column.maxWidth);
  });
}

/** The columns, of which the first so many are cut as far as they need to be to stand next to each other. */
export function narrowed(columns: readonly Column[], rows: Rows, first: number, width: number): readonly Column[] {
  const widths = columnWidths(columns, rows).slice(0, first);
  const room = width - GAP.length * (first - 1);
  const taken = (most: number) => widths.reduce((sum, w) => sum + Math.min(w, most), 0);
  let most = Math.max(0, ...widths);
  while (most > NARROWEST && taken(most) > room) most--;
  return columns.map((column, i) => (i < first ? { ...column, maxWidth: most } : column));
}

/** How many columns, from the left, fit into a width; at least one. */
export function fittingColumns(widths: readonly number[], width: number): number {
  let used = 0;
  for (const [i, w] of widths.entries()) {
    used += w + (i === 0 ? 0 : GAP.length);
    if (used > width && i > 0) return i;
  }
  return widths.length;
}
