/**
 * Which rows of a query differ where tables that it reads have changed: told by queries that give, of some columns, at
 * least the values of every row that the query gives now and did not before, or gave and does not any more. They read a
 * table's `changed` rows, and with them what the other tables have now or had then (`possible`). More rows than differ do
 * no harm: what is found is only what is read again.
 */

import { columnNamed } from "../../ast/columns.ts";
import type { ExprNode, WindowNode } from "../../ast/expr.ts";
import { relationSteps } from "../../ast/inputs.ts";
import {
  type AggregateStepNode,
  type AsOfJoinNode,
  type DedupeNode,
  isFilterJoin,
  type JoinNode,
  type LookupNode,
  type NamedExpr,
  type ProjectNode,
  type RelationNode,
} from "../../ast/relation.ts";
import { START_AT, VERSION_TIMES } from "../../ast/stored.ts";
import { columnNamesOf, exprsOf, windowsIn } from "../../ast/walk.ts";
import { callNode, columnNode } from "../../nodes/exprs.ts";
import { asOfJoinNode, joinNode, otherRowsNode, passed, type Sides, whereNode } from "../../nodes/relations.ts";
import { readsAny } from "./added.ts";
import { notIncremental, type RefreshIssue } from "./issues.ts";
import { knownConditions, knownOn } from "./known.ts";
import {
  all,
  among,
  asUnited,
  atLeastOne,
  both,
  type ChangedTables,
  computed,
  conditionsOf,
  flipped,
  isKeyType,
  isRowLocal,
  type Names,
  NEVER,
  namesIn,
  together,
} from "./parts.ts";

type Outer = (JoinNode & { readonly type: "left" }) | LookupNode | AsOfJoinNode;

const NONE: readonly RelationNode[] = [];

export class Touched {
  readonly #tables: ChangedTables;
  readonly #possible = new Map<RelationNode, Map<string, RelationNode | undefined>>();
  /** What stands in the way. */
  readonly issues: RefreshIssue[] = [];

  constructor(tables: ChangedTables) {
    this.#tables = tables;
  }

  /** Queries that together give the columns `need` of all rows that differ. */
  changed(node: RelationNode, need: Names): readonly RelationNode[] {
    if (!readsAny(node, this.#tables)) return NONE;
    switch (node.kind) {
      case "table":
        return [otherRowsNode("changed", node)];
      case "where": {
        const windows = windowsIn([node.predicate]);
        if (windows.length > 0) return this.#inPartitions(node.input, need, windows);
        const known = knownConditions(node.predicate, node.input);
        return this.changed(node.input, both(need, namesIn(known))).map((input) => whereAll(input, known, node.at));
      }
      case "project":
        return this.#projected(node, need);
      case "join":
        return this.#join(node, need);
      case "lookup":
      case "asOfJoin":
        return this.#outer(node, need);
      case "union":
        return node.inputs.flatMap((input) => this.changed(input, need)).map((rows) => asUnited(rows, node));
      case "aggregate":
        return this.#groups(node, need, (columns) => this.changed(node.input, columns));
      case "dedupe":
        return this.#deduped(node, need);
      case "limit":
        return this.#refuse(notIncremental("OPERATOR_NOT_SUPPORTED", "orderBy().limit() looks at all rows"));
      case "source":
        return this.#refuse({ type: "CHANGE_SET_MISSING", message: `nobody tells what changes in ${node.path}` });
    }
  }

  /** A query that gives the columns `need` of every row that the query gives now or gave before. */
  possible(node: RelationNode, need: Names): RelationNode | undefined {
    // Each window over others asks for the rows of all below it.
    const known = this.#possible.get(node) ?? new Map<string, RelationNode | undefined>();
    this.#possible.set(node, known);
    const asked = [...need].sort().join("\0");
    if (!known.has(asked)) known.set(asked, this.#allOf(node, need));
    return known.get(asked);
  }

  #allOf(node: RelationNode, need: Names): RelationNode | undefined {
    switch (node.kind) {
      case "source":
        return node;
      case "table":
        return this.#tables.get(node.table)?.removed ? otherRowsNode("possible", node) : node;
      case "where": {
        if (windowsIn([node.predicate]).length > 0) return this.possible(node.input, need);
        const known = knownConditions(node.predicate, node.input);
        const input = this.possible(node.input, both(need, namesIn(known)));
        return input && whereAll(input, known, node.at);
      }
      case "project": {
        const items = this.#plainItems(node, need);
        const input = this.possible(node.input, namesIn(exprsOf(items)));
        return input && computed(input, items);
      }
      case "join":
        return node.type === "left"
          ? this.#possibleOuter({ ...node, type: "left" }, need)
          : this.#possibleJoin(node, need);
      case "lookup":
      case "asOfJoin":
        return this.#possibleOuter(node, need);
      case "union":
        return together(
          node.inputs.flatMap((input) => this.possible(input, need) ?? []),
          need,
        );
      case "aggregate": {
        const [one] = this.#groups(node, need, (columns) =>
          [this.possible(node.input, columns)].flatMap((i) => i ?? []),
        );
        return one;
      }
      case "dedupe":
      case "limit":
        return this.possible(node.input, need);
    }
  }

  #refuse(issue: RefreshIssue): readonly RelationNode[] {
    this.issues.push(issue);
    return NONE;
  }

