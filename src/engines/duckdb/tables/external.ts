/** Tables of another owner, which may not be what the pipeline takes them for. */
import type { TableNode } from "../../../ast/pipeline.ts";
import type { SourceNode } from "../../../ast/relation.ts";
import { RunError } from "../../../core/errors.ts";
import { formatOf } from "../../../formats/format.ts";
import { duckdbIdentifier as id } from "../../../targets/duckdb/dialect.ts";
import type { Session } from "../session.ts";

/** @throws RunError `SRC011` where the table is not there, or does not have a column that is declared. */
export async function checkExternal(table: TableNode, source: SourceNode, session: Session): Promise<void> {
  const format = formatOf(source);
  if (format.reads !== "table") return;
  const missing = (message: string, help: string, cause?: unknown) =>
    new RunError({ code: "SRC011", message, help, location: source.at ?? table.at, table: table.name, cause });
  const name = `${table.layer}.${table.name}`;
  const columns = await session.columns(`FROM ${format.relation(source.path, id)}`).catch((error: unknown) => {
    if (!(error instanceof RunError) || !/does not exist/.test(error.message)) throw error;
    const help = "check the name in source.table(), or run first what makes the table";
    throw missing(`${name} reads ${source.path}, and the warehouse has no table ${source.path}`, help, error);
  });
  const there = new Set(columns.map((column) => column.name.toLowerCase()));
  const [first, ...more] = source.declared.filter((column) => !there.has(column.name.toLowerCase()));
  if (!first) return;
  const absent = [first, ...more].map((column) => column.name).join(", ");
  throw missing(
    `${name} reads ${source.path}, which has no column ${absent}: its columns are ${columns.map((c) => c.name).join(", ")}`,
    "declare the columns that the table has in source.table()",
  );
}
