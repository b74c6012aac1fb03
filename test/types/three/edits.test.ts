/** Edits of one place of whole pipelines: one mistake is one error, over all of the tables after it as well. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AnyPipeline, analyze } from "medallion";
import { afterAll, beforeAll, expect, test } from "vitest";
import { removeDir, scratchDir, type TscError, tsc } from "../tsc.ts";
import { billingEdits } from "./billing-edits.ts";
import { campusEdits } from "./campus-edits.ts";
import { fleetEdits } from "./fleet-edits.ts";
import { marketEdits } from "./market-edits.ts";
import { stepsOf } from "./steps.ts";
import { teller } from "./told.ts";
import { because } from "./wrong.ts";

const lines = (written: string): string => written.replaceAll("⏎", "\n");

/** The text of a pipeline, which its module exports under the module's name. */
async function texts(names: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const read = async (name: string) => [name, await readFile(join(import.meta.dirname, `${name}.ts`), "utf8")];
  return Object.fromEntries(await Promise.all(names.map(read)));
}

const bases = await texts(["grid", "yard", "billing", "fleet", "campus"]);
/** A line each. */
const all = (marketEdits + billingEdits + fleetEdits + campusEdits)
  .split("\n")
  .filter((line) => line !== "")
  .map((line, i) => {
    const [verdict = "", base = "", what = "", ...rest] = line.split(" | ");
    const [from = "", to = ""] = rest.join(" | ").split(" ==> ").map(lines);
    return { verdict, base, what, from, to, file: `edit_${i}.ts` };
  });

let dir: string;
let errors: ReadonlyMap<string, readonly TscError[]>;

beforeAll(async () => {
  dir = await scratchDir();
  const steps = new Map(Object.entries(bases).map(([base, text]) => [base, stepsOf(base, text)]));
  const edited = all.map(({ base, from, to, file }) => [file, steps.get(base)?.edited(from, to) ?? ""]);
  const files = Object.assign(Object.fromEntries(edited), ...[...steps.values()].map((of) => of.files));
  const found = await tsc(dir, files, {
    noPropertyAccessFromIndexSignature: false,
    noUncheckedIndexedAccess: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
  });
  // A table that is not there has no types to give to callbacks: TypeScript says so of each parameter.
  const told = found.filter(({ code }) => !["TS7006", "TS7031"].includes(code));
  errors = Map.groupBy(told, ({ file }) => file);
});
afterAll(() => removeDir(dir));

test.each(Object.keys(bases))("%s is right", async (base) => {
  expect(errors.get(`${base}.ts`)).toBe(undefined);
  const made = (await import(join(dir, `${base}.ts`))) as Readonly<Record<string, AnyPipeline>>;
  expect(analyze(made[base] as AnyPipeline)).toEqual([]);
});

test("each is an edit of one place", () => {
  expect(all.filter(({ base, from }) => bases[base]?.split(from).length !== 2).map(({ what }) => what)).toEqual([]);
  expect(all.length).toBeGreaterThanOrEqual(570);
});

test("tsc finds what it is said to find, in as many errors", () => {
  const counts = all.map(({ what, file }) => `${what}: ${errors.get(file)?.length ?? 0}`);
  const wanted = all.map(({ what, verdict }) => {
    const [, several] = /^tsc(\d?)/.exec(verdict) ?? [];
    return `${what}: ${several === undefined ? 0 : several || 1}`;
  });
  expect(counts).toEqual(wanted);
  const found = [...errors.values()].map((some) => some.length);
  expect(found.reduce((sum, count) => sum + count, 0) / found.length).toBeLessThanOrEqual(1.2);
  expect(Math.max(...found)).toBeLessThanOrEqual(3);
});

const codesOf = teller();

test("plain JavaScript and manifests are told the codes, or there is a reason why not", {
  timeout: 90_000,
}, async () => {
  const told: string[] = [];
  for (const { what, file, base } of all) {
    const make = async () => ((await import(join(dir, file))) as Readonly<Record<string, AnyPipeline>>)[base];
    told.push(`${what}: ${await codesOf(make)}`);
  }
  const wanted = all.map(({ what, verdict }) => {
    const codes = verdict in because ? "" : verdict.replace(/^tsc\d? ?/, "");
    return `${what}: ${codes}`;
  });
  expect(told).toEqual(wanted);
});
