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
  const places = [...ofRules(table), ...ofChanges(table), ...tableSteps(table).flatMap(ofRawSql)];
  return places.flatMap(({ exprs, where, onlyRaw }) =>
    exprs.flatMap((expr) =>
      subexpressions(expr)
        .filter((node) => isOverRows(node) && !(onlyRaw && node.kind === "window"))
        .map((node) => {
          const what = node.kind === "window" ? `${node.fn}() over a window` : "raw SQL over a window";
          return { ...say("WIN003", { what, where }), at: node.at ?? expr.at };
        }),
    ),
  );
});

const isOverRows = (node: ExprNode): boolean => node.kind === "window" || (node.kind === "raw" && hasWindow(node));

interface Place {
  readonly exprs: readonly ExprNode[];
  readonly where: string;
  /** Windows of the builder are worked out before. */
  readonly onlyRaw?: true;
}

function ofRules({ settings }: TableNode): readonly Place[] {
  return settings.expectations.map(({ predicate, name }) => ({
    exprs: [predicate],
    where: `in the expectation "${name}"`,
  }));
}

function ofChanges(table: TableNode): readonly Place[] {
  if (table.kind === "query") return [];
  return tableChanges(table).flatMap((changes): readonly Place[] => {
    const by = changes.kind === "changes" ? [changes.sequence, changes.deleteWhen, changes.truncateWhen] : [];
    const exprs = [...by.filter((expr) => expr !== undefined), ...exprsOf(changes.items)];
    return [{ exprs, where: `in ${changes.kind}()` }];
  });
}

/** Where SQL has no window. That of a join's condition is refused as it is printed. */
function ofRawSql(step: RelationNode): readonly Place[] {
  switch (step.kind) {
    case "where":
      return [{ exprs: [step.predicate], where: "in where()", onlyRaw: true }];
    case "aggregate":
      return [
        { exprs: exprsOf([...step.groups, ...step.measures]), where: "in groupBy() or aggregate()", onlyRaw: true },
      ];
    case "join":
    case "asOfJoin":
      return [{ exprs: [step.on], where: "in the condition of a join", onlyRaw: true }];
    default:
      return [];
  }
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
