/** Tables of another owner, which may not be what the pipeline declares. */

import { fullName, type TableNode } from "../../../ast/pipeline.ts";
import type { ColumnFacts, SourceNode } from "../../../ast/relation.ts";
import { describe } from "../../../core/describe.ts";
import { RunError } from "../../../core/errors.ts";
import { failure } from "../../../diagnostics/mistake.ts";
import { formatOf } from "../../../formats/format.ts";
import { duckdbFits, duckdbIdentifier as id } from "../../../targets/duckdb/dialect.ts";
import { nullHelp, undeclaredValue, valueHelp } from "../../../targets/external.ts";
import type { Session } from "../warehouse/session.ts";

/**
 * What others own is not quarantined here: they, or the declaration, are to be corrected.
 *
 * @throws RunError `SRC011` where the table is not there, does not have a column that is declared, or has a value, or a
 * null, that is not.
 */
export async function checkExternal(table: TableNode, source: SourceNode, session: Session): Promise<void> {
  const format = formatOf(source);
  if (format.reads !== "table") return;
  const relation = format.relation(source.path, id);
  const found =
    (await wrongColumns(table, source, relation, session)) ??
    (await wrongNulls(table, source, relation, session)) ??
    (await wrongValues(source, relation, session));
  if (!found) return;
  const { column, ...wrong } = found;
  throw failure({
    code: "SRC011",
    location: source.at ?? table.at,
    table: table.name,
    ...wrong,
    ...(column && { column: column.name }),
  });
}

interface Wrong {
  readonly message: string;
  readonly help: string;
  readonly column?: ColumnFacts;
  readonly cause?: unknown;
}

async function wrongColumns(
  table: TableNode,
  source: SourceNode,
  relation: string,
  session: Session,
): Promise<Wrong | undefined> {
  const name = fullName(table);
  try {
    const columns = await session.columns(`FROM ${relation}`);
    const there = new Set(columns.map((column) => column.name.toLowerCase()));
    const absent = source.declared.filter((column) => !there.has(column.name.toLowerCase()));
    if (absent.length === 0) return undefined;
    return {
      message: `${name} reads ${source.path}, which has no column ${listed(absent)}: its columns are ${listed(columns)}`,
      help: "declare the columns that the table has in source.table()",
    };
  } catch (error) {
    if (!(error instanceof RunError) || !/does not exist/.test(error.message)) throw error;
    return {
      message: `${name} reads ${source.path}, and the warehouse has no table ${source.path}`,
      help: "check the name in source.table(), or run first what makes the table",
      cause: error,
    };
  }
}

const listed = (columns: readonly { readonly name: string }[]): string => columns.map(({ name }) => name).join(", ");

async function wrongNulls(
  table: TableNode,
  source: SourceNode,
  relation: string,
  session: Session,
): Promise<Wrong | undefined> {
  const required = source.declared.filter((column) => !column.nullable);
  if (required.length === 0) return undefined;
  const counts = required.map(({ name }, i) => `count(*) - count(${id(name)}) AS n${i}`);
  const [found] = await session.rows(`SELECT ${counts.join(", ")} FROM ${relation}`);
  const nulls = required.map((column, i) => ({ column, n: Number(found?.[`n${i}`] ?? 0) })).find(({ n }) => n > 0);
  if (!nulls) return undefined;
  const { column, n } = nulls;
  return {
    message: `${fullName(table)} reads ${source.path}, where ${column.name} is null in ${n} ${n === 1 ? "row" : "rows"}, and it is declared without nulls`,
    help: nullHelp(column),
    column,
  };
}

async function wrongValues(source: SourceNode, relation: string, session: Session): Promise<Wrong | undefined> {
  for (const column of source.declared) {
    const test = duckdbFits(id(column.name), column.type);
    if (test === undefined) continue;
    const [found] = await session.rows(
      `SELECT ${id(column.name)}::VARCHAR AS v FROM ${relation} WHERE NOT ${test} LIMIT 1`,
    );
    if (!found) continue;
    return {
      message: `${undeclaredValue(source, column)}, and there is ${describe(found["v"])}`,
      help: valueHelp(column),
      column,
    };
  }
  return undefined;
}
