/** Every scalar function of the catalogue, over values that hurt: Spark and DuckDB give the same, or DuckDB is refused. */
import { afterAll, expect, test } from "vitest";
import { functionNames, functionSpec } from "../../../src/functions/index.ts";
import { duckSession } from "../duck.ts";
import { countPairs, sparkSession } from "../session.ts";
import { questionOf } from "./cases.ts";
import { askEach, summary } from "./compare.ts";
import { SCALARS } from "./scalars.ts";

const engines = { spark: await sparkSession(), duck: await duckSession() };
afterAll(() => Promise.all([engines.spark.close(), engines.duck.close()]));

const names = functionNames().filter((name) => functionSpec(name)?.kind === "scalar");

test("every scalar function of the catalogue has a case, and every case a function", () => {
  expect([...new Set(SCALARS.map((given) => given.fn))].sort()).toEqual([...names].sort());
});

test.each(names)("%s", async (name) => {
  const questions = SCALARS.filter((given) => given.fn === name).map(questionOf);
  const { problems, pairs } = summary(await askEach(engines, questions));
  countPairs("scalar functions", pairs);
  expect(problems).toBe("");
});
