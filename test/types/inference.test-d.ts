/** What users read from inference: rows, keys and kinds of the tables of each layer. */
import {
  type AnyPipeline,
  type CarriedKey,
  fn,
  type InferRow,
  type KeyColumn,
  pipeline,
  type Relation,
  type RowOf,
  type StringExpr,
  source,
  sql,
  t,
} from "medallion";
import { fromZod } from "medallion/zod";
import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";

const p = pipeline("types")
  .bronze({
    orders_raw: source.json("orders/*.json", {
      order_id: t.bigint(),
      line: t.int(),
      customer_id: t.bigint().nullable(),
      ordered_at: t.timestamp(),
      amount: t.decimal(12, 2).unit("EUR"),
      weight: t.double().nullable(),
      paid: t.boolean(),
      day: t.date(),
      wall: t.timestampNtz(),
      blob: t.binary().nullable(),
      tags: t.array(t.string()),
      address: t.struct({ city: t.string(), zip: t.int().nullable() }).nullable(),
      scores: t.map(t.string(), t.double()),
      extra: t.variant(),
    }),
    customers_raw: source.csv("customers.csv", {
      customer_id: t.bigint(),
      email: t.string().pii("email"),
      op: t.string(),
      version: t.bigint(),
    }),
    with_origin_raw: source.json("x", { id: t.int() }, { metadata: true }),
    existing_raw: source.table("other.orders", { id: t.int() }),
  })
  .silver(($) => ({
    orders: $.orders_raw
      .select(({ wall, blob, tags, address, scores, extra, ...rest }) => ({ ...rest, city: address.fields.city }))
      .key((o) => [o.order_id, o.line])
      .expect({ positive: (o) => o.amount.gt(0) }),
    known: $.orders_raw.whereNotNull((o) => ({ customer_id: o.customer_id })).key((o) => o.customer_id),
    views: $.existing_raw.where((e) => e.id.gt(0)),
    latest_order: $.orders_raw.dedupe({ key: (o) => o.customer_id, orderBy: (o) => o.ordered_at.desc() }),
  }))
  .scd1(($) => ({
    customers: $.customers_raw.changes({
      key: (c) => c.customer_id,
      sequenceBy: (c) => c.version,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ op, ...rest }) => rest,
    }),
  }))
  .scd2(($) => ({
    history: $.customers_raw.changes({ key: (c) => c.customer_id, sequenceBy: (c) => c.version }),
  }))
  .gold(($) => ({
    by_day: $.orders
      .leftJoin(
        $.customers,
        (o, c) => o.customer_id.eq(c.customer_id),
        (o, c) => ({ day: o.day, amount: o.amount.acknowledgeFanOut(), domain: c.email.emailDomain() }),
      )
      .groupBy((r) => ({ day: r.day, domain: r.domain }))
      .aggregate((r) => ({ revenue: r.amount.sum(), mean: r.amount.avg(), n: fn.countRows(), days: r.day.arrayAgg() }))
      .key((r) => r.day),
  }));

type Tables = typeof p.tables;

