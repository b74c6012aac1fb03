/** Sequences, versions and tracked columns that do not make the history that is meant. */

import type { ExprNode } from "../../ast/expr.ts";
import { tableChanges } from "../../ast/inputs.ts";
import type { ScdTableNode } from "../../ast/pipeline.ts";
import type { ChangesNode, SnapshotsNode } from "../../ast/relation.ts";
import { columnNamesOf, columnsIn, subexpressions } from "../../ast/walk.ts";
import { specOf } from "../../functions/index.ts";
import { isId } from "../../types/facts.ts";
import { valuesOf } from "../../types/types.ts";
import { eachTable, type Finding, type Rule, warning } from "../rule.ts";

/** SCD009, SCD010, SCD011: events of a key are in an order, and a version is made where something has changed. */
const historiesAreOfChanges = eachTable((table) =>
  table.kind === "query"
    ? []
    : tableChanges(table).flatMap((changes) => [...inOrder(table, changes), ...tracked(table, changes)]),
);

const LATER = "name what grows from event to event: (c) => c.changed_at";

function inOrder(table: ScdTableNode, changes: ChangesNode | SnapshotsNode): readonly Finding[] {
  const { keys } = changes;
  if (changes.kind !== "changes") {
    const version = columnsIn(changes.version ? [changes.version] : []).find(({ name }) => keys.includes(name));
    if (!version) return [];
    const message = `the version "${version.name}" is in the key of "${table.name}", so no row is in the next snapshot`;
    const help = "leave it out of the key";
    return [warning({ code: "SCD009", message, help, at: changes.at, column: version.name })];
  }
  const { sequence } = changes;
  const { deleteWhen, truncateWhen } = changes;
  if (deleteWhen && deleteWhen.id === truncateWhen?.id) {
    const message = `deleteWhen and truncateWhen of "${table.name}" are the same: each deletion empties the table`;
    return [
      warning({
        code: "SCD009",
        message,
        help: "correct one of them, or leave it out",
        at: deleteWhen.at ?? changes.at,
      }),
    ];
  }
  const wrong = ordersNothing(sequence);
  if (wrong !== undefined) {
    const message = `sequenceBy of "${table.name}" is ${wrong}`;
    return [warning({ code: "SCD009", message, help: LATER, at: sequence.at ?? changes.at })];
  }
  const idle = idlePart(sequence, keys);
  if (idle !== undefined) {
    const message = `sequenceBy of "${table.name}" has a part that orders nothing: ${idle}`;
    return [warning({ code: "SCD009", message, help: LATER, at: sequence.at ?? changes.at })];
  }
  const isSame = subexpressions(sequence).every((e) => e.kind !== "raw" && e.kind !== "param");
  if (!isSame || !columnsIn([sequence]).every(({ name }) => keys.includes(name))) return [];
  return [
    warning({
      code: "SCD009",
      message: `sequenceBy of "${table.name}" is the same for all events of a key`,
      help: LATER,
      at: sequence.at ?? changes.at,
    }),
  ];
}

/** What does not grow from event to event, by its type or by the function that makes it. */
function ordersNothing(sequence: ExprNode): string | undefined {
  const { type, unit, additivity } = sequence;
  const values = type.kind === "boolean" ? 2 : valuesOf(type)?.length;
  if (values !== undefined) return `one of ${values} values`;
  if (sequence.kind === "call" && specOf(sequence)?.cycles) return "a part of a time, which starts again";
  const measures = (unit !== "" && !isId(unit)) || additivity === "semi-additive";
  return sequence.kind === "column" && measures ? "an amount, which may fall" : undefined;
}

/** A part of a sequence that is there already, or is the same for all events of a key where others are not. */
function idlePart(sequence: ExprNode, keys: readonly string[]): string | undefined {
  if (sequence.kind !== "struct") return undefined;
  const columns = columnNamesOf(sequence.fields.map(({ value }) => value));
  const twice = columns.find((name, i) => columns.indexOf(name) < i);
  if (twice !== undefined) return `"${twice}" is there twice`;
  const ofKey = columns.find((name) => keys.includes(name));
  const others = sequence.fields.some(({ value }) => value.kind !== "column" || !keys.includes(value.name));
  return ofKey !== undefined && others ? `"${ofKey}" is a column of the key` : undefined;
}

function tracked(table: ScdTableNode, changes: ChangesNode | SnapshotsNode): readonly Finding[] {
  const { trackHistory, keys, at } = changes;
  if (table.kind === "scd1") {
    if (!trackHistory) return [];
    const message = `"${table.name}" keeps no history, so trackHistory does nothing`;
    return [warning({ code: "SCD011", message, help: "use scd2(), or leave it out", at })];
  }
  if (trackHistory?.every((name) => keys.includes(name))) {
    const message = `trackHistory of "${table.name}" names only its key, which never changes`;
    return [warning({ code: "SCD011", message, help: "track the columns that change", at })];
  }
  const taken =
    changes.kind === "snapshots" && changes.version?.kind === "aggregate" ? changes.version.args[0] : undefined;
  const version = changes.items.find(
    ({ name, expr }) =>
      expr.id === taken?.id && !keys.includes(name) && (trackHistory === undefined || trackHistory.includes(name)),
  );
  if (!version) return [];
  return [
    warning({
      code: "SCD010",
      message: `each snapshot makes a new version of every row of "${table.name}": "${version.name}", which differs in each, is stored and tracked`,
      help: `leave it out: columns: ({ ${version.name}, ...rest }) => rest; or name what to track in trackHistory`,
      at,
      column: version.name,
    }),
  ];
}

export const HISTORIES_RULES: readonly Rule[] = [historiesAreOfChanges];
