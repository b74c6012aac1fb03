/** A problem as a person reads it: what, where, the line with a caret beneath it, what to do. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { ErrorDetails } from "../../core/errors.ts";
import { type FilePosition, positionOf } from "../../core/location.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { plural, shownPath } from "./format.ts";
import { displayWidth, type Paint, plain } from "./style.ts";

export type ShownProblem = Omit<ErrorDetails, "cause"> & { readonly severity?: Diagnostic["severity"] };

export interface ProblemOptions {
  readonly paint?: Paint;
  /** Paths are shown relative to it. */
  readonly cwd?: string;
  /** Of the terminal, in cells: lines of code are cut to it. */
  readonly width?: number | undefined;
}

/** A width with an indent taken off. */
export const within = (width: number | undefined, indent: number): number | undefined =>
  width === undefined ? undefined : width - indent;

/** The lines of one problem. */
export function problemLines(problem: ShownProblem, options: ProblemOptions = {}): readonly string[] {
  const { paint = plain, cwd = process.cwd(), width } = options;
  const severity = problem.severity ?? "error";
  const style = severity === "error" ? "red" : "yellow";
  const place = placeOf(problem.location);
  const where = place ? `${shownPath(place.file, cwd)}:${place.line}:${place.column}` : problem.location;
  const [first = "", ...more] = problem.message.split("\n");
  return [
    ...(where === undefined ? [] : [paint("cyan", where)]),
    `${paint(style, `${severity} ${problem.code}`)}: ${paint("bold", first)}`,
    ...more.map((line) => `  ${line}`),
    ...(place ? excerpt(place, paint, width) : []),
    ...(problem.help === undefined ? [] : [`  ${paint("green", "help")}: ${problem.help}`]),
  ];
}

/** What a function finds in each of the tables that it makes is one mistake, on one line. */
export function onceForTables(problems: readonly ShownProblem[]): readonly ShownProblem[] {
  const alike = Map.groupBy(problems, ({ severity, code, message, help, location }, i) =>
    JSON.stringify([severity, code, message, help, location ?? i]),
  );
  return [...alike.values()].flatMap(([first, ...others]) => {
    if (!first || others.length === 0) return first ?? [];
    const tables = new Set([first, ...others].flatMap(({ table }) => table ?? []));
    return { ...first, message: `${first.message}\nin ${[...tables].join(", ")}` };
  });
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

function excerpt(place: FilePosition, paint: Paint, width = Infinity): readonly string[] {
  const lines = sourceLines(place.file);
  const text = lines[place.line - 1];
  if (text === undefined) return [];
  const gutter = String(place.line).length;
  const row = (number: number, source: string): string =>
    `  ${paint("dim", `${String(number).padStart(gutter)} |`)} ${source}`.trimEnd();
  const before = lines[place.line - 2];
  const cut = windowOn(text, place.column - 1, Math.min(WIDEST, Math.max(NARROWEST, width - gutter - MARGIN)));
  const above = before === undefined ? "" : cut(before);
  // Tabs stay tabs beneath the line, so that the caret stands where the eye expects it.
  const lead = [...cut(text.slice(0, place.column - 1))]
    .map((c) => (c === "\t" ? "\t" : " ".repeat(displayWidth(c))))
    .join("");
  const shown = cut(text);
  const word = /^[\w$]+/.exec(text.slice(place.column - 1))?.[0].length ?? 1;
  const length = Math.max(1, Math.min(word, displayWidth(shown) - displayWidth(lead)));
  return [
    ...(/[^\s…]/.test(above) ? [row(place.line - 1, above)] : []),
    row(place.line, shown),
    `  ${paint("dim", `${" ".repeat(gutter)} |`)} ${lead}${paint("red", "^".repeat(length))}`,
  ];
}

/** How many cells of a line are shown: a bundle may be one line of megabytes, and a terminal wraps what it has no room for. */
const WIDEST = 160;
const NARROWEST = 20;
/** Cells around the number of a line. */
const MARGIN = 5;
/** A tab may be as wide. */
const TAB = 8;

const cells = (char: string): number => (char === "\t" ? TAB : displayWidth(char));

/** What is shown of the lines, so that the place in this one is in the middle of it, or near an end of the line. */
function windowOn(text: string, at: number, room: number): (line: string) => string {
  const [start, end] = isWider(text, room) ? around(text, at, room - 2) : [0, undefined];
  return (line) => {
    const stop = end ?? (isWider(line, room) ? around(line, 0, room - 1)[1] : line.length);
    return `${start > 0 ? "…" : ""}${line.slice(start, stop)}${line.length > stop ? "…" : ""}`;
  };
}

function isWider(line: string, room: number): boolean {
  return line.length > room || [...line].reduce((sum, char) => sum + cells(char), 0) > room;
}

/** Where of a line that is too wide to begin and to end. */
function around(line: string, at: number, room: number): readonly [start: number, end: number] {
  const start = at - taken([...line.slice(Math.max(0, at - room), at)].reverse(), room >> 1);
  const end = start + taken([...line.slice(start, start + room)], room);
  return end < line.length ? [start, end] : [end - taken([...line.slice(-room)].reverse(), room), end];
}

/** The length of those of the first characters that there is room for. */
function taken(chars: readonly string[], room: number): number {
  let left = room;
  const past = chars.findIndex((char) => {
    left -= cells(char);
    return left < 0;
  });
  return chars.slice(0, past < 0 ? undefined : past).join("").length;
}

function sourceLines(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").split(/\r?\n/);
  } catch {
    // A place without its file (a manifest of another machine) is still a place.
    return [];
  }
}
