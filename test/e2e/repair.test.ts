/** State and data out of step: every update compares them, and says, repairs or refuses. */
import { rm } from "node:fs/promises";
import path from "node:path";
import { param, pipeline, source, sql, t } from "medallion";
import { plan, run } from "medallion/run";
import { describe, expect, test } from "vitest";
import { columns, ids, place } from "./place.ts";

describe("the warehouse was changed outside of medallion", () => {
  const p = pipeline("p")
    .bronze({ raw: source.json("in/*.json", columns) })
    .silver(($) => ({ clean: $.raw.where((r) => r.id.gt(0)) }))
    .scd1(($) => ({ latest: $.raw.changes({ key: (r) => r.id, sequenceBy: (r) => r.id }) }))
    .scd2(($) => ({ past: $.raw.snapshots({ key: (r) => r.id, version: (r) => r.id.count() }) }))
    .gold(($) => ({ total: $.clean.aggregate((r) => ({ n: r.id.count() })) }));

  test.each(["bronze.raw", "silver.clean", "silver.latest", "gold.total", "bronze.raw_quarantine"])(
    "%s was dropped: it is made again, and that is said",
    async (name) => {
      const here = await place();
      await here.write("in/1.json", ids(1, 2));
      await here.run(p);
      const before = await here.rows(
        `SELECT * EXCLUDE (${name === "bronze.raw" ? "_ingested_at" : "''"}) FROM ${name} ORDER BY ALL`.replace(
          " EXCLUDE ('')",
          "",
        ),
      );
      await here.byHand(`DROP TABLE ${name}`);
      const ran = await here.run(p);
      expect(ran.status).toBe("completed");
      expect(ran.warned[0]).toMatch(
        new RegExp(`^${name.replace("_quarantine", "")}: re.*dropped or renamed outside of medallion`),
      );
      expect(
        await here.rows(
          `SELECT * EXCLUDE (${name === "bronze.raw" ? "_ingested_at" : "''"}) FROM ${name} ORDER BY ALL`.replace(
            " EXCLUDE ('')",
            "",
          ),
        ),
      ).toEqual(before);
      expect(await here.rows("SELECT n FROM gold.total")).toEqual(["2"]);
      expect((await here.run(p)).warned).toEqual([]);
    },
  );

  test.each(["bronze", "silver", "gold"])(
    "the schema %s was dropped: its tables are made again, with a warning each",
    async (schema) => {
      const here = await place();
      await here.write("in/1.json", ids(1, 2));
      await here.run(p);
      await here.byHand(`DROP SCHEMA ${schema} CASCADE`);
      const options = { warehouse: path.join(here.base, "w.duckdb"), baseDir: here.base, acceptLoss: ["past"] };
      await using again = await run(p, options);
      expect(again.status).toBe("completed");
      const repaired = again.warnings.filter(({ code }) => code === "STATE003").map(({ table }) => table);
      expect(repaired).toEqual({ bronze: ["raw"], silver: ["clean", "latest", "past"], gold: ["total"] }[schema]);
      expect(await again.query("SELECT n FROM gold.total")).toEqual([{ n: 2n }]);
    },
  );

  test.each(["_medallion.inputs", "_medallion.tables"])("%s was dropped: nothing is read twice", async (name) => {
    const here = await place();
    await here.write("in/1.json", ids(1, 2));
    await here.run(p);
    await here.byHand(`DROP TABLE ${name}`);
    const options = { warehouse: path.join(here.base, "w.duckdb"), baseDir: here.base };
    await expect(run(p, options)).rejects.toMatchObject({
      code: "WAREHOUSE002",
      message: expect.stringContaining(name),
    });
  });

  test("the event log was dropped: it begins again", async () => {
    const here = await place();
    await here.write("in/1.json", ids(1, 2));
    await here.run(p);
    await here.byHand("DROP TABLE _medallion.event_log");
    expect((await here.run(p)).status).toBe("completed");
  });

  test("what cannot be made again is refused: a bronze table without its files, a history", async () => {
    const here = await place();
    await here.write("in/1.json", ids(1));
    await here.run(p);
    await here.byHand("DROP TABLE silver.past");
    const history = await here.run(p);
    expect(history.reasons).toMatch(
      /STATE003.*a history of 1 version.*gone from the warehouse.*--accept-loss silver\.past/s,
    );
    await here.run(p, { acceptLoss: ["past"] });
    expect(await here.rows("SELECT count(*) FROM silver.past")).toEqual(["1"]);
    await rm(path.join(here.base, "in"), { recursive: true });
    await here.byHand("DROP TABLE bronze.raw");
    for (let i = 0; i < 2; i++)
      expect((await here.run(p)).reasons).toMatch(/STATE003.*the rows of 1 file that are gone \(in\/1\.json\)/s);
    const accepted = await here.run(p, { acceptLoss: true });
    expect(accepted.status).toBe("completed");
    expect(await here.rows("SELECT n FROM gold.total")).toEqual(["0"]);
  });

  test.each([
    ["DELETE FROM bronze.raw WHERE id = 1", "raw"],
    ["DELETE FROM bronze.raw WHERE id = 3", "raw"],
    ["TRUNCATE bronze.raw", "raw"],
    ["DELETE FROM silver.clean WHERE id = 1", "clean"],
    ["TRUNCATE silver.clean", "clean"],
  ])("%s: its update fails until it is repaired", async (statement, name) => {
    const here = await place();
    await here.write("in/1.json", ids(1, 2, 3));
    await here.run(p);
    await here.byHand(statement);
    await here.write("in/2.json", ids(4, 5));
    for (let i = 0; i < 3; i++) {
      const ran = await here.run(p);
      expect(ran.status).toBe("failed");
      expect(ran.reasons).toMatch(/STATE002.*rows? (was|were) deleted outside of medallion/);
      expect(ran.tables.find((one) => one.startsWith(`${name}:`))).toBe(`${name}:failed 0`);
    }
    const only = name === "raw" ? ["total", "latest"] : ["total"];
    const repaired = await here.run(p, { fullRefresh: true, only });
    expect(repaired.status).toBe("completed");
    expect(await here.rows("SELECT id FROM silver.clean ORDER BY id")).toEqual(["1", "2", "3", "4", "5"]);
    expect((await here.run(p)).status).toBe("completed");
  });

  test("rows of a view or of a change target that were deleted come back, and that is said", async () => {
    const here = await place();
    await here.write("in/1.json", ids(1, 2));
    await here.run(p);
    await here.byHand("DELETE FROM silver.latest WHERE id = 1; DELETE FROM gold.total");
    const ran = await here.run(p);
    expect(ran).toMatchObject({ status: "completed", planned: ["latest:rebuild", "total:recompute"] });
    expect(ran.warned).toHaveLength(2);
    expect(await here.rows("SELECT (SELECT count(*) FROM silver.latest), n FROM gold.total")).toEqual(["2 2"]);
  });

  test("a column that was dropped or altered comes back, or is refused where the files are gone", async () => {
    const here = await place();
    await here.write("in/1.json", ids(1));
    await here.run(p);
    await here.byHand("ALTER TABLE silver.clean ADD COLUMN other INTEGER; ALTER TABLE silver.clean DROP COLUMN id");
    expect((await here.run(p)).warned[0]).toMatch(
      /^silver\.clean: rebuild: its column id was dropped or renamed outside/,
    );
    expect(await here.rows("FROM silver.clean")).toEqual(["1"]);
    await here.byHand("ALTER TABLE bronze.raw ALTER id TYPE DOUBLE");
    await rm(path.join(here.base, "in/1.json"));
    const refused = await here.run(p);
    expect(refused.reasons).toMatch(/STATE003.*its column id was altered to DOUBLE outside of medallion/s);
    await here.write("in/1.json", ids(1));
  });

  test("files that were forgotten are not read twice", async () => {
    const here = await place();
    await here.write("in/1.json", ids(1, 2));
    await here.run(p);
    await here.byHand("DELETE FROM _medallion.files");
    const ran = await here.run(p);
    expect(ran.warned[0]).toMatch(/^bronze\.raw: rebuild: _medallion\.files has lost 1 of its 1 files/);
    expect(await here.rows("SELECT count(*) FROM bronze.raw")).toEqual(["2"]);
    await rm(path.join(here.base, "in/1.json"));
    await here.byHand("DELETE FROM _medallion.files");
    expect((await here.run(p)).reasons).toMatch(/STATE003.*2 rows of 1 file that are gone/s);
  });
});

