/** Queries over ten pipelines unlike each other: mistakes are found by what is said to find them, and right ones by nothing; those run. */
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AnyPipeline, analyze, fromManifest } from "medallion";
import { run } from "medallion/run";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { removeDir, scratchDir, type TscError, tsc } from "../tsc.ts";
import { clinicQueries } from "./clinic-queries.ts";
import { data } from "./data.ts";
import * as marketData from "./market-data.ts";
import * as markets from "./market-queries.ts";
import { right } from "./right.ts";
import { teller } from "./told.ts";
import { crewQueries, foodQueries } from "./travel-queries.ts";
import { because, wrong } from "./wrong.ts";

const BASES = ["plant", "claims", "ads", "telco", "lab", "grid", "yard", "clinic", "crew", "food"] as const;
type Base = (typeof BASES)[number];

interface Asked {
  readonly base: Base;
  /** How many rows there are, of a right query. */
  readonly rows?: number;
  readonly verdict: string;
  readonly layer: string;
  readonly what: string;
  readonly query: string;
}

function asked(base: Base, line: string): Asked {
  const [first = "", layer = "", what = "", ...query] = line.split(" | ");
  const rows = /^\d+$/.test(first) ? { rows: Number(first) } : {};
  return { base, ...rows, verdict: "rows" in rows ? "right" : first, layer, what, query: query.join(" | ") };
}

const lines = (text: string) => text.split("\n").filter((line) => line !== "");
const texts = {
  wrong: { ...wrong, ...markets.wrong, clinic: clinicQueries, crew: crewQueries, food: foodQueries },
  right: { ...right, ...markets.right, clinic: "", crew: "", food: "" },
};
const all = BASES.flatMap((base) =>
  [...lines(texts.wrong[base]), ...lines(texts.right[base])].map((line) => asked(base, line)),
);
const of = (base: Base) => all.filter((one) => one.base === base);

/** A query a line, from the first line on. */
const moduleOf = (base: Base): string => {
  const made = of(base).map(({ layer, query }) => `() => ${base}.${layer}(($) => ({ made: ${query} })),`);
  const doors = `import { fn, param, source, sql, t } from "medallion"; import { ${base} } from "./${base}.ts";`;
  return `${doors} export const doors = [fn, param, source, sql, t]; export const queries = [${made.join("\n")}\n];\n`;
};

type Query = () => AnyPipeline;
let dir: string;
let errors: ReadonlyMap<string, readonly TscError[]>;
const queries = new Map<Base, readonly Query[]>();

beforeAll(async () => {
  dir = await scratchDir();
  for (const base of BASES) await copyFile(join(import.meta.dirname, `${base}.ts`), join(dir, `${base}.ts`));
  const files = Object.fromEntries(BASES.map((base) => [`of_${base}.ts`, moduleOf(base)]));
  // A name that is not used is no mistake of the query.
  const found = await tsc(dir, files, { noPropertyAccessFromIndexSignature: false, noUnusedParameters: false });
  const told = found.filter(({ code }) => code !== "TS6133");
  errors = Map.groupBy(told, ({ file, line }) => `${file}:${line}`);
  for (const base of BASES) {
    const { queries: made } = (await import(join(dir, `of_${base}.ts`))) as { readonly queries: readonly Query[] };
    queries.set(base, made);
  }
});
afterAll(() => removeDir(dir));

const errorsOf = (one: Asked) => errors.get(`of_${one.base}.ts:${of(one.base).indexOf(one) + 1}`) ?? [];
const make = (one: Asked) => queries.get(one.base)?.[of(one.base).indexOf(one)]?.();

const codesOf = teller();

test("there are many, each once", () => {
  expect(new Set(all.map(({ base, what }) => `${base} ${what}`)).size).toBe(all.length);
  expect(all.filter(({ rows }) => rows === undefined).length).toBeGreaterThanOrEqual(1150);
  expect(all.filter(({ rows }) => rows !== undefined).length).toBeGreaterThanOrEqual(220);
});

