/** Files of which no row could be read, and why: the count of quarantined rows alone does not tell of a wrong name. */
import { companionName } from "../../../ast/companions.ts";
import type { TableNode } from "../../../ast/pipeline.ts";
import type { ColumnFacts } from "../../../ast/relation.ts";
import { likestFirst, nearest } from "../../../core/nearest.ts";
import { duckdbIdentifier as identifier, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { typeText } from "../../../types/types.ts";
import { shortList } from "../files/arrivals.ts";
import { headerNames } from "../ingest/inspect.ts";
import type { FailedFile } from "../ingest/stage.ts";
import { MISSING, PROBLEM, RAW } from "../ingest/statement.ts";
import type { Session } from "../warehouse/session.ts";
import type { TableContext } from "./context.ts";
import type { Delivery } from "./deliveries.ts";
import { formatHelp, shapeHelp, shortHeaderHelp } from "./file-shape.ts";

/** Why every row of a file is quarantined. */
interface Cause {
  readonly words: string;
  /** The required columns of which no row has a value. */
  readonly columns: readonly string[];
  /** What the file has instead. */
  readonly undeclared: readonly string[];
  /** What to do, where the file looks like one of another shape. */
  readonly shape?: string | undefined;
}

interface UnreadFile {
  readonly path: string;
  readonly rows: number;
  readonly cause: Cause;
}

/** Warns of files of which the reader quarantined every row, once per cause. Those that `failed` are reported already. */
export async function reportUnreadRows(
  table: TableNode,
  delivery: Delivery,
  failed: readonly FailedFile[],
  context: TableContext,
): Promise<void> {
  const anyWrong = `SELECT count(*) FROM (FROM ${delivery.stage} WHERE ${PROBLEM} IS NOT NULL LIMIT 1)`;
  if ((await context.session.count(anyWrong)) === 0) return;
  const reported = new Set(failed.map(({ file }) => file.path));
  const unread = (await unreadFiles(delivery, context.session)).filter(({ path }) => !reported.has(path));
  const { format } = delivery.source;
  for (const files of Map.groupBy(unread, ({ cause }) => cause.words).values()) warn(table, files, format, context);
}

function warn(table: TableNode, files: readonly UnreadFile[], format: string, context: TableContext): void {
  const [first] = files;
  if (!first) return;
  const { words, columns, undeclared, shape } = first.cause;
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const paths = files.map(({ path }) => path);
  const message = `none of the rows of ${shortList(paths)} could be read (${rows}): ${words}`;
  const rename = "declare the column by the name that the files have and rename it in the next layer";
  const advice = formatHelp(paths, format) ?? shape ?? (undeclared.length > 0 ? rename : undefined);
  context.warn(table.name, message, {
    code: "SRC016",
    files: paths,
    rows,
    ...(columns.length > 0 && { columns }),
    ...(undeclared.length > 0 && { undeclared }),
    help: `${advice === undefined ? "" : `${advice}; `}the rows are in ${companionName(table.name, "quarantine")}, each with its reason`,
  });
}

/**
 * Warns of files that have a line for the header and no other, where it names no declared column: one row without a header,
 * or a file of another kind. Nothing of it is shown, since it may be a row.
 */
export async function reportHeadersAlone(
  table: TableNode,
  { source, stage, files }: Pick<Delivery, "source" | "stage" | "files">,
  { session, warn: say }: TableContext,
): Promise<void> {
  const declared = new Set(source.declared.map(({ name }) => name.toLowerCase()));
  const strange = new Map<string, readonly string[]>();
  for (const file of files) {
    const names = [...(await headerNames([file]))];
    const isNamed = names.some((name) => !/^(_c\d+)?$/.test(name));
    if (isNamed && !names.some((name) => declared.has(name))) strange.set(file.path, names);
  }
  if (strange.size === 0) return;
  const rows = await session.rows(
    `SELECT DISTINCT _source_file AS path FROM ${stage} WHERE _source_file IN (${[...strange.keys()].map(text).join(", ")})`,
  );
  for (const { path } of rows) strange.delete(String(path));
  const helpOf = ([path, names]: readonly [string, readonly string[]]) =>
    formatHelp([path], source.format) ??
    shapeHelp(names, [...declared]) ??
    "if the file has no header, declare so: { header: false }";
  for (const [help, alike] of Map.groupBy(strange, helpOf)) {
    const paths = alike.map(([path]) => path);
    const message = `of ${shortList(paths)} the only line is taken for the header, and it names no declared column`;
    say(table.name, message, { code: "SRC016", files: paths, rows: 0, help });
  }
}

async function unreadFiles({ source, stage, files }: Delivery, session: Session): Promise<readonly UnreadFile[]> {
  const required = source.declared.filter((c) => !c.nullable);
  const flags = required.flatMap(({ name }, i) => [
    `bool_and(coalesce(list_contains(${MISSING}, ${text(name)}), false)) AS m${i}`,
    `bool_and(${MISSING} IS NOT NULL AND ${identifier(name)} IS NULL) AS w${i}`,
  ]);
  const first = [`min_by(${PROBLEM}, rowid) AS first`, `min_by(${MISSING} IS NOT NULL, rowid) AS known`];
  const found = await session.rows(
    `SELECT ${["_source_file AS path", "count(*) AS n", ...first, ...flags].join(", ")}
FROM ${stage} GROUP BY 1 HAVING count(*) = count(${PROBLEM}) ORDER BY 1`,
  );
  const names = await namesOf(stage, session);
  const unread = found.map(async (row) => {
    const path = String(row["path"]);
    const having = (flag: string) => required.filter((_, i) => row[`${flag}${i}`] === true);
    const cause = {
      missing: having("m"),
      wrong: having("w"),
      names: names.get(path) ?? [],
      first: row["known"] === true ? "required values do not read" : String(row["first"]),
      header: [...(await headerNames(files.filter((file) => file.path === path)))],
    };
    return { path, rows: Number(row["n"]), cause: causeOf(source.declared, cause) };
  });
  return Promise.all(unread);
}

/** The names of the values in the quarantined rows of each file, as far as the rows have names. */
async function namesOf(stage: string, session: Session): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = `json_keys(CASE WHEN ${PROBLEM} IS NOT NULL AND json_valid(${RAW}) THEN ${RAW} END)`;
  const found = await session.rows(
    `SELECT path, list(DISTINCT name ORDER BY name) AS names
FROM (SELECT _source_file AS path, unnest(${names}) AS name FROM ${stage}) GROUP BY path`,
  );
  return new Map(found.map((row) => [String(row["path"]), (row["names"] as readonly unknown[]).map(String)]));
}

