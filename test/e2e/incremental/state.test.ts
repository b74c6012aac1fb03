/** What is kept for readers stays as small as what they have not read, and what is not worth it is recomputed. */
import { DuckDBConnection } from "@duckdb/node-api";
import { type AnyPipeline, fn, pipeline, source, t } from "medallion";
import { run, type Update } from "medallion/run";
import { expect, test, vi } from "vitest";
import { folder, rows, table, write } from "../support.ts";

const lines = (all: readonly object[]) => all.map((row) => `${JSON.stringify(row)}\n`).join("");
const events = (from: number, count: number, v: number) =>
  lines(Array.from({ length: count }, (_, i) => ({ id: from + i, kind: `k${(from + i) % 5}`, v })));

function views(least = 0) {
  return pipeline("p")
    .bronze({ raw: source.json("in/*.json", { id: t.int(), kind: t.string(), v: t.int() }) })
    .scd1(($) => ({ state: $.raw.changes({ key: (r) => r.id, sequenceBy: (r) => r.v }) }))
    .silver(($) => ({
      copy: $.state.where((s) => s.v.ge(least)),
      middles: $.state.groupBy((s) => ({ kind: s.kind })).aggregate((s) => ({ v: s.v.median() })),
      // An average is not made of averages: it needs partial rows.
      means: $.raw.groupBy((r) => ({ kind: r.kind })).aggregate((r) => ({ v: r.v.avg() })),
      counts: $.raw.groupBy((r) => ({ kind: r.kind })).aggregate(() => ({ n: fn.countRows() })),
    }));
}

const refreshOf = (update: Update, name: string) => {
  const { refresh, rowsRead } = table(update, name);
  return [refresh?.technique, ...(refresh?.issues ?? []).map(({ type }) => type), rowsRead];
};

test("a feed holds what is not read yet; a share that is too large and another query are recomputed", async () => {
  const base = await folder();
  const options = { warehouse: `${base}/w.duckdb`, baseDir: base };
  await write(base, "in/1.json", events(0, 200, 1));
  await (await run(views(), options)).close();
  for (let n = 2; n <= 6; n++) {
    await write(base, `in/${n}.json`, events(n, 1, n));
    await using update = await run(views(), options);
    expect(refreshOf(update, "copy")).toEqual(["ROW_BASED", 1]);
    expect(refreshOf(update, "middles")).toEqual(["GENERIC_AGGREGATE", 1]);
    expect(refreshOf(update, "means")).toEqual(["GROUP_AGGREGATE", 5]);
    expect(refreshOf(update, "counts")).toEqual(["GROUP_AGGREGATE", 1]);
    // The row that went and the row that came of this update alone.
    expect(await rows(update, 'SELECT count(*) AS n FROM _medallion."changes of silver.state"')).toEqual([{ n: 2 }]);
    // One more for each group that the update brought rows of, until they are put together.
    expect(await rows(update, 'SELECT count(*) AS n FROM _medallion."partials of silver.means"')).toEqual([
      { n: n + 4 },
    ]);
  }
  await write(base, "in/7.json", events(0, 150, 7));
  {
    await using update = await run(views(), options);
    expect(refreshOf(update, "copy")).toEqual(["COMPLETE_RECOMPUTE", "INCREMENTAL_PLAN_REJECTED_BY_COST_MODEL", 200]);
    expect(await rows(update, "SELECT count(*) AS n, max(v) AS v FROM silver.copy")).toEqual([{ n: 200, v: 7 }]);
  }
  await using other = await run(views(5), options);
  expect(refreshOf(other, "copy")).toEqual(["COMPLETE_RECOMPUTE", "QUERY_FINGERPRINT_CHANGED", 150]);
  await using idle = await run(views(5), { ...options, warehouse: `${base}/other.duckdb` });
  expect(refreshOf(idle, "copy")).toEqual(["COMPLETE_RECOMPUTE", "CHANGE_SET_MISSING", 150]);
});

