/**
 * What decides a table's rows, and what is only said of it. A changed definition is a planned change (columns added in
 * place, recomputed, rebuilt, refused); a changed setting is applied to the table as it is and reads nothing.
 */

import { tableQueries } from "../ast/inputs.ts";
import type { TableNode } from "../ast/pipeline.ts";
import { type ColumnFacts, isFileSource, type RelationNode } from "../ast/relation.ts";
import { contentHash } from "../core/hash.ts";
import type { Json } from "../core/json.ts";
import { DEFINITION } from "../core/plugin-parts.ts";
import { functionFrom } from "../functions/plugin-functions.ts";
import { primitive, type SqlType, typeName, typeText } from "../types/types.ts";
import { expectations } from "./expectations.ts";
import { forItsSetting } from "./setting.ts";
import { SETTING_LIST, saysNothing } from "./settings.ts";

export type { Json };

/** A column as it is stored. */
export interface ColumnDefinition {
  readonly name: string;
  /** Without what is only known of its values. A state of an earlier release has its name alone. */
  readonly type: SqlType | string;
  readonly nullable: boolean;
}

/** A query that writes into a table. */
export interface StreamDefinition {
  /** A backfill: read once. */
  readonly once: boolean;
  /** The place of a file source, which decides no row by itself: the files in it do. */
  readonly path?: string;
  /** The query, without places. */
  readonly query: Json;
  /** How change events or snapshots are applied. */
  readonly changes?: { readonly [part: string]: Json };
}

/** How a table is kept up to date, and what that is called. */
export const MODES = {
  /** Reads new files. */
  ingest: "reading files",
  /** Reads the files that changed as well. */
  replace: "replacing the rows of files that change",
  /** Reads the new rows of its inputs. */
  append: "appending new rows",
  /** Reads all rows. */
  recompute: "recomputing",
  changes: "applying change events",
  snapshots: "comparing snapshots",
} as const;

export type Mode = keyof typeof MODES;

/** Whether a table of this mode reads files. */
export const readsFiles = (mode: Mode): boolean => mode === "ingest" || mode === "replace";

/** What decides the rows of a table. */
export interface Definition {
  /** The same query as a stream or a view is another table. */
  readonly mode: Mode;
  readonly columns: readonly ColumnDefinition[];
  /** The table's own query first. The names of flows decide nothing, nor does their order. */
  readonly streams: readonly StreamDefinition[];
  /** The expectations that drop, quarantine or fail. */
  readonly rules: readonly Json[];
  /** Settings that are not built in and decide rows, by name. */
  readonly settings?: Readonly<Record<string, Json>>;
}

/** The definition of a table that is kept up to date in `mode`. */
export function definitionOf(table: TableNode, mode: Mode): Definition {
  const settings = extensionsOf(table, "rows");
  // Which values texts have is decided where files are read. Of what is made of them it is only known.
  const checksValues = tableQueries(table).some(isFileSource);
  return {
    mode,
    columns: table.columns.map(({ name, type, nullable }) => ({ name, type: asStored(type, checksValues), nullable })),
    streams: streamsOf(table),
    rules: expectations.decides(table.settings.expectations).rows.map(canonical),
    ...(settings.length > 0 && { settings: Object.fromEntries(settings) }),
  };
}

/** A type without what is only known of its values: labels, units, and of texts which there are, unless they are checked. */
function asStored(type: SqlType, checksValues: boolean): SqlType {
  const inner = (part: SqlType) => asStored(part, checksValues);
  switch (type.kind) {
    case "string":
      return checksValues ? type : primitive("string");
    case "array":
      return { kind: "array", element: inner(type.element) };
    case "map":
      return { kind: "map", key: inner(type.key), value: inner(type.value) };
    case "struct":
      return { kind: "struct", fields: type.fields.map((field) => ({ name: field.name, type: inner(field.type) })) };
    default:
      return type;
  }
}

/** Everything that is said of a table and decides no row, by name: what can be applied to it as it is. */
export function settingsOf(table: TableNode): Readonly<Record<string, Json>> {
  const own = SETTING_LIST.flatMap(([name, { decides }]): readonly (readonly [string, unknown])[] => {
    const value = forItsSetting(table.settings[name]);
    if (typeof decides === "function") return Object.entries(decides(value).nothing);
    return decides === "rows" ? [] : [[name, value]];
  });
  const others = extensionsOf(table, "nothing");
  const said = own.flatMap(([name, value]): [string, Json][] =>
    value === undefined || saysNothing(value) ? [] : [[name, settingValue(value)]],
  );
  const comments = table.columns.flatMap((c): [string, Json][] =>
    c.comment === undefined ? [] : [[c.name, c.comment]],
  );
  const labels = table.columns.flatMap((c): [string, Json][] =>
    c.labels.length === 0 ? [] : [[c.name, [...c.labels]]],
  );
  const flows = flowNames(table);
  return {
    ...Object.fromEntries([...said, ...others]),
    ...(comments.length > 0 && { "column comments": Object.fromEntries(comments) }),
    ...(labels.length > 0 && { labels: Object.fromEntries(labels) }),
    ...(flows.length > 0 && { "flow names": flows }),
  };
}

