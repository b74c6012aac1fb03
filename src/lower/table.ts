/**
 * A table, lowered once: what it reads and how it is kept, what becomes of its rows, what it stores and what stands next to
 * it. What it becomes is data without SQL. The embedded engine executes it, a DuckDB script is what it would execute in an empty warehouse, and
 * Spark's and Databricks' statements get their rules and companions from it.
 */

import { companionName } from "../ast/companions.ts";
import { tableInputs } from "../ast/inputs.ts";
import { keyToCount } from "../ast/keys.ts";
import { hasQuarantine, tableKinds } from "../ast/kind.ts";
import type { PipelineNode, QueryTableNode, ScdTableNode, TableNode, TablesByName } from "../ast/pipeline.ts";
import type { SnapshotsNode, TableKind } from "../ast/relation.ts";
import { EXPECTATION_COLUMNS, quarantineColumns, type StoredColumn, storedColumns } from "../ast/stored.ts";
import { type VersionOrigin, versionOrigins } from "../ast/versions.ts";
import { freeze } from "../core/freeze.ts";
import { type Application, applicationOf } from "./application.ts";
import { type EventRead, eventReads, isFileRead, type QueryMode, queryMode, queryReads, type Read } from "./reads.ts";
import { type RowRules, rulesOf } from "./rules.ts";

/** A table that stands next to another, in its schema. */
export interface Companion {
  readonly name: string;
  readonly columns: readonly StoredColumn[];
}

interface Lowered {
  readonly kind: TableKind;
  /** The tables that it reads, each once. */
  readonly inputs: readonly string[];
  readonly columns: readonly StoredColumn[];
  /** The declared key that the data could break, and whose rows are counted. */
  readonly key?: readonly string[];
  readonly rules: RowRules;
  /** Rows that could not be read or broke a rule that quarantines. */
  readonly quarantine?: Companion;
  /**
   * How many rows met each rule and have a key of their own, where nothing else tells: a row that breaks one is kept, or
   * left out. Engines that count by themselves need no such table.
   */
  readonly expectations?: Companion;
}

export interface LoweredQuery extends Lowered {
  readonly mode: QueryMode;
  readonly table: QueryTableNode;
  /** The table's own query first. */
  readonly reads: readonly Read[];
}

export interface LoweredChanges extends Lowered {
  readonly mode: "changes";
  readonly table: ScdTableNode;
  readonly reads: readonly EventRead[];
  readonly application: Application;
}

export interface LoweredSnapshots extends Lowered {
  readonly mode: "snapshots";
  readonly table: ScdTableNode;
  readonly snapshots: SnapshotsNode;
  /** What tells snapshots apart that come together. */
  readonly origins?: readonly VersionOrigin[];
  readonly application: Application;
}

export type LoweredTable = LoweredQuery | LoweredChanges | LoweredSnapshots;

/** A pipeline's tables, lowered, in their order. */
export interface LoweredPipeline {
  readonly kinds: ReadonlyMap<string, TableKind>;
  readonly tables: TablesByName;
  readonly plans: ReadonlyMap<string, LoweredTable>;
}

export function lowerPipeline({ tables }: PipelineNode): LoweredPipeline {
  const kinds = tableKinds(tables);
  const byName = new Map(tables.map((table) => [table.name, table]));
  const plans = tables.map((table) => [table.name, lowerTable(table, kinds, byName)] as const);
  return { kinds, tables: byName, plans: new Map(plans) };
}

function lowerTable(table: TableNode, kinds: ReadonlyMap<string, TableKind>, tables: TablesByName): LoweredTable {
  const kind = kinds.get(table.name) ?? "materialized";
  const lowered = { kind, inputs: tableInputs(table), ...whatItStores(table, tables) };
  if (table.kind === "query") {
    const reads = queryReads(table);
    return { ...lowered, mode: queryMode(reads, kind), table, reads };
  }
  const application = applicationOf(table);
  const { changes } = table;
  if (changes.kind === "changes") return { ...lowered, mode: "changes", table, reads: eventReads(table), application };
  const origins = versionOrigins(changes, { kinds, tables });
  return { ...lowered, mode: "snapshots", table, snapshots: changes, application, ...(origins && { origins }) };
}

function whatItStores(table: TableNode, tables: TablesByName): Omit<Lowered, "kind" | "inputs"> {
  const columns = storedColumns(table);
  if (table.kind !== "query") return { columns, rules: NO_RULES };
  const { expectations } = table.settings;
  const rules = { all: expectations, readable: queryReads(table).some(isFileRead) };
  const key = keyToCount(table, tables);
  return {
    columns,
    rules,
    ...(key && { key }),
    ...(hasQuarantine(table) && { quarantine: quarantineOf(table) }),
    ...((key || rulesOf(rules, "warn", "drop").length > 0) && { expectations: expectationsOf(table.name) }),
  };
}

const NO_RULES: RowRules = freeze({ all: freeze([]), readable: false });

const quarantineOf = (table: QueryTableNode): Companion => ({
  name: companionName(table.name, "quarantine"),
  columns: quarantineColumns(table),
});

const expectationsOf = (name: string): Companion => ({
  name: companionName(name, "expectations"),
  columns: EXPECTATION_COLUMNS,
});
