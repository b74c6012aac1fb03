/**
 * `medallion`: typed medallion pipelines. This door is pure: no file system, no engine; it runs in a browser.
 *
 * @packageDocumentation
 */
export { analyze } from "./analyze/analyze.ts";
export type { Diagnostic } from "./analyze/diagnostic.ts";
export { type ColumnLineage, type ColumnRef, lineage } from "./analyze/lineage.ts";
export { type BundleOptions, bundle } from "./compile/bundle.ts";
export {
  type Compiled,
  type CompiledFile,
  type CompileOptions,
  compile,
  type Schemas,
} from "./compile/compile.ts";
export type {
  DatabricksAlert,
  DatabricksEnvironment,
  DatabricksNotification,
  DatabricksPermission,
  DatabricksPrincipal,
} from "./compile/environment.ts";
export type { Layout } from "./compile/layout.ts";
export type { Target } from "./compile/support.ts";
export { type AnyColumn, type Column, type NumberColumn, t } from "./expr/columns.ts";
export { fn } from "./expr/fn.ts";
export type { Additivity } from "./expr/nodes.ts";
export { type ParamOptions, param } from "./expr/param.ts";
export type { Secret } from "./expr/param-node.ts";
export type { InferRow, RowOf } from "./expr/row.ts";
export { sql } from "./expr/sql.ts";
export type { Agg, AnyExpr, Condition, OrderSpec, WindowSpec } from "./expr/typed/base.ts";
export type { ArrayExpr, MapExpr, StructExpr, VariantExpr } from "./expr/typed/collections.ts";
export type { NumberExpr } from "./expr/typed/number.ts";
export type { BinaryExpr, BooleanExpr, DateExpr, StringExpr, TimestampExpr } from "./expr/typed/scalars.ts";
export { fromManifest } from "./manifest/read.ts";
export { pipeline } from "./pipeline/builder.ts";
export type { Layer, PipelineNode, TableNode } from "./pipeline/nodes.ts";
export type { AnyPipeline, Pipeline } from "./pipeline/pipeline.ts";
export { type CsvOptions, type FileOptions, type JsonOptions, type SourceMetadata, source } from "./pipeline/source.ts";
export type { Changes } from "./relation/changes.ts";
export type { Mask } from "./relation/described.ts";
export type { OnChange } from "./relation/nodes.ts";
export type { Columns, Relation, Table } from "./relation/relation.ts";
export type { RefreshPolicy, TableKind, ViolationAction } from "./relation/settings.ts";
export { CompileError, DefinitionError, type ErrorDetails, MedallionError, RunError } from "./schema/errors.ts";
export type { Problem } from "./schema/problem.ts";
export type { SqlType } from "./schema/types.ts";
