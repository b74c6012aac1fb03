/** What the bench measures stays what it says: the generated projects are sound, and the SQL by hand gives the same rows. */
import { copyFile, cp } from "node:fs/promises";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { type AnyPipeline, analyze, compile } from "medallion";
import { run } from "medallion/run";
import { afterAll, expect, test } from "vitest";
import { starByHand, starDifferences, updateStar } from "../../bench/batches.ts";
import { layOutBrokerage } from "../../bench/brokerage/data.ts";
import brokerage from "../../bench/brokerage/pipeline.ts";
import { differences, runByHand } from "../../bench/by-hand.ts";
import { link, writeProject } from "../../bench/folder.ts";
import { pairs } from "../../bench/functions.ts";
import { AGGREGATES, REFUSED, SCALARS, WINDOWS } from "../../bench/functions-cases.ts";
import { HARD, TYPICAL } from "../../bench/functions-rows.ts";
import { isMet, type Line, median } from "../../bench/line.ts";
import { kyselyProject, type Module, pipelineProject } from "../../bench/project.ts";
import { report } from "../../bench/report.ts";
import { shapedProject, TABLES_PER_AREA } from "../../bench/shapes.ts";
import { layOutStar } from "../../bench/star.ts";
import { check, installed } from "../../bench/tsc.ts";
import flights from "../../examples/flights/pipeline.ts";
import { PRELUDE, registerFunctions } from "../../src/engines/duckdb/functions/functions.ts";
import { functionNames } from "../../src/functions/index.ts";
import { projectDir, removeDir, scratchDir } from "../types/tsc.ts";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map(removeDir)));

async function folder(): Promise<string> {
  const made = await scratchDir();
  folders.push(made);
  return made;
}

let installing: Promise<string> | undefined;

/** A folder for projects that have the package installed. */
async function projects(): Promise<string> {
  installing ??= folder().then(async (root) => {
    await installed(root);
    await link(root, "kysely");
    return root;
  });
  return installing;
}

/** The modules of a generated project, checked as its users check them, and what its index exports. */
async function checked<T>(name: string, modules: readonly Module[]): Promise<T> {
  await check(await writeProject(await projects(), name, modules));
  const index = path.join(await writeProject(await folder(), name, modules), "index.ts");
  return (await import(index)) as T;
}

test("the brokerage has no findings, and every trade is once in gold or in quarantine", async () => {
  expect(analyze(brokerage)).toEqual([]);
  const baseDir = await folder();
  await layOutBrokerage(baseDir, 2000);
  await using update = await run(brokerage, { warehouse: ":memory:", baseDir });
  const counts = `SELECT (SELECT count(*) FROM bronze.trades_raw) AS delivered, (SELECT count(*) FROM silver.trades_quarantine) AS quarantined,
    count(*) AS facts, count(country) AS known FROM gold.trade_facts`;
  expect(await update.query(counts)).toEqual([{ delivered: 2016n, quarantined: 3n, facts: 1997n, known: 1997n }]);
});

test("the generated pipeline type-checks, has no findings and compiles for every target", async () => {
  // More than one module, so that the index includes.
  const { default: pipeline } = await checked<{ default: AnyPipeline }>("generated", pipelineProject(30));
  expect(analyze(pipeline)).toEqual([]);
  expect(compile(pipeline, { target: "databricks" }).files).toHaveLength(120);
  // One file more sets DuckDB up, and comes first where a shell runs them all, as every table comes after what it reads.
  const script = compile(pipeline, { target: "duckdb" }).files.map((file) => file.path);
  expect(script).toHaveLength(121);
  expect(script.toSorted()).toEqual(script);
  const layers = compile(pipeline, { target: "duckdb", layout: "layer" }).files.map((file) => file.path);
  expect(layers).toEqual(["00_setup.sql", "01_bronze.sql", "02_silver.sql", "03_gold.sql"]);
});

test("the pipeline of real shapes type-checks, has no findings and compiles for every target", async () => {
  const { default: pipeline } = await checked<{ default: AnyPipeline }>("shaped", shapedProject(6, 12));
  expect(analyze(pipeline)).toEqual([]);
  expect(compile(pipeline, { target: "databricks" }).files).toHaveLength(6 * TABLES_PER_AREA);
  expect(compile(pipeline, { target: "duckdb" }).files).toHaveLength(6 * TABLES_PER_AREA + 1);
});

test("a table of a real shape costs at most 2,500 instantiations, and no more in a wider or larger project", {
  timeout: 120_000,
}, async () => {
  const root = await projects();
  const count = async (areas: number, columns: number) => {
    const project = await writeProject(root, `shaped${areas}x${columns}`, shapedProject(areas, columns));
    return (await check(project)).instantiations;
  };
  const [small, large, wide, widest] = [
    await count(4, 20),
    await count(12, 20),
    await count(4, 40),
    await count(4, 60),
  ];
  expect(widest / (4 * TABLES_PER_AREA)).toBeLessThanOrEqual(2500);
  expect(large).toBeLessThanOrEqual(3 * small);
  expect(widest - wide).toBeLessThanOrEqual(1.1 * (wide - small));
});