describe("parameters", () => {
  test("rows keep the value that they were read under, in a streaming table and in a history of events", async () => {
    const here = await place();
    const batch = param.string("batch");
    const p = pipeline("p")
      .bronze({ raw: source.json("in/*.json", { id: t.int(), n: t.int() }) })
      .silver(($) => ({ clean: $.raw.derive(() => ({ batch })) }))
      .scd2(($) => ({
        state: $.raw.changes({ key: (r) => r.id, sequenceBy: (r) => r.n, columns: ({ id }) => ({ id, batch }) }),
      }));
    const batches = ["a", "a", "b", "c"];
    for (const [i, value] of batches.entries()) {
      await here.write(`in/${i}.json`, `{"id":1,"n":${i}}\n`);
      expect((await here.run(p, { params: { batch: value } })).status).toBe("completed");
    }
    expect(await here.rows("SELECT n, batch FROM silver.clean ORDER BY n")).toEqual(["0 a", "1 a", "2 b", "3 c"]);
    const history = "SELECT batch, __START_AT, __END_AT FROM silver.state ORDER BY 2";
    expect(await here.rows(history)).toEqual(["a 0 2", "b 2 3", "c 3 null"]);
    // A late event of an old batch is read under the value of now.
    await here.write("in/late.json", '{"id":1,"n":-1}\n');
    await here.run(p, { params: { batch: "d" } });
    expect(await here.rows(history)).toEqual(["d -1 0", "a 0 2", "b 2 3", "c 3 null"]);
    const refused = await here.run(p, { params: { batch: "d" }, fullRefresh: true });
    expect(refused.reasons).toMatch(/STATE001.*read under another value of batch/);
    expect(await here.rows(history)).toHaveLength(4);
  });

  test("in a path they mean other files, and rows of the others stay", async () => {
    const here = await place();
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a parameter of the pipeline in a path.
    const p = pipeline("p").bronze({ raw: source.json("${day}/*.json", columns) });
    await here.write("mon/1.json", ids(1));
    await here.write("tue/1.json", ids(2));
    await here.run(p, { params: { day: "mon" } });
    expect(await here.run(p, { params: { day: "tue" } })).toMatchObject({ tables: ["raw:completed 1"], planned: [] });
    expect(await here.rows("SELECT id FROM bronze.raw ORDER BY id")).toEqual(["1", "2"]);
    const refused = await here.run(p, { params: { day: "tue" }, fullRefresh: true });
    expect(refused.reasons).toMatch(
      /STATE001.*1 row of 1 file that are named under another value of a parameter \(mon\/1\.json\)/,
    );
  });

  test("a view shows the values of now", async () => {
    const here = await place();
    const p = pipeline("p")
      .bronze({ raw: source.json("in/*.json", columns) })
      .silver(($) => ({ big: $.raw.where((r) => r.id.ge(param.int("least"))).materialized() }));
    await here.write("in/1.json", ids(1, 2, 3));
    for (const [least, right] of [
      [1, "3"],
      [3, "1"],
      [2, "2"],
    ] as const) {
      await here.run(p, { params: { least } });
      expect(await here.rows("SELECT count(*) FROM silver.big")).toEqual([right]);
    }
  });
});

