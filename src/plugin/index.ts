/**
 * `medallion/plugin`: what functions, formats, settings, rules and targets of your own are made with. As pure as `medallion`.
 *
 * @packageDocumentation
 */
export type { Rule, RuleContext } from "../analyze/rule.ts";
export { type DefinedFunction, defineFunction, type FunctionParts } from "../builder/expr/define.ts";
export { defineFormat } from "../formats/define.ts";
export type { FormatFeature } from "../formats/features.ts";
export type {
  AnyFileFormat,
  FileFormat,
  FileFormatParts,
  FormatParts,
  FormatTraits,
  OptionsOf,
  OptionValues,
  SourceView,
} from "../formats/format.ts";
export type { DefaultedOption, FormatOption } from "../formats/options.ts";
export type {
  DatabricksReading,
  DuckdbSql,
  LineReading,
  PythonView,
  ScriptReading,
  SparkNativeReading,
  SparkReading,
  SparkRecord,
  SparkSql,
  SqlWords,
} from "../formats/readings.ts";
export type { FunctionDefinition, Template } from "../functions/plugin-functions.ts";
export { SAME } from "../functions/spec.ts";
export type { Plugin } from "../manifest/plugins.ts";
export type { SettingDefinition, SettingTreatment } from "../settings/plugin-settings.ts";
export type { Support, Treatment } from "../settings/support.ts";
export { defineSetting, type SettingParts } from "../targets/define-setting.ts";
export type { Feature } from "../targets/features.ts";
export type { Layout, Schemas, TableNotes, TargetDefinition, TargetOptions } from "../targets/target.ts";
