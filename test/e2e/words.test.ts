/** Columns and tables that are named by words of DuckDB, as its own list has them, in every kind of step. */
import { DuckDBInstance } from "@duckdb/node-api";
import { type AnyPipeline, fn, pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { script } from "./script/both-ways.ts";
import { folder, write } from "./support.ts";

// biome-ignore lint/suspicious/noExplicitAny: columns that are named at run time have no types
type Untyped = any;

const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
const keywords = await connection.runAndReadAll(
  "SELECT keyword_name, keyword_category FROM duckdb_keywords() ORDER BY ALL",
);
const words = keywords.getRowsJson().map(([word, category]) => ({ word: String(word), category: String(category) }));
const keyed = { id: t.bigint(), at: t.bigint() };

/** A pipeline of columns of these names, which stand alone, in front of AS, behind a table's name and in a window. */
function named(columns: readonly string[]): AnyPipeline {
  const all = Object.fromEntries(columns.map((name) => [name, t.int().nullable()]));
  const p: Untyped = pipeline("words").bronze({ raw: source.csv("in/*.csv", { ...keyed, ...all }) });
  return p
    .silver(($: Untyped) => ({
      filtered: $.raw.where((c: Untyped) => c[columns[0] ?? ""].ge(0)).derive((c: Untyped) => ({ ...c })),
      renamed: $.raw.select((c: Untyped) =>
        Object.fromEntries(columns.map((name, i) => [columns[(i + 1) % columns.length], c[name].plus(1)])),
      ),
      windowed: $.raw.derive((c: Untyped) => ({
        n: fn.rowNumber().over({ partitionBy: columns.map((n) => c[n]), orderBy: c.at }),
      })),
    }))
    .scd2(($: Untyped) => ({ history: $.raw.changes({ key: (c: Untyped) => c.id, sequenceBy: (c: Untyped) => c.at }) }))
    .gold(($: Untyped) => ({
      joined: $.filtered
        .leftJoin(
          $.windowed,
          (a: Untyped, b: Untyped) => a.id.eq(b.id),
          (a: Untyped, b: Untyped) => ({ ...a, n: b.n }),
        )
        .groupBy((c: Untyped) => Object.fromEntries(columns.map((name) => [name, c[name]])))
        .aggregate((c: Untyped) => ({ rows: c.id.count() })),
    }));
}

test("every word of DuckDB may name a column", async () => {
  const columns = words.map(({ word }) => word).filter((word) => !["id", "at", "n", "rows"].includes(word));
  expect(columns.length).toBeGreaterThan(450);
  const base = await folder();
  const line = (id: number) => [id, id, ...columns.map((_, i) => i)].join(",");
  await write(base, "in/a.csv", `${["id", "at", ...columns].join(",")}\n${line(1)}\n${line(2)}\n`);
  const p = named(columns);
  await using update = await run(p, { baseDir: base });
  expect(update.tables.map((table) => table.error)).toEqual(update.tables.map(() => undefined));
  const [row = {}] = await update.query("SELECT * FROM silver.renamed LIMIT 1");
  expect(columns.map((name) => row[name])).toEqual(columns.map((_, i) => (i === 0 ? columns.length : i)));
  expect(await update.query("SELECT sum(rows) AS n FROM gold.joined")).toEqual([{ n: 2n }]);
  const made = await script(p, base);
  expect(made.error).toBeUndefined();
  made.close();
});

test("every word that DuckDB does not leave free may name a table", async () => {
  const names = words.filter(({ category }) => category !== "unreserved").map(({ word }) => word);
  expect(names.length).toBeGreaterThan(120);
  const base = await folder();
  await write(base, "in/a.csv", "id,at\n1,1\n2,2\n");
  const raw = pipeline("words").bronze({ raw: source.csv("in/*.csv", keyed) });
  const silver: Untyped = raw.silver(($: Untyped) =>
    Object.fromEntries(names.map((name) => [name, $.raw.where((c: Untyped) => c.id.gt(0))])),
  );
  const p = silver.gold(($: Untyped) => ({
    together: names.slice(1).reduce(
      (all: Untyped, name) =>
        all.union(
          $[name].join(
            $[names[0] ?? ""],
            (a: Untyped, b: Untyped) => a.id.eq(b.id),
            (a: Untyped) => ({ id: a.id, at: a.at }),
          ),
        ),
      $[names[0] ?? ""],
    ),
  }));
  await using update = await run(p, { baseDir: base });
  expect(update.tables.filter((table) => table.error)).toEqual([]);
  expect(await update.query("SELECT count(*) AS n FROM gold.together")).toEqual([{ n: BigInt(names.length * 2) }]);
});
