/** An edit that a problem carries mends it: applied, the pipeline checks clean. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Fix } from "medallion";
import { expect, test } from "vitest";
import { applyFixes } from "../../src/cli/project/fixes.ts";
import { command, emptyFolder, install, put } from "./support.ts";

const HEAD = `import { fn, pipeline, source, t } from "medallion";

const p: any = pipeline("fixes").bronze({
  orders_raw: source.json("in/*.json", { id: t.bigint(), customer: t.bigint(), amount: t.decimal(12, 2), status: t.string() }),
  lines_raw: source.json("lines/*.json", { order: t.bigint(), sold: t.int() }),
});
`;

function project(text: string): string {
  const folder = emptyFolder();
  install(folder);
  put(folder, {
    "package.json": '{ "type": "module" }',
    "medallion.config.ts": `import { defineConfig } from "medallion/config";\nexport default defineConfig({ pipeline: "./pipeline.ts" });\n`,
    "pipeline.ts": `${HEAD}${text}`,
  });
  return folder;
}

const silver = (query: string) => `export default p.silver(($: any) => ({\n  made: ${query},\n}));\n`;

/** What is wrong, and what makes it right. */
const MISTAKES: readonly (readonly [wrong: string, right: string])[] = [
  ["$.orders_raw.where((o: any) => o.amuont.gt(0))", "$.orders_raw.where((o: any) => o.amount.gt(0))"],
  [
    "$.orders_raw.select(({ statsu, ...rest }: any) => rest)",
    "$.orders_raw.select(({ status, ...rest }: any) => rest)",
  ],
  ["$.order_raw.key((o: any) => o.id)", "$.orders_raw.key((o: any) => o.id)"],
  ["$.orders_raw.where((o: any) => o.status.equals('x'))", "$.orders_raw.where((o: any) => o.status.eq('x'))"],
  [
    "$.orders_raw.where((o: any) => o.status.trim().lowr().eq('x'))",
    "$.orders_raw.where((o: any) => o.status.trim().lower().eq('x'))",
  ],
  ["$.orders_raw.filter((o: any) => o.amount.gt(0))", "$.orders_raw.where((o: any) => o.amount.gt(0))"],
  [
    "$.orders_raw.groupby((o: any) => ({ c: o.customer })).agg(() => ({ n: fn.countRows() }))",
    "$.orders_raw.groupBy((o: any) => ({ c: o.customer })).aggregate(() => ({ n: fn.countRows() }))",
  ],
  [
    "$.orders_raw\n    .where((o: any) => o.amount.gt(0))\n    .derive((o: any) => ({\n      a: o.stauts,\n      b: o.amont.plus(o.custmer),\n    }))",
    "$.orders_raw\n    .where((o: any) => o.amount.gt(0))\n    .derive((o: any) => ({\n      a: o.status,\n      b: o.amount.plus(o.customer),\n    }))",
  ],
];

test.each(MISTAKES)("check --fix fixes %s", async (wrong, right) => {
  const folder = project(silver(wrong));
  const fixed = await command(folder, ["check", "--fix"]);
  expect(fixed, fixed.stdout + fixed.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining("No problems") });
  expect(readFileSync(path.join(folder, "pipeline.ts"), "utf8")).toBe(`${HEAD}${silver(right)}`);
});

test("check tells of a fix and writes nothing without --fix", async () => {
  const [[wrong] = [""]] = MISTAKES;
  const folder = project(silver(wrong));
  expect(await command(folder, ["check"])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("medallion check --fix fixes it"),
  });
  expect(readFileSync(path.join(folder, "pipeline.ts"), "utf8")).toBe(`${HEAD}${silver(wrong)}`);
});

test("an acknowledgement is data for an editor, and left to the author by --fix", async () => {
  const query = `$.orders_raw
    .join($.lines_raw, (o: any, l: any) => o.id.eq(l.order), (o: any, l: any) => ({ amount: o.amount }))
    .aggregate((r: any) => ({ total: r.amount.sum() }))`;
  const folder = project(silver(query));
  const { code, stdout } = await command(folder, ["check", "--fix", "--json"]);
  expect(code).toBe(1);
  const { diagnostics, fixed } = JSON.parse(stdout);
  expect(fixed).toEqual([]);
  const fixes: Fix[] = diagnostics.flatMap((d: { code: string; fix?: Fix }) =>
    d.code === "METRIC001" && d.fix ? [d.fix] : [],
  );
  expect(fixes).toEqual([
    {
      range: { file: "pipeline.ts", start: { line: 10, column: 47 }, end: { line: 10, column: 50 } },
      oldText: "sum",
      newText: "acknowledgeFanOut().sum",
      declares: true,
    },
  ]);
  const absolute = fixes.map((fix) => ({ ...fix, range: { ...fix.range, file: path.join(folder, fix.range.file) } }));
  expect(applyFixes(absolute)).toEqual(absolute);
  expect(await command(folder, ["check"])).toMatchObject({ code: 0 });
});

test("no edit goes into a file that has another text there, is gone, or where another edit was made", () => {
  const folder = emptyFolder();
  put(folder, { "a.ts": "x.amuont;\nx.amuont;\n" });
  const at = (line: number, file = "a.ts"): Fix => ({
    range: { file: path.join(folder, file), start: { line, column: 3 }, end: { line, column: 9 } },
    oldText: "amuont",
    newText: "amount",
  });
  expect(applyFixes([at(1), at(1), at(2), at(3), at(1, "b.ts")])).toEqual([at(1), at(2)]);
  expect(readFileSync(path.join(folder, "a.ts"), "utf8")).toBe("x.amount;\nx.amount;\n");
  expect(applyFixes([at(1)])).toEqual([]);
});
