/** The DuckDB dialect: Spark's meaning in DuckDB's words. */
import type { CastNode, ParamNode } from "../../ast/expr.ts";
import type { CompileError } from "../../core/errors.ts";
import { atom, call, type Macro, operator, plain, type Sql } from "../../functions/fragment.ts";
import { functions } from "../../functions/index.ts";
import { type AggregateRendering, type Rendering, SAME } from "../../functions/spec.ts";
import { type Dialect, identifiers, refuse } from "../../sql/dialect.ts";
import { literals } from "../../sql/literals.ts";
import { fitsValues, oneOf } from "../../sql/values.ts";
import {
  type DecimalType,
  isFractional,
  isInteger,
  isNumeric,
  type PrimitiveName,
  type SqlType,
  sameType,
  typeName as sparkName,
  type TypeName,
} from "../../types/types.ts";
import { gathersValues } from "./aggregates.ts";
import { bound } from "./bind.ts";
import { duckdbFunctions, outsideRendering } from "./functions.ts";
import { POINT, UNSCALED } from "./macros/decimals.ts";
import { BOOLEAN_TEXT, DECIMAL_TEXT, DOUBLE_TEXT, FLOAT, INTEGER_TEXT, REQUIRE } from "./macros/texts.ts";
import { DATE_TEXT, TIMESTAMP_NTZ_TEXT, TIMESTAMP_TEXT } from "./macros/times.ts";
import { nearest } from "./nearest.ts";
import { weigh } from "./weights.ts";
import { roundsTwice } from "./widen.ts";

const TYPE_NAMES: Readonly<Record<PrimitiveName, string>> = {
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
      return TYPE_NAMES[type.kind];
  }
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Words that DuckDB alone reserves, or reads as a type or a function: those of `duckdb_keywords()` that other dialects have not. */
const WORDS = new Set(
  `asof asymmetric authorization binary collation columns concurrently do freeze generated glob ilike isnull notnull pivot_longer pivot_wider
  positional similar try_cast unpack verbose`.split(/\s+/),
);

export const duckdbIdentifier = identifiers(quoted, WORDS);

