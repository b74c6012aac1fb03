/**
 * Writes the shop's data: orders as JSON lines, customer changes as CSV, in batches, out of order, with deletes,
 * cancelled orders, amounts that are not positive and values that cannot be read. The same seed, the same files.
 *
 * node examples/shop/generate.ts [folder]
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** mulberry32 (T. Ettinger, public domain): a small generator of numbers between 0 and 1. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const CUSTOMERS = 60;
const COUNTRIES = ["DE", "FR", "IT", "NL", "PL", "SE"];
const START = Date.parse("2025-01-01T00:00:00Z");
const DAY = 86_400_000;

const iso = (time: number) => new Date(time).toISOString().replace(".000Z", "Z");

export function generate(folder: string): void {
  const next = random(42);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
  mkdirSync(path.join(folder, "orders"), { recursive: true });
  mkdirSync(path.join(folder, "customers"), { recursive: true });

  const changes: { at: number; line: string }[] = [];
  for (let id = 1; id <= CUSTOMERS; id++) {
    let at = START + Math.floor(next() * 20) * DAY;
    changes.push({ at, line: `${id},person${id}@example.${id % 3 ? "com" : "org"},${pick(COUNTRIES)},I,${iso(at)}` });
    for (let move = 0; move < Math.floor(next() * 4); move++) {
      at += (1 + Math.floor(next() * 30)) * DAY;
      const op = next() < 0.12 ? "D" : "U";
      changes.push({ at, line: `${id},person${id}@example.net,${pick(COUNTRIES)},${op},${iso(at)}` });
    }
  }
  const shuffled = changes.map((change) => ({ change, key: next() })).sort((a, b) => a.key - b.key);
  for (let batch = 0; batch < 3; batch++) {
    const lines = shuffled.filter((_, i) => i % 3 === batch).map(({ change }) => change.line);
    if (batch === 1) lines.push("not-a-number,who@example.com,DE,I,2025-02-01T00:00:00Z", "7,too,few");
    const text = ["customer_id,email,country,op,changed_at", ...lines].join("\n");
    writeFileSync(path.join(folder, "customers", `changes-${batch + 1}.csv`), `${text}\n`);
  }

  let order = 0;
  for (let batch = 0; batch < 4; batch++) {
    const lines: string[] = [];
    for (let i = 0; i < 150; i++) {
      order++;
      const amount = next() < 0.03 ? 0 : Math.round(next() * 40_000) / 100;
      lines.push(
        JSON.stringify({
          order_id: order,
          customer_id: 1 + Math.floor(next() * (CUSTOMERS + 3)),
          ordered_at: iso(START + (batch * 30 + Math.floor(next() * 30)) * DAY + Math.floor(next() * 86_400) * 1000),
          amount,
          status: pick(["paid", "paid", "paid", "shipped", "shipped", "cancelled"]),
        }),
      );
    }
    if (batch === 2)
      lines.push(
        '{"order_id": 9001, "customer_id": 3, "amount": "12.5O"',
        '{"order_id": null, "customer_id": 3, "ordered_at": "2025-03-05T10:00:00Z", "amount": 5, "status": "paid"}',
      );
    writeFileSync(path.join(folder, "orders", `orders-${batch + 1}.json`), `${lines.join("\n")}\n`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  generate(path.resolve(process.argv[2] ?? path.join(import.meta.dirname, "data")));
}
