/** Operated from day to day: the plan tells what the run does, what is wrong is said, and what is gone is gone. */
import { mkdir, rename, rm, utimes } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { type AnyPipeline, fn, type OnChange, pipeline, source, t } from "medallion";
import { plan, type RunOptions, run } from "medallion/run";
import { describe, expect, test } from "vitest";
import { folder, write } from "./support.ts";

class Days {
  readonly base: string;
  #changes = 0;
  constructor(base: string) {
    this.base = base;
  }

  /** Each writing has a time of its own, whatever the clock of the file system. */
  async write(name: string, contents: string | Uint8Array): Promise<void> {
    await write(this.base, name, contents);
    this.#changes += 1;
    const at = 1_700_000_000 + this.#changes;
    await utimes(path.join(this.base, name), at, at);
  }

  remove(name: string): Promise<void> {
    return rm(path.join(this.base, name), { recursive: true, force: true });
  }

  get options(): RunOptions {
    return { baseDir: this.base, warehouse: path.join(this.base, "w.duckdb") };
  }

  /** `raw update`, `copy none`, …: by action. */
  async plan(p: AnyPipeline, options: RunOptions = {}) {
    const { tables, warnings } = await plan(p, { ...this.options, ...options });
    return {
      actions: Object.fromEntries(tables.map(({ table, action }) => [table, action])),
      why: tables.flatMap((one) => one.why),
      codes: warnings.map((one) => one.code),
    };
  }

  /** What became of each table, what was warned of, and the values of the first column of a query. */
  async run(p: AnyPipeline, query?: string, options: RunOptions = {}) {
    await using update = await run(p, { ...this.options, ...options });
    const rows = query === undefined ? [] : await update.query(query);
    return {
      statuses: Object.fromEntries(update.tables.map(({ name, status }) => [name, status])),
      codes: update.warnings.map((one) => one.code),
      warnings: update.warnings,
      errors: update.tables.flatMap(({ error }) => (error ? [error] : [])),
      values: rows.map((row) => Number(Object.values(row)[0])),
    };
  }
}

const days = async () => new Days(await folder());

const columns = { id: t.int(), q: t.int() };
const shop = (onChange: OnChange, most = 100) =>
  pipeline("p")
    .bronze({ raw: source.csv("in/*.csv", columns, { onChange }) })
    .silver(($) => ({
      sums: $.raw
        .groupBy((r) => ({ id: r.id }))
        .aggregate((r) => ({ q: r.q.sum() }))
        .expectOrFail({ few: (r) => r.q.le(most) }),
    }))
    .gold(($) => ({
      top: $.sums.select((r) => ({ id: r.id, q: r.q })),
      n: $.sums.aggregate(() => ({ n: fn.countRows() })),
    }));
const RAW = "SELECT q FROM bronze.raw ORDER BY ALL";

