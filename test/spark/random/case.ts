/** A program as the statements that each engine runs: its sources as views, its tables one after the other. */
import { MedallionError } from "medallion";
import type { QueryTableNode, ScdTableNode, TableNode } from "../../../src/ast/pipeline.ts";
import { applicationOf } from "../../../src/lower/application.ts";
import { eventReads } from "../../../src/lower/reads.ts";
import { appliedEvents } from "../../../src/sql/apply-changes.ts";
import type { Dialect } from "../../../src/sql/dialect.ts";
import { allEvents } from "../../../src/sql/events.ts";
import { printQuery } from "../../../src/sql/query.ts";
import type { Program } from "./program.ts";

export interface TableQuery {
  readonly table: string;
  readonly sql: string;
}

/** The tables that are not sources. */
export function tablesOf(program: Program): readonly TableNode[] {
  const sources = new Set(program.sources.map((s) => s.table));
  return program.pipeline.toNode().tables.filter((table) => !sources.has(table.name));
}

/**
 * The queries of the tables in order, up to one that the target refuses: a stated limit. Its readers would read nothing.
 */
export function queriesOf(
  program: Program,
  dialect: Dialect,
  table: (name: string) => string,
  print: (node: QueryTableNode) => string = (node) => queryOf(node, dialect, table, program),
): readonly TableQuery[] {
  const queries: TableQuery[] = [];
  try {
    for (const node of tablesOf(program)) {
      const sql = node.kind === "query" ? print(node) : changesOf(node, dialect, table);
      queries.push({ table: node.name, sql });
    }
  } catch (error) {
    if (!(error instanceof MedallionError) || error.code !== "TARGET001") throw error;
  }
  return queries;
}

function queryOf(
  node: QueryTableNode,
  dialect: Dialect,
  table: (name: string) => string,
  { pipeline }: Program,
): string {
  const tables = new Map(pipeline.toNode().tables.map((one) => [one.name, one]));
  return printQuery(node.query, { dialect, table, source: () => "nothing", tables });
}

/** A change target as the query that gives its rows. */
export function changesOf(node: ScdTableNode, dialect: Dialect, table: (name: string) => string): string {
  const plan = { reads: eventReads(node), application: applicationOf(node) };
  const events = `(\n${allEvents(plan, { dialect, table, source: () => "nothing", tables: new Map() })}\n) AS events`;
  return appliedEvents(plan.application, { events, dialect });
}
