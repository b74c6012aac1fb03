/** Tables that do not read each other run side by side, and give what they would give one after the other. */
import path from "node:path";
import { param, pipeline, source, t } from "medallion";
import { type RunEvent, run } from "medallion/run";
import { expect, test } from "vitest";
import { folder, rows, table, write } from "./support.ts";

const BRANCHES = ["a", "b", "c", "d", "e", "f", "g", "h"] as const;

const raw = (branch: string) => source.json(`in/${branch}/*.json`, { id: t.bigint(), amount: t.bigint() });
const clean = (from: ReturnType<typeof raw>) =>
  from
    .where((c) => c.id.ge(param.bigint("least")))
    .expectOrQuarantine({ positive: (c) => c.amount.gt(0) })
    .expectOrFail({ sane: (c) => c.amount.lt(1000) });
const total = (from: ReturnType<typeof raw>) => from.aggregate((c) => ({ total: c.amount.sum(), ids: c.id.count() }));

const branches = pipeline("branches")
  .bronze({
    a_raw: raw("a"),
    b_raw: raw("b"),
    c_raw: raw("c"),
    d_raw: raw("d"),
    e_raw: raw("e"),
    f_raw: raw("f"),
    g_raw: raw("g"),
    h_raw: raw("h"),
  })
  .silver(($) => ({
    a: clean($.a_raw),
    b: clean($.b_raw),
    c: clean($.c_raw),
    d: clean($.d_raw),
    e: clean($.e_raw),
    f: clean($.f_raw),
    g: clean($.g_raw),
    h: clean($.h_raw),
  }))
  .gold(($) => ({
    a_total: total($.a),
    b_total: total($.b),
    c_total: total($.c),
    d_total: total($.d),
    e_total: total($.e),
    f_total: total($.f),
    g_total: total($.g),
    h_total: total($.h),
  }));

const lines = (amounts: readonly number[]) =>
  amounts.map((amount, id) => `${JSON.stringify({ id, amount })}\n`).join("");

test("many updates of many branches: each has its own rows, parameters and state", async () => {
  const base = await folder();
  const options = { baseDir: base, warehouse: path.join(base, "w.duckdb"), params: { least: 1 } };
  for (const round of [1, 2, 3, 4]) {
    for (const [i, branch] of BRANCHES.entries()) {
      // The row of id 0 is below the parameter, the last is set aside.
      await write(base, `in/${branch}/${round}.json`, lines([500, i + 1, 10 * round, -1]));
    }
    await using update = await run(branches, options);
    expect(update.status).toBe("completed");
    expect(update.tables.map((t) => t.name)).toEqual(Object.keys(branches.tables));
    for (const [i, branch] of BRANCHES.entries()) {
      const counts = { rowsRead: 4, rowsWritten: 2, rowsDropped: 1, rowsQuarantined: 1 };
      expect(table(update, branch)).toMatchObject(counts);
      const sum = round * (i + 1) + 5 * round * (round + 1);
      expect(await rows(update, `SELECT total, ids FROM gold.${branch}_total`)).toEqual([
        { total: sum, ids: 2 * round },
      ]);
    }
  }
  await using idle = await run(branches, options);
  expect(idle.tables.every((t) => t.skipped)).toBe(true);
});

test("a second table begins before the first has ended; a table never begins before its inputs have", async () => {
  const base = await folder();
  for (const branch of BRANCHES) await write(base, `in/${branch}/1.json`, lines([1, 2, 3]));
  const events: RunEvent[] = [];
  await using update = await run(branches, { baseDir: base, params: { least: 0 }, onEvent: (e) => events.push(e) });
  const steps = events.flatMap((e) =>
    e.eventType === "flow_progress" && e.table !== undefined ? [{ table: e.table, ended: "result" in e.details }] : [],
  );
  expect(steps.slice(0, 2)).toEqual([
    { table: "a_raw", ended: false },
    { table: "b_raw", ended: false },
  ]);
  const at = (table: string, ended: boolean) => steps.findIndex((s) => s.table === table && s.ended === ended);
  for (const branch of BRANCHES) {
    expect(at(`${branch}_raw`, true)).toBeLessThan(at(branch, false));
    expect(at(branch, true)).toBeLessThan(at(`${branch}_total`, false));
  }
  expect(update.status).toBe("completed");
});

test("a branch that fails takes none of the others with it", async () => {
  const base = await folder();
  for (const branch of BRANCHES) await write(base, `in/${branch}/1.json`, lines([1, branch === "c" ? 5000 : 2]));
  await using update = await run(branches, { baseDir: base, params: { least: 0 } });
  expect(update.status).toBe("failed");
  const status = Object.fromEntries(update.tables.map((t) => [t.name, t.status]));
  const others = BRANCHES.filter((b) => b !== "c").flatMap((b) => [`${b}_raw`, b, `${b}_total`]);
  expect(status).toEqual({
    ...Object.fromEntries(others.map((name) => [name, "completed"])),
    c_raw: "completed",
    c: "failed",
    c_total: "excluded",
  });
});
