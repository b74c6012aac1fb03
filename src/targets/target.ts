/** What a target is: the files that it makes of a pipeline, and what becomes of everything that a pipeline can ask for. */

import type { Layer, PipelineNode, TableNode } from "../ast/pipeline.ts";
import type { TableKind } from "../ast/relation.ts";
import { countArguments } from "../core/arity.ts";
import { freeze } from "../core/freeze.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { ParamValues } from "../lower/params.ts";
import type { Support } from "../settings/support.ts";
import type { Feature } from "./features.ts";

/** The schema that each layer's tables go to, where it is not called as the layer. */
export type Schemas = Readonly<Partial<Record<Layer, string>>>;

/** One file per table (the default), or one per layer. */
export type Layout = "table" | "layer";

/** Where the tables of a compiled pipeline go. Each target reads the options that it has a use for. */
export interface TargetOptions {
  /** The catalog of the schemas (`databricks`, `spark`). Default: the pipeline's own; `spark_catalog`. */
  readonly catalog?: string;
  /** Schemas of the layers (`databricks`, `spark`). Default: `bronze`, `silver`, `gold`. */
  readonly schemas?: Schemas;
  /** One file per table (the default), or one per layer. */
  readonly layout?: Layout;
  /**
   * Spark's own AUTO CDC for `scd1` and `scd2` tables (`spark`): for a catalog whose tables can merge. The name of
   * a catalog selects that one. Default: materialized views over the change events, with the same rows.
   */
  readonly autoCdc?: boolean | { readonly catalog: string };
  /**
   * What relative source paths start from: a URI, or a folder, such as a volume. Default: where Spark was started, or the
   * DuckDB script is run; Databricks has no such place.
   */
  readonly baseDir?: string;
  /** Where the streams remember what they have read (`spark`): a URI. Default: a folder in `/tmp`. */
  readonly storage?: string;
  /** Values of the pipeline's parameters (`spark`, `duckdb`), over their defaults. */
  readonly params?: ParamValues;
}

/** One file of a compiled pipeline. */
export interface CompiledFile {
  /** Relative to the output folder, with `/`. */
  readonly path: string;
  readonly contents: string;
}

/** What a target reports of a table. */
export type TableNotes = (table: TableNode) => readonly Diagnostic[];

/**
 * A target of `compile()`. The built-in ones are values of this type, in a folder each; another one is given to
 * `compile()` in their place.
 *
 * @example
 * ```ts
 * import { compile, pipeline, source, t } from "medallion";
 * import { type TargetDefinition } from "medallion/plugin";
 *
 * const names: TargetDefinition = {
 *   name: "names",
 *   title: "Names",
 *   files: (p) => [{ path: "names.txt", contents: p.tables.map((table) => table.name).join("\n") }],
 *   treatment: () => ({ does: "ignored", how: "a list of names has no settings", help: "compile for another target" }),
 * };
 * const p = pipeline("demo").bronze({ raw: source.json("raw/*.json", { id: t.bigint() }) });
 * console.log(compile(p, { target: names }).files);
 * ```
 */
export interface TargetDefinition {
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  /**
   * The files of a pipeline. Where it uses a feature that the target refuses they are made as well, to find what else is
   * refused, and thrown away: `CompileError`s are collected.
   */
  readonly files: (pipeline: PipelineNode, options: TargetOptions) => readonly CompiledFile[];
  /** What becomes of a feature that a table uses. */
  readonly treatment: (feature: Feature, table: TableNode, options: TargetOptions) => Support;
  /** What to report of a table that no single feature is the reason of. */
  readonly notes?: (
    pipeline: PipelineNode,
    kinds: ReadonlyMap<string, TableKind>,
    options: TargetOptions,
  ) => TableNotes;
}

/** A target of the package: its functions count what they are given, as all that the doors export do. */
export function builtIn({ name, title, files, treatment, notes }: TargetDefinition): TargetDefinition {
  const target: TargetDefinition = {
    name,
    title,
    files: (pipeline, options) => files(pipeline, options),
    treatment: (feature, table, options) => treatment(feature, table, options),
    ...(notes && { notes: (pipeline, kinds, options) => notes(pipeline, kinds, options) }),
  };
  countArguments(target, { fewer: "all" });
  return freeze(target);
}

/** What a project says of how it is compiled: its config and the flags of the command. */
interface ProjectFacts {
  /** The part of the config that has the target's name. */
  readonly section: TargetOptions;
  readonly params: ParamValues;
  /** What source paths are relative to, as a URL of a file. */
  readonly baseUrl: string;
  /** What `--base-dir` says, as it stands there. */
  readonly baseDirFlag?: string | undefined;
}

/** A target of the package, with what the command and the documentation ask of it. */
export interface ListedTarget {
  readonly definition: TargetDefinition;
  /** What it does with each feature, where the table makes no difference. */
  readonly treatments: Readonly<Record<Feature, Support>>;
  /** Its options for a project. */
  readonly configured: (project: ProjectFacts) => TargetOptions;
}
