/** `spark-pipeline.yml`: what the project is, where its data and its state are, and the values of its parameters. */
import type { PipelineNode } from "../../ast/pipeline.ts";
import { compiledParams, type ParamValues } from "../../lower/params.ts";
import { sparkEscaped } from "../spark-sql/dialect.ts";
import { BASE } from "../spark-sql/source.ts";
import type { TargetOptions } from "../target.ts";
import { isPlain, quoted as text } from "../yaml.ts";

export function spec(pipeline: PipelineNode, options: TargetOptions): string {
  const { catalog = "spark_catalog", storage = `file:///tmp/medallion/${pipeline.name}` } = options;
  const params = paramsOf(pipeline, options.params ?? {});
  const settings = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    // Java compiles no method that is longer: Spark's of a wide table would be interpreted, ten times as slow.
    "spark.sql.codegen.hugeMethodLimit": "8000",
    [BASE]: baseOf(options.baseDir),
    ...params,
  };
  return `# ${pipeline.name}: a project of Spark Declarative Pipelines
name: ${text(pipeline.name)}
catalog: ${text(catalog)}
database: default
# Where the streams remember what they have read.
storage: ${text(storage)}
configuration:
${Object.entries(settings)
  .map(([name, value]) => `  ${isPlain(name) ? name : text(name)}: ${text(value)}`)
  .join("\n")}
libraries:
  - glob:
      include: transformations/**
`;
}

/** A URI with a slash at its end: source paths follow it. */
function baseOf(baseDir: string | undefined): string {
  if (baseDir === undefined || baseDir === "") return "";
  const uri = /^[a-z][a-z0-9+.-]*:/i.test(baseDir) ? baseDir : `file://${baseDir}`;
  return uri.endsWith("/") ? uri : `${uri}/`;
}

/** The values as they stand between the quotes of SQL. */
function paramsOf(pipeline: PipelineNode, given: ParamValues): Readonly<Record<string, string>> {
  const values = compiledParams(pipeline.tables, given, "spark");
  return Object.fromEntries([...values].map(([name, value]) => [name, sparkEscaped(value)]));
}
