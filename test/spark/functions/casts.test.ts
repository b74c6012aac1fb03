/** Every cast between the types, and text that is to be read: Spark and DuckDB give the same, or DuckDB is refused. */
import { afterAll, describe, expect, test } from "vitest";
import { sparkType } from "../../../src/compile/spark.ts";
import { castNode } from "../../../src/expr/build.ts";
import { castable } from "../../../src/schema/casts.ts";
import { typeName } from "../../../src/schema/types.ts";
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
  const node = (nullable: boolean) => castNode(columnsOf(rows.types, nullable)[0] ?? fail(), T[to], lenient, undefined);
  const name = `${lenient ? "tryCast" : "cast"}(${typeName(T[from])} AS ${typeName(T[to])})`;
  return { name, rows, node: node(true), solid: node(false) };
}

/** Seconds that both engines have a timestamp for. */
function seconds(from: ValueType, to: ValueType): readonly Canonical[] | undefined {
  return from === "bigint" && to === "timestamp" ? [null, "-62135596800", "-1", "0", "253402300799"] : undefined;
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