test("a view that uses the time of now is due when the clock has moved; a date when the day has", async () => {
  const here = await place();
  const p = pipeline("now")
    .bronze({ raw: source.json("in/*.json", columns) })
    .silver(($) => ({ s: $.raw.key((r) => r.id) }))
    .gold(($) => ({
      at: $.s.aggregate((r) => ({ n: r.id.count() })).derive(() => ({ at: sql(t.timestamp())`current_timestamp` })),
      day: $.s.aggregate((r) => ({ n: r.id.count() })).derive(() => ({ day: sql(t.date())`current_date` })),
      text: $.s.aggregate((r) => ({ n: r.id.count() })).derive(() => ({ word: sql(t.string())`'now()'` })),
    }));
  await here.write("in/1.json", ids(1));
  await here.run(p);
  const [first] = await here.rows('SELECT epoch_us("at") FROM gold."at"');
  expect((await here.run(p)).tables.slice(2)).toEqual(["at:completed 1", "day:skipped 0", "text:skipped 0"]);
  expect(Number((await here.rows('SELECT epoch_us("at") FROM gold."at"'))[0])).toBeGreaterThan(Number(first));
  await here.byHand("UPDATE _medallion.tables SET updated_at = updated_at - INTERVAL 1 DAY WHERE name = 'day'");
  expect((await here.run(p)).tables[3]).toBe("day:completed 1");
});

