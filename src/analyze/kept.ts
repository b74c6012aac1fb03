/** The conditions that the rows of a relation meet already, by its steps and by the tables that it reads. */
import type { ExprNode } from "../ast/expr.ts";
import type { TableNode, TablesByName } from "../ast/pipeline.ts";
import type { RelationNode } from "../ast/relation.ts";
import { columnsIn, conjuncts, derivation, itemOf } from "../ast/walk.ts";

type Conditions = readonly ExprNode[];

const NONE: Conditions = [];
/** Of many the last ones are kept: each is asked of every condition over the relation. */
const MOST = 12;

/** By the tables of an analysis, which are the same in all of its rules. */
const known = new WeakMap<TablesByName, Map<RelationNode, Conditions>>();

/** In the columns of the relation, as its readers name them. */
export function keptBy(relation: RelationNode, tables: TablesByName): Conditions {
  const all = known.get(tables) ?? new Map<RelationNode, Conditions>();
  known.set(tables, all);
  const before = all.get(relation);
  if (before) return before;
  const kept = conditionsOf(relation, tables).slice(0, MOST);
  all.set(relation, kept);
  return kept;
}

function conditionsOf(relation: RelationNode, tables: TablesByName): Conditions {
  if (relation.kind === "where") return [...conjuncts(relation.predicate), ...keptBy(relation.input, tables)];
  if (relation.kind === "table") return storedBy(tables.get(relation.table), tables);
  const step = derivation(relation);
  const [input, ...others] = step.inputs;
  if (!input || (!step.items && others.length > 0)) return NONE;
  // Its rows may be none of the left side's.
  if (relation.kind === "join" && relation.type === "full") return NONE;
  const passes = (name: string): boolean => {
    const item = step.items && itemOf(step, name);
    return !step.items || (item?.kind === "column" && item.side === 0 && item.name === name);
  };
  return keptBy(input, tables).filter((one) => columnsIn([one]).every(({ name }) => passes(name)));
}

/** A rule that only warns keeps the rows that break it. */
function storedBy(table: TableNode | undefined, tables: TablesByName): Conditions {
  if (table?.kind !== "query" || table.settings.flows.length > 0) return NONE;
  const rules = table.settings.expectations.filter(({ action }) => action !== "warn");
  return [...rules.flatMap(({ predicate }) => conjuncts(predicate)), ...keptBy(table.query, tables)];
}
