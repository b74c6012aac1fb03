/** The tables of an update: which are part of it, and how each is kept. */

import { tableInputs } from "../ast/inputs.ts";
import { keyRule } from "../ast/keys.ts";
import { tableKinds } from "../ast/kind.ts";
import { fullName, type TableNode } from "../ast/pipeline.ts";
import type { TableKind } from "../ast/relation.ts";
import { givenPipeline } from "../builder/pipeline/given.ts";
import type { AnyPipeline } from "../builder/typed/pipeline.ts";
import { refuseMore } from "../core/arity.ts";
import { describe } from "../core/describe.ts";
import type { RunError } from "../core/errors.ts";
import { failure } from "../diagnostics/mistake.ts";
import type { LoweredTable } from "../lower/table.ts";
import type { RunRequest } from "./engine.ts";
import type { ExpectationResult, TableResult } from "./result.ts";

/**
 * The tables to run: those asked for and all that they read.
 *
 * @throws RunError `TBL003` where there is no such table.
 */
export function wantedTables(tables: readonly TableNode[], only: readonly string[] | undefined): ReadonlySet<string> {
  const byName = new Map(tables.map((t) => [t.name, t]));
  if (!only) return new Set(byName.keys());
  // Of plain JavaScript: the letters of a text are not names.
  if (!Array.isArray(only)) throw notAList(only);
  const wanted = new Set<string>();
  const add = (name: string): void => {
    const table = byName.get(name);
    if (!table) {
      throw failure({
        code: "TBL003",
        message: `there is no table "${name}"`,
        help: `the tables are: ${[...byName.keys()].join(", ")}`,
        table: name,
      });
    }
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const input of tableInputs(table)) add(input);
  };
  for (const name of only) add(tables.find((t) => fullName(t) === name)?.name ?? name);
  return wanted;
}

/** A table of an update, as an engine of your own needs it. */
export interface UpdateTable extends Pick<TableResult, "name" | "layer" | "kind"> {
  /** The names of the tables that it reads. */
  readonly inputs: readonly string[];
}

/**
 * The tables that an update runs, each after those that it reads: the tables asked for and all that they read.
 *
 * @throws MedallionError `TBL003` where there is no such table.
 * @example
 * ```ts
 * import type { AnyPipeline } from "medallion";
 * import { type RunRequest, updateTables } from "medallion/run";
 *
 * export function streams(pipeline: AnyPipeline, { only }: RunRequest): readonly string[] {
 *   return updateTables(pipeline, only).flatMap((table) => (table.kind === "streaming" ? [table.name] : []));
 * }
 * ```
 */
export function updateTables(pipeline: AnyPipeline, only?: RunRequest["only"]): readonly UpdateTable[] {
  refuseMore("updateTables", 2, arguments);
  const { tables } = givenPipeline(pipeline, "updateTables()");
  const wanted = wantedTables(tables, only);
  const kinds = tableKinds(tables);
  return tables
    .filter((table) => wanted.has(table.name))
    .map((table) => ({
      name: table.name,
      layer: table.layer,
      kind: keptAs(table, kinds),
      inputs: [...tableInputs(table)],
    }));
}

function notAList(only: unknown): RunError {
  const help = 'name the tables in a list: only: ["orders"]';
  return failure({ code: "ARG001", message: `only accepts a list of tables, not ${describe(only)}`, help });
}

/** What is counted of the rows of a table: its expectations, and its key where the data could break it. */
export function countedRules({ rules, key }: LoweredTable): readonly Pick<ExpectationResult, "name" | "action">[] {
  return [
    ...rules.all.map(({ name, action }) => ({ name, action })),
    ...(key ? [{ name: keyRule(key), action: "warn" as const }] : []),
  ];
}

/** How a table is kept: a change target by how it keeps changes, any other by its kind. */
export function keptAs(table: TableNode, kinds: ReadonlyMap<string, TableKind>): TableResult["kind"] {
  return table.kind === "query" ? (kinds.get(table.name) ?? "materialized") : table.kind;
}

/** Why a table was left out, where one that it reads did not complete. */
export function unfinishedInput(input: string): string {
  return `it reads "${input}", which did not complete`;
}

/** `orders` of `` `dev`.silver.orders ``, as engines name tables and flows. */
export function unqualified(name: string): string {
  const plain = name.replaceAll("`", "");
  return plain.slice(plain.lastIndexOf(".") + 1);
}
