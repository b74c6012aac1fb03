/** What a feed holds of a write: the rows that are there more often than before, and those that are less often. */
import path from "node:path";
import { DuckDBConnection } from "@duckdb/node-api";
import fc from "fast-check";
import { fn, pipeline, source, t } from "medallion";
import { run, type Update } from "medallion/run";
import { expect, test, vi } from "vitest";
import { folder, write } from "../support.ts";
import { withPolicy } from "./support.ts";

const SEED = Number(process.env["MEDALLION_SEED"] ?? 4);
const CASES = Number(process.env["MEDALLION_CASES"] ?? 3);

const p = pipeline("p")
  .bronze({
    is: source.json("is.json", { g: t.string().nullable(), x: t.double().nullable() }, { onChange: "replace" }),
  })
  .silver(($) => ({ mirror: $.is.select((r) => ({ g: r.g, x: r.x })) }))
  .gold(($) => ({
    copy: $.mirror.select((r) => ({ x: r.x, g: r.g })),
    per_group: $.mirror.groupBy((r) => ({ g: r.g })).aggregate((r) => ({ rows: fn.countRows(), known: r.x.count() })),
  }));

/** As JSON, so that a zero keeps its sign. DuckDB's storage may keep one sign for zeros that are neighbours: a bag has one. */
const bag = fc.constantFrom("0.0", "-0.0").chain((zero) => {
  const row = fc
    .tuple(fc.constantFrom('"a"', '"b"', "null"), fc.constantFrom("1.5", zero, "null"))
    .map(([g, x]) => `{"g":${g},"x":${x}}`);
  return fc.array(row, { minLength: 1, maxLength: 12 });
});
const bags = fc.array(bag, { minLength: 2, maxLength: 4 });

const keyOf = (g: unknown, x: unknown): string => `${String(g)} ${Object.is(x, -0) ? "-0" : String(x)}`;

function counts(bag: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const text of bag) {
    const { g, x } = JSON.parse(text);
    found.set(keyOf(g, x), (found.get(keyOf(g, x)) ?? 0) + 1);
  }
  return found;
}

/** Each row as often as it is, one sign and row a text. */
function difference(then: readonly string[], now: readonly string[]): readonly string[] {
  const [before, after] = [counts(then), counts(now)];
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return keys
    .flatMap((key) => {
      const more = (after.get(key) ?? 0) - (before.get(key) ?? 0);
      return Array.from({ length: Math.abs(more) }, () => `${Math.sign(more)} ${key}`);
    })
    .sort();
}

/** What the last write is to its readers: rows that only came are not copied, but told by their row ids. */
async function fedRows(update: Update): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const [tail] = await update.query(
    "SELECT position AS start FROM _medallion.inputs WHERE table_name = 'changes of silver.mirror' AND input_name = 'tail'",
  );
  return update.query(
    tail
      ? `SELECT 1 AS sign, g, x FROM silver.mirror WHERE rowid >= ${tail["start"]}`
      : 'SELECT __medallion_sign AS sign, g, x FROM _medallion."changes of silver.mirror" QUALIFY __medallion_version = max(__medallion_version) OVER ()',
  );
}

test("rows that are alike are counted, and a zero has its sign", async () => {
  await fc.assert(
    fc.asyncProperty(bags, async (all) => {
      const base = await folder();
      const options = { warehouse: path.join(base, "w.duckdb"), baseDir: base };
      let then: readonly string[] | undefined;
      for (const now of all) {
        await write(base, "is.json", now.map((text) => `${text}\n`).join(""));
        await using update = await run(withPolicy(p, "incremental"), options);
        expect(update.status).toBe("completed");
        if (then) {
          const fed = await fedRows(update);
          const changed = difference(then, now);
          if (changed.length > 0)
            expect(fed.map(({ sign, g, x }) => `${Number(sign)} ${keyOf(g, x)}`).sort()).toEqual(changed);
          const copied = await update.query("SELECT g, x FROM gold.copy");
          expect(copied.map(({ g, x }) => keyOf(g, x)).sort()).toEqual(
            [...counts(now)].flatMap(([key, n]) => Array.from({ length: n }, () => key)).sort(),
          );
          const [{ n = 0 } = {}] = await update.query("SELECT CAST(sum(rows) AS INTEGER) AS n FROM gold.per_group");
          expect(Number(n)).toBe(now.length);
        }
        then = now;
      }
    }),
    { seed: SEED, numRuns: CASES },
  );
});

test("of rows that are made again the values are kept for readers alone", async () => {
  const base = await folder();
  const windows = pipeline("p")
    .bronze({ raw: source.json("in/*.json", { g: t.int(), x: t.int(), note: t.string() }) })
    .silver(($) => ({
      read: $.raw.derive((r) => ({ place: fn.rank().over({ partitionBy: r.g, orderBy: r.x }) })),
      alone: $.raw.derive((r) => ({ before: r.x.sum().over({ partitionBy: r.g, orderBy: r.x }) })),
    }))
    .gold(($) => ({ firsts: $.read.where((r) => r.place.eq(1)) }));
  const rowsOf = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => `{"g":${(from + i) % 10},"x":${from + i},"note":"n"}`).join("\n");
  const warehouse = path.join(base, "w.duckdb");
  await write(base, "in/1.json", rowsOf(0, 100));
  await (await run(windows, { baseDir: base, warehouse })).close();
  await write(base, "in/2.json", rowsOf(100, 1));
  const asked = vi.spyOn(DuckDBConnection.prototype, "runAndReadAll");
  await using update = await run(windows, { baseDir: base, warehouse });
  const found = asked.mock.calls.flatMap(([sql]) => {
    const [, columns, of] = /TABLE medallion_outdated AS SELECT (.*) FROM (\S+) AS/.exec(sql) ?? [];
    return columns === undefined ? [] : [[of, columns]];
  });
  asked.mockRestore();
  expect(Object.fromEntries(found)).toEqual({
    "silver.read": "rowid AS __medallion_row, g, x, note, place",
    "silver.alone": "rowid AS __medallion_row",
  });
  expect(update.tables.slice(1).map((table) => table.refresh?.technique)).toEqual([
    "WINDOW_FUNCTION",
    "WINDOW_FUNCTION",
    "ROW_BASED",
  ]);
});
