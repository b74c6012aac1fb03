/**
 * The heads of a change target: the last event of every key, and the last truncation, which has no key. Those of type 2 hold
 * the version that the event left as well, so that a new event finds it without reading the versions that have ended.
 */

import type { ScdTableNode } from "../../../ast/pipeline.ts";
import { START_AT } from "../../../ast/stored.ts";
import type { Application } from "../../../lower/application.ts";
import type { LoweredChanges } from "../../../lower/table.ts";
import { duckdbIdentifier as id } from "../../../targets/duckdb/dialect.ts";
import { nameOf } from "../../../targets/duckdb/tables.ts";
import { sameKey, type TableContext } from "./context.ts";

const OWN = ["__sequence", "__delete", "__truncate"];

/** Columns of the target that its heads have. */
const stored = ({ type, keys, columns }: Application): readonly string[] =>
  type === 1 ? keys : [...columns, START_AT];

/** A query of the heads that `made` holds: rows that were made with their last event. */
export function headsMade(application: Application, made: string): string {
  const last = application.type === 2 ? "\nWHERE __END_AT IS NULL" : "";
  return `SELECT ${stored(application).map(id).join(", ")}, __sequence, __delete, false AS __truncate FROM ${made}${last}`;
}

export function lastTruncation(events: string): string {
  return `SELECT max(__sequence) AS __sequence, false AS __delete, true AS __truncate FROM ${events} WHERE __truncate HAVING count(*) > 0`;
}

/** A query of the versions of `keys` that have not ended, as rows of the target. */
export function openHeads(
  table: ScdTableNode,
  application: Application,
  { heads, keys }: { readonly heads: string; readonly keys: string },
): string {
  const columns = stored(application).map((column) => `head.${id(column)}`);
  return `SELECT ${columns.join(", ")}, CASE WHEN false THEN head.__START_AT END AS __END_AT
FROM ${heads} AS head
SEMI JOIN ${keys} AS touched ON ${sameKey(table, "touched", "head")}
WHERE NOT head.__delete`;
}

/** Whether there are heads. Those of an earlier release have fewer columns: they are given what the target has in the others. */
export async function completeHeads(
  { table, application }: LoweredChanges,
  heads: string,
  { session, catalog }: Pick<TableContext, "session" | "catalog">,
): Promise<boolean> {
  const found = catalog.relations.get(heads);
  if (!found) return false;
  const columns = stored(application);
  const have = [...found.columns.keys()].filter((name) => !OWN.includes(name));
  const lists = [have, columns].map((names) => JSON.stringify([...names].sort()));
  if (lists[0] === lists[1]) return true;
  const known = columns.map((column) => `${application.keys.includes(column) ? "head" : "target"}.${id(column)}`);
  await session.exec(
    `CREATE OR REPLACE TABLE ${heads} AS
SELECT ${[...known, ...OWN.map((name) => `head.${name}`)].join(", ")}
FROM ${heads} AS head
LEFT JOIN (SELECT * FROM ${nameOf(table)} WHERE __END_AT IS NULL) AS target ON ${sameKey(table, "head", "target")}`,
  );
  return true;
}
