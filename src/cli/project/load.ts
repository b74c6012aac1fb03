/** Finds and loads the project: its config and its pipeline, TypeScript as it is. */

import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { TableNode } from "../../ast/pipeline.ts";
import type { AnyPipeline } from "../../builder/typed/pipeline.ts";
import type { DatabricksConfig, DuckDBConfig, MedallionConfig, SparkConfig } from "../../config/define.ts";
import { refuseOtherFiles } from "../../core/copies.ts";
import { describe } from "../../core/describe.ts";
import { pathOf } from "../../core/host.ts";
import { nearest } from "../../core/nearest.ts";
import { firstLine, hasCode, messageOf, reasonOf } from "../../core/thrown.ts";
import type { Engine } from "../../engines/engine.ts";
import type { ParamValues } from "../../lower/params.ts";
import type { DatabricksEnvironment } from "../../targets/databricks/environment.ts";
import type { Target } from "../../targets/targets.ts";
import type { ParsedFlags } from "../command.ts";
import { CliError, errorDetails, UsageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { shownPath } from "../output/format.ts";
import { databricksEnvironments, inEnvironment, targetsOf } from "./environments.ts";
import { importModule } from "./modules.ts";
import { duckdbOf } from "./resources.ts";

export interface Project {
  readonly pipeline: AnyPipeline;
  /** What source paths are relative to. Absolute. */
  readonly baseDir: string;
  /** What `--base-dir` says, as it stands there: a folder of the workspace, where the target is one. */
  readonly baseDirFlag?: string;
  /** Absolute path of the warehouse file, or `:memory:`. */
  readonly warehouse: string;
  /** Values of the pipeline's parameters. */
  readonly params: ParamValues;
  readonly duckdb: DuckDBConfig;
  /** Its `home` is absolute. */
  readonly spark: SparkConfig;
  readonly target?: Target;
  /** All that the config is for, in any of its environments. */
  readonly targets: readonly Target[];
  /** Absolute. */
  readonly out?: string;
  /** What `--env` named. */
  readonly environment?: string;
  /** Where the environment, or the config itself, goes on Databricks. */
  readonly databricks?: DatabricksConfig;
  /** Engines of the config. */
  readonly engines: readonly Engine[];
  /** All environments of the config that go there. */
  readonly databricksEnvironments: Readonly<Record<string, DatabricksEnvironment>>;
}

const CONFIG_FILE = "medallion.config.ts";

/**
 * The project that the flags name. A path of a flag is relative to the working directory, one of the config to the
 * config's folder; with `--pipeline` alone there is no config and the pipeline's folder is the base.
 */
export async function loadProject(given: ParsedFlags, io: Io): Promise<Project> {
  const fromFlags = (flag: string): string | undefined => {
    const value = given.text(flag);
    return value === undefined || value === ":memory:" ? value : path.resolve(io.cwd, value);
  };
  const pipelineFlag = fromFlags("pipeline");
  const configFlag = fromFlags("config");
  const useConfig = pipelineFlag === undefined || configFlag !== undefined || given.text("env") !== undefined;
  const configFile = useConfig ? (configFlag ?? path.join(io.cwd, CONFIG_FILE)) : undefined;
  const root = path.dirname(configFile ?? pipelineFlag ?? io.cwd);
  const environment = given.text("env");
  const whole = configFile === undefined ? undefined : await loadConfig(configFile, io);
  const config = whole && inEnvironment(whole, environment);
  const below = (value: string | undefined): string | undefined =>
    value === undefined || value === ":memory:" ? value : path.resolve(root, value);

  const file = pipelineFlag ?? path.resolve(root, config?.pipeline ?? "");
  const pipeline = await loadPipeline(file, io);
  const baseDir = fromFlags("base-dir") ?? below(config?.baseDir) ?? root;
  const baseDirFlag = given.text("base-dir");
  // An absolute one may be a folder of a workspace.
  if (baseDirFlag !== undefined && !/^\/|:\/\//.test(baseDirFlag) && !isFolder(baseDir)) throw noFolder(baseDir);
  const out = below(config?.out);
  return {
    pipeline,
    baseDir,
    ...(baseDirFlag !== undefined && { baseDirFlag }),
    warehouse: fromFlags("warehouse") ?? below(config?.warehouse) ?? path.join(baseDir, ".medallion/warehouse.duckdb"),
    params: { ...config?.params, ...paramsOf(given) },
    duckdb: duckdbOf(config?.duckdb, given, {
      fromFlags: (value) => value && path.resolve(io.cwd, value),
      below,
    }),
    spark: { ...config?.spark, ...sparkOf(given, fromFlags("spark-home") ?? below(config?.spark?.home)) },
    ...(config?.target !== undefined && { target: config.target }),
    targets: whole ? targetsOf(whole) : [],
    ...(out !== undefined && { out }),
    ...(environment !== undefined && { environment }),
    ...(config?.databricks && { databricks: config.databricks }),
    engines: config?.engines ?? [],
    databricksEnvironments: whole ? databricksEnvironments(whole) : {},
  };
}

function noFolder(baseDir: string): UsageError {
  return new UsageError({
    code: "CLI002",
    message: `--base-dir: ${existsSync(baseDir) ? `${baseDir} is not a folder` : `there is no folder ${baseDir}`}`,
    help: "give the folder in which the paths of the sources start",
  });
}

function isFolder(place: string): boolean {
  try {
    return statSync(place).isDirectory();
  } catch {
    return false;
  }
}

/** A folder is not a module: Node would tell it of a file of ours. */
function refuseFolder(code: "CFG001" | "LOAD001", file: string, io: Io): void {
  if (!isFolder(file)) return;
  throw new UsageError({ code, message: `${shownPath(file, io.cwd)} is a folder`, help: "name a file in it" });
}

/** Where Spark is: a flag goes before the config. */
function sparkOf(given: ParsedFlags, home: string | undefined): SparkConfig {
  const remote = given.text("remote");
  return { ...(home !== undefined && { home }), ...(remote !== undefined && { remote }) };
}

function paramsOf(given: ParsedFlags): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.texts("param").map((text) => {
      const at = text.indexOf("=");
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
      const message = `--param accepts NAME=VALUE, not "${text}"`;
      throw new UsageError({ code: "CLI002", message, help: "--param region=eu" });
    }),
  );
}

