/** Every scalar function and every cast over values drawn by chance: Spark and DuckDB give the same. */
import { afterAll, expect, test } from "vitest";
import { functionNames, functionSpec } from "../../../src/functions/index.ts";
import { castNode } from "../../../src/nodes/exprs.ts";
import { castable } from "../../../src/types/casts.ts";
import { typeName } from "../../../src/types/types.ts";
import type { Canonical } from "../canonical.ts";
import { duckSession } from "../duck.ts";
import { countPairs, sparkSession } from "../session.ts";
import { type Case, questionOf, rowsOf } from "./cases.ts";
import { askEach, columnsOf, type Question, summary } from "./compare.ts";
import { drawn } from "./drawn.ts";
import { SCALARS } from "./scalars.ts";
import { T, type ValueType } from "./values.ts";

const engines = { spark: await sparkSession(), duck: await duckSession() };
afterAll(() => Promise.all([engines.spark.close(), engines.duck.close()]));

const SEED = Number(process.env["MEDALLION_SEED"] ?? 20261);
/** Values of a type, by how many arguments there are. */
const COUNTS = [0, 120, 16, 7];

const scalars = functionNames().filter((name) => functionSpec(name)?.kind === "scalar");

test.each(scalars)(`%s, seed ${SEED}`, async (name) => {
  const questions = SCALARS.filter((given) => given.fn === name).map((given) => questionOf(withDrawn(given)));
  expect(await problemsOf(questions)).toBe("");
});

function withDrawn(given: Case): Case {
  const count = COUNTS[given.args.length] ?? 8;
  return { ...given, values: given.args.map((type, i) => given.values?.[i] ?? drawn(type, count, SEED + i)) };
}

/** Java 17 writes a double beyond 2^53 with more digits than it needs, and a decimal is made of them. */
const isShort = (value: Canonical) => !(Math.abs(Number(value)) > 2 ** 53);

const types = Object.keys(T) as ValueType[];

test.each(types)(`tryCast from %s, seed ${SEED}`, async (from) => {
  const values = drawn(from, 200, SEED).filter((value) => (from !== "float" && from !== "double") || isShort(value));
  const rows = rowsOf([from], [values]);
  const [column] = columnsOf(rows.types, true);
  if (!column) throw new Error("no column");
  const questions = types
    .filter((to) => castable(T[from], T[to], true))
    .filter((to) => from !== "bigint" || to !== "timestamp")
    .map((to): Question => {
      return {
        name: `tryCast(${typeName(T[from])} AS ${typeName(T[to])})`,
        rows,
        node: castNode(column, { type: T[to] }, true, undefined),
      };
    });
  expect(await problemsOf(questions)).toBe("");
});

async function problemsOf(questions: readonly Question[]): Promise<string> {
  const { problems, pairs } = summary(await askEach(engines, questions));
  countPairs("values drawn by chance", pairs);
  return problems;
}
