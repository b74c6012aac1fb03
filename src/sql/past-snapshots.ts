/**
 * Snapshots as they were: the query that gives the last state is asked for a state before by reading the rows that were
 * there up to its version. Views between the rows and the query are asked again, since what they hold is of the last state.
 */
import type { RelationNode } from "../ast/relation.ts";
import { columnKey, type VersionOrigin } from "../ast/versions.ts";
import { rulesOf } from "../lower/rules.ts";
import type { LoweredPipeline, LoweredQuery } from "../lower/table.ts";
import { indent } from "./block.ts";
import type { QueryContext } from "./context.ts";
import type { Dialect } from "./dialect.ts";
import { overColumns, printExpr } from "./expr.ts";
import { printQuery } from "./query.ts";

/** Up to where the rows are read. */
export interface UpTo {
  readonly origins: readonly VersionOrigin[];
  /** SQL of the version. */
  readonly version: string;
}

/** The state of a version. `context` reads the tables as they are. */
export function queryAsOf(query: RelationNode, upTo: UpTo, pipeline: LoweredPipeline, context: QueryContext): string {
  return printQuery(query, { ...context, table: (name) => rowsUpTo(name, upTo, pipeline, context) });
}

/** The versions that the data holds, in the column `version`. */
export function versionsOf(origins: readonly VersionOrigin[], { dialect, table }: QueryContext): string {
  return origins
    .map((o) => `SELECT ${versionOfRow(o, dialect)} AS version\nFROM ${table(o.table)}`)
    .join("\nUNION ALL\n");
}

/** The version of a row of the table that it comes from. */
export function versionOfRow(origin: VersionOrigin, dialect: Dialect): string {
  if ("column" in origin) return dialect.identifier(origin.column);
  return printExpr(origin.expr, {
    dialect,
    column: (c) => {
      const of = origin.columns.get(columnKey(c));
      if (of === undefined) return dialect.identifier(c.name);
      return "column" in of ? dialect.identifier(of.column) : `(${versionOfRow(of, dialect)})`;
    },
  });
}

function rowsUpTo(name: string, upTo: UpTo, pipeline: LoweredPipeline, context: QueryContext): string {
  const origin = upTo.origins.find((o) => o.table === name);
  if (origin) {
    const sql = versionOfRow(origin, context.dialect);
    const own = "column" in origin ? sql : `(${sql})`;
    return nested(`SELECT *\nFROM ${context.table(name)}\nWHERE ${own} <= ${upTo.version} OR ${own} IS NULL`);
  }
  const plan = pipeline.plans.get(name);
  const isView = plan?.mode === "recompute" && dependsOn(name, upTo, pipeline);
  return isView ? nested(viewUpTo(plan, upTo, pipeline, context)) : context.table(name);
}

/** The rows of a materialized view: those that its rules keep. */
function viewUpTo(
  { table, rules }: LoweredQuery,
  upTo: UpTo,
  pipeline: LoweredPipeline,
  context: QueryContext,
): string {
  const print = overColumns(context.dialect);
  const held = rulesOf(rules, "drop", "quarantine", "fail").map((rule) => `coalesce(${print(rule.predicate)}, false)`);
  const rows = queryAsOf(table.query, upTo, pipeline, context);
  return held.length > 0 ? `SELECT *\nFROM ${nested(rows)}\nWHERE ${held.join(" AND ")}` : rows;
}

function dependsOn(name: string, upTo: UpTo, pipeline: LoweredPipeline): boolean {
  const inputs = pipeline.plans.get(name)?.inputs ?? [];
  return inputs.some((input) => upTo.origins.some((o) => o.table === input) || dependsOn(input, upTo, pipeline));
}

const nested = (sql: string): string => `(\n${indent(sql)}\n)`;
