/** How far some values go: the columns that are made of them, until they decide over rows. */
import type { ExprNode } from "../ast/expr.ts";
import { exprsOfChanges, tableChanges, tableQueries } from "../ast/inputs.ts";
import type { ScdTableNode, TableNode } from "../ast/pipeline.ts";
import {
  type ChangesNode,
  isFilterJoin,
  type NamedExpr,
  type RelationNode,
  type SnapshotsNode,
  type TwoSidedNode,
} from "../ast/relation.ts";
import { matchExprs } from "../ast/sides.ts";
import { columnsIn, exprsOf } from "../ast/walk.ts";

/** Names of columns, or the rows themselves. */
export type Reach = ReadonlySet<string> | "rows";

/** Where they begin: in what a join brings from its other side, or in columns of the tables that are read. */
interface Origin {
  readonly join?: RelationNode;
  readonly inputs?: ReadonlyMap<string, Reach>;
}

const NOWHERE: Reach = new Set();

export function reachIn(table: TableNode, origin: Origin): Reach {
  const written =
    table.kind === "query"
      ? tableQueries(table).map((query) => reach(query, origin))
      : tableChanges(table).map((changes) => reachOfChanges(changes, table.kind, origin));
  const whole = together(written);
  const rules = table.settings.expectations.filter(({ action }) => action === "drop" || action === "quarantine");
  return uses(
    rules.map(({ predicate }) => predicate),
    [whole],
  )
    ? "rows"
    : whole;
}

function reach(node: RelationNode, origin: Origin): Reach {
  switch (node.kind) {
    case "source":
      return NOWHERE;
    case "table":
      return origin.inputs?.get(node.table) ?? NOWHERE;
    case "union":
      return together(node.inputs.map((input) => reach(input, origin)));
    case "where":
      return kept(reach(node.input, origin), [node.predicate]);
    case "dedupe":
      return kept(reach(node.input, origin), [...node.keys, ...exprsOf(node.orderBy)]);
    case "limit":
      return kept(reach(node.input, origin), exprsOf(node.orderBy));
    case "project":
      return made(node.items, [reach(node.input, origin)]);
    case "aggregate": {
      const input = reach(node.input, origin);
      const groups = exprsOf(node.groups);
      return uses(groups, [input]) ? "rows" : made(node.measures, [input]);
    }
    case "join":
    case "lookup":
    case "asOfJoin":
      return reachOfJoin(node, origin);
  }
}

function reachOfJoin(node: TwoSidedNode, origin: Origin): Reach {
  const [left, right] = [reach(node.left, origin), reach(node.right, origin)];
  if (left === "rows" || right === "rows") return "rows";
  const decides = uses(matchExprs(node), [left, right]);
  if (node.kind === "join" && node.type !== "left") {
    if (decides) return "rows";
    if (isFilterJoin(node)) return left;
  }
  // What matches decides what comes from the other side, and drops no row.
  const brings = decides || node === origin.join;
  return made(node.items, [left, brings ? new Set(node.right.columns.map(({ name }) => name)) : right]);
}

function reachOfChanges(changes: ChangesNode | SnapshotsNode, kept: ScdTableNode["kind"], origin: Origin): Reach {
  const input = reach(changes.input, origin);
  const stored = made(changes.items, [input]);
  if (stored === "rows") return "rows";
  const decides = uses(exprsOfChanges(changes), [input]);
  // A change of any column begins a version, where nothing else is declared.
  const versions = kept === "scd2" ? (changes.trackHistory ?? [...stored]) : [];
  return decides || [...changes.keys, ...versions].some((name) => stored.has(name)) ? "rows" : stored;
}

export function together(all: readonly Reach[]): Reach {
  const names = new Set<string>();
  for (const one of all) {
    if (one === "rows") return "rows";
    for (const name of one) names.add(name);
  }
  return names;
}

/** The rows of a step that leaves some out by what it asks. */
const kept = (input: Reach, asked: readonly ExprNode[]): Reach => (uses(asked, [input]) ? "rows" : input);

/** By side: whether expressions have a column of those. */
function uses(exprs: readonly ExprNode[], sides: readonly Reach[]): boolean {
  if (sides.every((side) => side !== "rows" && side.size === 0)) return false;
  return columnsIn(exprs).some(({ side, name }) => {
    const names = sides[side];
    return names === "rows" || names?.has(name) === true;
  });
}

function made(items: readonly NamedExpr[], sides: readonly Reach[]): Reach {
  if (sides.includes("rows")) return "rows";
  return new Set(items.flatMap(({ name, expr }) => (uses([expr], sides) ? [name] : [])));
}
