/** The tables of a plan in DuckDB: their names, and the statements that create them. */
import { companionName } from "../../ast/companions.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { StoredColumn } from "../../ast/stored.ts";
import type { Companion, LoweredTable } from "../../lower/table.ts";
import { duckdbType, duckdbIdentifier as id, duckdbText as text } from "./dialect.ts";

/** `silver.orders` */
export function nameOf({ layer, name }: Pick<TableNode, "layer" | "name">): string {
  return `${layer}.${id(name)}`;
}

/** Creates the table and its quarantine from nothing. What stood there before is dropped. */
export function createTable({ table, columns, quarantine }: LoweredTable): readonly string[] {
  const target = nameOf(table);
  return [
    create(target, columns),
    ...comments(table, target, (words) => words !== undefined).map(commentStatement),
    ...(quarantine ? [create(quarantineName(table), quarantine.columns)] : []),
  ];
}

export function quarantineName({ layer, name }: Pick<TableNode, "layer" | "name">): string {
  return nameOf({ layer, name: companionName(name, "quarantine") });
}

/** Creates a table next to another. What stood there before is dropped. */
export function createCompanion({ layer }: TableNode, { name, columns }: Companion): string {
  return create(nameOf({ layer, name }), columns);
}

function create(name: string, columns: readonly StoredColumn[]): string {
  const definitions = columns.map((c) => `${id(c.name)} ${duckdbType(c.type)}${c.nullable ? "" : " NOT NULL"}`);
  return `CREATE OR REPLACE TABLE ${name} (\n  ${definitions.join(",\n  ")}\n)`;
}

/** The comments of a table and its columns, `NULL` for those that have none. */
export function commentStatements(table: TableNode): readonly string[] {
  return comments(table, nameOf(table), () => true).map(commentStatement);
}

interface Comment {
  readonly on: string;
  readonly words: Words;
}

type Words = string | undefined;

function comments(table: TableNode, target: string, asked: (words: Words) => boolean): readonly Comment[] {
  const { comment } = table.settings;
  return [
    ...(asked(comment) ? [{ on: `TABLE ${target}`, words: comment }] : []),
    ...table.columns
      .filter((c) => asked(c.comment))
      .map((c) => ({ on: `COLUMN ${target}.${id(c.name)}`, words: c.comment })),
  ];
}

/** A comment is a constant, and a constant cannot hold a NUL. */
function commentStatement({ on, words }: Comment): string {
  return `COMMENT ON ${on} IS ${words === undefined ? "NULL" : text(words.replaceAll("\0", "\uFFFD"))}`;
}
