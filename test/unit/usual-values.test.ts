/** Values of files that are written as most are take a short way: what they read as is what the exact way says of them. */
import { expect, test } from "vitest";
import { readText } from "../../src/engines/duckdb/ingest/values.ts";
import { duckdbText as text } from "../../src/targets/duckdb/dialect.ts";
import type { SqlType } from "../../src/types/types.ts";
import { connectWithMacros } from "../macros.ts";

const OTHERS = [..." +-/Z029.\t_e", "24", " 1", "9 ", "tR", "\u00a0"];

/** The texts, and each of them with other characters in a place or with some more. */
const nearly = (...texts: readonly string[]): readonly string[] => [
  ...new Set(
    texts.flatMap((text) => [
      text,
      ...[0, 1].flatMap((taken) =>
        Array.from({ length: text.length + 1 }, (_, at) =>
          OTHERS.map((o) => text.slice(0, at) + o + text.slice(at + taken)),
        ).flat(),
      ),
    ]),
  ),
];

const WAYS = {
  date: {
    texts: [
      ...nearly("2024-02-29", "0001-12-31", "1-11-01-01"),
      "10000-01-01",
      "infinity",
      "-infinity",
      "epoch",
      "0044-03-15 (BC)",
    ],
    exactly: "CASE WHEN regexp_full_match(x, '\\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\\s*') THEN TRY_CAST(x AS DATE) END",
  },
  boolean: {
    texts: [...nearly("true", "false"), "True", " FALSE  ", "t", "yes", "1", "0", ""],
    exactly: "CASE lower(trim(x, ' ')) WHEN 'true' THEN true WHEN 'false' THEN false END",
  },
  int: {
    texts: [...nearly("120", "-5"), "2147483647", "2147483648", "1e3", "0x1f", "1_0"],
    exactly: "CASE WHEN regexp_full_match(x, '\\s*[+-]?[0-9]+\\s*') THEN TRY_CAST(x AS INTEGER) END",
  },
} as const;

test.each(["date", "boolean", "int"] as const)("%s", async (kind) => {
  const { texts, exactly } = WAYS[kind];
  const connection = await connectWithMacros();
  const rows = texts.map((text) => `('${text}')`).join(", ");
  const read = `SELECT x, ${readText("x", { kind })} AS shortly, ${exactly} AS exactly FROM (VALUES ${rows}) AS v(x)`;
  const differing = await connection.runAndReadAll(`FROM (${read}) WHERE shortly IS DISTINCT FROM exactly`);
  expect(differing.getRowsJson()).toEqual([]);
  const some = await connection.runAndReadAll(`SELECT count(exactly) > 2, count(*) > count(exactly) FROM (${read})`);
  expect(some.getRowsJson()).toEqual([[true, true]]);
});

/** As Spark reads them (`test/spark/ingest.test.ts`): what stands around a value, what Java and JSON accept, and no more. */
const AS_SPARK: readonly (readonly [type: SqlType, text: string, read: string | null])[] = [
  [{ kind: "int" }, "\u0001 7\u001f", "7"],
  [{ kind: "bigint" }, "\v+0\u007f", "0"],
  [{ kind: "date" }, "\v2024-1-5", "2024-01-05"],
  [{ kind: "timestampNtz" }, "\v2024-01-05T10:11:12.5Z", "2024-01-05 10:11:12.5"],
  [{ kind: "timestampNtz" }, "2024-01-05 10:11:12.", null],
  [{ kind: "timestampNtz" }, "2024-01-05 10:11:12\t UTC", null],
  [{ kind: "double" }, "\u00011.5d\u001f", "1.5"],
  [{ kind: "double" }, "\u0001inf", "inf"],
  [{ kind: "double" }, " NaN ", "nan"],
  [{ kind: "float" }, "+nan", null],
  [{ kind: "double" }, "nand", null],
  [{ kind: "double" }, "+-5", null],
  [{ kind: "boolean" }, " FALSE ", "false"],
  [{ kind: "boolean" }, "false\u00a0", null],
  [{ kind: "decimal", precision: 6, scale: 2 }, "\u001f01.005", "1.01"],
  [{ kind: "decimal", precision: 6, scale: 2 }, "\u0001-7", "-7.00"],
  [{ kind: "decimal", precision: 6, scale: 2 }, "7e0\u001f", "7.00"],
  [{ kind: "decimal", precision: 6, scale: 2 }, "7\u007f", null],
  [{ kind: "decimal", precision: 6, scale: 2 }, "0e2147483647", "0.00"],
  [{ kind: "decimal", precision: 6, scale: 2 }, "0e2147483648", null],
  [{ kind: "decimal", precision: 6, scale: 2 }, "1.5e-2147483647", null],
  [{ kind: "decimal", precision: 6, scale: 2 }, "7e0\u007f", null],
  [{ kind: "double" }, "7\u007f", null],
  [{ kind: "binary" }, "YWI", "ab"],
  [{ kind: "binary" }, "Y Q\n==", "a"],
  [{ kind: "binary" }, "YQ==\n", null],
  [{ kind: "binary" }, "YQ=t", null],
  [{ kind: "binary" }, "YQ=", null],
  [{ kind: "variant" }, "[2,]", '"[2,]"'],
  [{ kind: "variant" }, "NaN", '"NaN"'],
  [{ kind: "array", element: { kind: "int" } }, "[2,]", null],
  [{ kind: "array", element: { kind: "string" } }, '[",]",":NaN"]', "[',]', ':NaN']"],
  [{ kind: "array", element: { kind: "double" } }, "[NaN]", null],
];

test("what stands around a value, and what is nearly one", async () => {
  const connection = await connectWithMacros();
  const read = AS_SPARK.map(([type, given]) => `(${readText("x", type)})::VARCHAR FROM (SELECT ${text(given)} AS x)`);
  const found = await Promise.all(read.map((sql) => connection.runAndReadAll(`SELECT ${sql}`)));
  expect(AS_SPARK.map(([type, given], i) => [type, given, found[i]?.getRowsJson()[0]?.[0]])).toEqual(AS_SPARK);
});
