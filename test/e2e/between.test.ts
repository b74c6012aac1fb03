/** `between()` compares a value with either end by itself: in one type of all three, digits would be lost. */
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";

test("ends of two types", async () => {
  const p = pipeline("p")
    .bronze({
      raw: source.json("x", {
        long: t.bigint(),
        next: t.bigint(),
        large: t.double(),
        fine: t.decimal(38, 10),
        finer: t.decimal(38, 9),
        coarse: t.decimal(38, 2),
      }),
    })
    .silver(($) => ({
      made: $.raw.select((r) => ({
        longs: r.long.between(r.next, r.large),
        decimals: r.fine.between(r.finer, r.coarse),
        computed: r.fine.plus(0).between(r.finer, r.coarse),
        inside: r.fine.between("-1", r.coarse),
      })),
    }));
  const raw = [
    {
      long: 9007199254740992n,
      next: 9007199254740993n,
      large: 1e18,
      fine: "-0.0000000005",
      finer: "0.000000001",
      coarse: "0.01",
    },
  ];
  await using update = await run(p, { inputs: { raw } });
  expect(await update.rows(p.tables.made)).toEqual([{ longs: false, decimals: false, computed: false, inside: true }]);
});
