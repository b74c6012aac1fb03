/** The values of a pipeline's parameters in one update. */
import { createHash } from "node:crypto";
import { IN_PATH, paramUses, pathParams, tableParams, unknownParam } from "../../analyze/params.ts";
import type { ParamNode } from "../../ast/expr.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import { RunError } from "../../core/errors.ts";
import { duckdbText, duckdbType, duckdbVariable } from "../../targets/duckdb/dialect.ts";
import { typeName } from "../../types/types.ts";
import type { Session } from "./session.ts";

/** The value of a parameter, as JavaScript has it: a date or timestamp as `Date` or text. */
export type ParamValue = string | number | bigint | boolean | Date;

/** What the update knows of parameters. */
export interface Params {
  /** Statements that bind the values in one more session. */
  readonly bindings: readonly string[];
  /** A source's path with the values in place of `${name}`. */
  readonly path: (path: string) => string;
  /** The values of the parameters in a table's expressions, by name: rows that were taken keep theirs. */
  readonly valuesOf: (table: TableNode) => Readonly<Record<string, string | null>>;
}

/**
 * Binds the values of all parameters that the tables use.
 *
 * @throws RunError `PARAM002` where one has no value, `PARAM003` where a value is not of its type or is of no parameter.
 */
export async function bindParams(
  tables: readonly TableNode[],
  given: Readonly<Record<string, ParamValue>>,
  session: Session,
): Promise<Params> {
  const used = tables.flatMap((table) => tableParams(table).map((param) => ({ param, table })));
  const paths = tables.flatMap((table) => pathParams(table).map((name) => ({ name, table })));
  const unknown = unknownParam(Object.keys(given), paramUses(tables));
  if (unknown) throw new RunError(unknown);
  const bindings: string[] = [];
  for (const { param, table } of used) {
    bindings.push(await bind(param, paramValue(param.name, param.default, given, table, param.at), session));
  }
  const inPath = new Map(paths.map(({ name, table }) => [name, paramValue(name, undefined, given, table, table.at)]));
  const path = (text: string) =>
    text.replace(IN_PATH, (hole, name: string) => (inPath.has(name) ? shown(inPath.get(name) ?? "") : hole));
  return { bindings, path, valuesOf: (table) => valuesOf(table, given) };
}

function paramValue(
  name: string,
  fallback: ParamNode["default"],
  given: Readonly<Record<string, ParamValue>>,
  table: TableNode,
  at: string | undefined,
): ParamValue {
  const value = Object.hasOwn(given, name) ? given[name] : fallback;
  if (value !== undefined) return value;
  throw new RunError({
    code: "PARAM002",
    message: `the parameter "${name}" of ${table.layer}.${table.name} has no value`,
    help: `run(p, { params: { ${name}: … } }), or --param ${name}=VALUE`,
    location: at,
    table: table.name,
  });
}

function shown(value: ParamValue): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

async function bind(param: ParamNode, value: ParamValue, session: Session): Promise<string> {
  const sql = `SET VARIABLE ${duckdbVariable(param.name)} = ${cast(param, shown(value))}`;
  try {
    await session.exec(sql);
    return sql;
  } catch (error) {
    if (param.secret !== undefined) throw unusableSecret(param);
    throw new RunError({
      code: "PARAM003",
      message: `the parameter "${param.name}" is a ${typeName(param.type)}, which ${JSON.stringify(shown(value))} is not`,
      help: "give a value of its type",
      location: param.at,
      cause: error,
    });
  }
}

/** Nothing of the value: not in the message, not in the statement that failed. */
function unusableSecret({ name, at }: ParamNode): RunError {
  return new RunError({
    code: "PARAM003",
    message: `the value of the secret "${name}" is not a text that the engine takes`,
    help: "give printable characters",
    location: at,
  });
}

/** Tells whether a secret is another one than last time; each table has a digest of its own. */
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
function valuesOf(
  table: TableNode,
  given: Readonly<Record<string, ParamValue>>,
): Readonly<Record<string, string | null>> {
  const uses = new Map(tableParams(table).map((param) => [param.name, param]));
  const values = [...uses.keys()].sort().map((name): [string, string | null] => {
    const param = uses.get(name);
    const value = Object.hasOwn(given, name) ? given[name] : param?.default;
    if (value === undefined) return [name, null];
    return [name, param?.secret === undefined ? shown(value) : `sha256:${digest(table.name, name, shown(value))}`];
  });
  return Object.fromEntries(values);
}
