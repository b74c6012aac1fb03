/** A DuckDB script as a target. */

import { columnsByName } from "../../ast/columns.ts";
import type { ExprNode } from "../../ast/expr.ts";
import { tableQueries, tableSteps } from "../../ast/inputs.ts";
import { fullName, type TableNode } from "../../ast/pipeline.ts";
import { isFileSource } from "../../ast/relation.ts";
import { allExprs, type ScopeGroup, scopeGroups } from "../../ast/scopes.ts";
import { RESCUED } from "../../ast/stored.ts";
import { columnsIn, derivation, subexpressions } from "../../ast/walk.ts";
import type { OwnDiagnostic } from "../../diagnostics/catalogue.ts";
import { orderOf } from "../../functions/index.ts";
import { isNested } from "../../types/types.ts";
import { builtIn, type ListedTarget, type TableNotes, type TargetDefinition } from "../target.ts";
import { ofStoredTable } from "../views.ts";
import { comesTyped } from "./files.ts";
import { duckdbFiles } from "./script.ts";
import { TREATMENTS } from "./treatments.ts";

/** A script makes everything from nothing: it has no state, and no quarantine of lines. */
const scriptNotes: TableNotes = (table) => {
  const place = { ...(table.at !== undefined && { location: table.at }), table: table.name };
  const files: OwnDiagnostic = {
    code: "TARGET003",
    severity: "info",
    message: `${fullName(table)}: files are read by a script that stops at a line or a header that it cannot read, reads files whose names begin with _ as well, and keeps no _rescued_data, no _source_modified_at and no text of rows that it quarantines${readsNested(table) ? "; values within arrays, structs and maps are read by DuckDB's own casts, which round 1.5 to an INT and stop at what is none" : ""}`,
    help: "medallion run quarantines such lines, reads columns by name and rescues what is not declared",
    ...place,
  };
  const rescued: OwnDiagnostic = {
    code: "TARGET005",
    severity: "error",
    message: `${fullName(table)} reads _rescued_data, and a DuckDB script rescues nothing: null would tell of files in which all is declared`,
    help: "run the pipeline with medallion run, or leave the column out",
    column: RESCUED,
    ...place,
  };
  return [...(readsFiles(table) ? [files] : []), ...(readsRescued(table) ? [rescued] : [])];
};

const readsFiles = (table: TableNode) => tableQueries(table).some(isFileSource);

/** Whether a table reads values with parts from text. */
const readsNested = (table: TableNode): boolean =>
  tableQueries(table)
    .filter(isFileSource)
    .some((source) => !comesTyped(source) && source.declared.some((c) => isNested(c.type)));

/** Whether a table uses what was rescued, or hands it on. */
function readsRescued(table: TableNode): boolean {
  const isHandedOn = !readsFiles(table) && table.columns.some((c) => c.name === RESCUED);
  return isHandedOn || (scopeGroups(table).some(namesRescued) && !onlyPasses(table));
}

const isRescued = (expr: ExprNode): boolean => expr.kind === "column" && expr.name === RESCUED;

/** An order is made total by the columns that pass. */
function isOrdered(expr: ExprNode): boolean {
  return expr.kind === "window" || (expr.kind === "aggregate" && orderOf(expr) === "pick");
}

/** Whether steps that keep their columns, such as `derive()`, only hand what was rescued to steps that leave it out. */
function onlyPasses(table: TableNode): boolean {
  const steps = tableSteps(table);
  if (steps.some(({ kind }) => kind === "dedupe" || kind === "limit") || allExprs(table).some(isOrdered)) return false;
  const passing = steps.flatMap((step) => (step.kind === "aggregate" ? [] : (derivation(step).items ?? [])));
  const passed = passing.filter(({ name, expr }) => name === RESCUED && isRescued(expr)).length;
  const reading = scopeGroups(table).flatMap(({ exprs }) => exprs.filter((e) => subexpressions(e).some(isRescued)));
  return reading.length === passed;
}

const namesRescued = ({ sides, exprs }: ScopeGroup): boolean =>
  sides.some((columns) => columnsByName(columns).has(RESCUED)) && columnsIn(exprs).some(({ name }) => name === RESCUED);

/**
 * A DuckDB script that makes every table from nothing.
 *
 * @example
 * ```ts
 * import { type AnyPipeline, compile } from "medallion";
 * import { duckdb } from "medallion/targets";
 * export const files = (p: AnyPipeline) => compile(p, { target: duckdb }).files;
 * ```
 */
export const duckdbTarget: TargetDefinition = builtIn({
  name: "duckdb",
  title: "DuckDB (embedded)",
  files: duckdbFiles,
  notes: () => scriptNotes,
  treatment: (feature, table) => ofStoredTable(feature, table, TREATMENTS[feature]),
});

export const duckdb: ListedTarget = {
  definition: duckdbTarget,
  treatments: TREATMENTS,
  configured: ({ params, baseDirFlag }) => ({ params, ...(baseDirFlag !== undefined && { baseDir: baseDirFlag }) }),
};
