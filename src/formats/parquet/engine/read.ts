/** Parquet: columns by name, each file by its own types, so that what is stored does not depend on the files alongside it. */

import type { ColumnFacts } from "../../../ast/relation.ts";
import {
  type ColumnReading,
  fileIndex,
  type Input,
  pathList,
  type Reading,
  readerPath,
} from "../../../engines/duckdb/ingest/statement.ts";
import { columnExtras } from "../../../engines/duckdb/ingest/undeclared.ts";
import type { Session } from "../../../engines/duckdb/warehouse/session.ts";
import { duckdbIdentifier as identifier, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import type { SqlType } from "../../../types/types.ts";
import { type FileType, fileType } from "./types.ts";
import { jsonText, membersText, readValue, undeclaredIn } from "./values.ts";

interface FileColumn {
  /** Its name in the file. */
  readonly name: string;
  /** Its name in the reader: of names that differ by case alone, it changes the second. */
  readonly called: string;
  readonly type: FileType;
  /** Its name inside the statement. */
  readonly as: string;
}

/**
 * The rows of all files with the same columns: of each declared column `v`, the value, `x`, whether there is any, and
 * of those that do not read `j`, the value as JSON, and `u`, what is undeclared in it.
 */
export async function readParquet(
  session: Session,
  declared: readonly ColumnFacts[],
  inputs: readonly Input[],
): Promise<Reading> {
  const groups = await bySchema(session, inputs);
  const parts: string[] = [];
  for (const group of groups) parts.push(await select(session, declared, group, inputs));
  return {
    from: `(${parts.join("\nUNION ALL ")})`,
    columns: declared.map(
      (facts, i): ColumnReading => ({
        facts,
        raw: `x${i}`,
        // A text as it is, without the quotes of JSON.
        shown: `CASE WHEN starts_with(j${i}, '"') THEN json_extract_string(j${i}::JSON, '$') ELSE j${i} END`,
        read: () => `v${i}`,
        rescue: `j${i}`,
        undeclared: `u${i}`,
      }),
    ),
    extras: { plain: "plain", repeated: "repeated", entries: "extras" },
    row: "whole",
  };
}

/** Files of the same schema are read together. */
async function bySchema(session: Session, inputs: readonly Input[]): Promise<readonly (readonly Input[])[]> {
  if (inputs.length === 1) return [inputs];
  const groups = new Map<string, Input[]>();
  for (const input of inputs) {
    const described = await session.rows(
      `SELECT list([name, type, type_length::VARCHAR, repetition_type, num_children::VARCHAR, converted_type, scale::VARCHAR, precision::VARCHAR, logical_type])::VARCHAR AS shape
FROM parquet_schema(${readerPath(input.readFrom)})`,
    );
    const shape = String(described[0]?.["shape"]);
    groups.set(shape, [...(groups.get(shape) ?? []), input]);
  }
  return [...groups.values()];
}

/** The rows of files of one schema, which are among `all`. */
async function select(
  session: Session,
  declared: readonly ColumnFacts[],
  inputs: readonly Input[],
  all: readonly Input[],
): Promise<string> {
  const described = await session.columns(`FROM read_parquet(${pathList(inputs)}, hive_partitioning = false)`);
  const file = nameOtherThan(described.map(({ name }) => name));
  const reader = `read_parquet(${pathList(inputs)}, filename = ${text(file)}, hive_partitioning = false)`;
  const names = await namesIn(session, inputs);
  const columns = described.map(
    ({ name, type }, i): FileColumn => ({ name: names[i] ?? name, called: name, type: fileType(type), as: `c${i}` }),
  );
  const found = declared.map(({ name }) => columnOf(name, columns));
  const read = declared.map(({ type }, i) => readingOf(found[i], type));
  const others = columns.filter((column) => !found.includes(column));
  const typed = read.flatMap(({ given, value }, i) => [
    `CASE WHEN ${given} THEN true END AS x${i}`,
    `${value} AS v${i}`,
  ]);
  const rest = read.flatMap(({ json, undeclared }, i) => [
    `CASE WHEN x${i} AND v${i} IS NULL THEN ${json} END AS j${i}`,
    `CASE WHEN v${i} IS NOT NULL THEN ${undeclared} END AS u${i}`,
  ]);
  const selected = [
    "__file",
    ...read.flatMap((_, i) => [`x${i}`, `v${i}`]),
    ...rest,
    ...extrasOf(others, declared),
    wholeRow(columns, declared),
  ];
  const renamed = columns.map((column) => `${identifier(column.called)} AS ${column.as}`);
  return `SELECT ${selected.join(",\n  ")}
FROM (SELECT *, ${typed.join(",\n  ")}
FROM (SELECT ${[...renamed, `${fileIndex(all, identifier(file))} AS __file`].join(", ")} FROM ${reader}))`;
}

/** SQL of a declared column over that of the file: whether there is a value, the value, its text, and what is not declared in it. */
function readingOf(column: FileColumn | undefined, type: SqlType) {
  if (!column) return { given: "false", value: "NULL", json: "NULL", undeclared: "NULL" };
  return {
    given: `${column.as} IS NOT NULL`,
    value: readValue(column.as, column.type, type),
    json: jsonText(column.as, column.type),
    undeclared: undeclaredIn(column.as, column.type, type) ?? "NULL",
  };
}

/** What is not declared of a row. */
function extrasOf(others: readonly FileColumn[], declared: readonly ColumnFacts[]): readonly string[] {
  const extras =
    others.length === 0
      ? undefined
      : columnExtras(
          others.map((column) => ({ name: column.name, json: jsonText(column.as, column.type) })),
          declared.map((c) => c.name),
        );
  return [
    `CAST(${extras?.plain ?? "NULL"} AS VARCHAR) AS plain`,
    `${extras?.repeated ?? "false"} AS repeated`,
    `${extras?.entries ?? "CAST([] AS STRUCT(k VARCHAR, v VARCHAR)[])"} AS extras`,
  ];
}

/** A row as JSON, where a value that must be there is missing. */
function wholeRow(columns: readonly FileColumn[], declared: readonly ColumnFacts[]): string {
  const row = membersText(columns.map((c) => [c.name, jsonText(c.as, c.type)]));
  const anyMissing = declared.flatMap((c, i) => (c.nullable ? [] : [`v${i} IS NULL`]));
  return `CASE WHEN ${anyMissing.join(" OR ") || "false"} THEN ${row} END AS whole`;
}

/** The column that a declared one is: that of its very name, else the first in any case. Others are not declared. */
function columnOf(name: string, columns: readonly FileColumn[]): FileColumn | undefined {
  const lower = name.toLowerCase();
  return columns.find((c) => c.name === name) ?? columns.find((c) => c.name.toLowerCase() === lower);
}

/** The names of the columns of files of one schema, as they stand in the first. */
async function namesIn(session: Session, [first]: readonly Input[]): Promise<readonly string[]> {
  if (!first) return [];
  const all = await session.rows(
    `SELECT name, coalesce(num_children, 0) AS parts FROM parquet_schema(${readerPath(first.readFrom)})`,
  );
  const names: string[] = [];
  // The root, and then each element before its parts.
  for (let i = 1, open = 0; i < all.length; i++) {
    if (open === 0) names.push(String(all[i]?.["name"]));
    else open--;
    open += Number(all[i]?.["parts"]);
  }
  return names;
}

/** A name for the column of paths that no column of the file has. */
function nameOtherThan(names: readonly string[]): string {
  const taken = new Set(names.map((name) => name.toLowerCase()));
  let name = "file";
  while (taken.has(name)) name += "_";
  return name;
}
