/** What is not equal to a value reads as if it held for a null: `where()` leaves the row out, and a warning says so. */
import { analyze, fn, fromManifest, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";

const orders = pipeline("p").bronze({
  raw: source.json("o", {
    id: t.bigint(),
    status: t.string().nullable(),
    open: t.boolean().nullable(),
    kind: t.string(),
    amount: t.double().nullable(),
  }),
});
type Raw = (typeof orders)["tables"]["raw"];
type Condition = Parameters<Raw["where"]>[0];

/** The columns whose nulls are reported, of the pipeline and of its manifest. */
function reported(condition: Condition, prepare: (raw: Raw) => Raw = (raw) => raw): readonly (string | undefined)[] {
  const p = orders.silver(($) => ({ made: prepare($.raw).where(condition) }));
  const found = analyze(p).filter((d) => d.code === "EXPR006");
  const again = analyze(fromManifest(JSON.parse(JSON.stringify(p))));
  expect(again.map((d) => [d.code, d.column])).toEqual(analyze(p).map((d) => [d.code, d.column]));
  for (const d of found) expect(d).toMatchObject({ severity: "warning", table: "made" });
  for (const d of found) expect(d.location).toMatch(/nulls\.test\.ts:\d+:\d+$/);
  return found.map((d) => d.column);
}

test.each<[string, Condition]>([
  ["ne() of a text", (c) => c.status.ne("cancelled")],
  ["not() of an equality", (c) => c.status.eq("cancelled").not()],
  ["not() of in()", (c) => c.status.in("a", "b").not()],
  ["among several", (c) => c.id.gt(1).and(c.status.ne("cancelled"))],
  ["in or()", (c) => c.id.gt(1).or(c.status.ne("cancelled"))],
  ["of two columns", (c) => c.kind.ne(c.status)],
  ["after another column is tested", (c) => c.open.isNotNull().and(c.status.ne("x"))],
])("reported: %s", (_, condition) => {
  expect(reported(condition)).toEqual(["status"]);
});

test("reported: not() of a nullable condition", () => {
  expect(reported((c) => c.open.not())).toEqual(["open"]);
});

test.each<[string, Condition]>([
  ["a column that is not null", (c) => c.kind.ne("x")],
  ["equality and order, which nobody expects of a null", (c) => c.status.eq("x").or(c.status.gt("y"))],
  ["orElse()", (c) => c.status.ne("x").orElse(true)],
  ["isNotNull() alongside", (c) => c.status.isNotNull().and(c.status.ne("x"))],
  ["isNull() as the other case", (c) => c.status.isNull().or(c.status.ne("x"))],
  ["a value in its place", (c) => c.status.orElse("").ne("x")],
  ["a comparison that knows nulls", (c) => c.status.eqNullSafe("x").not()],
])("not reported: %s", (_, condition) => {
  expect(reported(condition)).toEqual([]);
});

test("not reported: a case with a branch for what holds, and one for what does not", () => {
  const p = orders.silver(($) => ({
    both: $.raw.derive((c) => ({
      x: fn
        .when(c.open.and(c.kind.eq("web")), "open")
        .when(c.open.not(), "closed")
        .otherwise("unknown"),
    })),
    one: $.raw.derive((c) => ({
      x: fn
        .when(c.open.not().and(c.kind.eq("web")), "closed")
        .when(c.open.not(), "gone")
        .otherwise("unknown"),
    })),
  }));
  expect(analyze(p).map((d) => [d.code, d.table, d.column])).toEqual([
    ["EXPR006", "one", "open"],
    ["EXPR006", "one", "open"],
  ]);
});

test("not reported: a value that is null anyway where the condition is, whichever function calculates it", () => {
  const p = orders.silver(($) => ({
    made: $.raw.derive((c) => ({
      plus: fn.when(c.amount.ne(0), c.amount.plus(1)).otherwise(null),
      root: fn.when(c.amount.ne(0), c.amount.sqrt()).otherwise(null),
    })),
  }));
  expect(analyze(p)).toEqual([]);
});

test("a step that both sides of a union read is one finding", () => {
  const p = orders.silver(($) => ({
    twice: $.raw
      .where((c) => c.status.ne("x"))
      .pipe((r) => r.derive(() => ({ side: 1 })).union(r.derive(() => ({ side: 2 })))),
    two: $.raw.where((c) => c.status.ne("x")).union($.raw.where((c) => c.status.ne("x"))),
  }));
  const found = analyze(p).flatMap((d) => (d.code === "EXPR006" ? [d.table] : []));
  expect(found).toEqual(["twice", "two", "two"]);
});

test.each<[string, Condition]>([
  ["a comparison that may be null", (c) => c.status.ne("x")],
  ["not() of a flag", (c) => c.open.not()],
])("a case and deleteWhen: %s", (_, condition) => {
  const codes = (p: Parameters<typeof analyze>[0]) => analyze(p).map((d) => [d.code, d.severity, d.table]);
  const cases = orders.silver(($) => ({
    made: $.raw.derive((c) => ({ x: fn.when(condition(c) as typeof c.open, 1).otherwise(0) })),
    says: $.raw.derive((c) => ({ x: fn.when((condition(c) as typeof c.open).orElse(false), 1).otherwise(0) })),
    asks: $.raw.derive((c) => ({
      x: fn
        .when(c.status.isNull().or(c.open.isNull()), 2)
        .when(condition(c) as typeof c.open, 1)
        .otherwise(0),
    })),
  }));
  expect(codes(cases)).toEqual([["EXPR006", "warning", "made"]]);
  expect(codes(fromManifest(JSON.parse(JSON.stringify(cases))))).toEqual(codes(cases));
  const deleted = orders.scd1(($) => ({
    made: $.raw.changes({ key: (c) => c.id, sequenceBy: (c) => c.kind, deleteWhen: condition }),
  }));
  expect(codes(deleted).filter(([code]) => code === "EXPR006")).toEqual([["EXPR006", "warning", "made"]]);
});

test("a condition of a measure leaves no row of the table out, and the fix is about what is counted", () => {
  const measures = (ask: boolean) =>
    orders.silver(($) => ({
      made: $.raw
        .groupBy((c) => ({ kind: c.kind }))
        .aggregate((c) => {
          const [status, open] = [c.status.ne("x"), c.open.not()];
          return {
            others: c.id.count().filter(ask ? status.orElse(true) : status),
            closed: (ask ? open.orElse(false) : open).countIf(),
          };
        }),
    }));
  const found = analyze(measures(false)).filter((d) => d.code === "EXPR006");
  expect(found.map((d) => [d.column, d.message, d.help])).toEqual(
    ["status", "open"].map((column) => [
      column,
      `rows where "${column}" is null are left out of the measure: what compares with a null is not true`,
      "orElse(true) counts them in, orElse(false) says that it is meant",
    ]),
  );
  expect(analyze(measures(true)).filter((d) => d.code === "EXPR006")).toEqual([]);
});