describe("the plan is what the run does", () => {
  test.each([
    ["ignore", "none", "skipped", ["SRC003"], [1]],
    ["reread", "update", "completed", ["SRC003"], [1, 10]],
    ["replace", "update", "completed", ["SRC003"], [10]],
    ["fail", "refuse", "failed", [], [1]],
  ] as const)("a file that has changed: %s", async (onChange, action, status, codes, values) => {
    const here = await days();
    const p = shop(onChange);
    await here.write("in/a.csv", "id,q\n1,1\n");
    await here.run(p);
    await here.write("in/a.csv", "id,q\n1,10\n");
    const planned = await here.plan(p);
    expect(planned.actions["raw"]).toBe(action);
    expect(planned.actions["sums"]).toBe(action === "update" ? "update" : action === "refuse" ? "exclude" : "none");
    expect(planned.codes).toEqual(codes);
    const ran = await here.run(p, RAW);
    expect(ran).toMatchObject({ codes, values, statuses: { raw: status } });
  });

  test("what an update of other tables left behind, and what failed", async () => {
    const here = await days();
    const p = shop("ignore", 5);
    await here.write("in/a.csv", "id,q\n1,1\n");
    await here.run(p);
    await here.write("in/b.csv", "id,q\n2,2\n");
    await here.run(p, undefined, { only: ["n"] });
    expect((await here.plan(p)).actions).toEqual({ raw: "none", sums: "none", top: "update", n: "none" });
    expect((await here.run(p)).statuses).toMatchObject({ sums: "skipped", top: "completed", n: "skipped" });
    await here.write("in/c.csv", "id,q\n2,20\n");
    await here.run(p);
    const failed = await here.plan(p);
    expect(failed.actions).toEqual({ raw: "none", sums: "update", top: "update", n: "update" });
    expect(failed.why).toContain("raw has changed since it was read");
  });

  test("a table of another pipeline, which nobody tells of, and one that is not there", async () => {
    const here = await days();
    const external = (name: string, of: Parameters<typeof source.table>[1]) =>
      pipeline("other")
        .bronze({ ext: source.table(name, of) })
        .silver(($) => ({ copy: $.ext.aggregate(() => ({ n: fn.countRows() })) }));
    await here.write("in/a.csv", "id,q\n1,1\n");
    await here.run(shop("ignore"));
    const other = external("gold.top", { id: t.int(), q: t.bigint() });
    await here.run(other);
    expect((await here.plan(other)).actions).toEqual({ ext: "recompute", copy: "update" });
    const nowhere = await here.run(external("gold.nowhere", { id: t.int() }));
    expect(nowhere.errors[0]).toMatchObject({ code: "SRC011", table: "ext" });
    expect(nowhere.errors[0]?.message).toMatch(/no table gold\.nowhere/);
    const columnless = await here.run(external("gold.top", { id: t.int(), zz: t.int() }));
    expect(columnless.errors[0]).toMatchObject({ code: "SRC011" });
    expect(columnless.errors[0]?.message).toMatch(/no column zz.*id, q/);
  });

  test("whatever happens to files, a table of which nothing is planned is left alone, and others do as planned", async () => {
    const file = fc.constantFrom("a", "b");
    const step = fc.oneof(
      fc.record({ kind: fc.constant("write" as const), file, rows: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ kind: fc.constant("empty" as const), file }),
      fc.record({ kind: fc.constant("remove" as const), file }),
      fc.record({ kind: fc.constant("run" as const), only: fc.constantFrom(undefined, ["raw"], ["n"]) }),
    );
    const onChange = fc.constantFrom<OnChange>("ignore", "reread", "replace", "fail");
    const property = fc.asyncProperty(onChange, fc.array(step, { maxLength: 6 }), async (kind, steps) => {
      const here = new Days(await folder());
      const p = shop(kind, 8);
      let value = 0;
      for (const one of [...steps, { kind: "run", only: undefined } as const]) {
        if (one.kind === "write") {
          const rows = Array.from({ length: one.rows }, (_, i) => `${(value + i) % 3},${value + i}\n`);
          value += one.rows;
          await here.write(`in/${one.file}.csv`, `id,q\n${rows.join("")}`);
        } else if (one.kind === "empty") await here.write(`in/${one.file}.csv`, "");
        else if (one.kind === "remove") await here.remove(`in/${one.file}.csv`);
        else {
          const options = one.only ? { only: one.only } : {};
          const planned = await here.plan(p, options);
          const ran = await here.run(p, undefined, options);
          for (const [name, action] of Object.entries(planned.actions)) {
            const status = ran.statuses[name];
            if (action === "none") expect([name, status]).not.toEqual([name, "completed"]);
            if (action === "refuse") expect([name, status]).toEqual([name, "failed"]);
            if (action === "exclude") expect([name, status]).toEqual([name, "excluded"]);
          }
          expect(ran.codes).toEqual(planned.codes);
        }
      }
    });
    const seed = Number(process.env["MEDALLION_SEED"] ?? 1);
    await fc.assert(property, { numRuns: Number(process.env["MEDALLION_CASES"] ?? 6), seed });
  });
});

