/** Every cast between the types, and text that is to be read: Spark and DuckDB give the same, or DuckDB is refused. */
import { afterAll, describe, expect, test } from "vitest";
import { callNode, castNode, columnNode } from "../../../src/nodes/exprs.ts";
import { literalOf } from "../../../src/nodes/literals.ts";
import { printExpr } from "../../../src/sql/expr.ts";
import { duckdb } from "../../../src/targets/duckdb/dialect.ts";
import { ZONES } from "../../../src/targets/duckdb/macros/zones.ts";
import { spark as sparkDialect, sparkType } from "../../../src/targets/spark-sql/dialect.ts";
import { castable } from "../../../src/types/casts.ts";
import { typeName } from "../../../src/types/types.ts";
import { NEARLY_USUAL } from "../../nearly-usual.ts";
import type { Canonical } from "../canonical.ts";
import { duckSession } from "../duck.ts";
import { EngineError } from "../engines.ts";
import { countPairs, sparkSession } from "../session.ts";
import { rowsOf } from "./cases.ts";
import { ask, columnsOf, type Question } from "./compare.ts";
import { T, VALUES, type ValueType } from "./values.ts";

const engines = { spark: await sparkSession(), duck: await duckSession() };
afterAll(() => Promise.all([engines.spark.close(), engines.duck.close()]));

const types = Object.keys(T) as ValueType[];

/** Texts that one engine or the other reads as something. */
const TEXTS: readonly Canonical[] = [
  ...(VALUES.string as readonly string[]),
  ...[
    "12",
    " 12 ",
    "+12",
    "-12",
    "\t12\n",
    "1_000",
    "1,000",
    "0x1F",
    "1e3",
    "1E-3",
    ".5",
    "5.",
    "-.5",
    "+.5e1",
    "1e400",
    "--1",
    "+",
    "-",
    ".",
    "e1",
  ],
  ...[
    "127",
    "128",
    "-129",
    "32768",
    "2147483647",
    "2147483648",
    "9223372036854775807",
    "9223372036854775808",
    "1.0",
    "1.9",
    "-1.9",
    "99.9995",
    "0.0005",
  ],
  ...[
    "12345678901234567890123456789012345678",
    "123456789012345678901234567890123456789",
    "9999999999.994",
    "9999999999.995",
    "0.000000000000000000000000000000000000001",
  ],
  ...[
    "NaN",
    "nan",
    "Infinity",
    "-Infinity",
    "+Infinity",
    "inf",
    "-inf",
    "INF",
    "1d",
    "1f",
    "1.5D",
    "1e-400",
    "4.9e-324",
    "1.7976931348623159e308",
    "3.5e38",
  ],
  ...["true", "TRUE", "t", "T", "yes", "y", "on", "1", "false", "f", "no", "n", "off", " true ", "tru"],
  ...[
    "2024-02-29",
    "2023-02-29",
    "2024-2-9",
    "2024",
    "2024-02",
    "24-01-05",
    "2024/01/05",
    "20240105",
    "02024-01-05",
    "10000-01-01",
    "0000-01-01",
    "0001-01-01",
    "-0001-01-01",
    "+2024-01-05",
  ],
  ...[
    "2024-01-05T",
    "2024-01-05 ",
    "2024-01-05 junk",
    "2024-01-05junk",
    "2024-13-01",
    "2024-00-10",
    "2024-01-32",
    "today",
    "now",
    "epoch",
    "infinity",
    "-infinity",
    "1582-10-10",
    "9999-12-31",
  ],
  ...[
    "2024-01-05 10:11:12",
    "2024-01-05T10:11:12Z",
    "2024-01-05T10:11:12.123456789",
    "2024-01-05 1:2:3",
    "2024-01-05 10:11",
    "2024-01-05T10",
    "2024-01-05 24:00:00",
    "2024-01-05 23:60:00",
    "2024-01-05 23:59:60",
  ],
  ...[
    "2024-01-05 10:11:12+02:00",
    "2024-01-05 10:11:12 +02:00",
    "2024-01-05 10:11:12-0330",
    "2024-01-05 10:11:12+2",
    "2024-01-05 10:11:12UTC",
    "2024-01-05 10:11:12 UTC",
    "2024-01-05 10:11:12 Europe/Berlin",
    "2024-01-05 10:11:12 GMT+2",
    "2024-01-05 10:11:12+19:00",
  ],
  ...[
    // Not a time alone: Spark reads it as of today.
    "2024-01-05T10:11:12.5 CET",
    "2024-01-05 10:11:12.",
    "2024-01-05 10:11:12.5",
    "2024-01-05  10:11:12",
    "2024-01-05t10:11:12",
    "2024-01-05 10:11:12 z",
    "2024-03-31 02:30:00",
    "0001-01-01 00:00:00+14:00",
  ],
  ...['["a",null]', "[]", "{}", '{"city":"x","zip":1}', "null", "00ff", "abc="],
];

function question(from: ValueType, to: ValueType, lenient: boolean): Question {
  // One that fails costs Spark a query of its own; the lenient cast goes through all of the texts.
  const own = from === "string" ? (lenient ? TEXTS : TEXTS.filter((_, i) => i % 3 === 0)) : seconds(from, to);
  const rows = rowsOf([from], own && [own]);
  const node = (nullable: boolean) =>
    castNode(columnsOf(rows.types, nullable)[0] ?? fail(), { type: T[to] }, lenient, undefined);
  const name = `${lenient ? "tryCast" : "cast"}(${typeName(T[from])} AS ${typeName(T[to])})`;
  return { name, rows, node: node(true), solid: node(false) };
}

