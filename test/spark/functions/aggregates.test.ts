/** Every aggregate and window function, over groups that hurt: Spark and DuckDB give the same, or DuckDB is refused. */
import { afterAll, expect, test } from "vitest";
import { functionNames, functionSpec } from "../../../src/functions/index.ts";
import { duckSession } from "../duck.ts";
import { countPairs, sparkSession } from "../session.ts";
import { AGGREGATES, aggregateQuestion, SPREAD, WINDOWS, windowQuestion } from "./aggregates.ts";
import { askTogether, type Question, summary } from "./compare.ts";

const engines = { spark: await sparkSession(), duck: await duckSession() };
afterAll(() => Promise.all([engines.spark.close(), engines.duck.close()]));

const namesOf = (kind: string) => functionNames().filter((name) => functionSpec(name)?.kind === kind);

const questions: readonly (readonly [what: string, question: Question])[] = [
  ...[false, true].flatMap((filtered) =>
    AGGREGATES.map((given) => ["aggregates", aggregateQuestion(given, filtered)] as const),
  ),
  ...[...WINDOWS, ...SPREAD].flatMap((given) =>
    given.windows.map((window) => ["window functions", windowQuestion(given, window)] as const),
  ),
];

test("every aggregate and window function of the catalogue has a case, and every case a function", () => {
  const sorted = (names: readonly string[]) => [...new Set(names)].sort();
  expect(sorted(AGGREGATES.map((given) => given.fn))).toEqual(sorted(namesOf("aggregate")));
  expect(sorted(WINDOWS.map((given) => given.fn))).toEqual(sorted(namesOf("window")));
});

const sets = Map.groupBy(questions, ([what, { rows }]) => `${what} over ${rows.view.replace(/^agg_/, "")}`);

test.each([...sets])("%s", async (_, set) => {
  const answers = await askTogether(
    engines,
    set.map(([, question]) => question),
  );
  const { problems, pairs } = summary(answers);
  countPairs(set[0]?.[0] ?? "", pairs);
  expect(problems).toBe("");
});
