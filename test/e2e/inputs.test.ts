/** Rows that are given to `run()` go the way of files: checked, quarantined, counted, remembered. */
import { type InferRow, pipeline, source, t } from "medallion";
import { type InputRow, type RunOptions, run } from "medallion/run";
import { expect, expectTypeOf, test } from "vitest";
import { folder, rows, table, write } from "./support.ts";

const p = pipeline("given")
  .bronze({
    orders_raw: source
      .csv("orders/*.csv", {
        id: t.bigint(),
        amount: t.decimal(12, 2),
        day: t.date(),
        note: t.string().nullable(),
      })
      .expectOrQuarantine({ positive: (o) => o.amount.gt(0) }),
    shapes_raw: source.parquet(
      "shapes.parquet",
      {
        small: t.int(),
        ratio: t.double(),
        at: t.timestamp(),
        wall: t.timestampNtz(),
        paid: t.boolean(),
        bytes: t.binary(),
        place: t.struct({ city: t.string(), zips: t.array(t.bigint()) }),
        counts: t.map(t.string(), t.decimal(38, 2)),
        any: t.variant(),
      },
      { metadata: true },
    ),
  })
  .silver(($) => ({
    days: $.orders_raw.groupBy((o) => ({ day: o.day })).aggregate((o) => ({ total: o.amount.sum() })),
  }));

type Order = InputRow<typeof p.tables.orders_raw>;

const order: Order = { id: 9007199254740993n, amount: "1234567890.12", day: "2024-02-29" };
const shape: InputRow<typeof p.tables.shapes_raw> = {
  small: -7,
  ratio: Number.NaN,
  at: new Date("2024-02-29T10:00:00.123Z"),
  wall: "2024-02-29 10:00:00",
  paid: true,
  bytes: new Uint8Array([0, 255]),
  place: { city: 'a "b"\n\\c', zips: [9007199254740993n, null] },
  counts: new Map([["k", "123456789012345678901234567890.12"]]),
  any: { a: [1, "x", null] },
};

test("every type comes through exactly, and rows that break a rule are quarantined", async () => {
  const bad = { id: 2, amount: -1n, day: new Date("2024-03-01"), note: "x" };
  await using update = await run(p, {
    baseDir: await folder(),
    missingFiles: "fail",
    inputs: { orders_raw: [order, bad], shapes_raw: [shape] },
  });
  expect(update.tables.map(({ name, status }) => `${name} ${status}`)).toEqual([
    "orders_raw completed",
    "shapes_raw completed",
    "days completed",
  ]);
  expect(update.warnings).toEqual([]);
  expect(await update.rows(p.tables.orders_raw)).toEqual([{ ...order, note: null }]);
  expect(table(update, "orders_raw")).toMatchObject({ rowsRead: 2, rowsWritten: 1, rowsQuarantined: 1 });
  expect(await rows(update, "SELECT _broken_rules[1] AS rule, id FROM bronze.orders_raw_quarantine")).toEqual([
    { rule: "positive", id: 2 },
  ]);
  expect(await update.rows(p.tables.days)).toEqual([{ day: "2024-02-29", total: "1234567890.12" }]);
  const [made] = await update.rows(p.tables.shapes_raw);
  expect(made).toMatchObject({
    ...shape,
    at: "2024-02-29T10:00:00.123000Z",
    wall: "2024-02-29T10:00:00.000000",
    any: expect.anything(),
    _source_file: `inputs/${update.id}/shapes_raw`,
    _rescued_data: null,
  });
});

