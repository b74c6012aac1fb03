/** Keys, foreign keys and change keys. */

import { columnNamed } from "../../ast/columns.ts";
import type { ExprNode } from "../../ast/expr.ts";
import { relationSteps, tableChanges, tableSteps } from "../../ast/inputs.ts";
import { keyOf } from "../../ast/keys.ts";
import type { ScdTableNode, TableNode, TablesByName } from "../../ast/pipeline.ts";
import type { AsOfJoinNode, LookupNode } from "../../ast/relation.ts";
import { START_AT } from "../../ast/stored.ts";
import { conjuncts } from "../../ast/walk.ts";
import { say } from "../../diagnostics/sentences.ts";
import { isId, nameOfId, type ValueFacts } from "../../types/facts.ts";
import { areApart, type SqlType, sameType, typeName } from "../../types/types.ts";
import { eachTable, type Finding, type Rule, type RuleContext } from "../rule.ts";
import { arrivedFrom } from "../trace.ts";

const words = (types: readonly (SqlType | undefined)[]) =>
  types.map((type) => (type ? typeName(type) : "nothing")).join(", ");

function nullKey(name: string, of: string): Finding {
  const said = say("KEY001", { column: name });
  return { ...said, message: `${said.message} in ${of}` };
}

/** KEY001: the columns of a key are never null. */
const keysAreNotNull = eachTable((table, { tables }) => {
  const declared = keyOf(table) ?? [];
  const columns = table.kind === "query" ? table.columns : table.changes.input.columns;
  // A key that a table passes on is reported where it is declared.
  const passes = (name: string): boolean => {
    const from = arrivedFrom(table, name, tables);
    return from !== undefined && keyOf(from)?.includes(name) === true;
  };
  const nullable = declared.filter((name) => columnNamed(columns, name)?.nullable && !passes(name));
  const found = nullable.map((name) => ({ ...nullKey(name, `"${table.name}"`), column: name }));
  return [...found, ...lookedUp(table, tables), ...changeTargets(table)];
});

/** The key of a query that is looked up in. Where a table declares it, it is reported there. */
function lookedUp(table: TableNode, tables: TablesByName): readonly Finding[] {
  return tableSteps(table).flatMap((step) => {
    if (step.kind !== "lookup") return [];
    const { right, key } = step;
    const declaring = relationSteps(right).flatMap((s) => (s.kind === "table" ? (tables.get(s.table) ?? []) : []));
    const nullable = key.filter((name) => columnNamed(right.columns, name)?.nullable);
    return declaring.some((other) => nullable.some((name) => keyOf(other)?.includes(name)))
      ? []
      : nullable.map((name) => ({ ...nullKey(name, "what lookup() reads"), at: step.at }));
  });
}

/** SCD002, SCD003: a change target stores its key, and the events of a key have an order. */
function changeTargets(table: TableNode): readonly Finding[] {
  if (table.kind === "query") return [];
  const all = tableChanges(table);
  return all.flatMap((changes) => {
    const unstored = changes.keys.filter((name) => !columnNamed(changes.columns, name));
    const found = unstored.map(
      (name): Finding => ({
        code: "SCD002",
        message: `key column "${name}" is not stored`,
        help: "keep the key in columns",
        at: changes.at,
        column: name,
      }),
    );
    if (changes.kind === "snapshots" || !mayBeNull(changes.sequence)) return found;
    return [...found, { ...say("SCD003"), at: changes.sequence.at }];
  });
}

/** A struct is never null, but one of several sequence columns may be. */
function mayBeNull(sequence: ExprNode): boolean {
  return sequence.nullable || (sequence.kind === "struct" && sequence.fields.some((field) => field.value.nullable));
}

/** FK001, FK002, KEY006: a foreign key goes to a table with a key of the same types and arity. */
const foreignKeys = eachTable((table, { tables }) =>
  table.settings.references.flatMap((reference) => {
    const target = tables.get(reference.table);
    const key = target?.kind === "scd1" ? target.changes.keys : target?.settings.key;
    if (!target || !key) {
      const what = target ? `"${reference.table}" has no key` : `there is no table "${reference.table}"`;
      return [
        {
          code: "FK001",
          message: `"${table.name}" references "${reference.table}", but ${what}`,
          help:
            target?.kind === "scd2"
              ? "a history has several rows of each key: reference its current rows, a table of where((h) => h.__END_AT.isNull()) with a .key()"
              : "declare .key() there",
          at: reference.at,
        },
      ];
    }
    const own = reference.columns.map((name) => columnNamed(table.columns, name));
    const theirs = key.map((name) => columnNamed(target.columns, name));
    return misfits(own, theirs, {
      message: (ours, keys) =>
        `the foreign key (${reference.columns.join(", ")}) of types ${ours} does not fit the key (${key.join(", ")}) of "${target.name}" of types ${keys}`,
      at: reference.at,
    });
  }),
);

