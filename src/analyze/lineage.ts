/** `lineage()`: where each column comes from, column by column. */
import { match } from "ts-pattern";
import type { ExprNode } from "../ast/expr.ts";
import { tableQueries } from "../ast/inputs.ts";
import { children } from "../ast/kind.ts";
import type { TableNode } from "../ast/pipeline.ts";
import type { ChangesNode, NamedExpr, RelationNode, SnapshotsNode } from "../ast/relation.ts";
import type { AnyPipeline } from "../builder/typed/pipeline.ts";

/** A column of a table. */
export interface ColumnRef {
  readonly table: string;
  readonly column: string;
}

/** A column and where its values come from. */
export interface ColumnLineage extends ColumnRef {
  /** The columns of other tables that it is made from, or of the source for bronze. */
  readonly from: readonly ColumnRef[];
  /** How it is made, in words of the builder: `amount.sum()`. */
  readonly expression: string;
}

/**
 * Where each column of each table comes from: a pure function of the AST.
 *
 * @example
 * ```ts
 * import { lineage, pipeline, source, t } from "medallion";
 * const p = pipeline("demo")
 *   .bronze({ raw: source.json("raw/*.json", { id: t.bigint(), name: t.string() }) })
 *   .silver(($) => ({ clean: $.raw.select((c) => ({ id: c.id, upper: c.name.upper() })) }));
 * console.log(lineage(p).filter((l) => l.column === "upper"));
 * ```
 */
export function lineage(pipeline: AnyPipeline): readonly ColumnLineage[] {
  return pipeline.toNode().tables.flatMap(tableLineage);
}

interface Origin {
  readonly from: readonly ColumnRef[];
  readonly expression: string;
}
type Origins = ReadonlyMap<string, Origin>;

function tableLineage(table: TableNode): readonly ColumnLineage[] {
  const origins = merged(
    table.kind === "query"
      ? tableQueries(table).map((query) => originsOf(query, table.name))
      : [table.changes, ...table.changeFlows.map((flow) => flow.changes)].map((c) => changeOrigins(c, table.name)),
  );
  return table.columns.map((c) => ({
    table: table.name,
    column: c.name,
    ...(origins.get(c.name) ?? { from: [], expression: c.name }),
  }));
}

function changeOrigins(changes: ChangesNode | SnapshotsNode, table: string): Origins {
  const input = originsOf(changes.input, table);
  const ordered = changes.kind === "changes" ? changes.sequence : changes.version;
  const sequence = ordered ? through(ordered, [input]) : { from: [], expression: "the time of the update" };
  return new Map([
    ...changes.items.map((item): [string, Origin] => [item.name, through(item.expr, [input])]),
    ["__START_AT", sequence],
    ["__END_AT", sequence],
  ]);
}

function originsOf(node: RelationNode, table: string): Origins {
  return match(node)
    .with({ kind: "source" }, (n) =>
      own(
        n.columns.map((c) => c.name),
        `${table} (source)`,
      ),
    )
    .with({ kind: "table" }, (n) =>
      own(
        n.columns.map((c) => c.name),
        n.table,
      ),
    )
    .with({ kind: "where" }, { kind: "dedupe" }, { kind: "limit" }, (n) => originsOf(n.input, table))
    .with({ kind: "project" }, (n) => items(n.items, [originsOf(n.input, table)]))
    .with({ kind: "aggregate" }, (n) => items([...n.groups, ...n.measures], [originsOf(n.input, table)]))
    .with({ kind: "lookup" }, { kind: "asOfJoin" }, (n) =>
      items(n.items, [originsOf(n.left, table), originsOf(n.right, table)]),
    )
    .with({ kind: "join" }, (n) => {
      const left = originsOf(n.left, table);
      return n.type === "semi" || n.type === "anti" ? left : items(n.items, [left, originsOf(n.right, table)]);
    })
    .with({ kind: "union" }, (n) => merged(n.inputs.map((input) => originsOf(input, table))))
    .exhaustive();
}

function own(columns: readonly string[], table: string): Origins {
  return new Map(columns.map((column) => [column, { from: [{ table, column }], expression: column }]));
}

function items(named: readonly NamedExpr[], sides: readonly Origins[]): Origins {
  return new Map(named.map((item) => [item.name, through(item.expr, sides)]));
}

function through(expr: ExprNode, sides: readonly Origins[]): Origin {
  const from = children(expr).flatMap((e) => (e.kind === "column" ? (sides[e.side]?.get(e.name)?.from ?? []) : []));
  if (expr.kind === "column") return sides[expr.side]?.get(expr.name) ?? { from: [], expression: expr.name };
  return { from: distinct(from), expression: describeExpr(expr) };
}

function merged(inputs: readonly Origins[]): Origins {
  const names = inputs[0] ? [...inputs[0].keys()] : [];
  return new Map(
    names.map((name) => {
      const each = inputs.flatMap((origins) => origins.get(name) ?? []);
      return [
        name,
        {
          from: distinct(each.flatMap((o) => o.from)),
          expression: [...new Set(each.map((o) => o.expression))].join(" | "),
        },
      ];
    }),
  );
}

function distinct(refs: readonly ColumnRef[]): readonly ColumnRef[] {
  return [...new Map(refs.map((ref) => [`${ref.table}.${ref.column}`, ref])).values()];
}

/** An expression in words of the builder. */
export function describeExpr(expr: ExprNode): string {
  return match(expr)
    .with({ kind: "column" }, (e) => e.name)
    .with({ kind: "literal" }, (e) => JSON.stringify(e.value))
    .with({ kind: "param" }, (e) => `param.${e.secret === undefined ? e.type.kind : "secret"}("${e.name}")`)
    .with({ kind: "call" }, { kind: "aggregate" }, (e) => method(e.fn, e.args, e.options))
    .with({ kind: "window" }, (e) => `${method(e.fn, e.args, e.options)}.over(…)`)
    .with({ kind: "cast" }, (e) => `${describeExpr(e.arg)}.${e.try ? "tryCast" : "cast"}(${e.type.kind})`)
    .with({ kind: "case" }, (e) => {
      const branches = e.branches.map((b) => `.when(${describeExpr(b.when)}, ${describeExpr(b.value)})`).join("");
      return `fn${branches}.otherwise(${describeExpr(e.otherwise)})`;
    })
    .with(
      { kind: "struct" },
      (e) => `fn.struct({ ${e.fields.map((f) => `${f.name}: ${describeExpr(f.value)}`).join(", ")} })`,
    )
    .with(
      { kind: "raw" },
      (e) => `sql\`${e.text.map((t, i) => t + (e.args[i] ? `\${${describeExpr(e.args[i])}}` : "")).join("")}\``,
    )
    .exhaustive();
}

function method(fn: string, args: readonly ExprNode[], options: Readonly<Record<string, unknown>> = {}): string {
  const [self, ...rest] = args;
  // A salt is a secret in all but name: it is not shown.
  const shown = Object.entries(options).map(([name, value]) => (name === "salt" ? '"…"' : JSON.stringify(value)));
  const given = [...rest.map(describeExpr), ...shown].join(", ");
  return self ? `${describeExpr(self)}.${fn}(${given})` : `fn.${fn}(${given})`;
}
