/** Whether a declared key fits what makes the rows. */

import type { ExprNode } from "../../ast/expr.ts";
import { hasProvenKey, keyOf, passedFromLeft } from "../../ast/keys.ts";
import type { TablesByName } from "../../ast/pipeline.ts";
import {
  type AggregateStepNode,
  isFilterJoin,
  type JoinNode,
  type NamedExpr,
  type RelationNode,
} from "../../ast/relation.ts";
import { asksForInterval, equalColumns } from "../../ast/sides.ts";
import { START_AT } from "../../ast/stored.ts";
import { columnNamesOf, columnsIn, conjuncts, exprsOf, itemOf } from "../../ast/walk.ts";
import { functionSet, isDigest } from "../../functions/index.ts";
import { decidedBy } from "../dependent-columns.ts";
import { declaredKey, matchesOnce } from "../fan-out.ts";
import { eachTable, type Rule, warning } from "../rule.ts";
import { traceColumn } from "../trace.ts";
import { holdsNow, isVersionTime, versionsOf } from "../versions.ts";

type Names = readonly string[];

/** KEY004, KEY005: a key names each column once, and what makes the rows does not speak against it. */
const keysIdentify = eachTable((table, { tables }) => {
  const key = keyOf(table) ?? [];
  const twice = key.find((name, i) => key.indexOf(name) !== i);
  if (twice !== undefined) {
    return [
      {
        code: "KEY004",
        message: `the key of "${table.name}" names "${twice}" twice`,
        help: "name each column of the key once; was another one meant?",
        column: twice,
      },
    ];
  }
  if (table.kind !== "query" || key.length === 0) return [];
  const made = hasProvenKey(table, tables)
    ? dedupedBy(table.query, key)
    : (identifiedBy(table.query, key, tables) ?? keyOfRead(table.query, key, tables));
  const isKey = made?.length === key.length && made.every((name) => key.includes(name));
  if (made !== undefined && !isKey) {
    return [
      warning({
        code: "KEY005",
        message: `"${table.name}" has one row per ${made.join(", ")}, and its key is ${key.join(", ")}`,
        help:
          made.length < key.length
            ? "make them the same: dedupe() by all of the key"
            : "make them the same: several rows may share the key",
      }),
    ];
  }
  const several = matchesSeveral(table.query, key, tables);
  if (!several) return [];
  return [
    warning({
      code: "KEY005",
      message: `"${table.name}" has one row per match of a join, and several may match for one ${key.join(", ")}`,
      help: `match ${several.join(", ")} of the other side as well, or name in the key what tells the matches apart`,
    }),
  ];
});

/** The columns of which each combination is one row, where the last steps of a query say so, by the names that they have now. */
function identifiedBy(query: RelationNode, key: Names, tables: TablesByName): Names | undefined {
  switch (query.kind) {
    case "table": {
      const history = tables.get(query.table);
      return history?.kind === "scd2" ? [...history.changes.keys, START_AT] : undefined;
    }
    case "where": {
      const made = identifiedBy(query.input, key, tables);
      const asked = conjuncts(query.predicate);
      if (asked.some(holdsNow)) return made?.filter((name) => name !== START_AT);
      const chosen = made?.includes(START_AT) && asked.some((one) => choosesVersion(one, query.input, tables));
      return chosen ? undefined : made;
    }
    case "project":
      return renamed(query.items, query.input, key, tables);
    case "lookup":
    case "asOfJoin":
      return renamed(query.items, query.left, key, tables);
    case "join":
      return isFilterJoin(query) ? identifiedBy(query.left, key, tables) : undefined;
    case "aggregate":
      return query.groups.length === 0 ? undefined : telling(query, key, tables);
    case "dedupe":
      return query.keys.map((expr) => (expr.kind === "column" ? expr.name : "an expression"));
    default:
      return undefined;
  }
}

/** What tells the rows of `input` apart, in a step that passes them on; what the step leaves out is named as it was. */
function renamed(
  items: readonly NamedExpr[],
  input: RelationNode,
  key: Names,
  tables: TablesByName,
): Names | undefined {
  const surrogate = putTogether(items, input, key, tables);
  if (surrogate) return surrogate;
  const nameOf = (name: string): string => {
    const names = items.flatMap(({ name: now, expr }) =>
      expr.kind === "column" && expr.side === 0 && expr.name === name ? now : [],
    );
    return names.find((one) => key.includes(one)) ?? (names.includes(name) ? name : names[0]) ?? name;
  };
  return identifiedBy(input, passedFromLeft(items, key), tables)?.map(nameOf);
}

/** The columns of the key, where what tells the rows of `input` apart is put together in them: a surrogate key. */
function putTogether(
  items: readonly NamedExpr[],
  input: RelationNode,
  key: Names,
  tables: TablesByName,
): Names | undefined {
  const own = items.filter(({ name }) => key.includes(name));
  if (own.every(({ expr }) => expr.kind === "column")) return undefined;
  const parts = new Map(own.map(({ name, expr }) => [name, keptApart(expr)]));
  const all = [...parts.values()].flat();
  const made = identifiedBy(input, all, tables) ?? [];
  if (made.length === 0 || !made.every((name) => all.includes(name))) return undefined;
  return key.filter((name) => parts.get(name)?.some((part) => made.includes(part)));
}

/** Besides digests, what surrogate keys are put together with: two keys that give one text are not looked for. */
const PUT_TOGETHER = functionSet("concat", "coalesce");

