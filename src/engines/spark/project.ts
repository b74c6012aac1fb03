/** The project that Spark runs: where it lives, how it is compiled, and what its Spark starts with. */
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { PipelineNode } from "../../ast/pipeline.ts";
import type { AnyPipeline } from "../../builder/typed/pipeline.ts";
import type { Env } from "../../core/env.ts";
import { lowerPipeline } from "../../lower/table.ts";
import { type CompileOptions, compile } from "../../targets/compile.ts";
import { spark } from "../../targets/spark/index.ts";
import { flowNames } from "../../targets/spark/parts.ts";
import { writeTo } from "../files.ts";
import { wantedTables } from "../tables.ts";
import type { SparkFolders, SparkRunOptions } from "./options.ts";

/** Options of `compile()` for Spark. */
type SparkCompileOptions = CompileOptions & { readonly target: "spark" };

export function foldersOf(baseDir: string): SparkFolders {
  const folder = path.join(baseDir, ".medallion/spark");
  mkdirSync(folder, { recursive: true });
  return { project: path.join(folder, "project"), log: path.join(folder, "run.log") };
}

type ProjectOptions = Pick<SparkRunOptions, "baseDir" | "storage" | "params" | "catalog" | "schemas" | "autoCdc">;

/** How a project in a folder is compiled: the same for `medallion compile` and for a run. */
export function compileOptions(options: ProjectOptions): SparkCompileOptions {
  const { baseDir = ".", params = {}, ...section } = options;
  const baseUrl = pathToFileURL(path.resolve(baseDir)).href;
  return { ...spark.configured({ section, params, baseUrl }), target: "spark" };
}

/** Compiles the pipeline into the project folder. Files of an earlier compilation do not stay behind. */
export async function writeProject(pipeline: AnyPipeline, options: CompileOptions, at: SparkFolders): Promise<void> {
  const { files } = compile(pipeline, options);
  rmSync(path.join(at.project, "transformations"), { recursive: true, force: true });
  for (const file of files) await writeTo(at.project, file);
}

/**
 * What a Spark of its own starts with. It keeps its tables in a folder: without a metastore it would forget them, while
 * its streams remember what they have read. Where `SPARK_CONF_DIR` is set, the user decides where tables are kept.
 */
export function environmentOf({ remote, conf = {} }: SparkRunOptions, env: Env, folder: string): Env {
  if (remote !== undefined) return env;
  const own = {
    "spark.sql.catalogImplementation": "hive",
    "spark.sql.warehouse.dir": path.join(folder, "warehouse"),
    "spark.hadoop.javax.jdo.option.ConnectionURL": `jdbc:derby:;databaseName=${path.join(folder, "metastore")};create=true`,
    "spark.driver.extraJavaOptions": `-Duser.timezone=UTC -Dderby.system.home=${folder}`,
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
  };
  const settings = Object.entries({ ...(env["SPARK_CONF_DIR"] ? {} : own), ...conf });
  // Python splits it as a shell does. spark-pipelines accepts --conf too, but does not pass it to the Spark it starts.
  const words = settings.map(([name, value]) => `--conf '${`${name}=${value}`.replaceAll("'", `'"'"'`)}'`);
  return { ...env, PYSPARK_SUBMIT_ARGS: [...words, "pyspark-shell"].join(" ") };
}

/** A Spark of its own on this machine. `spark-pipelines` would give it one core. */
const ALL_CORES = "local[*]";

/** The arguments of `spark-pipelines`: `only` names tables, which run with what they read. */
export function argumentsOf(
  pipeline: PipelineNode,
  { remote, only, fullRefresh = false }: SparkRunOptions,
  compiled: CompileOptions,
  at: SparkFolders,
): readonly string[] {
  const wanted = only && wantedTables(pipeline.tables, only);
  const schemas = compiled.schemas ?? {};
  const names = [...lowerPipeline(pipeline).plans.values()]
    .filter(({ table }) => wanted?.has(table.name))
    .flatMap((plan) => {
      const { layer } = plan.table;
      return flowNames(plan, compiled).map((name) => `${schemas[layer] ?? layer}.${name}`);
    });
  return [
    "--remote",
    remote ?? ALL_CORES,
    "run",
    "--spec",
    path.join(at.project, "spark-pipeline.yml"),
    ...(wanted ? [fullRefresh ? "--full-refresh" : "--refresh", names.join(",")] : []),
    ...(fullRefresh && !wanted ? ["--full-refresh-all"] : []),
  ];
}
