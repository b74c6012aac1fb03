/** A table made by queries: its statement, and those of its quarantine and its counts. */
import { tableInputs } from "../../ast/inputs.ts";
import { keyToCount } from "../../ast/keys.ts";
import type { QueryTableNode } from "../../ast/pipeline.ts";
import type { RelationNode } from "../../ast/relation.ts";
import { indent } from "../../sql/query.ts";
import { externalTable } from "../external.ts";
import { isStreaming, read } from "./clauses.ts";
import { type Context, nameOf, queryText, readsOf } from "./context.ts";
import { sparkIdentifier as id, sparkText as text } from "./dialect.ts";
import { countsRules, fileSources, isChecked } from "./parts.ts";
import { asserted, conjunct, counts, kept, keyCounts, rulesOf, withBrokenRules } from "./rules.ts";
import { readFiles } from "./source.ts";
import { columnsOf, createBeside, createTable, createView } from "./table.ts";

export function queryTableStatements(table: QueryTableNode, context: Context): readonly string[] {
  const streaming = isStreaming(table, context);
  if (isChecked(table)) return checkedStatements(table, streaming, context);
  const { temporary } = table.settings;
  const rows = rowsOf(table, false, context);
  const counted = countsStatements(table, { all: rows, own: temporary ? kept(rows, table) : undefined }, context);
  if (!temporary) {
    return [
      createTable(table, { query: kept(rowsOf(table, streaming, context), table), streaming }, context),
      ...counted,
    ];
  }
  const views = readsOf(table, context).map((how) => {
    const asStream = how === "stream";
    return createView(table, { query: kept(rowsOf(table, asStream, context), table), streaming: asStream }, context);
  });
  return [...views, ...counted];
}

/**
 * All rows of a table before its rules: one query, whatever the number of flows. The tables that Spark makes of files
 * keep the log of one streaming query each, and a second one would lose its rows without a word.
 */
function rowsOf(table: QueryTableNode, streaming: boolean, context: Context): string {
  const queries = [table.query, ...table.settings.flows.map((flow) => flow.query)];
  const files = fileSources(table);
  const text = (query: RelationNode) => {
    const file = files.find((f) => f.source === query);
    if (file) return readFiles(file.source, file.view, streaming);
    return query.kind === "source" ? externalTable(query, id) : queryText(query, streaming, context);
  };
  const [only, ...others] = queries.map(text);
  if (only !== undefined && others.length === 0) return only;
  const names = [...columnsOf(table).map((c) => id(c.name)), ...(files.length > 0 ? ["_reason", "_row"] : [])];
  return queries
    .map((query) => `SELECT\n${names.map((name) => `  ${name}`).join(",\n")}\nFROM (\n${indent(text(query))}\n)`)
    .join("\nUNION ALL\n");
}

/**
 * The rows are made once, into a table with the names of the rules that each row breaks; the table, its quarantine
 * and its counts read that one.
 */
function checkedStatements(table: QueryTableNode, streaming: boolean, context: Context): readonly string[] {
  const sourced = fileSources(table).length > 0;
  const full = `${table.layer}.${table.name}`;
  const checked = nameOf(table, context, "_checked");
  const rows = withBrokenRules(rowsOf(table, streaming, context), table, sourced);
  const columns = columnsOf(table).map((c) => id(c.name));
  const select = (items: readonly string[], where: string, asStream: boolean) =>
    `SELECT\n${items.map((item) => `  ${item}`).join(",\n")}\nFROM ${read(checked, asStream)}\nWHERE ${where}`;
  const good = ["size(_broken_rules) = 0", ...rulesOf(table, "drop").map((rule) => conjunct(rule.sql))].join(
    "\n  AND ",
  );
  const aside = [
    ...columns,
    "_broken_rules",
    ...(sourced ? ["_reason", "_row", "_source_file AS _source"] : noFile(table)),
    "current_timestamp() AS _quarantined_at",
  ];
  const own = (asStream: boolean) => ({ query: select(columns, good, asStream), streaming: asStream });
  const visible = table.settings.temporary
    ? readsOf(table, context).map((how) => createView(table, own(how === "stream"), context))
    : [createTable(table, own(streaming), context)];
  return [
    createBeside(checked, `Rows of ${full} with the rules that they break`, {
      query: asserted(rows, table, sourced ? "_reason IS NOT NULL" : undefined),
      streaming,
    }),
    ...visible,
    createBeside(nameOf(table, context, "_quarantine"), `Rows that ${full} set aside, with the rules that they broke`, {
      query: select(aside, "size(_broken_rules) > 0", streaming),
      streaming,
    }),
    ...countsStatements(
      table,
      {
        all: sourced ? `SELECT *\nFROM ${checked}\nWHERE _reason IS NULL` : checked,
        own: table.settings.temporary ? select(columns, good, false) : undefined,
      },
      context,
    ),
  ];
}

function noFile(table: QueryTableNode): readonly string[] {
  const from = text(tableInputs(table).join(", "));
  return ["CAST(NULL AS STRING) AS _reason", "CAST(NULL AS STRING) AS _row", `${from} AS _source`];
}

interface Counted {
  /** The rows that the rules are about: those that could be read, before some are left out. */
  readonly all: string;
  /** The rows of the table, where it is not stored. */
  readonly own: string | undefined;
}

/** How many rows meet each rule, and how many have a key of their own, where something is to be counted at all. */
function countsStatements(table: QueryTableNode, { all, own }: Counted, context: Context): readonly string[] {
  const key = keyToCount(table, context.tables);
  const rows = [
    ...(countsRules(table) ? [counts(all, table)] : []),
    ...(key ? [keyCounts(own ?? nameOf(table, context), key)] : []),
  ];
  if (rows.length === 0) return [];
  const name = nameOf(table, context, "_expectations");
  const comment = `Of how many rows of ${table.layer}.${table.name} each rule holds, and of how many not`;
  return [createBeside(name, comment, { query: rows.join("\nUNION ALL\n"), streaming: false })];
}
