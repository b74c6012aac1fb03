/** What decides over the rows of a table without being in them: conditions, orders and matches, whatever step or setting holds them. */
import type { ExprNode } from "../ast/expr.ts";
import { tableChanges, tableSteps } from "../ast/inputs.ts";
import type { TableNode, TablesByName } from "../ast/pipeline.ts";
import type { ChangesNode, RelationNode, SnapshotsNode, TwoSidedNode } from "../ast/relation.ts";
import { matchExprs } from "../ast/sides.ts";
import { conjuncts, exprsOf, subexpressions } from "../ast/walk.ts";
import { specOf } from "../functions/index.ts";
import { EXPECTATION_METHODS } from "../settings/expectations.ts";
import { traceColumn } from "./trace.ts";

/** An expression that decides over rows. */
export interface Influence {
  readonly expr: ExprNode;
  /** The method that it was given to: `where()`. */
  readonly how: string;
  /** It decides which rows are there, or what is in them. */
  readonly over: "rows" | "values";
  /** Rows of two relations are matched by it. */
  readonly matches?: true;
  /** It decides nothing but what this join brings from its other side. */
  readonly brought?: RelationNode;
  /** Only whether there is a value decides. */
  readonly asksForNull?: true;
  /** What its columns are of. */
  readonly sides: readonly RelationNode[];
  readonly at: string | undefined;
}

/** The influences in a table: those of the tables that it reads are theirs. */
export function influencesOn(table: TableNode, tables: TablesByName): readonly Influence[] {
  const found = [...tableSteps(table).flatMap(ofStep), ...ofRules(table), ...tableChanges(table).flatMap(ofChanges)];
  return found.filter((influence) => !influence.asksForNull || isNullByValue(influence, tables));
}

const isNullTest = (expr: ExprNode) => expr.kind === "call" && (expr.fn === "isNull" || expr.fn === "isNotNull");

/** Whether the null of an expression, here or where its columns are made, depends on a value: `nullIf()`, a case, `tryCast()`. */
function isNullByValue({ expr, sides }: Pick<Influence, "expr" | "sides">, tables: TablesByName): boolean {
  return subexpressions(expr).some((node) => {
    if (node.kind !== "column") return makesNull(node);
    const side = sides[node.side];
    const made = side && traceColumn(side, node.name, tables).at(-1)?.made;
    return made !== undefined && subexpressions(made).some(makesNull);
  });
}

function makesNull(node: ExprNode): boolean {
  if (node.kind === "case" || node.kind === "raw") return node.nullable;
  if (node.kind === "cast") return node.try === true;
  return node.kind === "call" && specOf(node)?.nullable === "always";
}

interface Decided extends Pick<Influence, "how" | "sides" | "at"> {
  /** Rows, where nothing is said. */
  readonly over?: Influence["over"];
  readonly matches?: true;
  readonly brought?: RelationNode;
}

const all = (exprs: readonly (ExprNode | undefined)[], { over = "rows", at, ...more }: Decided): readonly Influence[] =>
  exprs
    .filter((expr) => expr !== undefined)
    .flatMap(conjuncts)
    .map((expr) => ({ ...more, expr, over, at: expr.at ?? at, ...(isNullTest(expr) && { asksForNull: true }) }));

function ofRules(table: TableNode): readonly Influence[] {
  const sides = table.kind === "query" ? [table.query] : [];
  return table.settings.expectations
    .filter(({ action }) => action === "drop" || action === "quarantine")
    .flatMap(({ predicate, action, name, at }) =>
      all([predicate], { how: `${EXPECTATION_METHODS[action]} "${name}"`, sides, at }),
    );
}

function ofStep(step: RelationNode): readonly Influence[] {
  const { at } = step;
  switch (step.kind) {
    case "where":
      return all([step.predicate], { how: "where()", sides: [step.input], at });
    case "join":
    case "lookup":
    case "asOfJoin":
      return ofMatch(step);
    case "dedupe":
      return all(exprsOf(step.orderBy), { how: "the order of dedupe()", sides: [step.input], at });
    case "limit":
      return all(exprsOf(step.orderBy), { how: "orderBy().limit()", sides: [step.input], at });
    case "aggregate":
      return [
        ...ofConditions(exprsOf(step.groups), { how: "groupBy()", sides: [step.input], at }),
        ...step.measures.flatMap(({ expr }) => inValue(expr, step.input)),
      ];
    case "project":
      return step.items.flatMap(({ expr }) => inValue(expr, step.input));
    case "source":
    case "table":
    case "union":
      return [];
  }
}

/** What a join keeps of rows that match nothing decides; an outer join keeps them. */
const FILTERING = { inner: "join()", semi: "semiJoin()", anti: "antiJoin()", left: "leftJoin()", full: "fullJoin()" };

/** A match that loses no row decides what is in the columns that come from the other side. */
function ofMatch(step: TwoSidedNode): readonly Influence[] {
  const kept = step.kind !== "join" || step.type === "left" || step.type === "full";
  const brings = step.items.some(({ expr }) => subexpressions(expr).some((e) => e.kind === "column" && e.side === 1));
  if (kept && !brings) return [];
  const sides = [step.left, step.right];
  const how = step.kind === "join" ? FILTERING[step.type] : `${step.kind}()`;
  // A full join has rows of the other side alone.
  const isFull = step.kind === "join" && step.type === "full";
  const decided: Decided = { how, matches: true, sides, at: step.at, ...(kept && { over: "values" }) };
  return all(matchExprs(step), { ...decided, ...(kept && !isFull && { brought: step }) });
}

/** Conditions that tell groups apart. A column itself tells no more than that its rows belong together. */
function ofConditions(keys: readonly ExprNode[], decided: Decided): readonly Influence[] {
  return all(
    keys.filter(({ type }) => type.kind === "boolean"),
    { over: "values", ...decided },
  );
}

/** What a value depends on that is not labelled for it: what parts a window, and the nulls that a count leaves out. */
function inValue(expr: ExprNode, input: RelationNode): readonly Influence[] {
  if (expr.kind === "column") return [];
  const sides = [input];
  return subexpressions(expr).flatMap((node): readonly Influence[] => {
    if (node.kind !== "window" && node.kind !== "aggregate") return [];
    const parts =
      node.kind === "window" ? ofConditions(node.partitionBy, { how: "partitionBy", sides, at: node.at }) : [];
    if (node.fn !== "count" && node.fn !== "countDistinct") return parts;
    const counted = node.args.map((arg): Influence => {
      return { expr: arg, how: `${node.fn}()`, over: "values", asksForNull: true, sides, at: node.at };
    });
    return [...parts, ...counted];
  });
}

function ofChanges(changes: ChangesNode | SnapshotsNode): readonly Influence[] {
  const decided = (how: string): Decided => ({ how, sides: [changes.input], at: changes.at });
  const tracked = exprsOf(changes.items.filter(({ name }) => changes.trackHistory?.includes(name)));
  const versions = all(tracked, decided("trackHistory"));
  if (changes.kind === "snapshots") return [...versions, ...all([changes.version], decided("version"))];
  return [
    ...versions,
    ...all([changes.sequence], decided("sequenceBy")),
    ...all([changes.deleteWhen], decided("deleteWhen")),
    ...all([changes.truncateWhen], decided("truncateWhen")),
  ];
}
