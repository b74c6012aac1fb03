/** Every pair of types that are cast to one another, and every conversion of the file readers. */
import { DuckDBTypeId as Id } from "@duckdb/node-api";
import { t } from "medallion";
import { readText } from "../src/engines/duckdb/ingest/values.ts";
import type { FileType } from "../src/formats/parquet/engine/types.ts";
import { readValue } from "../src/formats/parquet/engine/values.ts";
import { duckdbType } from "../src/targets/duckdb/dialect.ts";
import { castable } from "../src/types/casts.ts";
import type { SqlType } from "../src/types/types.ts";
import type { Case, Columns } from "./functions-cases.ts";

const TARGETS = {
  tinyint: t.tinyint(),
  smallint: t.smallint(),
  int: t.int(),
  bigint: t.bigint(),
  float: t.float(),
  double: t.double(),
  decimal: t.decimal(18, 3),
  boolean: t.boolean(),
  date: t.date(),
  timestamp: t.timestamp(),
  timestampNtz: t.timestampNtz(),
  string: t.string(),
} as const;
type Kind = keyof typeof TARGETS;
const KINDS = Object.keys(TARGETS) as Kind[];
const typeOf = (kind: Kind): SqlType => TARGETS[kind].declaration.type;

/** A column of each type whose values all other types hold, but for instants. */
const FROM: Readonly<Record<Exclude<Kind, "string">, keyof Columns>> = {
  tinyint: "tiny",
  smallint: "small",
  int: "j",
  bigint: "long",
  float: "f",
  double: "e",
  decimal: "money",
  boolean: "b",
  date: "day",
  timestamp: "ts",
  timestampNtz: "ntz",
};
/** The column of texts that read as a type. */
const TEXT: Readonly<Record<Kind, keyof Columns>> = {
  tinyint: "few_text",
  smallint: "few_text",
  int: "whole_text",
  bigint: "whole_text",
  float: "money_text",
  double: "money_text",
  decimal: "money_text",
  boolean: "flag_text",
  date: "day_text",
  timestamp: "time_text",
  timestampNtz: "time_text",
  string: "name",
};

/** What an engineer writes where DuckDB has no such cast. */
const NO_CAST: Readonly<Record<string, (x: string, type: string) => string>> = {
  "number to timestamp": (x) => `to_timestamp(CAST(${x} AS BIGINT))`,
  "timestamp to number": (x, type) => `TRY_CAST(epoch(${x}) AS ${type})`,
};
const isNumber = (kind: Kind) => ["int", "float", "double", "decimal"].some((word) => kind.includes(word));

function native(from: Kind, to: Kind, column: string, lenient: boolean): string {
  const type = duckdbType(typeOf(to));
  const known = NO_CAST[`${isNumber(from) ? "number" : from} to ${isNumber(to) ? "number" : to}`];
  return known ? known(column, type) : `${lenient ? "TRY_CAST" : "CAST"}(${column} AS ${type})`;
}

/** Each pair once; an instant has more seconds than small numbers hold, and is cast leniently. */
export const CAST_PAIRS: readonly Case[] = KINDS.flatMap((from) =>
  KINDS.filter((to) => from !== to && castable(typeOf(from), typeOf(to), false)).map((to): Case => {
    const column = from === "string" ? TEXT[to] : FROM[from];
    const lenient = from === "timestamp" && isNumber(to);
    const of = (c: Columns) => c[column] as Columns["whole_text"];
    const target = TARGETS[to] as typeof TARGETS.int;
    return {
      name: `${from} to ${to}`,
      make: (c) => (lenient ? of(c).tryCast(target) : of(c).cast(target)),
      native: native(from, to, column, lenient),
    };
  }),
);

export interface Conversion {
  readonly name: string;
  readonly ours: string;
  readonly native: string;
  /** Why it may take up to 15 times as long. */
  readonly slow?: string;
}

const tried = (x: string, type: SqlType) => `TRY_CAST(${x} AS ${duckdbType(type)})`;

/** Of CSV, and of the texts of JSON. */
const texts = KINDS.map((kind): Conversion => {
  const [column, type] = [TEXT[kind], typeOf(kind)];
  return { name: `reader text as ${kind}`, ours: readText(column, type), native: tried(column, type) };
});

const timestamps = (["local", "offset"] as const).map((zone): Conversion => {
  const [column, type] = [`${zone}_text`, typeOf("timestamp")];
  const line = { name: `reader text as timestamp, ${zone}`, ours: readText(column, type), native: tried(column, type) };
  return zone === "local" ? line : { ...line, slow: "most texts are in UTC, and are told first" };
});

const RECORD = t.struct({ id: t.bigint(), user: t.struct({ name: t.string() }) }).declaration.type;
const nested: Conversion = {
  name: "reader JSON as struct",
  ours: readText("json", RECORD),
  native: `from_json(json, '{"id": "BIGINT", "user": {"name": "VARCHAR"}}')`,
  slow: "members are counted, so that no key is passed over, and each number is read as Spark reads it",
};

const parquet = (name: string, column: string, from: FileType, to: SqlType): Conversion => ({
  name: `reader Parquet ${name}`,
  ours: readValue(column, from, to),
  native: tried(column, to),
});

export const READERS: readonly Conversion[] = [
  ...texts,
  ...timestamps,
  nested,
  parquet("int as bigint", "i", { id: Id.INTEGER }, typeOf("bigint")),
  parquet("bigint as int", "long", { id: Id.BIGINT }, typeOf("int")),
  parquet("double as int", "e", { id: Id.DOUBLE }, typeOf("int")),
  parquet("decimal as double", "m", { id: Id.DECIMAL }, typeOf("double")),
  parquet("double as decimal", "d", { id: Id.DOUBLE }, typeOf("decimal")),
  parquet("timestamp as date", "ntz", { id: Id.TIMESTAMP }, typeOf("date")),
  parquet("wall clock as timestamp", "ntz", { id: Id.TIMESTAMP }, typeOf("timestamp")),
  parquet("list", "words", { id: Id.LIST, element: { id: Id.VARCHAR } }, t.array(t.string()).declaration.type),
];
