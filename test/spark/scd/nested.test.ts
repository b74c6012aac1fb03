/** Histories over maps, variants and structs, which Spark does not compare by itself: the same versions on both engines. */
import { pipeline, source, t } from "medallion";
import { afterAll, expect, test } from "vitest";
import { lowerPipeline } from "../../../src/lower/table.ts";
import { appliedEvents } from "../../../src/sql/apply-changes.ts";
import type { Dialect } from "../../../src/sql/dialect.ts";
import { allEvents } from "../../../src/sql/events.ts";
import { duckdb } from "../../../src/targets/duckdb/dialect.ts";
import { spark as sparkDialect } from "../../../src/targets/spark-sql/dialect.ts";
import { type Canonical, sorted } from "../canonical.ts";
import { duckSession } from "../duck.ts";
import type { Engine } from "../engines.ts";
import { sparkSession } from "../session.ts";

const [spark, duck] = [await sparkSession(), await duckSession()];
afterAll(() => Promise.all([spark.close(), duck.close()]));

const columns = {
  id: t.int(),
  seq: t.int(),
  gone: t.boolean(),
  counts: t.map(t.string(), t.int()).nullable(),
  any: t.variant().nullable(),
  place: t.struct({ city: t.string().nullable(), tags: t.array(t.string()) }).nullable(),
};
const bronze = pipeline("nested").bronze({ events: source.json("e/*.json", columns) });
const changes = ($: typeof bronze.tables) =>
  $.events.changes({
    key: (e) => e.id,
    sequenceBy: (e) => e.seq,
    deleteWhen: (e) => e.gone,
    columns: ({ seq, gone, ...rest }) => rest,
  });
const histories = {
  scd1: bronze.scd1(($) => ({ target: changes($) })),
  scd2: bronze.scd2(($) => ({ target: changes($) })),
};

const place = (city: string | null, ...tags: readonly string[]) => ({ city, tags });
const EVENTS: readonly (readonly Canonical[])[] = [
  ["1", "1", false, [["a", "1"]], '{"x":1}', place("Rome", "old")],
  ["1", "2", false, [["a", "1"]], '{"x":1}', place("Rome", "old")],
  ["1", "3", false, [["a", "2"]], '{"x":1}', place("Rome", "old")],
  ["1", "4", false, [["a", "2"]], '{"x":2}', place("Rome", "old")],
  ["1", "5", false, [["a", "2"]], '{"x":2}', place("Rome")],
  ["1", "6", false, null, null, null],
  ["1", "7", false, [], "null", place(null)],
  ["2", "1", false, [["k", null]], "[1,2]", null],
  ["2", "2", true, null, null, null],
  ["2", "3", false, [["k", "0"]], '"text"', null],
];

test.each(["scd1", "scd2"] as const)("%s over maps, variants and structs", async (type) => {
  const pipelinePlan = lowerPipeline(histories[type].toNode());
  const plan = pipelinePlan.plans.get("target");
  const raw = pipelinePlan.tables.get("events");
  if (plan?.mode !== "changes" || !raw) throw new Error("not the tables that were made");
  const answer = async (engine: Engine, dialect: Dialect) => {
    await engine.view(
      "events",
      raw.columns.map(({ name, type: of }) => ({ name, type: of })),
      EVENTS,
    );
    const read = { dialect, table: (name: string) => name, source: () => "", tables: pipelinePlan.tables };
    const sql = appliedEvents(plan.application, { events: `(\n${allEvents(plan, read)}\n) AS events`, dialect });
    const result = await engine.sql(sql);
    const names = result.columns.map((c) => c.name);
    const order = [...names].sort();
    return sorted(result.rows.map((row) => order.map((name) => row[names.indexOf(name)] ?? null)));
  };
  const onSpark = await answer(spark, sparkDialect);
  expect(onSpark).toEqual(await answer(duck, duckdb));
  expect(onSpark).toHaveLength(type === "scd1" ? 2 : 8);
});
