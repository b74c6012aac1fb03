/** Sequences, versions and tracked columns that do not make the history that is meant. */
import { tableChanges } from "../../ast/inputs.ts";
import type { ScdTableNode } from "../../ast/pipeline.ts";
import type { ChangesNode, SnapshotsNode } from "../../ast/relation.ts";
import { columnsIn, subexpressions } from "../../ast/walk.ts";
import { eachTable, type Finding, type Rule, warning } from "../rule.ts";

/** SCD009, SCD010, SCD011: events of a key are in an order, and a version is made where something has changed. */
const historiesAreOfChanges = eachTable((table) =>
  table.kind === "query"
    ? []
    : tableChanges(table).flatMap((changes) => [...inOrder(table, changes), ...tracked(table, changes)]),
);

const LATER = "name what grows from event to event: (c) => c.changed_at";

function inOrder(table: ScdTableNode, changes: ChangesNode | SnapshotsNode): readonly Finding[] {
  if (changes.kind !== "changes") return [];
  const { sequence, keys } = changes;
  if (sequence.type.kind === "boolean") {
    const message = `sequenceBy of "${table.name}" is true or false, which orders no more than two events of a key`;
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
