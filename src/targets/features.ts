/** Everything that a pipeline can ask for and that targets treat in their own ways, and what of it a table uses. */
import { match } from "ts-pattern";
import { tableQueries } from "../ast/inputs.ts";
import { whyNotStreaming } from "../ast/kind.ts";
import type { TableNode } from "../ast/pipeline.ts";
import type { SourceNode } from "../ast/relation.ts";
import { EXPECTATION_METHODS, type FlowNode, type TableKind } from "../ast/settings.ts";
import type { SqlType } from "../types/types.ts";

/** Each feature as the builder writes it. A new one is a compile error in every target until it has a treatment there. */
export const FEATURES = {
  expect: "expect()",
  expectOrDrop: "expectOrDrop()",
  expectOrFail: "expectOrFail()",
  expectOrQuarantine: "expectOrQuarantine()",
  key: "key()",
  references: "references()",
  comment: "comment()",
  columnComment: "t.….comment()",
  tags: "tags()",
  owner: "owner()",
  properties: "properties()",
  clusterBy: "clusterBy()",
  clusterByAuto: 'clusterBy("auto")',
  partitionBy: "partitionBy()",
  private: "private()",
  temporary: "temporary()",
  mask: "mask()",
  rowFilter: "rowFilter()",
  refreshPolicy: "refreshPolicy()",
  appendFlow: "appendFlow()",
  backfill: "backfill()",
  backfillOfWhole: "backfill() with a query that is no stream",
  csv: "source.csv()",
  jsonArray: 'source.json(…, { layout: "array" })',
  encoding: "encoding of CSV and JSON",
  windowsEncoding: 'encoding: "windows-1252"',
  wideJson: "UTF-16 of JSON",
  reread: 'onChange: "reread"',
  replace: 'onChange: "replace"',
  failOnChange: 'onChange: "fail"',
  scd1: "scd1()",
  scd2: "scd2()",
  ignoreNullUpdates: "ignoreNullUpdates",
  truncateWhen: "truncateWhen",
  snapshotsScd1: "scd1() of snapshots()",
  snapshotsScd2: "scd2() of snapshots()",
  columnNames: "column names with blanks, commas, semicolons, brackets or =",
  param: "param",
} as const satisfies Readonly<Record<string, string>>;

/** Something that a pipeline can ask for and that targets treat in their own ways. */
export type Feature = keyof typeof FEATURES;

/** A feature that a table uses, and for what: the rule's name, the column. */
export interface Use {
  readonly feature: Feature;
  /** What it is used for, where there may be several: the name of a rule, a column. */
  readonly subject?: string;
  readonly at?: string | undefined;
}

const ON_CHANGE = { reread: "reread", replace: "replace", fail: "failOnChange" } as const;

/** Everything that a table says and that a target may treat in its own way. */
export function usesOf(table: TableNode, kinds: ReadonlyMap<string, TableKind>): readonly Use[] {
  const s = table.settings;
  const given = (feature: Feature, is: boolean, subject?: string): readonly Use[] =>
    is ? [{ feature, ...(subject !== undefined && { subject }) }] : [];
  return [
    ...s.expectations.map((e): Use => ({ feature: EXPECTATION_METHODS[e.action], subject: e.name, at: e.at })),
    ...given("key", s.key !== undefined, s.key?.join(", ")),
    ...s.references.map((r): Use => ({ feature: "references", subject: r.columns.join(", "), at: r.at })),
    ...given("comment", s.comment !== undefined),
    ...given(
      "columnComment",
      table.columns.some((c) => c.comment !== undefined),
    ),
    ...given("tags", Object.keys(s.tags).length > 0),
    ...given("owner", s.owner !== undefined),
    ...given("properties", Object.keys(s.properties).length > 0),
    ...given("clusterBy", s.clusterBy !== "auto" && s.clusterBy.length > 0),
    ...given("clusterByAuto", s.clusterBy === "auto"),
    ...given("partitionBy", s.partitionBy.length > 0),
    ...given("private", s.private),
    ...given("temporary", s.temporary),
    ...s.masks.map((m): Use => ({ feature: "mask", subject: m.column })),
    ...given("rowFilter", s.rowFilter !== undefined, s.rowFilter?.function),
    ...given("columnNames", hasMappedNames(table)),
    ...given("refreshPolicy", s.refreshPolicy !== undefined, s.refreshPolicy),
    ...given(
      "csv",
      reads(table, ({ format }) => format === "csv"),
    ),
    ...given(
      "jsonArray",
      reads(table, ({ options }) => options.layout === "array"),
    ),
    ...encodings(table),
    ...Object.entries(ON_CHANGE).flatMap(([value, feature]) =>
      given(
        feature,
        reads(table, ({ options }) => options.onChange === value),
      ),
    ),
    ...s.flows.map((f): Use => ({ feature: flowFeature(f, kinds), subject: f.name, at: f.at })),
    ...changeUses(table),
  ];
}

