/** A union gives its inputs wider types: a decimal of many digits loses some, a text of one gains zeros. Its rows are found all the same. */
import { rm } from "node:fs/promises";
import { pipeline, source, t } from "medallion";
import { expect, test } from "vitest";
import { folder, write } from "../support.ts";
import { expectRecomputed } from "./support.ts";

const columns = { k: t.int(), fine: t.decimal(38, 10), coarse: t.decimal(10, 1), n: t.int() };

const p = pipeline("widened")
  .bronze({
    is: source.json("is/*.json", columns, { onChange: "replace" }),
    came: source.json("came/*.json", columns),
    more: source.json("more/*.json", columns),
  })
  .silver(($) => ({
    mixed: $.is
      .select((r) => ({ k: r.k, rounded: r.fine, text: r.coarse }))
      .union(
        $.came.select((r) => ({ k: r.k, rounded: r.fine.cast(t.decimal(38, 9)), text: r.fine.cast(t.decimal(20, 3)) })),
      ),
    /** The input that loses digits is the one that only grows. */
    other_way: $.is
      .select((r) => ({ k: r.k, rounded: r.fine.cast(t.decimal(38, 9)) }))
      .union($.came.select((r) => ({ k: r.k, rounded: r.fine }))),
    texts: $.is
      .select((r) => ({ k: r.k, x: r.coarse }))
      .union($.came.select((r) => ({ k: r.k, x: r.fine.cast(t.decimal(20, 3)) })))
      .select((r) => ({ text: r.x.cast(t.string()) })),
    stream: $.more
      .select((r) => ({ x: r.coarse }))
      .union($.came.select((r) => ({ x: r.fine })))
      .select((r) => ({ x: r.x, text: r.x.cast(t.string()) })),
    kept: $.is
      .select((r) => ({ k: r.k, x: r.fine }))
      .union($.came.select((r) => ({ k: r.k, x: r.fine.cast(t.decimal(38, 9)) })))
      .where((r) => r.x.eq("1.123456789")),
    groups: $.is
      .select((r) => ({ x: r.fine }))
      .union($.came.select((r) => ({ x: r.fine.cast(t.decimal(38, 9)) })))
      .groupBy((r) => ({ x: r.x }))
      .aggregate((r) => ({ rows: r.x.count() })),
    firsts: $.is
      .select((r) => ({ x: r.fine, n: r.n }))
      .union($.came.select((r) => ({ x: r.fine.cast(t.decimal(38, 9)), n: r.n })))
      .dedupe({ key: (r) => r.x, orderBy: (r) => r.n }),
  }));

const rows = (...fine: readonly string[]) =>
  fine.map((x, k) => `${JSON.stringify({ k, fine: x, coarse: (k + 0.5).toFixed(1), n: k })}\n`).join("");

test("rows come, change and go on one side of the union and on both", async () => {
  const base = await folder();
  const check = async () => {
    const tables = await expectRecomputed(p, base);
    for (const { name, status } of tables) expect(status, name).not.toBe("failed");
    return tables;
  };
  const many = Array.from({ length: 20 }, (_, i) => `${i}.0000000001`);
  await write(base, "is/a.json", rows("1.1234567891", "2.1234567895", "3.5", ...many));
  await write(base, "came/a.json", rows("1.1234567891", "7.1234567896", ...many));
  await write(base, "more/a.json", rows("1"));
  await check();
  await write(base, "came/b.json", rows("1.1234567892", "9.1234567899"));
  await check();
  await write(base, "is/a.json", rows("1.1234567892", "2.1234567895", "4.5", ...many));
  const tables = await check();
  expect(tables.find(({ name }) => name === "mixed")?.refresh?.technique).toBe("ROW_BASED");
  await write(base, "more/b.json", rows("2"));
  await write(base, "is/b.json", rows("1.1234567893", "8.1234567894"));
  await write(base, "came/c.json", rows("8.1234567894"));
  await check();
  await rm(`${base}/is/b.json`);
  await check();
});
