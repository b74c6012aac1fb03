/** Tables from JSON: queries and change targets. */

import { type ChangeFlowNode, LAYERS, READS, type TableNode, type TablesByName } from "../ast/pipeline.ts";
import type { ChangesNode, RelationNode, SnapshotsNode } from "../ast/relation.ts";
import type { Cursor } from "../core/cursor.ts";
import { freeze } from "../core/freeze.ts";
import { changesNode, snapshotsNode, type TargetParts } from "../nodes/changes.ts";
import { queryTableNode, scdTableNode } from "../nodes/tables.ts";
import { checkFlowName } from "../settings/flows.ts";
import { condition, readExpr, type Sides } from "./exprs.ts";
import { readColumnNames, readItems, readRelation } from "./relations.ts";
import { readSettings } from "./settings.ts";

const BASE = ["id", "at", "kind", "name", "layer", "columns", "settings"];

/** A table over those that come before it. */
export function readTable(json: Cursor, before: readonly TableNode[]): TableNode {
  const kind = json.get("kind").oneOf("query", "scd1", "scd2");
  const layer = json.get("layer").oneOf(...LAYERS);
  const name = json.get("name").string();
  const at = json.place();
  const visible = before.filter((table) => READS[layer].includes(table.layer));
  const tables: TablesByName = new Map(visible.map((table) => [table.name, table]));
  if (kind === "query") {
    json.only([...BASE, "query"]);
    const query = readRelation(json.get("query"), tables);
    const settings = readSettings(json.get("settings"), { columns: query.columns, tables });
    return json.build(() => queryTableNode({ name, layer, query, settings }, at));
  }
  json.only([...BASE, "changes", "changeFlows"]);
  if (layer !== "silver") json.get("layer").fail("of a change target is silver");
  const changes = readChanges(json.get("changes"), tables);
  const changeFlows = readChangeFlows(json.get("changeFlows"), changes, tables);
  const derived = kind === "scd1" ? { key: changes.keys } : {};
  const settings = readSettings(json.get("settings"), { columns: changes.columns, tables, derived });
  return json.build(() => scdTableNode({ kind, name, changes, changeFlows, settings }, at));
}

const FLOW = ["id", "at", "kind", "input", "keys", "items", "columns", "trackHistory"];

function readChanges(json: Cursor, tables: TablesByName): ChangesNode | SnapshotsNode {
  const kind = json.get("kind").oneOf("changes", "snapshots");
  if (kind === "changes") return readEvents(json, tables);
  json.only([...FLOW, "version"]);
  const input = readRelation(json.get("input"), tables);
  const version = json.find("version");
  const parts = { ...readTarget(json, input), version: version && readExpr(version, [input.columns, []]) };
  return json.build(() => snapshotsNode(input, parts, json.place()));
}

function readEvents(json: Cursor, tables: TablesByName): ChangesNode {
  json.get("kind").oneOf("changes");
  json.only([...FLOW, "sequence", "deleteWhen", "truncateWhen", "ignoreNullUpdates"]);
  const input = readRelation(json.get("input"), tables);
  const sides: Sides = [input.columns, []];
  const target = readTarget(json, input);
  const test = (name: string) => {
    const found = json.find(name);
    return found && condition(readExpr(found, sides), found);
  };
  const ignored = json.find("ignoreNullUpdates");
  const parts = {
    ...target,
    sequence: readExpr(json.get("sequence"), sides),
    deleteWhen: test("deleteWhen"),
    truncateWhen: test("truncateWhen"),
    ignoreNullUpdates: ignored && readStored(ignored, target),
  };
  return json.build(() => changesNode(input, parts, json.place()));
}

function readTarget(json: Cursor, input: RelationNode): TargetParts {
  const keys = readColumnNames(json.get("keys"), input.columns, 1);
  const items = readItems(json.get("items"), [input.columns, []]);
  if (items.length === 0) json.get("items").fail("is empty");
  const tracked = json.find("trackHistory");
  return { keys, items, ...(tracked && { trackHistory: readStored(tracked, { items }) }) };
}

/** Names of columns that are stored. */
function readStored(json: Cursor, { items }: Pick<TargetParts, "items">): readonly string[] {
  for (const one of json.list()) {
    const name = one.string();
    if (!items.some((item) => item.name === name)) one.fail(`is ${JSON.stringify(name)}, which is not stored`);
  }
  return json.strings();
}

function readChangeFlows(
  json: Cursor,
  own: ChangesNode | SnapshotsNode,
  tables: TablesByName,
): readonly ChangeFlowNode[] {
  const all: ChangeFlowNode[] = [];
  for (const one of json.list()) {
    one.only(["name", "once", "changes"]);
    if (own.kind === "snapshots") one.fail("is a flow of snapshots, which have none");
    const name = one.get("name").string();
    one.build(() => checkFlowName(name, all, undefined));
    all.push(freeze({ name, once: one.get("once").boolean(), changes: readEvents(one.get("changes"), tables) }));
  }
  return freeze(all);
}
