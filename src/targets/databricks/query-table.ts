/** A table made by queries: its statements, those of its flows, and those of its quarantine. */

import { relationSteps } from "../../ast/inputs.ts";
import { fullName } from "../../ast/pipeline.ts";
import { isFileSource, type RelationNode } from "../../ast/relation.ts";
import type { FlowNode } from "../../ast/settings.ts";
import { BINDING, piece, type Sql } from "../../functions/fragment.ts";
import type { LoweredQuery, LoweredTable } from "../../lower/table.ts";
import { READABLE } from "../../settings/expectations.ts";
import { indent, selectFrom } from "../../sql/block.ts";
import { asCompanion, commentOnRows } from "../companions.ts";
import { externalTable } from "../external.ts";
import { block } from "../layout.ts";
import { clausesOf, read, tableProperties } from "../spark-sql/clauses.ts";
import { databricks, sparkIdentifier as id, sparkText as text } from "../spark-sql/dialect.ts";
import { as, declaredValue } from "../spark-sql/external.ts";
import { conjunct, quarantined, rulesOf, withBrokenRules } from "../spark-sql/rules.ts";
import { type Context, nameOf, type Part, queryText } from "./context.ts";
import { expectationsStatements, hasExpectationsView, holdsRulesApart } from "./expectations.ts";
import { readFiles } from "./source.ts";
import {
  type Constraint,
  columnMapping,
  constraintsOf,
  createAll,
  declarations,
  expectation,
  settingParts,
  wordsOf,
} from "./table.ts";

export function queryTableStatements(plan: LoweredQuery, context: Context): readonly string[] {
  if (plan.quarantine) return checkedStatements(plan, context);
  const rules = constraintsOf(plan, { warn: "", drop: "DROP ROW", fail: "FAIL UPDATE" });
  const apart = holdsRulesApart(plan.table);
  const { own, flows } = insertsOf(plan);
  const query = (streaming: boolean) => own && textOf(own, streaming, context);
  const from = nameOf(plan.table, context);
  return [
    ...createAll(plan, query, apart ? [] : rules, context),
    ...flowStatements(flows, from, (rows) => rows, context),
    ...expectationsStatements(plan, { from, rules: apart ? rules : [] }, context),
  ];
}

/** What writes into a table: its own query, if it has one, and flows by name. */
interface Inserts {
  readonly own: RelationNode | undefined;
  readonly flows: readonly Pick<FlowNode, "name" | "once" | "query">[];
}

/**
 * A union of streams is a flow for each of them: one more or one less leaves the others where they are, while a changed
 * query of one stream would have to be read again as a whole. A flow is called by what it reads, not by its place.
 */
function insertsOf({ table, kind }: LoweredQuery): Inserts {
  const { query, settings } = table;
  const flows = settings.flows.map((flow) => ({ ...flow, name: `${table.name}_${flow.name}` }));
  const streams = query.kind === "union" && kind === "streaming" && !settings.temporary;
  if (!streams) return { own: query, flows };
  const names = new Set(flows.map((flow) => flow.name));
  const branches = unionInputs(query).map((input) => {
    const read = relationSteps(input).find((step) => step.kind === "table");
    const base = `${table.name}_${read?.kind === "table" ? read.table : "rows"}`;
    let name = base;
    for (let count = 2; names.has(name); count++) name = `${base}_${count}`;
    names.add(name);
    return { name, once: false, query: input };
  });
  return { own: undefined, flows: [...branches, ...flows] };
}

function textOf(query: RelationNode, streaming: boolean, context: Context): string {
  if (query.kind !== "source") return queryText(query, streaming, context);
  if (isFileSource(query)) return readFiles(query, streaming, context.baseDir);
  return externalTable(query, id, (column) => as(declaredValue(query, column), id(column.name)));
}

/** What a table is in the workspace: itself, and what stands next to it. */
export function partsOf(plan: LoweredTable): readonly Part[] {
  return [
    "own",
    ...(plan.quarantine ? (["quarantine", "checked"] as const) : []),
    ...(hasExpectationsView(plan) ? (["expectations"] as const) : []),
  ];
}

/**
 * The source is read once, into a private table with the names of the rules that each row breaks; the table and its
 * quarantine read that one. Rules that warn or fail are held there, since a row may break them and be quarantined, or
 * next to the table where they would end its incremental refresh. A rule is about rows that could be read, and no others.
 */
