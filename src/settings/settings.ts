/** The settings of a table: the list, and what is derived from it. */
import { DEFINITION } from "../ast/outside.ts";
import { freeze } from "../core/freeze.ts";
import { oncePer } from "../core/once.ts";
import { clusterBy } from "./cluster-by.ts";
import { comment } from "./comment.ts";
import { expectations } from "./expectations.ts";
import { flows } from "./flows.ts";
import { key } from "./key.ts";
import { kind } from "./kind.ts";
import { masks } from "./mask.ts";
import type { AnySettingDefinition, Extension } from "./outside.ts";
import { owner } from "./owner.ts";
import { partitionBy } from "./partition-by.ts";
import { isPrivate } from "./private.ts";
import { properties } from "./properties.ts";
import { references } from "./references.ts";
import { refreshPolicy } from "./refresh-policy.ts";
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

type All = typeof SETTINGS;

export type SettingName = keyof All;

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
export interface GivenSetting {
  readonly name: string;
  readonly setting: AnySetting;
  /** Of the type that the setting takes. */
  readonly value: never;
}

/** The settings of a table that say something, those that are not built in last. */
export const givenSettings = oncePer((settings: TableSettings): readonly GivenSetting[] => freeze(read(settings)));

function read(settings: TableSettings): readonly GivenSetting[] {
  const own = SETTING_LIST.flatMap(([name, setting]): readonly GivenSetting[] => {
    const value = settings[name];
    return value === undefined || saysNothing(value) ? [] : [{ name, setting, value: forItsSetting(value) }];
  });
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
