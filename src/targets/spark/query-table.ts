/** A table made by queries: its statement, and those of its quarantine and its counts. */
import { fullName } from "../../ast/pipeline.ts";
import type { SourceNode } from "../../ast/relation.ts";
import type { LoweredQuery } from "../../lower/table.ts";
import { indent, selectFrom } from "../../sql/block.ts";
import { asCompanion, commentOnRows } from "../companions.ts";
import { externalTable, undeclaredNull } from "../external.ts";
import { read } from "../spark-sql/clauses.ts";
import { sparkIdentifier as id, spark, sparkText as text } from "../spark-sql/dialect.ts";
import { as, declaredValue } from "../spark-sql/external.ts";
import {
  asserted,
  conjunct,
  counts,
  kept,
  keyCounts,
  quarantined,
  rulesOf,
  withBrokenRules,
} from "../spark-sql/rules.ts";
import { readFiles } from "../spark-sql/source.ts";
import { variantsOf } from "../spark-sql/view-reads.ts";
import { type Context, nameOf, queryText } from "./context.ts";
import { fileSources } from "./parts.ts";
import { createCompanion, createTable, createView, type Made, settingParts } from "./table.ts";

export function queryTableStatements(plan: LoweredQuery, context: Context): readonly string[] {
  const { table } = plan;
  const streaming = plan.kind === "streaming";
  if (plan.quarantine) return checkedStatements(plan, streaming, context);
  const all = (asStream: boolean) => rowsOf(plan, asStream, context);
  const made = (asStream: boolean) => ({ query: kept(all(asStream), plan, spark), streaming: asStream });
  const counted = countsStatements(
    plan,
    { all: () => nested(all(false)), own: () => nested(made(false).query) },
    context,
  );
  if (!table.settings.temporary) return [createTable(plan, made(streaming), context), ...counted];
  return [...variantsOf(table, context).map((how) => createView(table, made(how === "stream"), context)), ...counted];
}

/**
 * All rows of a table before its rules: one query, whatever the number of flows. The tables that Spark makes of files
 * keep the log of one streaming query each, and a second one would lose its rows without a word.
 */
function rowsOf(plan: LoweredQuery, streaming: boolean, context: Context): string {
  const files = fileSources(plan);
  const texts = plan.reads.map(({ query }) => {
    const file = files.find((f) => f.source === query);
    if (file) return readFiles(file.source, file.view, streaming);
    return query.kind === "source" ? ofAnotherOwner(plan, query) : queryText(query, streaming, context);
  });
  const [only, ...others] = texts;
  if (only !== undefined && others.length === 0) return only;
  const names = [...plan.columns.map((c) => id(c.name)), ...(plan.rules.readable ? ["_reason", "_row"] : [])];
  return texts.map((text) => selectFrom(names, `(\n${indent(text)}\n)`)).join("\nUNION ALL\n");
}

/** Spark holds no table to NOT NULL: a null that is not declared fails the update, as it does elsewhere. */
function ofAnotherOwner({ table }: LoweredQuery, source: SourceNode): string {
  return externalTable(source, id, (column) => {
    const value = declaredValue(source, column);
    const failure = `raise_error(${text(undeclaredNull(table, source, column))})`;
    return as(column.nullable ? value : `coalesce(${value}, ${failure})`, id(column.name));
  });
}

/**
 * The rows are made once, into a table with the names of the rules that each row breaks; the table, its quarantine
 * and its counts read that one.
 */
function checkedStatements(plan: LoweredQuery, streaming: boolean, context: Context): readonly string[] {
  const { table, rules } = plan;
  const full = fullName(table);
  const checked = nameOf(table, context, "checked");
  const rows = withBrokenRules(rowsOf(plan, streaming, context), plan, spark);
  const select = (items: readonly string[], where: string, asStream: boolean) =>
    selectFrom(items, read(checked, asStream), where);
  const good = ["size(_broken_rules) = 0", ...rulesOf(plan, spark, "drop").map((rule) => conjunct(rule.sql))].join(
    "\n  AND ",
  );
  const columns = plan.columns.map((c) => id(c.name));
  const own = (asStream: boolean) => ({ query: select(columns, good, asStream), streaming: asStream });
  const visible = table.settings.temporary
    ? variantsOf(table, context).map((how) => createView(table, own(how === "stream"), context))
    : [createTable(plan, own(streaming), context)];
  // Both hold the columns of the table, as they came or as they were refused.
  const parts = settingParts(asCompanion(table), context);
  const companion = (name: string, what: string, made: Made) =>
    createCompanion(name, commentOnRows(what, plan.quarantine?.columns ?? []), made, parts);
  // A rule is about rows that could be read, and no others.
  const all = rules.readable ? nested(`SELECT *\nFROM ${checked}\nWHERE _reason IS NULL`) : checked;
  return [
    companion(checked, `Rows of ${full} with the rules that they break`, {
      query: asserted(rows, plan, spark, rules.readable ? "_reason IS NOT NULL" : undefined),
      streaming,
    }),
    ...visible,
    companion(nameOf(table, context, "quarantine"), `Rows that ${full} quarantined, with the rules that they broke`, {
      query: select(quarantined(columns, plan), "size(_broken_rules) > 0", streaming),
      streaming,
    }),
    ...countsStatements(plan, { all: () => all, own: () => nested(own(false).query) }, context),
  ];
}

interface Counted {
  /** What stands after FROM for the rows that the rules are about: those that could be read, before some are left out. */
  readonly all: () => string;
  /** The same for the rows of the table, where it is not stored. */
  readonly own: () => string;
}

/** How many rows meet each rule, and how many have a key of their own, where something is to be counted at all. */
function countsStatements(plan: LoweredQuery, { all, own }: Counted, context: Context): readonly string[] {
  const { table, key, expectations, rules } = plan;
  if (!expectations) return [];
  const rows = [
    ...(rules.all.length > 0 ? [counts(all(), plan, spark)] : []),
    ...(key ? [keyCounts(table.settings.temporary ? own() : nameOf(table, context), key)] : []),
  ];
  const name = nameOf(table, context, "expectations");
  const comment = `Of how many rows of ${fullName(table)} each rule holds, and of how many not`;
  return [createCompanion(name, comment, { query: rows.join("\nUNION ALL\n"), streaming: false })];
}

const nested = (query: string) => `(\n${indent(indent(query))}\n  )`;