function checkedStatements(plan: LoweredQuery, context: Context): readonly string[] {
  const { table, rules } = plan;
  const streaming = plan.kind === "streaming";
  const kind = streaming ? "STREAMING TABLE" : "MATERIALIZED VIEW";
  const checked = nameOf(table, context, "checked");
  const flagged = (rows: string, query: RelationNode) =>
    withBrokenRules(rules.readable ? withFault(rows, query) : rows, plan, databricks);
  const counted = countedRules(plan);
  const select = (items: readonly string[], condition: string, asStream: boolean) =>
    selectFrom(items, read(checked, asStream), condition);
  const columns = plan.columns.map((c) => id(c.name));
  const own = (asStream: boolean) => select(columns, "size(_broken_rules) = 0", asStream);
  const full = fullName(table);
  const mapped = tableProperties(columnMapping(table));
  const inserts = insertsOf(plan);
  const apart = holdsRulesApart(table);
  const broken = "size(_broken_rules) > 0";
  return [
    `${[
      `CREATE OR REFRESH PRIVATE ${kind} ${checked}${apart ? "" : ` ${block(counted.map(expectation))}`}`,
      `COMMENT ${text(commentOnRows(`Rows of ${full} with the rules that they break`, plan.quarantine?.columns ?? []))}`,
      ...mapped,
      ...(inserts.own ? ["AS", flagged(textOf(inserts.own, streaming, context), inserts.own)] : []),
    ].join("\n")};`,
    ...flowStatements(inserts.flows, checked, flagged, context),
    ...createAll(plan, own, constraintsOf(plan, { drop: "DROP ROW" }), context),
    // The time of now would end the incremental refresh of a view, and date all of its rows by the last one.
    quarantineStatement(
      plan,
      kind,
      select(quarantined(columns, plan, streaming ? undefined : "CAST(NULL AS TIMESTAMP)"), broken, streaming),
      context,
    ),
    ...expectationsStatements(
      plan,
      apart
        ? { from: checked, rules: counted, aside: broken, ...(rules.readable && { others: ["_reason"] }) }
        : { from: nameOf(table, context), rules: [] },
      context,
    ),
  ];
}

/** The rules that the checked table counts. */
function countedRules(plan: LoweredQuery): readonly Constraint[] {
  const held: readonly Constraint[] = [
    ...rulesOf(plan, databricks, "quarantine"),
    ...constraintsOf(plan, { warn: "", fail: "FAIL UPDATE" }),
  ];
  if (!plan.rules.readable) return held;
  return [
    { name: READABLE, sql: piece("_reason IS NULL", BINDING.operator) },
    ...held.map((rule) => ({ ...rule, sql: orUnreadable(rule.sql) })),
  ];
}

/** Its columns are declared where one of them is masked: they are its table's, and so are who may see what of them. */
function quarantineStatement(plan: LoweredQuery, kind: string, query: string, context: Context): string {
  const { table, quarantine } = plan;
  const columns = quarantine?.columns ?? [];
  const parts = settingParts(asCompanion(table), context);
  const declared = parts.some((part) => part.column) ? ` ${block(declarations(table, columns, parts))}` : "";
  const full = fullName(table);
  const comment = commentOnRows(`Rows that ${full} quarantined, with the rules that they broke`, columns);
  return `${[
    `CREATE OR REFRESH ${wordsOf(parts, kind)} ${nameOf(table, context, "quarantine")}${declared}`,
    ...clausesOf([...parts, { comment: `COMMENT ${text(comment)}` }], columnMapping(table)),
    "AS",
    query,
  ].join("\n")};`;
}

const orUnreadable = (sql: Sql): Sql => piece(`_reason IS NOT NULL OR ${conjunct(sql)}`, BINDING.or);

/** Rows of a query next to those of files: what was read by another table can be read. */
function withFault(rows: string, query: RelationNode): string {
  if (isFileSource(query)) return rows;
  const nothing = ["_reason", "_row"].map((name) => `CAST(NULL AS STRING) AS ${name}`);
  return selectFrom(["*", ...nothing], `(\n${indent(rows)}\n)`);
}

function unionInputs(query: RelationNode): readonly RelationNode[] {
  return query.kind === "union" ? query.inputs.flatMap(unionInputs) : [query];
}

/** Queries into a table that has been made. A backfill is read once, as a batch. */
function flowStatements(
  flows: Inserts["flows"],
  target: string,
  shaped: (rows: string, query: RelationNode) => string,
  context: Context,
): readonly string[] {
  return flows.map((flow) => {
    const query = shaped(textOf(flow.query, !flow.once, context), flow.query);
    const insert = flow.once ? "INSERT ONCE INTO" : "INSERT INTO";
    return `CREATE FLOW ${id(flow.name)} AS ${insert} ${target} BY NAME\n${query};`;
  });
}
