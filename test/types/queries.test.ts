/** Each query over `shop.ts` or `ledger.ts` is found by what its verdict names: by `tsc`, in plain JavaScript and as a manifest. */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { type AnyPipeline, analyze, fromManifest, MedallionError } from "medallion";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ofJavaScript, ofMeaning, type Query } from "./queries.ts";
import { removeDir, scratchDir, type TscError, tsc } from "./tsc.ts";

const all = [
  ...ofJavaScript.map((query) => ({ base: "shop", query })),
  ...ofMeaning.map((query) => ({ base: "ledger", query })),
];
const fileOf = (i: number): string => `q${String(i).padStart(3, "0")}.ts`;
const textOf = (base: string, [, layer, query]: Query): string =>
  `import { fn, source, sql, t } from "medallion";
import { ${base} } from "./${base}.ts";
export const doors = [fn, source, sql, t];
export const made = ${base}.${layer}(($) => ({
  made: ${query},
}));
`;

let dir: string;
let found: readonly (readonly TscError[])[];

/** A name that is not used is no mistake of the query; the rules of a new project for what is. */
const UNUSED = new Set(["TS6133", "TS7028"]);

beforeAll(async () => {
  dir = await scratchDir();
  for (const base of ["shop", "ledger"])
    await copyFile(join(import.meta.dirname, `${base}.ts`), join(dir, `${base}.ts`));
  const files = Object.fromEntries(all.map(({ base, query }, i) => [fileOf(i), textOf(base, query)]));
  const errors = Map.groupBy(
    await tsc(dir, files, { noPropertyAccessFromIndexSignature: false }),
    (error) => error.file,
  );
  expect([...errors.keys()].filter((file) => !(file in files))).toEqual([]);
  found = all.map((_, i) => (errors.get(fileOf(i)) ?? []).filter(({ code }) => !UNUSED.has(code)));
});
afterAll(() => removeDir(dir));

const cases = all.map(({ query }, i): [string, Query, number] => [query[0], query, i]);

test("each has a name of its own, and there are many", () => {
  expect(new Set(all.map(({ query: [what] }) => what)).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(140);
});

describe("tsc", () => {
  test.each(cases)("%s", (_, [, , , verdict, , errors = 1], i) => {
    expect(found[i]?.map(({ text }) => text)).toHaveLength(verdict === "tsc" ? errors : 0);
    for (const { line } of found[i] ?? []) expect(line).toBe(5);
  });
});

async function told(file: string): Promise<readonly string[]> {
  let pipeline: AnyPipeline;
  try {
    ({ made: pipeline } = (await import(file)) as { readonly made: AnyPipeline });
  } catch (error) {
    if (error instanceof MedallionError) return [error.code];
    if (error instanceof TypeError && error.message.includes("not iterable")) return [];
    throw error;
  }
  const codes = analyze(pipeline).map(({ code }) => code);
  expect(analyze(fromManifest(JSON.parse(JSON.stringify(pipeline)))).map(({ code }) => code)).toEqual(codes);
  return [...new Set(codes)].sort();
}

test("in plain JavaScript, and as manifests", async () => {
  const wrong: string[] = [];
  for (const [what, [, , , , codes], i] of cases) {
    const given = (await told(join(dir, fileOf(i)))).join();
    if (given !== codes.split(",").sort().join()) wrong.push(`${what}: ${given}, not ${codes}`);
  }
  expect(wrong).toEqual([]);
});
