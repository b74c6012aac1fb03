/**
 * Groups whose measures add up: what new rows give is kept as one more partial row of their group, and a group is what all
 * its partial rows give together. Sums of whole numbers and decimals, counts, extremes; of floating point numbers the sum
 * depends on the order, so they are read again instead.
 */
import type { AggregateNode, ExprNode } from "../../ast/expr.ts";
import { relationSteps, replacedStep } from "../../ast/inputs.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { AggregateStepNode, ColumnFacts, NamedExpr, RelationNode, TableRefNode } from "../../ast/relation.ts";
import { exprsOf, windowsIn, withOperands } from "../../ast/walk.ts";
import { DEFINITION } from "../../core/plugin-parts.ts";
import { aggregateNode, callNode, caseNode, castNode, columnNode, literalNode } from "../../nodes/exprs.ts";
import { aggregateStepNode, otherRowsNode } from "../../nodes/relations.ts";
import { isInteger, primitive, type SqlType, typeName } from "../../types/types.ts";
import { addedRows, readsAny } from "./added.ts";
import type { ChangedTables } from "./parts.ts";
import { isKeyType } from "./parts.ts";

export interface Partials {
  /** The partial rows of all rows. */
  readonly all: AggregateStepNode;
  /** The partial rows of the rows that came to the groups; `undefined` where others differ as well. */
  readonly added: (tables: ChangedTables) => RelationNode | "none" | undefined;
  /** One partial row per group, from all that there are. */
  readonly merged: AggregateStepNode;
  /** The view, made of partial rows. */
  readonly view: RelationNode;
  /** Of one row over a whole table by its own columns: the table, and how many measures there are. */
  readonly scan?: { readonly table: string; readonly measures: number };
  /** Columns of partial rows whose total must stay below 2^53, so that it is exact as a double. */
  readonly bounded: readonly string[];
}

/** A column of the partial rows, and the aggregate that puts several together. */
interface Partial {
  readonly name: string;
  readonly expr: ExprNode;
  readonly merge: "sum" | "min" | "max" | "every" | "some";
}

/** `undefined` where the query has no groups whose measures add up. */
export function partialsOf(query: RelationNode, { name: table }: TableNode): Partials | undefined {
  const [step, ...more] = relationSteps(query).filter((one) => one.kind === "aggregate");
  if (!step || more.length > 0 || !step.groups.every((group) => isKeyType(group.expr.type))) return undefined;
  if (windowsIn(exprsOf(step.groups)).length > 0) return undefined;
  const parts = new Parts();
  const measures = step.measures.map(({ name, expr }) => ({ name, expr: parts.merged(expr) }));
  if (parts.refused || step.measures.length === 0) return undefined;
  const of = (input: RelationNode) => aggregateStepNode(input, step.groups, parts.items(), step.at);
  const all = of(step.input);
  const partials = otherRowsNode("partials", { table, columns: all.columns, at: step.at });
  const groups = step.groups.map(({ name }) => ({ name, expr: columnOf(all.columns, name) }));
  const merged = aggregateStepNode(partials, groups, parts.merging(all.columns), step.at);
  const whole = aggregateStepNode(partials, groups, settle(measures, all.columns), step.at);
  return {
    all,
    added: (tables) => {
      if (!readsAny(step.input, tables)) return "none";
      const rows = addedRows(step.input, tables);
      return rows && of(rows);
    },
    merged,
    view: replacedStep(query, step, { ...whole, columns: step.columns }),
    ...(isScan(step) && { scan: { table: step.input.table, measures: step.measures.length } }),
    bounded: parts.bounded,
  };
}

function isScan(step: AggregateStepNode): step is AggregateStepNode & { readonly input: TableRefNode } {
  const isPlain = ({ args, filter }: AggregateNode) => !filter && args.every((arg) => arg.kind === "column");
  const { input, groups, measures } = step;
  return (
    input.kind === "table" &&
    groups.length === 0 &&
    measures.every(({ expr }) => expr.kind === "aggregate" && isPlain(expr))
  );
}

class Parts {
  readonly #parts = new Map<string, Partial>();
  readonly bounded: string[] = [];
  refused = false;

  items(): readonly NamedExpr[] {
    const items = [...this.#parts.values()].map(({ name, expr }) => ({ name, expr }));
    // Groups without a measure of their own are kept by their rows.
    return items.length > 0 ? items : [{ name: "__part0", expr: aggregateNode("countRows", [], {}, undefined) }];
  }

  merging(columns: readonly ColumnFacts[]): readonly NamedExpr[] {
    return [...this.#parts.values()].map(({ name, expr, merge }) => {
      const whole = aggregateNode(merge, [columnOf(columns, name)], {}, undefined);
      return { name, expr: ofType(whole, expr.type) };
    });
  }

