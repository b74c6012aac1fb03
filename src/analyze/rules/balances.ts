/** Balances of several accounts in one group. */
import type { AggregateNode, ExprNode } from "../../ast/expr.ts";
import { tableSteps } from "../../ast/inputs.ts";
import { keyOf } from "../../ast/keys.ts";
import type { TablesByName } from "../../ast/pipeline.ts";
import { type AggregateStepNode, isFilterJoin, type NamedExpr, type RelationNode } from "../../ast/relation.ts";
import { columnNamesOf, columnsIn, conjuncts, exprsOf } from "../../ast/walk.ts";
import { orderOf } from "../../functions/index.ts";
import { isTime } from "../../types/types.ts";
import { eachTable, type Finding, type Rule, warning } from "../rule.ts";

/** METRIC009: the last balance is that of an account, and a group of several accounts has as many. */
const lastBalancesAreOfAccounts = eachTable((table, { tables }) =>
  tableSteps(table).flatMap((step) => (step.kind === "aggregate" ? ofStep(step, tables) : [])),
);

function ofStep(step: AggregateStepNode, tables: TablesByName): readonly Finding[] {
  return exprsOf(step.measures).flatMap((expr) => {
    if (expr.kind !== "aggregate" || orderOf(expr) !== "pick" || expr.args[0]?.additivity !== "semi-additive")
      return [];
    const others = accountsIn(expr, step, tables);
    if (others.length === 0) return [];
    const accounts = others.map((name) => `"${name}"`).join(", ");
    return [
      warning({
        code: "METRIC009",
        message: `a group has balances of several ${accounts}, and this is the one of one of them`,
        help: `group by ${others.join(", ")} as well, and sum() the balances in a further step`,
        at: expr.at,
      }),
    ];
  });
}

/** The parts of the key besides the time by which the group has one balance each. */
function accountsIn({ args, filter }: AggregateNode, step: AggregateStepNode, tables: TablesByName): readonly string[] {
  const [, order] = args;
  const key = keyOfRows(step.input, tables);
  if (order?.kind !== "column" || !isTime(order.type) || !key?.includes(order.name)) return [];
  const one = new Set([order.name, ...columnNamesOf(columnsIn(exprsOf(step.groups))), ...fixed(filter)]);
  return key.filter((name) => !one.has(name));
}

/** What tells the rows apart, declared or made; what a step leaves out is named as it was. */
function keyOfRows(node: RelationNode, tables: TablesByName): readonly string[] | undefined {
  switch (node.kind) {
    case "table": {
      const table = tables.get(node.table);
      if (table?.kind === "scd2") return undefined;
      return keyOf(table) ?? (table?.kind === "query" ? keyOfRows(table.query, tables) : undefined);
    }
    case "where": {
      const one = fixed(node.predicate);
      return keyOfRows(node.input, tables)?.filter((name) => !one.includes(name));
    }
    case "limit":
      return keyOfRows(node.input, tables);
    case "dedupe": {
      const key = columnNamesOf(node.keys);
      return key.length === node.keys.length ? key : undefined;
    }
    case "aggregate":
      return node.groups.filter(({ expr }) => expr.kind !== "literal").map(({ name }) => name);
    case "project":
      return renamed(keyOfRows(node.input, tables), node.items);
    case "lookup":
    case "asOfJoin":
      return renamed(keyOfRows(node.left, tables), node.items);
    case "join":
      return isFilterJoin(node) ? keyOfRows(node.left, tables) : undefined;
    default:
      return undefined;
  }
}

function renamed(key: readonly string[] | undefined, items: readonly NamedExpr[]): readonly string[] | undefined {
  return key?.map((name) => {
    const now = items.flatMap(({ name: own, expr }) =>
      expr.kind === "column" && expr.side === 0 && expr.name === name ? own : [],
    );
    return now.includes(name) ? name : (now[0] ?? name);
  });
}

/** Columns of which a condition leaves one value. */
function fixed(condition: ExprNode | undefined): readonly string[] {
  return (condition ? conjuncts(condition) : []).flatMap((asked) => {
    const [first, second] = asked.kind === "call" && asked.fn === "eq" ? asked.args : [];
    const isOne = second?.kind === "literal" || second?.kind === "param";
    return isOne && first?.kind === "column" ? first.name : [];
  });
}

export const BALANCES_RULES: readonly Rule[] = [lastBalancesAreOfAccounts];
