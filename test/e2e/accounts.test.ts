/** What is counted, by itself and not as what is left over. */
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { checkAccounts } from "../../src/engines/duckdb/accounts.ts";
import { Warehouse } from "../../src/engines/duckdb/warehouse/warehouse.ts";
import { folder, rows, table, write } from "./support.ts";

const columns = { id: t.int(), n: t.int(), v: t.int().nullable() };
const lines = (...all: readonly (readonly [number, number, number | null])[]) =>
  all.map(([id, n, v]) => `${JSON.stringify({ id, n, v })}\n`).join("");

test("what conditions leave out, null ones too, of every stream and before and after other steps", async () => {
  const base = await folder();
  const p = pipeline("p")
    .bronze({ a: source.json("a/*.json", columns), b: source.json("b/*.json", columns) })
    .silver(($) => ({
      both: $.a
        .where((r) => r.v.gt(0))
        .select((r) => ({ id: r.id, double: r.v.times(2) }))
        .where((r) => r.double.lt(10))
        .union($.b.where((r) => r.n.ge(1)).select((r) => ({ id: r.id, double: r.v.times(2) })))
        .expectOrDrop({ known: (r) => r.double.isNotNull() })
        .appendFlow({ again: $.a.where((r) => r.id.eq(1)).select((r) => ({ id: r.id, double: r.v.times(2) })) }),
    }))
    .scd1(($) => ({
      latest: $.a.where((r) => r.v.gt(0)).changes({ key: (r) => r.id, sequenceBy: (r) => r.n }),
    }));
  const options = { baseDir: base, warehouse: `${base}/w.duckdb` };
  await write(base, "a/1.json", lines([1, 1, 1], [2, 1, null], [3, 1, 7], [1, 2, -1]));
  await write(base, "b/1.json", lines([4, 0, 1], [5, 1, null], [6, 1, 2]));
  const first = await run(p, options);
  // Of a: three by the conditions of the query, two by that of the flow; of b: one by its condition, one by the rule.
  expect(table(first, "both")).toMatchObject({ rowsRead: 11, rowsWritten: 4, rowsDropped: 7, rowsQuarantined: 0 });
  expect(table(first, "latest")).toMatchObject({ rowsRead: 4, rowsWritten: 2, rowsDropped: 2 });
  await first.close();
  await write(base, "a/2.json", lines([1, 3, 2], [9, 1, 0]));
  await using second = await run(p, options);
  expect(table(second, "both")).toMatchObject({ rowsRead: 4, rowsWritten: 2, rowsDropped: 2 });
  expect(table(second, "latest")).toMatchObject({ rowsRead: 2, rowsWritten: 1, rowsDropped: 1 });
});

test("events that lose against newer ones are applied; rows of a snapshot that came too late are dropped", async () => {
  const base = await folder();
  const p = pipeline("p")
    .bronze({ events: source.json("events/*.json", columns), stock: source.json("stock/*.json", columns) })
    .scd1(($) => ({ state: $.events.changes({ key: (r) => r.id, sequenceBy: (r) => r.n }) }))
    .silver(($) => ({
      last: $.stock.semiJoin(
        $.stock.aggregate((s) => ({ n: s.n.max() })),
        (s, m) => s.n.eq(m.n),
      ),
    }))
    .scd2(($) => ({
      history: $.last.snapshots({ key: (s) => s.id, version: (s) => s.n.max(), columns: ({ n, ...rest }) => rest }),
    }));
  const options = { baseDir: base, warehouse: `${base}/w.duckdb` };
  await write(base, "events/1.json", lines([1, 1, 1], [1, 3, 3], [1, 2, 2]));
  await write(base, "stock/1.json", lines([1, 1, 1], [2, 1, 1]));
  await write(base, "stock/2.json", lines([1, 2, 5], [2, 2, 1], [3, 2, 1]));
  const update = await run(p, options);
  expect(table(update, "state")).toMatchObject({ rowsRead: 3, rowsWritten: 3, rowsDropped: 0 });
  expect(await rows(update, "SELECT count(*) AS n FROM silver.state")).toEqual([{ n: 1 }]);
  // Two snapshots, of two rows and of three.
  expect(table(update, "history")).toMatchObject({ rowsRead: 5, rowsWritten: 5, rowsDropped: 0 });
  await update.close();
  // Another snapshot of the version that was the last one is ignored.
  await write(base, "stock/2b.json", lines([4, 2, 1]));
  await using late = await run(p, options);
  expect(table(late, "history")).toMatchObject({ rowsRead: 4, rowsWritten: 0, rowsDropped: 4 });
  expect(await rows(late, "SELECT count(*) AS n FROM silver.history")).toEqual([{ n: 4 }]);
});

test("a Parquet file is held against its footer", async () => {
  const base = await folder();
  const maker = await Warehouse.open(":memory:");
  for (const i of [1, 2])
    await maker.main.exec(`COPY (SELECT range::INTEGER AS id FROM range(${i * 100})) TO '${base}/${i}[x].parquet'`);
  await maker.close();
  const p = pipeline("p").bronze({ raw: source.parquet("*.parquet", { id: t.int() }) });
  await using update = await run(p, { baseDir: base });
  expect(table(update, "raw")).toMatchObject({ rowsRead: 300, rowsWritten: 300 });
});

test("counts that do not add up keep nothing", () => {
  const [raw] = pipeline("p")
    .bronze({ raw: source.json("a/*.json", columns) })
    .toNode().tables;
  if (!raw) throw new Error("no table");
  const counts = { rowsRead: 3, rowsWritten: 1, rowsDropped: 1, rowsQuarantined: 0 };
  expect(() => checkAccounts(raw, counts)).toThrow(/do not add up: 3 read, 1 written, 1 dropped/);
  expect(() => checkAccounts(raw, { ...counts, rowsWritten: 4, rowsDropped: -1 })).toThrow(/ACCOUNT001|do not add up/);
});
