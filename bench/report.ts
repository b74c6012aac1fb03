/** The report: one row a line, aligned for a person. */
import { isMet, type Line } from "./line.ts";

const HEADINGS = ["", "OURS", "BASELINE", "RATIO", "BAR", "MET", "AGAINST"];

export function report(lines: readonly Line[]): string {
  const rows = [HEADINGS, ...lines.map(row)];
  const widths = HEADINGS.map((_, i) => Math.max(...rows.map((cells) => cells[i]?.length ?? 0)));
  const isText = (i: number) => i === 0 || i >= 5;
  const cell = (text: string, i: number) => (isText(i) ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0));
  return rows.map((cells) => cells.map(cell).join("  ").trimEnd()).join("\n");
}

function row(line: Line): readonly string[] {
  const { name, ours, baseline, against, unit, bar } = line;
  const most = bar && `≤ ${"ours" in bar ? figure(bar.ours, unit) : `${Number(bar.ratio.toFixed(3))}×`}`;
  const met = isMet(line) ? "yes" : "NO";
  const ratio = ours / baseline;
  const shown = `${ratio < 0.1 ? ratio.toFixed(3) : ratio.toFixed(2)}×`;
  return [name, figure(ours, unit), figure(baseline, unit), shown, most ?? "", bar ? met : "", against];
}

function figure(value: number, unit: Line["unit"]): string {
  if (unit === "count") return Math.round(value).toLocaleString("en-US");
  return unit === "ms" ? `${value.toFixed(0)} ms` : `${value.toFixed(2)} s`;
}
