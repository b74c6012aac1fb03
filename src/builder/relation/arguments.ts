/** What callbacks of the builder give back, checked and as nodes. */

import { isRecord } from "../../core/describe.ts";
import type { DefinitionError } from "../../core/errors.ts";
import { freeze } from "../../core/freeze.ts";
import { mistake, misused } from "../../diagnostics/mistake.ts";
import type { Place } from "../../nodes/exprs.ts";
import { toNode } from "../expr/expression.ts";

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** Names of the columns that a callback gave: columns and not expressions. */
export function columnNames(values: readonly unknown[], what: string, at: Place, least = 1): readonly string[] {
  if (values.length < least) throw noColumn(what, at);
  return freeze(
    values.map((value) => {
      const node = toNode(value, at);
      if (node.kind === "column") return node.name;
      throw mistake(at, {
        code: "KEY002",
        message: `${what} accepts columns, not expressions`,
        help: "derive() the expression as a column first",
      });
    }),
  );
}

export function noColumn(what: string, location: Place, help = "give one or more, or leave it out"): DefinitionError {
  return misused(location, `${what} needs at least one column`, help);
}

/** Names of columns given as one, several, or an object of columns. */
export function namesOf(value: unknown, what: string, at: Place, least = 1): readonly string[] {
  const given = isRecord(value) ? Object.entries(value) : undefined;
  const names = columnNames(given ? given.map(([, column]) => column) : list(value), what, at, least);
  const [other] = (given ?? []).find(([name], i) => name !== names[i]) ?? [];
  if (other !== undefined) {
    const message = `${what} accepts columns under their own names, and ${JSON.stringify(other)} is not one`;
    throw mistake(at, {
      code: "KEY002",
      message,
      help: "give the columns, (c) => [c.id, c.line]; rename with select()",
    });
  }
  return names;
}