test("a table that gains a column has another feed from then on", async () => {
  const base = await folder();
  const options = { warehouse: `${base}/w.duckdb`, baseDir: base };
  const columns = { id: t.int(), kind: t.string(), v: t.int() };
  const more: typeof columns = { ...columns, ...{ note: t.string().nullable() } };
  const p = (all: typeof columns) =>
    pipeline("p")
      .bronze({ raw: source.json("in/*.json", all, { onChange: "replace" }) })
      .silver(($) => ({ copy: $.raw.select((r) => ({ id: r.id, v: r.v })).refreshPolicy("incremental") }));
  await write(base, "in/1.json", events(0, 20, 1));
  await (await run(p(columns), options)).close();
  await write(base, "in/2.json", events(20, 1, 1));
  {
    await using update = await run(p(columns), options);
    expect(refreshOf(update, "copy")).toEqual(["ROW_BASED", 1]);
  }
  await (await run(p(more), options)).close();
  for (const n of [3, 4]) {
    await write(base, `in/${n}.json`, events(20 + n, 1, 1));
    await using update = await run(p(more), options);
    expect(table(update, "raw")).toMatchObject({ status: "completed" });
    expect(refreshOf(update, "copy")).toEqual(["ROW_BASED", 1]);
    expect(await rows(update, "SELECT count(*) AS n FROM silver.copy")).toEqual([{ n: 19 + n }]);
  }
});

test("what is kept for the readers of a table goes with the table, and that of another pipeline stays", async () => {
  const base = await folder();
  const options = { warehouse: `${base}/w.duckdb`, baseDir: base };
  const kept = async (p: AnyPipeline, n: number) => {
    await write(base, `in/${n}.json`, events(n, 1, n));
    await using update = await run(p, options);
    expect(update.status).toBe("completed");
    const found = await rows(
      update,
      "SELECT table_name AS name FROM duckdb_tables() WHERE schema_name = '_medallion' AND table_name LIKE '% of %' ORDER BY 1",
    );
    const known = await rows(
      update,
      "SELECT table_name AS name FROM _medallion.inputs WHERE table_name LIKE '% of %' ORDER BY 1",
    );
    expect(known).toEqual(found);
    return found.map((row) => row["name"]);
  };
  const other = pipeline("other")
    .bronze({ theirs: source.json("in/*.json", { id: t.int(), kind: t.string() }) })
    .silver(($) => ({
      theirs_counted: $.theirs.groupBy((r) => ({ kind: r.kind })).aggregate((r) => ({ id: r.id.avg() })),
    }));
  const left = pipeline("p").bronze({ raw: source.json("in/*.json", { id: t.int(), kind: t.string(), v: t.int() }) });
  const [ours, theirs] = [["changes of silver.state", "partials of silver.means"], "partials of silver.theirs_counted"];
  expect(await kept(views(), 1)).toEqual(ours);
  expect(await kept(other, 2)).toEqual([...ours, theirs]);
  expect(await kept(left, 3)).toEqual([theirs]);
  // The tables come back as they were. Partial rows are made again when their view is recomputed.
  expect(await kept(views(), 4)).toEqual(["changes of silver.state", theirs]);
});

test("one row that is made of all rows as quickly keeps no partial rows, until its policy asks for them", async () => {
  const base = await folder();
  const options = { warehouse: `${base}/w.duckdb`, baseDir: base };
  const p = (policy: "auto" | "incremental") =>
    pipeline("p")
      .bronze({ raw: source.json("in/*.json", { id: t.int(), kind: t.string(), v: t.int() }) })
      .silver(($) => ({
        total: $.raw.aggregate((r) => ({ n: fn.countRows(), v: r.v.sum(), most: r.v.max() })).refreshPolicy(policy),
        large: $.raw.aggregate((r) => ({ n: r.v.gt(3).countIf() })).refreshPolicy(policy),
      }));
  const kept = async (update: Update) =>
    (
      await rows(update, "SELECT table_name AS t FROM duckdb_tables() WHERE table_name LIKE 'partials of %' ORDER BY 1")
    ).map(({ t: name }) => name);
  for (let n = 1; n <= 3; n++) {
    await write(base, `in/${n}.json`, events(n, 4, n));
    await using update = await run(p("auto"), options);
    expect(await rows(update, "FROM silver.total")).toEqual([{ n: 4 * n, v: 2 * n * (n + 1), most: n }]);
    expect(await kept(update)).toEqual(["partials of silver.large"]);
    if (n === 1) continue;
    expect(refreshOf(update, "total")).toEqual(["COMPLETE_RECOMPUTE", "INCREMENTAL_PLAN_REJECTED_BY_COST_MODEL", 1]);
    expect(table(update, "total").refresh?.issues[0]?.message).toContain(`all ${4 * n} rows of raw`);
    expect(refreshOf(update, "large")).toEqual(["GROUP_AGGREGATE", 1]);
  }
  for (let n = 4; n <= 5; n++) {
    await write(base, `in/${n}.json`, events(n, 4, n));
    await using update = await run(p("incremental"), options);
    expect(await rows(update, "FROM silver.total")).toEqual([{ n: 4 * n, v: 2 * n * (n + 1), most: n }]);
    expect(await kept(update)).toEqual(["partials of silver.large", "partials of silver.total"]);
    if (n === 5) expect(refreshOf(update, "total")).toEqual(["GROUP_AGGREGATE", 1]);
  }
});

