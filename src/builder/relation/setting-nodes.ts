/** Makes the nodes of settings: one factory each, with the checks that do not depend on who makes it. */

import type { ExprNode } from "../../ast/expr.ts";
import type { RelationNode } from "../../ast/relation.ts";
import type { ExpectationNode, FlowNode, ForeignKeyNode, ViolationAction } from "../../ast/settings.ts";
import { DefinitionError } from "../../core/errors.ts";
import { checkName, nameProblem } from "../../core/text.ts";
import { type Place, sealed } from "../expr/build.ts";

/** The names that a table has given to something: SQL does not tell their cases apart. */
export function isTaken(name: string, taken: readonly { readonly name: string }[]): boolean {
  return taken.some((one) => one.name.toLowerCase() === name.toLowerCase());
}

export function expectationNode(
  parts: { readonly name: string; readonly action: ViolationAction; readonly predicate: ExprNode },
  others: readonly ExpectationNode[],
  at: Place,
): ExpectationNode {
  const { name, action, predicate } = parts;
  checkName(`the expectation ${JSON.stringify(name)}`, name, at);
  if (isTaken(name, others)) {
    throw new DefinitionError({
      code: "EXPECT001",
      message: `this table has a rule "${name}" already`,
      help: "give every expectation of a table its own name",
      location: at,
    });
  }
  return sealed<ExpectationNode>({ name, action, predicate }, `expect:${action}:${name}:${predicate.id}`, at);
}

export function foreignKeyNode(
  columns: readonly string[],
  table: string,
  key: readonly string[],
  at: Place,
): ForeignKeyNode {
  if (columns.length !== key.length) throw arity("references", columns.length, key, at);
  const content = `fk:${columns.join()}:${table}:${key.join()}`;
  return sealed<ForeignKeyNode>({ columns, table, key }, content, at);
}

export function arity(what: string, given: number, key: readonly string[], at: Place): DefinitionError {
  return new DefinitionError({
    code: "FK002",
    message: `${what}(): ${given} columns were given for a key of ${key.length} (${key.join(", ")})`,
    location: at,
  });
}

export function flowNode(
  parts: { readonly name: string; readonly once: boolean; readonly query: RelationNode },
  others: readonly { readonly name: string }[],
  at: Place,
): FlowNode {
  const { name, once, query } = parts;
  checkFlowName(name, others, at);
  return sealed<FlowNode>({ name, once, query }, `flow:${name}:${once}:${query.id}`, at);
}

/** Flow names are SQL identifiers, each its own in a table. */
export function checkFlowName(name: string, others: readonly { readonly name: string }[], at: Place): void {
  const problem = isTaken(name, others)
    ? "there is such a flow already"
    : /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
      ? undefined
      : "a flow is named by letters, digits and _";
  if (problem === undefined) return;
  throw new DefinitionError({
    code: "FLOW001",
    message: `flow "${name}": ${problem}`,
    help: "give every flow of a table its own name",
    location: at,
  });
}

/** Properties that Spark's catalogs keep for themselves (`TableCatalog.RESERVED_PROPERTIES`). */
const RESERVED = new Set(["owner", "provider", "location", "comment", "external", "is_managed_location", "table_type"]);

export function checkProperties(names: readonly string[], at: Place): void {
  const name = names.find((one) => RESERVED.has(one.toLowerCase()));
  if (name === undefined) return;
  const setting = name.toLowerCase();
  throw new DefinitionError({
    code: "SET003",
    message: `"${name}" is a property that the catalog keeps for itself`,
    help: setting === "owner" || setting === "comment" ? `use ${setting}("…")` : "give it another name",
    location: at,
  });
}

/** Functions are named by up to three identifiers: `catalog.schema.function`. */
export function functionName(name: unknown, at: Place): string {
  const parts = typeof name === "string" ? name.split(".") : [];
  if (parts.length >= 1 && parts.length <= 3 && parts.every((part) => part.trim() === part && !nameProblem(part)))
    return parts.join(".");
  throw new DefinitionError({
    code: "SET002",
    message: `${JSON.stringify(name)} does not name a SQL function`,
    help: 'give its name in the catalog: "governance.mask_email"',
    location: at,
  });
}
