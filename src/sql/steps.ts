/**
 * Long expressions in steps: a part that makes an expression too long to plan at once becomes a column of a projection
 * before it. What stands under a condition stays where it is: in a step of its own it would be worked out for every row.
 */
import type { ColumnNode, ExprNode } from "../ast/expr.ts";
import { withInputs } from "../ast/inputs.ts";
import type {
  AggregateStepNode,
  ColumnFacts,
  NamedExpr,
  ProjectNode,
  RelationNode,
  TwoSidedNode,
  WhereNode,
} from "../ast/relation.ts";
import { columnsIn, exprsOf, isComputed, subexpressions, withOperands } from "../ast/walk.ts";
import { DEFINITION } from "../core/plugin-parts.ts";
import { columnNode } from "../nodes/exprs.ts";
import { passed } from "../nodes/relations.ts";

/** What an operation adds to the planning of the expression that it stands in: 1 for most. */
export type Weigh = (node: ExprNode) => number;

/** The weight of an expression that is planned at once. */
const STEP_WEIGHT = 32;

/** The query with its long expressions in steps. What has none is what it was. */
export function inSteps(node: RelationNode, weigh: Weigh): RelationNode {
  const step = withInputs(node, (input) => inSteps(input, weigh));
  if (areLight(expressionsOf(step), weigh)) return step;
  switch (step.kind) {
    case "source":
    case "table":
    case "union":
    case "dedupe":
    case "limit":
      return step;
    case "where":
      return filteredInSteps(step, weigh);
    case "project":
      return projectedInSteps(step, weigh);
    case "aggregate":
      return aggregatedInSteps(step, weigh);
    case "join":
    case "lookup":
    case "asOfJoin":
      return joinedInSteps(step, weigh);
  }
}

/** The expressions that a step works out for its rows. */
function expressionsOf(step: RelationNode): readonly ExprNode[] {
  switch (step.kind) {
    case "where":
      return [step.predicate];
    case "aggregate":
      return exprsOf([...step.groups, ...step.measures]);
    case "project":
    case "join":
    case "lookup":
    case "asOfJoin":
      return exprsOf(step.items);
    default:
      return [];
  }
}

/** Whether each expression is planned at once with all that stands in it: most are. */
const areLight = (exprs: readonly ExprNode[], weigh: Weigh): boolean =>
  exprs.every((expr) => expr.kind === "column" || weightOf(expr, weigh) <= STEP_WEIGHT);

const weightOf = (expr: ExprNode, weigh: Weigh): number =>
  subexpressions(expr).reduce((sum, node) => (isComputed(node) ? sum + weigh(node) : sum), 0);

function filteredInSteps(node: WhereNode, weigh: Weigh): RelationNode {
  const kept = node.columns.map((c) => c.name);
  const { input, exprs } = stepped(node.input, [node.predicate], weigh, kept);
  const [predicate = node.predicate] = exprs;
  if (predicate === node.predicate) return node;
  return projected({ ...node, input, predicate, columns: input.columns }, node.columns.map(passed), node.columns);
}

function projectedInSteps(node: ProjectNode, weigh: Weigh): RelationNode {
  const { input, exprs } = stepped(node.input, exprsOf(node.items), weigh);
  return { ...node, input, items: renamed(node.items, exprs) };
}

function aggregatedInSteps(node: AggregateStepNode, weigh: Weigh): RelationNode {
  const { input, exprs } = stepped(node.input, exprsOf([...node.groups, ...node.measures]), weigh);
  const count = node.groups.length;
  const [groups, measures] = [exprs.slice(0, count), exprs.slice(count)];
  return { ...node, input, groups: renamed(node.groups, groups), measures: renamed(node.measures, measures) };
}

function joinedInSteps(node: TwoSidedNode, weigh: Weigh): RelationNode {
  const { input: joined, items } = selectedAfter(node);
  const { input, exprs } = stepped(joined, exprsOf(items), weigh);
  return input === joined ? node : projected(input, renamed(items, exprs), node.columns);
}

/** The join with what it selects worked out after it, over the columns that it needs of both sides. */
export function selectedAfter(node: TwoSidedNode): ProjectNode {
  const used = new Map<string, NamedExpr>();
  const column = (expr: ExprNode): ExprNode => {
    if (expr.kind !== "column") return withOperands(expr, column);
    const key = `${expr.side} ${expr.name}`;
    const name = used.get(key)?.name ?? `__joined_${used.size + 1}`;
    used.set(key, { name, expr });
    return columnNode(name, expr, 0, expr.at);
  };
  const items = node.items.map(({ name, expr }) => ({ name, expr: column(expr) }));
  const needed = [...used.values()];
  return projected({ ...node, items: needed, columns: needed.map(factsOf) }, items, node.columns);
}

