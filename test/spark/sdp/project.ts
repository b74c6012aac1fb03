/** A pipeline as a project on the suite's Spark, and beside it the same pipeline on DuckDB: their tables must be alike. */
import { execFile } from "node:child_process";
import { mkdir, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { type AnyPipeline, type CompileOptions, compile } from "medallion";
import { run } from "medallion/run";
import { expect, inject } from "vitest";
import { folder } from "../../e2e/support.ts";
import { type Canonical, sorted } from "../canonical.ts";
import { duckSession } from "../duck.ts";
import type { Engine, Result } from "../engines.ts";
import { countPairs, type SparkSession } from "../session.ts";

export interface Run {
  readonly code: number;
  /** What `spark-pipelines` printed. */
  readonly output: string;
}

export class SparkProject {
  readonly pipeline: AnyPipeline;
  /** Folder of the source files. */
  readonly base: string;
  /** Folder of the project. */
  readonly out: string;
  readonly schemas: Readonly<Record<"bronze" | "silver" | "gold", string>>;
  readonly options: Partial<CompileOptions>;

  constructor(
    pipeline: AnyPipeline,
    at: { base: string; out: string; prefix: string },
    options: Partial<CompileOptions>,
  ) {
    this.pipeline = pipeline;
    this.base = at.base;
    this.out = at.out;
    const { prefix } = at;
    this.schemas = { bronze: `${prefix}_bronze`, silver: `${prefix}_silver`, gold: `${prefix}_gold` };
    this.options = options;
  }

  /** Compiles and runs an update through the real `spark-pipelines`, with more settings in the spec. */
  async run(settings: Readonly<Record<string, string>> = {}): Promise<Run> {
    await wholeSeconds(this.base);
    await rm(path.join(this.out, "transformations"), { recursive: true, force: true });
    const { files } = compile(this.pipeline, {
      target: "spark",
      schemas: this.schemas,
      baseDir: this.base,
      storage: `file://${this.out}/storage`,
      ...this.options,
    });
    for (const file of files) {
      const to = path.join(this.out, file.path);
      await mkdir(path.dirname(to), { recursive: true });
      const more = Object.entries(settings).map(([name, value]) => `  ${name}: "${value}"\n`);
      await writeFile(to, file.contents.replace("configuration:\n", `configuration:\n${more.join("")}`));
    }
    return sparkPipelines(["run", "--spec", path.join(this.out, "spark-pipeline.yml")]);
  }

  name(layer: string, table: string): string {
    return `${this.schemas[layer as "bronze"]}.${table}`;
  }
}

export async function sparkProject(
  pipeline: AnyPipeline,
  base: string,
  options: Partial<CompileOptions> = {},
): Promise<SparkProject> {
  const out = await folder();
  // Tables of all tests are in one catalog.
  const prefix = `p${path.basename(out).replace(/\W/g, "").slice(-8).toLowerCase()}`;
  return new SparkProject(pipeline, { base, out, prefix }, options);
}

export function sparkPipelines(args: readonly string[]): Promise<Run> {
  const { connect, venv } = inject("spark");
  const env = {
    ...process.env,
    PATH: `${venv}/bin:${process.env["PATH"]}`,
    PYSPARK_PYTHON: `${venv}/bin/python`,
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const all = ["--remote", `sc://localhost:${connect}`, ...args];
  return new Promise((resolve) => {
    execFile(path.join(venv, "bin/spark-pipelines"), all, { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? 1 : 0, output: stdout + stderr });
    });
  });
}

