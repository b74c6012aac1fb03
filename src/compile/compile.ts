/** `compile()`: a pipeline as the files of a target. */
import type { AnyPipeline } from "../pipeline/pipeline.ts";
import { CompileError } from "../schema/errors.ts";
import { databricksFiles } from "./databricks.ts";
import { duckdbFiles } from "./duckdb-script.ts";

export type Target = "databricks" | "duckdb";

export interface CompileOptions {
  /** Engine to compile for. */
  readonly target: Target;
  /** Unity Catalog name that goes before the schemas (`databricks`). Default: the pipeline's own. */
  readonly catalog?: string;
}

export interface CompiledFile {
  /** Relative to the output folder, with `/`. */
  readonly path: string;
  readonly contents: string;
}

export interface Compiled {
  readonly files: readonly CompiledFile[];
}

/**
 * The SQL of a pipeline: one file a table, in the order in which they depend on each other. The same pipeline gives
 * the same files, byte for byte.
 *
 * @throws MedallionError `TARGET001` where the target cannot mean the same as Spark, `TARGET002` for an unknown target.
 * @example
 * ```ts
 * import { compile, pipeline, source, t } from "medallion";
 * const p = pipeline("demo").bronze({ raw: source.json("raw/*.json", { id: t.bigint() }) });
 * for (const file of compile(p, { target: "databricks" }).files) console.log(file.path, file.contents);
 * ```
 */
export function compile(pipeline: AnyPipeline, options: CompileOptions): Compiled {
  const node = pipeline.toNode();
  switch (options.target) {
    case "databricks":
      return { files: databricksFiles(node, options.catalog) };
    case "duckdb":
      return { files: duckdbFiles(node) };
    default:
      throw new CompileError({
        code: "TARGET002",
        message: `there is no target ${JSON.stringify(options.target)}`,
        help: "the targets are databricks and duckdb",
      });
  }
}