  /** A measure with its aggregates put together from partial ones. */
  merged(expr: ExprNode): ExprNode {
    if (expr.kind === "column" || expr.kind === "window") return this.#refuse(expr);
    return expr.kind === "aggregate" ? this.#merged(expr) : withOperands(expr, (operand) => this.merged(operand));
  }

  #merged(node: AggregateNode): ExprNode {
    const [arg] = node.args;
    const { filter } = node;
    const add = (fn: "sum" | "count", of = node.args) => aggregateNode(fn, of, filter ? { filter } : {}, undefined);
    const merge = mergingOf(node);
    if (merge) return ofType(this.#part(merge, node), node.type);
    if (node.fn !== "avg" || !isBuiltIn(node) || !arg || !["tinyint", "smallint", "int"].includes(arg.type.kind))
      return this.#refuse(node);
    const [total, count] = [this.#part("sum", add("sum")), this.#part("sum", add("count"))];
    const size = callNode(
      "abs",
      [castNode(arg, { type: primitive("bigint") }, false, undefined)],
      undefined,
      undefined,
    );
    this.#bound(this.#part("sum", add("sum", [size])));
    return quotient(total, count);
  }

  #refuse(node: ExprNode): ExprNode {
    this.refused = true;
    return node;
  }

  /** The aggregate over partial rows that gives what `of` gives over all. */
  #part(merge: Partial["merge"], of: AggregateNode): AggregateNode {
    const before = this.#parts.get(of.id);
    const part = before ?? { name: `__part${this.#parts.size}`, expr: of, merge };
    this.#parts.set(of.id, part);
    return aggregateNode(merge, [columnNode(part.name, { ...of, additivity: "additive" }, 0)], {}, undefined);
  }

  #bound({ args: [column] }: AggregateNode): void {
    if (column?.kind === "column" && !this.bounded.includes(column.name)) this.bounded.push(column.name);
  }
}

/** The aggregate that puts together what another gives of some rows each; `undefined` where that does not tell what it gives of all. */
export function mergingOf(node: AggregateNode): Partial["merge"] | undefined {
  const [arg] = node.args;
  if (!isBuiltIn(node)) return undefined;
  switch (node.fn) {
    case "countRows":
    case "count":
    case "countIf":
      return "sum";
    case "sum":
      return arg && isExact(arg.type) ? "sum" : undefined;
    case "min":
    case "max":
      return arg && isKeyType(arg.type) ? node.fn : undefined;
    case "every":
    case "some":
      return node.fn;
    default:
      return undefined;
  }
}

/** Of a function of a plugin nothing is known, and one that settles ties looks at whole rows. */
const isBuiltIn = (node: AggregateNode): boolean => !(DEFINITION in node || node.ties);

const isExact = (type: SqlType): boolean => isInteger(type) || (type.kind === "decimal" && type.precision <= 28);

export const ofType = (expr: ExprNode, type: SqlType): ExprNode =>
  typeName(expr.type) === typeName(type) ? expr : castNode(expr, { type }, false, undefined);

/** As DuckDB averages whole numbers: both are exact as doubles. */
function quotient(total: ExprNode, count: ExprNode): ExprNode {
  const double = primitive("double");
  const none = callNode("eq", [count, literalNode(0, primitive("int"))], undefined, undefined);
  const [over, under] = [total, count].map((expr) => castNode(expr, { type: double }, false, undefined));
  const divided = over && under ? callNode("div", [over, under], undefined, undefined) : total;
  return caseNode([{ when: none, value: literalNode(null, double) }], divided, undefined);
}

export function columnOf(columns: readonly ColumnFacts[], name: string): ExprNode {
  const column = columns.find((one) => one.name === name);
  if (!column) throw new RangeError(`partial rows have no column ${name}`);
  return columnNode(name, column, 0);
}

/** Measures over the columns as the partial rows have them. */
function settle(measures: readonly NamedExpr[], columns: readonly ColumnFacts[]): readonly NamedExpr[] {
  const settled = (expr: ExprNode): ExprNode =>
    expr.kind === "column" ? columnOf(columns, expr.name) : withOperands(expr, settled);
  return measures.map(({ name, expr }) => ({ name, expr: settled(expr) }));
}