test("plan() says what run() would do, and does nothing", async () => {
  const here = await place();
  const make = (least: number, type: ReturnType<typeof t.int> | ReturnType<typeof t.smallint> = t.int()) =>
    pipeline("p")
      .bronze({ raw: source.json("in/*.json", { id: type }) })
      .silver(($) => ({ clean: $.raw.where((r) => r.id.ge(least)) }))
      .gold(($) => ({ total: $.clean.aggregate((r) => ({ n: r.id.count() })) }));
  await here.write("in/1.json", ids(1, 2));
  const first = await plan(make(1), here.options);
  expect(first.tables.map((one) => [one.table, one.action, one.files])).toEqual([
    ["raw", "create", 1],
    ["clean", "create", undefined],
    ["total", "create", undefined],
  ]);
  await here.run(make(1));
  expect((await plan(make(1), here.options)).tables.map((one) => one.action)).toEqual(["none", "none", "none"]);
  await here.write("in/2.json", ids(3));
  expect((await plan(make(1), here.options)).tables).toMatchObject([
    { action: "update", files: 1, why: ["1 new file"] },
    { action: "update", why: ["raw changes"] },
    { action: "update", why: ["clean changes"], refresh: { technique: "GROUP_AGGREGATE", issues: [] } },
  ]);
  expect((await plan(make(2), here.options)).tables[1]).toMatchObject({
    action: "rebuild",
    why: ["its query has changed"],
    rows: 2,
    loses: [],
  });
  await rm(path.join(here.base, "in/1.json"));
  const refused = await plan(make(1, t.smallint()), here.options);
  expect(refused.tables[0]).toMatchObject({
    action: "refuse",
    why: ["column id is SMALLINT now", "its source has changed"],
    loses: ["2 rows of 1 file that are gone (in/1.json)"],
    accept: "bronze.raw",
  });
  await expect(plan(make(1), { ...here.options, acceptLoss: ["silver.none"] })).rejects.toMatchObject({
    code: "TBL003",
  });
});

