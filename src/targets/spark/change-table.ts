/** Change targets: a materialized view over the change events, or `AUTO CDC` where the catalog can merge. */
import { companionName } from "../../ast/companions.ts";
import { twins } from "../../lower/rules.ts";
import type { LoweredChanges, LoweredSnapshots } from "../../lower/table.ts";
import { appliedEvents } from "../../sql/apply-changes.ts";
import { indent } from "../../sql/block.ts";
import { allEvents } from "../../sql/events.ts";
import { clausesOf, columnList, read } from "../spark-sql/clauses.ts";
import { sparkIdentifier as id, spark, sparkText as text } from "../spark-sql/dialect.ts";
import { storedRows } from "../spark-sql/reading.ts";
import { type Context, expr, isAutoCdc, nameOf, queryText, reading } from "./context.ts";
import { createTable, settingParts } from "./table.ts";

export function changeTableStatements(plan: LoweredChanges | LoweredSnapshots, context: Context): readonly string[] {
  const { table } = plan;
  if (plan.mode === "snapshots") {
    // The stored columns of the latest snapshot.
    const rows = storedRows(plan.snapshots.items, [], queryText(plan.snapshots.input, false, context), expr);
    return [createTable(plan, { query: withoutTwins(rows, plan), streaming: false }, context)];
  }
  if (isAutoCdc(table, context)) return autoCdcStatements(plan, context);
  const events = `(\n${indent(allEvents(plan, reading(false, context)))}\n) AS events`;
  return [
    createTable(
      plan,
      { query: appliedEvents(plan.application, { events, dialect: spark }), streaming: false },
      context,
    ),
  ];
}

/**
 * The target is declared without columns: AUTO CDC adds its own. It accepts one flow, so the events of all streams
 * come through one view.
 */
function autoCdcStatements(plan: LoweredChanges, context: Context): readonly string[] {
  const { table, application } = plan;
  const target = nameOf(table, context);
  const view = id(companionName(table.name, "changes"));
  const described = settingParts(table, context).filter(({ layout }) => layout === undefined);
  const clauses = [
    `CREATE FLOW ${id(companionName(table.name, "flow"))} AS AUTO CDC INTO ${target}`,
    `FROM ${read(view, true)}`,
    `KEYS ${columnList(application.keys)}`,
    "APPLY AS DELETE WHEN __delete",
    "SEQUENCE BY __sequence",
    `COLUMNS ${columnList(application.columns)}`,
    `STORED AS SCD TYPE ${application.type}`,
    ...(application.trackHistory ? [`TRACK HISTORY ON ${columnList(application.trackHistory)}`] : []),
  ];
  return [
    `${[`CREATE STREAMING TABLE ${target}`, ...clausesOf(described)].join("\n")};`,
    `CREATE TEMPORARY VIEW ${view} AS\n${allEvents(plan, reading(true, context))};`,
    `${clauses.join("\n")};`,
  ];
}

/** A key that comes twice fails the flow: which row counts, nobody can say. */
function withoutTwins(rows: string, { table, application }: LoweredSnapshots): string {
  const columns = application.columns.map((name) => `  ${id(name)}`).join(",\n");
  const keys = application.keys.map(id).join(", ");
  return `SELECT
${columns}
FROM (
  SELECT
    *,
    count(*) OVER (PARTITION BY ${keys}) AS __rows
  FROM (
${indent(indent(rows))}
  )
)
WHERE assert_true(__rows = 1, ${text(twins(table))}) IS NULL`;
}
