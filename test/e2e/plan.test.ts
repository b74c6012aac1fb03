/** What one change does: of the pipeline, of its files, of its parameters, of the warehouse under its hands. */
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { type AnyPipeline, param, pipeline, source, t } from "medallion";
import { plan } from "medallion/run";
import { describe, expect, test } from "vitest";
import { columns, ids, place } from "./place.ts";

describe("what decides no row is changed in place", () => {
  const plain = source.json("in/*.json", columns);
  const make = (raw: typeof plain | ReturnType<typeof plain.comment>) =>
    pipeline("p")
      .bronze({ raw })
      .silver(($) => ({ clean: $.raw.where((r) => r.id.gt(0)) }));

  const labelled = pipeline("p")
    .bronze({ raw: source.json("in/*.json", { id: t.int().pii("number") }) })
    .silver(($) => ({ clean: $.raw.where((r) => r.id.gt(0)) }));

  test.each([
    ["comment", make(plain.comment("a note"))],
    ["tags", make(plain.tags({ team: "x" }))],
    ["owner", make(plain.owner("ada"))],
    ["properties", make(plain.properties({ a: "b" }))],
    ["clustering", make(plain.clusterBy("auto"))],
    ["warnings", make(plain.expect({ positive: (r) => r.id.gt(0) }))],
    ["column comments", make(source.json("in/*.json", { id: t.int().comment("its number") }))],
    ["labels", labelled],
  ])("%s: nothing is read again, though the files are gone", async (name, changed) => {
    const here = await place();
    await here.write("in/1.json", ids(1, 2));
    await here.run(make(plain));
    await rm(path.join(here.base, "in/1.json"));
    const ran = await here.run(changed);
    expect(ran).toMatchObject({ status: "completed", tables: ["raw:skipped 0", "clean:skipped 0"] });
    expect(ran.planned[0]).toBe("raw:settings");
    expect(await here.rows("SELECT id FROM silver.clean ORDER BY id")).toEqual(["1", "2"]);
    // Once, not in every run.
    expect((await here.run(changed)).planned).toEqual([]);
    expect(name).not.toBe("");
  });

  test("comments are those of the pipeline, also when they are removed", async () => {
    const here = await place();
    const comments =
      "SELECT coalesce(t.comment, '-'), coalesce(c.comment, '-') FROM duckdb_tables() t JOIN duckdb_columns() c USING (schema_name, table_name) WHERE schema_name = 'bronze' AND table_name = 'raw' AND column_name = 'id'";
    await here.write("in/1.json", ids(1));
    const noted = make(source.json("in/*.json", { id: t.int().comment("number") }).comment("raw"));
    await here.run(make(plain));
    await here.run(noted);
    expect(await here.rows(comments)).toEqual(["raw number"]);
    await here.write("in/2.json", ids(2));
    expect((await here.run(make(plain))).tables).toEqual(["raw:completed 1", "clean:completed 1"]);
    expect(await here.rows(comments)).toEqual(["- -"]);
  });

  test("a file that is overwritten every day keeps its rows through a comment, and takes a wider type in place, and refuses another", async () => {
    const here = await place();
    const daily = (
      id: ReturnType<typeof t.int> | ReturnType<typeof t.bigint> | ReturnType<typeof t.string>,
      note?: string,
    ) => {
      const raw = source.json("latest.json", { id }, { onChange: "reread" });
      return pipeline("p").bronze({ raw: note === undefined ? raw : raw.comment(note) });
    };
    await here.write("latest.json", ids(1, 2));
    await here.run(daily(t.int()));
    await here.write("latest.json", ids(3, 4, 5));
    await here.run(daily(t.int()));
    expect((await here.run(daily(t.int(), "orders of the day"))).planned).toEqual(["raw:settings"]);
    expect((await here.run(daily(t.bigint(), "orders of the day"))).planned).toEqual(["raw:settings"]);
    expect(await here.rows("SELECT count(*), typeof(any_value(id)) FROM bronze.raw")).toEqual(["5 BIGINT"]);
    const ran = await here.run(daily(t.string(), "orders of the day"));
    expect(ran.reasons).toMatch(/STATE001.*2 rows of 1 file that have changed since they were read \(latest\.json\)/);
    expect(await here.rows("SELECT count(*), typeof(any_value(id)) FROM bronze.raw")).toEqual(["5 BIGINT"]);
    await here.run(daily(t.string()), { acceptLoss: ["raw"] });
    expect(await here.rows("SELECT count(*), typeof(any_value(id)) FROM bronze.raw")).toEqual(["3 VARCHAR"]);
  });

  test("a state of an earlier release, with types by their names, is the same table; a wider type of it is a rebuild", async () => {
    const here = await place();
    const made = (id: ReturnType<typeof t.int> | ReturnType<typeof t.bigint>) =>
      pipeline("p").bronze({ raw: source.json("in/*.json", { id, tags: t.array(t.string()) }) });
    await here.write("in/1.json", '{"id":1,"tags":["a"]}\n');
    await here.run(made(t.int()));
    const earlier = `'{"kind":"int"}', '"INT"'), '{"kind":"array","element":{"kind":"string"}}', '"ARRAY<STRING>"'`;
    await here.byHand(
      `UPDATE _medallion.tables SET definition = replace(replace(definition, ${earlier}); UPDATE _medallion.meta SET version = 5`,
    );
    expect((await here.run(made(t.int()))).tables).toEqual(["raw:skipped 0"]);
    expect((await here.run(made(t.bigint()))).planned).toEqual(["raw:rebuild"]);
    expect(await here.rows("SELECT count(*), typeof(any_value(id)) FROM bronze.raw")).toEqual(["1 BIGINT"]);
  });

  test.each(['{"kind":"array"}', "7", '{"kind":"struct","fields":[{"name":"a","type":"INT"}]}'])(
    "a state whose column is of the type %s is damaged",
    async (type) => {
      const here = await place();
      const made = pipeline("p").bronze({ raw: source.json("in/*.json", { id: t.int() }) });
      await here.run(made);
      await here.byHand(`UPDATE _medallion.tables SET definition = replace(definition, '{"kind":"int"}', '${type}')`);
      await expect(here.run(made)).rejects.toMatchObject({
        code: "WAREHOUSE002",
        message: expect.stringContaining("its definition is damaged"),
      });
    },
  );
});