describe("files that are not what they were", () => {
  const history = pipeline("p")
    .bronze({ raw: source.csv("s.csv", columns, { onChange: "replace" }) })
    .scd2(($) => ({ h: $.raw.snapshots({ key: (r) => r.id }) }));

  test("a file without a byte is no delivery: the rows stay, and its content is read when it comes", async () => {
    const here = await days();
    await here.write("s.csv", "id,q\n1,1\n");
    await here.run(history);
    await here.write("s.csv", "");
    expect(await here.plan(history)).toMatchObject({ actions: { raw: "none", h: "none" }, codes: ["SRC010"] });
    const left = await here.run(history, "SELECT q FROM silver.h WHERE __END_AT IS NULL");
    expect(left).toMatchObject({ codes: ["SRC010"], values: [1] });
    await here.write("s.csv", "id,q\n1,2\n");
    expect((await here.run(history, "SELECT q FROM silver.h ORDER BY 1")).values).toEqual([1, 2]);
  });

  test.each(["ignore", "reread", "replace", "fail"] as const)(
    "an empty file gets its content later: %s",
    async (kind) => {
      const here = await days();
      const p = shop(kind);
      await here.write("in/a.csv", "");
      expect(await here.run(p, RAW)).toMatchObject({ codes: ["SRC010"], values: [] });
      await here.write("in/a.csv", "id,q\n1,7\n");
      expect(await here.run(p, RAW)).toMatchObject({ codes: [], values: [7] });
    },
  );

  test("replace: the rows of a file that is gone go with it, unless it was the last one", async () => {
    const here = await days();
    const p = pipeline("p").bronze({ raw: source.json("r.json*", columns, { onChange: "replace" }) });
    const json = (...all: readonly number[]) => all.map((q) => `{"id":1,"q":${q}}\n`).join("");
    await here.write("r.json.gz", gzipSync(json(1, 2)));
    await here.run(p);
    await here.remove("r.json.gz");
    const refused = await here.plan(p);
    expect(refused).toMatchObject({ actions: { raw: "refuse" }, codes: ["SRC004"] });
    const failed = await here.run(p, RAW);
    expect(failed).toMatchObject({ statuses: { raw: "failed" }, values: [1, 2] });
    expect(failed.errors[0]?.message).toMatch(/would lose 2 rows of 1 file that are gone \(r\.json\.gz\)/);
    // Another file that cannot be read says nothing of the state.
    await here.write("r.json.gz2.gz", gzipSync(json(9)).subarray(0, 12));
    expect(await here.run(p, RAW)).toMatchObject({ values: [1, 2] });
    expect((await here.run(p, RAW)).values).toEqual([1, 2]);
    await here.remove("r.json.gz2.gz");
    await here.write("r.json", json(3));
    expect((await here.plan(p)).why).toEqual(["1 new file", "the rows of 2 files that are gone are removed"]);
    expect((await here.run(p, RAW)).values).toEqual([3]);
    expect((await here.run(p, "SELECT count(*) FROM bronze.raw_quarantine")).values).toEqual([0]);
    await here.remove("r.json");
    expect((await here.run(p, RAW, { acceptLoss: ["raw"] })).values).toEqual([]);
    expect((await here.run(p)).statuses).toEqual({ raw: "skipped" });
  });

  test("a folder that is not there any more is said, and so it is in the plan", async () => {
    const here = await days();
    const p = shop("ignore");
    await here.write("in/a.csv", "id,q\n1,1\n");
    await here.run(p);
    await rename(path.join(here.base, "in"), path.join(here.base, "unmounted"));
    expect((await here.plan(p)).codes).toEqual(["SRC004"]);
    expect((await here.run(p, RAW)).warnings).toEqual([
      expect.objectContaining({ code: "SRC004", table: "raw", message: expect.stringMatching(/any more/) }),
    ]);
    await mkdir(path.join(here.base, "in"));
    expect((await here.run(p, RAW)).codes).toEqual(["SRC004"]);
  });

  test("a damaged archive: its earlier rows stay, and once it is read nothing says that it could not be", async () => {
    const here = await days();
    const p = pipeline("p").bronze({ raw: source.csv("in/*.gz", columns) });
    const whole = gzipSync("id,q\n1,1\nx,2\n");
    await here.write("in/a.gz", whole.subarray(0, 20));
    expect((await here.run(p)).codes).toEqual(["SRC005"]);
    await here.write("in/a.gz", whole);
    const rows = await here.run(p, "SELECT count(*) FROM bronze.raw_quarantine");
    expect(rows).toMatchObject({ codes: [], values: [1] });
  });
});

test("a wider type is given in place where the files are archived, and to a history; what did not fit is read where it can be", async () => {
  const here = await days();
  const wide = (q: "int" | "bigint") =>
    pipeline("p")
      .bronze({
        raw: source.csv("in/*.csv", { id: t.int(), q: q === "int" ? t.int() : t.bigint() }),
        stock: source.csv("s.csv", { id: t.int(), q: q === "int" ? t.int() : t.bigint() }, { onChange: "replace" }),
      })
      .silver(($) => ({ copy: $.raw.where((r) => r.id.gt(0)) }))
      .scd2(($) => ({ h: $.stock.snapshots({ key: (r) => r.id }) }));
  await here.write("in/a.csv", "id,q\n1,1\n2,3000000000\n");
  await here.write("s.csv", "id,q\n1,1\n");
  await here.run(wide("int"));
  await here.write("s.csv", "id,q\n1,2\n");
  await here.run(wide("int"));
  // What could not be read as INT is there to be read as BIGINT.
  expect((await here.plan(wide("bigint"))).actions).toMatchObject({ raw: "rebuild", h: "settings" });
  await here.remove("in/a.csv");
  expect((await here.plan(wide("bigint"))).actions).toMatchObject({ raw: "settings", copy: "rebuild", h: "settings" });
  await here.write("in/b.csv", "id,q\n3,3000000000\n");
  await here.write("s.csv", "id,q\n1,3000000000\n");
  const ran = await here.run(wide("bigint"), "SELECT q FROM silver.copy ORDER BY q");
  expect(ran).toMatchObject({ errors: [], values: [1, 3_000_000_000] });
  const after = await here.run(wide("bigint"), "SELECT q FROM silver.h WHERE typeof(q) = 'BIGINT' ORDER BY q");
  expect(after.values).toEqual([1, 2, 3_000_000_000]);
  expect(Object.values(after.statuses)).toEqual(["skipped", "skipped", "skipped", "skipped"]);
});

