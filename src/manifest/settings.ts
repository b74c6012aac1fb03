/** The settings of a table from JSON, each read by its own file. */

import { columnNamed } from "../ast/columns.ts";
import type { TablesByName } from "../ast/pipeline.ts";
import type { ColumnFacts } from "../ast/relation.ts";
import type { Cursor } from "../core/cursor.ts";
import { freeze } from "../core/freeze.ts";
import { isPluginName } from "../core/plugin-parts.ts";
import { type Extension, extension, settingFrom } from "../settings/plugin-settings.ts";
import type { Reading } from "../settings/setting.ts";
import { NO_SETTINGS, SETTING_LIST, type TableSettings } from "../settings/settings.ts";
import { condition, readExpr } from "./exprs.ts";
import { readColumnNames, readRelation } from "./relations.ts";

interface SettingsOf {
  /** The columns that the settings may name. */
  readonly columns: readonly ColumnFacts[];
  /** What flows may read. */
  readonly tables: TablesByName;
  /** Of a change target, the settings that follow from its events. It accepts fewer than a table made by queries. */
  readonly derived?: Partial<TableSettings>;
}

/** In the order in which they were given: it is part of the table's id. */
export function readSettings(json: Cursor, of: SettingsOf): TableSettings {
  const settings = new Map<string, (typeof SETTING_LIST)[number][1]>(SETTING_LIST);
  json.only([...settings.keys(), "extensions"]);
  for (const name of Object.keys(NO_SETTINGS)) json.get(name);
  const reading = readingOf(of);
  const read = json.entries().map(([name, value]) => {
    const setting = settings.get(name);
    if (!setting) return [name, freeze(Object.fromEntries(value.entries().map(readExtension)))];
    if (of.derived && Object.hasOwn(of.derived, name)) return [name, of.derived[name as keyof TableSettings]];
    const made = setting.read(value, reading);
    if (of.derived && setting.of === "queries" && JSON.stringify(made) !== JSON.stringify(setting.empty)) {
      value.fail("is a setting that a change target does not have");
    }
    return [name, made];
  });
  return freeze(Object.fromEntries(read)) as TableSettings;
}

function readingOf({ columns, tables }: SettingsOf): Reading {
  return {
    column: (json) => {
      const name = json.string();
      return columnNamed(columns, name) ? name : json.fail("names no column of the table");
    },
    names: (json, least) => readColumnNames(json, columns, least),
    condition: (json) => condition(readExpr(json, [columns, []]), json),
    relation: (json) => readRelation(json, tables),
    table: (json) => {
      const { name, settings } = tables.get(json.string()) ?? json.fail("is not a table that this one may read");
      return { name, key: settings.key };
    },
  };
}

/** Its value is checked by the definition that a plugin brings. */
function readExtension([name, json]: readonly [string, Cursor]): readonly [string, Extension] {
  const definition = isPluginName(name) ? json.outside("setting", name, settingFrom) : json.fail("is not known");
  json.only(["value"]);
  const value = json.get("value");
  return value.build(() => extension(definition, value.value, undefined));
}
