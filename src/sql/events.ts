/** The change events of a table as one SELECT: shared by every engine that applies them itself. */
import type { ChangesNode } from "../ast/relation.ts";
import type { Application } from "../lower/application.ts";
import type { EventRead } from "../lower/reads.ts";
import { indent, selectFrom } from "./block.ts";
import type { QueryContext } from "./context.ts";
import { overColumns } from "./expr.ts";
import { printQuery } from "./query.ts";

/** The stored columns, `__sequence`, `__delete` and, where events truncate, `__truncate`. */
export function eventsSelect(changes: ChangesNode, truncates: boolean, context: QueryContext): string {
  const { dialect } = context;
  const id = dialect.identifier;
  const print = overColumns(dialect);
  const flag = (condition: ChangesNode["deleteWhen"]) => (condition ? `coalesce(${print(condition)}, false)` : "false");
  const items = new Map(changes.items.map((item) => [item.name, item.expr]));
  const stored = changes.columns.map(({ name }) => {
    const expr = items.get(name);
    const own = id(name);
    const sql = expr ? print(expr) : own;
    return sql === own ? sql : `${sql} AS ${own}`;
  });
  const selected = [
    ...stored,
    `${print(changes.sequence)} AS __sequence`,
    `${flag(changes.deleteWhen)} AS __delete`,
    ...(truncates ? [`${flag(changes.truncateWhen)} AS __truncate`] : []),
  ];
  return selectFrom(selected, `(\n${indent(printQuery(changes.input, context))}\n)`);
}

/** The events of all streams of a table. Every stream gives the columns in the order of the table's own. */
export function allEvents(
  { reads, application }: { readonly reads: readonly EventRead[]; readonly application: Application },
  context: QueryContext,
): string {
  return reads.map(({ changes }) => eventsSelect(changes, application.truncates, context)).join("\nUNION ALL\n");
}
