/** Each way of personal data into gold is found: by `tsc` and the analyzers, or by the analyzers with a warning. */
import { join } from "node:path";
import { type AnyPipeline, analyze, fromManifest, MedallionError } from "medallion";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Leak, leakBase, leaks } from "./leaks.ts";
import { removeDir, scratchDir, type TscError, tsc } from "./tsc.ts";

const fileOf = (i: number): string => `leak-${String(i).padStart(3, "0")}.ts`;
let dir: string;
let errors: ReadonlyMap<string, readonly TscError[]>;

beforeAll(async () => {
  dir = await scratchDir();
  const files = Object.fromEntries(leaks.map(({ query }, i) => [fileOf(i), leakBase(query)]));
  // What a query does not use, and what a text escapes wrongly, is not what is tested here.
  errors = Map.groupBy(await tsc(dir, files, { noUnusedLocals: false }), (error) => error.file);
});
afterAll(() => removeDir(dir));

const cases = leaks.map((leak, i): [string, Leak, number] => [leak.what, leak, i]);

async function pipelineOf(i: number): Promise<AnyPipeline> {
  return ((await import(join(dir, fileOf(i)))) as { readonly default: AnyPipeline }).default;
}

/** What is found of personal data in gold; of other tables there is nothing to find. */
function found(pipeline: AnyPipeline): readonly string[] {
  return [
    ...new Set(analyze(pipeline).flatMap(({ code, table }) => (table === "g" && code.startsWith("PII") ? [code] : []))),
  ];
}

test.each(cases)("%s", async (_, { verdict }, i) => {
  const told = errors.get(fileOf(i)) ?? [];
  const line =
    leakBase("")
      .split("\n")
      .findIndex((text) => text.startsWith("    g:")) + 1;
  expect(
    told.map((error) => [error.line, /carries personal data, which gold does not accept/.test(error.text)]),
  ).toEqual(verdict === "PII001" ? [[line, true]] : []);
  if (verdict === "ARG001" || verdict === "SQL001") {
    await expect(pipelineOf(i)).rejects.toSatisfy((e) => e instanceof MedallionError && e.code === verdict);
    return;
  }
  const pipeline = await pipelineOf(i);
  const codes = found(pipeline);
  if (typeof verdict === "object") expect(codes).toEqual([]);
  else expect(codes).toContain(verdict);
  expect(found(fromManifest(JSON.parse(JSON.stringify(pipeline))))).toEqual(codes);
});

test("each is in the list once", () => {
  expect(new Set(leaks.map(({ what }) => what)).size).toBe(leaks.length);
});
