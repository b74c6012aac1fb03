/**
 * A query that reads only what it needs for some keys. A key is pushed below a step where the rows of the key depend on rows
 * of the key alone: below groups, partitions and deduplication by what it is a part of, and into the side of a join that
 * it comes from.
 */

import type { ColumnNode, ExprNode, WindowNode } from "../../ast/expr.ts";
import { relationSteps, replacedStep, withInputs } from "../../ast/inputs.ts";
import { isUnique } from "../../ast/keys.ts";
import type { TablesByName } from "../../ast/pipeline.ts";
import {
  type AggregateStepNode,
  type ColumnFacts,
  type DedupeNode,
  isFilterJoin,
  type JoinNode,
  type NamedExpr,
  type ProjectNode,
  type RelationNode,
  type TwoSidedNode,
  type WhereNode,
} from "../../ast/relation.ts";
import { equalColumns } from "../../ast/sides.ts";
import { columnNamesOf, exprsOf, windowsIn } from "../../ast/walk.ts";
import { columnNode } from "../../nodes/exprs.ts";
import { otherRowsNode } from "../../nodes/relations.ts";
import { typeName } from "../../types/types.ts";
import { notBefore } from "./floors.ts";
import { all, among, conditionsOf, flipped, type Names, namesIn, ofInput, only, withColumns } from "./parts.ts";

/** A column of the keys, and what it is in the rows of a query. */
interface Part {
  readonly key: ColumnFacts;
  readonly expr: ExprNode;
}

interface Narrowed {
  readonly node: RelationNode;
  /** Whether it reads less of what drives it: of the left side, where it joins. */
  readonly reached: boolean;
  /** Whether it gives no row of another key. */
  readonly exact: boolean;
  /** The columns of the keys by which it reads less of what drives it. */
  readonly by: Names;
}

/** Rows of one table by which the rows of the keys are made, and the query that makes them of those rows alone. */
export interface Found {
  /** The table, with the keys that its rows have. */
  readonly among: RelationNode;
  readonly table: string;
  /** Reads the rows that were found. */
  readonly rows: RelationNode;
}

/** How the rows of keys are read. */
interface RowsOfKeys extends Narrowed {
  /** Of a query that reads nothing but one table, once. */
  readonly found?: Found;
}

/** The rows of the keys, which stand in a relation of columns of the query. */
export function rowsOfKeys(query: RelationNode, keys: RelationNode, tables: TablesByName): RowsOfKeys {
  const parts = keys.columns.map((key) => ({ key, expr: columnNode(key.name, key, 0) }));
  const narrower = new Narrower(keys, tables);
  const narrowed = narrower.narrow(query, parts);
  const exprs = parts.map((part) => part.expr);
  const node = narrowed.exact ? narrowed.node : among(narrowed.node, exprs, keys);
  const found = foundIn(node, query, narrower.leaves);
  return { ...narrowed, node, ...(found && { found }) };
}

/** A table of which rows are found by its own columns, where the query reads nothing else. */
function foundIn(node: RelationNode, query: RelationNode, leaves: readonly RelationNode[]): Found | undefined {
  const [leaf] = leaves;
  const reads = relationSteps(query).filter((step) => step.kind === "table" || step.kind === "source");
  const [table] = reads;
  if (reads.length !== 1 || leaves.length !== 1 || table?.kind !== "table") return undefined;
  if (leaf?.kind !== "join" || leaf.left !== table) return undefined;
  return { among: leaf, table: table.table, rows: replacedStep(node, leaf, otherRowsNode("found", table)) };
}

/** What is said of a query that is read as it is. */
const WHOLE: Omit<Narrowed, "node"> = { reached: false, exact: false, by: new Set() };

const namesOf = (parts: readonly Part[]): Names => new Set(parts.map(({ key }) => key.name));

/** The names that are in all of them. */
const common = ([first = new Set(), ...more]: readonly Names[]): Names =>
  new Set([...first].filter((name) => more.every((names) => names.has(name))));

class Narrower {
  /** Reads of tables that are left with rows of the keys. */
  readonly leaves: RelationNode[] = [];
  readonly #keys: RelationNode;
  readonly #tables: TablesByName;

  constructor(keys: RelationNode, tables: TablesByName) {
    this.#keys = keys;
    this.#tables = tables;
  }