type Facts = ValueFacts | undefined;

interface Match {
  readonly message: (own: string, theirs: string) => string;
  readonly at: string | undefined;
}

/** FK002, KEY006, TYPE006: what is matched with a key has as many columns, of its types, and identifies the same. */
function misfits(own: readonly Facts[], theirs: readonly Facts[], { message, at }: Match): readonly Finding[] {
  // A key that is not stored is SCD002's.
  if (theirs.includes(undefined)) return [];
  const [ours, keys] = [own.map((c) => c?.type), theirs.map((c) => c?.type)];
  if (own.length === theirs.length && ours.every((type, i) => type && keys[i] && sameType(type, keys[i])))
    return otherIds(own, theirs, at);
  const help = "give as many columns as the key has, of the same types: cast() where they differ";
  return [{ code: "FK002", message: message(words(ours), words(keys)), help, at }];
}

function otherIds(own: readonly Facts[], theirs: readonly Facts[], at: string | undefined): readonly Finding[] {
  return own.flatMap((value, i): readonly Finding[] => {
    const [first, second] = [value?.unit ?? "", theirs[i]?.unit ?? ""];
    if (value && theirs[i] && areApart(value.type, theirs[i].type)) return [{ ...say("TYPE006:apart"), at }];
    if (first === second || !(isId(first) || isId(second))) return [];
    const said = isId(second) ? say("KEY006:match", { name: nameOfId(second) }) : say("KEY006:plain");
    return [{ ...said, at }];
  });
}

/** FK002, KEY006: a lookup compares columns of the types of the other side's key. */
const lookupsFitTheKey = eachTable((table) =>
  tableSteps(table).flatMap((step) => (step.kind === "lookup" ? otherKey(step) : [])),
);

function otherKey({ on, key, right, at }: LookupNode): readonly Finding[] {
  const theirs = key.map((name) => columnNamed(right.columns, name));
  return misfits(on, theirs, {
    message: (ours, keys) => `lookup() with types ${ours} does not fit the key (${key.join(", ")}) of types ${keys}`,
    at,
  });
}

/**
 * JOIN001, JOIN002, JOIN003: a read of a history names every key of it, else several versions match one row, and a time
 * of the type of its sequence.
 */
const asOfJoinsFitTheHistory = eachTable((table, context) =>
  tableSteps(table).flatMap((step) => (step.kind === "asOfJoin" ? unfit(step, context) : [])),
);

function unfit(step: AsOfJoinNode, { tables }: RuleContext): readonly Finding[] {
  const history = relationSteps(step.right).find((s) => s.kind === "table");
  const target = history?.kind === "table" ? tables.get(history.table) : undefined;
  if (target?.kind === "scd2") return [...uncovered(step, target), ...otherTime(step, target)];
  return [{ ...say("JOIN002"), at: step.at }];
}

function uncovered(step: AsOfJoinNode, target: ScdTableNode): readonly Finding[] {
  const equated = new Set(
    conjuncts(step.on).flatMap((e) =>
      e.kind === "call" && e.fn === "eq"
        ? e.args.flatMap((a) => (a.kind === "column" && a.side === 1 ? [a.name] : []))
        : [],
    ),
  );
  const missing = target.changes.keys.filter((key) => !equated.has(key));
  if (missing.length === 0) return [];
  return [
    {
      code: "JOIN001",
      message: `asOfJoin() to "${target.name}" does not match its key (${missing.join(", ")}), so several versions may match one row`,
      help: "compare every key column with eq() in on",
      at: step.at,
    },
  ];
}

function otherTime(step: AsOfJoinNode, target: ScdTableNode): readonly Finding[] {
  const type = columnNamed(target.columns, START_AT)?.type;
  if (!type || sameType(step.time.type, type)) return [];
  return [
    {
      code: "JOIN003",
      message: `asOfJoin() reads "${target.name}" at a time of type ${typeName(step.time.type)}, but its versions are ordered by ${typeName(type)}`,
      help: "give at a time of that type: cast() it",
      at: step.time.at ?? step.at,
    },
  ];
}

export const KEYS_RULES: readonly Rule[] = [keysAreNotNull, foreignKeys, lookupsFitTheKey, asOfJoinsFitTheHistory];
