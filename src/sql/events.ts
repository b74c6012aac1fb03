/** The change events of a table as one SELECT, and how they are applied: shared by every engine that applies them itself. */
import type { ChangesNode } from "../ast/relation.ts";
import type { Application } from "../lower/changes.ts";
import type { EventRead } from "../lower/reads.ts";
import { indent, selectFrom } from "./block.ts";
import { scd1Query, scd2Query } from "./changes.ts";
import type { Dialect } from "./dialect.ts";
import { printExpr } from "./expr.ts";
import { printQuery, type QueryContext } from "./query.ts";

/** The stored columns, `__sequence`, `__delete` and, where events truncate, `__truncate`. */
export function eventsSelect(changes: ChangesNode, truncates: boolean, context: QueryContext): string {
  const { dialect } = context;
  const id = dialect.identifier;
  const within = { dialect, column: (c: { readonly name: string }) => id(c.name) };
  const flag = (condition: ChangesNode["deleteWhen"]) =>
    condition ? `coalesce(${printExpr(condition, within)}, false)` : "false";
  const stored = changes.columns.map(({ name }) => {
    const item = changes.items.find((i) => i.name === name);
    const sql = item ? printExpr(item.expr, within) : id(name);
    return sql === id(name) ? sql : `${sql} AS ${id(name)}`;
  });
  const selected = [
    ...stored,
    `${printExpr(changes.sequence, within)} AS __sequence`,
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

/** The rows that events make. `events` is what stands after FROM; `withLast` as in `ChangeApplication`. */
export function appliedEvents(application: Application, events: string, dialect: Dialect, withLast = false): string {
  const { columns, orderable, type } = application;
  const query = type === 1 ? scd1Query : scd2Query;
  return query({
    ...application,
    events,
    withLast,
    ...(!dialect.ordersAnyType && { asJson: columns.filter((c) => !orderable.includes(c)) }),
    quote: dialect.identifier,
    lastNotNull: dialect.lastNotNull,
  });
}
