/**
 * One mistake, one error: each edit of a correct pipeline is found by what its verdict names, on its line, by an error that
 * is read at once and says nothing of the other tables. The same edits in plain JavaScript and as manifests.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AnyPipeline, analyze, fromManifest, MedallionError } from "medallion";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { edits } from "./edits.ts";
import { type Mutant, mutants } from "./mutants.ts";
import { removeDir, scratchDir, type TscError, tsc } from "./tsc.ts";

const all: readonly Mutant[] = [...edits.map((edit): Mutant => ({ ...edit, verdict: "tsc" })), ...mutants];
const base = await readFile(join(import.meta.dirname, "store.ts"), "utf8");
const fileOf = (i: number): string => `edit-${String(i).padStart(3, "0")}.ts`;

/** The line (from 1) on which the mistake is. */
function lineOf({ from, to, on }: Mutant): number {
  const text = base.replace(from, () => to);
  const before = base.split("\n");
  return 1 + text.split("\n").findIndex((line, i) => (on === undefined ? line !== before[i] : line.includes(on)));
}

let dir: string;
let found: readonly (readonly TscError[])[];

/** As `medallion init` sets it. */
const OPTIONS = { noPropertyAccessFromIndexSignature: false, noUncheckedIndexedAccess: false };

beforeAll(async () => {
  dir = await scratchDir();
  const files = all.map(({ from, to }, i) => [fileOf(i), base.replace(from, () => to)]);
  const texts = Object.fromEntries([...files, ["right.ts", base]]);
  const errors = Map.groupBy(await tsc(dir, texts, OPTIONS), (error) => error.file);
  expect(errors.get("right.ts")).toBe(undefined);
  // A name that is no longer used is no mistake of the pipeline.
  found = all.map((_, i) => (errors.get(fileOf(i)) ?? []).filter((error) => error.code !== "TS6133"));
});
afterAll(() => removeDir(dir));

test("each is an edit of one place, and has a verdict", () => {
  expect(all.filter(({ from }) => base.split(from).length !== 2).map(({ what }) => what)).toEqual([]);
  expect(new Set(all.map(({ what }) => what)).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(150);
  for (const { verdict } of all) if (typeof verdict === "object") expect(verdict.cannot).not.toBe("");
});

const cases = all.map((edit, i): [string, Mutant, number] => [edit.what, edit, i]);

describe("tsc", () => {
  test.each(cases.filter(([, { verdict }]) => verdict === "tsc"))("%s", (_, edit, i) => {
    const errors = found[i] ?? [];
    expect(errors.map(({ line }) => line)).toContain(lineOf(edit));
    expect(errors.map(({ text }) => text).join("\n")).not.toMatch(/\$\{(?:any|string)\}/);
    expect(sentence(errors[0]).length).toBeLessThanOrEqual(300);
    if (edit.names !== undefined) expect(errors[0]?.text).toContain(edit.names);
  });

  test("what the types do not know is no error", () => {
    const silent = cases.filter(([, { verdict }]) => verdict !== "tsc");
    expect(silent.filter(([, , i]) => (found[i]?.length ?? 0) > 0).map(([what]) => what)).toEqual([]);
  });
});

/** The first line without the types that TypeScript writes out. It cuts each of them on its own. */
function sentence(error: TscError | undefined): string {
  const [first = ""] = (error?.text ?? "").split("\n");
  return first.replace(/'[^']*[{<][^']*'/g, (type) => /(?:Problem|Refused)<"(?:[^"\\]|\\.)*">/.exec(type)?.[0] ?? "…");
}

test("the mean and the most of errors per mistake", () => {
  const counts = found.filter((_, i) => all[i]?.verdict === "tsc").map((errors) => errors.length);
  expect(counts.reduce((sum, count) => sum + count, 0) / counts.length).toBeLessThanOrEqual(1.2);
  // A table that is not there has no types to give to the callbacks of its chain: TypeScript says so of each parameter.
  const untyped = new Set(["TS7006", "TS7031"]);
  const counted = found.map((errors, i) =>
    all[i]?.what.startsWith("a table misspelt") ? errors.filter(({ code }) => !untyped.has(code)) : errors,
  );
  expect(all.filter((_, i) => (counted[i]?.length ?? 0) > 3).map(({ what }) => what)).toEqual([]);
});

/** The codes that plain JavaScript is told: of the error of the builder, or of the findings. */
async function told(file: string): Promise<{ readonly codes: readonly string[]; readonly pipeline?: AnyPipeline }> {
  try {
    const { default: pipeline } = (await import(file)) as { readonly default: AnyPipeline };
    return { codes: analyze(pipeline).map(({ code }) => code), pipeline };
  } catch (error) {
    if (error instanceof MedallionError) return { codes: [error.code] };
    throw error;
  }
}

test("the same edits in plain JavaScript, and as manifests", { timeout: 90_000 }, async () => {
  expect((await told(join(dir, "right.ts"))).codes).toEqual([]);
  const wrong: string[] = [];
  for (const [what, edit, i] of cases) {
    const { codes, pipeline } = await told(join(dir, fileOf(i)));
    const unknown = typeof edit.verdict === "object" || edit.untyped !== undefined;
    if (unknown !== (codes.length === 0)) wrong.push(`${what}: ${codes}`);
    if (!pipeline) continue;
    const again = analyze(fromManifest(JSON.parse(JSON.stringify(pipeline)))).map(({ code }) => code);
    if (again.join() !== codes.join()) wrong.push(`${what}: ${codes}, as a manifest ${again}`);
  }
  expect(wrong).toEqual([]);
});
