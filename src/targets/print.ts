/** SQL of queries and expressions in a dialect from outside. */
import type { ExprNode } from "../ast/expr.ts";
import type { PipelineNode, TableNode } from "../ast/pipeline.ts";
import type { RelationNode, SourceNode } from "../ast/relation.ts";
import { refuseMore } from "../core/arity.ts";
import { callerLocation } from "../core/location.ts";
import { formatOf } from "../formats/format.ts";
import { refuse } from "../sql/dialect.ts";
import { printExpr as exprText } from "../sql/expr.ts";
import { printQuery as queryText } from "../sql/query.ts";
import { dialectFrom, type SqlDialect } from "./define-dialect.ts";
import { externalName } from "./external.ts";

/** How a query is printed. */
export interface PrintOptions {
  readonly dialect: SqlDialect;
  /** The pipeline of the query: a lookup trusts the keys that are proven there. */
  readonly pipeline: PipelineNode;
  /** What stands after FROM for a table of the pipeline. Default: its layer and name. */
  readonly table?: (table: TableNode) => string;
  /** What stands after FROM for a source. Default: the name of a table of another owner; files are refused (`TARGET001`). */
  readonly source?: (source: SourceNode) => string;
}

/**
 * A query of a pipeline as SQL, laid out for a person: what a target of your own puts into its statements.
 *
 * @throws MedallionError `TARGET001` for what the dialect refuses.
 * @example
 * ```ts
 * import { compile, pipeline, source, t } from "medallion";
 * import type { TargetDefinition } from "medallion/plugin";
 * import { defineDialect, printQuery } from "medallion/targets";
 *
 * const trino = defineDialect({ name: "Trino", functions: { contains: { operator: "strpos($1, $2) > 0" } } });
 * const views: TargetDefinition = {
 *   name: "trino",
 *   title: "Trino",
 *   files: (pipeline) =>
 *     pipeline.tables.flatMap((table) =>
 *       table.kind === "query" && table.layer !== "bronze"
 *         ? { path: `${table.name}.sql`, contents: printQuery(table.query, { dialect: trino, pipeline }) }
 *         : [],
 *     ),
 *   treatment: () => ({ does: "ignored", how: "a view has a query only", help: "compile for another target" }),
 * };
 *
 * const p = pipeline("demo")
 *   .bronze({ raw: source.json("raw/*.json", { id: t.bigint(), note: t.string() }) })
 *   .silver(($) => ({ late: $.raw.where((r) => r.note.contains("late")) }));
 * console.log(compile(p, { target: views }).files);
 * ```
 */
export function printQuery(query: RelationNode, options: PrintOptions): string {
  refuseMore("printQuery", 2, arguments);
  const { pipeline, table = named, source = ofAnotherOwner } = options;
  const dialect = dialectFrom(options.dialect, "printQuery()", callerLocation());
  const tables = new Map(pipeline.tables.map((one) => [one.name, one]));

  function named(one: TableNode): string {
    return [one.layer, one.name].map(dialect.identifier).join(".");
  }
  function ofAnotherOwner(node: SourceNode): string {
    if (formatOf(node).reads === "table") return externalName(node, dialect.identifier);
    throw refuse(dialect.name, "files", `give printQuery() what stands for ${node.path}: source: (node) => …`, node.at);
  }
  return queryText(query, {
    dialect,
    tables,
    source,
    table: (name) => {
      const one = tables.get(name);
      return one ? table(one) : dialect.identifier(name);
    },
  });
}

/**
 * An expression as SQL.
 *
 * @param column SQL of a column, by its name. Default: the name.
 * @throws MedallionError `TARGET001` for what the dialect refuses.
 * @example
 * ```ts
 * import { pipeline, source, t } from "medallion";
 * import { defineDialect, printExpr } from "medallion/targets";
 *
 * const sqlite = defineDialect({ name: "SQLite", functions: { contains: { operator: "instr($1, $2) > 0" } } });
 * const p = pipeline("demo")
 *   .bronze({ raw: source.json("raw/*.json", { id: t.bigint(), note: t.string() }) })
 *   .silver(($) => ({ late: $.raw.expect({ told: (r) => r.note.contains("late") }) }));
 * for (const table of p.toNode().tables)
 *   for (const rule of table.settings.expectations)
 *     console.log(rule.name, printExpr(rule.predicate, sqlite, (name) => `o.${name}`)); // told instr(o.note, 'late') > 0
 * ```
 */
export function printExpr(expr: ExprNode, dialect: SqlDialect, column?: (name: string) => string): string {
  refuseMore("printExpr", 3, arguments);
  const sql = dialectFrom(dialect, "printExpr()", callerLocation());
  return exprText(expr, { dialect: sql, column: ({ name }) => (column ?? sql.identifier)(name) });
}
