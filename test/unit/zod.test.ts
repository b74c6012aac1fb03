import { fromZod, pipeline, source, t, toZod } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { z } from "zod";
import { folder, write } from "../e2e/support.ts";

const Order = z.object({
  order_id: z.bigint(),
  note: z.string().nullable(),
  email: z.string().meta({ pii: "email", description: "who ordered" }),
  amount: z.string().meta({ sql: "decimal(12,2)", unit: "EUR" }),
  day: z.iso.date(),
  at: z.date(),
  tags: z.array(z.string()),
  address: z.object({ city: z.string(), phones: z.array(z.string().meta({ pii: "phone" })) }),
  prices: z.record(z.string(), z.number().meta({ unit: "EUR" })),
  home: z.object({ street: z.string() }).meta({ pii: "address" }),
});

test("fromZod gives the same columns as t", () => {
  const facts = (columns: Record<string, { readonly declaration: unknown }>) =>
    Object.fromEntries(Object.entries(columns).map(([k, c]) => [k, c.declaration]));
  expect(facts(fromZod(Order))).toEqual(
    facts({
      order_id: t.bigint(),
      note: t.string().nullable(),
      email: t.string().pii("email").comment("who ordered"),
      amount: t.decimal(12, 2).unit("EUR"),
      day: t.date(),
      at: t.timestamp(),
      tags: t.array(t.string()),
      address: t.struct({ city: t.string(), phones: t.array(t.string().pii("phone")) }),
      prices: t.map(t.string(), t.double().unit("EUR")),
      home: t.struct({ street: t.string().pii("address") }),
    }),
  );
  expect(() => fromZod(z.object({ x: z.never() }))).toThrow(/ZOD001|no SQL counterpart/);
});

test("toZod checks the rows that the engine gives, and goes back to the same columns", async () => {
  const columns = { id: t.bigint(), amount: t.decimal(6, 2).unit("EUR"), note: t.string().nullable(), n: t.int() };
  const back = fromZod(toZod(columns));
  expect(Object.entries(back).map(([k, c]) => [k, c.declaration])).toEqual(
    Object.entries(columns).map(([k, c]) => [k, c.declaration]),
  );
  const base = await folder();
  await write(base, "raw/1.json", '{"id": 1, "amount": 1.5, "n": 3}\n');
  await using update = await run(pipeline("p").bronze({ raw: source.json("raw/*.json", columns) }), { baseDir: base });
  const [row] = await update.query("SELECT id, amount::VARCHAR AS amount, note, n FROM bronze.raw");
  expect(toZod(columns).parse(row)).toEqual({ id: 1n, amount: "1.50", note: null, n: 3 });
  expect(toZod(columns).safeParse({ ...row, n: 1.5 }).success).toBe(false);
});
