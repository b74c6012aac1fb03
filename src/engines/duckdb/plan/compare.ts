/** What is different between two definitions of a table, as data and in words. */
import {
  type ColumnDefinition,
  type Definition,
  type Json,
  MODES,
  type StreamDefinition,
} from "../../../settings/definition.ts";
import { covers, isInteger, typeText, widerType } from "../../../types/types.ts";

export interface Difference {
  /** In the words of the pipeline's author; empty where nothing decides other rows. */
  readonly words: readonly string[];
  readonly columns: ColumnChanges;
  /** Streams of the new definition that the old one does not have, by index. */
  readonly addedStreams: readonly number[];
  readonly removedStreams: number;
  /** Whether only the places of files differ, streams put aside. */
  readonly pathsChanged: boolean;
  /** How changes are applied, in which parts. */
  readonly changesParts: readonly string[];
  readonly modeChanged: boolean;
  readonly rulesChanged: boolean;
}

interface ColumnChanges {
  readonly added: readonly ColumnDefinition[];
  readonly removed: readonly ColumnDefinition[];
  /** Columns of a type that holds every value of the one before in the same way. */
  readonly widened: readonly ColumnDefinition[];
  /** Columns of any other type. */
  readonly retyped: readonly ColumnDefinition[];
  /** Columns that may be null now, or may not any more. */
  readonly renulled: readonly ColumnDefinition[];
  readonly reordered: boolean;
}

export function compare(before: Definition, after: Definition): Difference {
  const columns = compareColumns(before.columns, after.columns);
  const added = columns.added.map((c) => c.name);
  const streams = compareStreams(
    before.streams,
    after.streams.map((stream) => without(narrowed(stream, before.columns, columns.widened), added)),
  );
  const rules = [
    ...compareRules(before.rules, after.rules),
    ...changedSettings(before.settings ?? {}, after.settings ?? {}),
  ];
  const modeChanged = before.mode !== after.mode;
  const own = after.streams[0] && narrowed(after.streams[0], before.columns, columns.widened);
  const parts = changedParts(before.streams[0]?.changes, own?.changes, added);
  return {
    columns,
    ...streams,
    modeChanged,
    rulesChanged: rules.length > 0,
    changesParts: parts,
    words: [
      ...(modeChanged ? [`it is kept by ${MODES[after.mode]}, not by ${MODES[before.mode]}`] : []),
      ...columnWords(columns),
      ...streamWords(before.streams, after.streams, streams, parts),
      ...rules,
    ],
  };
}

function compareColumns(before: readonly ColumnDefinition[], after: readonly ColumnDefinition[]): ColumnChanges {
  const old = new Map(before.map((c) => [c.name, c]));
  const now = new Set(after.map((c) => c.name));
  const kept = after.filter((c) => old.has(c.name));
  const retyped = kept.filter((c) => !isOfType(c, old.get(c.name)));
  const widened = retyped.filter((c) => isWider(old.get(c.name)?.type ?? "", c.type));
  const order = before.filter((c) => now.has(c.name)).map((c) => c.name);
  return {
    added: after.filter((c) => !old.has(c.name)),
    removed: before.filter((c) => !now.has(c.name)),
    widened,
    retyped: retyped.filter((c) => !widened.includes(c)),
    renulled: kept.filter((c) => c.nullable !== old.get(c.name)?.nullable),
    reordered: kept.some((c, i) => c.name !== order[i]),
  };
}

type StoredType = ColumnDefinition["type"];

const textOf = (type: StoredType): string => (typeof type === "string" ? type : typeText(type));

/** Whether two columns hold the same values. */
export const isOfType = (a: ColumnDefinition, b: ColumnDefinition | undefined): boolean =>
  b !== undefined && textOf(a.type) === textOf(b.type);

/** Whole numbers of more bits, decimals of more digits before the point, texts of more values. */
function isWider(from: StoredType, to: StoredType): boolean {
  if (typeof from === "string" || typeof to === "string") return false;
  if (from.kind === "string") return to.kind === "string" && covers(to, from);
  if (from.kind === "decimal") return to.kind === "decimal" && from.scale === to.scale && from.precision < to.precision;
  return isInteger(from) && isInteger(to) && widerType(from, to) === to;
}

/** A stream as it was before columns were given wider types, so that it can be compared with what was there. */
function narrowed(
  stream: StreamDefinition,
  before: readonly ColumnDefinition[],
  widened: readonly ColumnDefinition[],
): StreamDefinition {
  if (widened.length === 0) return stream;
  const narrow = (node: Json): Json => {
    if (Array.isArray(node)) return node.map(narrow);
    if (!isRecord(node)) return node;
    const wide = widened.find((c) => c.name === node["name"] && textOf(c.type) === node["type"]);
    const type = wide && before.find((c) => c.name === wide.name)?.type;
    const entries = Object.entries(node).map(([key, part]): [string, Json] => [key, narrow(part)]);
    return { ...Object.fromEntries(entries), ...(type !== undefined && { type: textOf(type) }) };
  };
  const { query, changes } = stream;
  const parts = changes && Object.entries(changes).map(([key, part]): [string, Json] => [key, narrow(part)]);
  return { ...stream, query: narrow(query), ...(parts && { changes: Object.fromEntries(parts) }) };
}

