/** Columns that have one value wherever others have: what a key decides, through the steps that pass it on. */

import type { ExprNode } from "../ast/expr.ts";
import { keyOf } from "../ast/keys.ts";
import type { TablesByName } from "../ast/pipeline.ts";
import type { NamedExpr, RelationNode, TwoSidedNode } from "../ast/relation.ts";
import { matchExprs } from "../ast/sides.ts";
import { columnsIn, windowsIn } from "../ast/walk.ts";

type Names = ReadonlySet<string>;

/** The columns of a query that the columns in `known` decide, themselves among them. */
export function decidedBy(query: RelationNode, known: Names, tables: TablesByName): Names {
  switch (query.kind) {
    case "table": {
      const table = tables.get(query.table);
      const key = (table && table.kind !== "scd2" && keyOf(table)) || [];
      return key.length > 0 && isAmong(key, known) ? namesOf(query) : known;
    }
    case "where":
    case "dedupe":
    case "limit":
      return decidedBy(query.input, known, tables);
    case "project":
      return passed(query.items, known, [decidedBy(query.input, readBy(query.items, known, 0), tables), NONE]);
    case "join":
    case "lookup":
    case "asOfJoin":
      return ofBothSides(query, known, tables);
    case "aggregate": {
      const groups = query.groups.map(({ name }) => name);
      return isAmong(groups, known) ? namesOf(query) : known;
    }
    default:
      return known;
  }
}

const NONE: Names = new Set();

const namesOf = ({ columns }: RelationNode): Names => new Set(columns.map(({ name }) => name));

const isAmong = (names: readonly string[], known: Names): boolean => names.every((name) => known.has(name));

/** The columns of a side that those in `known` are, as they are. */
function readBy(items: readonly NamedExpr[], known: Names, side: 0 | 1): Names {
  const read = items.flatMap(({ name, expr }) =>
    known.has(name) && expr.kind === "column" && expr.side === side ? expr.name : [],
  );
  return new Set(read);
}

/** What is made of decided columns alone is decided. */
function passed(items: readonly NamedExpr[], known: Names, decided: readonly [Names, Names]): Names {
  const isDecided = (expr: ExprNode): boolean =>
    windowsIn([expr]).length === 0 && columnsIn([expr]).every(({ side, name }) => decided[side].has(name));
  return new Set([...known, ...items.flatMap(({ name, expr }) => (isDecided(expr) ? name : []))]);
}

/** A row of the left side has one row of a table that it looks up, and so have all that are alike in what they match by. */
function ofBothSides(step: TwoSidedNode, known: Names, tables: TablesByName): Names {
  const left = decidedBy(step.left, readBy(step.items, known, 0), tables);
  const asked = columnsIn(matchExprs(step)).flatMap(({ side, name }) => (side === 0 ? name : []));
  const finds = step.kind !== "join" && isAmong(asked, left);
  const right = finds ? namesOf(step.right) : decidedBy(step.right, readBy(step.items, known, 1), tables);
  return passed(step.items, known, [left, right]);
}