interface Unread {
  /** Required columns that are missing in every row. */
  readonly missing: readonly ColumnFacts[];
  /** Those, and columns of which no row has a value of their type. */
  readonly wrong: readonly ColumnFacts[];
  readonly names: readonly string[];
  /** The names of its header, where it has one. */
  readonly header: readonly string[];
  /** The reason of the first row, without its values. */
  readonly first: string;
}

/** No value is shown: a warning goes where the data may not. */
function causeOf(declared: readonly ColumnFacts[], unread: Unread): Cause {
  const { wrong, names } = unread;
  const columns = wrong.map((c) => c.name);
  const absent = unread.missing.filter(({ name }) => !names.includes(name));
  const [absentOne] = absent;
  const [wrongOne] = wrong;
  if (absentOne && names.length > 0) {
    const undeclared = insteadOf(absent, declared, names);
    const none = declared.every(({ name }) => !names.includes(name));
    const lacks = none ? "there is no declared column" : `there is no ${quoted(absent.map((c) => c.name))}`;
    const words = `${lacks}${undeclared.length > 0 ? `, but ${quoted(undeclared)}` : ""}`;
    return { words, columns, undeclared, shape: shapeHelp(names, namesIn(declared)) };
  }
  if (wrongOne) {
    const what = unread.missing.includes(wrongOne) ? "is missing" : `is not of type ${typeText(wrongOne.type)}`;
    return { words: `${quoted([wrongOne.name])} ${what} in each of them`, columns, undeclared: [] };
  }
  return {
    words: unread.first,
    columns,
    undeclared: [],
    shape: shortHeaderHelp(unread.first, unread.header, namesIn(declared)),
  };
}

const namesIn = (declared: readonly ColumnFacts[]): readonly string[] => declared.map((c) => c.name);

/** The undeclared names nearest to the missing ones; where there are none, some of those that there are. */
function insteadOf(
  absent: readonly ColumnFacts[],
  declared: readonly ColumnFacts[],
  names: readonly string[],
): readonly string[] {
  const known = new Set(declared.map((c) => c.name));
  const others = names.filter((name) => !known.has(name));
  const near = absent.flatMap(({ name }) => nearest(name, others) ?? []);
  if (near.length > 0) return [...new Set(near)];
  return likestFirst(namesIn(absent), others).slice(0, SHOWN);
}

const SHOWN = 3;

const quoted = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(", ");
