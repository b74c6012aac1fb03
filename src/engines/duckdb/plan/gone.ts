/** A table that is what its files are, and all of its files are gone. */
import type { TableNode } from "../../../ast/pipeline.ts";
import { duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { nameOf } from "../../../targets/duckdb/tables.ts";
import type { Arrivals } from "../files/arrivals.ts";
import type { Session } from "../warehouse/session.ts";
import type { Loss } from "./decision.ts";
import { goneRows } from "./loss.ts";

export const NO_FILE_LEFT = "no file is left of its source (onChange: replace)";

/** The rows that go with the last files of a source. A file that is replaced by another is not a loss. */
export async function lostWithFiles(
  session: Session,
  table: TableNode,
  arrivals: readonly Arrivals[],
): Promise<readonly Loss[]> {
  const gone = arrivals.flatMap((one) => (one.allGone ? one.gone : []));
  if (gone.length === 0) return [];
  const found = await session.rows(
    `SELECT _source_file AS path, count(*) AS n FROM ${nameOf(table)} WHERE _source_file IN (${gone.map(text).join(", ")}) GROUP BY 1`,
  );
  const files = found.map((row) => ({ path: String(row["path"]), rows: Number(row["n"]), now: "gone" as const }));
  return goneRows(files);
}