function columnWords({ added, removed, widened, retyped, renulled, reordered }: ColumnChanges): readonly string[] {
  return [
    ...added.map((c) => `column ${c.name} is added`),
    ...removed.map((c) => `column ${c.name} is removed`),
    ...[...widened, ...retyped].map((c) => `column ${c.name} is ${textOf(c.type)} now`),
    ...renulled.map((c) => `column ${c.name} may ${c.nullable ? "be null now" : "not be null any more"}`),
    ...(reordered ? ["the columns are in another order"] : []),
  ];
}

/** A stream as it was before columns were added, so that it can be compared with what was there. */
function without(stream: StreamDefinition, added: readonly string[]): StreamDefinition {
  const { query, changes } = stream;
  return {
    ...stream,
    query:
      isRecord(query) && Array.isArray(query["declared"])
        ? { ...query, declared: unnamed(query["declared"], added) }
        : query,
    ...(changes && { changes: withoutItems(changes, added) }),
  };
}

function withoutItems(changes: { readonly [part: string]: Json }, added: readonly string[]) {
  const items = changes["items"];
  return Array.isArray(items) ? { ...changes, items: unnamed(items, added) } : changes;
}

const unnamed = (list: readonly Json[], names: readonly string[]): readonly Json[] =>
  list.filter((item) => !(isRecord(item) && names.includes(String(item["name"]))));

const isRecord = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

type StreamChanges = Pick<Difference, "addedStreams" | "removedStreams" | "pathsChanged">;

/** Streams are matched by what they give; the places of files decide only which files they name. */
function compareStreams(before: readonly StreamDefinition[], after: readonly StreamDefinition[]): StreamChanges {
  const left = before.map(({ path: _, ...stream }) => JSON.stringify(stream));
  const addedStreams: number[] = [];
  for (const [i, { path: _, ...stream }] of after.entries()) {
    const found = left.indexOf(JSON.stringify(stream));
    if (found < 0) addedStreams.push(i);
    else left.splice(found, 1);
  }
  const paths = (streams: readonly StreamDefinition[]) => JSON.stringify(streams.map((s) => s.path ?? "").sort());
  return { addedStreams, removedStreams: left.length, pathsChanged: paths(before) !== paths(after) };
}

function streamWords(
  before: readonly StreamDefinition[],
  after: readonly StreamDefinition[],
  { addedStreams, removedStreams, pathsChanged }: StreamChanges,
  parts: readonly string[],
): readonly string[] {
  const own = addedStreams.includes(0) && removedStreams > 0;
  const flowsAdded = addedStreams.length - (own ? 1 : 0);
  const flowsRemoved = removedStreams - (own ? 1 : 0);
  const [from, to] = [before[0], after[0]];
  const queryChanged = own && JSON.stringify(from?.query) !== JSON.stringify(to?.query);
  return [
    ...(queryChanged || (own && parts.length === 0)
      ? [`its ${from?.path === undefined ? "query" : "source"} has changed`]
      : []),
    ...parts.map((part) => `${PARTS[part] ?? part} has changed`),
    ...(from?.path !== to?.path && from?.path !== undefined && to?.path !== undefined
      ? [`its path is ${JSON.stringify(to.path)} now, which was ${JSON.stringify(from.path)}`]
      : pathsChanged && flowsAdded + flowsRemoved === 0
        ? ["the path of a flow has changed"]
        : []),
    ...(flowsAdded > 0 ? [flowsAdded === 1 ? "a flow is added" : `${flowsAdded} flows are added`] : []),
    ...(flowsRemoved > 0 ? [flowsRemoved === 1 ? "a flow is removed" : `${flowsRemoved} flows are removed`] : []),
  ];
}

const PARTS: Readonly<Record<string, string>> = {
  keys: "its key",
  sequence: "sequenceBy",
  items: "what it stores",
  version: "the version of its snapshots",
};

function changedParts(
  before: StreamDefinition["changes"],
  after: StreamDefinition["changes"],
  added: readonly string[],
): readonly string[] {
  if (!before || !after) return [];
  const now = withoutItems(after, added);
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
}

function compareRules(before: readonly Json[], after: readonly Json[]): readonly string[] {
  const named = (rules: readonly Json[]) =>
    new Map(rules.map((rule) => [isRecord(rule) ? String(rule["name"]) : "", JSON.stringify(rule)]));
  const [old, now] = [named(before), named(after)];
  return [
    ...[...now.keys()].filter((name) => !old.has(name)).map((name) => `rule ${name} is added`),
    ...[...old.keys()].filter((name) => !now.has(name)).map((name) => `rule ${name} is removed`),
    ...[...now].flatMap(([name, rule]) =>
      old.has(name) && old.get(name) !== rule ? [`rule ${name} has changed`] : [],
    ),
  ];
}

/** The settings that differ, by name. */
export function changedSettings(
  before: Readonly<Record<string, Json>>,
  after: Readonly<Record<string, Json>>,
): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    if (JSON.stringify(before[name]) === JSON.stringify(after[name])) return [];
    const how = before[name] === undefined ? "is set" : after[name] === undefined ? "is removed" : "has changed";
    return [`${name} ${how}`];
  });
}
