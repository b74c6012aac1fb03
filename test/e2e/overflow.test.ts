/** A result that has no room in its type fails its table, with the line that made it and what to do. */
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";

const p = pipeline("overflow")
  .bronze({ raw: source.json("x", { int: t.int(), long: t.bigint(), whole: t.decimal(38, 0) }) })
  .silver(($) => ({
    ints: $.raw.derive((c) => ({ x: c.int.times(2) })),
    longs: $.raw.derive((c) => ({ x: c.long.plus(1) })),
    wholes: $.raw.derive((c) => ({ x: c.whole.times(10) })),
    sums: $.raw.aggregate((c) => ({ x: c.long.sum() })),
    wide: $.raw.derive((c) => ({ x: c.int.cast(t.bigint()).times(2) })),
  }));

test("each says so", async () => {
  const most = { int: 2147483647, long: 9223372036854775807n, whole: "9".repeat(38) };
  await using update = await run(p, { inputs: { raw: [most, { int: 1, long: 1, whole: 1n }] } });
  for (const name of ["ints", "longs", "wholes", "sums"]) {
    expect(update.tables.find((table) => table.name === name)?.error).toMatchObject({
      help: expect.stringContaining("cast() a side to a wider one first"),
      location: expect.stringContaining("overflow.test.ts"),
    });
  }
  expect((await update.rows(p.tables.wide)).map((row) => row.x).sort()).toEqual([2n, 4294967294n]);
});
