/** Expression nodes: plain, frozen, JSON-serialisable data. Every node knows its type and the user's place. */

import type { DEFINITION, PluginName } from "../core/plugin-parts.ts";
import type { FunctionName } from "../functions/index.ts";
import type { ValueFacts } from "../types/facts.ts";
import type { Additivity } from "../types/types.ts";

export type { Additivity, FunctionName, PluginName, ValueFacts };

/** What every node has. */
export interface NodeBase {
  /** Hash of the content (without places): the same expression has the same id in every build. */
  readonly id: string;
  /** `file:line:column` of the user's code. */
  readonly at?: string;
}

interface ExprBase extends NodeBase, ValueFacts {}

/** A column of an input: side 0 is the (left) input of the step, side 1 the right one of a join. */
export interface ColumnNode extends ExprBase {
  readonly kind: "column";
  readonly name: string;
  readonly side: 0 | 1;
}

/** A constant. `value` is JSON: bigint, decimal, date and timestamp constants are strings, `null` is null. */
export interface LiteralNode extends ExprBase {
  readonly kind: "literal";
  readonly value: string | number | boolean | null;
}

/** What a node calls: a function of the catalogue, or of a plugin, which has a dot in its name. */
export type Called = FunctionName | PluginName;

interface Call extends ExprBase {
  readonly fn: Called;
  readonly args: readonly ExprNode[];
  readonly options?: Readonly<Record<string, string | number | boolean>>;
  /** Of a function that is not built in. */
  readonly [DEFINITION]?: { readonly name: string };
}

/** A call of a function, operators included. `options` are constants such as a pattern or a unit. */
export interface CallNode extends Call {
  readonly kind: "call";
}

/** `fn.when(…).otherwise(…)`: the value of the first branch whose condition holds. */
export interface CaseNode extends ExprBase {
  readonly kind: "case";
  readonly branches: readonly { readonly when: ExprNode; readonly value: ExprNode }[];
  readonly otherwise: ExprNode;
}

/** `cast()` and `tryCast()`: the value as another type. */
export interface CastNode extends ExprBase {
  readonly kind: "cast";
  readonly arg: ExprNode;
  /** `true`: what does not convert becomes null (`TRY_CAST`); `false`: it is an error. */
  readonly try: boolean;
}

/** An expression to order by. */
export interface OrderNode {
  readonly expr: ExprNode;
  readonly descending: boolean;
  /** Always said: the engines differ in their default. */
  readonly nulls: "first" | "last";
}

/** An aggregate over the rows of a group: `amount.sum()`. */
export interface AggregateNode extends Call {
  readonly kind: "aggregate";
  readonly filter?: ExprNode;
  /** What decides between rows that share a place in the order of `maxBy` and `minBy`; set before printing. */
  readonly ties?: readonly ExprNode[];
}

/**
 * Which rows around the current one a window function looks at: from `start` to `end`, counted in rows or, with `range`, in
 * values of the order. 0 is the current row, -6 the sixth before it, `"unbounded"` the first or the last of the partition.
 *
 * @example
 * ```ts
 * import { pipeline, source, t } from "medallion";
 *
 * export default pipeline("sales")
 *   .bronze({ days_raw: source.csv("days.csv", { shop: t.string(), day: t.date(), sold: t.int() }) })
 *   .silver(($) => ({
 *     week: $.days_raw.derive((d) => ({
 *       sold_in_7_days: d.sold.sum().over({
 *         partitionBy: d.shop,
 *         orderBy: d.day,
 *         frame: { unit: "rows", start: -6, end: 0 },
 *       }),
 *     })),
 *   }));
 * ```
 */
export interface WindowFrame {
  readonly unit: "rows" | "range";
  readonly start: "unbounded" | number;
  readonly end: "unbounded" | number;
}

/** A window function, or an aggregate over a window. */
export interface WindowNode extends Call {
  readonly kind: "window";
  readonly partitionBy: readonly ExprNode[];
  readonly orderBy: readonly OrderNode[];
  readonly frame?: WindowFrame;
  /** As in an aggregate. */
  readonly ties?: readonly ExprNode[];
}

/** A struct made from named values. */
export interface StructNode extends ExprBase {
  readonly kind: "struct";
  readonly fields: readonly { readonly name: string; readonly value: ExprNode }[];
}

/** The user's own SQL: text and expressions in turn. */
export interface RawNode extends ExprBase {
  readonly kind: "raw";
  readonly text: readonly string[];
  readonly args: readonly ExprNode[];
}

/** A parameter of the pipeline: its value comes from the environment that runs it. */
export interface ParamNode extends ExprBase {
  readonly kind: "param";
  readonly name: string;
  /** What it is where the environment gives none: JSON, as in a literal. */
  readonly default?: string | number | boolean;
  /** The scope of a secret: its value stands in no file, log or error. */
  readonly secret?: string;
}

/** An expression, told apart by `kind`. */
export type ExprNode =
  | ParamNode
  | ColumnNode
  | LiteralNode
  | CallNode
  | CaseNode
  | CastNode
  | AggregateNode
  | WindowNode
  | StructNode
  | RawNode;
