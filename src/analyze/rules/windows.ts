/** Windows where rows are looked at one by one, whose order says nothing, or whose frame ends at the row itself. */
import type { ExprNode, WindowNode } from "../../ast/expr.ts";
import { tableChanges, tableSteps } from "../../ast/inputs.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import { hasWindow } from "../../ast/raw.ts";
import type { RelationNode } from "../../ast/relation.ts";
import { computedExprs } from "../../ast/scopes.ts";
import { exprsOf, subexpressions } from "../../ast/walk.ts";
import { say } from "../../diagnostics/sentences.ts";
import { eachTable, type Rule, warning } from "../rule.ts";

/** WIN003: a window is over all rows of a query, so it does not stand where each is looked at on its own. */
const windowsAreOverQueries = eachTable((table) => {
  if (!computedExprs(table).some(isOverRows)) return [];
  const places = [...ofRules(table), ...tableSteps(table).flatMap(ofRawSql)];
  return places.flatMap(([exprs, where, onlyRaw]) =>
    exprs.flatMap(subexpressions).flatMap((node) => {
      if (!isOverRows(node) || (onlyRaw && node.kind === "window")) return [];
      const what = `${node.kind === "window" ? `${node.fn}()` : "raw SQL"} over a window`;
      return [{ ...say("WIN003", { what, where }), at: node.at }];
    }),
  );
});

const isOverRows = (node: ExprNode): boolean => node.kind === "window" || (node.kind === "raw" && hasWindow(node));

/** Expressions, and where they stand. Windows of the builder may be worked out before: there only raw SQL is refused. */
type Place = readonly [exprs: readonly ExprNode[], where: string, onlyRaw?: boolean];

function ofRules(table: TableNode): readonly Place[] {
  const rules = table.settings.expectations.map(({ predicate }) => predicate);
  const changes = table.kind === "query" ? [] : tableChanges(table);
  const ofChanges = changes.flatMap((one) => [
    ...(one.kind === "changes" ? [one.sequence, one.deleteWhen, one.truncateWhen] : []),
    ...exprsOf(one.items),
  ]);
  return [
    [rules, "in an expectation"],
    [ofChanges.filter((expr) => expr !== undefined), "in changes()"],
  ];
}

/** Where SQL has no window. That of a join's condition is refused as it is printed. */
function ofRawSql(step: RelationNode): readonly Place[] {
  const exprs =
    step.kind === "where"
      ? [step.predicate]
      : step.kind === "aggregate"
        ? exprsOf([...step.groups, ...step.measures])
        : step.kind === "join" || step.kind === "asOfJoin"
          ? [step.on]
          : [];
  return [[exprs, `in ${step.kind}()`, true]];
}

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

export const WINDOWS_RULES: readonly Rule[] = [windowsAreOverQueries, ordersSaySomething];
