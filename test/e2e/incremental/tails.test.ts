/**
 * Rows that only came are not copied for readers, who find them by their row ids: whenever each reader reads, and whatever is
 * written in between, it has what a recompute makes of the same files. What others delete is noticed.
 */
import fc from "fast-check";
import { fn, pipeline, source, t } from "medallion";
import { run, type Update } from "medallion/run";
import { expect, test } from "vitest";
import { Warehouse } from "../../../src/engines/duckdb/warehouse/warehouse.ts";
import { folder, rows, table, write } from "../support.ts";
import { expectRecomputed, isDefaultDraw, withPolicy } from "./support.ts";

const SEED = Number(process.env["MEDALLION_SEED"] ?? 11);
const CASES = Number(process.env["MEDALLION_CASES"] ?? 4);

const p = pipeline("p")
  .bronze({ raw: source.json("in/*.json", { id: t.int(), kind: t.string(), v: t.int() }) })
  .silver(($) => ({
    first: $.raw.dedupe({ key: (r) => r.id, orderBy: (r) => r.v }),
    state: $.raw.dedupe({ key: (r) => [r.id, r.kind], orderBy: (r) => r.v }).expectOrDrop({ is_low: (r) => r.v.lt(8) }),
  }))
  .gold(($) => ({
    copy: $.first.where((r) => r.v.gt(0)),
    both: $.first.join(
      $.state,
      (f, s) => f.id.eq(s.id),
      (f, s) => ({ id: f.id, kind: s.kind, v: s.v }),
    ),
    middles: $.first.groupBy((r) => ({ kind: r.kind })).aggregate((r) => ({ v: r.v.median() })),
  }))
  .gold(($) => ({
    counts: $.copy.groupBy((r) => ({ kind: r.kind })).aggregate((r) => ({ n: fn.countRows(), v: r.v.sum() })),
  }));

const WRITTEN = ["raw", "first", "state"] as const;
const READERS = ["copy", "both", "middles", "counts"] as const;

const row = fc.record({ id: fc.nat(3), kind: fc.constantFrom("a", "b"), v: fc.nat(9) });
/** Most ids are new: those rows only come. */
const batch = fc.record({
  rows: fc.array(row, { minLength: 1, maxLength: 4 }),
  areNew: fc.boolean(),
  readers: fc.subarray([...READERS]),
});
const batches = fc.array(batch, { minLength: 4, maxLength: 9 });

const stateOf = (update: Update, name: string) =>
  rows(update, `SELECT input_name AS feed FROM _medallion.inputs WHERE table_name = 'changes of ${name}'`);

test("readers that read now and then", { timeout: 60_000 + CASES * 20_000 }, async () => {
  const kept = new Set<string>();
  await fc.assert(
    fc.asyncProperty(batches, async (drawn) => {
      const base = await folder();
      const warehouse = `${base}/w.duckdb`;
      for (const [n, { rows: all, areNew, readers }] of drawn.entries()) {
        const lines = all.map((r, i) => ({ ...r, id: areNew ? 100 * n + 10 + i : r.id }));
        await write(base, `in/${n}.json`, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
        if (readers.length === READERS.length) {
          await expectRecomputed(p, base);
          continue;
        }
        await using update = await run(withPolicy(p, "incremental"), {
          warehouse,
          baseDir: base,
          only: [...WRITTEN, ...readers],
        });
        expect(update.tables.map(({ status }) => status)).not.toContain("failed");
        for (const { feed } of await stateOf(update, "silver.first"))
          kept.add(`${feed} ${readers.includes("middles")}`);
      }
      await expectRecomputed(p, base);
    }),
    { seed: SEED, numRuns: CASES },
  );
  if (isDefaultDraw) expect([...kept].sort()).toEqual(["feed false", "feed true", "tail false", "tail true"]);
});

const lines = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => `${JSON.stringify({ id: from + i, kind: "a", v: 1 })}\n`).join("");

test("rows that only came are copied when other rows go before they are read", async () => {
  const base = await folder();
  const options = { warehouse: `${base}/w.duckdb`, baseDir: base };
  const kept = withPolicy(p, "incremental");
  const updated = async (n: number, contents: string, only?: readonly string[]) => {
    await write(base, `in/${n}.json`, contents);
    const update = await run(kept, { ...options, ...(only && { only: [...only] }) });
    const feed = (await stateOf(update, "silver.first")).map((one) => one["feed"]);
    const copied = await rows(
      update,
      'SELECT id, __medallion_sign AS s FROM _medallion."changes of silver.first" ORDER BY ALL',
    );
    const { refresh } = table(update, "copy");
    await update.close();
    return { feed, copied: copied.map(({ id, s }) => [Number(id), Number(s)]), refresh: refresh?.technique };
  };
  await updated(0, lines(0, 20));
  expect(await updated(1, lines(20, 2))).toEqual({ feed: ["tail"], copied: [], refresh: "ROW_BASED" });
  expect(await updated(2, lines(30, 1), [...WRITTEN, "copy"])).toMatchObject({ feed: ["tail"], copied: [] });
  // Nobody else has read the row, and the next one comes.
  expect(await updated(3, lines(31, 1), [...WRITTEN, "copy"])).toMatchObject({
    feed: ["feed"],
    copied: [
      [30, 1],
      [31, 1],
    ],
  });
  const lower = `${JSON.stringify({ id: 31, kind: "b", v: 0 })}\n`;
  expect(await updated(4, lower, [...WRITTEN, "copy"])).toMatchObject({
    copied: [
      [30, 1],
      [31, -1],
      [31, 1],
      [31, 1],
    ],
  });
  await expectRecomputed(p, base);
});

test("a row that others put in the place of another is noticed by its row id", async () => {
  for (const deleted of [3, 21]) {
    const base = await folder();
    const options = { warehouse: `${base}/w.duckdb`, baseDir: base };
    const kept = withPolicy(p, "incremental");
    await write(base, "in/0.json", lines(0, 20));
    await (await run(kept, options)).close();
    await write(base, "in/1.json", lines(20, 3));
    await (await run(kept, { ...options, only: [...WRITTEN] })).close();
    const opened = await Warehouse.open(options.warehouse);
    // As many rows as the last update left, and DuckDB has not numbered them anew yet.
    await opened.main.exec("SET GLOBAL checkpoint_threshold = '1GB'; PRAGMA disable_checkpoint_on_shutdown");
    await opened.main.exec(
      `DELETE FROM silver.first WHERE id = ${deleted}; INSERT INTO silver.first VALUES (99, 'a', 1)`,
    );
    await opened.close();
    await using update = await run(kept, { ...options, only: ["copy"] });
    const { refresh } = table(update, "copy");
    expect(refresh?.technique).toBe(deleted < 20 ? "COMPLETE_RECOMPUTE" : "ROW_BASED");
    if (deleted < 20) expect(refresh?.issues[0]?.message).toContain("has lost rows outside of medallion");
    const ids = (name: string) => rows(update, `SELECT id FROM ${name} ORDER BY id`);
    expect(await ids("gold.copy")).toEqual(await ids("silver.first"));
  }
});
