/**
 * `medallion/config`: what `medallion.config.ts` is written with. It loads nothing else.
 *
 * @packageDocumentation
 */
export {
  type DatabricksConfig,
  type DuckDBConfig,
  defineConfig,
  type EnvironmentConfig,
  type MedallionConfig,
  type SparkConfig,
} from "./define.ts";
