/** Everything that a target refuses is reported at once; what is refused first is the error of `compile()`. */
import { compile, fn, MedallionError, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";
import { compileAll } from "../../src/targets/compile.ts";
import { embeddedRefusals } from "../../src/targets/duckdb/refusals.ts";

const raw = pipeline("p").bronze({
  old: source.csv("old/*.csv", { id: t.int(), x: t.double() }, { encoding: "windows-1252" }),
  more: source.json("more/*.json", { id: t.int(), x: t.double(), d: t.decimal(30, 2) }),
});
const p = raw.silver(($) => ({
  texts: $.more.select((r) => ({ one: r.x.cast(t.string()), two: r.x.plus(1).cast(t.string()), id: r.id })),
  joined: $.more.join(
    $.old,
    (m, o) => m.id.eq(o.id).and(m.x.cast(t.string()).eq("1")),
    (m, o) => ({
      id: m.id,
      first: fn.rowNumber().over({ orderBy: m.x.max().over({ partitionBy: o.x }) }),
      second: fn.rowNumber().over({ orderBy: o.x.max().over({ partitionBy: m.x }) }),
    }),
  ),
}));

const codes = (found: readonly { readonly code: string; readonly table?: string | undefined }[]) =>
  found.map((d) => d.code);

test("every expression, window, file and setting that a target refuses", () => {
  const duckdb = compileAll(p, { target: "duckdb" }).refusals;
  expect(codes(duckdb)).toEqual(["TARGET005", "TARGET005", "TARGET001", "TARGET001", "TARGET001", "WIN003", "WIN003"]);
  expect(new Set(duckdb.map((d) => d.location)).size).toBe(duckdb.length);
  expect(codes(compileAll(p, { target: "spark" }).refusals)).toEqual(["TARGET005", "WIN003", "WIN003"]);
  expect(codes(compileAll(p, { target: "databricks" }).refusals)).toEqual(["WIN003", "WIN003"]);
  // The embedded engine decodes files, and reads all digits.
  expect(codes(embeddedRefusals(p.toNode()))).toEqual(["TARGET001", "TARGET001", "TARGET001", "WIN003", "WIN003"]);
  expect(codes(compileAll(raw, { target: "databricks" }).refusals)).toEqual([]);
});

test("every file, column and name of one table", () => {
  const file = (path: string, columns = { id: t.int() }) => source.json(path, columns);
  const deep = pipeline("p").bronze({
    found: file("a/**/x/*.json").appendFlow({ more: file("b/**/x/*.json"), fine: file("c/**/*.json") }),
    named: source.json("d/*.json", { "${a}": t.int(), "${b}": t.int() }),
    late: source.csv("e/*.csv", { id: t.int() }, { encoding: "windows-1252", onChange: "fail" }),
  });
  const { refusals } = compileAll(deep, { target: "spark" });
  expect(refusals.map((d) => [d.code, d.column, /"[a-e]\/[^"]*"/.exec(d.message)?.[0]])).toEqual([
    ["TARGET005", undefined, undefined],
    ["TARGET005", undefined, undefined],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the name of a column.
    ["TARGET006", "${a}", undefined],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the name of a column.
    ["TARGET006", "${b}", undefined],
    ["TARGET005", undefined, '"a/**/x/*.json"'],
    ["TARGET005", undefined, '"b/**/x/*.json"'],
  ]);
  expect(codes(compileAll(deep, { target: "databricks" }).refusals)).toEqual(["TARGET005", "TARGET005", "TARGET005"]);
  const digits = pipeline("p").bronze({
    raw: source.json("raw/*.json", { a: t.decimal(30, 2), b: t.decimal(38, 1), c: t.decimal(15, 1) }),
  });
  expect(compileAll(digits, { target: "duckdb" }).refusals.map((d) => [d.code, d.column])).toEqual([
    ["TARGET005", "a"],
    ["TARGET005", "b"],
  ]);
});

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test("compile() throws the first and lists the others", () => {
  const error = thrownBy(() => compile(p, { target: "spark" }));
  expect(error).toBeInstanceOf(MedallionError);
  expect(error).toMatchObject({ code: "TARGET005", table: "old" });
  expect(String(error)).toMatch(/windows-1252.*\nand 2 more:\n- WIN003: .*refusals.test.ts:\d+:\d+\)\n- WIN003: /);
});

test.each([
  [{ target: "duckdb", params: { typo: 1 } }, "PARAM003"],
  [{ target: "spark", params: { typo: 1 } }, "PARAM003"],
  [{ target: "databricks", params: new Map([["typo", 1]]) }, "ARG001"],
  [{ target: "databricks", baseDirr: "/Volumes/x" }, "ARG001"],
  [{}, "ARG001"],
  [undefined, "ARG001"],
  [{ target: "sprak" }, "TARGET002"],
])("an option that compile() does not have is not ignored: %j", (options, code) => {
  expect(thrownBy(() => compile(raw, options as never))).toMatchObject({ code });
});