describe("rows", () => {
  test("bronze: every SQL type as a TypeScript type", () => {
    expectTypeOf<InferRow<Tables["orders_raw"]>>().toEqualTypeOf<{
      readonly order_id: bigint;
      readonly line: number;
      readonly customer_id: bigint | null;
      readonly ordered_at: string;
      readonly amount: string;
      readonly weight: number | null;
      readonly paid: boolean;
      readonly day: string;
      readonly wall: string;
      readonly blob: Uint8Array | null;
      readonly tags: readonly string[];
      readonly address: { readonly city: string; readonly zip: number | null } | null;
      readonly scores: ReadonlyMap<string, number>;
      readonly extra: unknown;
    }>();
  });

  test("bronze: metadata where it was asked for", () => {
    expectTypeOf<InferRow<Tables["with_origin_raw"]>>().toEqualTypeOf<{
      readonly id: number;
      readonly _source_file: string | null;
      readonly _source_modified_at: string | null;
      readonly _ingested_at: string;
      readonly _rescued_data: string | null;
    }>();
  });

  test("a source with metadata keeps its columns through every step", () => {
    const read = pipeline("metadata").bronze({
      raw: source.json(
        "x",
        { id: t.string().nullable(), n: t.int(), at: t.timestamp(), open: t.boolean() },
        { metadata: true },
      ),
    });
    const steps = read.silver(($) => ({
      filled: $.raw.whereNotNull((c) => ({ id: c.id })).key((c) => c.id),
      replaced: $.raw.derive((c) => ({ id: c.id.orElse("?") })).key((c) => c.id),
      constant: $.raw.derive(() => ({ open: false, n: 5, id: "one" })).where((c) => c.open.not()),
      rest: $.raw.derive((c) => ({ id: c.id.orElse("?") })).select(({ _rescued_data, ...rest }) => rest),
      latest: $.raw
        .dedupe({ key: (c) => c.n, orderBy: (c) => c._ingested_at.desc() })
        .derive((c) => ({ n: c.n.plus(1) })),
      grouped: $.raw.groupBy((c) => ({ file: c._source_file })).aggregate((c) => ({ n: c.n.max() })),
    }));
    const events = steps
      .silver(($) => ({
        both: $.filled.union($.replaced),
        joined: $.filled.leftJoin(
          $.raw,
          (a, b) => a.n.eq(b.n),
          (a, b) => ({ ...a, other: b.id }),
        ),
      }))
      .scd2(($) => ({ history: $.filled.changes({ key: (c) => c.id, sequenceBy: (c) => c.at }) }))
      .gold(($) => ({ open: $.history.where((c) => c.__END_AT.isNull()).key((c) => c.id) }));
    type Read = (typeof events)["tables"];
    expectTypeOf<InferRow<Read["filled"]>["id"]>().toEqualTypeOf<string>();
    expectTypeOf<InferRow<Read["replaced"]>>().toEqualTypeOf<InferRow<Read["filled"]>>();
    expectTypeOf<InferRow<Read["constant"]>["n"]>().toEqualTypeOf<number>();
    expectTypeOf<keyof InferRow<Read["rest"]>>().toEqualTypeOf<
      "id" | "n" | "at" | "open" | "_source_file" | "_source_modified_at" | "_ingested_at"
    >();
    expectTypeOf<InferRow<Read["open"]>["id"]>().toEqualTypeOf<string>();
  });

  test("silver: what select keeps; what whereNotNull filters is not null", () => {
    expectTypeOf<InferRow<Tables["orders"]>>().toEqualTypeOf<{
      readonly order_id: bigint;
      readonly line: number;
      readonly customer_id: bigint | null;
      readonly ordered_at: string;
      readonly amount: string;
      readonly weight: number | null;
      readonly paid: boolean;
      readonly day: string;
      readonly city: string | null;
    }>();
    expectTypeOf<InferRow<Tables["known"]>["customer_id"]>().toEqualTypeOf<bigint>();
  });

  test("change targets: what is stored; a history has the time of its versions", () => {
    expectTypeOf<InferRow<Tables["customers"]>>().toEqualTypeOf<{
      readonly customer_id: bigint;
      readonly email: string;
      readonly version: bigint;
    }>();
    expectTypeOf<InferRow<Tables["history"]>>().toEqualTypeOf<{
      readonly customer_id: bigint;
      readonly email: string;
      readonly op: string;
      readonly version: bigint;
      readonly __START_AT: bigint;
      readonly __END_AT: bigint | null;
    }>();
  });

  test("gold: groups and measures", () => {
    expectTypeOf<InferRow<Tables["by_day"]>>().toEqualTypeOf<{
      readonly day: string;
      readonly domain: string | null;
      readonly revenue: string;
      readonly mean: string;
      readonly n: bigint;
      readonly days: readonly string[];
    }>();
  });

  test("constants keep the type of what they meet", () => {
    const made = p.silver(($) => ({
      made: $.orders_raw.select((o) => ({
        next: o.order_id.plus(1),
        part: o.line.div(2),
        filled: o.customer_id.orElse(0),
        choice: fn.when(o.paid, o.order_id).otherwise(0),
        text: fn.when(o.paid, "yes").otherwise(null),
        between: fn.when(o.paid, o.line).when(o.line.gt(3), null).otherwise(0),
        first: fn.when(o.paid, null).otherwise(o.order_id),
        texts: fn.when(o.paid, null).when(o.line.gt(3), "more").otherwise(null),
        raw: sql(t.int().nullable())`length(${o.day})`,
        whole: o.weight.tryCast(t.int()),
      })),
    }));
    expectTypeOf<InferRow<(typeof made.tables)["made"]>>().toEqualTypeOf<{
      readonly next: bigint;
      readonly part: number | null;
      readonly filled: bigint;
      readonly choice: bigint;
      readonly text: string | null;
      readonly between: number | null;
      readonly first: bigint | null;
      readonly texts: string | null;
      readonly raw: number | null;
      readonly whole: number | null;
    }>();
  });

  test("fromZod: the row of the schema", () => {
    const schema = z.object({
      id: z.bigint(),
      n: z.int().optional(),
      at: z.date(),
      tags: z.array(z.string()),
      where: z.object({ city: z.string().nullable() }).nullable(),
      rates: z.record(z.string(), z.number()),
      level: z.enum(["low", "high"]).default("low"),
    });
    const zod = pipeline("zod").bronze({ raw: source.json("x", fromZod(schema)) });
    expectTypeOf<InferRow<(typeof zod.tables)["raw"]>>().toEqualTypeOf<{
      readonly id: bigint;
      readonly n: number | null;
      readonly at: string;
      readonly tags: readonly string[];
      readonly where: { readonly city: string | null } | null;
      readonly rates: ReadonlyMap<string, number>;
      readonly level: "low" | "high";
    }>();
  });
});

