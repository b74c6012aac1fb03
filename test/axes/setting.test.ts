/** Settings from outside: given to tables, treated by targets, planned, lost and read as the built-in ones are. */

import fc from "fast-check";
import { analyze, compile, fromManifest, pipeline, source, t } from "medallion";
import { defineSetting, type Plugin, type TargetDefinition } from "medallion/plugin";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ids, place } from "../e2e/place.ts";
import { withoutPlaces } from "../places.ts";
import { removeDir, scratchDir, tsc } from "../types/tsc.ts";

const kept = { does: "ignored", how: "a local file keeps its rows", help: "it is for the cluster" } as const;

const retention = defineSetting({
  name: "acme.retention",
  expects: "{ days }, a number of days",
  accepts: (value): value is { readonly days: number } =>
    typeof value === "object" && value !== null && "days" in value && typeof value.days === "number",
  decides: "nothing",
  treatments: {
    databricks: {
      does: "native",
      how: "TBLPROPERTIES acme.retention",
      properties: ({ days }) => ({ "acme.retention": `${days} days` }),
    },
    spark: {
      does: "emulated",
      how: "TBLPROPERTIES acme.days, which a job reads",
      properties: ({ days }) => ({ "acme.days": String(days) }),
    },
    duckdb: kept,
  },
});

/** Counted up to have the rows made again. */
const edition = defineSetting({
  name: "acme.edition",
  expects: "a number",
  accepts: (value) => typeof value === "number",
  decides: "rows",
  treatments: { databricks: kept, spark: kept, duckdb: { does: "native", how: "the table is rebuilt" } },
});

const acme: Plugin = { name: "acme", settings: [retention, edition] };

const raw = source.json("in/*.json", { id: t.int() });
const keeping = (days: number) =>
  pipeline("toy").bronze({ raw: raw.set(retention, { days }).comment("as it came").set(edition, 1) });
const text = (files: readonly { readonly contents: string }[]) => files.map((file) => file.contents).join("\n");

test("each target does with it what its treatment states", () => {
  const p = keeping(30);
  expect(analyze(p)).toEqual([]);
  const databricks = compile(p, { target: "databricks", baseDir: "/Volumes/a/b/c" });
  expect(text(databricks.files)).toContain("TBLPROPERTIES ('acme.retention' = '30 days')");
  expect(databricks.diagnostics.map((d) => `${d.code} ${d.clause}`)).toEqual(["TARGET004 set(acme.edition)"]);
  const spark = compile(p, { target: "spark" });
  expect(text(spark.files)).toContain("TBLPROPERTIES ('acme.days' = '30')");
  expect(spark.diagnostics.map((d) => d.message)).toContain(
    "bronze.raw: set(acme.retention) becomes: TBLPROPERTIES acme.days, which a job reads",
  );
  expect(compile(p, { target: "duckdb" }).diagnostics.map((d) => d.message)).toContain(
    "bronze.raw: set(acme.retention) is left out: a local file keeps its rows",
  );
});

test("a target that is not built in has to be in its treatments", () => {
  const names: TargetDefinition = {
    name: "names",
    title: "Names",
    files: () => [],
    treatment: () => ({ does: "ignored", how: "only names", help: "compile for an engine" }),
  };
  const shown = defineSetting({
    ...retention,
    name: "acme.shown",
    treatments: { databricks: kept, spark: kept, duckdb: kept, names: { ...kept, how: "names alone" } },
  });
  expect(
    compile(pipeline("toy").bronze({ raw: raw.set(shown, { days: 1 }) }), { target: names }).diagnostics[0]?.message,
  ).toBe("bronze.raw: set(acme.shown) is left out: names alone");
  expect(() => compile(keeping(30), { target: names })).toThrow(
    expect.objectContaining({
      code: "TARGET005",
      message: expect.stringContaining(
        "bronze.raw: set(acme.retention) cannot be compiled: it has no treatment for the target names\nand 1 more:",
      ),
    }),
  );
});

test("change targets have it as well, and where it would be lost it is named", () => {
  const changes = pipeline("toy")
    .bronze({ raw: source.json("in/*.json", { id: t.bigint(), at: t.timestamp() }) })
    .scd1(($) => ({
      last: $.raw.changes({ key: (c) => c.id, sequenceBy: (c) => c.at }).set(retention, { days: 7 }),
    }));
  expect(text(compile(changes, { target: "databricks" }).files)).toContain("('acme.retention' = '7 days')");
  expect(() =>
    pipeline("toy")
      .bronze({ raw })
      // @ts-expect-error settings come last
      .silver(($) => ({ clean: $.raw.set(retention, { days: 7 }).where((c) => c.id.gt(0)) })),
  ).toThrow("a further query step would lose what was set for a table: set(acme.retention)");
});

test("a changed value is applied in place, or planned where it decides rows", async () => {
  const here = await place();
  await here.write("in/1.json", ids(1, 2));
  await here.run(keeping(30));
  expect((await here.run(keeping(60))).planned).toEqual(["raw:settings"]);
  expect((await here.run(keeping(60))).planned).toEqual([]);
  const again = await here.run(pipeline("toy").bronze({ raw: raw.set(retention, { days: 60 }).set(edition, 2) }));
  expect(again.planned).toEqual(["raw:rebuild"]);
  expect(await here.rows("SELECT id FROM bronze.raw ORDER BY id")).toEqual(["1", "2"]);
});

