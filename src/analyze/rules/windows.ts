/** Windows where rows are looked at one by one, whose order says nothing, or whose frame ends at the row itself. */
import type { ExprNode, OrderNode, WindowNode } from "../../ast/expr.ts";
import { tableChanges, tableSteps } from "../../ast/inputs.ts";
import type { TableNode, TablesByName } from "../../ast/pipeline.ts";
import { isOverRows } from "../../ast/raw.ts";
import type { RelationNode } from "../../ast/relation.ts";
import { computedExprs, computedScopes } from "../../ast/scopes.ts";
import { columnNamesOf, exprsOf, repeated, subexpressions } from "../../ast/walk.ts";
import { say } from "../../diagnostics/sentences.ts";
import { functionSet, orderOf } from "../../functions/index.ts";
import { isTime } from "../../types/types.ts";
import { hasOneRow } from "../fan-out.ts";
import { eachTable, named, type Rule, type Words, warning } from "../rule.ts";
import { traceColumn } from "../trace.ts";

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

/** Expressions, and where they stand. Windows of the builder may be worked out before: there only raw SQL is refused. */
type Place = readonly [exprs: readonly ExprNode[], where: string, onlyRaw?: boolean];

function ofRules(table: TableNode): readonly Place[] {
  const rules = table.settings.expectations.map(({ predicate }) => predicate);
  const changes = tableChanges(table);
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
const ordersSaySomething = eachTable((table, { tables }) =>
  [
    ...computedScopes(table).flatMap(({ expr, inputs }) =>
      subexpressions(expr).flatMap((e) => (e.kind === "window" ? [...alone(e, inputs, tables), ...ofWindow(e)] : [])),
    ),
    ...tableSteps(table).flatMap((step) => ofStep(step, tables)),
  ].map((wrong) => warning({ code: "WIN005", ...wrong })),
);

interface Wrong extends Words {
  readonly at: string | undefined;
}

/** Whether an order says nothing of rows of which some values are the same. */
function isSame(orderBy: readonly ExprNode[], same: readonly ExprNode[]): boolean {
  const ids = new Set(same.map(({ id }) => id));
  return orderBy.length > 0 && orderBy.every((expr) => expr.kind === "literal" || ids.has(expr.id));
}

/** What an order names again decides nothing: the rows are of one value there already. */
function again(what: string, orderBy: readonly OrderNode[], at: string | undefined): readonly Wrong[] {
  const exprs = exprsOf(orderBy);
  const twice = repeated(exprs);
  if (!twice) return [];
  const name = named(twice, "one expression");
  const help = "leave the second out, or order by the column that was meant";
  return [{ message: `the order of ${what} names ${name} twice`, help, at: twice.at ?? at }];
}

function ofStep(step: RelationNode, tables: TablesByName): readonly Wrong[] {
  if (step.kind === "dedupe") return again("dedupe()", step.orderBy, step.at);
  if (step.kind === "limit") {
    if (!isSame(exprsOf(step.orderBy), [])) return again("orderBy()", step.orderBy, step.at);
    return [{ message: "orderBy() is by a constant", help: "name a column: (o) => o.amount.desc()", at: step.at }];
  }
  if (step.kind !== "aggregate") return [];
  // A day in a group of that day is how a balance of each day is kept: a month has several.
  const groups = exprsOf(step.groups).filter((expr) => !isTime(expr.type) || isPeriod(expr, step.input, tables));
  return step.measures.flatMap(({ expr }) => {
    if (expr.kind !== "aggregate" || orderOf(expr) !== "pick" || !isSame(expr.args.slice(1), groups)) return [];
    const message = `${expr.fn}() is ordered by what is the same in all rows of its group`;
    return [{ message, help: "order by what tells them apart: o.stock.lastBy(o.day)", at: expr.at }];
  });
}

function isPeriod(expr: ExprNode, input: RelationNode, tables: TablesByName): boolean {
  const made = expr.kind === "column" ? traceColumn(input, expr.name, tables).at(-1)?.made : expr;
  return made?.kind === "call" && made.fn === "truncate";
}

/** Rows of a key are numbered and counted to find out whether it holds. */
const NUMBERS_ROWS: ReadonlySet<string> = new Set([
  ...functionSet("count", "countDistinct", "countIf", "countRows"),
  ...functionSet("rowNumber", "rank", "denseRank", "percentRank", "cumeDist"),
]);

/** A window of one row: it is partitioned by the declared key of its rows, or its frame is the row itself. */
function alone(
  { fn, at, partitionBy, frame }: WindowNode,
  [input]: readonly RelationNode[],
  tables: TablesByName,
): readonly Wrong[] {
  if (frame?.unit === "rows" && frame.start === 0 && frame.end === 0)
    return [
      { message: `the frame of ${fn}() is the row itself`, help: 'give start: "unbounded", or -6 for a week', at },
    ];
  const names = columnNamesOf(partitionBy);
  if (
    !input ||
    NUMBERS_ROWS.has(fn) ||
    names.length === 0 ||
    names.length < partitionBy.length ||
    !hasOneRow(input, names, tables)
  )
    return [];
  return [
    {
      message: `each window of ${fn}() has one row: ${names.join(", ")} is its key`,
      help: "partition by what several rows share",
      at,
    },
  ];
}

function ofWindow({ fn, at, partitionBy, orderBy, frame }: WindowNode): readonly Wrong[] {
  const parted = repeated(partitionBy);
  if (parted) {
    const help = "leave the second out, or partition by the column that was meant";
    return [{ message: `the partition of ${fn}() names ${named(parted, "one expression")} twice`, help, at }];
  }
  if (isSame(exprsOf(orderBy), partitionBy)) {
    const message = `${fn}() is ordered by what is the same in all rows of its window`;
    return [{ message, help: "order by a column that tells the rows of the window apart", at }];
  }
  const counts = frame?.unit === "rows" && !(frame.start === "unbounded" && frame.end === "unbounded");
  if (orderBy.length === 0 && counts) {
    const message = `the frame of ${fn}() counts rows that are in no order`;
    return [{ message, help: "give orderBy", at }];
  }
  const twice = again(`${fn}()`, orderBy, at);
  if (twice.length > 0) return twice;
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