describe("files and flows", () => {
  const at = (where: string) => pipeline("p").bronze({ raw: source.json(where, columns) });

  test("a wider path reads only what it adds; a path that leaves files out rebuilds, or refuses where they are gone", async () => {
    const here = await place();
    await here.write("in/1.json", ids(1));
    await here.write("in/deep/2.json", ids(2));
    await here.write("old/3.json", ids(3));
    await here.run(at("in/*.json"));
    await rename(path.join(here.base, "in/1.json"), path.join(here.base, "archived.json"));
    expect(await here.run(at("in/**"))).toMatchObject({ tables: ["raw:completed 1"], planned: ["raw:settings"] });
    expect(await here.rows("SELECT id FROM bronze.raw ORDER BY id")).toEqual(["1", "2"]);
    expect((await here.run(at("old/*.json"))).reasons).toMatch(
      /STATE001.*1 row of 1 file that are gone \(in\/1\.json\).*path/s,
    );
    await rename(path.join(here.base, "archived.json"), path.join(here.base, "in/1.json"));
    expect((await here.run(at("old/*.json"))).planned).toEqual(["raw:rebuild"]);
    expect(await here.rows("SELECT id FROM bronze.raw ORDER BY id")).toEqual(["3"]);
  });

  test("a flow that is added brings its rows alone, and a backfill once", async () => {
    const here = await place();
    const own = source.json("in/*.json", columns);
    const more = { asia: source.json("asia/*.json", columns) };
    const past = { past: source.json("past/*.json", columns) };
    const make = (raw: typeof own | ReturnType<typeof own.comment>) =>
      pipeline("p")
        .bronze({ raw })
        .silver(($) => ({ clean: $.raw.where((r) => r.id.gt(0)) }));
    for (const [file, id] of [
      ["in/1", 1],
      ["asia/2", 2],
      ["past/3", 3],
    ] as const)
      await here.write(`${file}.json`, ids(id));
    await here.run(make(own));
    await rm(path.join(here.base, "in/1.json"));
    expect(await here.run(make(own.appendFlow(more)))).toMatchObject({
      tables: ["raw:completed 1", "clean:completed 1"],
      planned: ["raw:addFlow"],
    });
    const both = make(own.appendFlow(more).backfill(past));
    expect((await here.run(both)).tables).toEqual(["raw:completed 1", "clean:completed 1"]);
    await here.write("past/4.json", ids(4));
    expect((await here.run(both)).tables).toEqual(["raw:skipped 0", "clean:skipped 0"]);
    expect(await here.rows("SELECT id FROM silver.clean ORDER BY id")).toEqual(["1", "2", "3"]);
    // The name of a flow decides nothing.
    const renamed = make(own.appendFlow({ east: more.asia }).backfill(past));
    expect((await here.run(renamed)).tables).toEqual(["raw:skipped 0", "clean:skipped 0"]);
  });

  test("flows into a streaming table and into a history of events are added in the same way", async () => {
    const here = await place();
    const bronze = pipeline("p").bronze({
      a: source.json("a/*.json", columns),
      b: source.json("b/*.json", columns),
    });
    const make = (flow: boolean, often: boolean) =>
      bronze
        .silver(($) => {
          const own = $.a.where((r) => r.id.gt(0));
          const one = flow ? own.appendFlow({ b: $.b.where((r) => r.id.gt(0)) }) : own;
          return { both: often ? one.appendFlow({ again: $.a.where((r) => r.id.gt(1)) }) : one };
        })
        .scd1(($) => {
          const own = $.a.changes({ key: (r) => r.id, sequenceBy: (r) => r.id });
          const events = $.b.changes({ key: (r) => r.id, sequenceBy: (r) => r.id });
          return { latest: flow ? own.appendFlow({ b: events }) : own };
        });
    await here.write("a/1.json", ids(1, 2));
    await here.write("b/1.json", ids(3));
    await here.run(make(false, false));
    expect((await here.run(make(true, false))).tables.slice(2)).toEqual(["both:completed 1", "latest:completed 1"]);
    expect((await here.run(make(true, true))).tables.slice(2)).toEqual(["both:completed 2", "latest:skipped 0"]);
    expect(await here.rows("SELECT id FROM silver.both ORDER BY id")).toEqual(["1", "2", "2", "3"]);
    expect(await here.rows("SELECT id FROM silver.latest ORDER BY id")).toEqual(["1", "2", "3"]);
  });

  test("a column that no row can have is added in place; one that is in the files is read again", async () => {
    const here = await place();
    const make = (extra: boolean) => {
      const own = source.json("in/*.json", columns);
      const wide = source.json("in/*.json", { ...columns, w: t.int().nullable() });
      return extra
        ? pipeline("p")
            .bronze({ raw: wide })
            .silver(($) => ({ clean: $.raw.where((r) => r.id.gt(0)) }))
        : pipeline("p")
            .bronze({ raw: own })
            .silver(($) => ({ clean: $.raw.where((r) => r.id.gt(0)) }));
    };
    await here.write("in/1.json", ids(1));
    await here.run(make(false));
    await rm(path.join(here.base, "in/1.json"));
    expect(await here.run(make(true))).toMatchObject({
      tables: ["raw:skipped 0", "clean:skipped 0"],
      planned: ["raw:addColumn", "clean:addColumn"],
    });
    await here.write("in/2.json", '{"id":2,"w":7}\n');
    expect((await here.run(make(true))).tables).toEqual(["raw:completed 1", "clean:completed 1"]);
    expect(await here.rows("SELECT * FROM silver.clean ORDER BY id")).toEqual(["1 null", "2 7"]);
    expect((await here.run(make(false))).reasons).toMatch(/STATE001.*column w is removed/s);
  });

  test("fullRefresh with the source folder gone loses nothing", async () => {
    const here = await place();
    await here.write("in/1.json", ids(1, 2));
    await here.run(at("in/*.json"));
    await rm(path.join(here.base, "in"), { recursive: true });
    const ran = await here.run(at("in/*.json"), { fullRefresh: true });
    expect(ran.reasons).toMatch(/STATE001.*2 rows of 1 file that are gone/);
    expect(await here.rows("SELECT count(*) FROM bronze.raw")).toEqual(["2"]);
  });

  test.each([
    ["an absolute path", (at: string) => [`${at}/in/*.json`, {}] as const],
    ["a choice of them", (at: string) => [`{${at}/in,${at}/late}/*.json`, {}] as const],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a parameter of the pipeline in a path.
    ["a parameter", (at: string) => ["${landing}/*.json", { landing: `${at}/in` }] as const],
  ])("%s names the same files from any base directory", async (_, of) => {
    const here = await place();
    const elsewhere = await place();
    const [named, params] = of(here.base);
    const p = pipeline("p").bronze({ raw: source.json(named, columns, { onChange: "replace" }) });
    await here.write("in/1.json", ids(1, 2));
    await here.run(p, { params });
    const moved = { params, baseDir: elsewhere.base };
    expect(await here.run(p, moved)).toMatchObject({ tables: ["raw:skipped 0"], warned: [] });
    await here.write("in/2.json", ids(3));
    expect(await here.run(p, moved)).toMatchObject({ tables: ["raw:completed 1"], warned: [] });
    await here.write("in/1.json", ids(4));
    expect((await here.run(p, { params })).warned).toEqual([expect.stringMatching(/^SRC003: in\/1\.json changed/)]);
    expect(await here.rows("SELECT id, _source_file FROM bronze.raw ORDER BY id")).toEqual([
      "3 in/2.json",
      "4 in/1.json",
    ]);
  });

  test("files whose absolute path has moved with the base directory are the same files", async () => {
    const here = await place();
    const at = (name: string) => path.join(here.base, name);
    const p = (base: string) => pipeline("p").bronze({ raw: source.json(`${base}/in/*.json`, columns) });
    await here.write("a/in/1.json", ids(1, 2));
    await here.run(p(at("a")), { baseDir: at("a") });
    await rename(at("a"), at("b"));
    expect((await here.run(p(at("b")), { baseDir: at("b") })).status).toBe("completed");
    expect(await here.rows("SELECT id, _source_file FROM bronze.raw ORDER BY id")).toEqual([
      "1 in/1.json",
      "2 in/1.json",
    ]);
  });

  test("a table that is not in the pipeline any more is named, and kept; so is another base directory", async () => {
    const here = await place();
    await here.write("in/1.json", ids(1));
    const make = (name: "old" | "other") =>
      at("in/*.json").silver(($) => ({ [name]: $.raw.where((r) => r.id.gt(name === "old" ? 0 : -1)) }));
    await here.run(make("old"));
    const planned = await plan(make("other"), here.options);
    expect(planned.warnings[0]?.help).toMatch(/DROP TABLE silver\.old/);
    const ran = await here.run(make("other"));
    expect(ran.warned).toEqual([expect.stringMatching(/STATE004: silver\.old is not in the pipeline/)]);
    expect(await here.rows("SELECT count(*) FROM silver.old")).toEqual(["1"]);
    await here.byHand("DROP TABLE silver.old");
    expect((await here.run(make("other"))).warned).toEqual([]);
    const elsewhere = { baseDir: path.join(here.base, "elsewhere") };
    expect((await here.run(make("other"), elsewhere)).warned).toEqual([
      expect.stringMatching(/STATE005.*bronze\.raw.*elsewhere/),
      expect.stringMatching(/SRC004.*any more/),
    ]);
    expect((await here.run(make("other"), elsewhere)).warned).toEqual([expect.stringMatching(/SRC004/)]);
  });
});