describe("keys", () => {
  test("one column, several, none", () => {
    expectTypeOf<RowOf<{ key: Tables["known"][" ~key"] }>>().toEqualTypeOf<{ readonly key: bigint }>();
    expectTypeOf<RowOf<Tables["orders"][" ~key"]>>().toEqualTypeOf<readonly [bigint, number]>();
    expectTypeOf<RowOf<{ key: Tables["customers"][" ~key"] }>>().toEqualTypeOf<{ readonly key: bigint }>();
    expectTypeOf<Tables["history"][" ~key"]>().toEqualTypeOf<never>();
    expectTypeOf<Tables["orders_raw"][" ~key"]>().toEqualTypeOf<never>();
  });

  test("a row-wise step keeps the key, a select carries it, a union loses it", () => {
    p.silver(($) => {
      expectTypeOf($.orders.where((o) => o.paid)[" ~key"]).toEqualTypeOf<Tables["orders"][" ~key"]>();
      expectTypeOf($.orders.derive((o) => ({ x: o.line }))[" ~key"]).toEqualTypeOf<Tables["orders"][" ~key"]>();
      expectTypeOf($.orders.select((o) => ({ x: o.line }))[" ~key"]).toEqualTypeOf<
        CarriedKey<Tables["orders"][" ~key"]>
      >();
      expectTypeOf($.orders.select((o) => o).select((o) => o)[" ~key"]).toEqualTypeOf<
        CarriedKey<Tables["orders"][" ~key"]>
      >();
      expectTypeOf($.orders_raw.select((o) => o)[" ~key"]).toEqualTypeOf<never>();
      expectTypeOf($.orders.groupBy((o) => ({ line: o.line })).aggregate(() => ({}))[" ~key"]).toEqualTypeOf<
        CarriedKey<KeyColumn<"line">>
      >();
      expectTypeOf($.orders.union($.orders)[" ~key"]).toEqualTypeOf<never>();
      return {};
    });
  });
});

