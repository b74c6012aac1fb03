/** Functions from outside. */

import type { ExprNode, ValueFacts } from "../../ast/expr.ts";
import { unionLabels } from "../../ast/facts.ts";
import { refuseMore } from "../../core/arity.ts";
import { freeze } from "../../core/freeze.ts";
import { checkOptionNames } from "../../core/given.ts";
import { callerLocation } from "../../core/location.ts";
import { aName, anything, aText, checkedParts, listOf, maybe, one, textOr, withParts } from "../../core/parts.ts";
import { type FunctionDefinition, functionDefinition, type Template } from "../../functions/plugin-functions.ts";
import { type LabelRule, mismatch, type NullRule, SAME, type Weight } from "../../functions/spec.ts";
import { callNode, carried, castNode, type Place } from "../../nodes/exprs.ts";
import type { Agg, Constants, LabelOf, NullOf, NumberConstant } from "../../typed/base.ts";
import type { Rebuilt } from "../../typed/facts.ts";
import { type NumericName, type SqlType, sameType, type TypeName, typeName, widerType } from "../../types/types.ts";
import { type AnyColumn, declaredValue } from "./columns.ts";
import { Aggregation, Expression, exactly, isConstant, toNode } from "./expression.ts";
import type { Carried } from "./sql.ts";

/** Whether the function is of one row, or of many. */
type Kind = "scalar" | "aggregate";
/** `any`: null where an argument is, or where `returns` is nullable. `never`: never null. */
type Nulls = "any" | "never";
/** `join`: the labels of the arguments. `clear`: none of them. `pseudonym`: it stands for a person without naming one. */
type Labels = "join" | "clear" | "pseudonym";

/** The parts of a function that `defineFunction()` makes. */
export interface FunctionParts<A extends readonly AnyColumn[], R extends AnyColumn, K, N, L> {
  /** After its plugin: `acme.haversine`. */
  readonly name: string;
  /** Default: `scalar`. */
  readonly kind?: K;
  /** The types of its arguments: `[t.double(), t.double()]`. */
  readonly args: A;
  /**
   * The type of its result; nullable where it may be null although no argument is. A number has the unit of its arguments,
   * unless this has one, and may be summed only if they may: declare `unit()` or `rate()`.
   */
  readonly returns: R;
  /** Default: `any`. An aggregate is null over no rows. */
  readonly nulls?: N;
  /** Default: `join`. Labels of `returns` are the result's own. */
  readonly labels?: L;
  /**
   * Of an aggregate, what repeated rows do to it: `sum` adds each value, `mean` weighs it by how often it occurs, `count`
   * counts rows. Default: `nothing`. Values that must not be summed, and rows that a join repeated, are reported by it.
   */
  readonly weighs?: Weight;
  /** Spark's SQL, which is the definition: `acme.haversine($1, $2)`. */
  readonly sql: Template;
  /** DuckDB's SQL, or `SAME`. Left out: compiling for DuckDB is refused where it is called. */
  readonly duckdb?: Template | typeof SAME;
}

type ArgOf<C> = C extends { readonly " ~sqlType": infer T extends TypeName }
  ? { readonly " ~type": T; toNode(): ExprNode } | ConstantOf<T> | null
  : never;
type ConstantOf<T extends TypeName> = T extends keyof Constants
  ? Constants[T]
  : T extends NumericName
    ? NumberConstant
    : never;
type ArgsOf<A extends readonly AnyColumn[]> = { readonly [I in keyof A]: ArgOf<A[I]> };

type LabelsOf<V, L> = L extends "join" ? LabelOf<V> : L extends "pseudonym" ? "pseudonym" : never;
type NullsOf<E, V, K, N> = N extends "never" ? never : K extends "aggregate" ? "null" : NullOf<E> | NullOf<V>;
/** Of a number with its unit and additivity, as of raw SQL. */
type ValueOf<E, V, K, N, L> = Carried<Rebuilt<E, NullsOf<E, V, K, N>, LabelOf<E>>, V, LabelsOf<V, L>>;
type ResultOf<R extends AnyColumn, V, K, N, L> = K extends "aggregate"
  ? Agg<ValueOf<R[" ~expr"], V, K, N, L>>
  : ValueOf<R[" ~expr"], V, K, N, L>;

/** A function of a plugin: called in callbacks as those of `fn` are. */
export interface DefinedFunction<A extends readonly AnyColumn[], R extends AnyColumn, K, N, L> {
  <const V extends ArgsOf<A>>(...values: V): ResultOf<R, V[number], K, N, L>;
  readonly definition: FunctionDefinition;
}

