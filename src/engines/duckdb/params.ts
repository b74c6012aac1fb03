/** The values of a pipeline's parameters in one update. */

import { createHash } from "node:crypto";
import type { ParamNode } from "../../ast/expr.ts";
import { filledPath, type ParamUse, paramUses, tableParams } from "../../ast/params.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { RunError } from "../../core/errors.ts";
import { failure } from "../../diagnostics/mistake.ts";
import { noValue, type ParamValues, paramTexts } from "../../lower/params.ts";
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
  /**
   * The values of the parameters in a table's expressions, by name: rows that were taken keep theirs. Of a table that the
   * update is not for, one without a value has the one of the last update: for what is planned, it has not changed.
   */
  readonly valuesOf: (table: TableNode, last?: Values) => Values;
}

type Values = Readonly<Record<string, string | null>>;

/** The tables of a pipeline, and those of them that an update is for. */
interface Using {
  readonly tables: readonly TableNode[];
  readonly wanted: ReadonlySet<string>;
}

/** The command line is in the history of a shell, and other users see it: no place for a secret. */
const inWords = ({ name, secret }: ParamUse) =>
  secret
    ? `give it from the environment: params: { ${name}: process.env["${name.toUpperCase()}"] ?? "" }, of run() or in the config`
    : `run(p, { params: { ${name}: … } }), or --param ${name}=VALUE`;

/**
 * Binds the values of the parameters that the tables use. The tables that the update is for need theirs; of the others a
 * path does where their files have to be looked for.
 *
 * @throws RunError `PARAM002` where one has no value, `PARAM003` where a value is not of its type or is of no parameter.
 */
export async function bindParams({ tables, wanted }: Using, given: ParamValues, session: Session): Promise<Params> {
  const texts = paramTexts(tables, given, {
    help: inWords,
    refuse: (problem) => {
      throw failure(problem);
    },
    secrets: "given",
    needs: (table) => wanted.has(table.name),
  });
  const used = new Map(
    tables.flatMap(tableParams).flatMap((param) => (texts.has(param.name) ? [[param.name, param]] : [])),
  );
  const bindings: string[] = [];
  for (const param of used.values()) bindings.push(await bind(param, textOf(texts, param), session));
  const forget = [...used.values()]
    .filter((param) => param.secret !== undefined)
    .map((param) => `RESET VARIABLE ${duckdbVariable(param.name)}`);
  const path = (text: string) => filledPath(text, (name) => texts.get(name) ?? missing(name, tables));
  return { bindings, forget, path, valuesOf: (table, last = {}) => valuesOf(table, texts, last) };
}

function missing(name: string, tables: readonly TableNode[]): never {
  const use = paramUses(tables).find((one) => one.name === name);
  throw use ? failure(noValue(use, inWords(use))) : new RangeError(`no path has a parameter "${name}"`);
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
export function constantOf(param: ParamNode, values: Values): string {
  const value = values[param.name] ?? null;
  return value === null ? `CAST(NULL AS ${duckdbType(param.type)})` : cast(param, value);
}

/** A parameter in a path is not among them: another value of it just means other files. */
function valuesOf(table: TableNode, texts: ReadonlyMap<string, string>, last: Values): Values {
  const uses = new Map(tableParams(table).map((param) => [param.name, param]));
  const sorted = [...uses.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const values = sorted.map((param): [string, string | null] => {
    const value = texts.get(param.name);
    if (value === undefined) return [param.name, last[param.name] ?? null];
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
