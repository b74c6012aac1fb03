/** `lineage()`: where each column comes from, column by column. */

import { companionName } from "../ast/companions.ts";
import type { ExprNode, ValueFacts } from "../ast/expr.ts";
import { tableChanges, tableQueries } from "../ast/inputs.ts";
import { hasQuarantine } from "../ast/kind.ts";
import type { QueryTableNode, TableNode } from "../ast/pipeline.ts";
import type { ChangesNode, NamedExpr, RelationNode, SnapshotsNode } from "../ast/relation.ts";
import { END_AT, quarantineColumns, quarantining, quotedColumns, START_AT, storedColumns } from "../ast/stored.ts";
import { columnsIn, derivation, subexpressions } from "../ast/walk.ts";
import { givenPipeline } from "../builder/pipeline/given.ts";
import type { AnyPipeline } from "../builder/typed/pipeline.ts";
import { refuseMore } from "../core/arity.ts";
import { checkOptions, type OptionNames } from "../core/given.ts";
import { callerLocation } from "../core/location.ts";
import { functionSet } from "../functions/index.ts";
import { isNumeric } from "../types/types.ts";

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
  /** What makes it sensitive; absent where nothing does. */
  readonly labels?: readonly string[];
}

/** What `lineage()` shows. */
export interface LineageOptions {
  /** The columns of quarantine tables as well, each after those of its table. Default: `false`. */
  readonly companions?: boolean;
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
 * // Where the names of people are, quarantine tables included.
 * console.log(lineage(p, { companions: true }).filter((l) => l.labels?.includes("name")));
 * ```
 */
export function lineage(pipeline: AnyPipeline, options: LineageOptions = {}): readonly ColumnLineage[] {
  refuseMore("lineage", 2, arguments);
  const { tables } = givenPipeline(pipeline, "lineage()");
  checkOptions(options, "lineage()", { companions: true } satisfies OptionNames<LineageOptions>, callerLocation());
  const { companions = false } = options;
  return tables.flatMap((table) => {
    const aside = companions && hasQuarantine(table) ? quarantineLineage(table) : [];
    return [...tableLineage(table), ...aside];
  });
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
      : tableChanges(table).map((c) => changeOrigins(c, table.name)),
  );
  return table.columns.map((c) => ({
    table: table.name,
    column: c.name,
    ...(origins.get(c.name) ?? { from: [], expression: c.name }),
    ...labelsOf(c),
  }));
}

const labelsOf = ({ labels }: Pick<ValueFacts, "labels">) => (labels.length > 0 ? { labels } : {});

/** A quarantine has the columns of its table, the row as it came, and the names of the rules that it broke. */
function quarantineLineage(table: QueryTableNode): readonly ColumnLineage[] {
  const refs = (from: string, columns: readonly { readonly name: string }[]) =>
    distinct(columns.map(({ name }) => ({ table: from, column: name })));
  const quoted = refs(sourceOf(table.name), quotedColumns(table));
  const looked = columnsIn(quarantining(table).map(({ predicate }) => predicate));
  const origins = new Map([
    ...storedColumns(table).map((c) => [c.name, refs(table.name, [c])] as const),
    ["_broken_rules", refs(table.name, looked)],
    ["_reason", quoted],
    ["_row", quoted],
  ]);
  return quarantineColumns(table).map((c) => ({
    table: companionName(table.name, "quarantine"),
    column: c.name,
    from: origins.get(c.name) ?? [],
    expression: c.name,
    ...labelsOf(c),
  }));
}

const sourceOf = (table: string): string => `${table} (source)`;

function changeOrigins(changes: ChangesNode | SnapshotsNode, table: string): Origins {
  const input = originsOf(changes.input, table);
  const ordered = changes.kind === "changes" ? changes.sequence : changes.version;
  const sequence = ordered ? through(ordered, [input]) : { from: [], expression: "the time of the update" };
  return new Map([
    ...changes.items.map((item): [string, Origin] => [item.name, through(item.expr, [input])]),
    [START_AT, sequence],
    [END_AT, sequence],
  ]);
}

function originsOf(node: RelationNode, table: string): Origins {
  if (node.kind === "source" || node.kind === "table") {
    const names = node.columns.map((c) => c.name);
    return own(names, node.kind === "table" ? node.table : sourceOf(table));
  }
  const { inputs, items: made } = derivation(node);
  const origins = inputs.map((input) => originsOf(input, table));
  return made ? items(made, origins) : merged(origins);
}

function own(columns: readonly string[], table: string): Origins {
  return new Map(columns.map((column) => [column, { from: [{ table, column }], expression: column }]));
}

function items(named: readonly NamedExpr[], sides: readonly Origins[]): Origins {
  return new Map(named.map((item) => [item.name, through(item.expr, sides)]));
}

function through(expr: ExprNode, sides: readonly Origins[]): Origin {
  const from = subexpressions(expr).flatMap((e) =>
    e.kind === "column" ? (sides[e.side]?.get(e.name)?.from ?? []) : [],
  );
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
function describeExpr(expr: ExprNode): string {
  switch (expr.kind) {
    case "column":
      return expr.name;
    case "literal":
      // Numbers are kept as texts, so that none loses its digits.
      return isNumeric(expr.type) ? String(expr.value) : JSON.stringify(expr.value);
    case "param":
      return `param.${expr.secret === undefined ? expr.type.kind : "secret"}("${expr.name}")`;
    case "call":
    case "aggregate":
      return method(expr.fn, expr.args, expr.options);
    case "window":
      return `${method(expr.fn, expr.args, expr.options)}.over(…)`;
    case "cast":
      return `${describeExpr(expr.arg)}.${expr.try ? "tryCast" : "cast"}(${expr.type.kind})`;
    case "case": {
      const branches = expr.branches.map((b) => `.when(${describeExpr(b.when)}, ${describeExpr(b.value)})`).join("");
      return `fn${branches}.otherwise(${describeExpr(expr.otherwise)})`;
    }
    case "struct":
      return `fn.struct({ ${expr.fields.map((f) => `${f.name}: ${describeExpr(f.value)}`).join(", ")} })`;
    case "raw":
      return `sql\`${expr.text.map((t, i) => t + (expr.args[i] ? `\${${describeExpr(expr.args[i])}}` : "")).join("")}\``;
  }
}

function method(fn: string, args: readonly ExprNode[], options: Readonly<Record<string, unknown>> = {}): string {
  const [self, ...rest] = args;
  // A salt is a secret in all but name: it is not shown.
  const shown = Object.entries(options).map(([name, value]) => (name === "salt" ? '"…"' : JSON.stringify(value)));
  const operands = rest.map(describeExpr);
  const given = fn === "convertUnit" ? [...shown, ...operands] : [...operands, ...shown];
  if (!self) return `fn.${fn}(${given.join(", ")})`;
  const name = fn === "coalesce" && args.length === 2 ? "orElse" : (METHODS[fn] ?? fn);
  if (fn === "field") return `${describeExpr(self)}.fields.${String(Object.values(options)[0])}`;
  if (self.kind === "literal" || (OF_FN.has(fn) && name === fn))
    return `fn.${fn}(${[describeExpr(self), ...given].join(", ")})`;
  return `${describeExpr(self)}.${name}(${given.join(", ")})`;
}

/** Functions that the builder calls otherwise. */
const METHODS: Readonly<Record<string, string>> = { convertUnit: "convert" };

/** Functions that no column has as a method. */
const OF_FN = functionSet("coalesce", "greatest", "least", "makeDate");
