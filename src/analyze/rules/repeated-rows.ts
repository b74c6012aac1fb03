/** Counts and sums over the matches of a join, which may repeat rows. */

import type { TablesByName } from "../../ast/pipeline.ts";
import { isFilterJoin, type JoinNode, type RelationNode } from "../../ast/relation.ts";
import { matchesOnce } from "../fan-out.ts";
import { isAcknowledged, type Measure, measuresOf, weightOf } from "../measure.ts";
import { eachTable, type Finding, type Rule } from "../rule.ts";

/** METRIC003 */
const measuresCountRowsOnce = eachTable((table, { tables }) =>
  measuresOf(table).flatMap((measure) => {
    const join = repeatingJoin(measure.input, tables);
    return join ? countedAgain(measure, join, tables) : [];
  }),
);

/** A count of the rows of a join counts matches; a number that is made there, such as 1 for each row, is a count as well. */
function countedAgain({ expr, input }: Measure, join: JoinNode, tables: TablesByName): readonly Finding[] {
  const weight = weightOf(expr);
  const counts = weight === "count";
  const [arg] = expr.args;
  const sums = (weight === "sum" || weight === "mean") && arg?.additivity === "additive";
  if ((!counts && !sums) || (arg && isAcknowledged(arg, input, tables, join))) return [];
  const where = join.at ? ` (${join.at})` : "";
  return [
    {
      code: "METRIC003",
      severity: counts ? "warning" : "error",
      message: `${expr.fn}() is over the matches of a join${where}, which may repeat the rows of both sides`,
      help: counts
        ? "count before the join, use lookup(), countDistinct() the key of what is counted, or acknowledgeFanOut() a number in it"
        : "aggregate before the join, use lookup(), or acknowledgeFanOut()",
      at: expr.at,
    },
  ];
}

/**
 * The join under a step that may give a row of either side several times, as far as is known of keys. A table with a key says
 * what its rows are: there it is they that are counted.
 */
function repeatingJoin(node: RelationNode, tables: TablesByName): JoinNode | undefined {
  switch (node.kind) {
    case "table": {
      const table = tables.get(node.table);
      if (table?.kind !== "query" || table.settings.key) return undefined;
      return repeatingJoin(table.query, tables);
    }
    case "where":
    case "project":
    case "limit":
      return repeatingJoin(node.input, tables);
    case "lookup":
    case "asOfJoin":
      return repeatingJoin(node.left, tables);
    case "join":
      if (isFilterJoin(node)) return repeatingJoin(node.left, tables);
      return matchesOnce(node, 0, tables) || matchesOnce(node, 1, tables) ? undefined : node;
    default:
      return undefined;
  }
}

export const REPEATED_ROWS_RULES: readonly Rule[] = [measuresCountRowsOnce];
