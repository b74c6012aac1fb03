/** The settings of a table: the list, the types of their methods, and what is derived from them. */

import type { TableKind } from "../ast/relation.ts";
import { freeze } from "../core/freeze.ts";
import { oncePer } from "../core/once.ts";
import { DEFINITION } from "../core/plugin-parts.ts";
import type { Problem } from "../core/problem.ts";
import type { Said } from "../diagnostics/sentences.ts";
import type { TooMany } from "../typed/answers.ts";
import type { AnyExpr } from "../typed/base.ts";
import type { Naming } from "../typed/callbacks.ts";
import type { Fit } from "../typed/checks.ts";
import type { Flows } from "../typed/flows.ts";
import { clusterBy } from "./cluster-by.ts";
import { comment } from "./comment.ts";
import { expectations, type Rules } from "./expectations.ts";
import { flows } from "./flows.ts";
import { key } from "./key.ts";
import { kind } from "./kind.ts";
import { type Mask, masks } from "./mask.ts";
import { owner } from "./owner.ts";
import { partitionBy } from "./partition-by.ts";
import type { AnySettingDefinition, Extension, SettingDefinition } from "./plugin-settings.ts";
import { isPrivate } from "./private.ts";
import { properties } from "./properties.ts";
import { references } from "./references.ts";
import { type RefreshPolicy, refreshPolicy } from "./refresh-policy.ts";
import { rowFilter } from "./row-filter.ts";
import { type AnySetting, forItsSetting } from "./setting.ts";
import { tags } from "./tags.ts";
import { temporary } from "./temporary.ts";

/** Every setting, in the order in which a manifest holds those that a table always has. */
export const SETTINGS = freeze({
  key,
  references,
  expectations,
  comment,
  owner,
  tags,
  clusterBy,
  partitionBy,
  properties,
  private: isPrivate,
  temporary,
  flows,
  masks,
  rowFilter,
  refreshPolicy,
  kind,
}) satisfies Readonly<Record<string, AnySetting>>;

/** Their methods on any table, change targets included. `Self` is what they give back. */
export interface TableMethods<S, Self> {
  comment(text: string): Self;
  owner(name: string): Self;
  tags(tags: Readonly<Record<string, string>>): Self;
  properties(properties: Readonly<Record<string, string>>): Self;
  /** Lays the data out by these columns (liquid clustering); `"auto"` leaves the choice to the platform. */
  clusterBy(columns: Naming<Said<"ARG001:callback">, S> | "auto"): Self;
  partitionBy(columns: Naming<Said<"ARG001:callback">, S>): Self;
  /** The table is not published outside of the pipeline. */
  private(): Self;
  /**
   * Masks columns for readers: the name of a function of the catalog for each, or a function with more arguments.
   * Unity Catalog applies it when the table is read; the data is stored as it is.
   */
  mask(masks: { readonly [K in keyof S]?: string | Mask<S> | ((column: S) => Problem<Said<"ARG001:mask">>) }): Self;
  /** Shows a reader only the rows for which a function of the catalog, given these columns, is true. */
  rowFilter(functionName: string, columns: (columns: S) => AnyExpr | readonly AnyExpr[]): Self;
  /** Gives a value to a setting of a plugin, one that `defineSetting()` made. */
  set<Value>(setting: SettingDefinition<Value>, value: NoInfer<Value>): Self;
}

type Streaming<Kind extends TableKind, Then> = Kind extends "streaming"
  ? Then
  : (flows: Problem<Said<"FLOW003">>) => never;

