/** A rule from outside: held as the built-in ones are, and tsc asks for every part of one that is built in. */
import { analyze, fromManifest, pipeline, source, t } from "medallion";
import type { Rule } from "medallion/plugin";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withoutLocations } from "../places.ts";
import { removeDir, scratchDir, tsc } from "../types/tsc.ts";

const owned: Rule = ({ pipeline: { tables }, kinds }) =>
  tables
    .filter((table) => table.layer !== "bronze" && table.settings.owner === undefined)
    .map((table) => ({
      code: "OWN001",
      severity: "warning",
      message: `the ${kinds.get(table.name)} table "${table.name}" has no owner`,
      table: table.name,
      ...(table.at !== undefined && { location: table.at }),
    }));

const p = pipeline("toy")
  .bronze({ raw: source.json("raw/*.json", { id: t.bigint(), email: t.string().pii("email") }) })
  .silver(($) => ({ first: $.raw.owner("ada"), second: $.raw }))
  .gold(($) => ({ total: $.second.aggregate((r) => ({ rows: r.id.count() })).owner("ada") }));

test("its findings stand among the others, in the order of the tables, for manifests as well", () => {
  const found = analyze(p, { rules: [owned] });
  expect(found.map((d) => `${d.code} ${d.table} ${d.message}`)).toEqual([
    'OWN001 second the streaming table "second" has no owner',
  ]);
  expect(found[0]?.location).toMatch(/rule\.test\.ts:\d+:\d+$/);
  const again = analyze(fromManifest(JSON.parse(JSON.stringify(p))), { rules: [owned] });
  expect(withoutLocations(again)).toEqual(withoutLocations(found));
  expect(analyze(p)).toEqual([]);
});

let dir: string;
beforeAll(async () => {
  dir = await scratchDir();
});
afterAll(() => removeDir(dir));

test("tsc names the piece that is left out: of a rule from outside, and of one that is built in", async () => {
  const errors = await tsc(dir, {
    "outside.ts": `import type { Rule } from "medallion/plugin";
export const a: Rule = () => [{ code: "OWN001", severity: "warning" }];
export const b: Rule = () => [{ code: "OWN001", message: "no owner" }];
`,
    "unlisted.ts": `import { eachTable, type Rule } from "../../../../src/analyze/rule.ts";
const listed = eachTable(() => []);
const forgotten = eachTable(() => []);
export const KEYS_RULES: readonly Rule[] = [listed];
`,
    "builtin.ts": `import { eachTable, warning } from "../../../../src/analyze/rule.ts";
export const a = eachTable(({ name }) => [{ code: "OWN001", message: name, help: "owner() it" }]);
export const b = eachTable(({ name }) => [{ code: "KEY004", message: name }]);
export const c = eachTable(({ name }) => [{ code: "KEY005", message: name, help: "a warning of the catalogue" }]);
export const d = warning({ code: "KEY004", message: "an error of the catalogue", help: "" });
`,
  });
  expect(errors.map(({ file, line, text: says }) => `${file}:${line} ${says.replaceAll(/\s+/g, " ")}`)).toEqual([
    expect.stringMatching(/^builtin\.ts:2 .*'"OWN001"'/),
    expect.stringMatching(/^builtin\.ts:3 .*'help' is missing/),
    expect.stringMatching(/^builtin\.ts:4 .*'severity' is missing/),
    expect.stringMatching(/^builtin\.ts:5 .*"KEY004"/),
    expect.stringMatching(/^outside\.ts:2 .*'message' is missing/),
    expect.stringMatching(/^outside\.ts:3 .*'severity' is missing/),
    expect.stringMatching(/^unlisted\.ts:3 'forgotten' is declared but its value is never read/),
  ]);
});