/** The expressions over an input that has their steps as columns, next to those that are kept. */
function stepped(
  input: RelationNode,
  exprs: readonly ExprNode[],
  weigh: Weigh,
  kept: readonly string[] = [],
): { readonly input: RelationNode; readonly exprs: readonly ExprNode[] } {
  const steps = new Steps(
    weigh,
    input.columns.map((c) => c.name),
  );
  const made = exprs.map((expr) => steps.cut(expr));
  const read = new Set([...kept, ...namesIn(made)]);
  // From the last step to the first: what is read after it.
  const reads = steps.levels.toReversed().map((level) => {
    const after = new Set(read);
    for (const name of namesIn(exprsOf(level))) read.add(name);
    return after;
  });
  const over = steps.levels.reduce<RelationNode>((before, level, i) => {
    const still = before.columns.filter((c) => reads.at(-1 - i)?.has(c.name));
    return projected(before, [...still.map(passed), ...level], still.concat(level.map(factsOf)));
  }, input);
  return { input: over, exprs: made };
}

const namesIn = (exprs: readonly ExprNode[]): readonly string[] => columnsIn(exprs).map((column) => column.name);

function projected(input: RelationNode, items: readonly NamedExpr[], columns: readonly ColumnFacts[]): ProjectNode {
  return { kind: "project", id: input.id, ...(input.at !== undefined && { at: input.at }), input, items, columns };
}

const factsOf = ({ name, expr }: NamedExpr): ColumnFacts => {
  const { type, nullable, labels, unit, additivity } = expr;
  return { name, type, nullable, labels, unit, additivity };
};

const renamed = (items: readonly NamedExpr[], exprs: readonly ExprNode[]): readonly NamedExpr[] =>
  items.map((item, i) => ({ name: item.name, expr: exprs[i] ?? item.expr }));

/** An expression that was cut. */
interface Part {
  readonly expr: ExprNode;
  readonly weight: number;
  /** How many steps come before it. */
  readonly level: number;
  /** It is worked out for each row of the input: no aggregate or window is in it. */
  readonly ofRow: boolean;
}

class Steps {
  /** The columns of each step. */
  readonly levels: NamedExpr[][] = [];
  readonly #weigh: Weigh;
  readonly #taken: Set<string>;
  /** Columns that hold an expression's value already, by its id. */
  readonly #held = new Map<string, Part>();

  constructor(weigh: Weigh, taken: readonly string[]) {
    this.#weigh = weigh;
    this.#taken = new Set(taken.map((name) => name.toLowerCase()));
  }

  cut(expr: ExprNode): ExprNode {
    return this.#part(expr, true).expr;
  }

  #part(node: ExprNode, always: boolean): Part {
    const held = this.#held.get(node.id);
    if (held) return held;
    if (!isComputed(node)) {
      return { expr: node, weight: 0, level: 0, ofRow: true };
    }
    const operands: { readonly node: ExprNode; part: Part; readonly always: boolean }[] = [];
    withOperands(node, (operand) => {
      const reached = always && isAlwaysReached(node, operands.length);
      operands.push({ node: operand, part: this.#part(operand, reached), always: reached });
      return operand;
    });
    const weight = () => operands.reduce((sum, { part }) => sum + part.weight, this.#weigh(node));
    const heaviest = operands.toSorted((a, b) => b.part.weight - a.part.weight);
    for (const operand of heaviest) {
      const { part } = operand;
      if (weight() <= STEP_WEIGHT) break;
      if (operand.always && part.ofRow && part.weight > 0) operand.part = this.#hold(operand.node, part);
    }
    let next = 0;
    return {
      expr: withOperands(node, (operand) => operands[next++]?.part.expr ?? operand),
      weight: weight(),
      level: Math.max(0, ...operands.map(({ part }) => part.level)),
      ofRow: node.kind !== "aggregate" && node.kind !== "window" && operands.every(({ part }) => part.ofRow),
    };
  }

  /** The part as a column of the first step in which all is there that it needs. */
  #hold(node: ExprNode, { expr, level }: Part): Part {
    const column: ColumnNode = columnNode(this.#fresh(), node, 0, node.at);
    const step = this.levels[level] ?? [];
    step.push({ name: column.name, expr });
    this.levels[level] = step;
    const part: Part = { expr: column, weight: 0, level: level + 1, ofRow: true };
    this.#held.set(node.id, part);
    return part;
  }

  #fresh(): string {
    for (let count = this.#held.size + 1; ; count++) {
      const name = `__step_${count}`;
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }
}

/** Whether an operand, by its place, is worked out wherever the node is. Of SQL of others that is not known. */
function isAlwaysReached(node: ExprNode, place: number): boolean {
  switch (node.kind) {
    case "case":
      return place === 0;
    case "call":
      if (node[DEFINITION]) return false;
      return place === 0 || !(node.fn === "coalesce" || node.fn === "and" || node.fn === "or");
    case "raw":
      return false;
    case "aggregate":
      return node.filter === undefined;
    default:
      return true;
  }
}
