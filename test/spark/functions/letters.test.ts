/** Upper and lower case of every character that there is: Spark and DuckDB give the same. */
import { afterAll, expect, test } from "vitest";
import { callNode } from "../../../src/nodes/exprs.ts";
import { printExpr } from "../../../src/sql/expr.ts";
import { duckdb } from "../../../src/targets/duckdb/dialect.ts";
import { spark } from "../../../src/targets/spark-sql/dialect.ts";
import { duckSession } from "../duck.ts";
import { countPairs, sparkSession } from "../session.ts";
import { columnsOf } from "./compare.ts";
import { T } from "./values.ts";

const engines = { spark: await sparkSession(), duck: await duckSession() };
afterAll(() => Promise.all([engines.spark.close(), engines.duck.close()]));

/** All code points but 0 and the surrogates. */
const LAST = 0x10ffff;
const WHERE = "id < 55296 OR id > 57343";
const CHARACTERS = {
  spark: `SELECT id, decode(unhex(lpad(hex(id), 8, '0')), 'UTF-32') AS a0 FROM range(1, ${LAST + 1}) WHERE ${WHERE}`,
  duck: `SELECT id, chr(CAST(id AS INTEGER)) AS a0 FROM range(1, ${LAST + 1}) AS points(id) WHERE ${WHERE}`,
};

/** A newer Unicode holds them for something else: ʕ is no small letter any more, and a vowel sign of Ahom takes space. */
const MOVED: ReadonlySet<number> = new Set([0x295, 0x1171e]);

test.each(["upper", "lower"])("%s", async (fn) => {
  const node = callNode(fn, columnsOf([T.string], false), undefined, undefined);
  const [ofSpark, ofDuck] = [spark, duckdb].map((dialect) => printExpr(node, { dialect, column: (c) => c.name }));
  const changed = (from: string, sql = "") =>
    `SELECT id, ${sql} AS value FROM (${from}) AS characters WHERE ${sql} <> a0 ORDER BY id`;
  const theirs = await engines.spark.sql(changed(CHARACTERS.spark, ofSpark));
  const ours = await engines.duck.sql(changed(CHARACTERS.duck, ofDuck));
  countPairs("characters", LAST - 2048);
  expect(theirs.rows.length).toBeGreaterThan(1000);
  expect(ours.rows).toEqual(theirs.rows);
});

test.each([
  ["between letters", "concat('aΣ', a0, 'a')", false],
  ["before it", "concat('a', a0, 'Σ')", true],
] as const)("whether a sigma ends its word, with every character %s", async (_, text, ends) => {
  const node = callNode("lower", columnsOf([T.string], false), undefined, undefined);
  const found = (from: string, dialect: typeof duckdb) => {
    const lowered = printExpr(node, { dialect, column: () => text });
    return `SELECT id FROM (${from}) AS characters WHERE ${ends ? "" : "NOT "}contains(${lowered}, 'ς') ORDER BY id`;
  };
  const theirs = await engines.spark.sql(found(CHARACTERS.spark, spark));
  const ours = await engines.duck.sql(found(CHARACTERS.duck, duckdb));
  countPairs("characters", LAST - 2048);
  expect(theirs.rows.length).toBeGreaterThan(1000);
  const [a, b] = [theirs, ours].map(
    ({ rows }) => new Set(rows.map(([id]) => Number(id)).filter((id) => !MOVED.has(id))),
  );
  expect(
    [...(a ?? [])].filter((id) => !b?.has(id)),
    "Spark alone",
  ).toEqual([]);
  expect(
    [...(b ?? [])].filter((id) => !a?.has(id)),
    "DuckDB alone",
  ).toEqual([]);
});
