/** Which keys are proven, and what a lookup does of those that are not. */
import { analyze, compile, fn, type NumberExpr, pipeline, type StringExpr, source, t } from "medallion";
import { expect, test } from "vitest";
import { hasProvenKey } from "../../src/ast/keys.ts";

const event = { id: t.bigint(), code: t.string(), at: t.timestamp(), n: t.int() };
const bronze = pipeline("keys").bronze({
  raw: source.json("raw/*.json", event).key((r) => r.id),
  other: source.json("other/*.json", event),
});
const changed = bronze
  .scd1(($) => ({ latest: $.raw.changes({ key: (r) => r.id, sequenceBy: (r) => r.at }) }))
  .scd1(($) => ({ stock: $.raw.snapshots({ key: (r) => r.id }) }))
  .scd2(($) => ({ history: $.raw.changes({ key: (r) => r.id, sequenceBy: (r) => r.at }) }));

const keyed = changed
  .silver(($) => ({
    declared: $.raw.where((r) => r.n.gt(0)).key((r) => r.id),
    flows: $.raw.key((r) => r.id).appendFlow({ more: $.other }),
    deduped: $.raw.dedupe({ key: (r) => r.id, orderBy: (r) => r.at }).key((r) => r.id),
    deduped_by_more: $.raw.dedupe({ key: (r) => [r.id, r.code], orderBy: (r) => r.at }).key((r) => r.id),
    deduped_by_less: $.raw.dedupe({ key: (r) => r.id, orderBy: (r) => r.at }).key((r) => [r.id, r.code]),
    deduped_by_expression: $.raw.dedupe({ key: (r) => r.code.lower(), orderBy: (r) => r.at }).key((r) => r.code),
    filtered: $.latest.where((r) => r.n.gt(0)).key((r) => r.id),
    renamed: $.latest.select((r) => ({ key: r.id, id: r.code })).key((r) => r.key),
    swapped: $.latest.select((r) => ({ id: r.code, code: r.id })).key((r) => r.id),
    computed: $.latest.derive((r) => ({ id: r.id.abs() })).key((r) => r.id),
    looked_up: $.latest
      .lookup(
        $.raw,
        (r) => r.id,
        (l, r) => ({ id: l.id, code: r.code }),
      )
      .key((r) => r.id),
    looked_up_by_other: $.latest
      .lookup(
        $.raw,
        (r) => r.id,
        (l, r) => ({ n: l.n, code: r.code.orElse("") }),
      )
      .key((r) => r.code),
    joined: $.latest
      .join(
        $.raw,
        (l, r) => l.id.eq(r.id),
        (l) => ({ id: l.id }),
      )
      .key((r) => r.id),
    semi: $.latest.semiJoin($.raw, (l, r) => l.id.eq(r.id)).key((r) => r.id),
    grouped: $.raw
      .groupBy((r) => ({ code: r.code, id: r.id }))
      .aggregate(() => ({ n: fn.countRows() }))
      .key((r) => [r.id, r.code]),
    grouped_by_more: $.raw
      .groupBy((r) => ({ code: r.code, id: r.id }))
      .aggregate(() => ({ n: fn.countRows() }))
      .key((r) => r.id),
    whole: $.raw.aggregate(() => ({ n: fn.countRows() })).key((r) => r.n),
    first: $.raw
      .orderBy((r) => r.at)
      .limit(1)
      .key((r) => r.id),
    firsts: $.raw
      .orderBy((r) => r.at)
      .limit(2)
      .key((r) => r.id),
    united: $.latest.union($.latest.where((r) => r.id.gt(0))).key((r) => r.id),
    versions: $.history.key((r) => [r.id, r.__START_AT]),
    all_versions: $.history.key((r) => r.id),
    current: $.history.where((r) => r.__END_AT.isNull().and(r.n.gt(0))).key((r) => r.id),
    some_current: $.history.where((r) => r.__END_AT.isNull().or(r.n.gt(0))).key((r) => r.id),
  }))
  .silver(($) => ({
    numbered: $.raw.derive((r) => ({ row: fn.rowNumber().over({ orderBy: r.at }) })).key((r) => r.row),
    numbered_as: $.raw
      .select((r) => ({ row: fn.rowNumber().over({ orderBy: r.at }).cast(t.bigint().id("row")), code: r.code }))
      .where((r) => r.code.ne("a"))
      .key((r) => r.row),
    numbered_coarsely: $.raw
      .select((r) => ({ row: fn.rowNumber().over({ orderBy: r.at }).cast(t.float()) }))
      .key((r) => r.row),
    numbered_in_parts: $.raw
      .select((r) => ({ part: r.code, row: fn.rowNumber().over({ partitionBy: r.code, orderBy: r.at }) }))
      .key((r) => [r.part, r.row]),
    numbered_in_others: $.raw
      .select((r) => ({ id: r.id, row: fn.rowNumber().over({ partitionBy: r.code, orderBy: r.at }) }))
      .key((r) => [r.id, r.row]),
    ranked: $.raw.derive((r) => ({ row: fn.rank().over({ orderBy: r.at }) })).key((r) => r.row),
    joined_whole: $.latest
      .join(
        $.deduped,
        (l, r) => l.id.eq(r.id).and(r.n.gt(1)),
        (l, r) => ({ id: l.id, code: r.code }),
      )
      .key((r) => r.id),
    joined_other: $.other
      .join(
        $.latest,
        (l, r) => l.id.eq(r.id),
        (_, r) => ({ id: r.id }),
      )
      .key((r) => r.id),
    joined_by_either: $.deduped
      .join(
        $.latest,
        (l, r) => l.id.eq(r.id),
        (_, r) => ({ id: r.id }),
      )
      .key((r) => r.id),
    joined_left: $.latest
      .leftJoin(
        $.deduped,
        (l, r) => l.id.eq(r.id),
        (l, r) => ({ id: l.id, other: r.id.orElse(0n) }),
      )
      .key((r) => r.id),
    joined_part: $.latest
      .leftJoin(
        $.deduped_by_more,
        (l, r) => l.id.eq(r.id),
        (l) => ({ id: l.id }),
      )
      .key((r) => r.id),
    joined_inexactly: $.latest
      .derive((l) => ({ near: l.id.cast(t.double()) }))
      .join(
        $.deduped,
        (l, r) => l.near.eq(r.id),
        (l) => ({ id: l.id }),
      )
      .key((r) => r.id),
  }))
  .silver(($) => ({
    one_code: $.deduped_by_more.where((r) => r.code.eq("a")).key((r) => r.id),
  }));

