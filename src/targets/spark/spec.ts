/** `spark-pipeline.yml`: what the project is, where its data and its state are, and the values of its parameters. */
import { allExprs } from "../../analyze/walk.ts";
import { relationSteps, tableQueries } from "../../ast/inputs.ts";
import type { PipelineNode, TableNode } from "../../ast/pipeline.ts";
import { isParamName } from "../../builder/expr/param-node.ts";
import { CompileError } from "../../core/errors.ts";
import type { TargetOptions } from "../target.ts";
import { isPlain, quoted as text } from "../yaml.ts";
import { sparkText } from "./dialect.ts";
import { BASE } from "./source.ts";

export function spec(pipeline: PipelineNode, options: TargetOptions): string {
  const { catalog = "spark_catalog", storage = `file:///tmp/medallion/${pipeline.name}` } = options;
  const params = paramsOf(pipeline, options.params ?? {});
  const settings = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
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

type Values = NonNullable<TargetOptions["params"]>;

/**
 * The values as they stand between the quotes of SQL. One without a value would be compared as the text `\${name}`, and
 * nobody would see it.
 */
function paramsOf(pipeline: PipelineNode, given: Values): Readonly<Record<string, string>> {
  const all = pipeline.tables.flatMap((table) => uses(table).map((use) => ({ ...use, table })));
  const found = new Map<string, string>();
  for (const { name, fallback, at, table } of all) {
    const value = Object.hasOwn(given, name) ? given[name] : fallback;
    if (value === undefined && !found.has(name)) throw noValue(name, table, at);
    if (value !== undefined)
      found.set(
        name,
        sparkText(String(value))
          .replace(/^\(?'|'\)?$/g, "")
          .replaceAll("' || '", ""),
      );
  }
  return Object.fromEntries(found);
}

interface ParamUse {
  readonly name: string;
  readonly fallback: string | number | boolean | undefined;
  readonly at: string | undefined;
}

function uses(table: TableNode): readonly ParamUse[] {
  const inExprs = allExprs(table).flatMap((e) =>
    e.kind === "param" && e.secret === undefined ? [{ name: e.name, fallback: e.default, at: e.at }] : [],
  );
  const inPaths = tableQueries(table)
    .flatMap(relationSteps)
    .flatMap((step) => (step.kind === "source" ? [...step.path.matchAll(/\$\{([^}]*)\}/g)] : []))
    .flatMap(([, name = ""]) => (isParamName(name) ? [{ name, fallback: undefined, at: table.at }] : []));
  return [...inExprs, ...inPaths];
}

function noValue(name: string, table: TableNode, at: string | undefined): CompileError {
  return new CompileError({
    code: "PARAM002",
    message: `the parameter "${name}" of ${table.layer}.${table.name} has no value`,
    help: `compile(p, { target: "spark", params: { ${name}: … } }), or --param ${name}=VALUE`,
    location: at,
    table: table.name,
  });
}
