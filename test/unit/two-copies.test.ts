/** Two copies of the package in one process, such as the project's own under a command that is installed elsewhere. */
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as here from "medallion";
import { run } from "medallion/run";
import { duckdb } from "medallion/targets";
import { afterAll, describe, expect, test } from "vitest";
import { parts } from "../axes/key-value.ts";

/** In the project, where the packages that it imports are found. */
const COPY = path.resolve(import.meta.dirname, "../../temp/two-copies");
await cp(path.resolve(import.meta.dirname, "../../src"), path.join(COPY, "src"), { recursive: true });
const there: typeof here = await import(path.join(COPY, "src/index.ts"));
const plugin: typeof import("medallion/plugin") = await import(path.join(COPY, "src/plugin/index.ts"));
afterAll(() => rm(COPY, { recursive: true }));

const { source, t, fn, param } = there;
const format = plugin.defineFormat(parts);
const cube = plugin.defineFunction({
  name: "acme.cube",
  args: [t.bigint()],
  returns: t.bigint(),
  sql: "power($1, 3)",
  duckdb: plugin.SAME,
});
const treatment = { does: "ignored", how: "nothing", help: "leave it" } as const;
const edition = plugin.defineSetting({
  name: "acme.edition",
  expects: "a number",
  accepts: (value) => typeof value === "number",
  decides: "nothing",
  treatments: { databricks: treatment, spark: treatment, duckdb: treatment },
});
const other = there
  .pipeline("shop")
  .bronze({ raw: source.json("raw/*.json", { id: t.bigint(), name: t.string() }) })
  .silver(($) => ({ named: $.raw.derive((r) => ({ upper: fn.concat(r.name.upper(), "!") })).set(edition, 1) }));
const json = (p: unknown): unknown => JSON.parse(JSON.stringify(p));

const mine = here
  .pipeline("mine")
  .bronze({ raw: here.source.json("x.json", { id: here.t.bigint(), name: here.t.string() }) });
const { raw } = mine.tables;
const foreign = other.tables.raw;
const two = fn.lit(2n);

