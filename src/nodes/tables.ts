/** Makes the nodes of tables and of the pipeline, with the checks that do not depend on who makes them. */

import { namesQuarantine } from "../ast/companions.ts";
import { tableSteps } from "../ast/inputs.ts";
import { mayQuarantine } from "../ast/kind.ts";
import {
  type ChangeFlowNode,
  type Layer,
  MANIFEST_VERSION,
  type PipelineNode,
  type QueryTableNode,
  type ScdTableNode,
  type TableNode,
  type TablesByName,
} from "../ast/pipeline.ts";
import {
  type ChangesNode,
  type ColumnFacts,
  type RelationNode,
  type SnapshotsNode,
  TABLE_ID,
} from "../ast/relation.ts";
import { checkReserved } from "../ast/reserved.ts";
import { sealed } from "../ast/sealed.ts";
import type { TableSettings } from "../ast/settings.ts";
import { END_AT, START_AT } from "../ast/stored.ts";
import { describe } from "../core/describe.ts";
import type { DefinitionError } from "../core/errors.ts";
import { freeze } from "../core/freeze.ts";
import { mistake } from "../diagnostics/mistake.ts";
import { say } from "../diagnostics/sentences.ts";
import { primitive } from "../types/types.ts";
import type { Place } from "./exprs.ts";

export function queryTableNode(
  parts: {
    readonly name: string;
    readonly layer: Layer;
    readonly query: RelationNode;
    readonly settings: TableSettings;
  },
  at: Place,
): QueryTableNode {
  const { name, layer, query, settings } = parts;
  checkTableName(name, at);
  const place = query.at ?? at;
  const columns = query.columns.map((c) => c.name);
  if (settings.expectations.length > 0) checkReserved(columns, ["rules"], place);
  if (mayQuarantine(query, settings)) checkReserved(columns, ["quarantine"], place);
  const content = `table:${name}:${layer}:${query.id}:${settingsKey(settings)}`;
  return sealed<QueryTableNode>(
    { kind: "query", name, layer, columns: query.columns, query, settings },
    content,
    place,
  );
}

export function scdTableNode(
  parts: {
    readonly kind: "scd1" | "scd2";
    readonly name: string;
    readonly changes: ChangesNode | SnapshotsNode;
    readonly changeFlows: readonly ChangeFlowNode[];
    readonly settings: TableSettings;
  },
  at: Place,
): ScdTableNode {
  const { kind, name, changes, changeFlows } = parts;
  checkTableName(name, at);
  const place = changes.at ?? at;
  const stored = changes.columns.map((c) => c.name);
  if (kind === "scd2") checkReserved(stored, ["history"], place);
  const columns = kind === "scd1" ? changes.columns : historyColumns(changes);
  const settings = kind === "scd1" ? freeze({ ...parts.settings, key: changes.keys }) : parts.settings;
  const flows = changeFlows.map((flow) => `${flow.name} ${flow.once} ${flow.changes.id}`).join();
  return sealed<ScdTableNode>(
    { kind, name, layer: "silver", columns, changes, changeFlows, settings },
    `table:${name}:${kind}:${changes.id}:${flows}:${settingsKey(settings)}`,
    place,
  );
}

/** What a version's ends are: values of the sequence, with its labels. Snapshots without a version have the time of the update. */
function historyColumns(changes: ChangesNode | SnapshotsNode): readonly ColumnFacts[] {
  const sequence = changes.kind === "changes" ? changes.sequence : changes.version;
  const updateTime = {
    type: primitive("timestamp"),
    labels: freeze([]),
    unit: "",
    additivity: "additive",
  } as const;
  const { type, labels, unit, additivity } = sequence ?? updateTime;
  const facts = { type, labels, unit, additivity };
  return freeze([
    ...changes.columns,
    freeze({ name: START_AT, nullable: false, ...facts }),
    freeze({ name: END_AT, nullable: true, ...facts }),
  ]);
}

function settingsKey(settings: TableSettings): string {
  const { references, expectations, flows, ...plain } = settings;
  const ids = [references, expectations, flows].map((nodes) => nodes.map((node) => node.id));
  return JSON.stringify([plain, ...ids]);
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function checkTableName(name: string, at: Place): void {
  if (NAME.test(name) && name.length <= 200 && !namesQuarantine(name)) return;
  throw mistake(at, {
    code: "TBL002",
    message: `${describe(name)} cannot name a table`,
    help: `letters, digits and _, at most 200, not ending in _quarantine (that is where broken rows go)${instead(name)}`,
    table: name,
  });
}

/** The same name of letters that are accepted, where that is one. */
function instead(name: unknown): string {
  if (typeof name !== "string") return "";
  const plain = name.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^_+|_+$/g, "");
  return NAME.test(plain) && plain !== name ? `: ${plain}` : "";
}

const indexes = new WeakMap<PipelineNode, Map<string, TableNode>>();

/** A pipeline that extends another goes on with its index: one with more entries than tables is of that other by now. */
function indexOf(pipeline: PipelineNode): Map<string, TableNode> {
  const known = indexes.get(pipeline);
  if (known?.size === pipeline.tables.length) return known;
  return new Map(pipeline.tables.map((table) => [table.name.toLowerCase(), table]));
}

/** The tables of a pipeline by their names in lower case. */
export const tablesByName = (pipeline: PipelineNode): ReadonlyMap<string, TableNode> => indexOf(pipeline);

/** The pipeline with more tables: no two have one name. */
export function withTables(pipeline: PipelineNode, added: readonly TableNode[], at: Place): PipelineNode {
  const tables = indexOf(pipeline);
  for (const table of added) {
    const same = tables.get(table.name.toLowerCase());
    if (same) throw duplicateTable(table, same.name, at);
    refuseForeign(table, tables, at);
    tables.set(table.name.toLowerCase(), table);
  }
  const extended = freeze({ ...pipeline, tables: freeze([...pipeline.tables, ...added]) });
  indexes.set(extended, tables);
  return extended;
}

/** A table is read by its name: that of another pipeline would be bound to whatever has its name in this one. */
function refuseForeign(table: TableNode, tables: TablesByName, at: Place): void {
  for (const step of tableSteps(table)) {
    if (step.kind !== "table" || step[TABLE_ID] === undefined) continue;
    if (tables.get(step.table.toLowerCase())?.id === step[TABLE_ID]) continue;
    throw mistake(step.at ?? table.at ?? at, {
      code: "TBL005",
      message: `"${table.name}" reads the table "${step.table}" of another pipeline`,
      help: "include() that pipeline in this one, and read the table from $",
      table: table.name,
    });
  }
}

function duplicateTable(table: TableNode, same: string, at: Place): DefinitionError {
  const said = say("TBL001", { table: same });
  const message = same === table.name ? said.message : `${said.message}, and "${table.name}" differs in case only`;
  return mistake(table.at ?? at, { ...said, message, table: table.name });
}

export function emptyPipeline(name: string, at: Place): PipelineNode {
  if (typeof name !== "string" || !NAME.test(name)) {
    throw mistake(at, {
      code: "TBL002",
      message: `${describe(name)} cannot name a pipeline`,
      help: `letters, digits and _${instead(name)}`,
    });
  }
  return freeze({ version: MANIFEST_VERSION, name, tables: freeze([]) });
}
