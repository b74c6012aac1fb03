/** What a turn of `dev` shows: what changed, what each table did and broke, and a look at the tables in hand. */

import { fullName } from "../../ast/pipeline.ts";
import { firstLine } from "../../core/thrown.ts";
import type { ExpectationResult, TableResult } from "../../engines/result.ts";
import { problemBlocks } from "../check.ts";
import { type Io, paintOf, widthOf } from "../io.ts";
import { count, duration, plural, shownPath } from "../output/format.ts";
import { onceForTables, problemCount, problemLines, within } from "../output/problem.ts";
import { resultText } from "../output/progress.ts";
import { gridOf } from "../output/rows.ts";
import { STATUS } from "../output/status.ts";
import { displayWidth, type Paint, pad, printable } from "../output/style.ts";
import { warningLines } from "../output/warnings.ts";
import type { Cycle, Look } from "./cycle.ts";
import type { Changes } from "./watch.ts";

/** What earlier turns have shown. */
interface Seen {
  /** The columns of each table when it was looked at last. */
  readonly tables: Map<string, ReadonlyMap<string, string>>;
  /** How many warnings of the turn before had the same words: an edit above one moves it. */
  warnings: ReadonlyMap<string, number>;
}

export const nothingSeen = (): Seen => ({ tables: new Map(), warnings: new Map() });

const SHOWN_FILES = 3;
/** Of what stands beneath a table. */
const INDENT = " ".repeat(6);

/** `10:31:02  pipeline.ts changed` */
export function changeLine({ modules, sources }: Changes, io: Io): string {
  const paint = paintOf(io.stdout, io.env);
  const files = [...modules, ...sources].map((file) => shownPath(file, io.cwd));
  const more =
    files.length > SHOWN_FILES ? ` and ${plural(files.length - SHOWN_FILES, "more file", "more files")}` : "";
  const time = new Date().toTimeString().slice(0, 8);
  return `\n${paint("dim", time)}  ${paint("cyan", files.slice(0, SHOWN_FILES).join(", "))}${more} changed`;
}

export function cycleLines({ problems, update, changed, looks }: Cycle, seen: Seen, io: Io): readonly string[] {
  const paint = paintOf(io.stdout, io.env);
  if (!update) {
    const errors = problems.filter((p) => p.severity === "error");
    const found = problemBlocks(problems, io, io.stdout);
    return [
      "",
      ...found,
      `${paint("red", problemCount(onceForTables(errors)))}: nothing was run, the tables are as they were.`,
    ];
  }
  const now = new Map<string, number>();
  const fresh = problems.filter((problem) => {
    const words = `${problem.code} ${problem.message}`;
    const times = (now.get(words) ?? 0) + 1;
    now.set(words, times);
    return times > (seen.warnings.get(words) ?? 0);
  });
  seen.warnings = now;
  const found = problemBlocks(fresh, io, io.stdout);
  const old = problems.length - fresh.length;
  const worked = update.tables.filter((table) => !table.skipped);
  return [
    ...(found.length > 0 ? ["", ...found.slice(0, -1)] : []),
    ...(old > 0 ? ["", paint("dim", `  ${plural(old, "warning")} as before: medallion check`)] : []),
    ...(worked.length > 0 ? ["", ...tablesLines(worked, changed, io, paint)] : []),
    ...looks.flatMap((look) => ["", ...lookLines(look, seen, io, paint)]),
    ...(update.warnings.length > 0 ? ["", ...warningLines(update.warnings, paint)] : []),
    "",
    verdict(update.tables, update.durationMs, paint),
  ];
}

function tablesLines(
  tables: readonly TableResult[],
  changed: Cycle["changed"],
  io: Io,
  paint: Paint,
): readonly string[] {
  const names = Math.max(...tables.map((table) => displayWidth(fullName(table))));
  const options = { paint, cwd: io.cwd, width: within(widthOf(io.stdout), INDENT.length) };
  return tables.flatMap((table) => {
    const { mark, style } = STATUS[table.status];
    const why = changed.get(table.name) ?? [];
    const text = table.status === "completed" ? resultText(table) : firstLine(table.reason ?? "");
    const time = table.status === "excluded" ? "" : paint("dim", `  ${duration(table.durationMs)}`);
    const named = pad(fullName(table), names);
    return [
      `  ${paint(style, mark)} ${named}  ${table.status === "failed" ? paint(style, STATUS.failed.word) : printable(text)}${time}`,
      ...(why.length > 0 ? [`      ${paint("dim", why.join("; "))}`] : []),
      ...table.expectations.flatMap((one) => brokenLine(one, paint)),
      ...(table.error ? problemLines(table.error, options).map((line) => `${INDENT}${line}`) : []),
    ];
  });
}

function brokenLine({ name, passed, failed, action }: ExpectationResult, paint: Paint): readonly string[] {
  if (failed === null || failed === 0) return [];
  const of = passed === null ? "" : ` of ${count(passed + failed)}`;
  const rows = passed === null || passed + failed !== 1 ? "rows" : "row";
  return [`      ${paint("yellow", "!")} ${name}: broken by ${count(failed)}${of} ${rows}: ${action}`];
}

/** Columns with their types, what is different in them, and the first rows. */
function lookLines(look: Look, seen: Seen, io: Io, paint: Paint): readonly string[] {
  const { table, layer, columns, rows, total } = look;
  const now = new Map(columns.map((c) => [c.name, c.type]));
  const before = seen.tables.get(table);
  seen.tables.set(table, now);
  const shown = rows.length < total ? `${count(rows.length)} of ${plural(total, "row")}` : plural(total, "row");
  const drawn = columns.map(({ name, type, stored }) => ({ name, type: stored, label: type }));
  const grid = gridOf(drawn, rows, { stream: io.stdout, paint, indent: "    " });
  return [
    `  ${paint("bold", `${layer}.${table}`)}  ${paint("dim", shown)}`,
    ...(before ? differences(before, now, paint).map((line) => `  ${line}`) : []),
    ...grid.lines,
    ...(grid.hidden.length > 0 ? [paint("dim", `    not shown: ${grid.hidden.join(", ")}`)] : []),
  ];
}

function differences(
  before: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
  paint: Paint,
): readonly string[] {
  return [
    ...[...now].flatMap(([name, type]) => {
      const was = before.get(name);
      if (was === undefined) return [paint("green", `+ ${name} ${type}`)];
      return was === type ? [] : [paint("yellow", `~ ${name} ${was} → ${type}`)];
    }),
    ...[...before].flatMap(([name, type]) => (now.has(name) ? [] : [paint("red", `- ${name} ${type}`)])),
  ];
}

function verdict(tables: readonly TableResult[], ms: number, paint: Paint): string {
  const of = (status: TableResult["status"]): number => tables.filter((t) => t.status === status).length;
  if (of("skipped") === tables.length) return `  ${paint("dim", `everything is up to date, ${duration(ms)}`)}`;
  const parts = [
    ...(of("completed") > 0 ? [paint("green", `${count(of("completed"))} done`)] : []),
    ...(of("failed") > 0 ? [paint("red", `${count(of("failed"))} failed, its last good state is kept`)] : []),
    ...(of("excluded") > 0 ? [paint("yellow", `${count(of("excluded"))} not run`)] : []),
    ...(of("skipped") > 0 ? [paint("dim", `${count(of("skipped"))} up to date`)] : []),
  ];
  return `  ${parts.join(", ")}  ${paint("dim", duration(ms))}`;
}