/** The table that was typed on the command line. */
export function knownTable(name: string, pipeline: AnyPipeline): TableNode {
  const { tables } = pipeline.toNode();
  const table = tables.find((t) => t.name === name || `${t.layer}.${t.name}` === name);
  if (table) return table;
  const near = nearest(
    name,
    tables.map((t) => (name.includes(".") ? `${t.layer}.${t.name}` : t.name)),
  );
  throw new UsageError({
    code: "TBL003",
    message: `there is no table "${name}"`,
    help: near ? `did you mean "${near}"?` : "medallion show lists the tables",
    table: name,
  });
}

const NO_CONFIG =
  "go to the project's folder, name one with --config FILE or --pipeline FILE, or make a project with medallion init";

/** The config of a folder above, for who is in a folder of the project. */
function above(file: string, { cwd }: Io): string | undefined {
  if (file !== path.join(cwd, CONFIG_FILE)) return undefined;
  for (let folder = cwd; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const found = path.join(path.dirname(folder), CONFIG_FILE);
    if (existsSync(found))
      return `go to the project's folder, or name its config: --config ${path.relative(cwd, found)}`;
  }
  return undefined;
}

async function loadConfig(file: string, io: Io): Promise<MedallionConfig> {
  const shown = shownPath(file, io.cwd);
  if (!existsSync(file)) {
    throw new UsageError({
      code: "CFG001",
      message: `there is no ${shown}${path.dirname(file) === io.cwd ? " in this folder" : ""}`,
      help: above(file, io) ?? NO_CONFIG,
    });
  }
  refuseFolder("CFG001", file, io);
  const { default: config } = await exportsOf(file, io);
  // For who has a config: it loads zod, which takes as long as most of the rest.
  const { readConfig } = await import("../../config/read.ts");
  return readConfig(config, file, shown);
}

