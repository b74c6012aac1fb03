/**
 * A pipeline as a DuckDB script: the plan of an empty warehouse, as the statements that the embedded engine would run. Each
 * table is a transaction; what fails a table of the engine stops the script there.
 */
import { LAYERS, type PipelineNode } from "../../ast/pipeline.ts";
import { type Macro, withCalled } from "../../functions/fragment.ts";
import { isFileRead } from "../../lower/reads.ts";
import { failingRule } from "../../lower/rules.ts";
import { type LoweredChanges, type LoweredQuery, type LoweredTable, lowerPipeline } from "../../lower/table.ts";
import { appliedEvents } from "../../sql/apply-changes.ts";
import { indent, unionByName } from "../../sql/block.ts";
import type { Dialect } from "../../sql/dialect.ts";
import { allEvents } from "../../sql/events.ts";
import { printTerm } from "../../sql/query.ts";
import { block, filesOf, header, numbered } from "../layout.ts";
import type { CompiledFile, TargetOptions } from "../target.ts";
import { duckdb, duckdbIdentifier as id, duckdbText as text } from "./dialect.ts";
import { createMacro } from "./macros/index.ts";
import { reading } from "./reading.ts";
import {
  countRules,
  countWholeKey,
  failWhereBroken,
  flagsFor,
  flagsOf,
  insertKept,
  insertQuarantined,
  type Staged,
  withFlags,
} from "./rows.ts";
import type { Script } from "./script/context.ts";
import { GIVEN, PROBLEM, stagedFiles } from "./script/files.ts";
import { boundParams } from "./script/params.ts";
import { snapshotStatements } from "./script/snapshots.ts";
import { createCompanion, createTable, nameOf, quarantineName } from "./tables.ts";

export function duckdbFiles(pipeline: PipelineNode, options: TargetOptions): readonly CompiledFile[] {
  const called = new Set<Macro>();
  const plan = lowerPipeline(pipeline);
  const dialect: Dialect = { ...duckdb, called: (macro) => called.add(macro) };
  const params = boundParams(pipeline.tables, options.params ?? {});
  const script: Script = {
    pipeline: plan,
    dialect,
    params,
    baseDir: options.baseDir,
    context: reading(plan.tables, (name) => nameOf(plan.tables.get(name) ?? { layer: "silver", name }), dialect),
  };
  const files = filesOf(
    plan.plans,
    options.layout,
    (lowered) => `${header(lowered.table, lowered.kind)}\n${transaction(statements(lowered, script))}\n`,
  );
  const setup = [
    "SET TimeZone = 'UTC'",
    ...LAYERS.map((s) => `CREATE SCHEMA IF NOT EXISTS ${s}`),
    ...withCalled(called).map(createMacro),
    ...params.statements,
  ];
  return [
    {
      path: numbered(0, files.length, "setup.sql"),
      contents: `-- Schemas, the macros that give DuckDB Spark's meaning, and the values of parameters.\n\n${setup.map((s) => `${s};`).join("\n")}\n`,
    },
    // A shell runs them in the order of their names: gold.sql would come before silver.sql.
    ...(options.layout === "layer"
      ? files.map(({ path, contents }, i) => ({ path: numbered(i + 1, files.length, path), contents }))
      : files),
  ];
}

const transaction = (all: readonly string[]) =>
  ["BEGIN TRANSACTION", ...all, "COMMIT"].map((sql) => `${sql};`).join("\n\n");

function statements(plan: LoweredTable, script: Script): readonly string[] {
  const made = createTable(plan);
  if (plan.mode === "changes") return [...made, changesStatement(plan, script)];
  if (plan.mode === "snapshots") return [...made, ...snapshotStatements(plan, script)];
  return [...made, ...queryStatements(plan, script)];
}

function changesStatement(plan: LoweredChanges, { context, dialect }: Script): string {
  const events = `(\n${indent(allEvents(plan, context))}\n) AS events`;
  return `INSERT INTO ${nameOf(plan.table)}\n${appliedEvents(plan.application, { events, dialect })}`;
}

const STAGE = "medallion_stage";

/** The rows are staged where a rule or a reader may leave some of them out, and written as they are elsewhere. */
function queryStatements(plan: LoweredQuery, script: Script): readonly string[] {
  const { table, rules } = plan;
  const [read] = plan.reads;
  const files = read && isFileRead(read) ? read.query : undefined;
  const columns = files ? [...files.declared.map((c) => c.name), ...GIVEN] : table.columns.map((c) => c.name);
  const rows = files
    ? stagedFiles(plan, script)
    : unionByName(plan.reads.map(({ query }) => printTerm(query, script.context)));
  const flags = flagsOf(rules, script.dialect);
  if (flags.length === 0 && !rules.readable) {
    return [`INSERT INTO ${nameOf(table)} ${block(columns.map(id))}\n${rows}`, ...counts(plan, undefined)];
  }
  const staged: Staged = {
    from: STAGE,
    columns,
    flags,
    origin: files ? "_source_file" : text(plan.inputs.join(", ")),
    ...(rules.readable && { problem: PROBLEM }),
  };
  return [
    `CREATE OR REPLACE TEMP TABLE ${STAGE} AS\n${flags.length > 0 ? withFlags(`(\n${indent(rows)}\n)`, flags) : rows}`,
    ...flagsFor(flags, "fail").map((flag) => failWhereBroken(staged, flag, failingRule(table, flag.rule))),
    insertKept(nameOf(table), staged),
    ...(plan.quarantine ? [insertQuarantined(quarantineName(table), staged, "CAST(NULL AS VARCHAR)")] : []),
    ...counts(plan, staged),
    `DROP TABLE ${STAGE}`,
  ];
}

/** A script has no event log: what it counts of rules and of a key is a table. */
function counts({ table, key, expectations }: LoweredQuery, staged: Staged | undefined): readonly string[] {
  if (!expectations) return [];
  const rows = [...(staged ? countRules(staged) : []), ...(key ? [countWholeKey(nameOf(table), key)] : [])];
  const target = nameOf({ layer: table.layer, name: expectations.name });
  return [createCompanion(table, expectations), `INSERT INTO ${target}\n${rows.join("\nUNION ALL\n")}`];
}
