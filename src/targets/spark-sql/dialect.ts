/** The Spark dialect, which Databricks shares. */
import type { CastNode, ExprNode, ParamNode } from "../../ast/expr.ts";
import { BINDING, call, operator, piece, plain, type Sql } from "../../functions/fragment.ts";
import { functions } from "../../functions/index.ts";
import { type Dialect, identifiers } from "../../sql/dialect.ts";
import { literals } from "../../sql/literals.ts";
import { fitsValues, oneOf } from "../../sql/values.ts";
import { type SqlType, sameType, typeName } from "../../types/types.ts";

export function sparkType(type: SqlType): string {
  switch (type.kind) {
    case "array":
      return `ARRAY<${sparkType(type.element)}>`;
    case "map":
      return `MAP<${sparkType(type.key)}, ${sparkType(type.value)}>`;
    case "struct":
      return `STRUCT<${type.fields.map((f) => `${sparkIdentifier(f.name)}: ${sparkType(f.type)}`).join(", ")}>`;
    case "decimal":
      return `DECIMAL(${type.precision}, ${type.scale})`;
    default:
      return typeName(type);
  }
}

/** A name in backticks, whatever it holds. */
export const sparkQuoted = (name: string): string => `\`${name.replaceAll("`", "``")}\``;

export const sparkIdentifier = identifiers(sparkQuoted, new Set());

/** The full name of what is in a schema, and in a catalog where one is given. */
export function sparkName(catalog: string | undefined, schema: string, name: string): string {
  const full = `${sparkIdentifier(schema)}.${sparkIdentifier(name)}`;
  return catalog === undefined ? full : `${sparkIdentifier(catalog)}.${full}`;
}

/** A string constant. */
export function sparkText(value: string): string {
  return `'${sparkEscaped(value)}'`;
}

/** The text `x` where it is one of the values of its type, else null. */
export const sparkOneOf = (x: string, type: SqlType): string => oneOf(x, type, sparkText);

/** SQL of whether every text in a value is one of the values of its type; `undefined` where each may be any. */
export const sparkFits = (x: string, type: SqlType): string | undefined =>
  fitsValues(x, type, {
    text: sparkText,
    all: (list, item, test) => `forall(${list}, ${item} -> ${test})`,
    field: (struct, name) => `${struct}.${sparkIdentifier(name)}`,
  });

/** `\0` before digits would be an octal escape, and `${` a parameter. */
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  "\0": "\\u0000",
  "\n": "\\n",
  "\r": "\\r",
  "${": "$\\u007b",
};

/** What stands between the quotes of a constant. */
export function sparkEscaped(value: string): string {
  return value.replace(/[\\'\0\n\r]|\$\{/g, (part) => ESCAPES[part] ?? part);
}

const castTo =
  (typeName: SparkWords["typeName"]) =>
  (node: CastNode, sql: Sql): Sql => {
    if (saysItsType(node.arg) && sameType(node.arg.type, node.type)) return sql;
    const text = `${node.try ? "TRY_CAST" : "CAST"}(${sql.text} AS ${typeName(node.type)})`;
    return { ...sql, text, binding: BINDING.atom, plain: false };
  };

/** Numbers that are written as they are: Spark reads a decimal without a fraction as an INT. */
const isBare = ({ kind }: SqlType): boolean => kind === "decimal" || kind === "int";

/** A constant that is written with its type, such as `CAST(NULL AS INT)` or `DATE '2024-01-31'`. */
const saysItsType = (expr: ExprNode): boolean => expr.kind === "literal" && (expr.value === null || !isBare(expr.type));

/** Without a value the hole stays as it is: then nothing is hashed with it. */
function sparkSecret(name: string): Sql {
  const missing = sparkText(`the configuration has no value for the secret "${name}"`);
  return piece(`coalesce(nullif('\${${name}}', concat('$', '{${name}}')), raise_error(${missing}))`);
}

/** The configuration's value replaces `${name}` before the text is parsed. */
function param({ name, type, secret }: ParamNode): Sql {
  if (secret !== undefined) return sparkSecret(name);
  const value = `'\${${name}}'`;
  return plain(type.kind === "string" ? value : `CAST(${value} AS ${sparkType(type)})`);
}

/** How names, constants and types are written. */
interface SparkWords {
  readonly identifier: (name: string) => string;
  readonly text: (value: string) => string;
  readonly typeName: (type: SqlType) => string;
  /** What makes a BIGINT of digits. Absent: a cast does. */
  readonly bigint?: string;
}

/** Spark's SQL in the words of an engine. */
export const sparkSql = (name: string, { identifier, text, typeName, bigint }: SparkWords): Dialect => ({
  name,
  identifier,
  text: (value) => plain(text(value)),
  typeName,
  literal: literals({
    text,
    typeName,
    timestamp: ["TIMESTAMP", "Z"],
    timestampNtz: "TIMESTAMP_NTZ",
    binary: (hex) => `X'${hex}'`,
    isBare,
    bigint,
  }),
  cast: castTo(typeName),
  param,
  lastNotNull: (sql) => `last_value(${sql}, true)`,
  once: (sql, body) => body(sql),
  fail: (message) => call("raise_error", [message]),
  coerce: (sql) => sql,
  beforeEnd: (time, end) => ({ ...operator`${time} < ${end} OR ${end} IS NULL`, binding: BINDING.or }),
  rendering: (fn) => functions[fn].spark,
  outside: ({ spec }) => spec.spark,
  struct: (fields) =>
    call(
      "named_struct",
      fields.flatMap((f) => [plain(text(f.name)), f.sql]),
    ),
});

export const spark: Dialect = sparkSql("spark", {
  identifier: sparkIdentifier,
  text: sparkText,
  typeName: sparkType,
  bigint: "L",
});

export const databricks: Dialect = {
  ...spark,
  name: "databricks",
  param: (node) =>
    node.secret === undefined ? param(node) : piece(`secret(${sparkText(node.secret)}, ${sparkText(node.name)})`),
};
