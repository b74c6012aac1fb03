/** Parameters of a script: variables that its first file sets. */
import { filledPath, paramUses, tableParams } from "../../../ast/params.ts";
import type { TableNode } from "../../../ast/pipeline.ts";
import { compiledParams, type ParamValues } from "../../../lower/params.ts";
import { duckdbType, duckdbVariable, duckdbText as text } from "../dialect.ts";

export interface ScriptParams {
  /** Statements that set the variables. */
  readonly statements: readonly string[];
  /** A source's path with the values instead of `${name}`. */
  readonly path: (path: string) => string;
}

/** @throws CompileError `PARAM002` where a parameter has no value, `PARAM003` where a value is not of its type or is of no parameter. */
export function boundParams(tables: readonly TableNode[], given: ParamValues): ScriptParams {
  const values = compiledParams(tables, given, "duckdb");
  const types = new Map(tables.flatMap(tableParams).map(({ name, type }) => [name, duckdbType(type)]));
  const variables = [...values].flatMap(([name, value]) => {
    const type = types.get(name);
    return type === undefined ? [] : [`SET VARIABLE ${duckdbVariable(name)} = CAST(${text(value)} AS ${type})`];
  });
  const secrets = new Set(paramUses(tables).flatMap((use) => (use.secret ? [use.name] : [])));
  return {
    statements: [...variables, ...[...secrets].map(required)],
    path: (path) => filledPath(path, (name) => values.get(name)),
  };
}

/** The value of a secret stands in no file: whoever runs the script sets it before. */
function required(name: string): string {
  const variable = duckdbVariable(name);
  const missing = `the secret "${name}" has no value: SET VARIABLE ${variable} = '…' before the script`;
  return `SELECT CASE WHEN getvariable(${text(`medallion_${name}`)}) IS NULL THEN error(${text(missing)}) END`;
}
