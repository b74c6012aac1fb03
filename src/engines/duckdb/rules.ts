/** Applies a table's expectations to staged rows: counts, drops, quarantines, fails. */

import type { TableNode } from "../../ast/pipeline.ts";
import { METADATA_COLUMNS } from "../../ast/stored.ts";
import { columnsIn } from "../../ast/walk.ts";
import { excerpt } from "../../core/text.ts";
import { failure } from "../../diagnostics/mistake.ts";
import { failingRule } from "../../lower/rules.ts";
import { duckdbText as text } from "../../targets/duckdb/dialect.ts";
import {
  countStaged,
  type Flag,
  insertKept,
  insertQuarantined,
  type Staged,
  selectBroken,
} from "../../targets/duckdb/rows.ts";
import { nameOf, quarantineName } from "../../targets/duckdb/tables.ts";
import type { SqlType } from "../../types/types.ts";
import type { ExpectationResult } from "./update.ts";
import type { Session } from "./warehouse/session.ts";

export interface Judged {
  readonly staged: number;
  readonly written: number;
  /** Rows that a dropping rule left out, counted by themselves: with the others they make up what was staged. */
  readonly dropped: number;
  readonly quarantined: number;
  readonly expectations: readonly ExpectationResult[];
}

/** What becomes of rows that no rule looks at. */
export function allWritten(rows: number): Judged {
  return { staged: rows, written: rows, dropped: 0, quarantined: 0, expectations: [] };
}

/** Moves the staged rows to the table or its quarantine. */
export async function judge(session: Session, table: TableNode, staged: Staged, updateId: string): Promise<Judged> {
  const { flags, problem, ...rest } = staged;
  const [row] = await session.rows(countStaged(staged));
  const all = Number(row?.["n"] ?? 0);
  const good = Number(row?.["readable"] ?? 0);
  const expectations = flags.map((f, i) => {
    const passed = Number(row?.[`c${i}`] ?? 0);
    return { name: f.rule.name, action: f.rule.action, passed, failed: good - passed };
  });
  await failOn(session, table, staged, expectations);
  // A condition that every row meets is left out: a filter costs nearly as much as the copy itself.
  const broken = {
    ...rest,
    flags: flags.filter((_, i) => (expectations[i]?.failed ?? 0) > 0),
    ...(problem && good < all && { problem }),
  };
  const written = await session.changes(insertKept(nameOf(table), broken));
  const aside = broken.problem !== undefined || broken.flags.some((f) => f.rule.action === "quarantine");
  const quarantined = aside
    ? await session.changes(insertQuarantined(quarantineName(table), broken, text(updateId)))
    : 0;
  return { staged: all, written, dropped: Number(row?.["dropped"] ?? 0), quarantined, expectations };
}

async function failOn(
  session: Session,
  table: TableNode,
  staged: Staged,
  results: readonly ExpectationResult[],
): Promise<void> {
  const { flags } = staged;
  const index = results.findIndex((result) => result.action === "fail" && result.failed > 0);
  const [result, flag] = [results[index], flags[index]];
  if (!result || !flag) return;
  throw failure({
    code: "EXPECT002",
    message: `${result.failed} ${result.failed === 1 ? "row breaks" : "rows break"} ${failingRule(table, flag.rule)}${await example(session, table, staged, flag)}`,
    help: `correct the data, or use expectOrQuarantine() to quarantine such rows; rows that are in bronze already are read again from corrected files by --accept-loss with the name of the bronze table (acceptLoss)`,
    location: flag.rule.at,
    table: table.name,
  });
}

/** Of a row that breaks the rule: its key, what the rule looks at and where it is from. Personal data is not shown. */
async function example(session: Session, table: TableNode, staged: Staged, flag: Flag): Promise<string> {
  const { key = [], masks } = table.settings;
  const asked = columnsIn([flag.rule.predicate]).map((column) => column.name);
  const named = new Set([...key, ...asked]);
  const masked = new Set(masks.map((mask) => mask.column));
  const own = table.columns.filter((c) => named.has(c.name) && c.labels.length === 0 && !masked.has(c.name));
  const origin = METADATA_COLUMNS.filter((c) => c.name === "_source_file" && staged.columns.includes(c.name));
  const shown = [...own, ...origin];
  if (shown.length === 0) return "";
  const [row] = await session.rows(
    selectBroken(
      staged,
      flag,
      shown.map((c) => c.name),
    ),
  );
  const values = shown.map(({ name, type }, i) => `${name} = ${shownValue(row?.[`v${i}`], type)}`);
  return `: such as one of ${values.join(", ")}`;
}

function shownValue(text: unknown, type: SqlType): string {
  if (typeof text !== "string") return "null";
  const short = excerpt(text);
  return type.kind === "string" ? JSON.stringify(short) : short;
}