describe("kinds", () => {
  test("streaming as long as it only grows", () => {
    expectTypeOf<Tables["orders_raw"][" ~kind"]>().toEqualTypeOf<"streaming">();
    expectTypeOf<Tables["orders"][" ~kind"]>().toEqualTypeOf<"streaming">();
    expectTypeOf<Tables["known"][" ~kind"]>().toEqualTypeOf<"streaming">();
  });

  test("materialized where it joins, aggregates, deduplicates, or reads what is updated in place", () => {
    expectTypeOf<Tables["existing_raw"][" ~kind"]>().toEqualTypeOf<"materialized">();
    expectTypeOf<Tables["views"][" ~kind"]>().toEqualTypeOf<"materialized">();
    expectTypeOf<Tables["latest_order"][" ~kind"]>().toEqualTypeOf<"materialized">();
    expectTypeOf<Tables["customers"][" ~kind"]>().toEqualTypeOf<"materialized">();
    expectTypeOf<Tables["history"][" ~kind"]>().toEqualTypeOf<"materialized">();
    expectTypeOf<Tables["by_day"][" ~kind"]>().toEqualTypeOf<"materialized">();
  });

  test("a stream and a view in one union are a view", () => {
    p.silver(($) => {
      const ids = $.orders_raw.select((o) => ({ id: o.line }));
      expectTypeOf(ids.union(ids)[" ~kind"]).toEqualTypeOf<"streaming">();
      expectTypeOf(ids.union($.views)[" ~kind"]).toEqualTypeOf<"materialized">();
      expectTypeOf(ids.materialized()[" ~kind"]).toEqualTypeOf<"materialized">();
      return {};
    });
  });
});

test("a step of one's own takes any relation that has the columns", () => {
  const shout = <S extends { readonly name: StringExpr }, Key>(r: Relation<S, Key>) =>
    r.derive((c) => ({ loud: c.name.upper() }));
  const made = pipeline("own")
    .bronze({ raw: source.json("x", { id: t.int(), name: t.string() }) })
    .silver(($) => ({ loud: $.raw.pipe(shout) }));
  expectTypeOf<InferRow<(typeof made.tables)["loud"]>>().toEqualTypeOf<{
    readonly id: number;
    readonly name: string;
    readonly loud: string;
  }>();
});

test("groups without a measure keep their columns", () => {
  const groups = p.silver(($) => ({
    places: $.orders
      .groupBy((o) => ({ city: o.city }))
      .aggregate(() => ({}))
      .derive(() => ({}))
      .derive((o) => ({ shouted: o.city.upper() })),
  }));
  expectTypeOf<InferRow<typeof groups.tables.places>>().toEqualTypeOf<{
    readonly city: string | null;
    readonly shouted: string | null;
  }>();
});

test("any pipeline is taken as data", () => {
  expectTypeOf(p).toExtend<AnyPipeline>();
});

test("tables whose names are known at run time take no name, and are read under any", () => {
  const columns = { id: t.int(), at: t.timestamp() };
  const files = (path: string) => source.csv(path, columns).expectOrDrop({ known: (c) => c.id.gt(0) });
  const listed: Readonly<Record<string, ReturnType<typeof files>>> = Object.fromEntries(
    ["a", "b"].map((name) => [`${name}_raw`, files(`${name}/*.csv`)]),
  );
  const one = pipeline("one").bronze({ one_raw: source.csv("one.csv", columns) });
  const many = pipeline("many")
    .bronze(listed)
    .scd1(($) =>
      Object.fromEntries(
        Object.keys(listed).map((name) => {
          const raw = $[name];
          if (!raw) throw new Error(name);
          return [name.replace("_raw", ""), raw.changes({ key: (c) => c.id, sequenceBy: (c) => c.at })];
        }),
      ),
    );
  expectTypeOf(many.include(one)).toExtend<AnyPipeline>();
  expectTypeOf(one.include(many)).toExtend<AnyPipeline>();
});

test("a label of an array or a struct is that of all that is inside", () => {
  const labelled = pipeline("labelled").bronze({
    raw: source.json("raw/*.json", {
      list: t.array(t.string()).pii("health"),
      both: t
        .struct({ name: t.string().pii("name"), at: t.date() })
        .pii("health")
        .nullable(),
    }),
  });
  labelled.silver(($) => ({
    made: $.raw.derive((r) => {
      expectTypeOf(r.list.at(0)).toEqualTypeOf<StringExpr<"null", "health">>();
      expectTypeOf(r.both.fields.name).toEqualTypeOf<StringExpr<"null", "health" | "name">>();
      return { first: r.list.at(0) };
    }),
  }));
});
