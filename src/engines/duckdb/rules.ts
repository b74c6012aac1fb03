/** Applies a table's expectations to staged rows: counts, drops, quarantines, fails. */

import { companionName } from "../../ast/companions.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { ExpectationNode } from "../../ast/settings.ts";
import { RunError } from "../../core/errors.ts";
import { printExpr } from "../../sql/expr.ts";
import { duckdb, duckdbIdentifier as id, duckdbText as text } from "../../targets/duckdb/dialect.ts";
import type { Session } from "./session.ts";
import type { ExpectationResult } from "./update.ts";

/** A rule as a boolean column of the staged rows. */
interface Flag {
  readonly rule: ExpectationNode;
  readonly column: string;
  /** True where the rule holds; a rule that gives null is broken. */
  readonly sql: string;
}

export function flagsOf(table: TableNode): readonly Flag[] {
  return table.settings.expectations.map((rule, i) => ({
    rule,
    column: `__rule${i}`,
    sql: `coalesce(${printExpr(rule.predicate, { dialect: duckdb, column: (c) => id(c.name) })}, false)`,
  }));
}

export interface Judged {
  readonly staged: number;
  readonly written: number;
  /** Rows that a dropping rule left out, counted by themselves: with the others they make up what was staged. */
  readonly dropped: number;
  readonly quarantined: number;
  readonly expectations: readonly ExpectationResult[];
}

export interface JudgeArguments {
  readonly table: TableNode;
  /** The staged rows: the table's columns, one column a flag and, for bronze, the problem and the raw row. */
  readonly staged: string;
  readonly columns: readonly string[];
  readonly flags: readonly Flag[];
  /** SQL of the reason for which a row could not be read, where there may be one. */
  readonly problem?: { readonly reason: string; readonly raw: string };
  /** SQL of where a row came from. */
  readonly origin: string;
  readonly target: string;
  readonly updateId: string;
}

/** Moves the staged rows to the table or its quarantine. */
export async function judge(session: Session, args: JudgeArguments): Promise<Judged> {
  const { flags, problem, staged } = args;
  const readable = problem ? `${problem.reason} IS NULL` : "true";
  const counts = flags.map((f) => `count(*) FILTER (WHERE ${readable} AND ${f.column})`);
  const [row] = await session.rows(
    `SELECT count(*) AS n, count(*) FILTER (WHERE ${readable}) AS readable, ${droppedCount(flags, readable)} AS dropped${counts.map((c, i) => `, ${c} AS c${i}`).join("")} FROM ${staged}`,
  );
  const all = Number(row?.["n"] ?? 0);
  const good = Number(row?.["readable"] ?? 0);
  const expectations = flags.map((f, i) => {
    const passed = Number(row?.[`c${i}`] ?? 0);
    return { name: f.rule.name, action: f.rule.action, passed, failed: good - passed };
  });
  failOn(args, flags, expectations);
  // A condition that every row meets is left out: a filter costs nearly as much as the copy itself.
  const broken = flags.filter((_, i) => (expectations[i]?.failed ?? 0) > 0);
  const unreadable = problem && good < all ? problem : undefined;
  const needed = [
    ...broken.filter((f) => f.rule.action === "drop" || f.rule.action === "quarantine").map((f) => f.column),
    ...(unreadable ? [`(${readable})`] : []),
  ];
  const written = await session.changes(
    `INSERT INTO ${args.target} (${args.columns.join(", ")}) SELECT ${args.columns.join(", ")} FROM ${staged}${needed.length > 0 ? ` WHERE ${needed.join(" AND ")}` : ""}`,
  );
  const quarantined = await quarantine(session, args, broken, unreadable);
  return { staged: all, written, dropped: Number(row?.["dropped"] ?? 0), quarantined, expectations };
}

/** Readable rows that break a dropping rule and no rule that keeps them in the quarantine. */
function droppedCount(flags: readonly Flag[], readable: string): string {
  const columns = (action: ExpectationNode["action"]) =>
    flags.filter((f) => f.rule.action === action).map((f) => f.column);
  const drops = columns("drop");
  if (drops.length === 0) return "0";
  return `count(*) FILTER (WHERE ${[readable, `NOT (${drops.join(" AND ")})`, ...columns("quarantine")].join(" AND ")})`;
}

function failOn({ table }: JudgeArguments, flags: readonly Flag[], results: readonly ExpectationResult[]): void {
  const index = results.findIndex((result) => result.action === "fail" && result.failed > 0);
  const [result, flag] = [results[index], flags[index]];
  if (!result || !flag) return;
  throw new RunError({
    code: "EXPECT002",
    message: `${result.failed} ${result.failed === 1 ? "row breaks" : "rows break"} the rule "${result.name}" of ${table.layer}.${table.name}, which fails its update`,
    help: "correct the data, or say expectOrQuarantine() to set such rows aside",
    location: flag.rule.at,
    table: table.name,
  });
}

export const quarantineName = ({ layer, name }: TableNode): string =>
  `${layer}.${id(companionName(name, "quarantine"))}`;

/** Where a row is set aside, a dropping rule that it breaks too does not lose it. */
async function quarantine(
  session: Session,
  args: JudgeArguments,
  broken: readonly Flag[],
  problem: JudgeArguments["problem"],
): Promise<number> {
  const rules = broken.filter((f) => f.rule.action === "quarantine");
  if (rules.length === 0 && !problem) return 0;
  const readable = problem ? `${problem.reason} IS NULL` : "true";
  const conditions = [...(problem ? [`NOT (${readable})`] : []), ...rules.map((f) => `NOT ${f.column}`)];
  const names = rules.map((f) => `CASE WHEN ${readable} AND NOT ${f.column} THEN ${text(f.rule.name)} END`);
  const unreadable = problem ? [`CASE WHEN NOT (${readable}) THEN 'readable' END`] : [];
  const columns = [...args.columns, "_broken_rules", "_reason", "_row", "_source", "_quarantined_at", "_update_id"];
  const values = [
    ...args.columns,
    `list_filter([${[...unreadable, ...names].join(", ")}], lambda rule: rule IS NOT NULL)`,
    problem ? problem.reason : "CAST(NULL AS VARCHAR)",
    problem ? problem.raw : "CAST(NULL AS VARCHAR)",
    args.origin,
    "now()",
    text(args.updateId),
  ];
  return session.changes(
    `INSERT INTO ${quarantineName(args.table)} (${columns.join(", ")}) SELECT ${values.join(", ")} FROM ${args.staged} WHERE ${conditions.join(" OR ")}`,
  );
}
