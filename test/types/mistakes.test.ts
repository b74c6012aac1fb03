/** Every mistake is one `tsc` error, on its line, in words that help; and what is right has none. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Mistake, mistakes } from "./mistakes.ts";
import { markedLine, moduleOf } from "./snippet.ts";
import { removeDir, scratchDir, type TscError, tsc } from "./tsc.ts";

const fileOf = (index: number, which: "wrong" | "right"): string => `m${String(index).padStart(3, "0")}-${which}.ts`;

const files: Readonly<Record<string, string>> = Object.fromEntries(
  mistakes.flatMap(({ wrong, right }, i) => [
    [fileOf(i, "wrong"), moduleOf(wrong)],
    ...(right === undefined ? [] : [[fileOf(i, "right"), moduleOf(right)]]),
  ]),
);

let dir: string;
let errors: ReadonlyMap<string, readonly TscError[]>;

beforeAll(async () => {
  dir = await scratchDir();
  errors = Map.groupBy(await tsc(dir, files), (error) => error.file);
});
afterAll(() => removeDir(dir));

const cases = mistakes.map((mistake, i): [string, number, Mistake] => [mistake.rule, i, mistake]);

describe("a mistake is one error on its line", () => {
  test.each(cases)("%s", (_, i, { says }) => {
    const file = fileOf(i, "wrong");
    const found = errors.get(file) ?? [];
    expect(found.map(({ line, text }) => ({ line, text }))).toEqual([
      { line: markedLine(files[file] ?? ""), text: expect.stringContaining(says) },
    ]);
  });
});

describe("the way out compiles", () => {
  test.each(cases.filter(([, , { right }]) => right !== undefined))("%s", (_, i) => {
    expect(errors.get(fileOf(i, "right")) ?? []).toEqual([]);
  });
});

/** What the compile-time rules are about. Each has mistakes in the list. */
const families: readonly (readonly [family: string, mistakes: readonly RegExp[]])[] = [
  ["unknown column", [/^unknown column in select/, /^unknown column in key/, /^unknown column in an expectation/]],
  ["unknown table", [/^unknown table/]],
  ["wrong type", [/^wrong type: a bigint/, /^wrong type: where/, /^union with a column of another type/]],
  ["nullable where not-null is asked", [/^a nullable key/, /^a nullable part of a key/, /^changes with a nullable/]],
  ["layer order", [/^gold reads a bronze/, /^gold joins a bronze/, /^silver reads gold/]],
  [
    "personal data in gold",
    [
      ...["a column", "a whole table", "a comparison", "cast", "the value of a case", "the first condition of a case"],
      ...["raw SQL", "a struct", "an array", "a join", "a left join", "a full join", "a lookup", "an asOfJoin"],
      ...["a union", "a group", "max", "the filter of an aggregate", "lag", "firstValue", "a label of one's own"],
    ].map((what) => new RegExp(`^personal data in gold: ${what}`)),
  ],
  ["foreign key", [/key to a table without a key/, /key of another type/, /key of fewer columns/, /to a key of two/]],
  ["lookup", [/^a lookup of a table without a key/, /^a lookup with a column of another type/]],
  ["change events", [/^changes with a nullable key/, /^changes with a nullable sequence/, /^changes without a key/]],
  ["only changes are given to scd", [/^a query as the input of scd1/, /^a query as the input of scd2/]],
  ["duplicate table name", [/already, in bronze/, /already, in silver/, /already, in gold/, /in both pipelines/]],
  [
    "what must not be summed",
    [
      ...["an average", "a ratio", "a rate", "a distinct count", "a maximum", "a balance", "a running total"],
      ...["a joined column", "a looked-up column", "a left joined column", "an average that a join repeated"],
    ].map((what) => new RegExp(`^the sum of ${what}$`)),
  ],
  [
    "units that must not be added",
    [/^adding EUR and USD/, /^subtracting/, /^comparing/, /in one case/, /in coalesce/, /in greatest/, /in a union/],
  ],
  [
    "flows",
    [
      /^settings of a flow/,
      /^settings of a side of a join/,
      /^settings of what/,
      /^a flow that lacks/,
      /^a flow that is no stream/,
      /^a flow into a materialized/,
      /^a history that is tr/,
    ],
  ],
  [
    "stream read of what is updated in place",
    [/^a stream read of a table/, /^a stream read of an scd1/, /^an aggregate as a str/, /^change events of a joined/],
  ],
];

test.each(families)("the list has mistakes of: %s", (_, patterns) => {
  expect(patterns.filter((pattern) => !mistakes.some(({ rule }) => pattern.test(rule)))).toEqual([]);
});

test("every mistake is in the list once", () => {
  const rules = mistakes.map(({ rule }) => rule);
  expect(rules.filter((rule, i) => rules.indexOf(rule) !== i)).toEqual([]);
});

test("tsc says nothing of any other file", () => {
  expect([...errors.keys()].filter((file) => !(file in files))).toEqual([]);
});