test("each update appends its rows, with those of files; what was given is not lost by a rebuild without a word", async () => {
  const base = await folder();
  const warehouse = `${base}/w.duckdb`;
  const ids = async (options: RunOptions<typeof p>) => {
    await using update = await run(p, { baseDir: base, warehouse, only: ["orders_raw"], ...options });
    const found = await rows(update, "SELECT id FROM bronze.orders_raw ORDER BY id");
    return update.status === "completed" ? found.map((row) => row["id"]) : update.tables[0]?.error?.code;
  };
  const given = (id: number): RunOptions<typeof p> => ({ inputs: { orders_raw: [{ ...order, id }] } });
  expect(await ids(given(1))).toEqual([1]);
  expect(await ids(given(2))).toEqual([1, 2]);
  await write(base, "orders/1.csv", "id,amount,day,note\n3,1.00,2024-01-01,\n");
  expect(await ids({})).toEqual([1, 2, 3]);
  expect(await ids({ inputs: { orders_raw: [] } })).toEqual([1, 2, 3]);
  expect(await ids({ fullRefresh: true })).toEqual("STATE001");
  expect(await ids({ fullRefresh: true, acceptLoss: true })).toEqual([3]);
  expect(await ids({ ...given(4), fullRefresh: true, acceptLoss: true })).toEqual([4]);
});

test("with onChange replace the rows of one update stand in the place of those before", async () => {
  const q = pipeline("state").bronze({ state: source.json("s.json", { id: t.int() }, { onChange: "replace" }) });
  const base = await folder();
  for (const id of [1, 2]) {
    await using update = await run(q, { baseDir: base, warehouse: `${base}/w.duckdb`, inputs: { state: [{ id }] } });
    expect(await update.rows(q.tables.state)).toEqual([{ id }]);
  }
});

test.each<[string, unknown, string]>([
  ["another type", { orders_raw: [{ ...order, id: "x" }] }, 'row 0 has "x" in id, which is BIGINT'],
  ["a fraction", { orders_raw: [order, { ...order, id: 1.5 }] }, "row 1 has 1.5 in id"],
  ["digits too many", { orders_raw: [{ ...order, amount: "1.005" }] }, "in amount, which is DECIMAL(12,2)"],
  ["a day that is none", { orders_raw: [{ ...order, day: "2024-02-30" }] }, 'has "2024-02-30" in day'],
  ["a time as a day", { orders_raw: [{ ...order, day: new Date("2024-02-29T10:00:00Z") }] }, "has a Date in day"],
  ["a null", { orders_raw: [{ ...order, amount: null }] }, "row 0 has no amount, which is never null"],
  ["a missing column", { orders_raw: [{ id: 1 }] }, "row 0 has no amount"],
  ["a column more", { orders_raw: [{ ...order, amout: 1 }] }, 'row 0 has a column "amout" that is not declared'],
  ["a field more", { shapes_raw: [{ ...shape, place: { town: "x" } }] }, 'has a field "town" in place'],
  ["an element of another type", { shapes_raw: [{ ...shape, place: { zips: ["x"] } }] }, 'has "x" in place.zips[0]'],
  ["a row that is none", { orders_raw: [7] }, "row 0 is 7"],
  ["rows that are none", { orders_raw: 7 }, "inputs holds 7, and no list of rows"],
  ["a table that reads no files", { days: [] }, 'inputs names "days", which is not a table that reads files'],
  ["half of a character", { orders_raw: [{ ...order, note: "\ud800" }] }, "in note, which is STRING"],
  ["a bigint in JSON", { shapes_raw: [{ ...shape, any: { a: 1n } }] }, "not JSON (a is a value of type bigint) in any"],
])("%s is refused before anything is read", async (_, inputs, message) => {
  const options = { baseDir: await folder(), inputs: inputs as NonNullable<RunOptions<typeof p>["inputs"]> };
  await expect(run(p, options)).rejects.toMatchObject({
    code: "INPUT001",
    message: expect.stringContaining(message),
    help: expect.stringMatching(/\S/),
    location: expect.stringContaining("inputs.test.ts"),
  });
});

