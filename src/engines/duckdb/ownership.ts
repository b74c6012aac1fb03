/** The warehouse knows who owns what: a table that this pipeline did not make is never replaced. */

import { companionName } from "../../ast/companions.ts";
import { fullName, type TableNode } from "../../ast/pipeline.ts";
import { RunError } from "../../core/errors.ts";
import { duckdbIdentifier as id, duckdbText as text } from "../../targets/duckdb/dialect.ts";
import type { Session } from "./session.ts";
import type { TableState } from "./state.ts";

/**
 * Call it before any of the tables is updated.
 *
 * @throws RunError `WAREHOUSE009` where a table has the name of something that medallion did not make, `WAREHOUSE010`
 * where another pipeline has a table of that name.
 */
export async function refuseForeignTables(
  session: Session,
  pipeline: string,
  tables: readonly TableNode[],
  known: readonly TableState[],
): Promise<void> {
  const states = new Map(known.map((state) => [fullName(state).toLowerCase(), state]));
  const there = await relations(session, new Set(tables.map((table) => table.layer)));
  for (const table of tables) {
    const state = states.get(fullName(table).toLowerCase());
    if (state && state.pipeline !== pipeline) throw ofAnotherPipeline(table, { pipeline, state, tables, known });
    const own = there.get(fullName(table).toLowerCase());
    if (own && (!state || own.view))
      throw known.length === 0 ? forgotten(table, tables, there) : notOurs(table, own.name);
    const quarantine = there.get(companionName(fullName(table), "quarantine").toLowerCase());
    if (quarantine && !(state && quarantine.holdsBroken)) throw notOurs(table, quarantine.name);
  }
}

interface Relation {
  readonly name: string;
  readonly view: boolean;
  /** Whether it has the columns that a quarantine has alongside those of its table. */
  readonly holdsBroken: boolean;
  readonly columns: readonly string[];
}

/** What is in the schemas of the layers, by name; DuckDB does not tell `Orders` from `orders`. */
async function relations(session: Session, layers: ReadonlySet<string>): Promise<ReadonlyMap<string, Relation>> {
  if (layers.size === 0) return new Map();
  const rows = await session.rows(
    `SELECT schema_name || '.' || table_name AS name,
       (schema_name, table_name) IN (SELECT (schema_name, view_name) FROM duckdb_views()) AS is_view,
       count(*) FILTER (WHERE column_name IN ('_broken_rules', '_update_id')) = 2 AS holds_broken, list(column_name) AS columns
     FROM duckdb_columns()
     WHERE database_name = current_database() AND schema_name IN (${[...layers].map(text).join(", ")})
     GROUP BY schema_name, table_name`,
  );
  return new Map(
    rows.map((row) => {
      const name = String(row["name"]);
      const [view, holdsBroken] = [row["is_view"] === true, row["holds_broken"] === true];
      return [name.toLowerCase(), { name, view, holdsBroken, columns: row["columns"] as readonly string[] }];
    }),
  );
}

/** A warehouse without any state: that of a table that looks as the pipeline's may have been dropped by hand. */
function forgotten(table: TableNode, tables: readonly TableNode[], there: ReadonlyMap<string, Relation>): RunError {
  const found = (name: string) => there.get(fullName({ ...table, name }).toLowerCase())?.name ?? table.name;
  const looks = tables.filter(({ layer, name, columns }) => {
    const own = there.get(fullName({ layer, name }).toLowerCase());
    return own && !own.view && columns.every((c) => own.columns.includes(c.name));
  });
  if (!looks.includes(table)) return notOurs(table, found(table.name));
  const renames = looks.flatMap(({ layer, name }) =>
    [name, companionName(name, "quarantine")].flatMap((one) =>
      there.has(fullName({ layer, name: one }).toLowerCase())
        ? [`ALTER TABLE ${layer}.${id(one)} RENAME TO ${id(`${one}_before`)};`]
        : [],
    ),
  );
  const again = `if the pipeline made it and the schema _medallion was dropped, the warehouse has forgotten what it had read: restore a copy, or keep the rows under other names and run again, which reads what is still in the sources: ${renames.join(" ")}`;
  return notOurs(table, found(table.name), `; ${again}`);
}

function notOurs(table: TableNode, found: string, more = ""): RunError {
  return new RunError({
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
  return new RunError({
    code: "WAREHOUSE010",
    message: `${fullName(state)} belongs to the pipeline "${state.pipeline}", so the pipeline "${pipeline}" does not write ${fullName(table)}`,
    help: `to share it, read it here with source.table("${fullName(state)}", …); else rename the table or use another warehouse; if the pipeline was renamed, or the table was moved from that one to this one, say so in the warehouse with DuckDB: UPDATE _medallion.tables SET pipeline = ${text(pipeline)} WHERE pipeline = ${text(state.pipeline)}${only}`,
    location: table.at,
    table: table.name,
  });
}