/** A string constant. A NUL cannot stand in one, and a line end must not: the printer indents lines. */
export function duckdbText(value: string): string {
  if (!/['\0\n\r]/.test(value)) return `'${value}'`;
  const parts = value.split("\0").map((part) => {
    const quoted = `'${part.replaceAll("'", "''")}'`;
    if (!/[\n\r]/.test(part)) return quoted;
    return `E${quoted.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}`;
  });
  return parts.length === 1 ? (parts[0] ?? "''") : `(${parts.join(" || chr(0) || ")})`;
}

/** The text `x` where it is one of the values of its type, else null. */
export const duckdbOneOf = (x: string, type: SqlType): string => oneOf(x, type, duckdbText);

/** The FLOAT or DOUBLE `x` as a decimal, by the digits that it is written with; null where it does not fit. */
export const duckdbDecimal = (x: string, to: DecimalType): string =>
  bound([{ ...plain(x), plain: /^\w+$/.test(x) }], (held = plain(x)) => doubleToDecimal(held, to, true)).text;

/** SQL of whether every text in a value is one of the values of its type; `undefined` where each may be any. */
export const duckdbFits = (x: string, type: SqlType): string | undefined =>
  fitsValues(x, type, {
    text: duckdbText,
    all: (list, item, test) => `len(list_filter(${list}, lambda ${item}: NOT ${test})) = 0`,
    field: (struct, name) => `struct_extract(${struct}, ${duckdbText(name)})`,
  });

const literal = literals({
  text: duckdbText,
  typeName: duckdbType,
  timestamp: ["TIMESTAMPTZ", "+00"],
  timestampNtz: "TIMESTAMP",
  binary: (hex) => `from_hex('${hex}')`,
  // DuckDB keeps 18 digits of a bare constant, and negates what stands behind a minus.
  isBare: (type, value) =>
    (type.kind === "decimal" && type.precision <= 18) || (type.kind === "int" && value !== "-2147483648"),
});

const READERS: Readonly<Partial<Record<TypeName, Macro>>> = {
  tinyint: INTEGER_TEXT,
  smallint: INTEGER_TEXT,
  int: INTEGER_TEXT,
  bigint: INTEGER_TEXT,
  decimal: DECIMAL_TEXT,
  float: DOUBLE_TEXT,
  double: DOUBLE_TEXT,
  boolean: BOOLEAN_TEXT,
  date: DATE_TEXT,
  timestamp: TIMESTAMP_TEXT,
  timestampNtz: TIMESTAMP_NTZ_TEXT,
};

/** Text read as Spark reads it: `sql` is guarded before DuckDB's more lenient cast sees it. */
export function readText(sql: Sql, type: SqlType, lenient: boolean): Sql {
  const reader = READERS[type.kind];
  const name = duckdbType(type);
  if (!reader) return lenient ? atom`TRY_CAST(${sql} AS ${name})` : atom`CAST(${sql} AS ${name})`;
  if (lenient) return bound([sql], (x = sql) => atom`TRY_CAST(${reader}(${x}) AS ${name})`);
  return bound([sql], (x = sql) => atom`CAST(${REQUIRE}(${x}, ${reader}(${x}), '${sparkName(type)}') AS ${name})`);
}

function cast(node: CastNode, sql: Sql): Sql {
  const { type: to, arg } = node;
  const from = arg.type;
  if (sameType(from, to)) return sql;
  if (from.kind === "string") return castText(node, sql);
  if (to.kind === "string") return castToText(from, sql, node);
  if (from.kind === "decimal" && from.scale > 34 && isNumeric(to) && to.kind !== "decimal") {
    throw refusedCast(node, "Spark rounds such a decimal to 34 digits first: cast to fewer digits before");
  }
  const plainly = (value: Sql) => castTo(value, to, node.try);
  if (from.kind === "timestamp" && isNumeric(to)) return castInstant(node, sql, plainly);
  if (isInteger(from) && to.kind === "timestamp") return atom`make_timestamptz(CAST(${sql} AS BIGINT) * 1000000)`;
  if (isNumeric(from) && isInteger(to)) return isInteger(from) ? plainly(sql) : toWhole(from, to, sql, plainly);
  if (from.kind === "double" && to.kind === "float") return call(FLOAT, [sql]);
  if (isFractional(from) && to.kind === "decimal") {
    if (to.precision === to.scale) throw refusedCast(node, NO_WHOLE_DIGIT);
    return bound([sql], (x = sql) => doubleToDecimal(x, to, node.try));
  }
  if (isNumeric(from) && isNumeric(to)) return plainly(digits(sql, from, to));
  const simple = ["boolean", "date", "timestamp", "timestampNtz", "tinyint", "smallint", "int", "bigint"];
  if (simple.includes(from.kind) && simple.includes(to.kind)) return plainly(sql);
  throw refusedCast(node);
}

function castTo(sql: Sql, to: SqlType, lenient = false): Sql {
  return atom`${lenient ? "TRY_CAST" : "CAST"}(${sql} AS ${duckdbType(to)})`;
}

function doubleToDecimal(x: Sql, to: DecimalType, lenient: boolean): Sql {
  const plainly = (sql: Sql) => castTo(sql, to, lenient);
  return nearest(x, to.scale, { quickly: plainly, slowly: plainly });
}

/** A decimal as its digits where DuckDB's own cast to FLOAT or DOUBLE would round twice. */
function digits(sql: Sql, from: SqlType, to: SqlType): Sql {
  const twice = (to.kind === "float" || to.kind === "double") && roundsTwice(from, to.kind);
  return twice ? atom`CAST(${sql} AS VARCHAR)` : sql;
}

const NO_WHOLE_DIGIT = "it does not read small numbers as that type: give it a digit before the point";

function refusedCast(node: CastNode, why = "cast through a type that both know"): CompileError {
  return refuse("DuckDB", `a cast from ${sparkName(node.arg.type)} to ${sparkName(node.type)}`, why, node.at);
}

function castText(node: CastNode, sql: Sql): Sql {
  const { type } = node;
  if (type.kind === "binary") return call("encode", [sql]);
  if (type.kind === "variant") return call("to_json", [sql]);
  if (type.kind === "decimal" && type.precision === type.scale) {
    throw refusedCast(node, NO_WHOLE_DIGIT);
  }
  return readText(sql, type, node.try);
}

/** To Spark 2^63 is the greatest BIGINT, since that is what the greatest BIGINT is as a double. */
function toWhole(from: SqlType, to: SqlType, sql: Sql, plainly: (value: Sql) => Sql): Sql {
  const cut = (x: Sql) => plainly(call("trunc", [x]));
  if (!isFractional(from) || to.kind !== "bigint") return cut(sql);
  const greatest = (x: Sql) => atom`CASE WHEN ${x} = 9223372036854775808 THEN 9223372036854775807 ELSE ${cut(x)} END`;
  return bound([sql], (x = sql) => greatest(x));
}

/** Whole seconds since 1970; with a fraction only Spark's own way of rounding would do. */
function castInstant(node: CastNode, sql: Sql, plainly: (value: Sql) => Sql): Sql {
  if (isInteger(node.type)) {
    const micros = call("epoch_us", [sql]);
    return plainly(bound([micros], (us = micros) => operator`${us} // 1000000 - CAST(${us} % 1000000 < 0 AS INTEGER)`));
  }
  throw refusedCast(node, "use unixSeconds()");
}

function castToText(from: SqlType, sql: Sql, node: CastNode): Sql {
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
    return atom`${POINT}(${call(UNSCALED, [sql])}, ${from.scale})`;
  }
  if (from.kind === "timestamp") return atom`CAST(CAST(${sql} AS TIMESTAMP) AS VARCHAR)`;
  if (["array", "struct", "map", "binary", "variant"].includes(from.kind)) {
    throw refuse("DuckDB", `a cast from ${sparkName(from)} to text`, "build the text from its parts", node.at);
  }
  return atom`CAST(${sql} AS VARCHAR)`;
}

/** Parameters are variables of the connection. Their names are told apart from a user's own. */
export function duckdbVariable(name: string): string {
  return quoted(`medallion_${name}`);
}

function param({ name, type }: ParamNode): Sql {
  return plain(`CAST(getvariable(${duckdbText(`medallion_${name}`)}) AS ${duckdbType(type)})`);
}

function struct(fields: readonly { readonly name: string; readonly sql: Sql }[]): Sql {
  const named = fields.map((f) => ({ ...f.sql, text: `${quoted(f.name)} := ${f.sql.text}` }));
  return call("struct_pack", named);
}

/**
 * As one comparison of the two sides: with an OR, DuckDB would compare every row of a left join with every other. A struct
 * whose first field is true is greater than any that begins with false.
 */
function beforeEnd(time: Sql, end: Sql, type: SqlType): Sql {
  if (type.kind === "timestamp" || type.kind === "timestampNtz" || type.kind === "date") {
    return operator`${time} < coalesce(${end}, ${duckdbType(type)} 'infinity')`;
  }
  return operator`row(false, ${time}) < row(${operator`${end} IS NULL`}, ${end})`;
}

export const duckdb: Dialect = {
  name: "duckdb",
  identifier: duckdbIdentifier,
  text: (value) => plain(duckdbText(value)),
  typeName: duckdbType,
  literal,
  cast,
  param,
  lastNotNull: (sql) => `last_value(${sql} IGNORE NULLS)`,
  once: (sql, body) => bound([sql], (x = sql) => body(x)),
  fail: (message) => call("error", [message]),
  coerce: (sql, from, to) => (sameType(from, to) ? sql : castTo(digits(sql, from, to), to)),
  rendering: (fn) => {
    const own: Rendering | AggregateRendering | typeof SAME = duckdbFunctions[fn];
    return own === SAME ? functions[fn].spark : own;
  },
  outside: outsideRendering,
  struct,
  beforeEnd,
  weigh,
  hashesComparisons: true,
  hashOf: (keys) => `hash(${keys})`,
  gathers: gathersValues,
  stackedAtOnce: 64,
  onlyOwnFunctions: true,
  ordersAnyType: true,
};
