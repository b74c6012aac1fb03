/** A target from outside: compiled for as the built-in ones are, and tsc asks for everything that it has to say. */
import { compile, type MedallionError, pipeline, source, t } from "medallion";
import type { Feature, Support, TargetDefinition } from "medallion/plugin";
import { afterAll, beforeAll, expect, test } from "vitest";
import { removeDir, scratchDir, tscOutput } from "../types/tsc.ts";

const p = pipeline("toy")
  .bronze({ raw: source.json("raw/*.json", { id: t.bigint(), note: t.string() }) })
  .silver(($) => ({
    clean: $.raw
      .comment("clean rows")
      .owner("ada")
      .key((r) => r.id),
  }));

/** A page of Markdown with the tables and their columns. */
const markdown: TargetDefinition = {
  name: "markdown",
  title: "Markdown",
  files: ({ tables }, { layout }) => [
    {
      path: "tables.md",
      contents: tables
        .map((table) => `${layout ?? "table"} ${table.name}: ${table.columns.map((c) => c.name)}`)
        .join("\n"),
    },
  ],
  treatment: (feature: Feature): Support =>
    feature === "comment"
      ? { does: "native", how: "a paragraph" }
      : { does: "ignored", how: "a page only tells", help: "compile for an engine" },
  notes: () => (table) => [
    { code: "TARGET003", severity: "info", message: `${table.name} is told`, table: table.name },
  ],
};

test("compile() takes a target that is not built in, with its options, treatments and notes", () => {
  const { files, diagnostics } = compile(p, { target: markdown, layout: "layer" });
  expect(files).toEqual([{ path: "tables.md", contents: "layer raw: id,note\nlayer clean: id,note" }]);
  expect(diagnostics.map((d) => `${d.code} ${d.message}`)).toEqual([
    "TARGET003 raw is told",
    "TARGET004 silver.clean: key() of id is left out: a page only tells",
    "TARGET004 silver.clean: owner() is left out: a page only tells",
    "TARGET003 clean is told",
  ]);
});

test("what it refuses is not compiled", () => {
  const strict: TargetDefinition = {
    ...markdown,
    treatment: () => ({ does: "refused", how: "a page holds nothing", help: "leave it out" }),
  };
  expect(() => compile(p, { target: strict })).toThrow(
    expect.objectContaining<Partial<MedallionError>>({ code: "TARGET005", help: "leave it out" }),
  );
});

let dir: string;
beforeAll(async () => {
  dir = await scratchDir();
});
afterAll(() => removeDir(dir));

test("tsc names the treatment that a target lacks, and the part of the contract that is left out", async () => {
  const output = await tscOutput(dir, {
    "toy.ts": `import type { Feature, Support, TargetDefinition } from "medallion/plugin";
const native: Support = { does: "native", how: "as it is" };
export const TREATMENTS = { key: native } as const satisfies Readonly<Partial<Record<Feature, Support>>>;
export const total: Readonly<Record<Feature, Support>> = TREATMENTS;
export const target: TargetDefinition = { name: "toy", title: "Toy", treatment: () => native };
`,
    "builtin.ts": `import { duckdb } from "../../../../src/targets/duckdb/index.ts";
import type { ListedTarget } from "../../../../src/targets/target.ts";
const { configured: _, ...parts } = duckdb;
export const listed: ListedTarget = parts;
`,
  });
  expect(output).toMatch(
    /toy\.ts\(4,14\): error TS2740: .* missing the following properties from type .*: appendFlow, /,
  );
  expect(output).toMatch(/builtin\.ts\(4,14\): error TS2741: Property 'configured' is missing/);
  expect(output).toMatch(/toy\.ts\(5,14\): error TS2741: Property 'files' is missing/);
});
