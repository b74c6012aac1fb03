/** The DuckDB dialect: Spark's meaning in DuckDB's words. */
import { roundsTwice } from "../expr/catalogue/widen.ts";
import type { CastNode, LiteralNode, ParamNode } from "../expr/nodes.ts";
import type { CompileError } from "../schema/errors.ts";
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
  // More digits than DuckDB keeps for a bare constant.
  if (type.kind === "decimal") return type.precision > 18 ? `CAST('${value}' AS ${duckdbType(type)})` : String(value);
  return type.kind === "int" && value !== "-2147483648" ? String(value) : `CAST(${value} AS ${duckdbType(type)})`;
}

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
  timestampNtz: "timestamp_ntz",
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
  const { type: to, arg } = node;
  const from = arg.type;
  if (sameType(from, to)) return sql;
  if (from.kind === "string") return castText(node, sql);
  if (to.kind === "string") return castToText(from, sql, node);
  if (from.kind === "decimal" && from.scale > 34 && isNumeric(to) && to.kind !== "decimal") {
    throw refusedCast(node, "Spark rounds such a decimal to 34 digits first: cast to fewer digits before");
  }
  const plain = (value: string) => `${node.try ? "TRY_CAST" : "CAST"}(${value} AS ${duckdbType(to)})`;
  if (from.kind === "timestamp" && isNumeric(to)) return castInstant(node, sql, plain);
  if (isInteger(from) && to.kind === "timestamp") return `make_timestamptz(CAST(${sql} AS BIGINT) * 1000000)`;
  if (isNumeric(from) && isInteger(to)) return isInteger(from) ? plain(sql) : toWhole(from, to, sql, plain);
  if (from.kind === "double" && to.kind === "float") return `medallion_float(${sql})`;
  if (isFractional(from) && to.kind === "decimal") {
    if (to.precision === to.scale) throw refusedCast(node, NO_WHOLE_DIGIT);
    return plain(`medallion_double_digits(${sql})`);
  }
  if (isNumeric(from) && isNumeric(to)) return plain(digits(sql, from, to));
  const simple = ["boolean", "date", "timestamp", "timestampNtz", "tinyint", "smallint", "int", "bigint"];
  if (simple.includes(from.kind) && simple.includes(to.kind)) return plain(sql);
  throw refusedCast(node);
}

/** A decimal as its digits where DuckDB's own cast to FLOAT or DOUBLE would round twice. */
function digits(sql: string, from: SqlType, to: SqlType): string {
  const twice = (to.kind === "float" || to.kind === "double") && roundsTwice(from, to.kind);
  return twice ? `CAST(${sql} AS VARCHAR)` : sql;
}

const NO_WHOLE_DIGIT = "it does not read small numbers as that type: give it a digit before the point";

function refusedCast(node: CastNode, why = "cast through a type that both know"): CompileError {
  return refuse("DuckDB", `a cast from ${sparkName(node.arg.type)} to ${sparkName(node.type)}`, why, node.at);
}

function castText(node: CastNode, sql: string): string {
  const { type } = node;
  if (type.kind === "binary") return `encode(${sql})`;
  if (type.kind === "variant") return `to_json(${sql})`;
  if (type.kind === "decimal" && type.precision === type.scale) {
    throw refusedCast(node, NO_WHOLE_DIGIT);
  }
  return readText(sql, type, node.try);
}

/** To Spark 2^63 is the greatest BIGINT, since that is what the greatest BIGINT is as a double. */
function toWhole(from: SqlType, to: SqlType, sql: string, plain: (value: string) => string): string {
  const cast = plain(`trunc(${sql})`);
  if (!isFractional(from) || to.kind !== "bigint") return cast;
  return `CASE WHEN ${sql} = 9223372036854775808 THEN 9223372036854775807 ELSE ${cast} END`;
}

/** Whole seconds since 1970; with a fraction only Spark's own way of rounding would do. */
function castInstant(node: CastNode, sql: string, plain: (value: string) => string): string {
  if (isInteger(node.type)) return plain(`epoch(date_trunc('second', ${sql}))`);
  throw refusedCast(node, "use unixSeconds()");
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
  // DuckDB leaves out the zero before the point.
  if (from.kind === "decimal" && from.precision === from.scale) {
    return `medallion_point(medallion_unscaled(${sql}), ${from.scale})`;
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
  coerce: (sql, from, to) => (sameType(from, to) ? sql : `CAST(${digits(sql, from, to)} AS ${duckdbType(to)})`),
  rendering: (spec) => spec.duckdb,
  struct: (fields) => `struct_pack(${fields.map((f) => `${quoted(f.name)} := ${f.sql}`).join(", ")})`,
};
