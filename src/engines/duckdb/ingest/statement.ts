/** The one statement that stages rows: typed columns, the source's metadata, what was rescued, what is wrong. */

import type { ColumnFacts } from "../../../ast/relation.ts";
import { METADATA_COLUMNS } from "../../../ast/stored.ts";
import { EXCERPT } from "../../../core/text.ts";
import { duckdbType, duckdbIdentifier as identifier, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { aType } from "../../../types/types.ts";
import type { SourceFile } from "../files/files.ts";
import { bind } from "./digits.ts";
import { type Extras, entry, jsonObject } from "./undeclared.ts";

/** A file and where its rows are read from: itself, by its name or by a link, or its repaired copy. */
export interface Input {
  readonly file: SourceFile;
  readonly readFrom: string;
  readonly isCopy?: true;
}

/** How a declared column comes out of the rows that are read. */
export interface ColumnReading {
  readonly facts: ColumnFacts;
  /** SQL over the rows: the value as it came; null when there is none. */
  readonly raw: string;
  /** SQL over the rows: the value as a person reads it. Default: the value, which is text then. */
  readonly shown?: string;
  /** SQL over the raw value's column name: the typed value. */
  readonly read: (raw: string) => string;
  /** SQL over the rows: the value as it came, as JSON. Default: the text. */
  readonly rescue?: string;
  /** SQL over the rows: what is not declared within a value that reads, as JSON text. */
  readonly undeclared?: string;
  /** Texts that mean null, where the raw value may still hold them. */
  readonly nulls?: readonly string[];
}

export interface Reading {
  /**
   * A table expression of rows, with the index of their file in `__file`; no column of it is named as in the user's file.
   * What is SQL over the rows below is evaluated only where it is needed, so it may cost something.
   */
  readonly from: string;
  readonly columns: readonly ColumnReading[];
  readonly extras?: Extras;
  /** SQL of JSON that is put together from the rows, as it is stored. Default: as it is. */
  readonly finish?: (json: string) => string;
  /** SQL over the rows: why the row as a whole cannot be read, else null. */
  readonly unreadable?: string;
  /** SQL over the rows: the row as it came. */
  readonly row: string;
}

interface StageTarget {
  readonly into: string;
  readonly ingestedAt: Date;
}

export interface CleanTarget {
  /** SQL of the table's name. */
  readonly table: string;
  /** The declared columns, then the source's metadata. */
  readonly columns: readonly string[];
  readonly ingestedAt: Date;
}

/** Hidden columns of the staging table: why a row cannot be taken, and the row as it came. */
export const PROBLEM = "__problem";
export const RAW = "__raw";
/** One more: the required columns of which a row has no value at all, where its other values are known. */
export const MISSING = "__missing";

export function createTable(into: string, declared: readonly ColumnFacts[]): string {
  const columns = [...declared, ...METADATA_COLUMNS].map((c) => `${identifier(c.name)} ${duckdbType(c.type)}`);
  const all = [...columns, `${PROBLEM} VARCHAR`, `${RAW} VARCHAR`, `${MISSING} VARCHAR[]`];
  return `CREATE OR REPLACE TEMP TABLE ${identifier(into)} (${all.join(", ")})`;
}

export function time(value: Date): string {
  return `TIMESTAMPTZ '${value.toISOString().replace("T", " ").replace("Z", "+00")}'`;
}

/** Names of a row's parts inside the statement; a user's column never appears there under its own name. */
const rawName = (index: number) => `x${index}`;
const valueName = (index: number) => `v${index}`;

export function insertRows(target: StageTarget, inputs: readonly Input[], reading: Reading): string {
  const { values, ingestedAt, rescued, problem, raw, missing, from } = rowsOf(target.ingestedAt, inputs, reading);
  return `INSERT INTO ${identifier(target.into)}
SELECT ${[...values, ingestedAt, rescued, problem, raw, missing].join(",\n  ")}
FROM ${from}`;
}

/**
 * The rows straight into their table; the first one with a problem ends the statement. What asks for it stands in a value: a
 * condition would be asked of the rows as they come, for which DuckDB reads every value twice.
 */
export function insertCleanRows(target: CleanTarget, inputs: readonly Input[], reading: Reading): string {
  const { values, ingestedAt, rescued, anyWrong, from } = rowsOf(target.ingestedAt, inputs, reading);
  const guarded = anyWrong === "" ? ingestedAt : `CASE WHEN ${anyWrong} THEN error('not clean') ELSE ${ingestedAt} END`;
  return `INSERT INTO ${target.table} (${target.columns.map(identifier).join(", ")})
SELECT ${[...values, guarded, rescued].join(",\n  ")}
FROM ${from}`;
}

interface Rows {
  /** The declared columns, and the file that they come from. */
  readonly values: readonly string[];
  readonly ingestedAt: string;
  readonly rescued: string;
  /** Whether a row has a problem; empty where none can. */
  readonly anyWrong: string;
  readonly problem: string;
  readonly raw: string;
  readonly missing: string;
  /** What all of these are SQL over. */
  readonly from: string;
}

function rowsOf(ingestedAt: Date, inputs: readonly Input[], reading: Reading): Rows {
  const columns = reading.columns.map((c, i): Named => ({ ...c, x: rawName(i), v: valueName(i), u: `u${i}` }));
  const required = columns.filter((c) => !c.facts.nullable);
  const anyWrong = [
    ...(reading.unreadable ? ["__unreadable IS NOT NULL"] : []),
    ...required.map((c) => `${c.v} IS NULL`),
  ].join(" OR ");
  return {
    values: [...columns.map((c) => c.v), ...sourceOf(inputs)],
    ingestedAt: time(ingestedAt),
    rescued: rescuedOf(columns, reading),
    anyWrong,
    problem: when(anyWrong, problemOf(required)),
    raw: when(anyWrong, reading.row),
    missing: when(anyWrong, missingOf(required)),
    from: fromOf(columns, reading),
  };
}

/** A column, and the names of its value as it came, of that value read, and of what is undeclared in it. */
interface Named extends ColumnReading {
  readonly x: string;
  readonly v: string;
  readonly u: string;
}

const isInner = (c: Named): boolean => c.undeclared !== undefined;

function fromOf(columns: readonly Named[], reading: Reading): string {
  const { extras } = reading;
  const rows = [
    "*",
    ...columns.map((c) => `${c.raw} AS ${c.x}`),
    ...(extras ? [`${extras.plain} AS __plain`, `${extras.repeated} AS __repeated`] : []),
    `${reading.unreadable ?? "NULL"} AS __unreadable`,
  ];
  const typed = ["*", ...columns.map((c) => `${c.read(c.x)} AS ${c.v}`)];
  const read = `(SELECT ${typed.join(",\n  ")}
FROM (SELECT ${rows.join(",\n  ")}
FROM ${reading.from}))`;
  const inner = columns.filter(isInner).map((c) => `CASE WHEN ${c.v} IS NOT NULL THEN ${c.undeclared} END AS ${c.u}`);
  return inner.length === 0 ? read : `(SELECT *, ${inner.join(",\n  ")} FROM ${read})`;
}

/** What a row has and its columns do not: what did not read, and what is not declared. */
function rescuedOf(columns: readonly Named[], { extras, finish = (json) => json }: Reading): string {
  const lost = (c: Named) => `(${c.v} IS NULL AND ${c.x} IS NOT NULL)`;
  // What is read as it came always reads.
  const rescuable = columns.filter((c) => c.facts.nullable && c.read(c.x) !== c.x);
  const inner = columns.filter(isInner);
  const anyOwn = [...rescuable.map(lost), ...inner.map((c) => `${c.u} IS NOT NULL`)];
  const anyLost = [...(extras ? ["__plain IS NOT NULL OR __repeated"] : []), ...anyOwn].join(" OR ");
  const parts = [
    ...rescuable.map((c) => {
      const value = c.rescue ?? `to_json(${withoutNulls(c.x, c.nulls)})`;
      return { name: c.facts.name, json: `CASE WHEN ${lost(c)} THEN (${value})::VARCHAR END` };
    }),
    ...inner.map((c) => ({ name: c.facts.name, json: c.u })),
  ];
  const own = parts.map(({ name, json }) => `${text(`${JSON.stringify(name)}:`)} || ${json}`);
  if (!extras) return when(anyLost, parts.length === 0 ? "NULL" : bind(members(own), "rescued", finish("rescued")));
  // No name comes twice, so the members of both objects stand side by side.
  const plain = "substr(__plain, 2, length(__plain) - 2)";
  const list = [
    ...(parts.length > 0 ? [`[${parts.map((p) => entry(p.name, p.json)).join(", ")}]`] : []),
    extras.entries,
  ];
  const repeated = `nullif(${jsonObject(`list_filter(${list.join(" || ")}, lambda e: e.v IS NOT NULL)`)}, '{}')`;
  const onlyPlain = ["__plain IS NOT NULL", ...anyOwn.map((any) => `NOT (${any})`)].join(" AND ");
  const json = `CASE WHEN ${onlyPlain} THEN __plain WHEN __repeated THEN ${repeated} ELSE ${members([...own, plain])} END`;
  return when(anyLost, bind(json, "rescued", finish("rescued")));
}

/** SQL of an object of those of some members that are there. */
const members = (some: readonly string[]): string => `nullif('{' || concat_ws(',', ${some.join(", ")}) || '}', '{}')`;

/** The value as a person reads it. */
const shownOf = (c: Named): string => c.shown ?? withoutNulls(c.x, c.nulls);

/** What is wrong with a row, in words. */
function problemOf(required: readonly Named[]): string {
  const reasons = required.map((c) => `CASE WHEN ${c.v} IS NULL THEN ${reason(c.facts, shownOf(c))} END`);
  return `coalesce(__unreadable, ${reasons.length > 0 ? `concat_ws('; ', ${reasons.join(", ")})` : "NULL"})`;
}

function missingOf(required: readonly Named[]): string {
  const names = required.map(
    (c) => `CASE WHEN ${c.v} IS NULL AND ${shownOf(c)} IS NULL THEN ${text(c.facts.name)} END`,
  );
  return names.length === 0 ? "NULL" : `CASE WHEN __unreadable IS NULL THEN [${names.join(", ")}] END`;
}

/** Rows that only their raw text is known of: `from` gives `file`, `reason` and `raw`. */
export function insertProblems(
  target: StageTarget,
  inputs: readonly Input[],
  columns: readonly ColumnFacts[],
  from: string,
): string {
  return `INSERT INTO ${identifier(target.into)}
SELECT ${[...columns.map(() => "NULL"), ...sourceOf(inputs), time(target.ingestedAt), "NULL", "reason", "raw", "NULL"].join(", ")}
FROM (SELECT ${fileIndex(inputs, "file")} AS __file, reason, raw FROM ${from})`;
}

function when(condition: string, value: string): string {
  return condition === "" ? "NULL" : `CASE WHEN ${condition} THEN ${value} END`;
}

function withoutNulls(x: string, nulls: readonly string[] = []): string {
  return nulls.length === 0 ? x : `CASE WHEN ${x} NOT IN (${nulls.map(text).join(", ")}) THEN ${x} END`;
}

/** What is wrong with a required value, in words. */
function reason(facts: ColumnFacts, raw: string): string {
  const shown = `CASE WHEN length(${raw}) > ${EXCERPT} THEN left(${raw}, ${EXCERPT}) || '…' ELSE ${raw} END`;
  const wrong = `${text(`${facts.name}: "`)} || ${shown} || ${text(`" is not ${aType(facts.type)}`)}`;
  return `coalesce(${wrong}, ${text(`${facts.name} is missing`)})`;
}

/** Path and time of the row's file. */
function sourceOf(inputs: readonly Input[]): [path: string, modifiedAt: string] {
  const [first, ...others] = inputs;
  if (first && others.length === 0) return [text(first.file.path), time(first.file.modifiedAt)];
  const look = (values: string[]) => `[${values.join(", ")}][__file + 1]`;
  return [look(inputs.map((i) => text(i.file.path))), look(inputs.map((i) => time(i.file.modifiedAt)))];
}

/** SQL of the index of the file whose path `path` is SQL of. It is slow per path, so it is for reads of few rows. */
export function fileIndex(inputs: readonly Input[], path: string): string {
  return `list_position([${inputs.map((i) => text(i.readFrom)).join(", ")}], ${path}) - 1`;
}

const PATTERN = /[[*?]/g;

/** Whether DuckDB's readers would look for the files of a pattern by this path. */
export const isPattern = (path: string): boolean => path.search(PATTERN) >= 0;

/** A path for DuckDB's readers, which accept patterns: the characters of a pattern are escaped. */
export function readerPath(path: string): string {
  return text(asPattern(path));
}

export const asPattern = (path: string): string => path.replace(PATTERN, "[$&]");

export function pathList(inputs: readonly Input[]): string {
  return `[${inputs.map((i) => readerPath(i.readFrom)).join(", ")}]`;
}