/** Seconds that DuckDB has a timestamp for: beyond them it fails, where Spark gives its last one. */
function seconds(from: ValueType, to: ValueType): readonly Canonical[] | undefined {
  if (from !== "bigint" || to !== "timestamp") return undefined;
  return [null, "-9223372022400", "-62135596800", "-1", "0", "253402300799", "9223372036854"];
}

function fail(): never {
  throw new Error("no column");
}

const refusals: { readonly from: ValueType; readonly to: ValueType; readonly lenient: boolean }[] = [];

describe.each(types)("from %s", (from) => {
  test.each([
    ["cast", false],
    ["tryCast", true],
  ] as const)("%s", async (_, lenient) => {
    const problems: string[] = [];
    let pairs = 0;
    for (const to of types) {
      if (!castable(T[from], T[to], lenient)) {
        expect(() => question(from, to, lenient), `${from} to ${to}`).toThrow(/cannot be cast/);
        refusals.push({ from, to, lenient });
        continue;
      }
      const answer = await ask(engines, question(from, to, lenient));
      problems.push(...answer.problems);
      pairs += answer.pairs;
    }
    countPairs("casts", pairs);
    expect(problems.join("\n")).toBe("");
  });
});

/** Forms of offsets, and what is no zone. */
const OFFSETS = [
  ...["Z", "z", "UTC", "utc", "UT", "GMT", "GMT0", "UTC0", "UTC+1", "UTC+01", "UTC+01:30", "UTC+0130", "GMT-3", "UT+2"],
  ...["+1", "+01", "+1:3", "+01:3", "+1:30", "+01:30", "+0130", "+130", "+013015", "+01:30:15", "+1:30:15", "+01:3:15"],
  ...["-18:00", "+18:00", "+18:01", "+25:00", "+02:60", "+02:30:60", "+", "-", "UTC+", "+12345", "-0000", "+00:00:01"],
  ...["Europe/Atlantis", "europe/berlin", "gmt+1", "XYZ", "Etc/GMT+5", "Etc/GMT-14", " CET", "ZULU", "UTC-18:01"],
];
/** In winter and in summer; in the hour that is left out, and in the one that comes twice, on both sides of the ocean. */
const CLOCKS = [
  ...["2024-01-05 10:11:12", "2024-07-05 10:11:12.5", "1985-07-01 00:00:00", "2024-03-31 02:30:00"],
  ...["2024-10-27 02:30:00", "2024-03-10 02:30:00", "2024-11-03 01:30:00"],
];
/** The JVM's tz database and DuckDB's are of different years, and Morocco changed its mind between. */
const MOVED = ["Africa/Casablanca", "Africa/El_Aaiun"];

test.each(["timestamp", "ntz"] as const)("a text with a zone, as %s", async (to) => {
  const zones = [...ZONES, ...OFFSETS].filter((zone) => !MOVED.includes(zone));
  const texts = zones.flatMap((zone) => CLOCKS.map((clock, i) => `${clock}${i % 2 === 0 ? " " : ""}${zone}`));
  const rows = { view: "zoned", types: [T.string], values: texts.map((text) => [text]) };
  const node = castNode(columnsOf(rows.types, true)[0] ?? fail(), { type: T[to] }, true, undefined);
  const answer = await ask(engines, { name: `tryCast(zoned AS ${typeName(T[to])})`, rows, node });
  countPairs("casts", answer.pairs);
  expect(answer.pairs).toBeGreaterThan(4000);
  expect(answer.problems.join("\n")).toBe("");
});

test.each(["timestamp", "ntz"] as const)("a text that is nearly as most are, as %s", async (to) => {
  const rows = { view: "nearly", types: [T.string], values: NEARLY_USUAL.map((text) => [text]) };
  const node = castNode(columnsOf(rows.types, true)[0] ?? fail(), { type: T[to] }, true, undefined);
  const answer = await ask(engines, { name: `tryCast(nearly AS ${typeName(T[to])})`, rows, node });
  countPairs("casts", answer.pairs);
  expect(answer.pairs).toBeGreaterThan(3000);
  expect(answer.problems.join("\n")).toBe("");
});

test("where DuckDB has no room for what Spark gives, it fails", async () => {
  const plain = { nullable: false, labels: [], unit: "", additivity: "additive" } as const;
  const constant = (value: string, type: ValueType) => literalOf(value, T[type], undefined);
  const seconds = (count: string) => castNode(constant(count, "bigint"), { type: T.timestamp }, false, undefined);
  const days = (count: string) =>
    callNode("addDays", [constant("1970-01-01", "date"), constant(count, "bigint")], undefined, undefined);
  const far = [
    ...["9223372036855", "9223372036854775807", "-9223372036854775808"].map(seconds),
    ...["2147483647", "-2147483647"].map(days),
    castNode(columnNode("'5881580-07-11'", { type: T.string, ...plain }, 0), { type: T.date }, false, undefined),
  ];
  for (const node of far) {
    const sql = (dialect: typeof duckdb) => `SELECT ${printExpr(node, { dialect, column: (c) => c.name })} AS value`;
    expect((await engines.spark.sql(sql(sparkDialect))).rows, sql(sparkDialect)).toHaveLength(1);
    await expect(engines.duck.sql(sql(duckdb)), sql(duckdb)).rejects.toThrow(/out of range|Overflow|is not a DATE/);
  }
});

test("a cast that the builder refuses is one that Spark refuses", async () => {
  expect(refusals.length).toBeGreaterThan(0);
  const texts = refusals.map(
    ({ from, to, lenient }) =>
      `SELECT ${lenient ? "TRY_CAST" : "CAST"}(CAST(NULL AS ${sparkType(T[from])}) AS ${sparkType(T[to])})`,
  );
  const accepted = (await engines.spark.batch(texts)).flatMap((result, i) =>
    result instanceof EngineError ? [] : [texts[i]],
  );
  expect(accepted).toEqual([]);
});
