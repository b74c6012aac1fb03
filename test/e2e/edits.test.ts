/**
 * Sequences of edits of a pipeline, of files that come and go, and of updates: a table is what a rebuild from all files
 * that it was ever given would make of it, or its update was refused and it is as it was.
 */
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { run, type Update } from "medallion/run";
import { expect, test } from "vitest";
import { FIRST, pipelineOf, type Shape } from "./shapes.ts";
import { folder, write } from "./support.ts";

const SEED = Number(process.env["MEDALLION_SEED"] ?? 6);
const CASES = Number(process.env["MEDALLION_CASES"] ?? 6);

const edit: fc.Arbitrary<Partial<Shape>> = fc.oneof(
  fc.record({ path: fc.constantFrom("in/*.json", "in/**", "in/**/*.json", "in", "i*/*.json", "{in,late}/*.json") }),
  fc.record({ asia: fc.boolean() }),
  fc.record({ note: fc.constantFrom("", "a note", "another") }),
  fc.record({ extra: fc.boolean() }),
  fc.record({ least: fc.constantFrom(0, 3) }),
  fc.record({ rule: fc.constantFrom("none", "expect", "expectOrDrop", "expectOrQuarantine") }),
  fc.record({ materialized: fc.boolean() }),
  fc.record({ sum: fc.boolean() }),
  fc.record({ scd: fc.constantFrom("scd1", "scd2") }),
);

type Step =
  | { readonly do: "edit"; readonly edit: Partial<Shape> }
  | { readonly do: "arrive"; readonly in: string; readonly rows: number; readonly extra: boolean }
  | { readonly do: "archive"; readonly which: number }
  | { readonly do: "update"; readonly only: boolean; readonly fullRefresh: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("edit" as const), edit }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("arrive" as const),
      in: fc.constantFrom("in", "in", "in/deep", "asia", "late", "stock", "stock"),
      rows: fc.integer({ min: 0, max: 3 }),
      extra: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("archive" as const), which: fc.nat(20) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("update" as const),
      only: fc.boolean(),
      fullRefresh: fc.nat(5).map((n) => n === 0),
    }),
  },
);

/** When a file was read, which a rebuild does at another time. */
const TIMES = ["_ingested_at", "_source_modified_at", "_quarantined_at", "_update_id"];

async function contents(update: Update): Promise<ReadonlyMap<string, string>> {
  const there = await update.query(
    "SELECT schema_name || '.' || table_name AS name, list(column_name ORDER BY column_index) AS columns FROM duckdb_columns() WHERE schema_name IN ('bronze', 'silver', 'gold') GROUP BY 1",
  );
  const found = new Map<string, string>();
  for (const { name, columns } of there) {
    const compared = (columns as readonly string[]).filter((c) => !TIMES.includes(c)).map((c) => `"${c}"`);
    const list = await update.query(
      `SELECT CAST(to_json(r) AS VARCHAR) AS r FROM (SELECT ${compared.join(", ")} FROM ${name}) AS r ORDER BY 1`,
    );
    found.set(String(name), list.map((row) => row["r"]).join("\n"));
  }
  return found;
}

/** What the table and its quarantine hold. */
const held = (all: ReadonlyMap<string, string>, name: string) => [all.get(name), all.get(`${name}_quarantine`)];

class Play {
  readonly base: string;
  shape = FIRST;
  #files = 0;
  #gone = 0;
  #read = new Set<string>();
  #before: ReadonlyMap<string, string> = new Map();

  constructor(base: string) {
    this.base = base;
  }

  get data(): string {
    return path.join(this.base, "data");
  }
  /** Every file that was ever given, archived ones included. */
  get delivered(): string {
    return path.join(this.base, "delivered");
  }

  async play(one: Step): Promise<void> {
    if (one.do === "edit") this.shape = { ...this.shape, ...one.edit };
    else if (one.do === "arrive") await this.#arrive(one);
    else if (one.do === "archive") await this.#archive(one.which);
    else await this.#update(one);
  }

  async #arrive(one: Step & { readonly do: "arrive" }): Promise<void> {
    const k = this.#files++;
    const name = `${one.in}/${String(k).padStart(3, "0")}.json`;
    const lines = Array.from({ length: one.rows }, (_, i) =>
      one.in === "stock"
        ? { load: k, sku: "abc"[i], amount: (k * 7 + i) % 3 }
        : { id: (k + i) % 4, n: k * 10 + i, v: i === 1 ? -1 : k, ...(one.extra && { w: i }) },
    );
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    for (const place of [this.data, this.delivered]) await write(place, name, text);
  }

  /** A file that was not read is not delivered: nobody can know its rows once it is gone. */
  async #archive(which: number): Promise<void> {
    const there = await readdir(this.data, { recursive: true }).catch((): string[] => []);
    const known = there.filter((name) => this.#read.has(name)).sort();
    const gone = known[which % Math.max(known.length, 1)];
    if (gone === undefined) return;
    this.#gone += 1;
    await rm(path.join(this.data, gone));
  }

  async #update({ only, fullRefresh }: Step & { readonly do: "update" }): Promise<void> {
    for (const place of [this.data, this.delivered]) await mkdir(place, { recursive: true });
    const p = pipelineOf(this.shape);
    const options = { baseDir: this.data, warehouse: path.join(this.base, "w.duckdb"), fullRefresh };
    await using update = await run(p, only ? { ...options, only: ["clean"] } : options);
    await using rebuilt = await run(p, { baseDir: this.delivered });
    expect(rebuilt.status).toBe("completed");
    const [now, right] = [await contents(update), await contents(rebuilt)];
    for (const { name, layer, status, reason } of update.tables) {
      const table = `${layer}.${name}`;
      if (status === "completed" || status === "skipped")
        expect([table, held(now, table)]).toEqual([table, held(right, table)]);
      else {
        expect(reason).toMatch(/STATE001|which did not complete/);
        expect([table, held(now, table)]).toEqual([table, held(this.#before, table)]);
      }
    }
    // Where every file is still there, only a history of snapshots cannot be rebuilt.
    if (this.#gone === 0 && !fullRefresh) expect(update.status).toBe("completed");
    this.#before = now;
    const read = await update.query("SELECT DISTINCT path FROM _medallion.files");
    this.#read = new Set(read.map((row) => String(row["path"])));
  }
}

test("after any edits, arrivals, archivals and updates a table is as rebuilt, or refused and as it was", async () => {
  const base = await folder();
  let n = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
      const play = new Play(path.join(base, String(n++)));
      for (const one of steps) await play.play(one);
      await play.play({ do: "update", only: false, fullRefresh: false });
      await rm(play.base, { recursive: true });
    }),
    { numRuns: CASES, seed: SEED },
  );
}, 600_000);
