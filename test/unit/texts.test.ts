/**
 * Nasty texts at every place of a pipeline that takes one: each is refused when the pipeline is built, or it compiles,
 * and on DuckDB it runs.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import {
  type AnyPipeline,
  analyze,
  type CompileOptions,
  compile,
  fn,
  fromManifest,
  MedallionError,
  param,
  pipeline,
  source,
  t,
} from "medallion";
import { bundle } from "medallion/databricks";
import { run } from "medallion/run";
import { afterAll, expect, test } from "vitest";

const nasty = fc.oneof(
  fc.constantFrom(
    "\ud800",
    "a\udc00b",
    "\0",
    "\u001b[31m",
    "\n",
    "\r\n",
    "\u2028",
    "a\u2029b",
    "\u0085",
    "\t",
    "'",
    "''",
    '"',
    "`",
    "\\",
    "\\'",
    "\\0012",
    "\u00001",
    "/* */",
    "-- x",
    "; DROP TABLE x; --",
    "$$",
    "$" + "{x}",
    "{pattern}",
    "$1",
    "*/",
    "é😀",
    "\uFEFFx",
    "constructor",
    "__proto__",
    "%_!",
    "x".repeat(300),
    "😀".repeat(100),
    "select",
    "Rowid",
    "..",
    "a.b",
    " a ",
    "CON",
    "null",
  ),
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.string({ unit: fc.constantFrom("'", "\\", '"', "\n", "\0", "\u2028", "$", "{", "}", "a", "1"), maxLength: 8 }),
);

// biome-ignore lint/suspicious/noExplicitAny: columns that are named at run time have no types
type Untyped = any;

const columns = { id: t.bigint(), name: t.string().nullable() };
const bronze = (more: object = {}, options: object = {}) =>
  pipeline("p").bronze({ raw: source.csv("data/*.csv", { ...columns, ...more }, options) });
const silver = (make: (raw: Untyped) => Untyped): AnyPipeline => bronze().silver(($) => ({ s: make($.raw) }));
const ofJson = (more: object) => pipeline("p").bronze({ raw: source.json("none/*.json", { id: t.bigint(), ...more }) });
const id = (c: Untyped) => c.id;
const derived = (make: (name: Untyped) => Untyped) =>
  silver((raw) => raw.derive((c: Untyped) => ({ x: make(c.name) })));

/** Every place that takes a text, as a pipeline with that text there. A new one belongs here. */
const PLACES: Readonly<Record<string, (text: string) => AnyPipeline>> = {
  "pipeline name": (s) => pipeline(s).bronze({ raw: source.csv("data/*.csv", columns) }),
  "table name": (s) => pipeline("p").bronze({ [s]: source.csv("data/*.csv", columns) }),
  "declared column": (s) => bronze({ [`c${s}`]: t.string().nullable() }),
  "declared column of JSON": (s) => ofJson({ [s]: t.string().nullable() }),
  "field of a type of JSON": (s) => ofJson({ f: t.struct({ [s]: t.string() }).nullable() }),
  "field of a type": (s) => bronze({ f: t.struct({ [`f${s}`]: t.string() }).nullable() }),
  "column comment": (s) => bronze({ c: t.string().nullable().comment(s) }),
  label: (s) => bronze({ c: t.string().nullable().pii(s) }),
  "value of an enum": (s) => bronze({ c: t.enum([s, "other"] as Untyped).nullable() }),
  "what is identified": (s) => bronze({ c: t.bigint().id(s).nullable() }),
  unit: (s) => bronze({ c: t.bigint().unit(s).nullable() }),
  "selected column": (s) => silver((r) => r.select((c: Untyped) => ({ id: c.id, [`c${s}`]: c.name }))),
  "derived column": (s) => silver((r) => r.derive((c: Untyped) => ({ [`c${s}`]: c.name }))),
  "grouped column": (s) =>
    silver((r) => r.groupBy((c: Untyped) => ({ [`c${s}`]: c.name })).aggregate((c: Untyped) => ({ n: c.id.count() }))),
  "aggregated column": (s) => silver((r) => r.aggregate((c: Untyped) => ({ [`c${s}`]: c.id.count() }))),
  "joined column": (s) =>
    silver((r) =>
      r.join(
        r,
        (a: Untyped, b: Untyped) => a.id.eq(b.id),
        (a: Untyped, b: Untyped) => ({ id: a.id, [`c${s}`]: b.name }),
      ),
    ),
  "field of a struct": (s) => derived((name) => fn.struct({ [`f${s}`]: name })),
  expectation: (s) => silver((r) => r.expectOrQuarantine({ [s]: (c: Untyped) => c.id.gt(0) })),
  "expectation that fails": (s) => silver((r) => r.expectOrFail({ [s]: (c: Untyped) => c.id.gt(0) })),
  "expectation that drops": (s) => silver((r) => r.materialized().expectOrDrop({ [s]: (c: Untyped) => c.id.gt(1) })),
  "backfill name": (s) => silver((r) => r.backfill({ [s]: r.where((c: Untyped) => c.id.gt(0)) })),
  "flow of changes": (s) => {
    const changes = { key: id, sequenceBy: id };
    return bronze().scd1(($: Untyped) => ({
      s: $.raw.changes(changes).appendFlow({ [s]: $.raw.where((c: Untyped) => c.id.gt(0)).changes(changes) }),
    }));
  },
  "flow name": (s) => silver((r) => r.appendFlow({ [s]: r.where((c: Untyped) => c.id.gt(0)) })),
  "table comment": (s) => silver((r) => r.comment(s)),
  owner: (s) => silver((r) => r.owner(s)),
  "tag name": (s) => silver((r) => r.tags({ [s]: "x" })),
  "tag value": (s) => silver((r) => r.tags({ x: s })),
  "property name": (s) => silver((r) => r.properties({ [s]: "x" })),
  "property value": (s) => silver((r) => r.properties({ x: s })),
  mask: (s) => silver((r) => r.mask({ name: s })),
  "row filter": (s) => silver((r) => r.rowFilter(s, (c: Untyped) => c.id)),
  "refresh policy": (s) => silver((r) => r.materialized().refreshPolicy(s)),
  path: (s) => pipeline("p").bronze({ raw: source.csv(`none/${s}`, columns) }),
  "foreign table": (s) => pipeline("p").bronze({ raw: source.table(`main.${s}`, columns) }),
  delimiter: (s) => bronze({}, { delimiter: s }),
  "null value": (s) => bronze({}, { nullValues: [s] }),
  constant: (s) => derived((name) => fn.when(name.eq(s), s).otherwise("no")),
  "constant column": (s) => derived(() => fn.lit(s)),
  "what is null": (s) => derived((name) => name.nullIf(s).orElse(s)),
  salt: (s) => derived((name) => name.sha256(s)),
  "replacement of a pattern": (s) => derived((name) => name.regexpReplace("a", s)),
  "join of texts": (s) => derived((name) => name.split(",").joinText(s)),
  "part of a text": (s) => derived((name) => fn.concat(s, name)),
  "search and replacement": (s) => derived((name) => name.replace(s, s)),
  pattern: (s) => derived((name) => name.like(s)),
  "regular expression": (s) => derived((name) => name.matches(s)),
  "reason to declassify": (s) => derived((name) => name.declassify(s)),
  redaction: (s) => derived((name) => name.redact(s)),
  separator: (s) => derived((name) => name.split(s)),
  "parameter name": (s) => derived((name) => fn.concat(name, param.string(s, { default: "x" }))),
  "parameter default": (s) => derived((name) => fn.concat(name, param.string("p", { default: s }))),
};

