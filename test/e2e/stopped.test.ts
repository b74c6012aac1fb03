/** Updates that end early, by their signal or by what listens to them: the next one gives what nobody disturbed would. */
import path from "node:path";
import fc from "fast-check";
import { pipeline, source, t } from "medallion";
import { run, type Update } from "medallion/run";
import { expect, test } from "vitest";
import { folder, write } from "./support.ts";

const CASES = Number(process.env["MEDALLION_CASES"] ?? 5);

const p = pipeline("p")
  .bronze({ raw: source.csv("in/*.csv", { id: t.bigint(), v: t.string() }) })
  .silver(($) => ({
    clean: $.raw.expectOrQuarantine({ large: (c) => c.id.ge(2) }),
    by_v: $.raw.groupBy((c) => ({ v: c.v })).aggregate((c) => ({ n: c.id.count() })),
  }))
  .scd1(($) => ({ now: $.raw.changes({ key: (c) => c.v, sequenceBy: (c) => c.id }) }))
  .gold(($) => ({ total: $.clean.aggregate((c) => ({ n: c.id.count(), sum: c.id.sum() })) }));

const QUERIES = [
  "SELECT id, v FROM bronze.raw ORDER BY ALL",
  "SELECT _source, _row FROM bronze.raw_quarantine ORDER BY ALL",
  "SELECT id, v FROM silver.clean ORDER BY ALL",
  "SELECT id, v FROM silver.clean_quarantine ORDER BY ALL",
  "SELECT * FROM silver.by_v ORDER BY ALL",
  "SELECT id, v FROM silver.now ORDER BY ALL",
  "SELECT * FROM gold.total",
];
const look = (update: Update) => Promise.all(QUERIES.map((query) => update.query(query)));

test("an update that is stopped, or whose listener throws, at any event", { timeout: 120_000 }, async () => {
  const drawn = fc.asyncProperty(fc.nat(14), fc.boolean(), async (at, throws) => {
    const base = await folder();
    const arrive = (n: number) =>
      write(base, `in/${n}.csv`, `id,v\n${[0, 1, 2].map((i) => `${3 * n + i},v${i}\nbroken\n`).join("")}`);
    const place = { baseDir: base, warehouse: path.join(base, "w.duckdb") };
    await arrive(0);
    await (await run(p, place)).close();
    await arrive(1);
    const stop = new AbortController();
    let events = 0;
    const onEvent = () => {
      if (events++ !== at) return;
      if (throws) throw new Error("of the listener");
      stop.abort();
    };
    const ended = await run(p, { ...place, signal: stop.signal, onEvent }).then(
      async (update) => {
        await update.close();
        return update.status;
      },
      (error: Error) => error.message,
    );
    if (throws && events > at) expect(ended).toBe("of the listener");
    await using next = await run(p, place);
    await using whole = await run(p, { baseDir: base });
    expect(next.status).toBe("completed");
    expect(await look(next)).toEqual(await look(whole));
  });
  await fc.assert(drawn, { numRuns: CASES });
});
