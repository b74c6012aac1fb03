/** Large files through bronze, silver and gold, against the same tables by hand; and the memory that it takes under a limit. */
import { spawnSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fn, pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { type BenchOptions, byTurns, type Line, median } from "./line.ts";
import { peakMemory } from "./peak-memory.ts";
import { cpuTime, removeWarehouse, text, withDuckDB } from "./warehouse.ts";

const ROWS = Number(process.env["MEDALLION_BENCH_ROWS"] ?? 1_000_000);
/** Of the process whose memory is measured. */
const LIMIT_MB = 200;

const columns = { id: t.bigint(), name: t.string(), amount: t.decimal(12, 2), sold: t.timestamp() };
type Format = "csv" | "parquet";

const layers = (format: Format) =>
  pipeline("layers")
    .bronze({ raw: format === "csv" ? source.csv("csv/*", columns) : source.parquet("parquet/*", columns) })
    .silver(($) => ({
      clean: $.raw
        .where((r) => r.amount.gt(1))
        .select((r) => ({ id: r.id, name: r.name, amount: r.amount, day: r.sold.toDate() })),
    }))
    .gold(($) => ({
      days: $.clean
        .groupBy((c) => ({ day: c.day }))
        .aggregate((c) => ({ n: fn.countRows(), amount: c.amount.sum(), top: c.amount.max() })),
    }));

export async function layerLines(folder: string, options: BenchOptions): Promise<readonly Line[]> {
  options.say(`${ROWS} rows through three layers, ${options.runs} times`);
  await deliver(folder);
  const lines: Line[] = [];
  for (const format of ["csv", "parquet"] as const)
    lines.push(await against(format, folder, options), peak(format, folder));
  return lines;
}

async function deliver(folder: string): Promise<void> {
  const rows = (sold: string) => `SELECT range AS id, 'a name that is long enough ' || hash(range) % 1000000 AS name,
    ((hash(range + 1) % 1000000) / 100)::DECIMAL(12, 2) AS amount, ${sold} AS sold FROM range(${ROWS})`;
  const time = "TIMESTAMP '2024-01-01' + INTERVAL (range) SECOND";
  await withDuckDB(":memory:", async (connection) => {
    const copy = async (format: Format, sold: string) => {
      await mkdir(path.join(folder, format));
      const file = path.join(folder, format, `1.${format}`);
      await connection.run(
        `COPY (${rows(sold)}) TO ${text(file)} (FORMAT ${format}${format === "csv" ? ", HEADER" : ""})`,
      );
    };
    await connection.run("SET TimeZone = 'UTC'");
    await copy("csv", `strftime(${time}, '%Y-%m-%dT%H:%M:%SZ')`);
    await copy("parquet", `(${time})::TIMESTAMPTZ`);
  });
}

async function against(format: Format, folder: string, { runs }: BenchOptions): Promise<Line> {
  const [ours, hand] = ["ours", "hand"].map((name) => path.join(folder, `${name}.duckdb`)) as [string, string];
  const turns = await byTurns<"ours" | "hand", number>(runs, {
    ours: async () => {
      await removeWarehouse(ours);
      return cpuTime(() => update(format, folder, ours));
    },
    hand: async () => {
      await removeWarehouse(hand);
      return cpuTime(() => withDuckDB(hand, (connection) => connection.run(byHand(format, folder))));
    },
  });
  return {
    name: `scale: ${ROWS} rows of ${format}, three layers (CPU)`,
    ours: median(turns.ours),
    baseline: median(turns.hand),
    against: "the same tables by hand",
    unit: "ms",
    bar: { ratio: 1.3 },
  };
}

function byHand(format: Format, folder: string): string {
  const file = text(path.join(folder, format, "*"));
  const types = "columns = {id: 'BIGINT', name: 'VARCHAR', amount: 'DECIMAL(12, 2)', sold: 'TIMESTAMPTZ'}";
  const from =
    format === "csv"
      ? `read_csv(${file}, header = true, ${types}, filename = true)`
      : `read_parquet(${file}, filename = true)`;
  return `SET TimeZone = 'UTC';
CREATE TABLE raw AS SELECT *, now() AS ingested_at FROM ${from};
CREATE TABLE clean AS SELECT id, name, amount, CAST(sold AS DATE) AS day FROM raw WHERE amount > 1;
CREATE TABLE days AS SELECT day, count(*) AS n, sum(amount) AS amount, max(amount) AS top FROM clean GROUP BY day`;
}

async function update(format: Format, baseDir: string, warehouse: string, memoryLimit?: string): Promise<void> {
  await using done = await run(layers(format), {
    warehouse,
    baseDir,
    ...(memoryLimit !== undefined && { memoryLimit }),
  });
  if (done.status !== "completed") throw new Error(done.tables.find((one) => one.reason !== undefined)?.reason);
}

/** In a process of its own, which is this file. */
function peak(format: Format, folder: string): Line {
  const argv = ["--conditions=medallion-source", import.meta.filename, format, folder];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const [before, most] = stdout.trim().split(" ").map(Number) as [number, number];
  return {
    name: `scale: megabytes at the peak, ${ROWS} rows of ${format}, memoryLimit ${LIMIT_MB}MB`,
    ours: most,
    baseline: before,
    against: "the process before the update",
    unit: "count",
    bar: { ours: before + 2 * LIMIT_MB },
  };
}

if (process.argv[1] === import.meta.filename) {
  const [format, folder] = process.argv.slice(2) as [Format, string];
  const before = process.memoryUsage().rss;
  await removeWarehouse(path.join(folder, "peak.duckdb"));
  await update(format, folder, path.join(folder, "peak.duckdb"), `${LIMIT_MB}MB`);
  console.log(Math.round(before / 2 ** 20), Math.round(peakMemory() / 2 ** 20));
}
