/** Whatever accepts a column type keeps what the type declares: labels, unit, additivity, null. */
import fc from "fast-check";
import { type AnyColumn, analyze, fromManifest, type NumberColumn, pipeline, source, sql, t } from "medallion";
import { defineFunction, SAME } from "medallion/plugin";
import { expect, test } from "vitest";
import { columnOf } from "../../src/builder/expr/columns.ts";
import { type Additivity, decimal } from "../../src/types/types.ts";

interface Said {
  readonly pii: string | undefined;
  readonly unit: string | undefined;
  readonly kind: "balance" | "rate" | undefined;
  readonly nullable: boolean;
}

const ADDITIVITY = { balance: "semi-additive", rate: "non-additive" } as const;
const declarations: fc.Arbitrary<Said> = fc.record({
  pii: fc.option(fc.constantFrom("email", "name"), { nil: undefined }),
  unit: fc.option(fc.constantFrom("EUR", "USD"), { nil: undefined }),
  kind: fc.option(fc.constantFrom("balance" as const, "rate" as const), { nil: undefined }),
  nullable: fc.boolean(),
});

type Declared = NumberColumn<"decimal">;

/** The types would follow each step: here all are of one. */
function declare({ pii, unit, kind, nullable }: Said): Declared {
  let column = columnOf(decimal(10, 2));
  if (pii !== undefined) column = column.pii(pii);
  if (unit !== undefined) column = column.unit(unit);
  if (kind !== undefined) column = column[kind]();
  if (nullable) column = column.nullable();
  return column as unknown as Declared;
}

const raw = pipeline("declared").bronze({
  raw: source.json("raw/*.json", {
    id: t.int(),
    text: t.string(),
    phone: t.string().pii("phone"),
    usd: t.int().unit("USD"),
  }),
});

/** Every way to give a value a type, over each kind of value. */
function built(column: Declared) {
  const own = defineFunction({ name: "acme.own", args: [t.int()], returns: column, sql: "$1 + 1", duckdb: SAME });
  const p = raw.silver(($) => ({
    made: $.raw.select((r) => ({
      cast: r.text.cast(column),
      cast_phone: r.phone.cast(column),
      cast_usd: r.usd.cast(column),
      tried: r.text.tryCast(column),
      tried_usd: r.usd.tryCast(column),
      list: r.text.cast(t.variant()).tryCast(t.array(column)),
      raw: sql(column)`${r.text} + 1`,
      raw_usd: sql(column)`${r.usd} + 1`,
      own: own(r.id),
      own_usd: own(r.usd),
    })),
  }));
  return { p, acme: { name: "acme", functions: [own] } };
}

test("what a type declares is kept by everything that accepts a type, also through a manifest", () => {
  fc.assert(
    fc.property(declarations, (said) => {
      const { p, acme } = built(declare(said));
      const columns = p.toNode().tables.find((table) => table.name === "made")?.columns ?? [];
      expect(columns).toHaveLength(10);
      for (const { name, labels, unit, additivity, nullable } of columns) {
        const of = name.split("_")[1];
        const wanted = [...(said.pii ? [said.pii] : []), ...(of === "phone" ? ["phone"] : [])].sort();
        expect([name, labels]).toEqual([name, wanted]);
        expect([name, unit]).toEqual([name, said.unit ?? (of === "usd" ? "USD" : "")]);
        const adds: Additivity = said.kind ? ADDITIVITY[said.kind] : "additive";
        expect([name, additivity]).toEqual([name, adds]);
        if (said.nullable && !name.startsWith("raw")) expect([name, nullable]).toEqual([name, true]);
        if (!said.nullable && name.startsWith("cast")) expect([name, nullable]).toEqual([name, false]);
      }
      const plain = JSON.parse(JSON.stringify(p));
      expect(JSON.parse(JSON.stringify(fromManifest(plain, { plugins: [acme] })))).toEqual(plain);
    }),
    { numRuns: Number(process.env["MEDALLION_CASES"] ?? 40) },
  );
});

test("a manifest cannot take from a cast what its value carries", () => {
  const json = JSON.stringify(raw.silver(($) => ({ s: $.raw.select((r) => ({ phone: r.phone.cast(t.string()) })) })));
  const cut = JSON.parse(json);
  cut.tables[1].query.items[0].expr.labels = [];
  expect(() => fromManifest(cut)).toThrow(/phone|labels/);
});

test("what is declared in a cast is held by the analyzers", () => {
  const silver = raw.silver(($) => ({
    a: $.raw.select((r) => ({
      email: r.text.cast(t.string().pii("email")),
      eur: r.text.cast(t.decimal(10, 2).unit("EUR")),
      usd: r.text.tryCast(t.decimal(10, 2).unit("USD")),
      quote: r.text.cast(t.decimal(10, 2).rate()),
      balance: r.text.cast(t.decimal(10, 2).balance()),
    })),
  }));
  const p = silver.gold(($) => ({
    people: $.a.select((a) => ({ email: a.email as never })),
    sums: $.a.aggregate((a) => ({
      mixed: a.eur.plus(a.usd as never).sum(),
      quotes: (a.quote.sum as unknown as typeof a.eur.sum)(),
      balances: (a.balance.sum as unknown as typeof a.eur.sum)(),
    })),
  }));
  expect(
    analyze(p)
      .map((d) => d.code)
      .sort(),
  ).toEqual(["METRIC001", "METRIC001", "METRIC002", "PII001"]);
});

test.each<[string, (column: AnyColumn) => unknown]>([
  ["cast()", (column) => raw.silver(($) => ({ s: $.raw.select((r) => ({ x: r.text.cast(column) as never })) }))],
  [
    "sql()",
    (column) => raw.silver(($) => ({ s: $.raw.select((r) => ({ x: sql(column)`upper(${r.text})` as never })) })),
  ],
  ["returns", (column) => defineFunction({ name: "acme.f", args: [], returns: column, sql: "1", duckdb: SAME })],
])("%s refuses a comment, which would be lost, and what is no column type", (_, use) => {
  expect(() => use(t.string().comment("the name"))).toThrow(/accepts a column type without a comment/);
  expect(() => use(t.string as never)).toThrow(/accepts a column type, not a function/);
  expect(() => use("int" as never)).toThrow(/accepts a column type/);
});