describe("histories of snapshots", () => {
  const raw = source.csv("snap/*.csv", { load: t.int(), sku: t.string(), qty: t.int(), shelf: t.string().nullable() });
  const base = pipeline("stock")
    .bronze({ raw })
    .silver(($) => ({
      latest: $.raw.semiJoin(
        $.raw.aggregate((s) => ({ m: s.load.max() })),
        (s, m) => s.load.eq(m.m),
      ),
    }));
  type Stock = Parameters<Parameters<typeof base.tables.latest.where>[0]>[0];
  const make = (kind: "plain" | "comment" | "tracked" | "wider" | "required"): AnyPipeline => {
    const key = (s: Stock) => s.sku;
    const version = (s: Stock) => s.load.max();
    const plain = { key, version, columns: ({ sku, qty }: Stock) => ({ sku, qty }) };
    const history = base.tables.latest.snapshots(plain);
    const tracked = base.tables.latest.snapshots({ ...plain, trackHistory: ({ qty }) => ({ qty }) });
    const wider = base.tables.latest.snapshots({ key, version, columns: ({ load, ...rest }) => rest });
    const required = base.tables.latest.snapshots({ key, version, columns: ({ shelf, ...rest }) => rest });
    const all = { plain: history, comment: history.comment("stock history"), tracked, wider, required };
    return base.scd2(() => ({ stock: all[kind] }) as { stock: typeof history });
  };
  const file = (...lines: readonly string[]) => `load,sku,qty,shelf\n${lines.join("\n")}\n`;
  const history = "SELECT sku, qty, __START_AT, __END_AT FROM silver.stock ORDER BY ALL";

  test("snapshots that came together are applied one after the other; one that is unchanged or late is no error", async () => {
    const here = await place();
    await here.write("snap/1.csv", file("1,a,1,x"));
    await here.write("snap/2.csv", file("2,a,2,x", "2,b,1,x"));
    await here.write("snap/3.csv", file("3,a,3,x"));
    await here.run(make("plain"));
    const right = ["a 1 1 2", "a 2 2 3", "a 3 3 null", "b 1 2 3"];
    expect(await here.rows(history)).toEqual(right);
    await here.write("snap/3b.csv", file());
    await here.write("snap/2b.csv", file("2,c,9,x"));
    const late = await here.run(make("plain"));
    expect(late.status).toBe("completed");
    expect(late.warned).toEqual([expect.stringMatching(/SCD006: a snapshot of version 2 came after.*ignored/)]);
    expect(await here.rows(history)).toEqual(right);
    await here.write("snap/4.csv", file("4,a,3,y"));
    const next = await here.run(make("plain"));
    expect([next.status, next.warned]).toEqual(["completed", []]);
    expect(await here.rows(history)).toEqual(right);
  });

  test("a comment, other tracked columns and a nullable column keep the history; what would end it is refused", async () => {
    const here = await place();
    await here.write("snap/1.csv", file("1,a,1,x"));
    await here.run(make("plain"));
    await here.write("snap/2.csv", file("2,a,2,x"));
    await here.run(make("plain"));
    const kept = ["a 1 1 2", "a 2 2 null"];
    expect((await here.run(make("comment"))).planned).toEqual(["stock:settings"]);
    expect(await here.rows(history)).toEqual(kept);
    await here.run(make("tracked"));
    expect(await here.rows(history)).toEqual(kept);
    expect((await here.run(make("wider"))).planned).toEqual(["stock:addColumn"]);
    expect(await here.rows(history)).toEqual(kept);
    // What was not known before is not a change: the current version learns it.
    expect(await here.rows("SELECT qty, shelf FROM silver.stock ORDER BY qty")).toEqual(["1 null", "2 x"]);
    // Every snapshot is still in bronze, so nothing is lost where the history is made of them again.
    expect((await here.run(make("wider"), { fullRefresh: true })).status).toBe("completed");
    expect(await here.rows("SELECT qty, shelf FROM silver.stock ORDER BY qty")).toEqual(["1 x", "2 x"]);
    expect((await here.run(make("required"))).planned).toEqual(["stock:rebuild"]);
    expect(await here.rows(history)).toEqual(kept);
    // One that is not: the loss is true.
    await here.byHand(
      "DELETE FROM bronze.raw WHERE load = 1; UPDATE _medallion.tables SET row_count = 1 WHERE name = 'raw'",
    );
    const refreshed = await here.run(make("plain"), { fullRefresh: true, only: ["stock"] });
    expect(refreshed.reasons).toMatch(/STATE001.*a history of 2 versions.*--accept-loss silver\.stock/s);
    expect(await here.rows(history)).toEqual(kept);
  });

  test("a version that has lost one of its files is held by no table, though others of its rows are", async () => {
    const here = await place();
    await here.write("snap/1a.csv", file("1,a,1,x"));
    await here.write("snap/1b.csv", file("1,b,1,x"));
    await here.write("snap/2.csv", file("2,a,2,x", "2,b,2,x"));
    await here.run(make("plain"));
    await rm(path.join(here.base, "snap/1b.csv"));
    await here.run(make("plain"), { fullRefresh: true, only: ["raw"], acceptLoss: ["raw"] });
    const right = ["a 1 1 2", "a 2 2 null", "b 1 1 2", "b 2 2 null"];
    expect(await here.rows(history)).toEqual(right);
    expect((await here.run(make("required"))).reasons).toMatch(/STATE001.*a history of 4 versions/);
    expect(await here.rows(history)).toEqual(right);
  });

  test("snapshots that are read again with their table do not come late; one that comes then does", async () => {
    const here = await place();
    await here.write("snap/1.csv", file("1,a,1,x"));
    await here.write("snap/2.csv", file("2,a,2,x"));
    await here.run(make("plain"));
    expect((await here.run(make("plain"), { fullRefresh: true, only: ["raw"] })).warned).toEqual([]);
    expect((await here.run(make("plain"))).warned).toEqual([]);
    const rebuilt = pipeline("stock")
      .bronze({
        raw: source.csv("snap/*.csv", { load: t.int(), sku: t.string(), qty: t.int(), shelf: t.string() }),
      })
      .silver(($) => ({
        latest: $.raw.semiJoin(
          $.raw.aggregate((s) => ({ m: s.load.max() })),
          (s, m) => s.load.eq(m.m),
        ),
      }))
      .scd2(($) => ({
        stock: $.latest.snapshots({
          key: (s) => s.sku,
          version: (s) => s.load.max(),
          columns: ({ sku, qty }) => ({ sku, qty }),
        }),
      }));
    await here.write("snap/1b.csv", file("1,b,9,x"));
    const late = await here.run(rebuilt);
    expect(late.planned).toContain("raw:rebuild");
    expect(late.warned).toEqual([expect.stringMatching(/SCD006: a snapshot of version 1 came after/)]);
  });

  test("a parameter that picks the snapshot is not another history", async () => {
    const here = await place();
    const p = pipeline("snaps")
      .bronze({ raw: source.csv("p/*.csv", { id: t.bigint(), price: t.int(), day: t.timestamp() }) })
      .scd2(($) => ({
        h: $.raw
          .where((r) => r.day.eq(param.timestamp("as_of")))
          .snapshots({ key: (r) => r.id, version: (r) => r.day.max(), trackHistory: ({ price }) => ({ price }) }),
      }));
    const day = (n: number, ...rows: readonly string[]) =>
      `id,price,day\n${rows.map((r) => `${r},2024-01-0${n}T00:00:00Z`).join("\n")}\n`;
    await here.write("p/1.csv", day(1, "1,10", "2,20"));
    await here.write("p/2.csv", day(2, "1,11", "2,20"));
    await here.write("p/3.csv", day(3, "2,20"));
    for (const n of [1, 2, 3, 3]) {
      const ran = await here.run(p, { params: { as_of: `2024-01-0${n}T00:00:00Z` } });
      expect([ran.status, ran.warned]).toEqual(["completed", []]);
    }
    expect(await here.rows("SELECT id, price, day(__START_AT), day(__END_AT) FROM silver.h ORDER BY ALL")).toEqual([
      "1 10 1 2",
      "1 11 2 3",
      "2 20 1 null",
    ]);
  });
});
