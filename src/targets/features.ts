/** Everything that a pipeline can ask for and that targets treat in their own ways, and what of it a table uses. */

import { tableChanges, tableQueries } from "../ast/inputs.ts";
import { whyNotStreaming } from "../ast/kind.ts";
import type { TableNode } from "../ast/pipeline.ts";
import type { TableKind } from "../ast/relation.ts";
import { isFileSource, type OnChange, type RelationNode } from "../ast/relation.ts";
import { freeze } from "../core/freeze.ts";
import { oncePer } from "../core/once.ts";
import { FORMAT_FEATURES } from "../formats/features.ts";
import { fileFormatOf } from "../formats/format.ts";
import type { Use } from "../settings/setting.ts";
import { givenSettings, SETTING_LIST, type SETTINGS } from "../settings/settings.ts";
import { isNested, type SqlType } from "../types/types.ts";

/** What of a pipeline is not a setting of a table, but treated by targets in their own ways. */
const OTHERS = {
  columnComment: "t.….comment()",
  ...FORMAT_FEATURES,
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

type All = typeof SETTINGS;

/** A feature of a setting. */
export type SettingFeature = { [N in keyof All]: keyof All[N]["features"] }[keyof All];

/** Something that a pipeline can ask for and that targets treat in their own ways. */
export type Feature = SettingFeature | keyof typeof OTHERS;

/** Each feature as the builder writes it. A new one is a compile error in every target until it has a treatment there. */
export const FEATURES = freeze(
  Object.fromEntries([...SETTING_LIST.map(([, { features }]) => features), OTHERS].flatMap(Object.entries)),
) as Readonly<Record<Feature, string>>;

const ON_CHANGE = {
  ignore: undefined,
  reread: "reread",
  replace: "replace",
  fail: "failOnChange",
} as const satisfies Readonly<Record<OnChange, Feature | undefined>>;

type Kinds = ReadonlyMap<string, TableKind>;

/** The features of the settings of a table; of settings that are not built in, by their own names. */
export function settingUses({ settings }: TableNode, kinds: Kinds): readonly Use[] {
  const isStream = (query: RelationNode) =>
    whyNotStreaming(query, (name) => kinds.get(name) ?? "streaming") === undefined;
  return givenSettings(settings).flatMap(({ setting, value }) => setting.uses(value, isStream));
}

/** Everything that a table says and that a target may treat in its own way, beyond its settings. */
export function otherUses(table: TableNode): readonly Use<Feature>[] {
  const sources = tableQueries(table).filter(isFileSource);
  const features: readonly Feature[] = [
    ...(table.columns.some((c) => c.comment !== undefined) ? (["columnComment"] as const) : []),
    ...(hasMappedNames(table) ? (["columnNames"] as const) : []),
    ...new Set(sources.flatMap((source) => fileFormatOf(source).traits(source).features ?? [])),
    ...new Set(sources.flatMap(({ options: { onChange = "ignore" } }) => ON_CHANGE[onChange] ?? [])),
  ];
  return [...features.map((feature) => ({ feature, value: true })), ...changeUses(table)];
}

/** Delta stores a column under its own name only where the name has none of these; else the table maps the names. */
const UNMAPPED = /[ ,;{}()\n\t=]/;

export const hasMappedNames = oncePer((table: TableNode): boolean => {
  const inside = (type: SqlType): readonly string[] => {
    if (type.kind === "array") return inside(type.element);
    if (type.kind === "map") return [...inside(type.key), ...inside(type.value)];
    return type.kind === "struct" ? type.fields.flatMap((f) => [f.name, ...inside(f.type)]) : [];
  };
  const isMapped = (name: string) => UNMAPPED.test(name);
  return table.columns.some((c) => isMapped(c.name) || (isNested(c.type) && inside(c.type).some(isMapped)));
});

const SNAPSHOTS = { scd1: "snapshotsScd1", scd2: "snapshotsScd2" } as const;

function changeUses(table: TableNode): readonly Use<Feature>[] {
  if (table.kind === "query") return [];
  const all = tableChanges(table);
  const features = { changes: table.kind, snapshots: SNAPSHOTS[table.kind] } as const;
  return [
    { feature: features[table.changes.kind], value: true },
    ...all.flatMap((c): readonly Use<Feature>[] =>
      c.kind === "changes" && c.ignoreNullUpdates
        ? [{ feature: "ignoreNullUpdates", value: c.ignoreNullUpdates, at: c.at }]
        : [],
    ),
    ...all.flatMap((c): readonly Use<Feature>[] =>
      c.kind === "changes" && c.truncateWhen
        ? [{ feature: "truncateWhen", value: c.truncateWhen, at: c.truncateWhen.at }]
        : [],
    ),
    ...table.changeFlows.map(
      (f): Use<Feature> => ({
        feature: f.once ? "backfill" : "appendFlow",
        value: f,
        subject: f.name,
        at: f.changes.at,
      }),
    ),
  ];
}
