/** The manifest: the same bytes for the same pipeline, and the same SQL from the manifest. */
import { analyze, compile, fn, fromManifest, lineage, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";
import shop from "../../examples/shop/pipeline.ts";
import { expectProject } from "../golden.ts";
import { withoutPlaces } from "../places.ts";

test("building twice gives the same manifest, byte for byte", () => {
  const build = () =>
    pipeline("twice")
      .bronze({ raw: source.json("raw/*.json", { id: t.bigint(), at: t.timestamp(), amount: t.double().unit("EUR") }) })
      .silver(($) => ({ clean: $.raw.derive((r) => ({ large: r.amount.gt(10) })).key((r) => r.id) }))
      .scd2(($) => ({ history: $.raw.changes({ key: (r) => r.id, sequenceBy: (r) => r.at }) }))
      .gold(($) => ({
        total: $.clean
          .groupBy((r) => ({ large: r.large }))
          .aggregate((r) => ({ total: r.amount.sum(), rows: fn.countRows() })),
      }));
  expect(JSON.stringify(build())).toBe(JSON.stringify(build()));
});

function isPassedOn({ name, expr }: { readonly name: unknown; readonly expr: unknown }): boolean {
  const { kind, name: column, id, at } = expr as { readonly [key: string]: unknown };
  return kind === "column" && column === name && /^[0-9a-f]{16}$/.test(String(id)) && at === undefined;
}

test("every node has an id and, where the user wrote it, a place, and is frozen all the way down", () => {
  const places: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    expect(Object.isFrozen(value)).toBe(true);
    // Nobody wrote the columns that a step passes on.
    if ("expr" in value && "name" in value && isPassedOn(value)) return;
    if ("kind" in value && ("columns" in value || "nullable" in value)) {
      expect(value).toMatchObject({
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
        at: expect.stringMatching(/^examples\/shop\/pipeline\.ts:\d+:\d+$/),
      });
      if ("at" in value) places.push(String(value.at));
    }
    for (const part of Object.values(value)) visit(part);
  };
  for (const table of shop.toNode().tables) visit(table);
  expect(new Set(places).size).toBeGreaterThan(15);
});

test("a pipeline from its manifest compiles to the same SQL", () => {
  const again = fromManifest(JSON.parse(JSON.stringify(shop)));
  for (const target of ["databricks", "spark", "duckdb"] as const)
    expect(withoutPlaces(compile(again, { target }))).toEqual(withoutPlaces(compile(shop, { target })));
  expect(JSON.stringify(again)).toBe(JSON.stringify(shop));
});

test.each(["databricks", "duckdb"] as const)("the shop's SQL for %s is as reviewed", async (target) => {
  const { files } = compile(shop, { target });
  const text = files
    .filter((file) => file.path !== "00_setup.sql")
    .map((file) => `-- ${file.path}\n${file.contents}`)
    .join("\n");
  await expect(text).toMatchFileSnapshot(`../golden/shop.${target}.sql`);
});

test("the shop's Spark project is as reviewed", () => expectProject("shop", compile(shop, { target: "spark" })));

test("lineage goes column by column", () => {
  const found = lineage(shop).filter((l) => l.table === "revenue_by_country" || l.column === "order_date");
  expect(found).toEqual([
    {
      table: "orders",
      column: "order_date",
      from: [{ table: "orders_raw", column: "ordered_at" }],
      expression: "ordered_at.toDate()",
    },
    {
      table: "revenue_by_country",
      column: "country",
      from: [{ table: "customers", column: "country" }],
      expression: "country",
    },
    {
      table: "revenue_by_country",
      column: "revenue",
      from: [{ table: "orders", column: "amount" }],
      expression: "amount.sum()",
    },
    {
      table: "revenue_by_country",
      column: "orders",
      from: [{ table: "orders", column: "amount" }],
      expression: "amount.count()",
    },
  ]);
});

test("an expression of the lineage reads as it is written", () => {
  const p = pipeline("words")
    .bronze({
      raw: source.json("raw/*.json", {
        id: t.bigint(),
        amount: t.decimal(12, 2).unit("EUR"),
        note: t.string().nullable(),
        city: t.string(),
        place: t.struct({ zip: t.string() }),
      }),
    })
    .silver(($) => ({
      made: $.raw.select((r) => ({
        one: r.id.eq(1).and(r.city.ne("1")),
        two: r.note.orElse("none"),
        three: fn.coalesce(r.note, r.city, "x"),
        four: fn.greatest(r.id, 10n).div(60),
        five: fn.concat("no. ", r.city),
        six: r.city.concat("!"),
        seven: r.amount.convert("USD", 1.25),
        eight: r.place.fields.zip,
        nine: fn.when(r.amount.gt("0.50"), 1).otherwise(null),
      })),
    }));
  const said = lineage(p).flatMap((l) => (l.table === "made" ? [l.expression] : []));
  expect(said).toEqual([
    'id.eq(1).and(city.ne("1"))',
    'note.orElse("none")',
    'fn.coalesce(note, city, "x")',
    "fn.greatest(id, 10).div(60)",
    'fn.concat("no. ", city)',
    'city.concat("!")',
    'amount.convert("USD", 1.25)',
    "place.fields.zip",
    "fn.when(amount.gt(0.50), 1).otherwise(null)",
  ]);
});

test("a manifest has no places: the same text wherever the pipeline stands, and the same ids", () => {
  const text = JSON.stringify(shop);
  expect(text).not.toMatch(/"at":|pipeline\.ts/);
  expect(
    fromManifest(JSON.parse(text))
      .toNode()
      .tables.map((table) => table.id),
  ).toEqual(shop.toNode().tables.map((table) => table.id));
});

test("what users call at is no place", () => {
  const p = pipeline("own")
    .bronze({
      raw: source
        .json("raw/*.json", { at: t.timestamp(), nested: t.struct({ at: t.date() }) })
        .tags({ at: "home", id: "x" })
        .properties({ at: "y" }),
    })
    .silver(($) => ({ same: $.raw.select((r) => ({ at: r.at, made: fn.struct({ at: r.at }) })) }));
  const json = JSON.parse(JSON.stringify(p));
  expect(json.tables[0].settings).toMatchObject({ tags: { at: "home", id: "x" }, properties: { at: "y" } });
  expect(JSON.stringify(fromManifest(json))).toBe(JSON.stringify(p));
  expect(JSON.stringify(fromManifest(json).toNode()).match(/"at":"manifest:/g)?.length).toBeGreaterThan(5);
});

test("places are kept where they are asked for: findings then name the lines of the code, else the way into the manifest", () => {
  const p = pipeline("leak")
    .bronze({ raw: source.json("raw/*.json", { id: t.bigint(), email: t.string().pii("email") }) })
    .silver(($) => ({ people: $.raw.select((r) => ({ id: r.id, email: r.email.lower() })) }))
    .gold(($) => ({ out: $.people }) as never);
  const locationOf = (json: unknown) => analyze(fromManifest(json)).map((d) => d.location);
  expect(locationOf(JSON.parse(JSON.stringify(p.toNode())))).toEqual(analyze(p).map((d) => d.location));
  expect(analyze(p)[0]?.location).toMatch(/^test\/unit\/manifest\.test\.ts:\d+:\d+$/);
  expect(locationOf(JSON.parse(JSON.stringify(p)))).toEqual(["manifest:tables[2].query"]);
});
