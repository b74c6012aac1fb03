/** What an error says to do is right: following it leads to the rows that were meant. */
import { analyze, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";
import { refused } from "../refused.ts";

const base = pipeline("p").bronze({
  orders_raw: source.json("o", {
    id: t.int(),
    customer: t.int(),
    email: t.string().pii("email"),
    amount: t.decimal(10, 2),
  }),
  people_raw: source.json("p", { id: t.int(), country: t.string(), at: t.timestamp() }),
});

test("a reference to a history is sent to its current rows, not to a key that it cannot have", () => {
  const wrong = () =>
    base
      .scd2(($) => ({ history: $.people_raw.changes({ key: (c) => c.id, sequenceBy: (c) => c.at }) }))
      .silver(($) => ({ orders: $.orders_raw.references($.history as never, (o) => o.customer as never) }));
  expect(refused(wrong)).toMatchObject({ code: "FK001", help: expect.stringContaining("asOfJoin()") });
  const right = base
    .scd2(($) => ({ history: $.people_raw.changes({ key: (c) => c.id, sequenceBy: (c) => c.at }) }))
    .silver(($) => ({ current: $.history.where((h) => h.__END_AT.isNull()).key((h) => h.id) }))
    .silver(($) => ({ orders: $.orders_raw.references($.current, (o) => o.customer) }));
  expect(analyze(right)).toEqual([]);
});

test("the key of a history alone is not the key of its versions", () => {
  const history = base.scd2(($) => ({ h: $.people_raw.changes({ key: (c) => c.id, sequenceBy: (c) => c.at }) }));
  const codes = (p: Parameters<typeof analyze>[0]) => analyze(p).map((d) => `${d.code} ${d.table}`);
  expect(codes(history.silver(($) => ({ all: $.h.key((h) => h.id) })))).toEqual(["KEY005 all"]);
  expect(codes(history.silver(($) => ({ all: $.h.key((h) => [h.id, h.__START_AT]) })))).toEqual([]);
  expect(codes(history.silver(($) => ({ now: $.h.where((h) => h.__END_AT.isNull()).key((h) => h.id) })))).toEqual([]);
  expect(
    codes(
      history.silver(($) => ({
        one: $.h.dedupe({ key: (h) => h.id, orderBy: (h) => h.__START_AT.desc() }).key((h) => h.id),
      })),
    ),
  ).toEqual([]);
});

test("an empty salt is refused", () => {
  for (const method of ["sha256", "tokenize"] as const) {
    const empty = () => base.silver(($) => ({ s: $.orders_raw.select((o) => ({ x: o.email[method]("") })) }));
    expect(refused(empty)).toMatchObject({ code: "ARG001", message: expect.stringContaining("not empty") });
  }
});

test("a list in the place of its values is told to be spread", () => {
  const list = () => base.silver(($) => ({ s: $.orders_raw.where((o) => o.id.in([1, 2] as never)) }));
  expect(refused(list).help).toContain("in(...list)");
  expect(() => base.silver(($) => ({ s: $.orders_raw.where((o) => o.id.in(...[1, 2])) }))).not.toThrow();
});

test("what is given is named with its article", () => {
  const object = () => base.silver(($) => ({ s: $.orders_raw.where((o) => o.id.cast({} as never) as never) }));
  expect(refused(object).message).toBe("cast() accepts a column type, not an object");
  const called = () => base.silver(($) => ({ s: $.orders_raw.where((o) => o.id.cast(t.bigint as never) as never) }));
  expect(refused(called)).toMatchObject({
    message: expect.stringContaining("not a function"),
    help: expect.stringContaining("call it"),
  });
});
