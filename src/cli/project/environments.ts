/** The environments of a config. */
import type { MedallionConfig } from "../../config/define.ts";
import { nearest } from "../../core/nearest.ts";
import type { DatabricksEnvironment } from "../../targets/databricks/environment.ts";
import type { Target } from "../../targets/targets.ts";
import { UsageError } from "../errors.ts";

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
