/** What an update did, as a person reads it. */

import type { ErrorDetails } from "../core/errors.ts";
import type { ExpectationResult, TableResult, UpdateResult } from "../engines/duckdb/update.ts";
import { count, duration, plural, shownPath } from "./format.ts";
import { problemLines } from "./problem.ts";
import { type Paint, paintFor } from "./style.ts";
import { type Cell, type Column, tableLines } from "./table.ts";

/** How `reportUpdate` writes. */
export interface ReportOptions {
  /** Default: no colours. */
  readonly color?: boolean;
  /** Paths are shown relative to it. Default: the working directory. */
  readonly cwd?: string;
  /** The errors of failed tables, to show the source line of each. Without one a table's `reason` is shown. */
  readonly errors?: ReadonlyMap<string, ErrorDetails>;
  /** Where the result is, for an engine without a warehouse file: `["Pipeline", "https://…"]`. */
  readonly place?: readonly [label: string, text: string];
}

const COLUMNS: readonly Column[] = [
  { header: "TABLE" },
  { header: "LAYER" },
  { header: "KIND" },
  { header: "READ", align: "right" },
  { header: "WRITTEN", align: "right" },
  { header: "DROPPED", align: "right" },
  { header: "QUARANTINED", align: "right" },
  { header: "PASS/FAIL", align: "right" },
  { header: "TIME", align: "right" },
];
const STATUS_COLUMN: Column = { header: "STATUS" };

/**
 * A table of what each table of the update did, the expectations that rows broke, what failed and why, and where the
 * warehouse is; one line where nothing had changed. Ends without a line break.
 *
 * @example
 * ```ts
 * import { pipeline, source, t } from "medallion";
 * import { reportUpdate } from "medallion/cli";
 * import { run } from "medallion/run";
 *
 * export async function main(): Promise<void> {
 *   const p = pipeline("demo").bronze({ raw: source.json("raw/*.json", { id: t.bigint() }) });
 *   await using update = await run(p);
 *   console.log(reportUpdate(update, { color: process.stdout.isTTY }));
 * }
 * ```
 */
