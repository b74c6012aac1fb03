/** Rows of files in a script, before their rules. */
import type { SourceNode } from "../../../ast/relation.ts";
import { isFileRead } from "../../../lower/reads.ts";
import type { LoweredQuery } from "../../../lower/table.ts";
import { indent, unionByName } from "../../../sql/block.ts";
import { typeText } from "../../../types/types.ts";
import { duckdbIdentifier as id, duckdbText as text } from "../dialect.ts";
import { filesText } from "../files.ts";
import type { Script } from "./context.ts";

/** The columns of a row's origin that the reader of a script gives. The others are null. */
export const GIVEN: readonly string[] = ["_source_file", "_ingested_at"];

/** Why a row could not be read; a script does not know the row as it came. */
export const PROBLEM = { reason: "__problem", raw: "CAST(NULL AS VARCHAR)" };

export function stagedFiles(
  { reads, rules }: LoweredQuery,
  { dialect, params, baseDir }: Pick<Script, "dialect" | "params" | "baseDir">,
): string {
  const terms = reads.filter(isFileRead).map(({ query }) => {
    const rows = filesText({ ...query, path: params.path(query.path) }, dialect, baseDir);
    const text = rules.readable ? `SELECT *, ${problemOf(query)} AS __problem\nFROM (\n${indent(rows)}\n)` : rows;
    return { text, isTerm: true };
  });
  return unionByName(terms);
}

/** Null where each declared column that is never null has a value. */
function problemOf({ declared }: SourceNode): string {
  const reasons = declared
    .filter((c) => !c.nullable)
    .map(
      (c) =>
        `CASE WHEN ${id(c.name)} IS NULL THEN ${text(`${c.name} is missing, or not of type ${typeText(c.type)}`)} END`,
    );
  return reasons.length === 0 ? "CAST(NULL AS VARCHAR)" : `nullif(concat_ws('; ', ${reasons.join(", ")}), '')`;
}
