/** A rule from outside: held as the built-in ones are. */
import { analyze, fromManifest, pipeline, source, t } from "medallion";
import type { Rule } from "medallion/plugin";
import { expect, test } from "vitest";
import { withoutLocations } from "../places.ts";

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