/** Gives all files a whole second as their time: of the rest of it, Node rounds a millisecond and Java cuts it. */
export async function wholeSeconds(base: string): Promise<void> {
  const at = Math.floor(Date.now() / 1000) - 5;
  for (const entry of await readdir(base, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const { mtimeMs } = await stat(file);
    if (entry.isFile() && mtimeMs % 1000 !== 0) await utimes(file, at, at);
  }
}

/** The same pipeline on DuckDB, over the same files: one warehouse for all updates. */
export async function duckUpdate(project: SparkProject, secrets?: Readonly<Record<string, string>>): Promise<void> {
  const params = secrets ? { ...project.options.params, ...secrets } : project.options.params;
  const update = await run(project.pipeline, {
    baseDir: project.base,
    warehouse: path.join(project.out, "warehouse.duckdb"),
    ...(params && { params }),
  });
  const failed = update.tables.filter((t) => t.status === "failed").map((t) => [t.name, t.reason]);
  await update.close();
  expect(failed).toEqual([]);
}

/** Columns that name the moment of an update: they are there on both sides, and no more is compared of them. */
const MOMENTS = ["_ingested_at", "_quarantined_at"];
/** What SQL on Spark does not know, and is null there. */
const OURS = ["_update_id"];
const ZEROS = ["FLOAT", "DOUBLE"];
/** Objects as JSON: their numbers may be written in another way. */
const JSON_TEXT = ["_rescued_data", "_row"];

/** All tables and quarantines of the project hold the same rows on both engines. Gives how many tables there were. */
export async function expectSameTables(project: SparkProject, spark: SparkSession): Promise<number> {
  const duck = await duckSession();
  try {
    await duck.sql(`ATTACH '${path.join(project.out, "warehouse.duckdb")}' AS w (READ_ONLY)`);
    const { rows } = await duck.sql(
      "SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = 'w' AND table_schema IN ('bronze', 'silver', 'gold') ORDER BY ALL",
    );
    const views = new Set(project.pipeline.toNode().tables.flatMap((t) => (t.settings.temporary ? [t.name] : [])));
    const compared = rows.filter(([, table]) => !views.has(String(table)));
    for (const [layer, table] of compared)
      await expectSameTable(project, { spark, duck }, String(layer), String(table));
    return compared.length;
  } finally {
    await duck.close();
  }
}

async function expectSameTable(
  project: SparkProject,
  { spark, duck }: { spark: SparkSession; duck: Engine },
  layer: string,
  table: string,
): Promise<void> {
  const there = project.pipeline.toNode().tables.find((t) => t.name === table);
  const autoCdc = project.options.autoCdc && there && there.kind !== "query";
  const catalog = autoCdc && typeof project.options.autoCdc === "object" ? `${project.options.autoCdc.catalog}.` : "";
  const ours = await duck.sql(`SELECT * FROM w.${layer}."${table}"`);
  const inSpark = `${catalog}${project.name(layer, `\`${table}\``)}`;
  // The session remembers the files of a table that another one has written to since.
  await spark.sql(`REFRESH TABLE ${inSpark}`);
  const theirs = await spark.sql(`SELECT * FROM ${inSpark}`);
  const label = `${layer}.${table}`;
  const columns = ours.columns.filter((c) => !OURS.includes(c.name)).sort(byName);
  const given = theirs.columns.filter((c) => ![...OURS, "__spark_autocdc_metadata"].includes(c.name)).sort(byName);
  expect(given, label).toEqual(columns);
  const compared = columns.map((c) => c.name);
  const [left, right] = [picked(ours, compared), picked(theirs, compared)];
  expect(differences(right, left), `${label}: rows of Spark that DuckDB has not, and the other way round`).toEqual([
    [],
    [],
  ]);
  expect(right.length, `${label}: rows on Spark`).toBe(left.length);
  countPairs("rows of tables", left.length);
}

/** Some rows that are in one list only: all of them would fill the screen. */
function differences(...[a, b]: readonly (readonly (readonly Canonical[])[])[]): readonly (readonly string[])[] {
  const [left, right] = [a ?? [], b ?? []].map((rows) => rows.map((row) => JSON.stringify(row)));
  const without = (some: readonly string[] = [], others: readonly string[] = []) => {
    const known = new Set(others);
    return some.filter((row) => !known.has(row)).slice(0, 3);
  };
  return [without(left, right), without(right, left)];
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);

/** Rows with the columns in a given order, sorted. */
function picked({ columns, rows }: Result, names: readonly string[]): readonly (readonly Canonical[])[] {
  const at = names.map((name) => columns.findIndex((c) => c.name === name));
  return sorted(rows.map((row) => at.map((i, n) => comparable(names[n] ?? "", row[i] ?? null, columns[i]?.type))));
}

/** Of equal zeros DuckDB's tables may keep either, so −0 is 0 where it is a number. */
function comparable(name: string, value: Canonical, type = ""): Canonical {
  if (value === "-0" && ZEROS.includes(type)) return "0";
  if (MOMENTS.includes(name)) return value === null ? null : "a moment";
  if (JSON_TEXT.includes(name) && typeof value === "string" && /^[[{]/.test(value)) return json(value);
  return value;
}

function json(text: string): string {
  try {
    const parsed = JSON.parse(text) as object;
    return JSON.stringify(parsed, (_, v: unknown) =>
      v !== null && typeof v === "object" && !Array.isArray(v)
        ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
        : v,
    );
  } catch {
    return text;
  }
}

/** Drops the schemas of a project: the server is shared. */
export async function dropped(project: SparkProject, spark: SparkSession): Promise<void> {
  await spark.batch(Object.values(project.schemas).map((schema) => `DROP SCHEMA IF EXISTS ${schema} CASCADE`));
}
