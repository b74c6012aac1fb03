/** The warehouse knows who owns what: a table that this pipeline did not make is never replaced. */

import { companionName } from "../../../ast/companions.ts";
import { fullName, type TableNode } from "../../../ast/pipeline.ts";
import type { RunError } from "../../../core/errors.ts";
import { failure } from "../../../diagnostics/mistake.ts";
import { duckdbIdentifier as id, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import type { Catalog, Relation } from "../warehouse/catalog.ts";
import type { TableState } from "./state.ts";

/**
 * Call it before any of the tables is updated. DuckDB does not tell `Orders` from `orders`.
 *
 * @throws RunError `WAREHOUSE009` where a table has the name of something that medallion did not make, `WAREHOUSE010`
 * where another pipeline has a table of that name.
 */
export function refuseForeignTables(
  catalog: Catalog,
  pipeline: string,
  tables: readonly TableNode[],
  known: readonly TableState[],
): void {
  const states = new Map(known.map((state) => [fullName(state).toLowerCase(), state]));
  const there = new Map([...catalog.relations].map(([name, relation]) => [name.toLowerCase(), relation]));
  for (const table of tables) {
    const state = states.get(fullName(table).toLowerCase());
    if (state && state.pipeline !== pipeline) throw ofAnotherPipeline(table, { pipeline, state, tables, known });
    const own = there.get(fullName(table).toLowerCase());
    if (own && (!state || isView(own)))
      throw known.length === 0 ? forgotten(table, tables, there) : notOurs(table, nameIn(own));
    const quarantine = there.get(companionName(fullName(table), "quarantine").toLowerCase());
    if (quarantine && !(state && holdsBroken(quarantine))) throw notOurs(table, nameIn(quarantine));
  }
}

const nameIn = ({ schema, name }: Relation): string => `${schema}.${name}`;
const isView = ({ end }: Relation): boolean => end === undefined;

/** Whether it has the columns that a quarantine has alongside those of its table. */
const holdsBroken = ({ columns }: Relation): boolean => columns.has("_broken_rules") && columns.has("_update_id");

/** A warehouse without any state: that of a table that looks as the pipeline's may have been dropped by hand. */
function forgotten(table: TableNode, tables: readonly TableNode[], there: ReadonlyMap<string, Relation>): RunError {
  const relation = there.get(fullName(table).toLowerCase());
  const found = relation ? nameIn(relation) : table.name;
  const looks = tables.filter(({ layer, name, columns }) => {
    const own = there.get(fullName({ layer, name }).toLowerCase());
    return own && !isView(own) && columns.every((c) => own.columns.has(c.name));
  });
  if (!looks.includes(table)) return notOurs(table, found);
  const renames = looks.flatMap(({ layer, name }) =>
    [name, companionName(name, "quarantine")].flatMap((one) =>
      there.has(fullName({ layer, name: one }).toLowerCase())
        ? [`ALTER TABLE ${layer}.${id(one)} RENAME TO ${id(`${one}_before`)};`]
        : [],
    ),
  );
  const again = `if the pipeline made it and the schema _medallion was dropped, the warehouse has forgotten what it had read: restore a copy, or keep the rows under other names and run again, which reads what is still in the sources: ${renames.join(" ")}`;
  return notOurs(table, found, `; ${again}`);
}

function notOurs(table: TableNode, found: string, more = ""): RunError {
  return failure({
    code: "WAREHOUSE009",
    message: `${found} is in the warehouse already and was not made by this pipeline, so ${fullName(table)} does not replace it`,
    help: `rename or drop it by hand if it is not needed, rename the table of the pipeline, or use another warehouse${more}`,
    location: table.at,
    table: table.name,
  });
}

interface Taken {
  readonly pipeline: string;
  readonly state: TableState;
  readonly tables: readonly TableNode[];
  readonly known: readonly TableState[];
}

function ofAnotherPipeline(table: TableNode, { pipeline, state, tables, known }: Taken): RunError {
  const here = new Set(tables.map(fullName));
  const theirs = known.filter((one) => one.pipeline === state.pipeline);
  const moved = theirs.map(fullName).filter((name) => here.has(name));
  // Where one pipeline was split into two, what is not here stays with the other.
  const only =
    moved.length === theirs.length
      ? ""
      : ` AND layer || '.' || name IN (${moved.map((name) => text(name)).join(", ")})`;
  return failure({
    code: "WAREHOUSE010",
    message: `${fullName(state)} belongs to the pipeline "${state.pipeline}", so the pipeline "${pipeline}" does not write ${fullName(table)}`,
    help: `to share it, read it here with source.table("${fullName(state)}", …); else rename the table or use another warehouse; if the pipeline was renamed, or the table was moved from that one to this one, say so in the warehouse with DuckDB: UPDATE _medallion.tables SET pipeline = ${text(pipeline)} WHERE pipeline = ${text(state.pipeline)}${only}`,
    location: table.at,
    table: table.name,
  });
}