test("columns of many types in one list, case or coalesce() are not compared member by member", {
  timeout: 120_000,
}, async () => {
  const text = `import { fn, pipeline, source, t } from "medallion";
export default pipeline("p").bronze({
  raw: source.json("raw/*.json", {
    id: t.bigint().id("raw"), other: t.bigint().id("raw").nullable(), n: t.int(), amount: t.decimal(10, 2), x: t.double(),
    text: t.string(), note: t.string().nullable(), kind: t.enum(["a", "b"]).nullable(), flag: t.boolean().nullable(),
    day: t.date(), at: t.timestamp(), inside: t.struct({ a: t.int() }).nullable(), list: t.array(t.string()),
  }),
}).silver(($) => ({
  made: $.raw
    .dedupe({ key: (c) => [c.id, c.text, c.day, c.at, c.amount], orderBy: (c) => [c.at.desc(), c.text, c.n, c.day, c.note] })
    .derive((c) => ({
      one: fn.coalesce(c.note, c.text), two: fn.greatest(c.amount, c.n), three: fn.coalesce(c.other, c.id),
      four: fn.when(c.n.gt(1), c.text).when(c.n.gt(2), c.note).otherwise(c.kind), five: fn.coalesce(c.inside, c.inside),
      six: fn.rowNumber().over({ partitionBy: [c.text, c.n, c.day], orderBy: [c.at, c.amount.desc(), c.note, c.x] }),
    }))
    .clusterBy((c) => [c.id, c.text, c.day, c.at]),
}));
`;
  const project = await writeProject(await projects(), "compared", [{ name: "index.ts", text }]);
  expect((await check(project)).instantiations).toBeLessThanOrEqual(20_000);
});

test("modules that are put together cost what they cost apart", { timeout: 240_000 }, async () => {
  const root = await projects();
  const together = await check(await writeProject(root, "together", pipelineProject(150)));
  const apart = await check(await writeProject(root, "apart", pipelineProject(150, "apart")));
  // The bar of the bench, 450,000 for 1,000 tables, where 11,000 are spent once, by the package: 439 a table.
  expect(together.instantiations).toBeLessThanOrEqual(11_000 + 600 * 439);
  // Where each include looks at all names before it, six modules make 6 % more types, and forty half as many again.
  expect(together.types).toBeLessThanOrEqual(1.02 * apart.types);
});

test("the Kysely queries of the baseline type-check and compile", async () => {
  const { queries } = await checked<{ queries: readonly { compile(): { sql: string } }[] }>(
    "kysely",
    kyselyProject(60),
  );
  expect(queries.map((query) => query.compile().sql).filter((sql) => /^select .* from "t\d+"/.test(sql))).toHaveLength(
    120,
  );
});

test("the SQL by hand gives the rows that the engine gives", async () => {
  const dir = await folder();
  await cp(path.join(projectDir, "examples/flights/data"), path.join(dir, "data"), { recursive: true });
  const [engine, byHand] = [path.join(dir, "engine.duckdb"), path.join(dir, "by-hand.duckdb")];
  const update = await run(flights, { warehouse: engine, baseDir: dir });
  await update.close();
  await runByHand(byHand, dir);
  expect(await differences(engine, byHand)).toEqual([]);
});

test("the star schema by hand has the rows of the engine, after each batch", async () => {
  const dir = await folder();
  const late = await layOutStar(dir, 5000);
  const [engine, byHand] = [path.join(dir, "engine.duckdb"), path.join(dir, "by-hand.duckdb")];
  for (const batch of ["first", "later"] as const) {
    if (batch === "later") await copyFile(late, path.join(dir, "sales/late.parquet"));
    await updateStar(engine, dir);
    await starByHand(byHand, dir, batch);
    expect(await starDifferences(engine, byHand), batch).toEqual([]);
  }
});

test("a line is met by its ratio or by its own figure", () => {
  const line: Line = { name: "a", ours: 1.2, baseline: 1, against: "b", unit: "s", bar: { ratio: 1.3 } };
  expect([isMet(line), isMet({ ...line, ours: 1.31 }), isMet({ ...line, bar: { ours: 1 } })]).toEqual([
    true,
    false,
    false,
  ]);
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
  expect(report([line])).toMatch(/a +1\.20 s +1\.00 s +1\.20× +≤ 1\.3× +yes +b/);
});

test("every function of the catalogue is measured, or refused for DuckDB", () => {
  const measured = new Set([...SCALARS, ...WINDOWS, ...AGGREGATES].map((c) => c.name).concat(REFUSED));
  expect(functionNames().filter((name) => !measured.has(name))).toEqual([]);
});

test("what the bench of functions measures runs on typical rows and on hard ones", async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET TimeZone = 'UTC'");
  registerFunctions(connection);
  for (const statement of PRELUDE) await connection.run(statement);
  for (const [rows, columns] of Object.entries({ typical: TYPICAL, hard: HARD })) {
    await connection.run(`CREATE TABLE ${rows} AS SELECT ${columns} FROM range(300) AS r(x)`);
  }
  for (const { name, ours } of [...pairs("typical"), ...pairs("hard")]) {
    const [failure] = await connection.run(ours).then(
      () => [],
      (error) => [String(error)],
    );
    expect(failure, name).toBeUndefined();
  }
  // What an engineer would write need not bear what is hard.
  for (const { native } of pairs("typical")) await connection.run(native);
  connection.closeSync();
});
