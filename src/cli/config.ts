/** `medallion.config.ts`: what a project is made of. */
import { z } from "zod";
import { nearest } from "../core/nearest.ts";
import type { Engine } from "../engines/engine.ts";
import { isBuiltIn } from "../engines/index.ts";
import type { DatabricksEnvironment } from "../targets/databricks/environment.ts";
import { isTarget, TARGET_NAMES, type Target } from "../targets/targets.ts";
import { DATABRICKS_KEYS, type DatabricksConfig, databricksShape } from "./config-databricks.ts";
import { DUCKDB_KEYS, type DuckDBConfig, duckdbShape } from "./config-duckdb.ts";
import { SPARK_KEYS, type SparkConfig, sparkShape } from "./config-spark.ts";
import { CliError, UsageError } from "./errors.ts";

/** Settings that differ between environments. Paths are relative to the config file. */
export interface EnvironmentConfig {
  /** What source paths are relative to. Default: the folder of the config file. */
  readonly baseDir?: string;
  /** The warehouse file, or `:memory:`. Default: `.medallion/warehouse.duckdb` in the base directory. */
  readonly warehouse?: string;
  /** Values of the pipeline's parameters. `--param NAME=VALUE` goes before them. */
  readonly params?: Readonly<Record<string, string | number | boolean>>;
  /** What `compile` writes for when `--target` is not given. */
  readonly target?: Target;
  /** Where `compile` writes to when `--out` is not given. Default: `out/<target>`. */
  readonly out?: string;
  /** Where `deploy` and `run --target databricks` go, and a target of the bundle. Never a token: these are for the environment. */
  readonly databricks?: DatabricksConfig;
  /** What `run` on embedded DuckDB may use of the machine, and how long it keeps its event log. */
  readonly duckdb?: DuckDBConfig;
  /** Where `run --target spark` finds Spark, and how its project is compiled. */
  readonly spark?: SparkConfig;
}

/** The content of `medallion.config.ts`. */
export interface MedallionConfig extends EnvironmentConfig {
  /** The module whose default export is the pipeline, relative to the config file. */
  readonly pipeline: string;
  /** Engines of your own: `medallion run --target NAME` runs them as it does the built-in ones. */
  readonly engines?: readonly Engine[];
  /** Settings by environment, over the ones above: `--env NAME` takes them. */
  readonly environments?: Readonly<Record<string, EnvironmentConfig>>;
}

/**
 * Types the config, and nothing else: what is given comes back.
 *
 * @example
 * ```ts
 * import { defineConfig } from "medallion/cli";
 *
 * export default defineConfig({
 *   pipeline: "./src/pipeline.ts",
 *   warehouse: "warehouse.duckdb",
 *   environments: {
 *     test: { baseDir: "test/data", warehouse: ":memory:" },
 *     prod: { databricks: { host: "https://my.cloud.databricks.com", catalog: "prod", mode: "production" } },
 *   },
 * });
 * ```
 */
export function defineConfig(config: MedallionConfig): MedallionConfig {
  return config;
}

const engine = z
  .custom<Engine>(isEngine, "expected an engine: { name, run(pipeline, request) }")
  .refine(({ name }) => !isBuiltIn(name), { error: "its name is that of a built-in engine" });

function isEngine(value: unknown): value is Engine {
  if (typeof value !== "object" || value === null || !("name" in value) || !("run" in value)) return false;
  return typeof value.name === "string" && value.name !== "" && typeof value.run === "function";
}

const environment = {
  baseDir: z.string().min(1).optional(),
  warehouse: z.string().min(1).optional(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  target: z
    .custom<Target>((v) => typeof v === "string" && isTarget(v), `expected one of ${TARGET_NAMES.join(", ")}`)
    .optional(),
  out: z.string().min(1).optional(),
  databricks: databricksShape.optional(),
  duckdb: duckdbShape.optional(),
  spark: sparkShape.optional(),
};
const shape = z.strictObject({
  pipeline: z.string().min(1),
  ...environment,
  engines: z.array(engine).optional(),
  environments: z.record(z.string(), z.strictObject(environment)).optional(),
});

/** The keys that an object of the config may have, by where it is. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  if (path.at(-1) === "databricks") return DATABRICKS_KEYS;
  if (path.at(-1) === "duckdb") return DUCKDB_KEYS;
  if (path.at(-1) === "spark") return SPARK_KEYS;
  return path[0] === "environments" && path.length === 2 ? Object.keys(environment) : Object.keys(shape.shape);
}

/** @throws CliError `CFG002` where the value is not a config. */
export function readConfig(value: unknown, file: string): MedallionConfig {
  const read = shape.safeParse(value);
  if (read.success) return read.data as MedallionConfig;
  const [issue] = read.error.issues;
  const at = issue?.path.join(".") ?? "";
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const near = unknown === undefined ? undefined : nearest(unknown, keysAt(issue?.path ?? []));
  throw new CliError({
    code: "CFG002",
    message: `${file} is not a config: ${at === "" ? "" : `${at}: `}${issue?.message ?? "wrong shape"}`,
    help: near
      ? `did you mean ${near}?`
      : 'export default defineConfig({ pipeline: "./src/pipeline.ts" }), with defineConfig from "medallion/cli"',
  });
}

/** The config with the settings of one environment over its own; those of `databricks`, `spark` and `duckdb` one by one. */
export function inEnvironment(config: MedallionConfig, name: string | undefined): MedallionConfig {
  if (name === undefined) return config;
  const environments = config.environments ?? {};
  const found = Object.hasOwn(environments, name) ? environments[name] : undefined;
  if (found) {
    const params = { ...config.params, ...found.params };
    const databricks =
      config.databricks || found.databricks ? { ...config.databricks, ...found.databricks } : undefined;
    const spark = { ...config.spark, ...found.spark };
    const duckdb = { ...config.duckdb, ...found.duckdb };
    return { ...config, ...found, params, spark, duckdb, ...(databricks && { databricks }) };
  }
  const names = Object.keys(environments);
  const near = nearest(name, names);
  throw new UsageError({
    code: "CFG003",
    message: `the config has no environment "${name}"`,
    help: near ? `did you mean "${near}"?` : `the environments are: ${names.join(", ") || "none"}`,
  });
}

/** The targets that the config or one of its environments names, or has settings for. */
export function targetsOf(config: MedallionConfig): readonly Target[] {
  const named = [config, ...Object.values(config.environments ?? {})].flatMap(
    ({ target, databricks, spark }): readonly (Target | undefined)[] => [
      target,
      databricks && "databricks",
      spark && "spark",
    ],
  );
  return [...new Set(named.filter((target) => target !== undefined))];
}

/** Every environment that goes to Databricks, by name. One that only the config's own settings describe is `default`. */
export function databricksEnvironments(config: MedallionConfig): Readonly<Record<string, DatabricksEnvironment>> {
  const named = Object.entries(config.environments ?? {})
    .filter(([, environment]) => environment.databricks)
    .map(([name]) => [name, onDatabricks(inEnvironment(config, name))] as const);
  if (named.length > 0 || !config.databricks) return Object.fromEntries(named);
  return { default: onDatabricks(config) };
}

function onDatabricks({ databricks, params }: MedallionConfig): DatabricksEnvironment {
  return { ...databricks, ...(params && { params }) };
}