/** Settings of plugins that decide rows, or that do not: their values are JSON of the user's own. */
function extensionsOf({ settings }: TableNode, decides: "rows" | "nothing"): readonly [string, Json][] {
  return Object.entries(settings.extensions).flatMap(([name, { value, [DEFINITION]: definition }]): [string, Json][] =>
    definition.decides === decides ? [[name, plain(value)]] : [],
  );
}

/** Foreign keys are nodes with places; tags and properties are the user's own records, whatever their keys. */
const settingValue = (value: unknown): Json => (Array.isArray(value) ? canonical(value) : plain(value));

function plain(value: unknown): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return canonical(value);
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, part]) => [key, plain(part)]));
}

function flowNames(table: TableNode): readonly string[] {
  return (table.kind === "query" ? table.settings.flows : table.changeFlows).map((flow) => flow.name);
}

function streamsOf(table: TableNode): readonly StreamDefinition[] {
  if (table.kind === "query") {
    return [
      queryStream(table.query, false),
      ...table.settings.flows.map(({ query, once, name: _, ...more }) => ({
        ...queryStream(query, once),
        ...others(more),
      })),
    ];
  }
  const own = { once: false, changes: table.changes };
  return [own, ...table.changeFlows].map(({ once, changes: { input, ...how } }) => ({
    once,
    query: canonical(input),
    changes: canonical(how) as { readonly [part: string]: Json },
  }));
}

function queryStream(query: RelationNode, once: boolean): StreamDefinition {
  if (!isFileSource(query)) return { once, query: canonical(query) };
  // What becomes of files that change decides no row that was read; the mode tells whether rows are replaced.
  const { path, options, ...source } = query;
  const { onChange: _, ...reading } = options;
  return { once, path, query: canonical({ ...source, options: reading }) };
}

/** What else a flow carries decides rows until something is known of it. */
function others(more: object): Partial<StreamDefinition> {
  const rest = Object.fromEntries(Object.entries(canonicalRecord(more)).filter(([key]) => !PLACES.has(key)));
  return Object.keys(rest).length > 0 ? { changes: rest } : {};
}

const PLACES = new Set(["id", "at"]);
/** Facts for the type checker and for people, and what follows from the rest of the node. */
const FACTS = new Set([...PLACES, "columns", "nullable", "labels", "unit", "additivity", "default"]);

/** A node as JSON with sorted keys, without what decides no row. The same text means the same rows. */
function canonical(value: unknown): Json {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value === "object" && value !== null) {
    if ("labels" in value && !("kind" in value)) return column(value as ColumnFacts);
    const untold = "id" in value ? ("kind" in value ? FACTS : PLACES) : new Set<string>();
    const record = canonicalRecord(value);
    const own = {
      ...Object.fromEntries(Object.entries(record).filter(([key]) => !untold.has(key))),
      ...checkedType(value),
    };
    const definition = DEFINITION in value ? functionFrom(value[DEFINITION]) : undefined;
    // A function that is not built in may mean something else in the next version of its plugin.
    return definition ? { ...own, meaning: contentHash(definition.meaning) } : own;
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

/** The type of a value that the node holds to it: one of some texts, and no other. */
function checkedType(node: object): { readonly type?: string } {
  const checks = "kind" in node && (node.kind === "cast" || node.kind === "raw");
  return checks && "type" in node && isType(node.type) ? { type: typeText(node.type) } : {};
}

const column = ({ name, type, nullable }: ColumnFacts): Json => ({ name, type: typeText(type), nullable });

function canonicalRecord(record: object): Readonly<Record<string, Json>> {
  const entries = Object.entries(record).filter(([, part]) => part !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([key, part]) => [key, canonicalPart(key, part)]),
  );
}

function canonicalPart(key: string, part: unknown): Json {
  if (key === "type" && isType(part)) return typeName(part);
  // A salt is a secret in all but name: its hash shows that it changed.
  return key === "salt" && typeof part === "string" ? contentHash(part) : canonical(part);
}

const isType = (part: unknown): part is SqlType => typeof part === "object" && part !== null && "kind" in part;
