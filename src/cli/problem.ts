/** A problem as a person reads it: what, where, the line with a caret beneath it, what to do. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { ErrorDetails } from "../core/errors.ts";
import { type FilePosition, positionOf } from "../core/location.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { plural, shownPath } from "./format.ts";
import { displayWidth, type Paint, plain } from "./style.ts";

export type ShownProblem = Omit<ErrorDetails, "cause"> & { readonly severity?: Diagnostic["severity"] };

interface ProblemOptions {
  readonly paint?: Paint;
  /** Paths are shown relative to it. */
  readonly cwd?: string;
}

/** The lines of one problem. */
export function problemLines(problem: ShownProblem, options: ProblemOptions = {}): readonly string[] {
  const { paint = plain, cwd = process.cwd() } = options;
  const severity = problem.severity ?? "error";
  const style = severity === "error" ? "red" : "yellow";
  const place = placeOf(problem.location);
  const where = place ? `${shownPath(place.file, cwd)}:${place.line}:${place.column}` : problem.location;
  const [first = "", ...more] = problem.message.split("\n");
  return [
    ...(where === undefined ? [] : [paint("cyan", where)]),
    `${paint(style, `${severity} ${problem.code}`)}: ${paint("bold", first)}`,
    ...more.map((line) => `  ${line}`),
    ...(place ? excerpt(place, paint) : []),
    ...(problem.help === undefined ? [] : [`  ${paint("green", "help")}: ${problem.help}`]),
  ];
}

/** `2 errors and 1 warning`. */
export function problemCount(problems: readonly ShownProblem[]): string {
  const errors = problems.filter((p) => (p.severity ?? "error") === "error").length;
  const warnings = problems.length - errors;
  if (warnings === 0) return plural(errors, "error");
  return errors === 0 ? plural(warnings, "warning") : `${plural(errors, "error")} and ${plural(warnings, "warning")}`;
}

/** Locations are relative to the directory that the process runs in. */
function placeOf(location: string | undefined): FilePosition | undefined {
  const position = positionOf(location);
  return position && { ...position, file: path.resolve(position.file) };
}

function excerpt(place: FilePosition, paint: Paint): readonly string[] {
  const lines = sourceLines(place.file);
  const text = lines[place.line - 1];
  if (text === undefined) return [];
  const gutter = String(place.line).length;
  const row = (number: number, source: string): string =>
    `  ${paint("dim", `${String(number).padStart(gutter)} |`)} ${source}`.trimEnd();
  const before = lines[place.line - 2];
  const cut = windowOn(text, place.column - 1);
  const above = before === undefined ? "" : cut(before);
  // Tabs stay tabs beneath the line, so that the caret stands where the eye expects it.
  const lead = [...cut(text.slice(0, place.column - 1))]
    .map((c) => (c === "\t" ? "\t" : " ".repeat(displayWidth(c))))
    .join("");
  const length = /^[\w$]+/.exec(text.slice(place.column - 1))?.[0].length ?? 1;
  return [
    ...(/[^\s…]/.test(above) ? [row(place.line - 1, above)] : []),
    row(place.line, cut(text)),
    `  ${paint("dim", `${" ".repeat(gutter)} |`)} ${lead}${paint("red", "^".repeat(length))}`,
  ];
}

/** How much of a line is shown: a bundle may be one line of megabytes. */
const WIDEST = 160;

/** What is shown of the lines, so that the place in this one is among it. */
function windowOn({ length }: string, at: number): (line: string) => string {
  if (length <= WIDEST) return (line) => (line.length > WIDEST ? `${line.slice(0, WIDEST)}…` : line);
  const start = Math.max(0, Math.min(at - WIDEST / 2, length - WIDEST));
  const end = start + WIDEST;
  return (line) => {
    const shown = line.slice(start, end);
    return `${start > 0 ? "…" : ""}${shown}${line.length > end ? "…" : ""}`;
  };
}

function sourceLines(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").split(/\r?\n/);
  } catch {
    // A place without its file (a manifest of another machine) is still a place.
    return [];
  }
}
