/** Flows into a table, and settings that go with one kind of table only. */

import { columnNamed } from "../../ast/columns.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { ColumnFacts } from "../../ast/relation.ts";
import { versionOrigins } from "../../ast/versions.ts";
import { subexpressions } from "../../ast/walk.ts";
import { say } from "../../diagnostics/sentences.ts";
import { type SqlType, sameType, typeName } from "../../types/types.ts";
import { eachTable, type Finding, type Rule, warning } from "../rule.ts";

/** FLOW002: every flow gives the columns of its table: type, unit, additivity and labels alike, and no null where there is none. */
const flowsFit = eachTable((table) =>
  flowsOf(table).flatMap((flow) => {
    const misfit = misfitOf(flow.into, flow.columns);
    if (misfit === undefined) return [];
    const { column, how, problem = "" } = misfit;
    const said = say(how, { column });
    const message = `${said.message} (flow "${flow.name}"${problem})`;
    return [{ ...said, message, at: flow.at, column }];
  }),
);

/** FLOW004: streams into one change target identify rows and read nulls alike. */
const changeFlowsAgree = eachTable((table) =>
  (table.kind === "query" ? [] : table.changeFlows).flatMap(({ name, changes }) => {
    const own = table.kind !== "query" && table.changes.kind === "changes" ? table.changes : changes;
    const differs = DECIDING.find((option) => JSON.stringify(own[option]) !== JSON.stringify(changes[option]));
    const sequence = sameType(own.sequence.type, changes.sequence.type) ? undefined : "the type of sequenceBy";
    const what = differs === undefined ? sequence : OPTION[differs];
    if (what === undefined) return [];
    return [
      {
        code: "FLOW004",
        message: `flow "${name}" of "${table.name}" differs from the table in ${what}`,
        help: "give every flow of a change target the same options",
        at: changes.at,
      },
    ];
  }),
);

const OPTION = { keys: "its key", ignoreNullUpdates: "ignoreNullUpdates", trackHistory: "trackHistory" } as const;
const DECIDING = ["keys", "ignoreNullUpdates", "trackHistory"] as const;

interface Flow {
  readonly name: string;
  readonly into: readonly ColumnFacts[];
  readonly columns: readonly ColumnFacts[];
  readonly at: string | undefined;
}

function flowsOf(table: TableNode): readonly Flow[] {
  if (table.kind === "query") {
    return table.settings.flows.map(({ name, query, at }) => ({
      name,
      into: table.columns,
      columns: query.columns,
      at,
    }));
  }
  const into = table.changes.columns;
  return table.changeFlows.map(({ name, changes }) => ({ name, into, columns: changes.columns, at: changes.at }));
}

interface Misfit {
  readonly column: string;
  readonly how: "FLOW002:lacks" | "FLOW002:extra" | "FLOW002:misfit";
  readonly problem?: string;
}

function misfitOf(into: readonly ColumnFacts[], columns: readonly ColumnFacts[]): Misfit | undefined {
  for (const target of into) {
    const own = columnNamed(columns, target.name);
    if (!own) return { column: target.name, how: "FLOW002:lacks" };
    const problem = whyUnfit(target, own);
    if (problem !== undefined) return { column: target.name, how: "FLOW002:misfit", problem: `: it ${problem}` };
  }
  const extra = columns.find((c) => !into.some((target) => target.name === c.name));
  return extra && { column: extra.name, how: "FLOW002:extra" };
}

function whyUnfit(target: ColumnFacts, own: ColumnFacts): string | undefined {
  if (!sameType(own.type, target.type)) return `is ${typeName(own.type)}, not ${typeName(target.type)}`;
  if (own.nullable && !target.nullable) return "may be null";
  if (own.unit !== target.unit) return `is in ${own.unit || "no unit"}, not in ${target.unit || "no unit"}`;
  if (own.additivity !== target.additivity) return `is ${own.additivity}, and the table's is ${target.additivity}`;
  const added = [
    ...own.labels.filter((label) => !target.labels.includes(label)),
    ...labelsInside(own.type).filter((label) => !labelsInside(target.type).includes(label)),
  ];
  return added.length > 0 ? `carries personal data (${added.join(", ")}) that the table does not declare` : undefined;
}

/** Labels of the fields of structs, with their paths: `contact.phone: phone`. */
function labelsInside(type: SqlType, path = ""): readonly string[] {
  if (type.kind === "array") return labelsInside(type.element, path);
  if (type.kind === "map") return labelsInside(type.value, path);
  if (type.kind !== "struct") return [];
  return type.fields.flatMap((field) => [
    ...(field.labels ?? []).map((label) => `${path}${field.name}: ${label}`),
    ...labelsInside(field.type, `${path}${field.name}.`),
  ]);
}

/** FLOW003, REFRESH001, SCD004: what goes with one kind of table only. */
const settingsFitTheKind = eachTable((table, { kinds }) => {
  if (table.kind !== "query") return truncation(table);
  const { flows, refreshPolicy } = table.settings;
  const streaming = kinds.get(table.name) === "streaming";
  const [flow] = flows;
  return [
    ...(flow && !streaming ? [{ ...say("FLOW003"), at: flow.at }] : []),
    ...(refreshPolicy !== undefined && streaming ? [say("REFRESH001")] : []),
  ];
});

function truncation(table: TableNode): readonly Finding[] {
  if (table.kind !== "scd2" || table.changes.kind !== "changes" || !table.changes.truncateWhen) return [];
  return [{ ...say("SCD004"), at: table.changes.truncateWhen.at }];
}

/** SCD007: of snapshots that arrive together the versions between cannot be told. */
const snapshotsInTurn = eachTable((table, { tables, kinds }) => {
  if (table.kind !== "scd2" || table.changes.kind !== "snapshots") return [];
  const { version } = table.changes;
  // A version that no row has is one for each update.
  if (!version || !subexpressions(version).some((node) => node.kind === "column")) return [];
  if (versionOrigins(table.changes, { tables, kinds })) return [];
  return [
    warning({
      code: "SCD007",
      message: `of snapshots that arrive together "${table.name}" keeps only the last: their version is not the greatest value of a column that can be followed to delivered rows`,
      help: "version: (c) => c.taken_on.max(), of a column that rows have from bronze on",
      at: version.at,
    }),
  ];
});

export const FLOWS_RULES: readonly Rule[] = [flowsFit, changeFlowsAgree, settingsFitTheKind, snapshotsInTurn];
