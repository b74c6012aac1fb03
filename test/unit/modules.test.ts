/** Pipelines of several modules: what they share is one table, and what is not included cannot be read. */
import { compile, DefinitionError, fromManifest, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";
import { withoutPlaces } from "../places.ts";

const dimensions = pipeline("dimensions")
  .bronze({ countries_raw: source.csv("countries.csv", { code: t.string(), name: t.string() }) })
  .silver(($) => ({ countries: $.countries_raw.key((c) => c.code) }));

const sales = pipeline("sales")
  .include(dimensions)
  .bronze({
    orders_raw: source.json("orders/*.json", { id: t.bigint(), country: t.string(), amount: t.decimal(12, 2) }),
  })
  .silver(($) => ({
    orders: $.orders_raw.lookup(
      $.countries,
      (o) => o.country,
      (o, c) => ({ id: o.id, country: c.name, amount: o.amount }),
    ),
  }));

const people = pipeline("people")
  .include(dimensions)
  .bronze({ people_raw: source.json("people/*.json", { id: t.bigint(), country: t.string() }) })
  .silver(($) => ({ residents: $.people_raw.semiJoin($.countries, (p, c) => p.country.eq(c.code)) }));

test("modules that include the same dimensions are included together: the shared table is one", () => {
  const all = pipeline("all").include(sales).include(people);
  const names = all.toNode().tables.map((table) => table.name);
  expect(names).toEqual(["countries_raw", "countries", "orders_raw", "orders", "people_raw", "residents"]);
  const both = all.gold(($) => ({
    g: $.orders.groupBy((o) => ({ country: o.country })).aggregate((o) => ({ revenue: o.amount.sum() })),
  }));
  const again = fromManifest(JSON.parse(JSON.stringify(both)));
  expect(withoutPlaces(compile(again, { target: "databricks" }))).toEqual(
    withoutPlaces(compile(both, { target: "databricks" })),
  );
});

test("another table of the same name and type is refused when the modules are put together", () => {
  const other = pipeline("other").bronze({
    countries_raw: source.csv("other.csv", { code: t.string(), name: t.string() }),
  });
  expect(() => sales.include(other)).toThrow(
    expect.objectContaining({ code: "TBL001", location: expect.stringMatching(/modules\.test\.ts/) }),
  );
});

test("a table of another pipeline is not bound to the one of its name here", () => {
  const mine = pipeline("mine").bronze({
    countries_raw: source.csv("mine.csv", { code: t.string(), name: t.string() }),
  });
  const read = () => mine.silver(() => ({ x: dimensions.tables.countries_raw.where((c) => c.code.ne("")) }));
  expect(read).toThrow(DefinitionError);
  expect(read).toThrow(
    expect.objectContaining({ code: "TBL005", message: '"x" reads the table "countries_raw" of another pipeline' }),
  );
  // Nor where there is none of its name; and once it is included, it is this pipeline's own.
  expect(() => pipeline("none").silver(() => ({ x: dimensions.tables.countries }))).toThrow(
    expect.objectContaining({ code: "TBL005" }),
  );
  const included = pipeline("fine")
    .include(dimensions)
    .silver(() => ({ x: dimensions.tables.countries.where((c) => c.code.ne("")) }));
  expect(included.toNode().tables).toHaveLength(3);
});