  /** A query that gives the same rows of the keys, and perhaps others. */
  narrow(node: RelationNode, parts: readonly Part[]): Narrowed {
    if (parts.length === 0) return { node, ...WHOLE };
    switch (node.kind) {
      case "table":
      case "source":
        return {
          node: this.#leaf(this.#matching(this.#notBefore(node, parts), parts)),
          reached: true,
          exact: true,
          by: namesOf(parts),
        };
      case "where": {
        const kept = inPartitions(parts, windowsIn([node.predicate]));
        return this.#above(node, parts, (plain) => this.#below(node, plain, ofSame(kept, plain)));
      }
      case "project": {
        const kept = inPartitions(through(parts, node.items), windowsIn(exprsOf(node.items)));
        return this.#below(node, parts, kept);
      }
      case "aggregate":
        return this.#below(node, parts, through(parts, node.groups));
      case "dedupe":
        return this.#below(node, parts, ofColumns(parts, new Set(columnNamesOf(node.keys))));
      case "union": {
        const inputs = node.inputs.map((input) => this.narrow(input, inInput(parts, input)));
        return {
          node: { ...node, inputs: inputs.map((input) => input.node) },
          reached: inputs.every((input) => input.reached),
          exact: inputs.every((input) => input.exact),
          by: common(inputs.map((input) => input.by)),
        };
      }
      case "join":
        return node.type === "left"
          ? this.#join(node, parts)
          : this.#above(node, parts, (plain) => this.#join(node, plain));
      case "lookup":
      case "asOfJoin":
        return this.#join(node, parts);
      case "limit":
        return { node, ...WHOLE };
    }
  }

  /**
   * A step that leaves rows out may keep those away of which a part cannot be computed: only columns go below it, and
   * what is computed of them is compared above.
   */
  #above(node: RelationNode, parts: readonly Part[], below: (plain: readonly Part[]) => Narrowed): Narrowed {
    const plain = parts.filter(({ expr }) => expr.kind === "column");
    const narrowed = below(plain);
    if (plain.length === parts.length) return narrowed;
    const isPlain = !relationSteps(node).some(isOverMany);
    return {
      node: this.#matching(narrowed.node, parts),
      reached: narrowed.reached || isPlain,
      exact: true,
      by: isPlain ? namesOf(parts) : narrowed.by,
    };
  }

  #leaf(node: RelationNode): RelationNode {
    this.leaves.push(node);
    return node;
  }

  #notBefore(node: RelationNode, parts: readonly Part[]): RelationNode {
    return parts.reduce((rows, { key, expr }) => notBefore(rows, expr, key.name, this.#keys), node);
  }

  #matching(node: RelationNode, parts: readonly Part[]): RelationNode {
    const columns = parts.map((part) => part.key.name);
    const keys = columns.length < this.#keys.columns.length ? only(this.#keys, columns) : this.#keys;
    return among(
      node,
      parts.map((part) => part.expr),
      keys,
    );
  }

  #below(
    node: WhereNode | ProjectNode | AggregateStepNode | DedupeNode,
    parts: readonly Part[],
    kept: readonly Part[],
  ): Narrowed {
    const below = this.narrow(node.input, kept);
    const exact = below.exact && kept.length === parts.length;
    return { ...below, node: withInputs(node, () => below.node), exact };
  }

  #join(node: TwoSidedNode, parts: readonly Part[]): Narrowed {
    if (node.kind === "join" && node.type === "full") return this.#full(node, parts);
    const passes = isFilterJoin(node);
    const inside = passes ? parts : through(parts, node.items);
    const ofLeft = inside.filter(({ expr }) => namesIn([expr], 1).size === 0);
    const isInner = node.kind === "join" && node.type === "inner";
    const ofRight = isInner ? inside.filter(({ expr }) => namesIn([expr], 0).size === 0).map(ofOtherSide) : [];
    const rights = [...ofRight, ...this.#carriedOver(node, ofLeft)];
    const left = this.narrow(node.left, ofLeft);
    const right = this.narrow(node.right, rights);
    const exact = left.exact && ofLeft.length === parts.length;
    return {
      node: { ...node, left: left.node, right: right.node },
      reached: left.reached || (isInner && right.reached && ofRight.length > 0),
      exact,
      by: left.reached ? left.by : right.by,
    };
  }

  /** Both sides read less by what they are joined by: a row of one that is left out would leave its match without one. */
  #full(node: JoinNode, parts: readonly Part[]): Narrowed {
    const shared = through(parts, node.items).flatMap(({ key, expr }) => {
      const sides = sharedColumns(expr, node);
      return sides ? [sides.map((column) => ({ key, expr: columnNode(column.name, column, 0) }))] : [];
    });
    const [left, right] = [node.left, node.right].map((input, side) =>
      this.narrow(
        input,
        shared.flatMap((one) => one[side] ?? []),
      ),
    );
    if (!left || !right) return { node, ...WHOLE };
    return {
      node: { ...node, left: left.node, right: right.node },
      reached: left.reached && right.reached,
      exact: left.exact && right.exact && shared.length === parts.length,
      by: common([left.by, right.by]),
    };
  }

  /** Parts of the left side that the right side has to be equal to, where reading less of it saves more than it costs. */
  #carriedOver(node: TwoSidedNode, parts: readonly Part[]): readonly Part[] {
    const searched = node.kind === "lookup" && !isUnique(node.right, node.key, this.#tables);
    if (!searched && !relationSteps(node.right).some((step) => HEAVY.has(step.kind))) return [];
    const equal = equalColumns(all(conditionsOf(node)));
    return parts.flatMap(({ key, expr }) => {
      const [, other] = equal.find(([left]) => expr.kind === "column" && left.name === expr.name) ?? [];
      return other ? [{ key, expr: columnNode(other.name, other, 0) }] : [];
    });
  }
}

