/** Values of files that are written as most are take a short way: what they read as is what the exact way says of them. */
import { expect, test } from "vitest";
import { readText } from "../../src/engines/duckdb/ingest/values.ts";
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
    exactly: "CASE lower(trim(x)) WHEN 'true' THEN true WHEN 'false' THEN false END",
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