test("a key is proven by how the rows are made, and by nothing that is declared", () => {
  const tables = new Map(keyed.toNode().tables.map((table) => [table.name, table]));
  const proven = [...tables.values()].filter((table) => hasProvenKey(table, tables)).map((table) => table.name);
  expect(proven).toEqual([
    "latest",
    ...["deduped", "deduped_by_less", "filtered", "renamed", "looked_up", "semi", "grouped", "whole", "first"],
    ...["versions", "current", "numbered", "numbered_as", "numbered_in_parts"],
    ...["joined_whole", "joined_by_either", "joined_left", "one_code"],
  ]);
});

test("tables that read each other end the search", () => {
  const { tables } = keyed.toNode();
  const [first] = tables.filter((table) => table.name === "filtered");
  if (first?.kind !== "query" || first.query.kind !== "where") throw new Error("not the query that was made");
  const itself = {
    ...first,
    query: { ...first.query, input: { ...first.query.input, kind: "table", table: "filtered" } },
  };
  const circular = { ...first, ...itself } as typeof first;
  expect(hasProvenKey(circular, new Map([["filtered", circular]]))).toBe(false);
});

const looking = (of: "latest" | "declared") =>
  keyed.gold(($) => ({
    sums: $.current.lookup(
      $[of],
      (l) => l.id,
      (l, r) => ({ id: l.id, code: r.code }),
    ),
  }));

