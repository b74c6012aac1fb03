/** Rows that are given to `run()` instead of a source's files: checked one by one, then read as files are. */

import { rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { fullName, type PipelineNode, type TableNode } from "../../../ast/pipeline.ts";
import { type ColumnFacts, isFileSource, type SourceNode } from "../../../ast/relation.ts";
import { describe, isRecord } from "../../../core/describe.ts";
import { MedallionError, type RunError } from "../../../core/errors.ts";
import { plainJson } from "../../../core/json.ts";
import type { Place } from "../../../core/location.ts";
import { nearest } from "../../../core/nearest.ts";
import { messageOf } from "../../../core/thrown.ts";
import { failure } from "../../../diagnostics/mistake.ts";
import { json } from "../../../formats/json/json.ts";
import { exactLiteral } from "../../../nodes/literals.ts";
import { sourceNode } from "../../../nodes/relations.ts";
import { type SqlType, typeText } from "../../../types/types.ts";
import type { Listed } from "../files/arrivals.ts";
import { fileOf } from "../files/files.ts";
import { scratchFolder } from "../warehouse/scratch.ts";

type Rows = readonly Readonly<Record<string, unknown>>[];

/** The rows of this update by the source in whose place they are. */
export type GivenRows = ReadonlyMap<SourceNode, Listed>;

export interface InputRequest {
  readonly inputs: Readonly<Record<string, Rows | undefined>>;
  readonly pipeline: PipelineNode;
  /** The tables of this update. */
  readonly wanted: ReadonlySet<string>;
  readonly updateId: string;
  /** Where `run()` was called. */
  readonly at: Place;
}

/**
 * Gives the rows to `work` as files, which are gone afterwards.
 *
 * @throws RunError `INPUT001` where a table has no files or is not updated, or a row does not fit its columns.
 */
export async function withRows<T>(request: InputRequest, work: (given: GivenRows) => Promise<T>): Promise<T> {
  const texts = Object.entries(request.inputs).flatMap(([name, rows]) => {
    if (rows === undefined) return [];
    const { table, source } = sourceOf(name, request);
    if (!Array.isArray(rows)) throw unfit(table, request.at, `inputs holds ${describe(rows)}, and no list of rows`);
    if (!request.wanted.has(name)) throw unfit(table, request.at, "the table is not updated", undefined, ONLY);
    return [{ table, source, text: linesOf(rows, { table, declared: source.declared, at: request.at }) }];
  });
  if (texts.length === 0) return work(new Map());
  const folder = await scratchFolder();
  try {
    const given = new Map<SourceNode, Listed>();
    for (const { table, source, text } of texts) {
      const absolute = path.join(folder, table.name);
      await writeFile(absolute, text);
      const file = fileOf(await stat(absolute), { path: `inputs/${request.updateId}/${table.name}`, absolute });
      // Rows of other updates have paths of this pattern: with `onChange: "replace"` these stand in their place.
      given.set(source, { source: asLines(source), path: `inputs/*/${table.name}`, files: [file], skipped: [] });
    }
    return await work(given);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const ONLY = "name it, or a table that reads it, in only";

function sourceOf(name: string, { pipeline, at }: InputRequest): { table: TableNode; source: SourceNode } {
  const tables = pipeline.tables.filter((t) => t.kind === "query" && isFileSource(t.query));
  const table = tables.find((t) => t.name === name);
  if (table?.kind === "query" && isFileSource(table.query)) return { table, source: table.query };
  const names = tables.map((t) => t.name);
  const near = nearest(name, names);
  throw failure({
    code: "INPUT001",
    message: `inputs names ${JSON.stringify(name)}, which is not a table that reads files`,
    help: near ? `did you mean "${near}"?` : `there are ${names.join(", ") || "none"}`,
    location: at,
  });
}

/** The same source, of JSON: what becomes of changed files is as it was declared. */
function asLines({ options, declared, columns, at }: SourceNode): SourceNode {
  const { onChange } = options;
  return sourceNode({ format: json, path: "inputs", options: onChange ? { onChange } : {}, declared, columns }, at);
}

interface Target {
  readonly table: TableNode;
  readonly declared: readonly ColumnFacts[];
  readonly at: Place;
}

/** A line per row; one line of nothing where there is none, since a file of no bytes was not delivered yet. */
function linesOf(rows: Rows, target: Target): string {
  // Holes in the list are undefined in the copy, and no rows.
  return rows.length === 0 ? "\n" : Array.from(rows, (row, i) => `${lineOf(row, i, target)}\n`).join("");
}

/** What a row's own code throws, in a getter or a proxy, is told with the row. */
function lineOf(row: unknown, index: number, target: Target): string {
  try {
    return line(row, index, target);
  } catch (error) {
    if (error instanceof MedallionError) throw error;
    throw unfit(target.table, target.at, `row ${index} cannot be read: ${messageOf(error)}`);
  }
}

function line(row: unknown, index: number, { table, declared, at }: Target): string {
  const wrong = (what: string, column?: string, help?: string) =>
    unfit(table, at, `row ${index} ${what}`, column, help);
  if (!isRecord(row)) throw wrong(`is ${kindOf(row)}, and no plain object`);
  const names = declared.map((c) => c.name);
  const unknown = Object.keys(row).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const near = nearest(unknown, names);
    throw wrong(
      `has a column ${JSON.stringify(unknown)} that is not declared`,
      unknown,
      near ? `did you mean "${near}"?` : `the columns are ${names.join(", ")}`,
    );
  }
  const fields = declared.flatMap(({ name, type, nullable }) => {
    const value = Object.hasOwn(row, name) ? (row[name] ?? null) : null;
    if (value === null && !nullable)
      throw wrong(`has no ${name}, which is never null`, name, "give it, or declare it nullable()");
    if (value === null) return [];
    try {
      return [`${JSON.stringify(name)}:${jsonOf(value, type, name)}`];
    } catch (error) {
      if (error instanceof MedallionError) throw wrong(error.message, name, error.help);
      throw error;
    }
  });
  return `{${fields.join(",")}}`;
}

/** A value as JSON that reads as the type without loss: numbers, dates and times are texts. */
function jsonOf(value: unknown, type: SqlType, where: string): string {
  const no = (what: string = describe(value)) =>
    failure({ code: "INPUT001", message: `has ${what} in ${where}, which is ${typeText(type)}`, help: undefined });
  if (value === null || value === undefined) return "null";
  switch (type.kind) {
    case "array":
      if (!Array.isArray(value)) throw no();
      if (Object.keys(value).length < value.length) throw no("a list with holes");
      return `[${value.map((one, i) => jsonOf(one, type.element, `${where}[${i}]`)).join(",")}]`;
    case "struct": {
      if (!isRecord(value)) throw no(kindOf(value));
      const unknown = Object.keys(value).find((name) => !type.fields.some((field) => field.name === name));
      if (unknown !== undefined) throw no(`a field ${JSON.stringify(unknown)}`);
      const of = new Map(Object.entries(value));
      const fields = type.fields.map(({ name, type: inner }) => {
        return `${JSON.stringify(name)}:${jsonOf(of.get(name), inner, `${where}.${name}`)}`;
      });
      return `{${fields.join(",")}}`;
    }
    case "map": {
      if (!(value instanceof Map) && !isRecord(value)) throw no(kindOf(value));
      const entries = value instanceof Map ? [...value] : Object.entries(value);
      const keys = new Set<string>();
      const parts = entries.map(([key, inner]) => {
        const text = textOf(key, type.key, () => no(`the key ${describe(key)}`));
        if (keys.size === keys.add(canonical(text, type.key)).size) throw no(`the key ${describe(key)} twice`);
        return `${JSON.stringify(text)}:${jsonOf(inner, type.value, `${where}[${describe(key)}]`)}`;
      });
      return `{${parts.join(",")}}`;
    }
    case "variant":
      return variantOf(value, no);
    case "boolean":
      if (typeof value !== "boolean") throw no();
      return String(value);
    default:
      return JSON.stringify(textOf(value, type, no));
  }
}

/** The text of a constant of the type, which is exact: what does not fit is refused and not rounded. */
function textOf(value: unknown, type: SqlType, no: (what?: string) => RunError): string {
  if (type.kind === "binary") {
    if (!(value instanceof Uint8Array)) throw no();
    return Buffer.from(value).toString("base64");
  }
  // The digits of a number are not those that were meant.
  if (type.kind === "decimal" && typeof value === "number") throw no();
  try {
    const literal = exactLiteral(value, type, undefined);
    if (literal.value !== null) return String(literal.value);
  } catch (error) {
    if (!(error instanceof MedallionError)) throw error;
  }
  throw no();
}

/** JSON as it came: what JSON would leave out or make another value of is refused. */
function variantOf(value: unknown, no: (what?: string) => RunError): string {
  const plain = plainJson(value, ({ path, what }) => no(`what is not JSON (${path} is ${what})`));
  return JSON.stringify(plain, (key, part) => {
    if (!key.isWellFormed() || (typeof part === "string" && !part.isWellFormed())) throw no("a lone surrogate");
    return part;
  });
}

/** Keys of one value have one canonical text. */
function canonical(text: string, type: SqlType): string {
  if (type.kind === "decimal") return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  if (type.kind !== "timestamp" && type.kind !== "timestampNtz") return text;
  const [, seconds = text, digits = "", zone = ""] = /^(.{10}[T ][\d:]+)(?:\.(\d+))?(.*)$/.exec(text) ?? [];
  return `${Date.parse(`${seconds.replace(" ", "T")}${zone || "Z"}`)}.${digits.padEnd(6, "0")}`;
}

function kindOf(value: unknown): string {
  const name = typeof value === "object" && value !== null ? value.constructor?.name : undefined;
  return name === undefined || Array.isArray(value) || isRecord(value) ? describe(value) : `a ${name}`;
}

function unfit(table: TableNode, location: Place, what: string, column?: string, help?: string): RunError {
  return failure({
    code: "INPUT001",
    message: `the rows given for ${fullName(table)} do not fit: ${what}`,
    help: help ?? "give values of the types that the source declares; decimals as texts, dates as texts or Date",
    location,
    table: table.name,
    ...(column !== undefined && { column }),
  });
}
