/** `compile()`: a pipeline as the files of a target. */

import type { Layer } from "../ast/pipeline.ts";
import type { AnyPipeline } from "../builder/typed/pipeline.ts";
import { CompileError } from "../core/errors.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { databricksFiles } from "./databricks/databricks.ts";
import { duckdbFiles } from "./duckdb/script.ts";
import type { Layout } from "./layout.ts";
import { refuseImpossible, targetDiagnostics } from "./notes.ts";
import { sparkFiles } from "./spark/sdp.ts";
import type { Target } from "./support.ts";

/** The schema that each layer's tables go to, where it is not called as the layer. */
export type Schemas = Readonly<Partial<Record<Layer, string>>>;

/** What `compile()` writes, and where its tables go. */
export interface CompileOptions {
  /** Engine to compile for. */
  readonly target: Target;
  /** The catalog of the schemas (`databricks`, `spark`). Default: the pipeline's own; `spark_catalog`. */
  readonly catalog?: string;
  /** Schemas of the layers (`databricks`, `spark`). Default: `bronze`, `silver`, `gold`. */
  readonly schemas?: Schemas;
  /** One file a table (the default), or one a layer. */
  readonly layout?: Layout;
  /**
   * Spark's own AUTO CDC for `scd1` and `scd2` tables (`spark`): where the catalog has tables that can merge. The name
   * of a catalog says that they are in that one. Default: materialized views over the change events, with the same rows.
   */
  readonly autoCdc?: boolean | { readonly catalog: string };
  /**
   * What relative source paths start from (`databricks`, `spark`): a URI, or a folder, such as a volume. Default: where
   * Spark was started; Databricks has no such place.
   */
  readonly baseDir?: string;
  /** Where the streams remember what they have read (`spark`): a URI. Default: a folder in `/tmp`. */
  readonly storage?: string;
  /** Values of the pipeline's parameters (`spark`), over their defaults. */
  readonly params?: Readonly<Record<string, string | number | boolean>>;
}

/** One file that a target takes. */
export interface CompiledFile {
  /** Relative to the output folder, with `/`. */
  readonly path: string;
  readonly contents: string;
}

/** The files of a target, and what a reader should know of them. */
export interface Compiled {
  readonly files: readonly CompiledFile[];
  /** What becomes of settings that the target does not have as they are: emulated (`info`) or left out (`warning`). */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The SQL of a pipeline: one file a table, in the order in which they depend on each other. The same pipeline gives
 * the same files, byte for byte.
 *
 * @throws MedallionError `TARGET001` where the target cannot mean the same as Spark, `TARGET002` for an unknown target,
 * `TARGET005` where the target cannot do what a table asks for, `PARAM002` for a parameter without a value (`spark`).
 * @example
 * ```ts
 * import { compile, pipeline, source, t } from "medallion";
 * const p = pipeline("demo").bronze({ raw: source.json("raw/*.json", { id: t.bigint() }) });
 * for (const file of compile(p, { target: "databricks" }).files) console.log(file.path, file.contents);
 * ```
 */
export function compile(pipeline: AnyPipeline, options: CompileOptions): Compiled {
  const node = pipeline.toNode();
  const files = FILES[options.target];
  if (!files) {
    throw new CompileError({
      code: "TARGET002",
      message: `there is no target ${JSON.stringify(options.target)}`,
      help: `the targets are ${Object.keys(FILES).join(", ")}`,
    });
  }
  const diagnostics = targetDiagnostics(node, options);
  refuseImpossible(diagnostics);
  return { files: files(node, options), diagnostics };
}

const FILES: Readonly<
  Partial<
    Record<Target, (pipeline: ReturnType<AnyPipeline["toNode"]>, options: CompileOptions) => readonly CompiledFile[]>
  >
> = {
  databricks: databricksFiles,
  spark: sparkFiles,
  duckdb: duckdbFiles,
};