/** The columns of the left side of which no two values give one value of the expression. */
function keptApart(expr: ExprNode): Names {
  if (expr.kind === "column") return expr.side === 0 ? [expr.name] : [];
  if (expr.kind === "cast") return expr.type.kind === "string" ? keptApart(expr.arg) : [];
  if (expr.kind === "struct") return expr.fields.flatMap(({ value }) => keptApart(value));
  return expr.kind === "call" && (isDigest(expr) || PUT_TOGETHER.has(expr.fn)) ? expr.args.flatMap(keptApart) : [];
}

/**
 * The groups without those that the others decide: what is worked out of them, such as the month of a day, and what stands
 * next to a key, such as the name of a customer.
 */
function telling({ groups, input }: AggregateStepNode, key: Names, tables: TablesByName): Names {
  const plain = new Set(exprsOf(groups).flatMap((expr) => (expr.kind === "column" ? expr.id : [])));
  const isWorkedOut = (expr: ExprNode): boolean => {
    const columns = columnsIn([expr]);
    return expr.kind !== "column" && columns.length > 0 && columns.every(({ id }) => plain.has(id));
  };
  const telling = groups.filter(({ expr }) => !isWorkedOut(expr));
  const [own, others] = [true, false].map((is) => telling.filter(({ name }) => key.includes(name) === is));
  if (!own?.length || !others?.length) return telling.map(({ name }) => name);
  const decided = decidedBy(input, new Set(columnNamesOf(exprsOf(own))), tables);
  const undecided = others.filter(({ expr }) => !columnsIn([expr]).every(({ name }) => decided.has(name)));
  return [...own, ...undecided].map(({ name }) => name);
}

/** Whether a condition may leave one version of each key: it asks for a time of a version, or for what was worked out. */
function choosesVersion(condition: ExprNode, input: RelationNode, tables: TablesByName): boolean {
  if (condition.kind === "call" && condition.fn === "or")
    return condition.args.every((one) => choosesVersion(one, input, tables));
  // The versions that have ended are all but one.
  if (condition.kind === "call" && condition.fn === "isNotNull") return false;
  return (
    condition.kind === "raw" ||
    columnsIn([condition]).some(
      ({ name }) =>
        isVersionTime(input, name, tables) || traceColumn(input, name, tables).some(({ made }) => made !== undefined),
    )
  );
}

/** The columns of dedupe(), where the key names these and more. */
function dedupedBy(query: RelationNode, key: Names): Names | undefined {
  if (query.kind === "where" || query.kind === "project") return dedupedBy(query.input, key);
  if (query.kind !== "dedupe" || query.keys.length >= key.length) return undefined;
  const names = query.keys.flatMap((expr) => (expr.kind === "column" && key.includes(expr.name) ? expr.name : []));
  return names.length === query.keys.length ? names : undefined;
}

/** The key of the table of which each row is read as it is, where `key` leaves out a part of it. */
function keyOfRead(query: RelationNode, key: Names, tables: TablesByName, from = query): Names | undefined {
  if (query.kind === "project") return keyOfRead(query.input, key, tables, from);
  const keepsRows = query.kind === "join" && (query.type === "inner" || query.type === "left");
  if (query.kind === "lookup" || query.kind === "asOfJoin" || keepsRows)
    return keyOfRead(query.left, key, tables, from);
  const read = query.kind === "table" ? tables.get(query.table) : undefined;
  const whole = read && read.kind !== "scd2" ? (keyOf(read) ?? []) : [];
  const isPart = (name: string): boolean =>
    traceColumn(from, name, tables).some(({ table, column }) => table === read && whole.includes(column));
  return key.length < whole.length && key.every(isPart) ? whole : undefined;
}

/**
 * What a join leaves out of the columns that tell the rows of one side apart, where the key is of the other side alone. Of
 * what tells them apart nothing is known where a side has no key.
 */
function matchesSeveral(query: RelationNode, key: Names, tables: TablesByName): Names | undefined {
  if (query.kind === "where") return matchesSeveral(query.input, key, tables);
  if (query.kind !== "project" && query.kind !== "join") return undefined;
  if (isFilterJoin(query)) return matchesSeveral(query.left, key, tables);
  const own = key.map((name) => itemOf({ inputs: [], items: query.items }, name));
  const names = columnNamesOf(own.filter((expr) => expr !== undefined));
  if (names.length < key.length) return undefined;
  if (query.kind === "project") return matchesSeveral(query.input, names, tables);
  const [side, ...others] = new Set(own.flatMap((expr) => (expr?.kind === "column" ? expr.side : [])));
  if (side === undefined || others.length > 0) return undefined;
  return (
    leftOut(query, side === 0 ? 1 : 0, tables) ?? matchesSeveral(side === 0 ? query.left : query.right, names, tables)
  );
}

function leftOut(join: JoinNode, side: 0 | 1, tables: TablesByName): Names | undefined {
  const input = side === 0 ? join.left : join.right;
  const whole =
    declaredKey(input, tables) ?? identifiedBy(input, [], tables) ?? (versionsOf(input, tables) && ["the time"]);
  if (!whole || asksForInterval(join.on)) return undefined;
  const compared = new Set(equalColumns(join.on).map((pair) => pair[side].name));
  const named = conjuncts(join.on).filter((one) => one.kind === "call" && (one.fn === "eq" || one.fn === "in"));
  const asked = new Set(columnsIn(named).flatMap((c) => (c.side === side ? c.name : [])));
  const missing = whole.filter((name) => !compared.has(name) && !asked.has(name));
  return missing.length > 0 && !matchesOnce(join, side, tables) ? missing : undefined;
}

export const UNIQUE_KEYS_RULES: readonly Rule[] = [keysIdentify];