  /** The items that are needed. What is computed by a window is not known of rows that are gone. */
  #plainItems({ items }: { readonly items: readonly NamedExpr[] }, need: Names): readonly NamedExpr[] {
    const needed = items.filter((item) => need.has(item.name));
    if (windowsIn(exprsOf(needed)).length === 0) return needed;
    this.#refuse(
      notIncremental(
        "WINDOW_FUNCTION_NOT_TOP_LEVEL",
        "its rows can only be found by what a window gives, and what it gave before is not known",
      ),
    );
    // A term without them could not be united with others, and what is found now is not used.
    return needed;
  }

  #projected(node: ProjectNode, need: Names): readonly RelationNode[] {
    const items = this.#plainItems(node, need);
    const columns = namesIn(exprsOf(items));
    const windows = windowsIn(exprsOf(node.items));
    const inputs =
      windows.length > 0 ? this.#inPartitions(node.input, columns, windows) : this.changed(node.input, columns);
    return inputs.map((input) => computed(input, items));
  }

  /** All rows of the partitions in which a row differs. */
  #inPartitions(input: RelationNode, need: Names, windows: readonly WindowNode[]): readonly RelationNode[] {
    const partitions = new Map(windows.map((w) => [w.partitionBy.map((expr) => expr.id).join(), w.partitionBy]));
    return [...partitions.values()].flatMap((by) => {
      if (by.length > 0) return this.#sharing(input, need, by);
      return this.#refuse(
        notIncremental("WINDOW_FUNCTION_WITHOUT_PARTITION_BY", "a window over all rows changes with each of them"),
      );
    });
  }

  /** All rows that agree in the expressions with one that differs. */
  #sharing(input: RelationNode, need: Names, by: readonly ExprNode[]): readonly RelationNode[] {
    if (!by.every((expr) => isKeyType(expr.type)) || windowsIn(by).length > 0) {
      return this.#refuse(
        notIncremental("OPERATOR_NOT_SUPPORTED", "rows that belong together are found by a value that is not compared"),
      );
    }
    const items = by.map((expr, i) => ({ name: `k${i}`, expr }));
    const rows = this.possible(input, both(need, namesIn(by)));
    if (!rows) return NONE;
    return this.changed(input, namesIn(by)).map((changed) => among(rows, by, computed(changed, items)));
  }

  #deduped({ input, keys }: DedupeNode, need: Names): readonly RelationNode[] {
    const plain = new Set(columnNamesOf(keys));
    return [...need].every((name) => plain.has(name)) ? this.changed(input, need) : this.#sharing(input, need, keys);
  }

  #groups(
    { groups }: AggregateStepNode,
    need: Names,
    read: (columns: Names) => readonly RelationNode[],
  ): readonly RelationNode[] {
    const items = groups.filter((group) => need.has(group.name));
    const names = new Set(groups.map((group) => group.name));
    if ([...need].some((name) => !names.has(name)) || windowsIn(exprsOf(groups)).length > 0) {
      return this.#refuse(
        notIncremental(
          "AGGREGATE_NOT_TOP_NODE",
          "its rows can only be found by what an aggregate gives, and what it gave before is not known",
        ),
      );
    }
    return read(namesIn(exprsOf(items))).map((input) => computed(input, items));
  }

  // ---- joins

  #join(node: JoinNode, need: Names): readonly RelationNode[] {
    switch (node.type) {
      case "left":
        return this.#outer({ ...node, type: "left" }, need);
      case "full":
        return outerSides(node).flatMap((side) => this.#outer(side, need));
      case "semi":
      case "anti": {
        const on = knownOn(node);
        const left = both(need, namesIn([on]));
        return [...this.changed(node.left, left), ...this.#matched(node, on, left)];
      }
      case "inner": {
        const items = this.#plainJoinItems(node, need);
        const on = knownOn(node);
        const used = [...exprsOf(items), on];
        const [inLeft, inRight] = [namesIn(used), namesIn(used, 1)];
        const [lefts, rights] = [this.changed(node.left, inLeft), this.changed(node.right, inRight)];
        const left = rights.length > 0 ? this.possible(node.left, inLeft) : undefined;
        const right = lefts.length > 0 ? this.possible(node.right, inRight) : undefined;
        const join = (sides: Sides) => joinNode("inner", sides, on, items, node.at);
        return [
          ...(right ? lefts.map((one) => join({ left: one, right })) : []),
          ...(left ? rights.map((one) => join({ left, right: one })) : []),
        ];
      }
    }
  }

  #plainJoinItems(node: { readonly items: readonly NamedExpr[] }, need: Names): readonly NamedExpr[] {
    if (windowsIn(exprsOf(node.items)).length > 0) {
      this.#refuse(notIncremental("WINDOW_FUNCTION_NOT_TOP_LEVEL", "the select of a join holds a window"));
    }
    return atLeastOne(node.items.filter((item) => need.has(item.name)));
  }

  /** Rows of the left side that may have another match. */
  #matched(
    node: { readonly left: RelationNode; readonly right: RelationNode },
    on: ExprNode,
    need: Names,
  ): readonly RelationNode[] {
    const rights = this.changed(node.right, namesIn([on], 1));
    const left = rights.length > 0 ? this.possible(node.left, both(need, namesIn([on]))) : undefined;
    return left ? rights.map((right) => joinNode("semi", { left, right }, on, [], left.at)) : NONE;
  }

  /** A join that keeps all rows of its left side. */
  #outer(node: Outer, need: Names): readonly RelationNode[] {
    const items = this.#plainJoinItems(node, need);
    const used = [...exprsOf(items), ...conditionsOf(node)];
    const inLeft = namesIn(used);
    const matched =
      node.kind === "asOfJoin" ? this.#atTime(node, inLeft) : this.#matched(node, all(conditionsOf(node)), inLeft);
    // As one query: over many joins there is one more at each of them, and each would be joined for itself.
    const left = together([...this.changed(node.left, inLeft), ...matched], inLeft);
    if (!left) return NONE;
    if (namesIn(exprsOf(items), 1).size === 0) return [computed(left, items)];
    const right = this.possible(node.right, both(namesIn(used, 1), timesOf(node)));
    return right ? this.#joinedOrNot(node, { left, right }, items) : NONE;
  }

  #possibleOuter(node: Outer, need: Names): RelationNode | undefined {
    const items = this.#plainJoinItems(node, need);
    const used = [...exprsOf(items), ...conditionsOf(node)];
    const left = this.possible(node.left, namesIn(used));
    if (!left) return undefined;
    if (namesIn(exprsOf(items), 1).size === 0) return computed(left, items);
    const right = this.possible(node.right, both(namesIn(used, 1), timesOf(node)));
    return right && together(this.#joinedOrNot(node, { left, right }, items), new Set(items.map((item) => item.name)));
  }

  /**
   * Rows of the left side with each that matches and, as they would be without one, with none: where other rows stand on
   * the right side than those that it has.
   */
  #joinedOrNot(node: Outer, sides: Sides, items: readonly NamedExpr[]): readonly RelationNode[] {
    const joined =
      node.kind === "asOfJoin"
        ? asOfJoinNode(sides, node.on, node.time, items, node.at)
        : joinNode("left", sides, all(conditionsOf(node)), items, node.at);
    return this.#isAsItIs(node.right) ? [joined] : [joined, joinNode("left", sides, NEVER, items, node.at)];
  }

  /** Whether `possible` gives the rows of the query and no others. */
  #isAsItIs(node: RelationNode): boolean {
    return !readsAny(node, this.#tables) && relationSteps(node).every(isRowLocal);
  }

  #possibleJoin(node: JoinNode, need: Names): RelationNode | undefined {
    if (isFilterJoin(node)) return this.possible(node.left, need);
    if (node.type === "full") {
      const sides = outerSides(node).map((side) => this.#possibleOuter(side, need));
      return together(
        sides.flatMap((side) => side ?? []),
        need,
      );
    }
    const items = this.#plainJoinItems(node, need);
    const on = knownOn(node);
    const used = [...exprsOf(items), on];
    const left = this.possible(node.left, namesIn(used));
    const right = this.possible(node.right, namesIn(used, 1));
    return left && right && joinNode("inner", { left, right }, on, items, node.at);
  }

  /** Rows of the left side whose version may be another. */
  #atTime(node: AsOfJoinNode, need: Names): readonly RelationNode[] {
    const { on, time } = node;
    const rights = this.changed(node.right, both(namesIn([on, time], 1), TIMES));
    const left = rights.length > 0 ? this.possible(node.left, both(need, namesIn([on, time]))) : undefined;
    if (!left) return NONE;
    return rights.map((right) => {
      const start = columnNamed(right.columns, START_AT) ?? time;
      const found = { name: "medallion_found", expr: columnNode(START_AT, start, 1) };
      const own = left.columns.filter((column) => need.has(column.name)).map(passed);
      const joined = asOfJoinNode({ left, right }, on, time, [...own, found], node.at);
      const marker = columnNode(found.name, start, 0);
      return whereNode(joined, callNode("isNotNull", [marker], undefined, undefined), node.at);
    });
  }
}

/** A full join as two that keep all rows of their left side: together they give each of its rows, some of them twice. */
function outerSides(node: JoinNode): readonly Outer[] {
  const items = node.items.map(({ name, expr }) => ({ name, expr: flipped(expr) }));
  return [
    { ...node, type: "left" },
    { ...node, type: "left", left: node.right, right: node.left, on: flipped(node.on), items },
  ];
}

const whereAll = (input: RelationNode, conditions: readonly ExprNode[], at: string | undefined): RelationNode =>
  conditions.length > 0 ? whereNode(input, all(conditions), at) : input;

const TIMES: Names = new Set(VERSION_TIMES);
const NO_TIMES: Names = new Set();
const timesOf = ({ kind }: Outer): Names => (kind === "asOfJoin" ? TIMES : NO_TIMES);
