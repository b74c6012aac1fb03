/** What grows with a project: its files, its tables, its updates; and the start of the command. */
import { spawnSync } from "node:child_process";
import { mkdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { type AnyPipeline, pipeline, source, t } from "medallion";
import { type RunOptions, run } from "medallion/run";
import { inFolder, link, ROOT } from "./folder.ts";
import { layerLines } from "./layers.ts";
import { type BenchOptions, byTurns, type Line, median, type Topic } from "./line.ts";
import { cpuTime, removeWarehouse, withDuckDB } from "./warehouse.ts";

const size = (name: string, fallback: number): number => Number(process.env[`MEDALLION_BENCH_${name}`] ?? fallback);

export const scale: Topic = {
  name: "scale",
  about:
    "large files, many small ones, tables and updates, and the start of the command (MEDALLION_BENCH_ROWS, _FILES, _TABLES, _UPDATES)",
  run: async (options) => [
    ...(await inFolder((folder) => layerLines(folder, options))),
    ...(await inFolder((folder) => files(folder, options))),
    ...(await inFolder((folder) => tables(folder, options))),
    ...(await inFolder((folder) => updates(folder, options))),
    ...(await inFolder((folder) => start(folder, options))),
  ],
};

const columns = { id: t.bigint(), k: t.bigint(), v: t.decimal(10, 2) };
const small = pipeline("small")
  .bronze({ raw: source.json("d/*.json", columns) })
  .silver(($) => ({ clean: $.raw.where((r) => r.v.gt(0)) }));

/** Ten rows in each file. */
async function deliver(folder: string, from: number, to: number): Promise<void> {
  await mkdir(path.join(folder, "d"), { recursive: true });
  for (let i = from; i < to; i++) {
    const rows = Array.from({ length: 10 }, (_, j) => JSON.stringify({ id: i * 10 + j, k: j, v: 1.5 }));
    await writeFile(path.join(folder, `d/${i}.json`), `${rows.join("\n")}\n`);
  }
}

async function files(folder: string, { runs, say }: BenchOptions): Promise<readonly Line[]> {
  const count = size("FILES", 2000);
  say(`${count} small files, ${runs} times`);
  await deliver(folder, 0, count);
  const [ours, hand] = ["ours", "hand"].map((name) => path.join(folder, `${name}.duckdb`)) as [string, string];
  const glob = path.join(folder, "d/*.json");
  const turns = await byTurns<"ours" | "hand", readonly [full: number, again: number]>(runs, {
    ours: async () => {
      await removeWarehouse(ours);
      return [await cpuTime(() => update(small, ours, folder)), await cpuTime(() => update(small, ours, folder))];
    },
    hand: async () => {
      await removeWarehouse(hand);
      const byHand = `CREATE TABLE raw AS SELECT *, now() AS at FROM read_json('${glob}', columns = {id: 'BIGINT', k: 'BIGINT', v: 'DECIMAL(10, 2)'}, filename = true);
        CREATE TABLE clean AS FROM raw WHERE v > 0`;
      return [await cpuTime(() => withDuckDB(hand, (connection) => connection.run(byHand))), Number.NaN];
    },
  });
  const figure = (of: "ours" | "hand", i: 0 | 1) => median(turns[of].map((turn) => turn[i]));
  const name = `scale: ${count} files`;
  return [
    {
      name: `${name}, all new (CPU)`,
      ours: figure("ours", 0),
      baseline: figure("hand", 0),
      against: "read_json by hand",
      unit: "ms",
      bar: { ratio: 2.5 },
    },
    {
      name: `${name}, nothing new (CPU)`,
      ours: figure("ours", 1),
      baseline: figure("ours", 0),
      against: "all of them new",
      unit: "ms",
      bar: { ours: 500 },
    },
  ];
}

async function tables(folder: string, { runs, say }: BenchOptions): Promise<readonly Line[]> {
  const count = size("TABLES", 200);
  say(`${count} tables, ${runs} times`);
  await deliver(folder, 0, 1);
  const names = Array.from({ length: count / 2 }, (_, i) => i);
  const many = pipeline("many")
    .bronze(Object.fromEntries(names.map((i) => [`raw${i}`, source.json("d/*.json", columns)])))
    .silver(($) =>
      Object.fromEntries(Object.entries($).map(([name, raw]) => [`${name}_clean`, raw.where((r) => r.v.gt(0))])),
    );
  const warehouse = path.join(folder, "w.duckdb");
  const full = await cpuTime(() => update(many, warehouse, folder));
  const again: number[] = [];
  for (let i = 0; i < runs; i++) again.push(await cpuTime(() => update(many, warehouse, folder)));
  return [
    {
      name: `scale: ${count} tables, nothing new (CPU)`,
      ours: median(again),
      baseline: full,
      against: "all of them new",
      unit: "ms",
      bar: { ours: Math.max(500, 1.5 * count) },
    },
  ];
}

/** The same rows by many updates and by one. */
/** The event log keeps what it is told to: by default everything. */
const FORGETTING = { eventLogRetentionDays: 0 };

async function updates(folder: string, { runs, say }: BenchOptions): Promise<readonly Line[]> {
  const count = size("UPDATES", 50);
  say(`${count} updates with a new file each`);
  const [many, one] = ["many", "one"].map((name) => path.join(folder, `${name}.duckdb`)) as [string, string];
  // Rows and the files that were read are more as well: from half of them on there is room for those in the same blocks.
  const few = Math.ceil(count / 2);
  let afterFew = Number.NaN;
  for (let i = 0; i < count; i++) {
    await deliver(folder, i, i + 1);
    await update(small, many, folder, FORGETTING);
    if (i + 1 === few) afterFew = (await stat(many)).size;
  }
  await update(small, one, folder, FORGETTING);
  const turns = await byTurns<"many" | "one", number>(runs, {
    many: () => cpuTime(() => update(small, many, folder)),
    one: () => cpuTime(() => update(small, one, folder)),
  });
  const name = `scale: after ${count} updates`;
  const against = "the same rows by one update";
  const [ours, baseline] = [(await stat(many)).size, (await stat(one)).size];
  return [
    {
      name: `${name}, nothing new (CPU)`,
      ours: median(turns.many),
      baseline: median(turns.one),
      against,
      unit: "ms",
      bar: { ratio: 1.3 },
    },
    // A checkpoint writes what has changed to free blocks: a small warehouse is twice what it holds, and stays so.
    { name: `${name}, bytes of the warehouse`, ours, baseline, against, unit: "count", bar: { ratio: 2 } },
    {
      name: `${name}, growth of the warehouse`,
      ours,
      baseline: afterFew,
      against: `its bytes after ${few} updates`,
      unit: "count",
      bar: { ratio: 1.2 },
    },
  ];
}

/** The command as a process, against one that only loads DuckDB and opens the same warehouse. */
async function start(folder: string, { runs, say }: BenchOptions): Promise<readonly Line[]> {
  say(`medallion run of a project that is up to date, ${runs} times`);
  await link(folder, "medallion", "@duckdb");
  await deliver(folder, 0, 3);
  await writeFile(path.join(folder, "package.json"), '{ "private": true, "type": "module" }');
  await writeFile(
    path.join(folder, "medallion.config.ts"),
    'import { defineConfig } from "medallion/config";\nexport default defineConfig({ pipeline: "./pipeline.ts" });\n',
  );
  await writeFile(
    path.join(folder, "pipeline.ts"),
    `import { pipeline, source, t } from "medallion";
export default pipeline("small").bronze({ raw: source.json("d/*.json", { id: t.bigint(), k: t.bigint(), v: t.decimal(10, 2) }) });
`,
  );
  const command = path.join(ROOT, "dist/cli/main.js");
  if (!(await stat(command).catch(() => undefined))) {
    say("left out: the start of the command needs npm run build");
    return [];
  }
  const opens =
    'const { DuckDBInstance } = await import("@duckdb/node-api"); (await DuckDBInstance.create(".medallion/warehouse.duckdb")).closeSync();';
  const ended = (argv: readonly string[]): number => {
    const began = performance.now();
    const { status, stderr } = spawnSync(process.execPath, argv, { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return performance.now() - began;
  };
  ended([command, "run"]);
  const turns = await byTurns<"ours" | "opens", number>(runs, {
    ours: async () => ended([command, "run"]),
    opens: async () => ended(["--input-type=module", "-e", opens]),
  });
  return [
    {
      name: "scale: medallion run, up to date, as a process",
      ours: median(turns.ours),
      baseline: median(turns.opens),
      against: "a process that loads DuckDB and opens the warehouse",
      unit: "ms",
      bar: { ours: 500 },
    },
  ];
}

async function update(of: AnyPipeline, warehouse: string, baseDir: string, options: RunOptions = {}): Promise<void> {
  await using done = await run(of, { ...options, warehouse, baseDir });
  if (done.status !== "completed") throw new Error(done.tables.find((one) => one.reason !== undefined)?.reason);
}
