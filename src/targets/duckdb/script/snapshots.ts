/** Targets of snapshots in a script: all states that the data holds, applied in the order of their versions. */
import { twins } from "../../../lower/rules.ts";
import type { LoweredSnapshots } from "../../../lower/table.ts";
import { appliedEvents } from "../../../sql/apply-changes.ts";
import { indent, list } from "../../../sql/block.ts";
import { overColumns } from "../../../sql/expr.ts";
import { queryAsOf, versionsOf } from "../../../sql/past-snapshots.ts";
import { printQuery } from "../../../sql/query.ts";
import { primitive } from "../../../types/types.ts";
import { duckdbType, duckdbIdentifier as id, duckdbText as text } from "../dialect.ts";
import { nameOf } from "../tables.ts";
import type { Script } from "./context.ts";

const STATES = "medallion_states";

export function snapshotStatements(plan: LoweredSnapshots, script: Script): readonly string[] {
  const { application } = plan;
  const target = nameOf(plan.table);
  const columns = application.columns.map(id).join(", ");
  const write =
    application.type === 1
      ? `INSERT INTO ${target} (${columns}) SELECT ${columns} FROM ${STATES}`
      : `INSERT INTO ${target}\n${appliedEvents(application, { events: `(\n${indent(eventsOf(plan))}\n) AS events`, dialect: script.dialect })}`;
  return [
    `CREATE OR REPLACE TEMP TABLE ${STATES} AS\n${statesOf(plan, script)}`,
    refuseTwins(plan),
    write,
    `DROP TABLE ${STATES}`,
  ];
}

/** The stored columns of each state that the data holds, with its version as `__sequence`. */
function statesOf(plan: LoweredSnapshots, script: Script): string {
  const { origins, snapshots, application } = plan;
  const expr = overColumns(script.dialect);
  const stored = snapshots.items.map((item) => `${expr(item.expr)} AS ${id(item.name)}`);
  const { version, input } = snapshots;
  const value = version?.kind === "aggregate" ? version.args[0] : undefined;
  // A table of type 1 shows the last one, whatever came before.
  if (origins && value && application.type === 2) {
    const upTo = { origins, version: "__versions.__sequence" };
    // DuckDB cannot correlate CTEs.
    const rows = queryAsOf(input, upTo, script.pipeline, { ...script.context, inlines: true });
    const state = `SELECT\n${list(stored)}\nFROM (\n${indent(rows)}\n)\nQUALIFY max(${expr(value)}) OVER () = ${upTo.version}`;
    const versions = `SELECT DISTINCT version AS __sequence FROM (\n${indent(versionsOf(origins, script.context))}\n) WHERE version IS NOT NULL`;
    return `SELECT states.*, __versions.__sequence\nFROM (${versions}) AS __versions, LATERAL (\n${indent(state)}\n) AS states`;
  }
  const rows = `(\n${indent(printQuery(input, script.context))}\n)`;
  const given = version ? `(SELECT ${expr(version)} FROM ${rows})` : "now()";
  const type = duckdbType(version?.type ?? primitive("timestamp"));
  return `SELECT\n${list([...stored, `CAST(${given} AS ${type}) AS __sequence`])}\nFROM ${rows}`;
}

/** A key that comes twice is an error: which row counts, nobody can say. */
function refuseTwins({ table, application }: LoweredSnapshots): string {
  const keys = application.keys.map(id).join(", ");
  const repeated = `SELECT 1 FROM ${STATES} GROUP BY __sequence, ${keys} HAVING count(*) > 1`;
  const message = `CAST(n AS VARCHAR) || ${text(` ${twins(table)}`)}`;
  return `SELECT CASE WHEN n > 0 THEN error(${message}) END FROM (SELECT count(*) AS n FROM (${repeated}))`;
}

/** What changed from each state to the next, as change events: its rows, and deletes of the keys that the next lacks. */
function eventsOf({ application }: LoweredSnapshots): string {
  const { keys, columns } = application;
  const same = keys.map((key) => `later.${id(key)} = ${STATES}.${id(key)}`).join(" AND ");
  const gone = columns.map((name) => (keys.includes(name) ? `${STATES}.${id(name)}` : "NULL"));
  return `SELECT ${columns.map(id).join(", ")}, __sequence, false AS __delete
FROM ${STATES}
WHERE __sequence IS NOT NULL
UNION ALL
SELECT ${gone.join(", ")}, __ends, true
FROM ${STATES}
JOIN (
  SELECT __sequence AS __starts, lead(__sequence) OVER (ORDER BY __sequence) AS __ends
  FROM (SELECT DISTINCT __sequence FROM ${STATES})
) ON __sequence = __starts
WHERE __ends IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM ${STATES} AS later WHERE later.__sequence = __ends AND ${same})`;
}
