import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { fromZod, toZod } from "medallion/zod";
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

test("what a column declares comes back from zod: all labels, of fields too, and how it adds up", () => {
  const columns = {
    owner: t.string().pii("email").pii("name"),
    balance: t.decimal(6, 2).unit("EUR").balance(),
    rate: t.double().rate(),
    address: t.struct({ city: t.string(), phone: t.string().pii("phone"), due: t.int().unit("EUR").rate() }),
    homes: t.array(t.struct({ street: t.string().pii("address"), zip: t.string() })),
    all: t.struct({ a: t.string(), b: t.array(t.string()) }).nullable(),
  };
  const back = Object.entries(fromZod(toZod(columns))).map(([name, column]) => [name, column.declaration]);
  expect(back).toEqual(Object.entries(columns).map(([name, column]) => [name, column.declaration]));
});

test("the rows of update.query() are exact, and toZod takes them: digits, days, instants, bytes, maps, NaN", async () => {
  const columns = {
    id: t.bigint(),
    d: t.decimal(38, 18),
    day: t.date(),
    at: t.timestamp(),
    local: t.timestampNtz(),
    b: t.binary().nullable(),
    m: t.map(t.string(), t.int()),
    a: t.array(t.decimal(10, 2)),
    s: t.struct({ on: t.date(), left: t.decimal(4, 1) }),
    x: t.double(),
    v: t.variant().nullable(),
  };
  const base = await folder();
  const line =
    '{"id":9007199254740993,"d":12345678901234567890.123456789012345678,"day":"2024-01-31","at":"2024-01-31T10:00:00.123456Z","local":"1969-12-31T23:59:59.999999","b":"/+8=","m":{"k":1},"a":[1.10],"s":{"on":"0001-01-01","left":-0.5},"x":0.5,"v":{"x":1}}\n';
  await write(base, "a.json", line);
  await using update = await run(pipeline("z").bronze({ raw: source.json("a.json", columns) }), { baseDir: base });
  const [row] = await update.query(
    `SELECT ${Object.keys(columns)
      .map((c) => `"${c}"`)
      .join(", ")} FROM bronze.raw`,
  );
  expect(row).toEqual({
    id: 9007199254740993n,
    d: "12345678901234567890.123456789012345678",
    day: "2024-01-31",
    at: "2024-01-31T10:00:00.123456Z",
    local: "1969-12-31T23:59:59.999999",
    b: new Uint8Array([255, 239]),
    m: new Map([["k", 1]]),
    a: ["1.10"],
    s: { on: "0001-01-01", left: "-0.5" },
    x: 0.5,
    v: '{"x":1}',
  });
  const Row = toZod(columns);
  expect(Row.parse(row)).toEqual(row);
  for (const wrong of [{ d: 1.5 }, { day: new Date() }, { at: new Date() }, { m: { k: 1 } }, { a: ["1.105"] }]) {
    expect(Row.safeParse({ ...row, ...wrong }).success).toBe(false);
  }
  for (const x of [Number.NaN, Number.POSITIVE_INFINITY]) expect(Row.safeParse({ ...row, x }).success).toBe(true);
  const types = (of: Record<string, { readonly declaration: { readonly type: unknown } }>) =>
    Object.entries(of).map(([name, column]) => [
      name,
      JSON.stringify(column.declaration.type).replaceAll(/,"nullable":true/g, ""),
    ]);
  expect(
    types(
      fromZod(
        z.object({ m: Row.shape["m"] as z.ZodType, a: Row.shape["a"] as z.ZodType, d: Row.shape["d"] as z.ZodType }),
      ),
    ),
  ).toEqual(types({ m: columns.m, a: columns.a, d: columns.d }));
  const [other] = await update.query(
    "SELECT 170141183460469231731687303715884105727::HUGEINT AS h, TIME '10:00:00.5' AS t, INTERVAL 3 DAY AS i, 'infinity'::DATE AS f, '-infinity'::TIMESTAMPTZ AS g, DATE '0044-03-15' AS y, ['a', NULL] AS l",
  );
  expect(other).toEqual({
    h: 170141183460469231731687303715884105727n,
    t: "10:00:00.5",
    i: "3 days",
    f: "infinity",
    g: "-infinity",
    y: "0044-03-15",
    l: ["a", null],
  });
});

test("a decimal that there is not is refused", () => {
  const wide = z.object({ x: z.string().meta({ sql: "decimal(50,60)" }) });
  expect(() => fromZod(wide)).toThrow(expect.objectContaining({ code: "TYPE003" }));
});