async function loadPipeline(file: string, io: Io): Promise<AnyPipeline> {
  const shown = shownPath(file, io.cwd);
  if (!existsSync(file)) {
    throw new UsageError({
      code: "LOAD001",
      message: `there is no pipeline module ${shown}`,
      help: "give the right path: pipeline in the config, or --pipeline FILE",
    });
  }
  refuseFolder("LOAD001", file, io);
  const exported = await exportsOf(file, io);
  const value = exported["default"];
  refuseOtherFiles(value, undefined);
  if (isPipeline(value)) return value;
  const named = Object.keys(exported).find((name) => name !== "default" && isPipeline(exported[name]));
  throw new CliError({
    code: "LOAD002",
    message: `the default export of ${shown} is ${value === undefined ? "missing" : `${describe(value)}, not a pipeline`}`,
    help: named === undefined ? 'export default pipeline("shop").bronze({ … })' : `export it: export default ${named};`,
  });
}

/** A relation and a table have nodes as well. */
function isPipeline(value: unknown): value is AnyPipeline {
  if (typeof value !== "object" || value === null || !("toNode" in value) || typeof value.toNode !== "function")
    return false;
  return Array.isArray(property(value.toNode(), "tables"));
}

/** What a module exports, by name. */
async function exportsOf(file: string, io: Io): Promise<Readonly<Record<string, unknown>>> {
  let loaded: unknown;
  try {
    loaded = await importModule(file);
  } catch (error) {
    if (errorDetails(error)) throw error;
    throw loadFailed(error, file, io);
  }
  const value = property(loaded, "default");
  // A folder without "type": "module" gives CommonJS, whose default is the whole module.
  const all = property(value, "__esModule") === true ? value : loaded;
  return typeof all === "object" && all !== null ? { ...all } : {};
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** What the user's own code did wrong while it was loaded: a syntax error, a missing module, a throw. */
function loadFailed(error: unknown, file: string, io: Io): CliError {
  const shown = shownPath(file, io.cwd);
  const missing = hasCode(error, "ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND");
  const [, module = "", name] = NOT_EXPORTED.exec(messageOf(error)) ?? [];
  const syntax = /^(?:Transform failed[^\n]*\n)?(\/[^\n]+?:\d+:\d+): ERROR: ([^\n]*)/.exec(messageOf(error));
  const location = syntax?.[1] ?? placeOf(error);
  return new CliError({
    code: "LOAD003",
    message: `${shown} cannot be loaded: ${syntax?.[2] ?? firstLine(property(error, "path") === file ? reasonOf(error) : messageOf(error))}`,
    help: missing
      ? "check the path of the import; for a package: npm install"
      : hasCode(error, "ERR_UNKNOWN_FILE_EXTENSION")
        ? "give a module of TypeScript or JavaScript: .ts, .mts, .js or .mjs"
        : module.startsWith("medallion")
          ? exportHelp(name)
          : undefined,
    ...(location !== undefined && { location }),
    cause: error,
  });
}

const NOT_EXPORTED = /requested module '([^']+)' does not provide an export named '([^']+)'/;

/** Where it is that the wrong door was asked for. */
function exportHelp(name: string | undefined): string {
  const doors: Readonly<Record<string, string>> = { run: "medallion/run", plan: "medallion/run" };
  const door = doors[name ?? ""];
  if (door) return `import { ${name} } from "${door}"`;
  return "medallion exports pipeline, source, t, fn, param, sql, analyze, compile and lineage; types are imported by import type";
}

/** The folder of this package's code: a frame there is not the user's. */
const OWN = fileURLToPath(new URL("../../", import.meta.url));

/** The first place in the stack that is the user's. */
function placeOf(error: unknown): string | undefined {
  const lines = error instanceof Error ? (error.stack ?? "").split("\n") : [];
  for (const line of lines) {
    const [, file, at] = /[\s(]((?:file:\/\/)?\/[^()]*?):(\d+:\d+)\)?$/.exec(line) ?? [];
    if (file === undefined || at === undefined) continue;
    const user = pathOf(file);
    if (!user.includes("/node_modules/") && !user.startsWith(OWN)) return `${user}:${at}`;
  }
  return undefined;
}
