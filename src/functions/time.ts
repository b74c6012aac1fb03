/** Dates and times. A timestamp is an instant; its parts are read in UTC, the session time zone of every target. */
import { primitive } from "../types/types.ts";
import { atom, call, noArgument, piece, type Sql } from "./fragment.ts";
import { checkedText, oneOf } from "./options.ts";
import { datePatternProblem, parsePatternProblem } from "./portable.ts";
import { common, date, first, instant, integer, isTimestamp, never, takes, text, timelike } from "./signature.ts";
import { type Catalogue, mismatch, type RenderInput, type ScalarSpec } from "./spec.ts";

function part(spark: string, of = timelike): ScalarSpec {
  return { kind: "scalar", type: takes([of], "int"), additivity: never, spark };
}

/** A part that starts again when the next greater one changes. */
function cycle(spark: string, range: readonly [number, number], of = timelike): ScalarSpec {
  return { ...part(spark, of), range, cycles: true };
}

const DATE_UNITS: ReadonlySet<string> = new Set(["year", "quarter", "month", "week"]);
const TIME_UNITS = [...DATE_UNITS, "day", "hour", "minute", "second"];

/** The arguments with an INT instead of a BIGINT, which Spark's functions of dates do not accept. */
export const ints = ({ args, types, typeName }: RenderInput): readonly Sql[] =>
  args.map((x, i) => (types[i]?.kind === "bigint" ? atom`CAST(${x} AS ${typeName(primitive("int"))})` : x));

/** A text by a pattern; what the pattern does not name is that of 1970-01-01 00:00:00. A `try` is null where it does not read. */
const parsed = (type: "date" | "timestamp", spark: string, isTry = false): ScalarSpec => ({
  kind: "scalar",
  type: takes([text], type),
  options: [["pattern", checkedText(parsePatternProblem)]],
  spark,
  ...(isTry && { nullable: "always" }),
});

export const timeFunctions = {
  toDate: { kind: "scalar", type: takes([timelike], "date"), spark: "to_date($1)" },
  year: part("year($1)"),
  quarter: cycle("quarter($1)", [1, 4]),
  month: cycle("month($1)", [1, 12]),
  day: cycle("day($1)", [1, 31]),
  dayOfYear: cycle("dayofyear($1)", [1, 366]),
  dayOfWeek: cycle("dayofweek($1)", [1, 7]),
  weekOfYear: cycle("weekofyear($1)", [1, 53]),
  hour: cycle("hour($1)", [0, 23], isTimestamp),
  minute: cycle("minute($1)", [0, 59], isTimestamp),
  second: cycle("second($1)", [0, 59], isTimestamp),
  truncate: {
    kind: "scalar",
    type: (args, options) =>
      args[0]?.kind === "date" && !DATE_UNITS.has(String(options["unit"]))
        ? mismatch(`truncates a DATE to ${[...DATE_UNITS].join(", ")}, not to ${options["unit"]}`)
        : takes([timelike], first)(args, options),
    options: [["unit", oneOf(...TIME_UNITS)]],
    spark: ({ args: [x = noArgument()], types, type, options, typeName }) => {
      const unit = piece(`'${options["unit"]}'`);
      if (types[0]?.kind === "date") return call("trunc", [x, unit]);
      const truncated = call("date_trunc", [unit, x]);
      return type.kind === "timestampNtz" ? atom`CAST(${truncated} AS ${typeName(type)})` : truncated;
    },
  },
  lastDay: {
    kind: "scalar",
    type: takes([timelike], "date"),
    spark: "last_day($1)",
  },
  addDays: {
    kind: "scalar",
    type: takes([date, integer], "date"),
    operandType: "int",
    spark: (input) => call("date_add", ints(input)),
  },
  addMonths: {
    kind: "scalar",
    type: takes([date, integer], "date"),
    operandType: "int",
    spark: (input) => call("add_months", ints(input)),
  },
  addSeconds: {
    kind: "scalar",
    type: takes([isTimestamp, integer], first),
    operandType: "bigint",
    spark: { operator: "$1 + make_dt_interval(0, 0, 0, $2)" },
  },
  daysSince: {
    kind: "scalar",
    type: takes([date, date], "int"),
    spark: "datediff($1, $2)",
  },
  secondsSince: {
    kind: "scalar",
    type: common(isTimestamp, "bigint"),
    spark: { operator: "unix_seconds($1) - unix_seconds($2)" },
  },
  unixSeconds: {
    kind: "scalar",
    type: takes([instant], "bigint"),
    additivity: never,
    // From the year 1 to 9999: what is beyond counts milliseconds.
    range: [-62_135_596_800, 253_402_300_799],
    spark: "unix_seconds($1)",
  },
  format: {
    kind: "scalar",
    type: takes([timelike], "string"),
    options: [["pattern", checkedText(datePatternProblem)]],
    spark: "date_format($1, {pattern})",
  },
  parseDate: parsed("date", "to_date($1, {pattern})"),
  tryParseDate: parsed("date", "CAST(try_to_timestamp($1, {pattern}) AS DATE)", true),
  parseTimestamp: parsed("timestamp", "to_timestamp($1, {pattern})"),
  tryParseTimestamp: parsed("timestamp", "try_to_timestamp($1, {pattern})", true),
  makeDate: {
    kind: "scalar",
    type: takes([integer, integer, integer], () => primitive("date")),
    called: "fn",
    spark: "make_date($*)",
  },
} satisfies Catalogue;