/**
 * A function of your own, called with columns, expressions and constants. Its meaning is Spark's SQL; DuckDB has its own,
 * or the same. What a value must not lose travels through it: nulls, labels, units.
 *
 * @throws MedallionError `FN002` where it is not named after its plugin, or its SQL names an argument that it has not.
 * @example
 * ```ts
 * import { pipeline, source, t } from "medallion";
 * import { defineFunction, SAME } from "medallion/plugin";
 *
 * const share = defineFunction({
 *   name: "acme.share",
 *   args: [t.double(), t.double()],
 *   returns: t.double().rate().nullable(),
 *   sql: "CASE WHEN $2 <> 0 THEN $1 / $2 END",
 *   duckdb: SAME,
 * });
 * export const p = pipeline("demo")
 *   .bronze({ raw: source.json("raw/*.json", { used: t.double(), all: t.double() }) })
 *   .silver(($) => ({ shares: $.raw.derive((c) => ({ share: share(c.used, c.all) })) }));
 * ```
 */
export function defineFunction<
  const A extends readonly AnyColumn[],
  R extends AnyColumn,
  const K extends Kind = "scalar",
  const N extends Nulls = "any",
  const L extends Labels = "join",
>(parts: FunctionParts<A, R, K, N, L>): DefinedFunction<A, R, K, N, L> {
  refuseMore("defineFunction", 1, arguments);
  const at = callerLocation();
  const optional = ["kind", "nulls", "labels", "weighs", "duckdb"];
  checkOptionNames(parts, "defineFunction()", { required: ["name", "args", "returns", "sql"], optional }, at);
  checkedParts(parts, PARTS, "defineFunction()", at);
  const types = parts.args.map((arg) => declaredValue(arg, "an argument of defineFunction()", at).type);
  const definition = definitionOf(parts, types, at);
  const call = (...values: readonly unknown[]) => {
    const place = callerLocation();
    const args = values.map((value, i) => argument(value, types[i], place));
    return definition.spec.kind === "aggregate"
      ? new Aggregation(definition, args, undefined, place)
      : new Expression(callNode(definition, args, undefined, place));
  };
  return freeze(Object.assign(call, { definition })) as unknown as DefinedFunction<A, R, K, N, L>;
}

const TEMPLATE = textOr(withParts({ operator: aText }));

const PARTS = withParts({
  name: aName,
  kind: maybe(one("scalar", "aggregate")),
  args: listOf(anything),
  nulls: maybe(one("any", "never")),
  labels: maybe(one("join", "clear", "pseudonym")),
  weighs: maybe(one("sum", "mean", "count", "nothing")),
  sql: TEMPLATE,
  duckdb: (given, where) => (given === undefined || given === SAME ? given : TEMPLATE(given, where)),
});

type AnyParts = FunctionParts<readonly AnyColumn[], AnyColumn, Kind, Nulls, Labels>;

function definitionOf(parts: AnyParts, types: readonly SqlType[], at: Place): FunctionDefinition {
  const { name, kind = "scalar", nulls = "any", labels = "join", returns, sql, duckdb } = parts;
  const declared = declaredValue(returns, "returns of defineFunction()", at);
  const { type, nullable, labels: own } = declared;
  const isNull: NullRule = nulls === "never" ? "never" : nullable || kind === "aggregate" ? "always" : "any";
  const brought: LabelRule = (args) => {
    const others = labels === "join" ? args : labels === "pseudonym" ? [{ labels: ["pseudonym"] }] : [];
    return unionLabels([{ labels: own }, ...others]);
  };
  const spec = {
    type: (args: readonly SqlType[]) => takes(types, args) ?? type,
    nullable: isNull,
    labels: brought,
    unit: (args: readonly ValueFacts[]) => carried(args, declared).unit,
    additivity: (args: readonly ValueFacts[]) => carried(args, declared).additivity,
  };
  // An aggregate of an operator is refused.
  const spark = typeof sql === "string" ? sql : sql.operator;
  const over = { order: "none", weighs: parts.weighs ?? "nothing" } as const;
  const whole = kind === "scalar" ? { kind, ...spec, spark: sql } : { kind, ...spec, ...over, spark };
  return functionDefinition({ name, spec: whole, duckdb }, types.length, at);
}

function takes(types: readonly SqlType[], args: readonly SqlType[]): { readonly mismatch: string } | undefined {
  if (args.length !== types.length) return mismatch(`accepts ${types.length} arguments, not ${args.length}`);
  const other = args.findIndex((arg, i) => !types[i] || !sameType(arg, types[i]));
  const [wanted, given] = [types[other], args[other]];
  return wanted && given
    ? mismatch(`accepts ${typeName(wanted)} as argument ${other + 1}, not ${typeName(given)}`)
    : undefined;
}

/** An argument of the declared type: a narrower number is cast to it, a constant is one of it. */
function argument(value: unknown, type: SqlType | undefined, at: Place): ExprNode {
  if (type && isConstant(value)) return exactly(value, type, at);
  const node = toNode(value, at);
  const wider = type && !sameType(node.type, type) ? widerType(node.type, type) : undefined;
  return type && wider && sameType(wider, type) ? castNode(node, { type }, false, at) : node;
}
