/** Files for the fixture `everything`, with a row for each of its steps and rules. */
import { write } from "./support.ts";

const order = (id: number, line: number, customer: number | null, amount: number, extra: object = {}) =>
  `${JSON.stringify({ id, line, customer, amount, status: "paid", at: `2025-01-0${id}T10:00:00Z`, tags: ["a", "b"], address: { city: "Rome" }, ...extra })}\n`;
const customer = (id: number, version: number, country: string, op = "U") =>
  `${JSON.stringify({ id, name: `n${id}`, country, op, version })}\n`;

export async function writeEverything(base: string): Promise<void> {
  await write(
    base,
    "orders/1.json",
    order(1, 1, 10, 50) +
      order(1, 1, 10, 50) +
      order(1, 2, 10, 200) +
      order(2, 1, 11, 7.5, { tags: null, address: null }) +
      order(3, 1, 99, 3),
  );
  await write(
    base,
    "orders/2.json",
    order(4, 1, null, 5) +
      order(5, 1, 10, -1) +
      order(6, 1, 10, 9, { at: "2031-01-01T00:00:00Z" }) +
      order(7, 1, 11, 1, { status: "test" }),
  );
  await write(
    base,
    "old/a.csv",
    "id;line;customer;amount;status;at\n8;1;11;2.5;late;2024-06-01 08:00:00\n9;1;NA;1;open;2024-06-01\n",
  );
  await write(
    base,
    "customers/1.json",
    customer(10, 1, "IT") +
      customer(10, 3, "DE") +
      customer(11, 2, "FR") +
      customer(12, 1, "NL") +
      customer(12, 2, "NL", "D"),
  );
}

/** A second delivery: late changes, an order that comes again, one that breaks a rule, and lines that do not read. */
export async function writeMore(base: string): Promise<void> {
  await write(
    base,
    "orders/3.json",
    order(1, 1, 10, 51, { at: "2025-03-01T00:00:00Z" }) +
      order(10, 1, 12, 70, { at: "2025-01-10T10:00:00Z" }) +
      order(11, 1, 10, 4, { at: "2030-01-01T00:00:00Z" }) +
      '{"id":"x","line":1}\n',
  );
  await write(
    base,
    "old/b.csv",
    "at;status;amount;customer;line;id\n2024-07-01 09:00;paid;20;10;2;8\n2024;paid;1;1;1;1\n",
  );
  await write(base, "customers/2.json", customer(10, 2, "ES") + customer(12, 3, "BE") + customer(11, 5, "FR", "D"));
}
