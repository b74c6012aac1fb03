/** A project of open-source Spark Declarative Pipelines: its spec, SQL, and Python where SQL cannot stream. */
import { fullName, type PipelineNode } from "../../ast/pipeline.ts";
import type { LoweredTable } from "../../lower/table.ts";
import { filesOf, header, madeBy, numbered, pythonFilesOf } from "../layout.ts";
import { sparkQuoted } from "../spark-sql/dialect.ts";
import type { CompiledFile, TargetOptions } from "../target.ts";
import { changeTableStatements } from "./change-table.ts";
import { type Context, contextOf, isAutoCdc } from "./context.ts";
import { checkNames } from "./names.ts";
import { fileSources } from "./parts.ts";
import { queryTableStatements } from "./query-table.ts";
import { PYTHON_HEAD, sourceView } from "./source-python.ts";
import { spec } from "./spec.ts";

/** One file a table or a layer, the statements in dependency order, and a Python file alongside it for file sources. */
export function sparkFiles(pipeline: PipelineNode, options: TargetOptions): readonly CompiledFile[] {
  const context = contextOf(pipeline, options);
  checkNames(context, options);
  const sql = filesOf(context.plans, options.layout, (plan) => sqlText(plan, context));
  const python = pythonFilesOf(context.plans, options.layout, PYTHON_HEAD, pythonText);
  const below = [
    { path: numbered(0, sql.length, "schemas.py"), contents: schemas(pipeline, context, options) },
    ...sql,
    ...python,
  ]
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, contents }) => ({ path: `transformations/${path}`, contents }));
  return [{ path: "spark-pipeline.yml", contents: spec(pipeline, options) }, ...below];
}

function sqlText(plan: LoweredTable, context: Context): string {
  const statements =
    plan.mode === "changes" || plan.mode === "snapshots"
      ? changeTableStatements(plan, context)
      : queryTableStatements(plan, context);
  return `${header(plan.table, plan.kind)}\n${statements.join("\n\n")}\n`;
}

function pythonText(plan: LoweredTable): string {
  const { table, kind } = plan;
  return fileSources(plan)
    .map(
      ({ source, view }) =>
        `# ${fullName(table)}: the text of its files\n${madeBy(table, "#")}${sourceView(source, view, kind === "streaming")}\n\n`,
    )
    .join("");
}

/** A pipeline makes tables, but not the schemas that they are in. */
function schemas(pipeline: PipelineNode, context: Context, { catalog }: TargetOptions): string {
  const names = new Set(
    pipeline.tables.map((table) => {
      const own = typeof context.autoCdc === "object" ? context.autoCdc.catalog : catalog;
      const at = table.kind !== "query" && isAutoCdc(table, context) ? own : catalog;
      return [...(at === undefined ? [] : [at]), context.schemas[table.layer] ?? table.layer]
        .map(sparkQuoted)
        .join(".");
    }),
  );
  return `# The schemas of the layers. Definitions may not make them, so a session of their own does.
from pyspark.sql import SparkSession

spark = SparkSession.active().newSession()
for schema in ${JSON.stringify([...names])}:
    spark.sql("CREATE SCHEMA IF NOT EXISTS " + schema)
`;
}