const help = expect.stringMatching(/two-copies and .* are loaded: install one copy \(npm ls medallion/);
const message = (what: string) => `${what} of another copy of medallion cannot be used with this one`;
const refused = (what: string) =>
  expect.objectContaining({ name: "DefinitionError", code: "COPY001", message: message(what), help });

const HERE = /two-copies\.test\.ts:\d+/;

test("is another one", () => {
  expect(there.pipeline).not.toBe(here.pipeline);
});

describe("what the other copy made is refused for what it is, where it is given", () => {
  const expression: Readonly<Record<string, () => unknown>> = {
    "a condition": () => raw.where(() => two.gt(1n)),
    "a column": () => raw.derive(() => ({ two })),
    "the whole answer": () => raw.select(() => two as never),
    "an argument": () => raw.derive((r) => ({ more: r.id.plus(two) })),
    "an argument of a function": () => raw.derive((r) => ({ more: here.fn.coalesce(r.id, two) })),
    "a constant": () => here.fn.lit(two as never),
    "an aggregate": () => raw.aggregate(() => ({ rows: fn.countRows() })),
    "an order": () => raw.orderBy(() => two.desc()).limit(1),
    "a key": () => raw.key(() => two),
    "a rule": () => raw.expect({ known: () => two.isNotNull() }),
    "a parameter": () => raw.where((r) => r.name.eq(param.string("name"))),
    "a path": () => here.source.json(param.string("path") as never, { id: here.t.bigint() }),
  };
  test.each(Object.entries(expression))("an expression as %s", (_, build) => {
    expect(build).toThrow(refused("an expression"));
    expect(build).toThrow(expect.objectContaining({ location: expect.stringMatching(HERE) }));
  });

  test("an expression of this one by the other", () => {
    const build = () => raw.derive((r) => ({ cubed: cube(r.id) }));
    expect(build).toThrow(expect.objectContaining({ code: "COPY001", location: expect.stringMatching(HERE) }));
  });

  const table: Readonly<Record<string, () => unknown>> = {
    "a table": () => here.pipeline("p").bronze({ foreign }),
    "a side of a join": () => raw.semiJoin(foreign, (a, b) => a.id.eq(b.id)),
    "a side of a union": () => raw.union(foreign),
    "what a key refers to": () => raw.references(foreign as never, ((r: { id: unknown }) => r.id) as never),
    changes: () => mine.scd1(() => ({ foreign: foreign.changes({ key: (r) => r.id, sequenceBy: (r) => r.id }) })),
    "a flow": () => {
      const changes = raw.changes({ key: (r) => r.id, sequenceBy: (r) => r.id });
      return changes.appendFlow({ more: foreign.changes({ key: (r) => r.id, sequenceBy: (r) => r.id }) });
    },
    "a column": () => raw.derive(() => ({ foreign: foreign as never })),
  };
  test.each(Object.entries(table))("a table as %s", (_, build) => {
    expect(build).toThrow(refused("a table"));
  });

  test("a secret, a pipeline, and the parts of a plugin", () => {
    const salt = param.secret("salt", { scope: "s" });
    expect(() => raw.derive((r) => ({ hash: r.name.sha256(salt) }))).toThrow(refused("a secret"));
    expect(() => mine.include(other as never)).toThrow(refused("a pipeline"));
    expect(() => raw.set(edition, 1)).toThrow(refused("the setting acme.edition"));
    expect(() => here.source.of(format)).toThrow(refused("the format toy.key_value"));
  });

  test("the parts of a plugin that a manifest names", () => {
    const read = (p: unknown) => () =>
      here.fromManifest(json(p), {
        plugins: [
          { name: "acme", functions: [cube], settings: [edition] },
          { name: "toy", formats: [format] },
        ],
      });
    expect(read(other)).toThrow(refused("the setting acme.edition"));
    const empty = there.pipeline("p");
    expect(read(empty.bronze({ raw: source.of(format)("x", { id: t.bigint() }, { nulls: [] }) }))).toThrow(
      refused("the format toy.key_value"),
    );
    const cubed = empty.bronze({ raw: source.json("x", { id: t.bigint() }).derive((r) => ({ c: cube(r.id) })) });
    expect(read(cubed)).toThrow(refused("the function acme.cube"));
  });
});

describe("a pipeline of the other copy", () => {
  const error = { code: "COPY001", message: message("the format json"), location: expect.stringMatching(HERE) };

  test("is data: it is analyzed, and its manifest is read", () => {
    expect(here.analyze(other)).toEqual(there.analyze(other));
    const plain = there.pipeline("p").bronze({ raw: source.json("x", { id: t.bigint() }) });
    expect(json(here.fromManifest(json(plain)))).toEqual(json(plain));
  });

  test("is refused where its formats are asked for", async () => {
    expect(() => here.compile(other, { target: "databricks" })).toThrow(expect.objectContaining(error));
    const baseDir = await mkdtemp(path.join(tmpdir(), "two-copies-"));
    await mkdir(path.join(baseDir, "raw"));
    await writeFile(path.join(baseDir, "raw/1.json"), '{"id":1,"name":"a"}\n');
    const { status, tables } = await run(other, { warehouse: ":memory:", baseDir });
    expect(status).toBe("failed");
    expect(tables[0]?.error).toMatchObject({ code: "COPY001", help });
    await rm(baseDir, { recursive: true });
  });

  test("is refused in the same words by a target of this copy that the other is given", () => {
    expect(() => there.compile(other, { target: duckdb })).toThrow(
      expect.objectContaining({ code: "COPY001", help: expect.stringMatching(/npm ls medallion/) }),
    );
  });
});

test("types are plain: a column declared by the other copy is one of this", () => {
  const [theirs, ours] = [t, here.t].map((types) => {
    const p = here.pipeline("p").bronze({ raw: here.source.json("x.json", { id: types.decimal(10, 2) }) });
    return here.compile(p, { target: "duckdb" }).files;
  });
  expect(theirs).toEqual(ours);
});
