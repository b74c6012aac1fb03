/** Tables of another owner, which may not be what the pipeline takes them for. */
import { fullName, type TableNode } from "../../../ast/pipeline.ts";
import type { SourceNode } from "../../../ast/relation.ts";
import { describe } from "../../../core/describe.ts";
import { RunError } from "../../../core/errors.ts";
import { formatOf } from "../../../formats/format.ts";
import { duckdbFits, duckdbIdentifier as id } from "../../../targets/duckdb/dialect.ts";
import { nullHelp, undeclaredValue, valueHelp } from "../../../targets/external.ts";
import type { Session } from "../session.ts";

/**
 * @throws RunError `SRC011` where the table is not there, does not have a column that is declared, or has nulls where none
 * is declared.
 */
export async function checkExternal(table: TableNode, source: SourceNode, session: Session): Promise<void> {
  const format = formatOf(source);
  if (format.reads !== "table") return;
  const missing = (message: string, help: string, cause?: unknown) =>
    new RunError({ code: "SRC011", message, help, location: source.at ?? table.at, table: table.name, cause });
  const name = fullName(table);
  const columns = await session.columns(`FROM ${format.relation(source.path, id)}`).catch((error: unknown) => {
    if (!(error instanceof RunError) || !/does not exist/.test(error.message)) throw error;
    const help = "check the name in source.table(), or run first what makes the table";
    throw missing(`${name} reads ${source.path}, and the warehouse has no table ${source.path}`, help, error);
  });
  const there = new Set(columns.map((column) => column.name.toLowerCase()));
  const [first, ...more] = source.declared.filter((column) => !there.has(column.name.toLowerCase()));
  if (!first) {
    const relation = format.relation(source.path, id);
    await refuseNulls(table, source, relation, session);
    return refuseValues(table, source, relation, session);
  }
  const absent = [first, ...more].map((column) => column.name).join(", ");
  throw missing(
    `${name} reads ${source.path}, which has no column ${absent}: its columns are ${columns.map((c) => c.name).join(", ")}`,
    "declare the columns that the table has in source.table()",
  );
}

/** What others own is not quarantined here: they, or the declaration, are to be corrected. */
async function refuseNulls(table: TableNode, source: SourceNode, relation: string, session: Session): Promise<void> {
  const required = source.declared.filter((column) => !column.nullable);
  if (required.length === 0) return;
  const counts = required.map(({ name }, i) => `count(*) FILTER (WHERE ${id(name)} IS NULL) AS n${i}`);
  const [found] = await session.rows(`SELECT ${counts.join(", ")} FROM ${relation}`);
  const column = required.find((_, i) => Number(found?.[`n${i}`] ?? 0) > 0);
  if (!column) return;
  const n = Number(found?.[`n${required.indexOf(column)}`]);
  throw new RunError({
    code: "SRC011",
    message: `${fullName(table)} reads ${source.path}, where ${column.name} is null in ${n} ${n === 1 ? "row" : "rows"}, and it is declared without nulls`,
    help: nullHelp(column),
    location: source.at ?? table.at,
    table: table.name,
    column: column.name,
  });
}

async function refuseValues(table: TableNode, source: SourceNode, relation: string, session: Session): Promise<void> {
  for (const column of source.declared) {
    const test = duckdbFits(id(column.name), column.type);
    if (test === undefined) continue;
    const [found] = await session.rows(
      `SELECT ${id(column.name)}::VARCHAR AS v FROM ${relation} WHERE NOT ${test} LIMIT 1`,
    );
    if (!found) continue;
    throw new RunError({
      code: "SRC011",
      message: `${undeclaredValue(source, column)}, and there is ${describe(found["v"])}`,
      help: valueHelp(column),
      location: source.at ?? table.at,
      table: table.name,
      column: column.name,
    });
  }
}