test.each(["duckdb", "spark", "databricks"] as const)(
  "%s: a lookup reads one row of a key, and as it is where it is proven",
  (target) => {
    const sql = (of: "latest" | "declared") =>
      compile(looking(of), { target })
        .files.map((file) => file.contents)
        .find((text) => text.includes("gold.sums")) ?? "";
    expect(sql("latest")).not.toContain("row_number()");
    expect(sql("declared")).toMatch(
      /QUALIFY row_number\(\) OVER \(PARTITION BY id ORDER BY code ASC NULLS FIRST, ["`]at["`] ASC NULLS FIRST, n ASC NULLS FIRST\) = 1/,
    );
  },
);

test("a key of numbered groups is not held against the groups", () => {
  const numbered = bronze.silver(($) => ({
    codes: $.raw
      .groupBy((r) => ({ code: r.code, n: r.n }))
      .aggregate(() => ({}))
      .derive((r) => ({ code_id: fn.rowNumber().over({ orderBy: [r.code, r.n] }) }))
      .key((r) => r.code_id),
  }));
  expect(analyze(numbered).filter(({ code }) => code === "KEY005")).toEqual([]);
});

test("a key that is put together of what tells the rows apart is theirs", () => {
  const parts = (r: { readonly id: NumberExpr<"bigint">; readonly code: StringExpr }) =>
    fn.concat(r.id.cast(t.string()), "-", r.code.orElse("")).md5();
  const surrogates = bronze.silver(($) => ({
    of_dedupe: $.other
      .dedupe({ key: (r) => [r.id, r.code], orderBy: (r) => r.at })
      .derive((r) => ({ row_id: parts(r) }))
      .select(({ row_id, n }) => ({ id: row_id, n }))
      .key((r) => r.id),
    of_groups: $.other
      .groupBy((r) => ({ id: r.id, code: r.code }))
      .aggregate(() => ({ rows: fn.countRows() }))
      .select((r) => ({ row_id: parts(r), rows: r.rows }))
      .key((r) => r.row_id),
    less: $.other
      .dedupe({ key: (r) => [r.id, r.code], orderBy: (r) => r.at })
      .derive((r) => ({ row_id: r.id.cast(t.string()).md5() }))
      .key((r) => r.row_id),
    coarser: $.other
      .dedupe({ key: (r) => r.at, orderBy: (r) => r.n })
      .derive((r) => ({ day: r.at.toDate() }))
      .key((r) => r.day),
    more: $.other
      .dedupe({ key: (r) => [r.id, r.code], orderBy: (r) => r.at })
      .derive((r) => ({ row_id: parts(r) }))
      .key((r) => [r.row_id, r.n]),
  }));
  const found = analyze(surrogates).filter(({ code }) => code === "KEY005");
  expect(found.map(({ table }) => table)).toEqual(["less", "coarser", "more"]);
});

test("a group that a key decides is not asked for in the key of the groups", () => {
  const named = changed.silver(($) => ({
    names: $.other
      .lookup(
        $.latest,
        (o) => o.n.cast(t.bigint()),
        (o, l) => ({ owner: o.n, name: l.code, id: o.id }),
      )
      .groupBy((r) => ({ owner: r.owner, name: r.name }))
      .aggregate(() => ({ rows: fn.countRows() }))
      .key((r) => r.owner),
    next_to_key: $.latest
      .leftJoin(
        $.other,
        (l, o) => l.id.eq(o.id),
        (l, o) => ({ id: l.id, code: l.code.upper(), n: o.n }),
      )
      .groupBy((r) => ({ id: r.id, code: r.code }))
      .aggregate((r) => ({ ns: r.n.count() }))
      .key((r) => r.id),
    of_the_other: $.latest
      .leftJoin(
        $.other,
        (l, o) => l.id.eq(o.id),
        (l, o) => ({ id: l.id, code: o.code }),
      )
      .groupBy((r) => ({ id: r.id, code: r.code }))
      .aggregate(() => ({ rows: fn.countRows() }))
      .key((r) => r.id),
    windowed: $.latest
      .derive((r) => ({ place: fn.rowNumber().over({ orderBy: r.n }) }))
      .groupBy((r) => ({ id: r.code, place: r.place }))
      .aggregate(() => ({}))
      .key((r) => r.id),
  }));
  const found = analyze(named).filter(({ code }) => code === "KEY005");
  expect(found.map(({ table }) => table)).toEqual(["of_the_other", "windowed"]);
});
