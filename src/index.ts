/**
 * `medallion`: typed medallion pipelines. This door is pure: no file system, no engine; it runs in a browser.
 *
 * @packageDocumentation
 */
export { type AnalyzeOptions, analyze } from "./analyze/analyze.ts";
export { type ColumnLineage, type ColumnRef, type LineageOptions, lineage } from "./analyze/lineage.ts";
export type { Additivity, WindowFrame } from "./ast/expr.ts";
export type { Layer, PipelineNode, TableNode } from "./ast/pipeline.ts";
export type { OnChange, TableKind } from "./ast/relation.ts";
export type { RefreshPolicy, ViolationAction } from "./ast/settings.ts";
export {
  type AnyColumn,
  type Column,
  type EnumColumn,
  type IdColumn,
  type NestedColumn,
  type NumberColumn,
  type Types,
  t,
} from "./builder/expr/columns.ts";
export { type Case, type Functions, fn } from "./builder/expr/fn.ts";
export { type ParamOptions, param } from "./builder/expr/param.ts";
export type { InferRow, RowOf } from "./builder/expr/row.ts";
export { sql } from "./builder/expr/sql.ts";
export { pipeline } from "./builder/pipeline/builder.ts";
export { type FileSource, type SourceMetadata, source } from "./builder/pipeline/source.ts";
export type { Changes } from "./builder/typed/changes.ts";
export type { AnyPipeline, Pipeline } from "./builder/typed/pipeline.ts";
export type { Grouped, Relation, Sorted, Table } from "./builder/typed/relation.ts";
export { CompileError, DefinitionError, type ErrorDetails, MedallionError, RunError } from "./core/errors.ts";
export type { Fix, Position, Range } from "./core/fix.ts";
export type { Problem } from "./core/problem.ts";
export type { Diagnostic } from "./diagnostics/diagnostic.ts";
export type { CsvOptions } from "./formats/csv/options.ts";
export type { JsonOptions } from "./formats/json/options.ts";
export type { Encoding, FileOptions, NativeOptions, TextOptions } from "./formats/options.ts";
export { fromManifest, type ManifestOptions } from "./manifest/read.ts";
export type { Mask } from "./settings/mask.ts";
export { type Compiled, type CompileOptions, compile } from "./targets/compile.ts";
export type { CompiledFile } from "./targets/target.ts";
export type { Target } from "./targets/targets.ts";
export type { Agg, AnyExpr, Condition, OrderFunction, OrderSpec, WindowFunction, WindowSpec } from "./typed/base.ts";
export type { ArrayExpr, MapExpr, StructExpr, VariantExpr } from "./typed/collections.ts";
export type { Columns } from "./typed/columns.ts";
export type { EnumExpr } from "./typed/enums.ts";
export type { NumberIdExpr, TextIdExpr } from "./typed/ids.ts";
export type { CarriedKey, KeyColumn } from "./typed/keys.ts";
export type { NumberExpr } from "./typed/number.ts";
export type { BinaryExpr, BooleanExpr, DateExpr, StringExpr, TimestampExpr } from "./typed/scalars.ts";
export type { Secret } from "./typed/secret.ts";
export type { SqlType } from "./types/types.ts";
