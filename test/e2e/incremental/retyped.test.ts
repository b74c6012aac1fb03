/** A column of a view gets another type while others read the view: what its write changes is told in the new one. */
import path from "node:path";
import { type AnyPipeline, fn, pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { folder, rows, write } from "../support.ts";
import { expectRecomputed } from "./support.ts";

const bronze = pipeline("retyped").bronze({ came: source.json("came/*.json", { k: t.int(), n: t.int() }) });
const whole = bronze.silver(($) => ({
  sums: $.came.groupBy((r) => ({ k: r.k })).aggregate((r) => ({ x: r.n.max() })),
}));
const halves = bronze.silver(($) => ({
  sums: $.came
    .groupBy((r) => ({ k: r.k }))
    .aggregate((r) => ({
      x: r.n
        .cast(t.decimal(10, 1))
        .times(fn.lit("0.5", t.decimal(2, 1)))
        .max(),
    })),
}));
const lists = bronze.silver(($) => ({
  sums: $.came.groupBy((r) => ({ k: r.k })).aggregate((r) => ({ x: r.n.arrayAgg() })),
}));

const readers: Readonly<Record<string, AnyPipeline>> = {
  whole: whole.gold(($) => ({ copy: $.sums.select((r) => ({ k: r.k, now: r.x })) })),
  halves: halves.gold(($) => ({ copy: $.sums.select((r) => ({ k: r.k, now: r.x })) })),
  lists: lists.gold(($) => ({ copy: $.sums.select((r) => ({ k: r.k, now: r.x })) })),
};

test.each([
  ["whole", "halves"],
  ["halves", "whole"],
  ["whole", "lists"],
  ["lists", "halves"],
])("%s, then %s", async (before, after) => {
  const base = await folder();
  await write(base, "came/0.json", '{"k":1,"n":3}\n{"k":2,"n":5}\n{"k":3,"n":8}\n');
  await expectRecomputed(readers[before] as AnyPipeline, base);
  await write(base, "came/1.json", '{"k":2,"n":7}\n');
  const only = { warehouse: path.join(base, "w.duckdb"), baseDir: base };
  await using update = await run(readers[after] as AnyPipeline, { ...only, only: ["sums"] });
  expect(update.status).toBe("completed");
  const feeds = await rows(
    update,
    "SELECT data_type FROM duckdb_columns() WHERE table_name = 'changes of silver.sums' AND column_name = 'x'",
  );
  const own = await rows(
    update,
    "SELECT data_type FROM duckdb_columns() WHERE schema_name = 'silver' AND table_name = 'sums' AND column_name = 'x'",
  );
  expect(feeds).toEqual(own);
  await update.close();
  for (const table of await expectRecomputed(readers[after] as AnyPipeline, base))
    expect(table.status, table.name).not.toBe("failed");
});