describe("what the engine knows was changed by hand", () => {
  const p = pipeline("p")
    .bronze({ raw: source.json("in/*.json", columns) })
    .silver(($) => ({ clean: $.raw.expectOrQuarantine({ positive: (r) => r.id.ge(0) }) }))
    .scd1(($) => ({ latest: $.raw.where((r) => r.id.ge(0)).changes({ key: (r) => r.id, sequenceBy: (r) => r.id }) }))
    .gold(($) => ({ total: $.clean.aggregate((r) => ({ n: r.id.count() })) }));

  test.each([
    ["how far inputs were read", "DELETE FROM _medallion.inputs", /lost how far raw was read/],
    [
      "how far one input was read",
      "DELETE FROM _medallion.inputs WHERE table_name = 'silver.clean'",
      /lost how far raw/,
    ],
    ["a column of a quarantine", "ALTER TABLE silver.clean_quarantine DROP COLUMN id", /column id of its quarantine/],
    ["another of its columns", "ALTER TABLE silver.clean_quarantine DROP COLUMN _source", /column _source of its quar/],
    [
      "its type",
      "ALTER TABLE silver.clean_quarantine ALTER id TYPE VARCHAR",
      /quarantine, column id was altered to VARCHAR/,
    ],
  ])("%s: the table is made again, and no row comes twice", async (_, statement, words) => {
    const here = await place();
    await here.write("in/1.json", ids(1, -2));
    await here.run(p);
    await here.byHand(statement);
    await here.write("in/2.json", ids(3, -4));
    const ran = await here.run(p);
    expect(ran.status).toBe("completed");
    expect(ran.warned).toContainEqual(expect.stringMatching(words));
    expect(await here.rows("SELECT id FROM silver.clean ORDER BY id")).toEqual(["1", "3"]);
    expect(await here.rows("SELECT id FROM silver.clean_quarantine ORDER BY id")).toEqual(["-4", "-2"]);
    expect(await here.rows("SELECT id FROM silver.latest ORDER BY id")).toEqual(["1", "3"]);
    expect(await here.rows("SELECT n FROM gold.total")).toEqual(["2"]);
    expect(await here.run(p)).toMatchObject({ warned: [], planned: [] });
  });

  test.each([
    ["UPDATE _medallion.tables SET definition = '{}' WHERE name = 'clean'", /silver\.clean.*definition is damaged/],
    ["UPDATE _medallion.tables SET definition = 'x' WHERE name = 'clean'", /silver\.clean.*definition is damaged/],
    ["UPDATE _medallion.tables SET settings = '[' WHERE name = 'raw'", /bronze\.raw.*settings is damaged/],
    ["UPDATE _medallion.tables SET params = '[1]' WHERE name = 'raw'", /bronze\.raw.*params is damaged/],
    ["UPDATE _medallion.tables SET layer = 'platinum' WHERE name = 'raw'", /state of raw.*platinum is not a layer/],
    ["ALTER TABLE _medallion.tables DROP COLUMN generation", /_medallion\.tables has no column generation/],
    ["ALTER TABLE _medallion.inputs RENAME position TO place", /_medallion\.inputs has no column position/],
    ["ALTER TABLE _medallion.meta DROP COLUMN prelude", /_medallion\.meta has no column prelude/],
    [
      "DROP TABLE _medallion.files; CREATE TABLE _medallion.files (x INT)",
      /_medallion\.files has no column table_name/,
    ],
    ["CREATE OR REPLACE TABLE _medallion.event_log AS SELECT 1 AS id", /_medallion\.event_log has no column sequence/],
  ])("%s: the warehouse is refused as what it is", async (statement, words) => {
    const here = await place();
    await here.write("in/1.json", ids(1, -2));
    await here.run(p);
    await here.byHand(statement);
    const refused = { code: "WAREHOUSE002", message: expect.stringMatching(words), help: expect.any(String) };
    await expect(here.run(p)).rejects.toMatchObject(refused);
    await expect(plan(p, here.options)).rejects.toMatchObject(refused);
  });

  test("an index that was added by hand: the error names the way out", async () => {
    const here = await place();
    await here.write("in/1.json", ids(1));
    await here.run(p);
    await here.byHand("CREATE UNIQUE INDEX one ON silver.clean (id)");
    await here.write("in/2.json", ids(1));
    expect((await here.run(p)).reasons).toMatch(/silver\.clean: .*Duplicate key[\s\S]*help: drop the index/);
    await here.byHand("DROP INDEX silver.one");
    expect(await here.run(p)).toMatchObject({ status: "completed" });
    expect(await here.rows("SELECT id FROM silver.clean")).toEqual(["1", "1"]);
  });
});