describe("tsc", () => {
  test("finds what it is said to find, and nothing else, in as many errors", () => {
    const counts = all.map((one) => `${one.base}: ${one.what}: ${errorsOf(one).length}`);
    const wanted = all.map(({ base, what, verdict }) => {
      const [, several] = /^tsc(\d?)/.exec(verdict) ?? [];
      return `${base}: ${what}: ${several === undefined ? 0 : several || 1}`;
    });
    expect(counts).toEqual(wanted);
  });

  test("one mistake is one error, which is a sentence of at most 300 characters", () => {
    const found = all.map(errorsOf).filter((some) => some.length > 0);
    expect(found.flat().length / found.length).toBeLessThanOrEqual(1.2);
    expect(Math.max(...found.map((some) => some.length))).toBeLessThanOrEqual(3);
    const first = found.map(([error]) => (error?.text.split("\n")[0] ?? "").replace(/'[^']*[{<][^']*'/g, shown));
    expect(first.filter((text) => text.length > 300)).toEqual([]);
    // The sentence of what is refused is there once.
    const refused = found
      .map(([error]) => error?.text.split("\n")[0] ?? "")
      .filter((text) => text.includes("Refused<"));
    expect(refused.filter((text) => text.length > 300 || (text.match(/Refused<|Problem</g) ?? []).length > 1)).toEqual(
      [],
    );
    expect(refused.length).toBeGreaterThan(90);
    // What may not be called gives what no step accepts, so that the sentence stands first.
    // But streaming(), whose chain may begin on another line, and what was never a function.
    const callable = found.filter(([error]) => error?.text.startsWith("This expression is not callable"));
    expect(callable.filter(([error]) => !/leave out streaming\(\)|Readonly<\{ string/.test(error?.text ?? ""))).toEqual(
      [],
    );
  });
});

/** TypeScript writes types out, each cut on its own: the sentence is what stands in a `Problem`. */
const shown = (type: string): string => /(?:Problem|Refused)<"(?:[^"\\]|\\.)*">/.exec(type)?.[0] ?? "…";

test("plain JavaScript and manifests are told the codes, or there is a reason why not", async () => {
  const mistakes = all.filter(({ rows }) => rows === undefined);
  const told: string[] = [];
  for (const one of mistakes) told.push(`${one.base}: ${one.what}: ${await codesOf(() => make(one))}`);
  const wanted = mistakes.map(({ base, what, verdict }) => {
    const codes = verdict in because ? "" : verdict.replace(/^tsc\d? ?/, "");
    return `${base}: ${what}: ${codes.split(",").sort().join()}`;
  });
  expect(told).toEqual(wanted);
});

const RUN = ["plant", "claims", "ads", "telco", "lab", "grid", "yard"] as const;

test.each(RUN)("%s runs, and what is unusual gives its rows", { timeout: 120_000 }, async (base) => {
  const runs = of(base).filter(({ rows }) => rows !== undefined);
  const steps = runs.map(({ layer, query }, i) => `.${layer}(($) => ({ q${i}: ${query} }))`);
  const doors = `import { fn, param, source, sql, t } from "medallion"; import { ${base} } from "./${base}.ts";`;
  await writeFile(join(dir, `runs_${base}.ts`), `${doors} export default ${base}${steps.join("")};`);
  const { default: pipeline } = (await import(join(dir, `runs_${base}.ts`))) as { readonly default: AnyPipeline };
  expect(analyze(pipeline)).toEqual([]);
  expect(analyze(fromManifest(JSON.parse(JSON.stringify(pipeline))))).toEqual([]);
  const params = base === "plant" ? {} : base === "ads" ? { pepper: "p" } : { salt: "s" };
  const inputs = { ...data, ...marketData }[base];
  await using update = await run(pipeline, { inputs: inputs as never, params });
  expect(update.tables.flatMap(({ error }) => error ?? [])).toEqual([]);
  const written = new Map(update.tables.map(({ name, rowsWritten }) => [name, rowsWritten]));
  expect(runs.map(({ what }, i) => `${what}: ${written.get(`q${i}`)}`)).toEqual(
    runs.map(({ what, rows }) => `${what}: ${rows}`),
  );
});
