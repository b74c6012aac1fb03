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

test("tsc says nothing of any other file", () => {
  expect([...errors.keys()].filter((file) => !(file in files))).toEqual([]);
});