/** The columns that a full join compares, where a value is that of the side that has one. */
export function sharedColumns(expr: ExprNode, { on }: JoinNode): readonly [ColumnNode, ColumnNode] | undefined {
  if (expr.kind !== "call" || expr.fn !== "coalesce" || expr.args.length !== 2) return undefined;
  const isOneOf = (column: ColumnNode) =>
    expr.args.some((arg) => arg.kind === "column" && arg.side === column.side && arg.name === column.name);
  const isOfType = (column: ColumnNode) => typeName(column.type) === typeName(expr.type);
  return equalColumns(on).find((pair) => pair.every((column) => isOneOf(column) && isOfType(column)));
}

const HEAVY: ReadonlySet<RelationNode["kind"]> = new Set(["aggregate", "dedupe", "join", "lookup", "asOfJoin"]);

/** Whether a step gives a row by looking at many. */
export function isOverMany(step: RelationNode): boolean {
  switch (step.kind) {
    case "aggregate":
    case "dedupe":
    case "limit":
      return true;
    case "where":
      return windowsIn([step.predicate]).length > 0;
    case "project":
    case "join":
      return windowsIn(exprsOf(step.items)).length > 0;
    default:
      return false;
  }
}

/** The parts as they are before a step. What it computes by windows or aggregates is not known there. */
function through(parts: readonly Part[], items: readonly NamedExpr[]): readonly Part[] {
  const byName = new Map(items.map((item) => [item.name, item.expr]));
  return parts.flatMap(({ key, expr }) => {
    const names = [...namesIn([expr])];
    const used = names.flatMap((name) => byName.get(name) ?? []);
    if (used.length < names.length || windowsIn(used).length > 0) return [];
    return [{ key, expr: withColumns(expr, (column) => byName.get(column.name) ?? column) }];
  });
}

const inInput = (parts: readonly Part[], input: RelationNode): readonly Part[] =>
  parts.map(({ key, expr }) => ({ key, expr: withColumns(expr, (column) => ofInput(column, input)) }));

const ofOtherSide = ({ key, expr }: Part): Part => ({ key, expr: flipped(expr) });

const ofColumns = (parts: readonly Part[], names: ReadonlySet<string>): readonly Part[] =>
  parts.filter(({ expr }) => [...namesIn([expr])].every((name) => names.has(name)));

const ofSame = (parts: readonly Part[], others: readonly Part[]): readonly Part[] =>
  parts.filter((part) => others.includes(part));

/** Columns that are the same in all rows of a partition, of every window. */
export function partitionColumns(windows: readonly WindowNode[]): Names {
  return common(windows.map(({ partitionBy }) => new Set(columnNamesOf(partitionBy))));
}

const inPartitions = (parts: readonly Part[], windows: readonly WindowNode[]): readonly Part[] =>
  windows.length === 0 ? parts : ofColumns(parts, partitionColumns(windows));
