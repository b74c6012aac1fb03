/** Dates and times. A timestamp is an instant; its parts are read in UTC, the session time zone of every target. */
import { primitive } from "../../schema/types.ts";
import { first, integer, isTimestamp, never, takes, timelike } from "./signature.ts";
import { type Catalogue, type FunctionSpec, mismatch, type RenderInput, type Rendering } from "./spec.ts";

function part(spark: string, duckdb: string): FunctionSpec {
  return {
    kind: "scalar",
    type: takes([timelike], "int"),
    additivity: never,
    spark,
    duckdb: `CAST(${duckdb} AS INTEGER)`,
  };
}

const date = (type: { readonly kind: string }) => type.kind === "date";

/** `yyyy MM dd HH mm ss` and separators: the pattern letters that mean the same in both engines. */
const STRFTIME: Readonly<Record<string, string>> = {
  yyyy: "%Y",
  MM: "%m",
  dd: "%d",
  HH: "%H",
  mm: "%M",
  ss: "%S",
};

export const PORTABLE_PATTERN = /^(?:yyyy|MM|dd|HH|mm|ss|[-/:., _])+$/;

function strftime({ args, text, options }: RenderInput): string {
  const pattern = String(options["pattern"]).replace(/yyyy|MM|dd|HH|mm|ss/g, (letters) => STRFTIME[letters] ?? letters);
  return `strftime(${args[0]}, ${text(pattern)})`;
}

const DATE_UNITS: ReadonlySet<string> = new Set(["year", "quarter", "month", "week"]);

/** Whole seconds since 1970; `epoch` alone is a double, too coarse for the fraction of a far date. */
const seconds = (x: string) => `CAST(epoch(date_trunc('second', ${x})) AS BIGINT)`;

/** The arguments with an INT in place of a BIGINT, which Spark's functions of dates do not take. */
const ints = ({ args, types, typeName }: RenderInput) =>
  args.map((x, i) => (types[i]?.kind === "bigint" ? `CAST(${x} AS ${typeName(primitive("int"))})` : x));

/** A later date. A BIGINT that is no INT is an error, but not beside a date that is null. */
const later =
  (sum: (date: string, n: string) => string): Rendering =>
  ({ args: [date = "", n = ""], types: [, type] }) => {
    const sql = `CAST(${sum(date, n)} AS DATE)`;
    return type?.kind === "bigint" ? `CASE WHEN ${date} IS NOT NULL THEN ${sql} END` : sql;
  };

export const timeFunctions = {
  toDate: { kind: "scalar", type: takes([timelike], "date"), spark: "to_date($1)", duckdb: "CAST($1 AS DATE)" },
  year: part("year($1)", "year($1)"),
  quarter: part("quarter($1)", "quarter($1)"),
  month: part("month($1)", "month($1)"),
  day: part("day($1)", "day($1)"),
  dayOfYear: part("dayofyear($1)", "dayofyear($1)"),
  dayOfWeek: part("dayofweek($1)", "dayofweek($1) + 1"),
  weekOfYear: part("weekofyear($1)", "weekofyear($1)"),
  hour: { ...part("hour($1)", "hour($1)"), type: takes([isTimestamp], "int") },
  minute: { ...part("minute($1)", "minute($1)"), type: takes([isTimestamp], "int") },
  second: { ...part("second($1)", "second($1)"), type: takes([isTimestamp], "int") },
  truncate: {
    kind: "scalar",
    type: (args, options) =>
      args[0]?.kind === "date" && !DATE_UNITS.has(String(options["unit"]))
        ? mismatch(`truncates a DATE to ${[...DATE_UNITS].join(", ")}, not to ${options["unit"]}`)
        : takes([timelike], first)(args, options),
    spark: ({ args, types, type, options, typeName }) => {
      const unit = `'${options["unit"]}'`;
      if (types[0]?.kind === "date") return `trunc(${args[0]}, ${unit})`;
      const truncated = `date_trunc(${unit}, ${args[0]})`;
      return type.kind === "timestampNtz" ? `CAST(${truncated} AS ${typeName(type)})` : truncated;
    },
    duckdb: ({ args, options, typeName, type }) =>
      `CAST(medallion_date_trunc('${options["unit"]}', ${args[0]}) AS ${typeName(type)})`,
  },
  lastDay: {
    kind: "scalar",
    type: takes([timelike], "date"),
    spark: "last_day($1)",
    duckdb: "last_day(CAST($1 AS DATE))",
  },
  addDays: {
    kind: "scalar",
    type: takes([date, integer], "date"),
    spark: (input) => `date_add(${ints(input).join(", ")})`,
    duckdb: later((date, n) => `${date} + CAST(${n} AS INTEGER)`),
  },
  addMonths: {
    kind: "scalar",
    type: takes([date, integer], "date"),
    spark: (input) => `add_months(${ints(input).join(", ")})`,
    duckdb: later((date, n) => `${date} + to_months(CAST(${n} AS INTEGER))`),
  },
  addSeconds: {
    kind: "scalar",
    type: takes([isTimestamp, integer], first),
    spark: "$1 + make_dt_interval(0, 0, 0, $2)",
    // Spark takes no more seconds than a DECIMAL(18, 6) has digits for.
    duckdb: ({ args: [x, n], types: [, type] }) =>
      type?.kind === "bigint"
        ? `CASE WHEN ${x} IS NOT NULL THEN ${x} + to_microseconds(CAST(CAST(${n} AS DECIMAL(18, 6)) AS BIGINT) * 1000000) END`
        : `${x} + to_seconds(${n})`,
  },
  daysSince: {
    kind: "scalar",
    type: takes([date, date], "int"),
    spark: "datediff($1, $2)",
    duckdb: "CAST(date_diff('day', $2, $1) AS INTEGER)",
  },
  secondsSince: {
    kind: "scalar",
    type: takes([isTimestamp, isTimestamp], "bigint"),
    spark: "unix_seconds($1) - unix_seconds($2)",
    duckdb: ({ args: [a = "", b = ""] }) => `${seconds(a)} - ${seconds(b)}`,
  },
  unixSeconds: {
    kind: "scalar",
    type: takes([(type) => type.kind === "timestamp"], "bigint"),
    additivity: never,
    spark: "unix_seconds($1)",
    duckdb: ({ args: [x = ""] }) => seconds(x),
  },
  fromUnixSeconds: {
    kind: "scalar",
    type: takes([integer], "timestamp"),
    spark: "timestamp_seconds($1)",
    // DuckDB's to_timestamp goes through a double.
    duckdb: "make_timestamptz(CAST($1 AS BIGINT) * 1000000)",
  },
  format: { kind: "scalar", type: takes([timelike], "string"), spark: "date_format($1, {pattern})", duckdb: strftime },
  makeDate: {
    kind: "scalar",
    type: takes([integer, integer, integer], () => primitive("date")),
    spark: "make_date($*)",
    duckdb: (input) => `make_date(${ints(input).join(", ")})`,
  },
} satisfies Catalogue;
