/** What an update did, as a person reads it. */

import { companionName } from "../../ast/companions.ts";
import { fullName } from "../../ast/pipeline.ts";
import { refuseMore } from "../../core/arity.ts";
import {
  type Count,
  type ExpectationResult,
  type TableResult,
  total,
  type UpdateResult,
} from "../../engines/result.ts";
import { count, duration, plural, shownPath } from "./format.ts";
import { type ProblemOptions, problemLines, within } from "./problem.ts";
import { STATUS } from "./status.ts";
import { type Paint, paintFor } from "./style.ts";
import { type Cell, type Column, tableLines } from "./table.ts";
import { warningLines } from "./warnings.ts";

/** How `reportUpdate` writes. */
export interface ReportOptions {
  /** Default: no colours. */
  readonly color?: boolean;
  /** Paths are shown relative to it. Default: the working directory. */
  readonly cwd?: string;
  /** Of the terminal: lines of code in errors are cut to it. Default: 160 cells are shown of them. */
  readonly width?: number | undefined;
  /** Where the result is, for an engine without a warehouse file: `["Pipeline", "https://…"]`. */
  readonly place?: readonly [label: string, text: string];
}

/** An update of any engine; one on DuckDB has its warehouse. */
type Reported = UpdateResult & { readonly warehouse?: string };

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
/** Columns before the counts, and those of the counts. */
const NAMES = 3;
const COUNTS = 5;

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
export function reportUpdate(update: Reported, options: ReportOptions = {}): string {
  refuseMore("reportUpdate", 2, arguments);
  const paint = paintFor(options.color === true);
  const cwd = options.cwd ?? process.cwd();
  const shown = { paint, cwd, width: options.width };
  const { tables } = update;
  const where = placeOf(update.warehouse, options, cwd).map(([label, text]) => `${paint("dim", `${label}:`)} ${text}`);
  const warned = warningLines(update.warnings, paint);
  if (update.status === "completed" && tables.every((t) => t.skipped)) {
    return [
      ...(warned.length > 0 ? [...warned, ""] : []),
      `Everything is up to date. ${paint("dim", `${plural(tables.length, "table")}, ${duration(update.durationMs)}`)}`,
      ...where,
    ].join("\n");
  }
  const sections = [
    resultTable(tables, paint),
    brokenExpectations(tables, paint),
    warned,
    failures(tables, shown),
    update.error ? problemLines(update.error, shown) : [],
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

/** Where every table is done, a column that says so is noise; so is one of counts that the engine does not know. */
function resultTable(tables: readonly TableResult[], paint: Paint): readonly string[] {
  const allDone = tables.every((t) => t.status === "completed");
  const columns = allDone ? COLUMNS : [...COLUMNS, STATUS_COLUMN];
  const known = tables.some((t) =>
    [t.rowsRead, t.rowsWritten, t.rowsDropped, t.rowsQuarantined].some((n) => n !== null),
  );
  const shown = <T>(all: readonly T[]) => (known ? all : [...all.slice(0, NAMES), ...all.slice(NAMES + COUNTS)]);
  return tableLines(
    shown(columns),
    tables.map((table) => shown(resultRow(table))),
    { paint },
  );
}

function resultRow(table: TableResult): readonly (string | Cell)[] {
  const head = [table.name, table.layer, table.kind];
  const { word, style } = STATUS[table.status];
  const status: Cell = { text: word, style };
  const time = table.status === "excluded" ? "" : duration(table.durationMs);
  if (table.status !== "completed") return [...head, "", "", "", "", "", time, status];
  return [
    ...head,
    counted(table.rowsRead),
    counted(table.rowsWritten),
    number(table.rowsDropped),
    number(table.rowsQuarantined),
    checked(table.expectations),
    time,
    status,
  ];
}

const quiet = (text: string): Cell => ({ text, style: "dim" });

/** What the engine did not count is not a zero. */
const UNKNOWN = quiet("?");

const counted = (n: Count): string | Cell => (n === null ? UNKNOWN : count(n));

/** A zero is quiet, so that what is there stands out. */
function number(n: Count): Cell {
  if (n === null) return UNKNOWN;
  return n === 0 ? quiet("0") : { text: count(n), style: "yellow" };
}

/** How often a row met an expectation, and how often one broke it. */
function checked(expectations: readonly ExpectationResult[]): Cell {
  if (expectations.length === 0) return quiet("-");
  const passed = total(expectations.map((e) => e.passed));
  const failed = total(expectations.map((e) => e.failed));
  if (passed === null || failed === null) return UNKNOWN;
  return { text: `${count(passed)}/${count(failed)}`, ...(failed > 0 && { style: "yellow" as const }) };
}

function brokenExpectations(tables: readonly TableResult[], paint: Paint): readonly string[] {
  const rows = tables.flatMap((table) =>
    table.expectations
      .filter((e) => e.failed !== 0 && e.failed !== null)
      .map((e) => [table.name, e.name, counted(e.failed), counted(total([e.passed, e.failed])), e.action]),
  );
  if (rows.length === 0) return [];
  const columns: readonly Column[] = [
    { header: "TABLE" },
    { header: "EXPECTATION" },
    { header: "BROKEN BY", align: "right" },
    { header: "OF ROWS", align: "right" },
    { header: "ACTION" },
  ];
  return [paint("bold", "Broken expectations"), ...tableLines(columns, rows, { paint, indent: "  " })];
}

function failures(tables: readonly TableResult[], options: Required<ProblemOptions>): readonly string[] {
  const { paint } = options;
  return tables.flatMap((table) => {
    if (table.status === "excluded") {
      return [`${paint("yellow", "not run")} ${fullName(table)}: ${table.reason ?? "an input failed"}`];
    }
    if (table.status !== "failed") return [];
    const title = paint("red", `failed ${fullName(table)}`);
    const { error, reason = "unknown reason" } = table;
    const lines = error ? problemLines(error, { ...options, width: within(options.width, 2) }) : reason.split("\n");
    return [title, ...lines.map((line) => `  ${line}`)];
  });
}

function summary(update: Reported, paint: Paint): string {
  const of = (status: TableResult["status"]): number => update.tables.filter((t) => t.status === status).length;
  const parts = [
    `${count(of("completed"))} done`,
    ...(of("skipped") > 0 ? [`${count(of("skipped"))} up to date`] : []),
    ...(of("failed") > 0 ? [`${count(of("failed"))} failed`] : []),
    ...(of("excluded") > 0 ? [`${count(of("excluded"))} not run`] : []),
  ];
  const failed = update.status === "failed";
  const verdict = failed ? paint("red", "Update failed") : paint("green", "Update completed");
  const kept = failed && update.warehouse !== undefined ? " What failed keeps its last good state." : "";
  return `${verdict} in ${duration(update.durationMs)}: ${parts.join(", ")} of ${plural(update.tables.length, "table")}.${kept}`;
}

const SHOWN_HINTS = 5;

function quarantineHint(tables: readonly TableResult[], local: boolean, paint: Paint): readonly string[] {
  const from = tables.flatMap(({ name, rowsQuarantined: rows }) => (rows ? [{ name, rows }] : []));
  const shown = from.slice(0, SHOWN_HINTS).map(({ name, rows }) => {
    const quarantine = companionName(name, "quarantine");
    const look = local ? `why: ${paint("cyan", `medallion preview ${quarantine}`)}` : `in ${quarantine}`;
    return `Quarantined: ${plural(rows, "row")} of ${name}; ${look}`;
  });
  const more = from.length - shown.length;
  return more > 0 ? [...shown, `Quarantined: rows of ${plural(more, "more table", "more tables")}`] : shown;
}