const anything = pipeline("anything").bronze({
  odd: source.json("odd/*.json", {
    at: t.timestamp().nullable(),
    ints: t.array(t.int()).nullable(),
    money: t.map(t.decimal(5, 2), t.int()).nullable(),
    times: t.map(t.timestamp(), t.int()).nullable(),
    any: t.variant().nullable(),
    place: t.struct({ x: t.int() }).nullable(),
    small: t.float().nullable(),
    exact: t.decimal(12, 2).nullable(),
  }),
});
const circular: { self?: unknown } = {};
circular.self = circular;
/** A list whose second element is missing, not undefined. */
const holed = Object.assign(new Array<unknown>(3), { 0: 1, 2: 2 });

test.each<[string, Record<string, unknown>]>([
  ["an hour that no day has", { at: "2024-02-29T24:00:00Z" }],
  ["a minute that no hour has", { at: "2024-02-29T10:60:00Z" }],
  ["an offset that no place has", { at: "2024-02-29T10:00:00+19:00" }],
  ["a list with holes", { ints: holed }],
  ["one key in two spellings", { money: new Map(Object.entries({ "1": 1, "1.0": 2 })) }],
  [
    "one instant as two keys",
    {
      times: new Map<unknown, number>([
        [new Date(0), 1],
        ["1970-01-01T00:00:00.000Z", 2],
      ]),
    },
  ],
  ["a set as a map", { money: new Set([1]) }],
  ["a Map as a struct", { place: new Map([["x", 5]]) }],
  ["a number as a decimal", { exact: 1.5 }],
  ["more than a float holds", { small: 1e39 }],
  ["NaN in JSON", { any: { n: Number.NaN } }],
  ["a Date in JSON", { any: new Date(0) }],
  ["a function as JSON", { any: () => 1 }],
  ["a lone surrogate in JSON", { any: { k: "\ud800" } }],
  ["a circle", { any: circular }],
  [
    "a getter that throws",
    {
      get at() {
        throw new Error("boom");
      },
    },
  ],
])("refused with its row, and nothing is stored of it: %s", async (_, row) => {
  // biome-ignore lint/suspicious/noExplicitAny: the types would refuse it
  const inputs: any = { odd: [{}, row] };
  await expect(run(anything, { inputs })).rejects.toMatchObject({
    code: "INPUT001",
    message: expect.stringContaining("row 1"),
  });
});

test("rows of a table that is not updated, holes among rows and what is no record are refused", async () => {
  const call = (options: object) => run(anything, options);
  const two = pipeline("two")
    .include(anything)
    .bronze({ other: source.json("other/*.json", { id: t.int() }) });
  await expect(run(two, { only: ["other"], inputs: { odd: [{}] } })).rejects.toMatchObject({ code: "INPUT001" });
  await expect(call({ inputs: { odd: holed } })).rejects.toMatchObject({ code: "INPUT001" });
  await expect(call({ inputs: { odd: [new Map()] } })).rejects.toMatchObject({
    message: expect.stringContaining("row 0 is a Map, and no plain object"),
  });
  for (const inputs of [new Map([["odd", []]]), null, []]) {
    await expect(call({ inputs })).rejects.toMatchObject({ code: "ARG001" });
  }
});

test("the types know which rows fit", () => {
  expectTypeOf<Order>().toEqualTypeOf<{
    readonly id: number | bigint;
    readonly amount: string | bigint;
    readonly day: string | Date;
    readonly note?: string | null;
  }>();
  expectTypeOf<InferRow<typeof p.tables.orders_raw>>().toExtend<Order>();
  type Inputs = NonNullable<RunOptions<typeof p>["inputs"]>;
  // @ts-expect-error a decimal is no number, which is not exact
  const inexact: Inputs = { orders_raw: [{ ...order, amount: 1.5 }] };
  // @ts-expect-error amount is missing
  const missing: Inputs = { orders_raw: [{ id: 1, day: "2024-01-01" }] };
  // @ts-expect-error there is no such column
  const more: Inputs = { orders_raw: [{ ...order, amout: "1" }] };
  // @ts-expect-error days is not of bronze
  const silver: Inputs = { days: [] };
  expect([inexact, missing, more, silver]).toHaveLength(4);
});
