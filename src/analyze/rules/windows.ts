/** Windows whose order says nothing, or whose frame ends at the row itself. */
import type { ExprNode, WindowNode } from "../../ast/expr.ts";
import { tableSteps } from "../../ast/inputs.ts";
import { computedExprs } from "../../ast/scopes.ts";
import { eachTable, type Rule, warning } from "../rule.ts";

/** WIN005: what depends on the order of rows has one. */
const ordersSaySomething = eachTable((table) => {
  const windows = computedExprs(table).flatMap((expr) => (expr.kind === "window" ? ofWindow(expr) : []));
  const limits = tableSteps(table).flatMap((step) =>
    step.kind === "limit" && step.orderBy.every(({ expr }) => expr.kind === "literal")
      ? [{ message: "orderBy() is by a constant", help: "name a column: (o) => o.amount.desc()", at: step.at }]
      : [],
  );
  return [...windows, ...limits].map((wrong) => warning({ code: "WIN005", ...wrong }));
});

function ofWindow({ fn, at, partitionBy, orderBy, frame }: WindowNode) {
  const same = new Set(partitionBy.map(({ id }) => id));
  const saysNothing = (expr: ExprNode) => expr.kind === "literal" || same.has(expr.id);
  if (orderBy.length > 0 && orderBy.every(({ expr }) => saysNothing(expr))) {
    const message = `${fn}() is ordered by what is the same in all rows of its window`;
    return [{ message, help: "order by a column that tells the rows of the window apart", at }];
  }
  const counts = frame?.unit === "rows" && !(frame.start === "unbounded" && frame.end === "unbounded");
  if (orderBy.length === 0 && counts) {
    const message = `the frame of ${fn}() counts rows that are in no order`;
    return [{ message, help: "give orderBy", at }];
  }
  if (fn !== "lastValue" || orderBy.length === 0 || frame) return [];
  return [
    {
      message: "lastValue() gives the value of the row itself: without a frame its window ends there",
      help: 'give frame: { unit: "rows", start: "unbounded", end: "unbounded" }',
      at,
    },
  ];
}

export const WINDOWS_RULES: readonly Rule[] = [ordersSaySomething];
