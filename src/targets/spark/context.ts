/** What the statements of a Spark project share: names, expressions, and what the other tables are. */
import type { PipelineNode, ScdTableNode, TableNode } from "../../ast/pipeline.ts";
import type { RelationNode } from "../../ast/relation.ts";
import { type PipelinePlan, planPipeline, type TablePlan } from "../../plan/table.ts";
import { printQuery, type QueryContext } from "../../sql/query.ts";
import type { Schemas, TargetOptions } from "../target.ts";
import { canAutoCdc } from "./auto-cdc.ts";
import { isStreaming, overColumns, read } from "./clauses.ts";
import { sparkIdentifier as id, spark } from "./dialect.ts";

export interface Context extends PipelinePlan {
  readonly schemas: Schemas;
  readonly autoCdc: TargetOptions["autoCdc"];
  /** How the temporary views are read: as a stream, as a whole, or both. */
  readonly viewReads: ReadonlyMap<string, ReadonlySet<"stream" | "batch">>;
}

export function contextOf(pipeline: PipelineNode, options: TargetOptions): Context {
  const context = {
    schemas: options.schemas ?? {},
    ...planPipeline(pipeline),
    autoCdc: options.autoCdc,
  };
  return { ...context, viewReads: viewReads(context) };
}

/**
 * A stream can only be read from a view that is one itself, and a whole only from one that is not. So a view that is
 * read in both ways is made twice. Readers come after what they read: they are asked first.
 */
function viewReads(context: Omit<Context, "viewReads">): Context["viewReads"] {
  const reads = new Map<string, Set<"stream" | "batch">>();
  for (const plan of [...context.plans.values()].reverse()) {
    const reader = plan.table;
    const own = reader.settings.temporary ? [...(reads.get(reader.name) ?? ["batch" as const])] : [howRead(plan)];
    // Its rules are counted over its query, where there is no checked table to count over; so is the key of a view.
    const counts = plan.rules.all.length > 0 || reader.settings.temporary;
    const counted = plan.expectations && counts && !plan.quarantine ? (["batch"] as const) : [];
    for (const input of plan.inputs) {
      if (!context.tables.get(input)?.settings.temporary) continue;
      const known = reads.get(input) ?? new Set();
      for (const how of [...own, ...counted]) known.add(how);
      reads.set(input, known);
    }
  }
  return reads;

  function howRead({ table, kind }: TablePlan): "stream" | "batch" {
    if (table.kind === "query") return kind === "streaming" ? "stream" : "batch";
    return context.autoCdc && canAutoCdc(table) ? "stream" : "batch";
  }
}

/** How a view is read in its own right: all of its readers say, or it is a stream where its query can be one. */
export function readsOf(view: TableNode, context: Context): readonly ("stream" | "batch")[] {
  const reads = [...(context.viewReads.get(view.name) ?? [])].sort();
  const can = isStreaming(view, context);
  return reads.length === 0 ? [can ? "stream" : "batch"] : reads.filter((how) => how === "batch" || can);
}

/** The full name of a table, or of one beside it: `suffix` goes to the end of the name. */
export function nameOf(table: TableNode, context: Context, suffix = ""): string {
  const schema = context.schemas[table.layer] ?? table.layer;
  return [...catalogOf(table, context), schema, `${table.name}${suffix}`].map(id).join(".");
}

/** Change targets may live in a catalog of their own: one that can merge. */
function catalogOf(table: TableNode, { autoCdc }: Context): readonly string[] {
  return table.kind !== "query" && typeof autoCdc === "object" && canAutoCdc(table) ? [autoCdc.catalog] : [];
}

/** The name of a view of the pipeline, in the variant that is read as a stream or as a whole. */
export function viewName(view: TableNode, streaming: boolean, context: Context): string {
  return id(streaming && readsOf(view, context).length > 1 ? `${view.name}_stream` : view.name);
}

export function isAutoCdc(table: ScdTableNode, context: Context): boolean {
  return Boolean(context.autoCdc) && canAutoCdc(table);
}

export const expr = overColumns(spark);

/** How the tables of the pipeline are read in a query. */
export function reading(streaming: boolean, context: Context): QueryContext {
  return {
    dialect: spark,
    table: (name) => {
      const table = context.tables.get(name);
      if (!table) return read(id(name), streaming);
      const view = table.settings.temporary;
      return read(view ? viewName(table, streaming, context) : nameOf(table, context), streaming);
    },
    source: (source) => source.path.split(".").map(id).join("."),
    tables: context.tables,
  };
}

/** A query over the tables of the pipeline. */
export function queryText(query: RelationNode, streaming: boolean, context: Context): string {
  return printQuery(query, reading(streaming, context));
}
