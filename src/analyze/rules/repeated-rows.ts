/** Counts and sums over the matches of a join, which may repeat rows. */

import type { TablesByName } from "../../ast/pipeline.ts";
import { isFilterJoin, type JoinNode, type RelationNode } from "../../ast/relation.ts";
import { matchesOnce } from "../fan-out.ts";
import { isAcknowledged, type Measure, measuresAre, measuresOf, weightOf } from "../measure.ts";
import { eachTable, type Finding, type Rule } from "../rule.ts";

/** METRIC003, once for all measures of a step. */
const measuresCountRowsOnce = eachTable((table, { tables }) =>
  [...Map.groupBy(measuresOf(table), ({ input }) => input)].flatMap(([input, measures]) => {
    const join = repeatingJoin(input, tables);
    if (!join) return [];
    const again = Map.groupBy(measures, (measure) => severityOf(measure, join, tables));
    return (["warning", "error"] as const).flatMap((severity) => {
      const exprs = (again.get(severity) ?? []).map(({ expr }) => expr);
      return exprs.length === 0 ? [] : [overMatches(exprs, join, severity)];
    });
  }),
);

/** How bad it is that a measure is over the rows of a join: their count may be meant; a number that is made there, such as 1 for each row, is not. */
function severityOf({ expr, input }: Measure, join: JoinNode, tables: TablesByName): "warning" | "error" | undefined {
  const weight = weightOf(expr);
  const [arg] = expr.args;
  const sums = (weight === "sum" || weight === "mean") && arg?.additivity === "additive";
  if ((weight !== "count" && !sums) || (arg && isAcknowledged(arg, input, tables, join))) return undefined;
  return sums ? "error" : "warning";
}

function overMatches(exprs: readonly Measure["expr"][], join: JoinNode, severity: "warning" | "error"): Finding {
  const where = join.at ? ` (${join.at})` : "";
  return {
    code: "METRIC003",
    severity,
    message: `${measuresAre(exprs)} over the matches of a join${where}, which may repeat the rows of both sides`,
    help:
      severity === "warning"
        ? "count before the join, use lookup(), countDistinct() the key of what is counted, or acknowledgeFanOut() a number in it"
        : "aggregate before the join, use lookup(), or acknowledgeFanOut()",
    at: exprs[0]?.at,
  };
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