const folder = mkdtempSync(path.join(tmpdir(), "medallion-texts-"));
mkdirSync(path.join(folder, "data"));
writeFileSync(path.join(folder, "data/a.csv"), "id,name\n1,a\n2,\n");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The texts that are accepted where `x` is not: every place has one, so that what is accepted is compiled and run. */
const PLAIN: Readonly<Record<string, string>> = { "refresh policy": "full" };

const runs = Number(process.env["MEDALLION_CASES"] ?? 2);
test.each(Object.keys(PLACES))("a nasty text as: %s", async (place) => {
  let compiledFiles = 0;
  await fc.assert(
    fc.asyncProperty(nasty, async (text) => {
      const built = build(place, text);
      if (built === undefined) return;
      // A parameter needs a value to run.
      fc.pre((place !== "path" && place !== "foreign table") || !/\$\{\w/.test(text));
      expect(analyze(built).filter((d) => d.severity === "error")).toEqual([]);
      const compiled = (["databricks", "spark", "duckdb"] as const).map((target) => files(built, target));
      compiledFiles += compiled.flat().length;
      const again = fromManifest(JSON.parse(JSON.stringify(built)));
      expect((["databricks", "spark", "duckdb"] as const).map((target) => files(again, target)).map(unplaced)).toEqual(
        compiled.map(unplaced),
      );
      for (const { path: file, contents } of compiled.flat()) {
        expect(file).toMatch(/^[\w./-]+$/);
        expect(contents.isWellFormed() && !contents.includes("\0")).toBe(true);
      }
      await using update = await run(built, { baseDir: folder });
      if (place === "foreign table") return;
      expect(update.tables.map((table) => table.reason)).toEqual(update.tables.map(() => undefined));
    }),
    { numRuns: runs + 1, examples: [[PLAIN[place] ?? "x"]] },
  );
  expect(compiledFiles).toBeGreaterThan(0);
});

/** The pipeline, or `undefined` where it is refused as it should be: with a code and a place. */
function build(place: string, text: string): AnyPipeline | undefined {
  try {
    return PLACES[place]?.(text);
  } catch (error) {
    if (!(error instanceof MedallionError)) throw error;
    expect(error.code).toMatch(/^[A-Z]+\d{3}$/);
    expect(error.location).toMatch(/texts\.test\.ts/);
    return undefined;
  }
}

/** What one target cannot express, it says. */
function files(built: AnyPipeline, target: "databricks" | "spark" | "duckdb") {
  try {
    return compile(built, { target }).files;
  } catch (error) {
    if (error instanceof MedallionError) return [];
    throw error;
  }
}

/** Without the lines that tell where a table was made, which a manifest does not know. */
const unplaced = (files: readonly { readonly path: string; readonly contents: string }[]) =>
  files.map(({ path: file, contents }) => [file, contents.replaceAll(/^.*made by .*\n/gm, "")]);

/** What says where tables go. */
const OPTIONS: Readonly<Record<string, (text: string) => CompileOptions>> = {
  "catalog of Databricks": (catalog) => ({ target: "databricks", catalog }),
  "schema of Databricks": (bronze) => ({ target: "databricks", schemas: { bronze } }),
  "base directory of Databricks": (s) => ({ target: "databricks", baseDir: `/Volumes/${s}` }),
  "catalog of Spark": (catalog) => ({ target: "spark", catalog }),
  "schema of Spark": (silver) => ({ target: "spark", schemas: { silver } }),
  "catalog of AUTO CDC": (catalog) => ({ target: "spark", autoCdc: { catalog } }),
  "base directory of Spark": (baseDir) => ({ target: "spark", baseDir }),
  storage: (storage) => ({ target: "spark", storage }),
  "value of a parameter": (p) => ({ target: "spark", params: { p } }),
  "value of a parameter on DuckDB": (p) => ({ target: "duckdb", params: { p } }),
};
const withParam: Untyped = derived((name) => fn.concat(name, param.string("p", { default: "x" })));
const wanting: AnyPipeline = withParam.scd1(($: Untyped) => ({
  l: $.raw.changes({ key: id, sequenceBy: id }),
}));

/** The files, or none where the text is refused with a code. */
function refusedOr<F>(files: () => readonly F[]): readonly F[] {
  try {
    return files();
  } catch (error) {
    if (!(error instanceof MedallionError)) throw error;
    expect(error.code).toMatch(/^(TEXT001|PARAM003|BUNDLE\d+)$/);
    return [];
  }
}

test.each(Object.keys(OPTIONS))("a nasty text as an option: %s", (option) => {
  const compiled = (text: string) => compile(wanting, OPTIONS[option]?.(text) as CompileOptions).files;
  expect(compiled("x").length).toBeGreaterThan(0);
  fc.assert(
    fc.property(nasty, (text) => {
      for (const { contents } of refusedOr(() => compiled(text)))
        expect(contents.isWellFormed() && !contents.includes("\0")).toBe(true);
    }),
    { numRuns: runs * 20 },
  );
});

test.each(["baseDir", "tempDirectory"])("a nasty text as a folder of an update: %s", async (option) => {
  const drawn = fc.asyncProperty(nasty, async (text) => {
    const wrong = !text.isWellFormed() || text.includes("\0");
    const ended = await run(bronze(), { baseDir: folder, [option]: path.join(folder, "none", text) }).then(
      async (update) => {
        await update.close();
        return update.tables.map((one) => one.reason);
      },
      (error: unknown) => (error instanceof MedallionError ? error.code : error),
    );
    expect(ended).toEqual(wrong ? "TEXT001" : [undefined]);
  });
  await fc.assert(drawn, { numRuns: runs + 3, examples: [["\0"], ["\ud800"]] });
});

test("a nasty text as a name of an environment", () => {
  const made = (text: string, name: string) =>
    bundle(wanting, {
      environments: {
        dev: { catalog: "c", ...(name === "eventLog" ? { eventLog: { name: text } } : { [name]: text }) },
      },
    }).files;
  fc.assert(
    fc.property(nasty, fc.constantFrom("name", "catalog", "schema", "eventLog"), (text, name) => {
      expect(made("x", name).length).toBeGreaterThan(0);
      for (const { contents } of refusedOr(() => made(text, name)))
        expect(contents.isWellFormed() && !contents.includes("\0")).toBe(true);
    }),
    { numRuns: runs * 20 },
  );
});

test("the schema of a layer that there is not", () => {
  const schemas = { sliver: "x" } as object;
  expect(() => compile(wanting, { target: "spark", schemas })).toThrow(/ARG001|has no option "sliver"/);
});

test("a constant with a line separator is the same in a nested query", async () => {
  const text = "a\u2028b\u2029c\nd\r\u0085";
  const p = bronze().silver(($) => ({
    s: $.raw
      .derive((c) => ({ x: fn.concat(text, c.id.cast(t.string())), y: fn.concat(text, "") }))
      .dedupe({ key: (c) => c.id, orderBy: (c) => c.id })
      .where((c) => c.x.startsWith(c.y).and(c.y.length().eq(9)))
      .expectOrQuarantine({ same: (c) => c.y.eq(text) }),
  }));
  await using update = await run(p, { baseDir: folder });
  expect(await update.query("SELECT DISTINCT y FROM silver.s")).toEqual([{ y: text }]);
});
