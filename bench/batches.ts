/** The star schema in two batches, against the same tables by hand (star.sql): all files, then one with a hundredth of the facts. */
import { copyFile, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { run } from "medallion/run";
import { inFolder } from "./folder.ts";
import { type BenchOptions, byTurns, type Line, median, type Topic } from "./line.ts";
import { FACTS, layOutStar, star } from "./star.ts";
import { cpuTime, removeWarehouse, text, withDuckDB } from "./warehouse.ts";

export const batches: Topic = {
  name: "batches",
  about: "a star schema in two batches, against the same tables by hand (MEDALLION_BENCH_FACTS)",
  run: (options) => inFolder((folder) => measure(folder, options)),
};

/** CPU time of each batch until the warehouse is closed, in milliseconds. */
type Turn = readonly [first: number, later: number];

async function measure(folder: string, { runs, say }: BenchOptions): Promise<readonly Line[]> {
  say(`a star schema of ${FACTS} facts, ${runs} times`);
  const late = await layOutStar(folder, FACTS);
  const delivered = path.join(folder, "sales/late.parquet");
  const [engine, byHand] = ["engine", "by-hand"].map((name) => path.join(folder, `${name}.duckdb`)) as [string, string];
  const inBatches = async (warehouse: string, batch: (of: Batch) => Promise<unknown>): Promise<Turn> => {
    await Promise.all([removeWarehouse(warehouse), rm(delivered, { force: true })]);
    const first = await cpuTime(() => batch("first"));
    await copyFile(late, delivered);
    return [first, await cpuTime(() => batch("later"))];
  };
  const turns = await byTurns<"ours" | "hand", Turn>(runs, {
    ours: () => inBatches(engine, () => updateStar(engine, folder)),
    hand: () => inBatches(byHand, (batch) => starByHand(byHand, folder, batch)),
  });
  const found = await starDifferences(engine, byHand);
  if (found.length > 0) throw new Error(`the SQL by hand gives other rows than the engine: ${found.join(", ")}`);
  const line = (name: string, i: 0 | 1, ratio: number): Line => ({
    name: `batches: ${name} (CPU)`,
    ours: median(turns.ours.map((turn) => turn[i])),
    baseline: median(turns.hand.map((turn) => turn[i])),
    against: "the same tables by hand (bench/star.sql)",
    unit: "ms",
    bar: { ratio },
  });
  return [line(`a star schema of ${FACTS} facts, all files`, 0, 1.5), line("1 % new facts", 1, 1)];
}

export type Batch = "first" | "later";

export async function starByHand(warehouse: string, baseDir: string, batch: Batch): Promise<void> {
  const script = await readFile(path.join(import.meta.dirname, "star.sql"), "utf8");
  const part = (name: string) => new RegExp(`^-- ${name}\\n([^]*?)(?=^-- |$(?![^]))`, "m").exec(script)?.[1] ?? "";
  await withDuckDB(warehouse, async (connection) => {
    await connection.run(`SET TimeZone = 'UTC'; SET file_search_path = ${text(baseDir)}`);
    await connection.run(part(batch) + part("both"));
  });
}

export async function updateStar(warehouse: string, baseDir: string): Promise<void> {
  await using done = await run(star, { warehouse, baseDir });
  if (done.status !== "completed") throw new Error(done.tables.find((one) => one.reason !== undefined)?.reason);
}

/** What is compared of each table: DuckDB's own median differs in the last digits. */
const GOLD = {
  facts: "FROM",
  by_country: "FROM",
  by_day: "SELECT * REPLACE (round(price, 4) AS price) FROM",
  last_of_product: "FROM",
  total: "FROM",
};

/** The tables of gold that are not the same. */
export function starDifferences(engine: string, byHand: string): Promise<readonly string[]> {
  return withDuckDB(":memory:", async (connection) => {
    await connection.run(`ATTACH ${text(engine)} AS engine (READ_ONLY); ATTACH ${text(byHand)} AS by_hand (READ_ONLY)`);
    const found: string[] = [];
    for (const [table, rowsOf] of Object.entries(GOLD)) {
      const [ours, theirs] = ["engine", "by_hand"].map((from) => `(${rowsOf} ${from}.gold.${table})`);
      const different = `SELECT count(*) FROM ((${ours} EXCEPT ALL ${theirs}) UNION ALL (${theirs} EXCEPT ALL ${ours}))`;
      const [[rows] = []] = (await connection.runAndReadAll(different)).getRowsJS();
      if (Number(rows) > 0) found.push(`${table}: ${rows} rows`);
    }
    return found;
  });
}
