/** The values of a pipeline's parameters in one update. */

import { createHash } from "node:crypto";
import type { ParamNode } from "../../ast/expr.ts";
import { filledPath, tableParams } from "../../ast/params.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { RunError } from "../../core/errors.ts";
import { failure } from "../../diagnostics/mistake.ts";
import { type ParamValues, paramTexts } from "../../lower/params.ts";
import { duckdbText, duckdbType, duckdbVariable } from "../../targets/duckdb/dialect.ts";
import type { Session } from "./warehouse/session.ts";

/** What the update knows of parameters. */
export interface Params {
  /** Statements that bind the values in one more session. */
  readonly bindings: readonly string[];
  /** Statements that forget the secrets: what is asked of the warehouse afterwards does not find them. */
  readonly forget: readonly string[];
  /** A source's path with the values instead of `${name}`. */
  readonly path: (path: string) => string;
  /** The values of the parameters in a table's expressions, by name: rows that were taken keep theirs. */
  readonly valuesOf: (table: TableNode) => Readonly<Record<string, string | null>>;
}

/**
 * Binds the values of all parameters that the tables use.
 *
 * @throws RunError `PARAM002` where one has no value, `PARAM003` where a value is not of its type or is of no parameter.
 */
export async function bindParams(tables: readonly TableNode[], given: ParamValues, session: Session): Promise<Params> {
  const texts = paramTexts(tables, given, {
    help: (name) => `run(p, { params: { ${name}: … } }), or --param ${name}=VALUE`,
    refuse: (problem) => {
      throw failure(problem);
    },
    secrets: "given",
  });
  const used = new Map(tables.flatMap(tableParams).map((param) => [param.name, param]));
  const bindings: string[] = [];
  for (const param of used.values()) bindings.push(await bind(param, textOf(texts, param), session));
  const forget = [...used.values()]
    .filter((param) => param.secret !== undefined)
    .map((param) => `RESET VARIABLE ${duckdbVariable(param.name)}`);
  const path = (text: string) => filledPath(text, (name) => texts.get(name));
  return { bindings, forget, path, valuesOf: (table) => valuesOf(table, texts) };
}

async function bind(param: ParamNode, value: string, session: Session): Promise<string> {
  const sql = `SET VARIABLE ${duckdbVariable(param.name)} = ${cast(param, value)}`;
  try {
    await session.exec(sql);
    return sql;
  } catch (error) {
    if (param.secret !== undefined) throw unusableSecret(param);
    throw error;
  }
}

/** Nothing of the value: not in the message, not in the statement that failed. */
function unusableSecret({ name, at }: ParamNode): RunError {
  return failure({
    code: "PARAM003",
    message: `the value of the secret "${name}" is not a text that the engine accepts`,
    help: "give printable characters",
    location: at,
  });
}

/** Tells whether a secret is another one than last time, also of a table that has another name since. */
function digest(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

const cast = ({ type }: ParamNode, value: string) => `CAST(${duckdbText(value)} AS ${duckdbType(type)})`;

/** A parameter as it was in an earlier update. */
export function constantOf(param: ParamNode, values: Readonly<Record<string, string | null>>): string {
  const value = values[param.name] ?? null;
  return value === null ? `CAST(NULL AS ${duckdbType(param.type)})` : cast(param, value);
}

/** A parameter in a path is not among them: another value of it just means other files. */
function valuesOf(table: TableNode, texts: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const uses = new Map(tableParams(table).map((param) => [param.name, param]));
  const sorted = [...uses.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const values = sorted.map((param): [string, string] => {
    const value = textOf(texts, param);
    return [param.name, param.secret === undefined ? value : `sha256:${digest(param.name, value)}`];
  });
  return Object.fromEntries(values);
}

/** Every parameter that is used was asked for: an empty text would be another value. */
function textOf(texts: ReadonlyMap<string, string>, { name }: ParamNode): string {
  const text = texts.get(name);
  if (text === undefined) throw new RangeError(`the parameter "${name}" was not read`);
  return text;
}
