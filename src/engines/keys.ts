/** KEY003: a declared key that the data breaks, in words that are the same on every engine that counts it. */
import { fullName, type TableNode } from "../ast/pipeline.ts";
import type { Coded } from "../diagnostics/mistake.ts";
import type { ExpectationResult } from "./result.ts";

interface Wording {
  /** Which rows were counted. */
  readonly rows: "rows that were written to" | "rows of";
  /** A name as the engine quotes it. */
  readonly id: (name: string) => string;
}

/** What a broken key means for the table's readers, and how to find its rows. */
export function brokenKey(
  table: TableNode,
  key: readonly string[],
  { passed, failed }: ExpectationResult<number>,
  { rows, id }: Wording,
): Coded {
  const columns = key.map(id).join(", ");
  return {
    code: "KEY003",
    message: `${failed} of ${passed + failed} ${rows} ${fullName(table)} have a null or repeated key (${key.join(", ")}): lookup() reads one row of each key`,
    help: `find them: SELECT ${columns}, count(*) FROM ${table.layer}.${id(table.name)} GROUP BY ${columns} HAVING count(*) > 1; dedupe() them by the key, or add the column that tells them apart to key()`,
    location: table.at,
    table: table.name,
  };
}
