/** The DuckDB dialect: Spark's meaning in DuckDB's words. */
import type { CastNode, LiteralNode, ParamNode } from "../expr/nodes.ts";
import { isFractional, isInteger, isNumeric, type SqlType, sameType, typeName as sparkName } from "../schema/types.ts";
import { type Dialect, needsQuotes, refuse } from "./dialect.ts";

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "VARCHAR",
  boolean: "BOOLEAN",
  tinyint: "TINYINT",
  smallint: "SMALLINT",
  int: "INTEGER",
  bigint: "BIGINT",
  float: "FLOAT",
  double: "DOUBLE",
  date: "DATE",
  timestamp: "TIMESTAMPTZ",
  timestampNtz: "TIMESTAMP",
  binary: "BLOB",
  variant: "JSON",
};

export function duckdbType(type: SqlType): string {
  switch (type.kind) {
    case "decimal":
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case "array":
      return `${duckdbType(type.element)}[]`;
    case "map":
      return `MAP(${duckdbType(type.key)}, ${duckdbType(type.value)})`;
    case "struct":
      return `STRUCT(${type.fields.map((f) => `${quoted(f.name)} ${duckdbType(f.type)}`).join(", ")})`;
    default:
      return TYPE_NAMES[type.kind] ?? "VARCHAR";
  }
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

export function duckdbIdentifier(name: string): string {
  return needsQuotes(name) ? quoted(name) : name;
}

/** A string constant. A NUL cannot stand in one, and a line end must not: the printer indents lines. */
export function duckdbText(value: string): string {
  const parts = value.split("\0").map((part) => {
    const quoted = `'${part.replaceAll("'", "''")}'`;
    if (!/[\n\r]/.test(part)) return quoted;
    return `E${quoted.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}`;
  });
  return parts.length === 1 ? (parts[0] ?? "''") : `(${parts.join(" || chr(0) || ")})`;
}

function literal({ value, type }: LiteralNode): string {
  if (value === null) return `CAST(NULL AS ${duckdbType(type)})`;
  if (type.kind === "string") return duckdbText(String(value));
  if (type.kind === "boolean") return value ? "true" : "false";
  if (type.kind === "date") return `DATE '${value}'`;
  if (type.kind === "timestamp")
    return `TIMESTAMPTZ '${/Z$|[+-]\d\d:\d\d$/.test(String(value)) ? value : `${value}+00`}'`;
  if (type.kind === "timestampNtz") return `TIMESTAMP '${String(value).replace(/Z$/, "")}'`;
  if (type.kind === "binary") return `from_hex('${value}')`;
  if (isFractional(type)) return `CAST('${value}' AS ${duckdbType(type)})`;
  if (type.kind === "decimal") return String(value);
  return type.kind === "int" ? String(value) : `CAST(${value} AS ${duckdbType(type)})`;
}

/** Macros that the rendered SQL calls. They live in the warehouse's `main` schema. */
export const DUCKDB_PRELUDE: readonly string[] = [
  // The digits of a decimal or integer as one whole number.
  "CREATE OR REPLACE MACRO medallion_unscaled(x) AS CAST(replace(CAST(x AS VARCHAR), '.', '') AS HUGEINT)",
  // Whole-number division that rounds half away from zero, as Spark's decimals do.
  "CREATE OR REPLACE MACRO medallion_quotient(n, d) AS n // d + CASE WHEN 2 * abs(n % d) >= abs(d) THEN sign(n) * sign(d) ELSE 0 END",
  // A whole number as the text of a decimal with `scale` digits after the point.
  "CREATE OR REPLACE MACRO medallion_padded(q, scale) AS lpad(CAST(abs(q) AS VARCHAR), greatest(scale + 1, length(CAST(abs(q) AS VARCHAR)))::INTEGER, '0')",
  "CREATE OR REPLACE MACRO medallion_point(q, scale) AS CASE WHEN q < 0 THEN '-' ELSE '' END || left(medallion_padded(q, scale), length(medallion_padded(q, scale)) - scale) || '.' || right(medallion_padded(q, scale), scale)",
  // a / b with `scale` digits; `shift` is scale + scale(b) - scale(a). Null where b is zero.
  "CREATE OR REPLACE MACRO medallion_divide(a, b, shift, scale) AS CASE WHEN b <> 0 THEN medallion_point(medallion_quotient(medallion_unscaled(a) * CAST('1' || repeat('0', shift) AS HUGEINT), medallion_unscaled(b)), scale) END",
  // Texts that Spark reads as a value of the type, else null.
  "CREATE OR REPLACE MACRO medallion_integer_text(x) AS CASE WHEN regexp_full_match(trim(x), '[+-]?[0-9]+') THEN trim(x) END",
  "CREATE OR REPLACE MACRO medallion_decimal_text(x) AS CASE WHEN regexp_full_match(trim(x), '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?') THEN trim(x) END",
  "CREATE OR REPLACE MACRO medallion_double_text(x) AS CASE WHEN regexp_full_match(trim(x), '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?[dDfF]?') THEN rtrim(trim(x), 'dDfF') WHEN regexp_full_match(lower(trim(x)), '[+-]?(inf|infinity)|nan') THEN lower(trim(x)) END",
  "CREATE OR REPLACE MACRO medallion_boolean_text(x) AS CASE WHEN lower(trim(x)) IN ('t', 'true', 'y', 'yes', '1') THEN 'true' WHEN lower(trim(x)) IN ('f', 'false', 'n', 'no', '0') THEN 'false' END",
  "CREATE OR REPLACE MACRO medallion_date_text(x) AS CASE WHEN regexp_full_match(trim(x), '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T].*)?') THEN regexp_extract(trim(x), '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}') WHEN regexp_full_match(trim(x), '[0-9]{4}-[0-9]{1,2}') THEN trim(x) || '-01' WHEN regexp_full_match(trim(x), '[0-9]{4}') THEN trim(x) || '-01-01' END",
  "CREATE OR REPLACE MACRO medallion_timestamp_text(x) AS CASE WHEN regexp_full_match(trim(x), '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[ T]([01]?[0-9]|2[0-3]):[0-9]{1,2}(:[0-9]{1,2}([.][0-9]{1,9})?)?( ?(Z|UTC|[+-][0-9]{1,2}(:?[0-9]{2})?))?') THEN regexp_replace(replace(trim(x), 'UTC', 'Z'), '([ T][0-9]{1,2}:[0-9]{1,2})( ?(Z|[+-].*))?$', '\\1:00\\2') ELSE medallion_date_text(CASE WHEN NOT regexp_matches(trim(x), '[ T]') THEN x END) END",
  "CREATE OR REPLACE MACRO medallion_require(given, read, type_name) AS CASE WHEN given IS NULL OR read IS NOT NULL THEN read ELSE error('\"' || given || '\" is not a ' || type_name) END",
];

const READERS: Readonly<Record<string, string>> = {
  tinyint: "integer",
  smallint: "integer",
  int: "integer",
  bigint: "integer",
  decimal: "decimal",
  float: "double",
  double: "double",
  boolean: "boolean",
  date: "date",
  timestamp: "timestamp",
  timestampNtz: "timestamp",
};

/** Text read as Spark reads it: `sql` is guarded before DuckDB's more lenient cast sees it. */
export function readText(sql: string, type: SqlType, lenient: boolean): string {
  const reader = READERS[type.kind];
  if (!reader) return lenient ? `TRY_CAST(${sql} AS ${duckdbType(type)})` : `CAST(${sql} AS ${duckdbType(type)})`;
  const text = `medallion_${reader}_text(${sql})`;
  if (lenient) return `TRY_CAST(${text} AS ${duckdbType(type)})`;
  return `CAST(medallion_require(${sql}, ${text}, '${sparkName(type)}') AS ${duckdbType(type)})`;
}

function cast(node: CastNode, sql: string): string {
  const from = node.arg.type;
  const to = node.type;
  const word = node.try ? "TRY_CAST" : "CAST";
  const plain = (value: string) => `${word}(${value} AS ${duckdbType(to)})`;
  if (sameType(from, to)) return sql;
  if (from.kind === "string") return readText(sql, to, node.try);
  if (to.kind === "string") return castToText(from, sql, node);
  if (isNumeric(from) && isInteger(to)) return isInteger(from) ? plain(sql) : plain(`trunc(${sql})`);
  if (isFractional(from) && to.kind === "decimal") return plain(`CAST(${sql} AS VARCHAR)`);
  if (from.kind === "timestamp" && to.kind === "bigint") return `CAST(floor(epoch(${sql})) AS BIGINT)`;
  if (isInteger(from) && to.kind === "timestamp") return `to_timestamp(${sql})`;
  if (isNumeric(from) && isNumeric(to)) return plain(sql);
  const simple = ["boolean", "date", "timestamp", "timestampNtz", "tinyint", "smallint", "int", "bigint"];
  if (simple.includes(from.kind) && simple.includes(to.kind)) return plain(sql);
  throw refuse(
    "DuckDB",
    `a cast from ${sparkName(from)} to ${sparkName(to)}`,
    "cast through a type that both know",
    node.at,
  );
}

function castToText(from: SqlType, sql: string, node: CastNode): string {
  if (isFractional(from)) {
    throw refuse(
      "DuckDB",
      "a cast from a double to text",
      "the engines write doubles differently: cast to decimal first",
      node.at,
    );
  }
  if (from.kind === "timestamp") return `CAST(CAST(${sql} AS TIMESTAMP) AS VARCHAR)`;
  if (["array", "struct", "map", "binary", "variant"].includes(from.kind)) {
    throw refuse("DuckDB", `a cast from ${sparkName(from)} to text`, "build the text from its parts", node.at);
  }
  return `CAST(${sql} AS VARCHAR)`;
}

/** Parameters are variables of the connection. Their names are told apart from a user's own. */
export function duckdbVariable(name: string): string {
  return quoted(`medallion_${name}`);
}

function param({ name, type }: ParamNode): string {
  return `CAST(getvariable(${duckdbText(`medallion_${name}`)}) AS ${duckdbType(type)})`;
}

export const duckdb: Dialect = {
  name: "duckdb",
  identifier: duckdbIdentifier,
  text: duckdbText,
  typeName: duckdbType,
  literal,
  cast,
  param,
  lastNotNull: (sql) => `last_value(${sql} IGNORE NULLS)`,
  rendering: (spec) => spec.duckdb,
  struct: (fields) => `struct_pack(${fields.map((f) => `${quoted(f.name)} := ${f.sql}`).join(", ")})`,
};
