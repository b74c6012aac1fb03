/**
 * As-of joins that sort: of the versions of a key, which never overlap, only the last that has begun can hold at a time. An
 * engine that sorts both sides finds it without comparing the time with every version of the key.
 */
import type { TablesByName } from "../ast/pipeline.ts";
import type { AsOfJoinNode } from "../ast/relation.ts";
import { equalValues } from "../ast/sides.ts";
import type { Sql } from "../functions/fragment.ts";
import { isKeyType } from "../lower/incremental/parts.ts";
import { type ExprContext, textOf } from "./expr.ts";

interface Histories {
  readonly tables: TablesByName;
  /** Those with many versions of a key. */
  readonly crowded?: ReadonlySet<string>;
}

/**
 * How columns read after such a join: those of the right side are null where `holds` does not hold. `undefined` where the
 * versions are not known to be all of one key, or so few that sorting them costs more.
 */
export function sortedContext(
  { right, on }: AsOfJoinNode,
  holds: Sql,
  context: ExprContext,
  { tables, crowded }: Histories,
): ExprContext | undefined {
  const history = right.kind === "table" && crowded?.has(right.table) ? tables.get(right.table) : undefined;
  const compared = equalValues(on) ?? [];
  const isOfKey = (key: string) => compared.some((one) => one.kind === "column" && one.side === 1 && one.name === key);
  if (history?.kind !== "scd2" || !history.changes.keys.every(isOfKey)) return undefined;
  if (!compared.every(({ type }) => isKeyType(type))) return undefined;
  const condition = textOf(holds, context.dialect);
  const column: ExprContext["column"] = (c) =>
    c.side === 0 ? context.column(c) : `CASE WHEN ${condition} THEN ${context.column(c)} END`;
  return { ...context, column };
}