/** Delta stores a column under its own name only where the name has none of these; else the table maps the names. */
const UNMAPPED = /[ ,;{}()\n\t=]/;

export function hasMappedNames(table: TableNode): boolean {
  const inside = (type: SqlType): readonly string[] => {
    if (type.kind === "array") return inside(type.element);
    if (type.kind === "map") return [...inside(type.key), ...inside(type.value)];
    return type.kind === "struct" ? type.fields.flatMap((f) => [f.name, ...inside(f.type)]) : [];
  };
  return table.columns.some((c) => [c.name, ...inside(c.type)].some((name) => UNMAPPED.test(name)));
}

function flowFeature({ once, query }: FlowNode, kinds: ReadonlyMap<string, TableKind>): Feature {
  if (!once) return "appendFlow";
  const whyNot = whyNotStreaming(query, (table) => kinds.get(table) ?? "streaming");
  return whyNot === undefined ? "backfill" : "backfillOfWhole";
}

function encodings(table: TableNode): readonly Use[] {
  const given = (feature: Feature, such: (encoding: string, source: SourceNode) => boolean): readonly Use[] =>
    reads(table, (source) => such(source.options.encoding ?? "utf-8", source)) ? [{ feature }] : [];
  const isWideJson = (encoding: string, { format }: SourceNode) => encoding.startsWith("utf-16") && format === "json";
  return [
    ...given("wideJson", isWideJson),
    ...given("windowsEncoding", (encoding) => encoding === "windows-1252"),
    ...given("encoding", (e, source) => e !== "utf-8" && e !== "windows-1252" && !isWideJson(e, source)),
  ];
}

function reads(table: TableNode, such: (source: SourceNode) => boolean): boolean {
  return tableQueries(table).some((query) => query.kind === "source" && such(query));
}

function changeUses(table: TableNode): readonly Use[] {
  if (table.kind === "query") return [];
  const all = [table.changes, ...table.changeFlows.map((f) => f.changes)];
  return [
    ...match(table.changes.kind)
      .with("changes", (): readonly Use[] => [{ feature: table.kind }])
      .with("snapshots", (): readonly Use[] => [{ feature: table.kind === "scd1" ? "snapshotsScd1" : "snapshotsScd2" }])
      .exhaustive(),
    ...all.flatMap((c): readonly Use[] =>
      c.kind === "changes" && c.ignoreNullUpdates ? [{ feature: "ignoreNullUpdates", at: c.at }] : [],
    ),
    ...all.flatMap((c): readonly Use[] =>
      c.kind === "changes" && c.truncateWhen ? [{ feature: "truncateWhen", at: c.truncateWhen.at }] : [],
    ),
    ...table.changeFlows.map(
      (f): Use => ({ feature: f.once ? "backfill" : "appendFlow", subject: f.name, at: f.changes.at }),
    ),
  ];
}
