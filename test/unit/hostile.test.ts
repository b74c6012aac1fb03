/** String values never become SQL unescaped: hostile strings through the quoting of every dialect. */
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { expect, test } from "vitest";
import { duckdbIdentifier, duckdbText } from "../../src/targets/duckdb/dialect.ts";
import { sparkIdentifier, sparkText } from "../../src/targets/spark-sql/dialect.ts";

const hostile = fc.oneof(
  fc.constantFrom(
    "'",
    "''",
    "\\'",
    "\\",
    "\\\\'",
    "`",
    '"',
    "; DROP TABLE x; --",
    "/*",
    "*/",
    "$" + "{catalog}",
    "$$" + "{x}",
    "\n",
    "\r\n",
    "\0",
    "é😀",
    "--",
    "$1",
    "{pattern}",
    "%_!",
  ),
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom("'", "\\", '"', "`", "$", "{", "}", ";", "-", "/", "*", "\n", "\0", "a"),
    maxLength: 10,
  }),
);

/** Reads a Spark string constant back, by the rules of its lexer: what stands between the quotes, escapes undone. */
function readSpark(sql: string): { value: string; rest: string } {
  const inner = sql.startsWith("(") ? sql.slice(1, -1) : sql;
  let at = 0;
  let value = "";
  for (;;) {
    if (inner[at] !== "'") throw new Error(`no constant at ${at} of ${sql}`);
    at++;
    while (inner[at] !== "'") {
      if (at >= inner.length) throw new Error(`an open constant in ${sql}`);
      if (inner.startsWith("\\u", at)) {
        value += String.fromCharCode(Number.parseInt(inner.slice(at + 2, at + 6), 16));
        at += 6;
      } else if (inner[at] === "\\") {
        const next = inner[at + 1] ?? "";
        value += { n: "\n", r: "\r" }[next] ?? next;
        at += 2;
      } else value += inner[at++];
    }
    at++;
    if (!inner.startsWith(" || ", at)) return { value, rest: inner.slice(at) };
    at += 4;
  }
}

test("Spark: a constant reads back as it was, ends where it ends, and holds no parameter", () => {
  fc.assert(
    fc.property(hostile, (value) => {
      const sql = sparkText(value);
      expect(readSpark(sql)).toEqual({ value, rest: "" });
      expect(sql).not.toContain("$" + "{");
    }),
    { numRuns: 2000 },
  );
});

test("Spark: an identifier is quoted so that it ends where it ends", () => {
  fc.assert(
    fc.property(hostile, (name) => {
      const sql = sparkIdentifier(name);
      if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(sql)) expect(sql).toBe(name);
      else expect(sql.slice(1, -1).replaceAll("``", "")).not.toContain("`");
    }),
  );
});

test("DuckDB: constants and names come back as they were", async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await fc.assert(
    fc.asyncProperty(
      hostile,
      hostile.filter((name) => name !== "" && !name.includes("\0") && name.isWellFormed()),
      async (value, name) => {
        fc.pre(value.isWellFormed());
        const reader = await connection.runAndReadAll(`SELECT ${duckdbText(value)} AS ${duckdbIdentifier(name)}`);
        expect(reader.columnNames()).toEqual([name]);
        expect(reader.getRows()).toEqual([[value]]);
      },
    ),
    { numRuns: 500 },
  );
});
