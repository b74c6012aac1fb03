/** What became null in the rows of an update though the files have something: values, and columns of another name. */
import type { TableNode } from "../../../ast/pipeline.ts";
import type { ColumnFacts } from "../../../ast/relation.ts";
import { METADATA_COLUMNS, RESCUED } from "../../../ast/stored.ts";
import { likestFirst, nearest } from "../../../core/nearest.ts";
import { duckdbIdentifier as id, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { rowsWhere } from "../../../targets/duckdb/rows.ts";
import { nameOf } from "../../../targets/duckdb/tables.ts";
import { typeText } from "../../../types/types.ts";
import { shortList } from "../files/arrivals.ts";
import type { SourceFile } from "../files/files.ts";
import { columnsThere } from "../ingest/inspect.ts";
import { time } from "../ingest/statement.ts";
import type { Row } from "../warehouse/session.ts";
import type { TableContext } from "./context.ts";
import { shapeHelp } from "./file-shape.ts";

/** What a row has in `_rescued_data`, which is read once, not for each column. */
const KEYS = "__rescued_keys";

/** Warns of them, once per column. Where nothing was rescued, this is one look at a column of nulls. */
export async function reportRescued(
  table: TableNode,
  files: readonly SourceFile[],
  context: TableContext,
): Promise<void> {
  const { session, startedAt } = context;
  const all = `${nameOf(table)} WHERE _ingested_at = ${time(startedAt)}`;
  if ((await session.count(`SELECT count(*) FROM ${all} AND ${RESCUED} IS NOT NULL`)) === 0) return;
  const own = new Set(METADATA_COLUMNS.map((c) => c.name));
  const declared = table.columns.filter((c) => !own.has(c.name));
  const strange = await reportStrange(table, all, declared, files, context);
  const rows = strange.length === 0 ? all : `${all} AND _source_file NOT IN (${strange.map(text).join(", ")})`;
  const keys = await undeclaredKeys(rows, declared, context);
  const nullable = declared.filter((c) => c.nullable);
  const counts = nullable.flatMap((c, i) => [`count(${id(c.name)}) AS v${i}`, `${unread(c)} AS u${i}`]);
  const withKeys = `SELECT *, json_keys(${RESCUED}) AS ${KEYS} FROM ${rows}`;
  const [found] = await session.rows(`SELECT ${["count(*) AS n", ...counts].join(", ")} FROM (${withKeys})`);
  const total = Number(found?.["n"]);
  const missing: Missing[] = [];
  for (const [i, column] of nullable.entries()) {
    const unreadable = Number(found?.[`u${i}`]);
    if (unreadable > 0) warnUnreadable(table, column, unreadable, total, context);
    else if (Number(found?.[`v${i}`]) === 0) missing.push(...missingOf(column, keys, total));
  }
  const names = missing.map((one) => one.name);
  const there = missing.length === 0 ? new Set<string>() : await columnsThere(files, names);
  for (const one of missing) if (!there.has(one.name)) warnMissing(table, one, total, context);
}

/** Warns of files that have none of the declared columns, once per set of columns that they have; gives their paths. */
async function reportStrange(
  table: TableNode,
  rows: string,
  declared: readonly ColumnFacts[],
  files: readonly SourceFile[],
  { session, warn }: TableContext,
): Promise<readonly string[]> {
  // A row of a file without a required column is not in the table.
  if (declared.some((c) => !c.nullable)) return [];
  const keys = `json_keys(${RESCUED})`;
  const unlike = await session.rows(
    `SELECT _source_file AS path, flatten(list(DISTINCT ${keys})) AS names FROM ${rows} GROUP BY 1
HAVING count(*) = count(${RESCUED}) AND bool_and(${declared.map((c) => `${id(c.name)} IS NULL`).join(" AND ")})
AND NOT bool_or(list_has_any(${keys}, [${declared.map((c) => text(c.name)).join(", ")}])) ORDER BY 1`,
  );
  const names = declared.map((c) => c.name);
  const found: Row[] = [];
  for (const row of unlike) {
    const of = files.filter(({ path }) => path === row["path"]);
    if ((await columnsThere(of, names)).size === 0) found.push(row);
  }
  const namesOf = (row: Row) => [...new Set((row["names"] as readonly unknown[]).map(String))];
  for (const alike of Map.groupBy(found, (row) => JSON.stringify(namesOf(row))).values()) {
    const [first] = alike;
    if (!first) continue;
    const there = namesOf(first);
    const undeclared = there.slice(0, SHOWN);
    const paths = alike.map((row) => String(row["path"]));
    const what = `${undeclared.map((name) => JSON.stringify(name)).join(", ")}${there.length > SHOWN ? ", …" : ""}`;
    const message = `there is no declared column in ${shortList(paths)}, but ${what}: every value of its rows is in ${RESCUED}`;
    const shape = shapeHelp(there, names);
    warn(table.name, message, {
      code: "SRC013",
      files: paths,
      undeclared,
      ...(shape !== undefined && { help: shape }),
    });
  }
  return found.map((row) => String(row["path"]));
}

/** How many values of a column were there and could not be read: null here, and rescued under its name. */
function unread({ name }: ColumnFacts): string {
  return rowsWhere([`${id(name)} IS NULL`, `list_contains(${KEYS}, ${text(name)})`]);
}

/** Columns that the files have and the table does not declare, with how many rows have them. */
async function undeclaredKeys(
  rows: string,
  declared: readonly ColumnFacts[],
  { session }: TableContext,
): Promise<ReadonlyMap<string, number>> {
  const keys = `SELECT unnest(json_keys(${RESCUED})) AS key FROM ${rows} AND ${RESCUED} IS NOT NULL`;
  const counted = await session.rows(`SELECT key, count(*) AS n FROM (${keys}) GROUP BY key ORDER BY key`);
  const names = new Set(declared.map((c) => c.name));
  return new Map(counted.map((row) => [String(row["key"]), Number(row["n"])] as const).filter(([k]) => !names.has(k)));
}

function warnUnreadable(
  table: TableNode,
  { name, type }: ColumnFacts,
  unreadable: number,
  total: number,
  { warn }: TableContext,
): void {
  const message = `${unreadable} of ${total} values of "${name}" could not be read as ${typeText(type)}: they are null, and what the files have is in ${RESCUED}`;
  const help = `look at them: SELECT ${RESCUED} FROM ${nameOf(table)} WHERE ${RESCUED} IS NOT NULL`;
  warn(table.name, message, { code: "SRC012", column: name, rows: unreadable, help });
}

/** A column without a value, and what the files may have instead. */
interface Missing {
  readonly name: string;
  readonly undeclared: readonly string[];
}

/**
 * A column may have no value for once. That the files have another one of nearly its name, or one that is not declared
 * in every row, tells of a typing error or of a column that was renamed.
 */
function missingOf({ name }: ColumnFacts, keys: ReadonlyMap<string, number>, total: number): readonly Missing[] {
  const near = nearest(name, [...keys.keys()]);
  const always = [...keys].flatMap(([key, count]) => (total > 1 && count === total ? [key] : []));
  const undeclared = near !== undefined ? [near] : likestFirst([name], always).slice(0, SHOWN);
  return undeclared.length === 0 ? [] : [{ name, undeclared }];
}

function warnMissing(table: TableNode, { name, undeclared }: Missing, total: number, { warn }: TableContext): void {
  const others = undeclared.map((key) => `"${key}"`).join(", ");
  const asked =
    undeclared.length === 1
      ? "which is not declared: is it called so there?"
      : "which are not declared: is it one of them?";
  const message = `none of the ${total} rows has a value for "${name}", and the files have ${others}, ${asked}`;
  warn(table.name, message, { code: "SRC013", column: name, undeclared });
}

const SHOWN = 3;
