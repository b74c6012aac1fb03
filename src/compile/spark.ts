/** The Spark dialect, which Databricks shares. */
import type { CastNode, LiteralNode, ParamNode } from "../expr/nodes.ts";
import { isFractional, type SqlType, typeName } from "../schema/types.ts";
import { type Dialect, needsQuotes } from "./dialect.ts";

export function sparkType(type: SqlType): string {
  switch (type.kind) {
    case "array":
      return `ARRAY<${sparkType(type.element)}>`;
    case "map":
      return `MAP<${sparkType(type.key)}, ${sparkType(type.value)}>`;
    case "struct":
      return `STRUCT<${type.fields.map((f) => `${sparkIdentifier(f.name)}: ${sparkType(f.type)}`).join(", ")}>`;
    default:
      return typeName(type).replace(",", ", ");
  }
}

const quoted = (name: string) => `\`${name.replaceAll("`", "``")}\``;

export function sparkIdentifier(name: string): string {
  return needsQuotes(name) ? quoted(name) : name;
}

/** A string constant. `${` would be read as a parameter, so its brace is written by its code. */
export function sparkText(value: string): string {
  const escaped = value
    .replaceAll("\\", "\\\\")
    .replaceAll("'", "\\'")
    .replaceAll("\0", "\\0")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("${", "$\\u007b");
  return `'${escaped}'`;
}

function literal({ value, type }: LiteralNode): string {
  if (value === null) return `CAST(NULL AS ${sparkType(type)})`;
  if (type.kind === "string") return sparkText(String(value));
  if (type.kind === "boolean") return value ? "true" : "false";
  if (type.kind === "date") return `DATE '${value}'`;
  if (type.kind === "timestamp") return `TIMESTAMP '${/Z$|[+-]\d\d:\d\d$/.test(String(value)) ? value : `${value}Z`}'`;
  if (type.kind === "timestampNtz") return `TIMESTAMP_NTZ '${String(value).replace(/Z$/, "")}'`;
  if (type.kind === "binary") return `X'${value}'`;
  if (isFractional(type)) return `CAST('${value}' AS ${sparkType(type)})`;
  return type.kind === "decimal" || type.kind === "int" ? String(value) : `CAST(${value} AS ${sparkType(type)})`;
}

function cast(node: CastNode, sql: string): string {
  return `${node.try ? "TRY_CAST" : "CAST"}(${sql} AS ${sparkType(node.type)})`;
}

/** The configuration's value takes the place of `${name}` before the text is parsed. */
function param({ name, type }: ParamNode): string {
  const value = `'\${${name}}'`;
  return type.kind === "string" ? value : `CAST(${value} AS ${sparkType(type)})`;
}

export const spark: Dialect = {
  name: "spark",
  identifier: sparkIdentifier,
  text: sparkText,
  typeName: sparkType,
  literal,
  cast,
  param,
  lastNotNull: (sql) => `last_value(${sql}, true)`,
  coerce: (sql) => sql,
  rendering: (spec) => spec.spark,
  struct: (fields) => `named_struct(${fields.map((f) => `${sparkText(f.name)}, ${f.sql}`).join(", ")})`,
};

export const databricks: Dialect = { ...spark, name: "databricks" };
