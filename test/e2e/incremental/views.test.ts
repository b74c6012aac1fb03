/** Every kind of view stays what a recompute makes of it, whatever changes, and says how it was brought up to date. */
import { rm } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { folder, write } from "../support.ts";
import { shop } from "./shop.ts";
import { expectRecomputed, isDefaultDraw } from "./support.ts";

const SEED = Number(process.env["MEDALLION_SEED"] ?? 2);
const CASES = Number(process.env["MEDALLION_CASES"] ?? 3);

const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const small = (max: number) => fc.integer({ min: 0, max });
const at = fc.integer({ min: 1, max: 5 }).map((day) => `2024-01-0${day}T00:00:00Z`);
const order = fc.record({
  id: small(30),
  customer: fc.option(small(6)),
  product: fc.constantFrom("a", "b", "c", "d"),
  quantity: fc.option(fc.integer({ min: -1, max: 6 })),
  price: fc.integer({ min: 0, max: 90 }).map((n) => n / 10),
  at,
});
const customer = fc.record({
  id: small(6),
  country: fc.option(fc.constantFrom("DE", "FR", "IT")),
  seq: at,
  op: fc.constantFrom("U", "U", "U", "D"),
});
const product = fc.record({ sku: fc.constantFrom("a", "b", "c", "z"), family: fc.option(fc.constantFrom("x", "y")) });
const batch = fc.record({
  orders: fc.array(order, { maxLength: 8 }),
  customers: fc.array(customer, { maxLength: 4 }),
  /** The file of products as it is from now on; none where it stays. */
  products: fc.option(fc.uniqueArray(product, { selector: (p) => p.sku, minLength: 1, maxLength: 4 })),
});

/** Views that nothing keeps from being maintained: an update of them is a recompute only where an input was written as a whole. */
const RECOMPUTED = ["top", "leaders"];

test("random orders, changes of customers and replaced products", { timeout: 120_000 + CASES * 60_000 }, async () => {
  const techniques = new Map<string, Set<string>>();
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { minLength: 2, maxLength: 4 }), async (batches) => {
      const base = await folder();
      const start = { id: 1, customer: 1, product: "a", quantity: 2, price: 5, at: "2024-01-01T00:00:00Z" };
      await write(base, "orders/0.json", lines([start]));
      await write(base, "customers/0.json", lines([{ id: 1, country: "DE", seq: start.at, op: "U" }]));
      await write(base, "products/0.json", lines([{ sku: "a", family: "x" }]));
      await expectRecomputed(shop, base);
      for (const [i, { orders, customers, products }] of batches.entries()) {
        if (orders.length > 0) await write(base, `orders/${i + 1}.json`, lines(orders));
        if (customers.length > 0) await write(base, `customers/${i + 1}.json`, lines(customers));
        if (products) {
          await rm(path.join(base, `products/${i}.json`), { force: true });
          await write(base, `products/${i + 1}.json`, lines(products));
        }
        for (const { name, refresh } of await expectRecomputed(shop, base)) {
          if (!refresh) continue;
          techniques.set(name, (techniques.get(name) ?? new Set()).add(refresh.technique));
          const words = `${name}: ${JSON.stringify(refresh)}`;
          if (!RECOMPUTED.includes(name)) expect(refresh.technique, words).not.toBe("COMPLETE_RECOMPUTE");
        }
      }
    }),
    { seed: SEED, numRuns: CASES },
  );
  if (!isDefaultDraw) return;
  expect(Object.fromEntries([...techniques].map(([name, used]) => [name, [...used].sort()]))).toMatchObject({
    facts: expect.arrayContaining(["ROW_BASED"]),
    orders: expect.arrayContaining(["WINDOW_FUNCTION"]),
    by_customer: expect.arrayContaining(["GENERIC_AGGREGATE"]),
    by_product: expect.arrayContaining(["GROUP_AGGREGATE"]),
    total: expect.arrayContaining(["GROUP_AGGREGATE"]),
  });
});
