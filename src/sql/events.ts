/** The change events of a table as one SELECT, and how they are applied: shared by every engine that applies them itself. */
import type { TableNode } from "../ast/pipeline.ts";
import type { ChangesNode } from "../ast/relation.ts";
import type { SqlType } from "../types/types.ts";
import type { ChangeApplication } from "./changes.ts";
import type { Dialect } from "./dialect.ts";
import { printExpr } from "./expr.ts";
import { indent, printQuery, type QueryContext } from "./query.ts";

type ScdTable = TableNode & { readonly kind: "scd1" | "scd2" };

/** Every stream of change events into a table: its own, then those of its flows. */
export function changeStreams(table: ScdTable): readonly ChangesNode[] {
  const { changes, changeFlows } = table;
  return changes.kind === "changes" ? [changes, ...changeFlows.map((flow) => flow.changes)] : [];
}

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
  return `SELECT\n${selected.map((c) => `  ${c}`).join(",\n")}\nFROM (\n${indent(printQuery(changes.input, context))}\n)`;
}

/** The events of all streams of a table. Every stream gives the columns in the order of the table's own. */
export function allEvents(table: ScdTable, context: QueryContext): string {
  const streams = changeStreams(table);
  const [own] = streams;
  const truncates = doesTruncate(table);
  return streams
    .map((changes) => eventsSelect(own ? { ...changes, columns: own.columns } : changes, truncates, context))
    .join("\nUNION ALL\n");
}

export function doesTruncate(table: ScdTable): boolean {
  return changeStreams(table).some((changes) => changes.truncateWhen !== undefined);
}

/** How the events of a table are applied. `events` is what stands after FROM. */
export function applicationOf(table: ScdTable, events: string, dialect: Dialect): ChangeApplication {
  const { keys, columns, trackHistory } = table.changes;
  const ignored = table.changes.kind === "changes" ? table.changes.ignoreNullUpdates : undefined;
  return {
    events,
    keys,
    columns: columns.map((c) => c.name),
    orderable: columns.filter((c) => isComparable(c.type)).map((c) => c.name),
    ...(dialect.name !== "duckdb" && { asJson: columns.filter((c) => !isComparable(c.type)).map((c) => c.name) }),
    ...(trackHistory && { trackHistory }),
    ...(ignored && { ignoreNullUpdates: ignored }),
    truncates: doesTruncate(table),
    quote: dialect.identifier,
    lastNotNull: dialect.lastNotNull,
  };
}

/** A map has no order, and Spark does not compare two of them, nor what holds one. */
function isComparable(type: SqlType): boolean {
  if (type.kind === "array") return isComparable(type.element);
  if (type.kind === "struct") return type.fields.every((field) => isComparable(field.type));
  return type.kind !== "map" && type.kind !== "variant";
}