test("partial rows of more groups than are kept are not made", async () => {
  const base = await folder();
  const counts = pipeline("p")
    .bronze({ raw: source.json("in/*.json", { id: t.int(), kind: t.string(), v: t.int() }) })
    .silver(($) => ({
      by_id: $.raw.groupBy((r) => ({ id: r.id })).aggregate((r) => ({ n: fn.countRows(), v: r.v.avg() })),
      by_kind: $.raw.groupBy((r) => ({ kind: r.kind })).aggregate((r) => ({ n: fn.countRows(), v: r.v.avg() })),
    }));
  await write(base, "in/1.json", events(1, 20_001, 2));
  const asked = vi.spyOn(DuckDBConnection.prototype, "run");
  await using update = await run(counts, { warehouse: `${base}/w.duckdb`, baseDir: base });
  const made = asked.mock.calls.flatMap(([sql]) => /TABLE _medallion."(partials of \S+)" AS/.exec(sql)?.[1] ?? []);
  asked.mockRestore();
  expect(made).toEqual(["partials of silver.by_kind"]);
  const totals = "SELECT count(*) AS n, sum(v)::INT AS v FROM silver.by_id";
  expect(await rows(update, totals)).toEqual([{ n: 20_001, v: 40_002 }]);
});

test("where more rows came and went than is half of the inputs, their keys are not looked for", async () => {
  const base = await folder();
  const options = { warehouse: `${base}/w.duckdb`, baseDir: base };
  const pairs = (policy?: "incremental") => {
    const numbered = pipeline("p")
      .bronze({ raw: source.json("in/*.json", { id: t.int(), kind: t.string(), v: t.int() }) })
      .silver(($) => ({ all: $.raw.derive((r) => ({ row: fn.rowNumber().over({ orderBy: r.id }) })) }));
    return numbered.silver(($) => {
      const by_kind = $.all.groupBy((r) => ({ kind: r.kind })).aggregate((r) => ({ row: r.row.median() }));
      return { by_kind: policy ? by_kind.refreshPolicy(policy) : by_kind };
    });
  };
  await write(base, "in/1.json", events(1, 12_000, 1));
  await (await run(pairs(), options)).close();
  // The first of all: each of the others has another number.
  await write(base, "in/2.json", events(0, 1, 1));
  {
    await using update = await run(pairs(), options);
    expect(table(update, "by_kind").refresh?.issues).toEqual([
      {
        type: "INCREMENTAL_PLAN_REJECTED_BY_COST_MODEL",
        subtype: "CHANGESET_SIZE_THRESHOLD_EXCEEDED",
        message: "24001 rows of its inputs came or went, of 12001",
      },
    ]);
  }
  await write(base, "in/3.json", events(-1, 1, 1));
  await using forced = await run(pairs("incremental"), options);
  expect(table(forced, "by_kind").refresh).toMatchObject({ technique: "GENERIC_AGGREGATE" });
  const recomputed = "SELECT kind, median(row) AS row FROM silver.all GROUP BY kind";
  expect(await rows(forced, `SELECT kind, row FROM silver.by_kind EXCEPT ${recomputed}`)).toEqual([]);
});