export function reportUpdate(
  update: UpdateResult & { readonly warehouse?: string },
  options: ReportOptions = {},
): string {
  const paint = paintFor(options.color === true);
  const cwd = options.cwd ?? process.cwd();
  const { tables } = update;
  const where = placeOf(update.warehouse, options, cwd).map(([label, text]) => `${paint("dim", `${label}:`)} ${text}`);
  if (update.status === "completed" && tables.every((t) => t.skipped)) {
    return [
      `Everything is up to date. ${paint("dim", `${plural(tables.length, "table")}, ${duration(update.durationMs)}`)}`,
      ...where,
    ].join("\n");
  }
  const sections = [
    resultTable(tables, paint),
    brokenExpectations(tables, paint),
    failures(tables, options, paint, cwd),
    [summary(update, paint), ...quarantineHint(tables, update.warehouse !== undefined, paint), ...where],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function placeOf(warehouse: string | undefined, { place }: ReportOptions, cwd: string) {
  if (place) return [place];
  return warehouse === undefined ? [] : [["Warehouse", shownPath(warehouse, cwd)] as const];
}

const STATUS: Readonly<Record<TableResult["status"], Cell>> = {
  completed: { text: "done", style: "green" },
  skipped: { text: "up to date", style: "dim" },
  failed: { text: "failed", style: "red" },
  excluded: { text: "not run", style: "yellow" },
};

/** Where every table is done, a column that says so is noise. */
function resultTable(tables: readonly TableResult[], paint: Paint): readonly string[] {
  const allDone = tables.every((t) => t.status === "completed");
  return tableLines(allDone ? COLUMNS : [...COLUMNS, STATUS_COLUMN], tables.map(resultRow), { paint });
}

function resultRow(table: TableResult): readonly (string | Cell)[] {
  const head = [table.name, table.layer, table.kind];
  const status = STATUS[table.status];
  const time = table.status === "excluded" ? "" : duration(table.durationMs);
  if (table.status !== "completed") return [...head, "", "", "", "", "", time, status];
  return [
    ...head,
    count(table.rowsRead),
    count(table.rowsWritten),
    number(table.rowsDropped),
    number(table.rowsQuarantined),
    checked(table.expectations),
    time,
    status,
  ];
}

const quiet = (text: string): Cell => ({ text, style: "dim" });

/** A zero is quiet, so that what is there stands out. */
function number(n: number): Cell {
  return n === 0 ? quiet("0") : { text: count(n), style: "yellow" };
}

/** How often a row met an expectation, and how often one broke it. */
function checked(expectations: readonly ExpectationResult[]): Cell {
  if (expectations.length === 0) return quiet("-");
  const passed = expectations.reduce((total, e) => total + e.passed, 0);
  const failed = expectations.reduce((total, e) => total + e.failed, 0);
  return { text: `${count(passed)}/${count(failed)}`, ...(failed > 0 && { style: "yellow" as const }) };
}

const ACTION: Readonly<Record<ExpectationResult["action"], string>> = {
  warn: "kept",
  drop: "dropped",
  quarantine: "quarantined",
  fail: "stopped the table",
};

function brokenExpectations(tables: readonly TableResult[], paint: Paint): readonly string[] {
  const rows = tables.flatMap((table) =>
    table.expectations
      .filter((e) => e.failed > 0)
      .map((e) => [table.name, e.name, count(e.failed), count(e.passed + e.failed), ACTION[e.action]]),
  );
  if (rows.length === 0) return [];
  const columns: readonly Column[] = [
    { header: "TABLE" },
    { header: "EXPECTATION" },
    { header: "BROKEN BY", align: "right" },
    { header: "OF ROWS", align: "right" },
    { header: "THESE WERE" },
  ];
  return [paint("bold", "Broken expectations"), ...tableLines(columns, rows, { paint, indent: "  " })];
}

function failures(
  tables: readonly TableResult[],
  options: ReportOptions,
  paint: Paint,
  cwd: string,
): readonly string[] {
  return tables.flatMap((table) => {
    if (table.status === "excluded") {
      return [`${paint("yellow", "not run")} ${table.layer}.${table.name}: ${table.reason ?? "an input failed"}`];
    }
    if (table.status !== "failed") return [];
    const title = paint("red", `failed ${table.layer}.${table.name}`);
    const error = options.errors?.get(table.name);
    const lines = error ? problemLines(error, { paint, cwd }) : (table.reason ?? "unknown reason").split("\n");
    return [title, ...lines.map((line) => `  ${line}`)];
  });
}

function summary(update: UpdateResult, paint: Paint): string {
  const of = (status: TableResult["status"]): number => update.tables.filter((t) => t.status === status).length;
  const parts = [
    `${count(of("completed"))} done`,
    ...(of("skipped") > 0 ? [`${count(of("skipped"))} up to date`] : []),
    ...(of("failed") > 0 ? [`${count(of("failed"))} failed`] : []),
    ...(of("excluded") > 0 ? [`${count(of("excluded"))} not run`] : []),
  ];
  const failed = update.status === "failed";
  const verdict = failed ? paint("red", "Update failed") : paint("green", "Update completed");
  const kept = failed ? " What failed keeps its last good state." : "";
  return `${verdict} in ${duration(update.durationMs)}: ${parts.join(", ")} of ${plural(update.tables.length, "table")}.${kept}`;
}

const SHOWN_HINTS = 5;

function quarantineHint(tables: readonly TableResult[], local: boolean, paint: Paint): readonly string[] {
  const from = tables.filter((t) => t.rowsQuarantined > 0);
  const shown = from.slice(0, SHOWN_HINTS).map((t) => {
    const look = local ? `why: ${paint("cyan", `medallion preview ${t.name}_quarantine`)}` : `in ${t.name}_quarantine`;
    return `Quarantined: ${plural(t.rowsQuarantined, "row")} of ${t.name}; ${look}`;
  });
  const more = from.length - shown.length;
  return more > 0 ? [...shown, `Quarantined: rows of ${plural(more, "more table", "more tables")}`] : shown;
}