/** Their methods on a table that a query makes; `key()` and `references()` are those of each kind of relation. */
export interface QueryMethods<S, Kind extends TableKind, Self, Recomputed, Streamed> extends TableMethods<S, Self> {
  /** Counts the rows that break a rule, and keeps them. A rule whose condition is null is broken, as on Databricks. */
  expect(rules: Rules<Said<"ARG001:rules">, S>, ...more: readonly TooMany[]): Self;
  /** Drops the rows that break a rule, and counts them. */
  expectOrDrop(rules: Rules<Said<"ARG001:rules">, S>, ...more: readonly TooMany[]): Self;
  /** Fails the table's update when a row breaks a rule. */
  expectOrFail(rules: Rules<Said<"ARG001:rules">, S>, ...more: readonly TooMany[]): Self;
  /** Puts the rows that break a rule into `<table>_quarantine`, with the names of the rules. */
  expectOrQuarantine(rules: Rules<Said<"ARG001:rules">, S>, ...more: readonly TooMany[]): Self;
  /**
   * Further streams into the same table (fan-in), each flow by its name. They have the table's columns, and its
   * expectations hold for all of its rows: what is set for a flow alone is refused (`SET001`).
   */
  readonly appendFlow: Streaming<Kind, <F extends object>(flows: Fit<F, Flows<S, F, false>>) => Self>;
  /** Queries that are written once, when the table is made: what came before the stream. */
  readonly backfill: Streaming<Kind, <F extends object>(flows: Fit<F, Flows<S, F, true>>) => Self>;
  /** A view of the pipeline: its readers see it, it is not published. */
  temporary(): Self;
  /** How a materialized view is brought up to date. */
  readonly refreshPolicy: Kind extends "streaming"
    ? (policy: Problem<Said<"REFRESH001">>) => never
    : (policy: RefreshPolicy) => Self;
  /** Recomputes the table, where it would have been a streaming table. */
  materialized(): Recomputed;
  /** Asks for a streaming table: an error where the input is not append-only. */
  readonly streaming: Kind extends "streaming" ? () => Streamed : Problem<Said<"STREAM001:table">>;
  /** A setting of your own: a function from table to table. */
  with<T>(setting: (table: Self) => T): T;
}

type All = typeof SETTINGS;

type SettingName = keyof All;

type ValueOf<S> = S extends { readonly read: (...given: never) => infer Value } ? Value : never;

/** The settings that a table may be without. */
type Optional = { [N in SettingName]: All[N]["empty"] extends undefined ? N : never }[SettingName];

type Always = { readonly [N in keyof All as Exclude<N, Optional>]: ValueOf<All[N]> };
type Sometimes = { readonly [N in keyof All as Extract<N, Optional>]?: ValueOf<All[N]> };

/** What is said of a table alongside its query. */
export interface TableSettings extends Always, Sometimes {
  /** Settings that are not built in, by name. */
  readonly extensions: Readonly<Record<string, Extension>>;
}

/** The settings of a table of which nothing was said. */
export const NO_SETTINGS: TableSettings = freeze({
  ...(Object.fromEntries(
    Object.entries(SETTINGS).flatMap(([name, { empty }]) => (empty === undefined ? [] : [[name, empty]])),
  ) as Always),
  extensions: freeze({}),
});

/** A setting that a table has, with its value there. */
interface GivenSetting {
  readonly name: string;
  readonly setting: AnySetting;
  /** Of the type that the setting accepts. */
  readonly value: never;
}

/** The settings of a table that say something, those that are not built in last. */
export const givenSettings = oncePer((settings: TableSettings): readonly GivenSetting[] => freeze(read(settings)));

function read(settings: TableSettings): readonly GivenSetting[] {
  const own: GivenSetting[] = [];
  for (const [name, setting] of SETTING_LIST) {
    const value = settings[name];
    // Most say nothing, and every step of a query asks.
    if (value === undefined || value === NO_SETTINGS[name] || saysNothing(value)) continue;
    own.push({ name, setting, value: forItsSetting(value) });
  }
  const others = Object.entries(settings.extensions).map(
    ([name, { value, [DEFINITION]: definition }]): GivenSetting => ({
      name,
      setting: asSetting(definition),
      value: forItsSetting(value),
    }),
  );
  return others.length === 0 ? own : [...own, ...others];
}

/** A setting that is not built in, as the built-in ones are known. */
function asSetting(definition: AnySettingDefinition): AnySetting {
  const { name, decides } = definition;
  const title = `set(${name})`;
  return {
    empty: undefined,
    of: "tables",
    decides,
    given: () => [title],
    read: (json) => json.value,
    methods: {},
    features: { [name]: title },
    uses: (value) => [{ feature: name, value, definition }],
  };
}

/** Each setting by its name. */
export const SETTING_LIST = freeze(Object.entries(SETTINGS)) as readonly (readonly [SettingName, AnySetting])[];

/** Whether a value is the same as none. */
export const saysNothing = (value: unknown): boolean =>
  value === false || (typeof value === "object" && value !== null && Object.keys(value).length === 0);

/** What stays of the settings where only rows are left out or columns added. */
export const ofRows = (settings: TableSettings): TableSettings => keep(settings, (setting) => setting.ofRows);

/** What holds for the companions of a table as well. */
export const ofCompanions = (settings: TableSettings): TableSettings =>
  keep(settings, (setting) => setting.ofCompanions);

function keep(settings: TableSettings, holds: (setting: AnySetting) => true | undefined): TableSettings {
  const kept = givenSettings(settings).filter(({ setting }) => holds(setting));
  return freeze({ ...NO_SETTINGS, ...Object.fromEntries(kept.map(({ name, value }) => [name, value])) });
}
