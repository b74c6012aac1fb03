/** Flows, backfills, snapshots, parameters and every option of change events, on DuckDB. */
import { chmod, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { fn, MedallionError, param, pipeline, source, t } from "medallion";
import { type RunEvent, type RunOptions, run } from "medallion/run";
import { describe, expect, test } from "vitest";
import { Warehouse } from "../../src/engines/duckdb/warehouse/warehouse.ts";
import clauses from "../fixtures/pipelines/clauses.ts";
import { asAnybody, folder, rows, table, write } from "./support.ts";

const lines = (...values: readonly object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");

/** Runs an update on the warehouse in a folder, and gives its tables and the rows of some queries. */
async function updated(
  p: Parameters<typeof run>[0],
  base: string,
  queries: readonly string[],
  options: RunOptions = {},
) {
  await using update = await run(p, { baseDir: base, warehouse: path.join(base, "w.duckdb"), ...options });
  expect(update.tables.map((one) => [one.name, one.reason])).toEqual(update.tables.map((one) => [one.name, undefined]));
  for (const one of update.tables) expect(one.rowsRead).toBe(one.rowsWritten + one.rowsDropped + one.rowsQuarantined);
  const results = [];
  for (const query of queries) results.push((await rows(update, query)).map((row) => Object.values(row)));
  return { update, results };
}

describe("flows into a streaming table", () => {
  const item = { id: t.bigint(), place: t.string() };
  const p = pipeline("flows")
    .bronze({
      a: source
        .json("a/*.json", item)
        .appendFlow({ second: source.csv("b/*.csv", item) })
        .backfill({ old: source.json("old/*.json", item) }),
      c: source.json("c/*.json", item),
    })
    .silver(($) => ({
      all: $.a
        .where((r) => r.id.gt(0))
        .expectOrQuarantine({ small: (r) => r.id.lt(100) })
        .appendFlow({ from_c: $.c })
        .backfill({
          counted: $.c
            .groupBy((r) => ({ place: r.place }))
            .aggregate((r) => ({ n: r.id.count() }))
            .select((r) => ({ id: r.n, place: r.place })),
        }),
    }));

  test("each brings its new rows, and a backfill comes once", async () => {
    const base = await folder();
    await write(base, "a/1.json", lines({ id: 1, place: "a" }, { id: 0, place: "a" }, { id: "x", place: "a" }));
    await write(base, "b/1.csv", "place,id\nb,2\n");
    await write(base, "old/1.json", lines({ id: 3, place: "old" }));
    await write(base, "c/1.json", lines({ id: 4, place: "c" }, { id: 400, place: "c" }));
    const query = "SELECT place, id FROM silver.all ORDER BY ALL";
    const first = await updated(p, base, [query]);
    expect(first.results).toEqual([
      [
        ["a", 1],
        ["b", 2],
        ["c", 2],
        ["c", 4],
        ["old", 3],
      ],
    ]);
    expect(table(first.update, "a")).toMatchObject({ rowsRead: 5, rowsWritten: 4, rowsQuarantined: 1 });
    expect(table(first.update, "all")).toMatchObject({
      rowsRead: 7,
      rowsWritten: 5,
      rowsDropped: 1,
      rowsQuarantined: 1,
    });

    await write(base, "b/2.csv", "id,place\n5,b\n");
    await write(base, "old/2.json", lines({ id: 6, place: "old" }));
    await write(base, "c/2.json", lines({ id: 7, place: "c" }));
    const second = await updated(p, base, [query]);
    expect(second.update.warnings).toMatchObject([
      { code: "SRC019", message: expect.stringMatching(/^old\/2\.json is not read: the backfill was read before/) },
    ]);
    expect(second.results).toEqual([
      [
        ["a", 1],
        ["b", 2],
        ["b", 5],
        ["c", 2],
        ["c", 4],
        ["c", 7],
        ["old", 3],
      ],
    ]);
    expect(table(second.update, "a")).toMatchObject({ rowsRead: 1, rowsWritten: 1 });
    expect(table(second.update, "all")).toMatchObject({ rowsRead: 2, rowsWritten: 2 });

    const third = await updated(p, base, []);
    expect(third.update.tables.every((one) => one.skipped)).toBe(true);
  });

  test("a backfill that was read needs its files no more", async () => {
    const base = await folder();
    await write(base, "a/1.json", lines({ id: 1, place: "a" }));
    await write(base, "old/1.json", lines({ id: 3, place: "old" }));
    const own = pipeline("gone").bronze({
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a parameter of the pipeline in a path.
      a: source.json("a/*.json", item).backfill({ old: source.json("${archive}/*.json", item) }),
    });
    for (const archive of ["old", "s3://bucket/old"]) {
      await using update = await run(own, { warehouse: `${base}/w.duckdb`, baseDir: base, params: { archive } });
      expect(update.status).toBe("completed");
      expect(update.warnings).toEqual([]);
      expect(await update.query("SELECT id FROM bronze.a ORDER BY ALL")).toEqual([{ id: 1n }, { id: 3n }]);
    }
  });

  test("a file of a backfill that could not be read is read when it can be", async () => {
    const base = await folder();
    await write(base, "a/1.json", lines({ id: 1, place: "a" }));
    await write(base, "old/1.json", lines({ id: 3, place: "old" }));
    await write(base, "old/2.json", '[{"id":4,"place":"old"}]');
    const query = "SELECT id FROM bronze.a ORDER BY ALL";
    const codes = ({ update }: Awaited<ReturnType<typeof updated>>) =>
      update.warnings.flatMap(({ code, table }) => (table === "a" && code !== "SRC004" ? [code] : []));
    const first = await updated(p, base, [query]);
    expect([codes(first), first.results]).toEqual([["SRC005"], [[[1], [3]]]]);
    const second = await updated(p, base, [query]);
    expect([codes(second), second.results]).toEqual([[], [[[1], [3]]]]);
    await write(base, "old/2.json", lines({ id: 4, place: "old" }));
    const third = await updated(p, base, [query, "SELECT count(*) FROM bronze.a_quarantine"]);
    expect([codes(third), third.results]).toEqual([[], [[[1], [3], [4]], [[0]]]]);
  });

  test("a file of a backfill that had nothing to be read yet is read when it has, as its warning tells", async () => {
    const base = await folder();
    await write(base, "a/1.json", lines({ id: 1, place: "a" }));
    await write(base, "old/1.json", "");
    await write(base, "old/2.json", lines({ id: 4, place: "old" }));
    await symlink(`${base}/old/later`, `${base}/old/3.json`);
    await chmod(`${base}/old/2.json`, 0);
    const q = pipeline("late").bronze({
      a: source.json("a/*.json", item).backfill({ old: source.json("old/*.json", item) }),
    });
    const query = "SELECT id FROM bronze.a ORDER BY ALL";
    const ids = async () => {
      const { update, results } = await asAnybody(base, () => updated(q, base, [query]));
      return [update.warnings.map(({ code }) => code).sort(), results.flat(2)];
    };
    expect(await ids()).toEqual([["SRC006", "SRC006", "SRC010"], [1]]);
    expect(await ids()).toEqual([["SRC006"], [1]]);
    await write(base, "old/1.json", lines({ id: 3, place: "old" }));
    await write(base, "old/later", lines({ id: 5, place: "old" }));
    await chmod(`${base}/old/2.json`, 0o644);
    expect(await ids()).toEqual([[], [1, 3, 4, 5]]);
    expect(await ids()).toEqual([[], [1, 3, 4, 5]]);
  });
});

describe("change events", () => {
  const event = {
    id: t.bigint(),
    name: t.string().nullable(),
    city: t.string().nullable(),
    op: t.string(),
    seq: t.bigint(),
    part: t.int(),
  };
  const raw = pipeline("events").bronze({
    raw: source.json("raw/*.json", event),
    old: source.json("old/*.json", event),
  });
  const p = raw
    .scd1(($) => ({
      latest: $.raw
        .changes({
          key: (c) => c.id,
          sequenceBy: (c) => fn.struct({ seq: c.seq, part: c.part }),
          deleteWhen: (c) => c.op.eq("D"),
          truncateWhen: (c) => c.op.eq("T"),
          ignoreNullUpdates: (c) => ({ city: c.city }),
          columns: (c) => ({ id: c.id, name: c.name, city: c.city }),
        })
        .backfill({
          before: $.old.changes({
            key: (c) => c.id,
            sequenceBy: (c) => fn.struct({ seq: c.seq, part: c.part }),
            ignoreNullUpdates: (c) => ({ city: c.city }),
            columns: (c) => ({ id: c.id, name: c.name, city: c.city }),
          }),
        })
        .comment("the latest state"),
    }))
    .scd2(($) => ({
      history: $.raw.changes({
        key: (c) => c.id,
        sequenceBy: (c) => c.seq,
        deleteWhen: (c) => c.op.eq("D"),
        ignoreNullUpdates: true,
        columns: (c) => ({ id: c.id, name: c.name, city: c.city }),
      }),
    }));
  const e = (id: number, seq: number, name: string | null, city: string | null, op = "U", part = 0) => ({
    id,
    seq,
    name,
    city,
    op,
    part,
  });
  const all = [
    e(1, 1, "a", "Rome"),
    e(1, 2, "b", null),
    e(1, 3, null, "Bonn"),
    e(2, 1, "x", "Oslo"),
    e(2, 2, null, null, "D"),
    e(2, 3, null, null),
    e(3, 1, "y", "Kyiv"),
    e(3, 1, "z", null, "U", 1),
    e(0, 4, null, null, "T"),
    e(4, 4, "lost", "too", "U", -1),
    e(5, 5, "after", "Nice"),
    e(1, 6, "c", null),
  ];
  const latest = "SELECT id, name, city FROM silver.latest ORDER BY id";
  const history =
    "SELECT id, name, city, __START_AT, __END_AT FROM silver.history WHERE id > 0 ORDER BY id, __START_AT";
  const expected = [
    [
      [1, "c", null],
      [5, "after", "Nice"],
    ],
    [
      [1, "a", "Rome", 1, 2],
      [1, "b", "Rome", 2, 3],
      [1, "b", "Bonn", 3, 6],
      [1, "c", "Bonn", 6, null],
      [2, "x", "Oslo", 1, 2],
      [2, null, null, 3, null],
      [3, "y", "Kyiv", 1, null],
      [4, "lost", "too", 4, null],
      [5, "after", "Nice", 5, null],
    ].filter((row) => row[0] !== 3),
  ];

  test("truncation, ignored nulls, several sequence columns, in one update or in many", async () => {
    const once = await folder();
    await write(once, "raw/1.json", lines(...all));
    const whole = await updated(p, once, [latest, history.replace("id > 0", "id > 0 AND id <> 3")]);
    expect(whole.results).toEqual(expected);

    const many = await folder();
    let results: unknown;
    // The order of arrival is another one: the truncation comes before some of what it empties.
    for (const [i, one] of [...all].sort((a, b) => ((a.id * 7 + a.seq) % 5) - ((b.id * 7 + b.seq) % 5)).entries()) {
      await write(many, `raw/${i}.json`, lines(one));
      ({ results } = await updated(p, many, [latest, history.replace("id > 0", "id > 0 AND id <> 3")]));
    }
    expect(results).toEqual(expected);
  });

  const VERSION_6 = `UPDATE _medallion.inputs SET input_name = 'once ' || backfill || ' ' || input_name WHERE backfill IS NOT NULL;
ALTER TABLE _medallion.inputs DROP COLUMN backfill; UPDATE _medallion.meta SET version = 6`;

  test.each([
    ["this version", undefined],
    ["version 6, whose state has it in the name of the input", VERSION_6],
  ])("a backfill of events is read once, in a warehouse of %s", async (_, earlier) => {
    const base = await folder();
    await write(base, "raw/1.json", lines(e(1, 5, "new", null)));
    await write(base, "old/1.json", lines(e(1, 1, "first", "Rome"), e(2, 1, "old", "Oslo")));
    const first = await updated(p, base, [latest]);
    expect(first.results).toEqual([
      [
        [1, "new", "Rome"],
        [2, "old", "Oslo"],
      ],
    ]);
    expect(table(first.update, "latest")).toMatchObject({ rowsRead: 3 });
    if (earlier !== undefined) {
      const warehouse = await Warehouse.open(path.join(base, "w.duckdb"));
      await warehouse.main.exec(earlier);
      await warehouse.close();
    }
    await write(base, "old/2.json", lines(e(3, 1, "late", "Bonn"), e(1, 9, "late", "Bonn")));
    await write(base, "raw/2.json", lines(e(2, 2, "newer", null)));
    const second = await updated(p, base, [latest]);
    expect(second.results).toEqual([
      [
        [1, "new", "Rome"],
        [2, "newer", "Oslo"],
      ],
    ]);
    expect(table(second.update, "latest")).toMatchObject({ rowsRead: 1 });
    const read =
      "SELECT input_name, backfill IS NOT NULL FROM _medallion.inputs WHERE table_name = 'silver.latest' ORDER BY 1";
    const comments = await updated(p, base, ["SELECT comment FROM duckdb_tables() WHERE table_name = 'latest'", read]);
    expect(comments.results).toEqual([
      [["the latest state"]],
      [
        ["old", true],
        ["raw", false],
      ],
    ]);
  });
});

describe("snapshots", () => {
  const stock = pipeline("stock")
    .bronze({ raw: source.json("raw/*.json", { sku: t.string(), shelf: t.string(), amount: t.int(), day: t.date() }) })
    .silver(($) => ({
      today: $.raw
        .derive((s) => ({ last: s.day.max().over({}) }))
        .where((s) => s.day.eq(s.last))
        .select(({ last, ...rest }) => rest),
    }));
  const p = stock
    .scd1(($) => ({ current: $.today.snapshots({ key: (s) => s.sku, columns: ({ day, ...rest }) => rest }) }))
    .scd2(($) => ({
      history: $.today.snapshots({
        key: (s) => s.sku,
        version: (s) => s.day.max(),
        columns: ({ day, ...rest }) => rest,
        trackHistory: ({ amount }) => ({ amount }),
      }),
    }));
  const day = (n: number, ...items: readonly (readonly [string, string, number])[]) =>
    lines(...items.map(([sku, shelf, amount]) => ({ sku, shelf, amount, day: `2025-01-0${n}` })));
  const history =
    "SELECT sku, shelf, amount, CAST(__START_AT AS VARCHAR), CAST(__END_AT AS VARCHAR) FROM silver.history ORDER BY ALL";

  test("what differs between two states is what changed", async () => {
    const base = await folder();
    await write(base, "raw/1.json", day(1, ["a", "x", 1], ["b", "x", 2]));
    await updated(p, base, []);
    await write(base, "raw/2.json", day(2, ["a", "y", 1], ["b", "x", 3], ["c", "x", 9]));
    await updated(p, base, []);
    await write(base, "raw/3.json", day(3, ["b", "x", 3], ["c", "x", 9]));
    const third = await updated(p, base, [history, "SELECT sku, amount FROM silver.current ORDER BY sku"]);
    expect(third.results).toEqual([
      [
        ["a", "y", 1, "2025-01-01", "2025-01-03"],
        ["b", "x", 2, "2025-01-01", "2025-01-02"],
        ["b", "x", 3, "2025-01-02", null],
        ["c", "x", 9, "2025-01-02", null],
      ],
      [
        ["b", 3],
        ["c", 9],
      ],
    ]);
    expect(table(third.update, "history")).toMatchObject({ rowsRead: 2, rowsWritten: 2 });
    expect((await updated(p, base, [])).update.tables.every((one) => one.skipped)).toBe(true);
  });

  test("a key that comes twice fails; another state of the same version is ignored with a warning, once", async () => {
    const base = await folder();
    await write(base, "raw/1.json", day(1, ["a", "x", 1]));
    await updated(p, base, []);
    await write(base, "raw/1b.json", day(1, ["b", "x", 1]));
    const options = { baseDir: base, warehouse: path.join(base, "w.duckdb") };
    const warned: string[] = [];
    const onEvent = ({ level, details, message }: RunEvent) =>
      level === "WARN" && "code" in details && warned.push(`${details.code} ${message}`);
    await using again = await run(p, { ...options, onEvent });
    expect(again.status).toBe("completed");
    expect(warned).toEqual([expect.stringMatching(/SCD006.*2025-01-01.*ignored/)]);
    await again.close();
    await (await run(p, { ...options, onEvent })).close();
    expect(warned).toHaveLength(1);
    await write(base, "raw/1c.json", day(1, ["b", "x", 7]));
    await using twice = await run(p, { baseDir: base, warehouse: path.join(base, "w.duckdb") });
    expect(table(twice, "current").reason).toContain("SCD005");
    expect(await rows(twice, "SELECT count(*) AS n FROM silver.history")).toEqual([{ n: 1 }]);
  });

  test("without a version the time of the update is the version", async () => {
    const timed = stock.scd2(($) => ({ history: $.today.snapshots({ key: (s) => s.sku }) }));
    const base = await folder();
    await write(base, "raw/1.json", day(1, ["a", "x", 1]));
    const { results } = await updated(timed, base, [
      "SELECT typeof(__START_AT), __START_AT > now() - INTERVAL 1 HOUR, __END_AT FROM silver.history",
    ]);
    expect(results).toEqual([[["TIMESTAMP WITH TIME ZONE", true, null]]]);
  });
});

describe("parameters", () => {
  const p = pipeline("params")
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a parameter of the pipeline in a path.
    .bronze({ raw: source.json("${landing}/*.json", { id: t.bigint(), region: t.string(), on: t.date() }) })
    .silver(($) => ({
      some: $.raw.where((r) =>
        r.region
          .eq(param.string("region", { default: "EU" }))
          .and(r.id.ge(param.bigint("least", { default: 2 })), r.on.ge(param.date("since", { default: "2025-01-01" }))),
      ),
      other: $.raw.where((r) => r.id.gt(0)),
    }));
  const rowsOf = lines(
    { id: 1, region: "EU", on: "2025-02-01" },
    { id: 2, region: "EU", on: "2025-02-01" },
    { id: 3, region: "US", on: "2025-02-01" },
    { id: 4, region: "EU", on: "2024-02-01" },
  );
  const ids = ["SELECT id FROM silver.some ORDER BY id"];

  test("have values of the update or their default; rows that were taken keep those that they were read under", async () => {
    const base = await folder();
    await write(base, "in/1.json", rowsOf);
    const params = { landing: "in" };
    expect((await updated(p, base, ids, { params })).results).toEqual([[[2]]]);
    expect((await updated(p, base, ids, { params })).update.tables.every((one) => one.skipped)).toBe(true);
    const other = await updated(p, base, ids, { params: { ...params, region: "US", least: 0n } });
    expect(other.results).toEqual([[[2]]]);
    expect(other.update.tables.every((one) => one.skipped)).toBe(true);
    await write(base, "in/2.json", rowsOf);
    const more = await updated(p, base, ids, { params: { ...params, region: "US", least: 0n } });
    expect(more.results).toEqual([[[2], [3]]]);
    const since = { params: { ...params, least: 0, since: new Date("2024-01-01") } };
    await write(base, "in/3.json", rowsOf);
    expect((await updated(p, base, ids, since)).results).toEqual([[[1], [2], [2], [3], [4]]]);
    const refused = await run(p, {
      baseDir: base,
      warehouse: path.join(base, "w.duckdb"),
      ...since,
      fullRefresh: true,
    });
    // What it reads is not rebuilt under it.
    expect(table(refused, "raw").reason).toMatch(/STATE001.*silver\.some.*another value of least, region, since/);
    await refused.close();
    await rm(base, { recursive: true });
  });

  test("a text is a value and never SQL", async () => {
    const base = await folder();
    await write(base, "in/1.json", rowsOf);
    const hostile = "EU' OR 1 = 1 --";
    expect((await updated(p, base, ids, { params: { landing: "in", region: hostile } })).results).toEqual([[]]);
  });

  test("one without a value, one of another type and one that nobody asked for are said", async () => {
    const failing = async (params: RunOptions["params"]): Promise<string> => {
      const error = await run(p, params ? { params } : {}).catch((e: unknown) => e);
      return error instanceof MedallionError ? error.describe() : String(error);
    };
    expect(await failing(undefined)).toMatch(/^PARAM002 at .*flows\.test\.ts.*"landing" of bronze\.raw has no value/);
    expect(await failing({ landing: "in", least: "many" })).toMatch(
      /^PARAM003 .*"least" is a BIGINT, which "many" is not/,
    );
    expect(await failing({ landing: "in", regoin: "EU" })).toContain('did you mean "region"?');
  });
});

test("a table that the update is not for needs no value, and is as the last update left it", async () => {
  const base = await folder();
  await write(base, "people/1.json", lines({ id: 1, email: "a@b.c" }));
  await write(base, "in/1.json", lines({ id: 1, region: "EU" }));
  const salt = param.secret("salt", { scope: "s" });
  const p = pipeline("some_params")
    .bronze({
      people: source.json("people/*.json", { id: t.bigint(), email: t.string().pii("email") }),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a parameter of the pipeline in a path.
      orders: source.json("${landing}/*.json", { id: t.bigint(), region: t.string() }),
    })
    .silver(($) => ({ eu: $.orders.where((o) => o.region.eq(param.string("region"))) }))
    .silver(($) => ({ readers: $.people.where((c) => c.id.gt(0)).select((c) => ({ reader: c.email.sha256(salt) })) }));
  const options = { baseDir: base, warehouse: path.join(base, "w.duckdb") };
  const params = { landing: "in", region: "EU", salt: "pepper" };
  const only = async (more: Pick<RunOptions, "only" | "params" | "fullRefresh">): Promise<unknown> => {
    try {
      await using update = await run(p, { ...options, ...more });
      return Object.fromEntries(update.tables.map((table) => [table.name, table.skipped ? "none" : table.rowsWritten]));
    } catch (error) {
      return error instanceof MedallionError ? error.message : error;
    }
  };
  expect(await only({ only: ["people"] })).toEqual({ people: 1 });
  expect(await only({ params })).toEqual({ people: "none", orders: 1, eu: 1, readers: 1 });
  await write(base, "people/2.json", lines({ id: 2, email: "d@e.f" }));
  expect(await only({ only: ["people"] })).toEqual({ people: 1 });
  expect(await only({ only: ["people"], fullRefresh: true })).toEqual({ people: 2 });
  expect(await only({ params: { ...params, landing: "in" } })).toEqual({
    people: "none",
    orders: "none",
    eu: "none",
    readers: 2,
  });
  expect(await only({ only: ["readers"] })).toBe('the parameter "salt" of silver.readers has no value');
  expect(await only({ only: ["eu"], params: { landing: "in" } })).toBe(
    'the parameter "region" of silver.eu has no value',
  );
});

test("every clause of the fixture runs on DuckDB", async () => {
  const base = await folder();
  await write(
    base,
    "in/orders/1.csv",
    "id;customer;amount;region;note\n1;1;5;EU;-\n2;1;0;EU;x\n3;1;7;XX;NA\n4;1;8;US;y\n",
  );
  await write(base, "shops/1.json", lines({ id: 5, customer: 2, amount: 1, region: "EU" }));
  await write(base, "customers/1.json", lines({ id: 1, name: "n", city: "c", op: "I", changed: 1, part: 1 }));
  await write(base, "stock/1.json", lines({ sku: "a", shelf: "x", amount: 1, taken: "2025-01-01" }));
  const { results, update } = await updated(
    clauses,
    base,
    [
      "SELECT id, amount FROM silver.orders ORDER BY id",
      "SELECT id, _broken_rules FROM silver.orders_quarantine",
      "SELECT region, orders FROM gold.by_region ORDER BY region",
    ],
    { params: { landing: "in" } },
  );
  expect(results[0]?.map(([id]) => id)).toEqual([1, 3, 5]);
  expect(results[1]).toEqual([[2, ["positive"]]]);
  expect(results[2]).toEqual([
    ["EU", 2],
    ["XX", 1],
  ]);
  expect(table(update, "valid_orders")).toMatchObject({ kind: "streaming", rowsWritten: 3 });
});
