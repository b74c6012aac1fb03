/**
 * One mistake, one error: each edit of a correct pipeline is reported on its line, by an error that is read at once, and
 * says nothing of the other tables.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AnyPipeline, analyze, MedallionError } from "medallion";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Edit, edits } from "./edits.ts";
import { removeDir, scratchDir, type TscError, tsc } from "./tsc.ts";

const base = await readFile(join(import.meta.dirname, "store.ts"), "utf8");
const fileOf = (i: number): string => `edit-${String(i).padStart(3, "0")}.ts`;

/** The line (from 1) on which the mistake is. */
function lineOf({ from, to, on }: Edit): number {
  const text = base.replace(from, () => to);
  const before = base.split("\n");
  return 1 + text.split("\n").findIndex((line, i) => (on === undefined ? line !== before[i] : line.includes(on)));
}

let dir: string;
let found: readonly (readonly TscError[])[];

beforeAll(async () => {
  dir = await scratchDir();
  const files = edits.map(({ from, to }, i) => [fileOf(i), base.replace(from, () => to)]);
  const errors = Map.groupBy(await tsc(dir, Object.fromEntries([...files, ["right.ts", base]])), (error) => error.file);
  expect(errors.get("right.ts")).toBe(undefined);
  // A name that is no longer used is no mistake of the pipeline.
  found = edits.map((_, i) => (errors.get(fileOf(i)) ?? []).filter((error) => error.code !== "TS6133"));
});
afterAll(() => removeDir(dir));

test("each is an edit of one place", () => {
  expect(edits.filter(({ from }) => base.split(from).length !== 2).map(({ what }) => what)).toEqual([]);
  expect(new Set(edits.map(({ what }) => what)).size).toBe(edits.length);
  expect(edits.length).toBeGreaterThan(120);
});

test.each(edits.map((edit, i): [string, Edit, number] => [edit.what, edit, i]))("%s", (_, edit, i) => {
  const errors = found[i] ?? [];
  expect(errors.map(({ line }) => line)).toContain(lineOf(edit));
  expect(errors.map(({ text }) => text).join("\n")).not.toMatch(/\$\{(?:any|string)\}/);
  if (edit.names !== undefined) expect(errors[0]?.text).toContain(edit.names);
});

/** What is not reached of one error per mistake, and why. */
test("the mean and the most of errors per mistake", () => {
  const counts = found.map((errors) => errors.length);
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  expect(mean).toBeLessThanOrEqual(1.35);
  // A table that is not there has no types to give to the callbacks of its chain, and where TypeScript refuses what a
  // layer gives it keeps nothing of that layer.
  const many = edits.filter((_, i) => (found[i]?.length ?? 0) > 3).map(({ what }) => what);
  expect(many).toEqual([
    "a table misspelt in silver",
    "a table misspelt in scd2",
    "a table misspelt in gold",
    "a table of a name that is taken",
    "changes given to silver",
    "an e-mail address in gold",
    "an e-mail address in gold, changed",
    "a table that is no relation",
  ]);
  expect(Math.max(...counts)).toBeLessThanOrEqual(7);
});

/** What plain JavaScript does with the same edits: an error of the builder, or a finding. */
test("the same mistakes in plain JavaScript", { timeout: 60_000 }, async () => {
  expect(await verdict(join(dir, "right.ts"))).toBe("nothing");
  const missed: string[] = [];
  for (const [i, { what }] of edits.entries()) {
    const told = await verdict(join(dir, fileOf(i)));
    if (told === "nothing") missed.push(what);
    else if (told !== "found") missed.push(`${what}: ${told}`);
  }
  expect(missed).toEqual([]);
});

async function verdict(file: string): Promise<string> {
  try {
    const { default: pipeline } = (await import(file)) as { readonly default: AnyPipeline };
    return analyze(pipeline).length > 0 ? "found" : "nothing";
  } catch (error) {
    return error instanceof MedallionError ? "found" : String(error).slice(0, 90);
  }
}
