/** An as-of join to a history with many versions of a key: all rows by order, those that are new by comparison. */
import { pipeline, source, t } from "medallion";
import { expect, test } from "vitest";
import { folder, write } from "../support.ts";
import { expectRecomputed } from "./support.ts";

const p = pipeline("p")
  .bronze({
    sales_raw: source.json("sales/*.json", { currency: t.string(), at: t.timestamp(), amount: t.int() }),
    rates_raw: source.json("rates/*.json", { currency: t.string(), day: t.timestamp(), rate: t.int(), op: t.string() }),
  })
  .scd2(($) => ({
    rates: $.rates_raw.changes({
      key: (r) => r.currency,
      sequenceBy: (r) => r.day,
      deleteWhen: (r) => r.op.eq("D"),
      columns: ({ op, ...rest }) => rest,
    }),
  }))
  .silver(($) => ({
    sales: $.sales_raw.asOfJoin($.rates, {
      on: (s, r) => s.currency.eq(r.currency),
      at: (s) => s.at,
      select: (s, r) => ({ currency: s.currency, at: s.at, amount: s.amount, rate: r.rate }),
    }),
  }));

const day = (i: number) => new Date(Date.UTC(2024, 0, 1) + i * 86_400_000).toISOString();
const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join("\n");
const rates = (from: number, to: number, step: number) =>
  Array.from({ length: (to - from) / step }, (_, i) => from + i * step).flatMap((i) =>
    ["EUR", "USD"].map((currency) => ({ currency, day: day(i), rate: i, op: i % 50 === 10 ? "D" : "U" })),
  );
const sales = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    currency: ["EUR", "USD", "JPY"][i % 3],
    at: day(from + i / 3 - 2),
    amount: i,
  }));

test("rates per day", async () => {
  const base = await folder();
  await write(base, "rates/1.json", lines(rates(0, 600, 2)));
  await write(base, "sales/1.json", lines(sales(0, 1800)));
  const [first] = (await expectRecomputed(p, base)).filter(({ name }) => name === "sales");
  expect(first?.refresh?.technique).toBe("COMPLETE_RECOMPUTE");
  await write(base, "sales/2.json", lines(sales(100, 30)));
  await write(base, "rates/2.json", lines(rates(601, 611, 1)));
  await expectRecomputed(p, base);
  await write(base, "rates/3.json", lines(rates(301, 311, 2)));
  await expectRecomputed(p, base);
});