test("a manifest is bound to the plugin again, and names it where it is missing", () => {
  const p = keeping(30);
  const json: unknown = JSON.parse(JSON.stringify(p));
  const same = fromManifest(json, { plugins: [acme] });
  expect(JSON.stringify(same)).toBe(JSON.stringify(p));
  for (const target of ["databricks", "spark", "duckdb"] as const) {
    expect(withoutPlaces(compile(same, { target }))).toEqual(withoutPlaces(compile(p, { target })));
  }
  const missing = {
    code: "MAN006",
    message: expect.stringContaining('extensions["acme.retention"] names the setting "acme.retention" of a plugin'),
    help: "give fromManifest() the plugin: { plugins: [acme] }",
  };
  expect(() => fromManifest(json)).toThrow(expect.objectContaining(missing));
  const forged: unknown = JSON.parse(JSON.stringify(p).replace('{"days":30}', '{"days":"x"}'));
  expect(() => fromManifest(forged, { plugins: [acme] })).toThrow(
    'set(acme.retention): {"days":"x"} is not { days }, a number of days (SET006)',
  );
});

test("any JSON is kept as it is, in the table and through the manifest", () => {
  const anything = defineSetting({
    name: "acme.any",
    expects: "JSON",
    accepts: (value): value is NonNullable<unknown> | null => value !== undefined,
    decides: "nothing",
    treatments: { databricks: kept, spark: kept, duckdb: kept },
  });
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const p = pipeline("toy").bronze({ raw: raw.set(anything, value) });
      const json = JSON.stringify(p);
      expect(JSON.stringify(p.toNode().tables[0]?.settings.extensions["acme.any"]?.value)).toBe(JSON.stringify(value));
      const same = fromManifest(JSON.parse(json), { plugins: [{ name: "acme", settings: [anything] }] });
      expect(JSON.stringify(same)).toBe(json);
    }),
    {
      seed: Number(process.env["MEDALLION_SEED"] ?? 1),
      numRuns: Number(process.env["MEDALLION_CASES"] ?? 100),
    },
  );
});

test("names, values and definitions are checked for callers without types", () => {
  expect(() =>
    defineSetting({ ...retention, treatments: { databricks: kept, spark: kept, duckdb: kept }, name: "retention" }),
  ).toThrow(expect.objectContaining({ code: "SET005" }));
  // @ts-expect-error a copy is no definition that was checked
  expect(() => raw.set({ name: "acme.retention" }, { days: 1 })).toThrow(expect.objectContaining({ code: "SET005" }));
  // @ts-expect-error
  expect(() => raw.set(retention, { days: "1" })).toThrow(expect.objectContaining({ code: "SET006" }));
});

test("a value that JSON cannot hold is refused, however deep it goes", () => {
  const anything = defineSetting<unknown>({
    name: "acme.anything",
    expects: "JSON",
    accepts: (_): _ is unknown => true,
    decides: "nothing",
    treatments: { databricks: kept, spark: kept, duckdb: kept },
  });
  const endless: unknown[] = [];
  endless.push(endless);
  const deep = Array.from({ length: 20_000 }).reduce<unknown>((inner) => [inner], 1);
  for (const value of [endless, deep, () => 1, new Date(0), Number.NaN, undefined, { a: [undefined] }]) {
    expect(() => raw.set(anything, value)).toThrow(expect.objectContaining({ code: "SET006" }));
  }
});

let dir: string;
beforeAll(async () => {
  dir = await scratchDir();
});
afterAll(() => removeDir(dir));

test("tsc names the piece that is left out: of a setting from outside, and of one that is built in", async () => {
  const src = "../../../../src";
  const errors = await tsc(dir, {
    "outside.ts": `import { source, t } from "medallion"; import { defineSetting } from "medallion/plugin";
const treatment = { does: "ignored", how: "", help: "" } as const;
const accepts = (value: unknown): value is number => typeof value === "number";
const parts = { name: "a.b", expects: "a number", accepts, decides: "nothing" } as const;
export const one = defineSetting({ ...parts, treatments: { databricks: treatment, spark: treatment, duckdb: treatment } });
export const raw = source.json("*.json", { id: t.int() }).set(one, "1");
export const two = defineSetting({ ...parts, treatments: { databricks: treatment, spark: treatment } });
`,
    "builtin.ts": `import type { Setting } from "${src}/settings/setting.ts";
import { comment } from "${src}/settings/comment.ts";
import { SETTINGS } from "${src}/settings/settings.ts";
import type { Context } from "${src}/targets/databricks/context.ts";
import { TREATMENTS } from "${src}/targets/databricks/treatments.ts";
import type { Cells } from "${src}/targets/writes.ts";
const { decides: _d, ...undecided } = comment;
export const a = undecided satisfies Setting<string, undefined>;
const { comment: _c, ...cells } = TREATMENTS;
export const b = cells satisfies Cells<Context>;
export const c = { ...TREATMENTS, mask: { ...TREATMENTS.mask, writes: (names: number) => ({ layout: String(names) }) } } satisfies Cells<Context>;
export const d: keyof typeof SETTINGS = "retention";
`,
  });
  expect(errors.map(({ file, line, text: says }) => `${file}:${line} ${says.split("\n").at(-1)?.trim()}`)).toEqual([
    expect.stringMatching(/^builtin\.ts:8 .*'decides' is missing/),
    expect.stringMatching(/^builtin\.ts:10 .*'comment' is missing/),
    expect.stringMatching(/^builtin\.ts:11 Type 'MaskNode' is not assignable to type 'number'/),
    expect.stringMatching(/^builtin\.ts:12 Type '"retention"' is not assignable/),
    expect.stringMatching(
      /^outside\.ts:6 Argument of type '"?string"?' is not assignable to parameter of type 'number'/,
    ),
    expect.stringMatching(/^outside\.ts:7 .*'duckdb' is missing/),
  ]);
});