test("an error names the keys that come twice, but no personal data; a cast that fails names the way out", async () => {
  const here = await days();
  const keyed = (id: "plain" | "personal") =>
    pipeline(id)
      .bronze({
        [`raw_${id}`]: source.csv("in/*.csv", { id: id === "plain" ? t.int() : t.int().pii("number"), q: t.string() }),
      })
      .scd2(($) => ({ [`h_${id}`]: $[`raw_${id}`]?.snapshots({ key: (r) => r["id"] as never }) }) as never);
  await here.write("in/a.csv", "id,q\n1,1\n1,2\n7,3\n7,22-3---2\n");
  const twice = await here.run(keyed("plain"));
  expect(twice.errors[0]).toMatchObject({ code: "SCD005", message: expect.stringMatching(/: id = 1; 7$/) });
  const personal = await here.run(keyed("personal"));
  expect(personal.errors[0]).toMatchObject({ code: "SCD005", message: expect.stringMatching(/h_personal$/) });
  const cast = pipeline("cast")
    .bronze({ texts: source.csv("in/*.csv", { id: t.int(), q: t.string() }) })
    .silver(($) => ({ times: $.texts.select((r) => ({ at: r.q.cast(t.timestamp()) })) }));
  const failed = await here.run(cast);
  expect(failed.errors[0]).toMatchObject({ code: "ENGINE001", help: expect.stringMatching(/tryCast\(\)/) });
});

test("query() runs one statement; only takes a list, of names with or without their layer", async () => {
  const base = await folder();
  await write(base, "o.json", '{"id":1}\n');
  const p = pipeline("p")
    .bronze({ o: source.json("o.json", { id: t.int() }), other: source.json("o.json", { id: t.int() }) })
    .silver(($) => ({ n: $.o.aggregate(() => ({ n: fn.countRows() })) }));
  await using update = await run(p, { baseDir: base, only: ["silver.n"] });
  expect(update.tables.map(({ name }) => name)).toEqual(["o", "n"]);
  await expect(update.query("SELECT 1; DELETE FROM bronze.o; SELECT 3")).rejects.toMatchObject({ code: "ARG001" });
  for (const none of ["", "  ", ";", "-- SELECT 1", "/* SELECT 1 */", "SELECT 1\0; SELECT 2"]) {
    await expect(update.query(none)).rejects.toMatchObject({ code: "ARG001", help: expect.any(String) });
  }
  expect(await update.query("SELECT id FROM bronze.o;")).toEqual([{ id: 1 }]);
  for (const read of [
    "FROM bronze.o",
    "DESCRIBE bronze.o",
    "VALUES (1)",
    "EXPLAIN SELECT 1",
    "PRAGMA table_info('bronze.o')",
  ]) {
    expect((await update.query(read)).length).toBeGreaterThan(0);
  }
  const writes = [
    "DELETE FROM bronze.o",
    "CREATE TABLE x (i INT)",
    "EXPLAIN ANALYZE DELETE FROM bronze.o",
    "CHECKPOINT",
  ];
  for (const write of [...writes, "COPY bronze.o TO 'o.csv'", "SET threads = 1", "ATTACH ':memory:' AS m", "BEGIN"]) {
    await expect(update.query(write)).rejects.toMatchObject({ code: "WAREHOUSE011" });
  }
  const asText = "other" as unknown as readonly string[];
  await expect(run(p, { baseDir: base, only: asText })).rejects.toMatchObject({ code: "ARG001" });
  await expect(run(p, { baseDir: base, only: ["gold.n"] })).rejects.toMatchObject({ code: "TBL003" });
});

test("a null under a column of another owner's table that is declared without nulls is told by its name", async () => {
  const base = await folder();
  await write(base, "a.json", '{"k":1}\n{"k":null}\n');
  const warehouse = path.join(base, "w.duckdb");
  const one = pipeline("one").bronze({ x: source.json("a.json", { k: t.int().nullable() }) });
  const two = (k: ReturnType<typeof t.int>) => pipeline("two").bronze({ i: source.table("bronze.x", { k }) });
  await (await run(one, { baseDir: base, warehouse })).close();
  await using update = await run(two(t.int()), { baseDir: base, warehouse });
  expect(update.tables[0]?.error).toMatchObject({
    code: "SRC011",
    column: "k",
    help: expect.stringContaining("nullable()"),
  });
  expect(update.tables[0]?.reason).toContain("k is null in 1 row");
});
