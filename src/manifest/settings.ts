/** The settings of a table from JSON, each checked as the builder checks it. */
import type { TableNode } from "../ast/pipeline.ts";
import type { ColumnFacts } from "../ast/relation.ts";
import {
  checkRefreshPolicy,
  type ExpectationNode,
  type FlowNode,
  type ForeignKeyNode,
  type MaskNode,
  NO_SETTINGS,
  type RowFilterNode,
  type TableSettings,
} from "../ast/settings.ts";
import {
  checkProperties,
  expectationNode,
  flowNode,
  foreignKeyNode,
  functionName,
} from "../builder/relation/setting-nodes.ts";
import { checkText, checkWords } from "../core/text.ts";
import type { Cursor } from "./cursor.ts";
import { condition, readExpr } from "./exprs.ts";
import { readColumnNames, readRelation, type Tables } from "./relations.ts";

export interface SettingsOf {
  /** The columns that the settings may name. */
  readonly columns: readonly ColumnFacts[];
  /** What flows may read. */
  readonly tables: Tables;
  /** Whether the table is made by queries: a change target takes fewer settings. */
  readonly query: boolean;
}

type Readers = { readonly [K in keyof TableSettings]-?: (json: Cursor, of: SettingsOf) => TableSettings[K] };

/** Settings that only a table made by queries has. */
const OF_QUERIES: readonly string[] = [
  "references",
  "expectations",
  "temporary",
  "flows",
  "refreshPolicy",
  "kind",
] satisfies readonly (keyof TableSettings)[];

const READERS: Readers = {
  key: (json, { columns }) => readColumnNames(json, columns),
  references: (json, of) => Object.freeze(json.list().map((one) => readReference(one, of))),
  expectations: readExpectations,
  comment: (json) => json.build(() => checkText("a comment", json.string(), undefined)),
  owner: (json) => json.build(() => checkText("an owner", json.string(), undefined)),
  tags: (json) => readWords(json, "a tag"),
  clusterBy: (json, { columns }) => (json.value === "auto" ? "auto" : readColumnNames(json, columns)),
  partitionBy: (json, { columns }) => readColumnNames(json, columns),
  properties: (json) => {
    const words = readWords(json, "a property");
    json.build(() => checkProperties(Object.keys(words), undefined));
    return words;
  },
  private: (json) => json.boolean(),
  temporary: (json) => json.boolean(),
  flows: readFlows,
  masks: (json, of) => Object.freeze(json.list().map((one) => readMask(one, of))),
  rowFilter: readRowFilter,
  refreshPolicy: (json) => json.build(() => checkRefreshPolicy(json.value, undefined)),
  kind: (json) => json.oneOf("streaming", "materialized"),
  extensions: (json) => {
    json.only([]);
    return NO_SETTINGS.extensions;
  },
};

/** In the order in which they were given: it is part of the table's id. */
export function readSettings(json: Cursor, of: SettingsOf): TableSettings {
  json.only(Object.keys(READERS));
  for (const name of Object.keys(NO_SETTINGS)) json.get(name);
  const read = json.entries().map(([name, value]) => {
    const made = READERS[name as keyof TableSettings](value, of);
    const plain = NO_SETTINGS[name as keyof TableSettings];
    if (!of.query && OF_QUERIES.includes(name) && JSON.stringify(made) !== JSON.stringify(plain)) {
      value.fail("is a setting that a change target does not have");
    }
    return [name, made];
  });
  return Object.freeze(Object.fromEntries(read)) as TableSettings;
}

function readWords(json: Cursor, what: string): Readonly<Record<string, string>> {
  const words = Object.fromEntries(json.entries().map(([name, value]) => [name, value.string()]));
  return json.build(() => checkWords(what, words, undefined));
}

function readReference(json: Cursor, { columns, tables }: SettingsOf): ForeignKeyNode {
  json.only(["id", "at", "columns", "table", "key"]);
  const named = json.get("table");
  const target: TableNode | undefined = tables.get(named.string());
  if (!target) return named.fail("is not a table that this one may read");
  const key = json.get("key").strings();
  const declared = target.settings.key ?? [];
  if (key.join("\n") !== declared.join("\n")) json.get("key").fail(`is not the key of "${target.name}"`);
  const own = readColumnNames(json.get("columns"), columns);
  return json.build(() => foreignKeyNode(own, target.name, key, json.place()));
}

function readExpectations(json: Cursor, { columns }: SettingsOf): readonly ExpectationNode[] {
  const all: ExpectationNode[] = [];
  for (const one of json.list()) {
    one.only(["id", "at", "name", "action", "predicate"]);
    const predicate = one.get("predicate");
    const parts = {
      name: one.get("name").string(),
      action: one.get("action").oneOf("warn", "drop", "fail", "quarantine"),
      predicate: condition(readExpr(predicate, [columns, []]), predicate),
    };
    all.push(one.build(() => expectationNode(parts, all, one.place())));
  }
  return Object.freeze(all);
}

function readFlows(json: Cursor, { tables }: SettingsOf): readonly FlowNode[] {
  const all: FlowNode[] = [];
  for (const one of json.list()) {
    one.only(["id", "at", "name", "once", "query"]);
    const parts = {
      name: one.get("name").string(),
      once: one.get("once").boolean(),
      query: readRelation(one.get("query"), tables),
    };
    all.push(one.build(() => flowNode(parts, all, one.place())));
  }
  return Object.freeze(all);
}

function readMask(json: Cursor, { columns }: SettingsOf): MaskNode {
  json.only(["column", "function", "using"]);
  const column = json.get("column").string();
  if (!columns.some((c) => c.name === column)) json.get("column").fail("names no column of the table");
  return Object.freeze({ column, function: readFunction(json), using: readColumnNames(json.get("using"), columns) });
}

function readRowFilter(json: Cursor, { columns }: SettingsOf): RowFilterNode {
  json.only(["function", "on"]);
  return Object.freeze({ function: readFunction(json), on: readColumnNames(json.get("on"), columns) });
}

function readFunction(json: Cursor): string {
  const name = json.get("function");
  return name.build(() => functionName(name.string(), undefined));
}
