/** `fn`: expressions that do not start from one column. */

import type { ExprNode } from "../../ast/expr.ts";
import { countArguments } from "../../core/arity.ts";
import { refuseOtherCopy } from "../../core/copies.ts";
import { describe, isRecord } from "../../core/describe.ts";
import type { DefinitionError } from "../../core/errors.ts";
import { callerLocation } from "../../core/location.ts";
import type { Problem } from "../../core/problem.ts";
import type { Nothing } from "../../core/total.ts";
import { mistake, misused } from "../../diagnostics/mistake.ts";
import { type Said, say } from "../../diagnostics/sentences.ts";
import type { FnName, ScalarName, WindowName } from "../../functions/index.ts";
import { callNode, caseNode, type Place, structNode } from "../../nodes/exprs.ts";
import { type Constant, constantOf } from "../../nodes/literals.ts";
import type {
  Agg,
  AnyExpr,
  CaseSaid,
  CaseValue,
  ConditionSaid,
  ConditionValue,
  Constants,
  ExprOf,
  LabelOf,
  Null,
  NullOf,
  NumberConstant,
  OperandSaid,
  OrderFunction,
  TextPart,
} from "../../typed/base.ts";
import type { StructExpr } from "../../typed/collections.ts";
import type { Exact } from "../../typed/constants.ts";
import type { OneOf } from "../../typed/enums.ts";
import type { Either, Rebuilt, Relabelled } from "../../typed/facts.ts";
import type { SameId } from "../../typed/ids.ts";
import type { InError } from "../../typed/in-error.ts";
import type { KnownFunctions } from "../../typed/known-as.ts";
import type { Literal, LiteralType, Stands } from "../../typed/literals.ts";
import type { NumberExpr, SameUnit } from "../../typed/number.ts";
import type { DateExpr, StringExpr, WholeNumber } from "../../typed/scalars.ts";
import { type NumericName, primitive, type SqlType, type TypeName, typeName, widerType } from "../../types/types.ts";
import { type AnyColumn, declaredValue } from "./columns.ts";
import {
  Aggregation,
  columnOrConstant,
  Expression,
  isConstant,
  operand,
  predicate,
  refuseNulls,
  toNode,
  typedLiteral,
  WindowFunctionCall,
} from "./expression.ts";
import { methods, NoValue } from "./no-value.ts";
import { namedNodes } from "./record.ts";

type TypeOf<V> = V extends { readonly " ~type": infer T extends TypeName }
  ? T
  : V extends string
    ? "string"
    : V extends boolean
      ? "boolean"
      : V extends number | bigint | Date
        ? LiteralType<V>
        : never;
/** What `fn.lit()` is given: a constant of the type, where there is one. */
type LitValue<V, C> = C extends AnyColumn
  ? V extends ConstantIn<C> | null
    ? V & Exact<C[" ~sqlType"], V>
    : ConstantIn<C> | null
  : V extends null
    ? Problem<Said<"EXPR001:null">>
    : V & Stands<V>;
type Lit<V, C> = C extends { readonly " ~expr": infer E }
  ? V extends null
    ? NullableOf<E>
    : E
  : ExprOf<LiteralType<V>>;
type ConstantIn<C extends AnyColumn> = C[" ~expr"] extends { readonly " ~values": infer W }
  ? W
  : ConstantOf<C[" ~sqlType"]>;
type ConstantOf<T> = T extends keyof Constants ? Constants[T] : T extends NumericName ? NumberConstant : never;
type UnitOf<V> = V extends { readonly " ~unit": infer U extends string } ? U : never;

/** A value as an expression. A constant has no unit: it gets that of what it meets, and its values. */
type Meant<V> = V extends AnyExpr ? V : V extends string ? Text<V> : ExprOf<TypeOf<V>, never, never, never>;
/** A text among the values of a case. */
interface Text<V extends string> extends StringExpr {
  readonly " ~constant": V;
}
/** What a case has whose values so far are null. */
interface NoneYet {
  readonly " ~none": true;
}
/** What a case has once another value is known, or a null. */
type Next<E, V> = V extends null
  ? E extends NoneYet
    ? E
    : NullableOf<E>
  : E extends NoneYet
    ? NullableOf<Meant<V>>
    : Joined<E, V>;
/** What a case has once another value is known: where that does not fit, what it had before. */
type Joined<E, V> = E extends { readonly " ~constant": infer C extends string }
  ? V extends string
    ? Text<C | V>
    : V extends { readonly " ~type": "string" }
      ? V
      : E
  : V extends string
    ? E
    : Either<E, Meant<V>>;
type Meanings<V extends readonly unknown[]> = { readonly [I in keyof V]: Meant<V[I]> };
/** An expression of which all values are known: constants alone have no unit. */
type Settled<E> = E extends { readonly " ~unit": infer U }
  ? [U] extends [never]
    ? Unitless<E>
    : E
  : E extends { readonly " ~constant": string }
    ? // As every other text is made: StringExpr by its name costs 180,000 instantiations.
      ExprOf<"string", never, never>
    : E;
type Unitless<E> = E extends { readonly " ~type": infer T extends NumericName; readonly " ~null": infer N extends Null }
  ? NumberExpr<T, N>
  : never;

/** Says that values must be of one type and one unit, and identify the same. */
type Fits<E, V> = [AnyExpr] extends [V] ? unknown : FitsOne<E, V>;
type FitsOne<E, V> = E extends { readonly " ~id": infer Name extends string } ? SameId<Name, V> : FitsValue<E, V>;
type FitsValue<E, V> = [TypeOf<E>, TypeOf<V>] extends [NumericName, NumericName]
  ? [UnitOf<E>] extends [never]
    ? unknown
    : SameUnit<UnitOf<E>, UnitOf<V>>
  : [TypeOf<V>] extends [TypeOf<E>]
    ? Member<E, V>
    : Problem<Said<"TYPE001:case", { first: TypeOf<E>; second: Exclude<TypeOf<V>, TypeOf<E>> }>>;

type Member<E, V> = E extends { readonly " ~constant": infer C extends string }
  ? V extends { readonly " ~values": infer W extends string }
    ? OneOf<W, C>
    : unknown
  : E extends { readonly " ~values": infer W extends string }
    ? V extends string
      ? OneOf<W, V>
      : unknown
    : unknown;

/** The same, where a null fits all. */
type FitsCase<E, V> = V extends null ? unknown : E extends NoneYet ? unknown : Fits<E, V>;

/** A `CASE` under construction: more `when`s, then `otherwise`. `E` is its value so far, `L` the conditions' labels. */
export interface Case<E, L extends string> {
  when<C extends ConditionValue<ConditionSaid>, const V extends CaseValue<CaseSaid> | null>(
    condition: C,
    value: V & FitsCase<E, V>,
  ): Case<Next<E, V>, L | LabelOf<C>>;
  /** The value where no condition holds. */
  otherwise<const V extends CaseValue<CaseSaid> | null>(
    value: V & FitsCase<E, V>,
  ): Next<E, V> extends NoneYet ? Problem<Said<"EXPR001:null">> : Relabelled<Settled<Next<E, V>>, L>;
}

type NullableOf<E> = E extends { readonly " ~nullable": infer F } ? F : never;

/** The first of several that is not null: null only where all are. */
type FirstOf<A, V extends readonly unknown[]> =
  // Without a first value TypeScript took the constraint.
  [AnyExpr] extends [A]
    ? InError
    : Rebuilt<Folded<A, V>, AllNull<A, Meanings<V>>, LabelOf<A> | LabelOf<Meanings<V>[number]>>;
type Folded<A, V extends readonly unknown[]> = V extends readonly [infer B, ...infer Rest]
  ? Folded<Joined<A, B>, Rest>
  : A;
type AllNull<A, V extends readonly unknown[]> = [NullOf<A>] extends [never]
  ? never
  : V extends readonly [infer B, ...infer Rest]
    ? AllNull<B, Rest>
    : "null";
class CaseBuilder extends NoValue implements Readonly<Record<keyof Case<unknown, never>, unknown>> {
  readonly #branches: readonly { readonly when: ExprNode; readonly value: unknown }[];
  readonly #at: Place;

  constructor(branches: readonly { readonly when: ExprNode; readonly value: unknown }[], at: Place) {
    super();
    this.#branches = branches;
    this.#at = at;
  }

  when(condition: unknown, value: unknown): CaseBuilder {
    return new CaseBuilder([...this.#branches, { when: predicate(condition, callerLocation()), value }], this.#at);
  }

  otherwise(value: unknown): Expression {
    const given = [value, ...this.#branches.map((b) => b.value)];
    if (given.every((one) => one === null)) throw mistake(this.#at, say("EXPR001:null"));
    const [fallback, ...values] = unified(given, this.#at);
    const branches = this.#branches.map((b, i) => ({ when: b.when, value: values[i] ?? toNode(b.value, this.#at) }));
    if (!fallback) throw mistake(this.#at, say("EXPR001:case"));
    return new Expression(caseNode(branches, fallback, this.#at));
  }
}

/** How a case is written by those who know `if(condition, value, other)`. */
const OF_CASES = { when: "fn.when(condition, value).otherwise(other)" };
countArguments(CaseBuilder.prototype, { fewer: "all", usage: OF_CASES });

function mixedTypes(types: readonly SqlType[], at: Place): DefinitionError {
  const [first = "", second = ""] = new Set(types.map(typeName));
  return mistake(at, say("TYPE001:case", { first, second }));
}

const common = ([first, ...rest]: readonly SqlType[]): SqlType | undefined =>
  rest.reduce<SqlType | undefined>((wide, next) => wide && widerType(wide, next), first);

/** Values of one type: constants get the type of the expressions that they stand alongside. */
function unified(values: readonly unknown[], at: Place): readonly ExprNode[] {
  // The function says that it accepts at least one.
  if (values.length === 0) return [];
  const nodes = values.map((value) => (isConstant(value) ? undefined : toNode(value, at)));
  const typed = nodes.filter((node) => node !== undefined).map((node) => node.type);
  const naturals = values
    .filter((v): v is Constant => isConstant(v) && v !== null)
    .map((v) => operand(v, undefined, at).type);
  const all = [...typed, ...naturals];
  const type = common(all);
  if (!type) throw mixedTypes(all, at);
  // A constant alongside texts that have one of some values is one of them.
  const own = common(typed);
  const meant = own?.kind === "string" ? own : type;
  return values.map((value, i) => nodes[i] ?? constantOf(value, meant, at));
}

/** What stands behind a typed part of an expression. */
const made = <E>(part: CaseBuilder | Aggregation | WindowFunctionCall): E => part as unknown as E;

const row = <E>(fn: WindowName): E => made(new WindowFunctionCall(fn, []));

/** The functions of `fn`. An error writes this name. */
export interface Functions extends KnownFunctions {
  /** `CASE WHEN condition THEN value …`. Of its values some may be null, and one is not. */
  when<C extends ConditionValue<ConditionSaid>, const V extends CaseValue<CaseSaid> | null>(
    condition: C,
    value: V,
  ): Case<V extends null ? NoneYet : Meant<V>, LabelOf<C>>;
  /**
   * A constant as a column, of the given type. Without one a whole number is an INT (of ten digits or more a BIGINT, as a
   * `bigint` is), any other a DOUBLE; a null, and a number that is computed, need a type.
   */
  lit<const V extends Literal | null, C extends AnyColumn | undefined = undefined>(
    value: LitValue<V, C>,
    type?: C,
  ): Lit<V, C>;
  /** The first value that is not null: of columns, and of constants. */
  coalesce<A extends AnyExpr, const V extends readonly CaseValue<CaseSaid>[]>(
    first: A & Fits<A, V[number]>,
    ...others: V
  ): FirstOf<A, V>;
  /** Texts one after the other; null where one of them is. */
  concat<N extends Null = never, L extends string = never>(
    ...values: readonly TextPart<N, L, OperandSaid>[]
  ): StringExpr<N, L>;
  /** The greatest value that is not null. */
  greatest<A extends AnyExpr, const V extends readonly [CaseValue<CaseSaid>, ...CaseValue<CaseSaid>[]]>(
    first: A & Fits<A, V[number]>,
    ...others: V
  ): FirstOf<A, V>;
  /** The least value that is not null. */
  least<A extends AnyExpr, const V extends readonly [CaseValue<CaseSaid>, ...CaseValue<CaseSaid>[]]>(
    first: A & Fits<A, V[number]>,
    ...others: V
  ): FirstOf<A, V>;
  /** A struct of named values. */
  struct<F extends Record<string, AnyExpr>>(fields: F): StructExpr<F, never, LabelOf<F[keyof F]>>;
  /** A date from year, month and day; a date that does not exist is an error at run time. */
  makeDate<
    N extends Null = never,
    L extends string = never,
    Y extends number = 0,
    M extends number = 0,
    D extends number = 0,
  >(
    year: (Y & Exact<"int", Y>) | WholeNumber<N, L>,
    month: (M & Exact<"int", M>) | WholeNumber<N, L>,
    day: (D & Exact<"int", D>) | WholeNumber<N, L>,
  ): DateExpr<N, L>;
  /** How many rows. */
  countRows(): Agg<NumberExpr<"bigint", never, never, "", "additive">>;
  /** 1, 2, 3, … within the window's partition. */
  rowNumber(): OrderFunction<NumberExpr<"int", never, never, "", "non-additive">>;
  /** As `rowNumber`, but equal rows share a rank, and the next rank leaves a gap. */
  rank(): OrderFunction<NumberExpr<"int", never, never, "", "non-additive">>;
  /** As `rank`, without gaps. */
  denseRank(): OrderFunction<NumberExpr<"int", never, never, "", "non-additive">>;
  /** The rank from 0 to 1: `(rank - 1) / (rows - 1)`, 0 where there is one row. */
  percentRank(): OrderFunction<NumberExpr<"double", never, never, "", "non-additive">>;
  /** The share of the rows that come no later, above 0 to 1: equal rows have the same. */
  cumeDist(): OrderFunction<NumberExpr<"double", never, never, "", "non-additive">>;
}

const OF_PARTS = "a struct is made of columns and constants, fn.struct({ code: c.code, rank: 1 })";

/** Without the names that are there to be refused. */
type Callable = Pick<Functions, keyof Functions>;

const functions = methods<Callable>(
  {
    when: (condition, value) => {
      const at = callerLocation();
      return made(new CaseBuilder([{ when: predicate(condition, at), value }], at));
    },
    lit: (value, type) => {
      const at = callerLocation();
      if (!isConstant(value)) {
        refuseOtherCopy(value, at);
        const message = `fn.lit() accepts a constant, not ${describe(value)}`;
        throw misused(at, message, isRecord(value) || Array.isArray(value) ? OF_PARTS : "a column stands for itself");
      }
      if (type !== undefined) return typed(typedLiteral(value, declaredValue(type, "fn.lit()", at), at));
      return typed(columnOrConstant(value, at));
    },
    coalesce: (...values) => oneOf("coalesce", values),
    concat: (...values) => {
      const at = callerLocation();
      refuseNulls("concat", values, at);
      const nodes = values.map((value) => operand(value, primitive("string"), at));
      return typed(callNode("concat", nodes, undefined, at));
    },
    greatest: (...values) => oneOf("greatest", values),
    least: (...values) => oneOf("least", values),
    struct: (fields) => {
      const at = callerLocation();
      const named = namedNodes(fields, at).map(({ name, expr }) => ({ name, value: expr }));
      return typed(structNode(named, at));
    },
    makeDate: (year, month, day) => {
      const at = callerLocation();
      const parts = [year, month, day];
      refuseNulls("makeDate", parts, at);
      const nodes = parts.map((part) => operand(part, primitive("int"), at));
      return typed(callNode("makeDate", nodes, undefined, at));
    },
    countRows: () => made(new Aggregation("countRows", [], undefined, callerLocation())),
    rowNumber: () => row("rowNumber"),
    rank: () => row("rank"),
    denseRank: () => row("denseRank"),
    percentRank: () => row("percentRank"),
    cumeDist: () => row("cumeDist"),
  },
  ["coalesce", "concat", "greatest", "least"],
  "a function of one column is its method: c.amount.sum()",
  OF_CASES,
);

/**
 * Functions that do not start from one column.
 *
 * @example
 * ```ts
 * import { fn, pipeline, source, t } from "medallion";
 * export const p = pipeline("demo")
 *   .bronze({ raw: source.json("raw/*.json", { id: t.bigint(), op: t.string(), nick: t.string().nullable() }) })
 *   .silver(($) => ({
 *     clean: $.raw.select((c) => ({
 *       id: c.id,
 *       action: fn.when(c.op.eq("D"), "delete").when(c.op.eq("I"), "insert").otherwise("update"),
 *       nick: fn.coalesce(c.nick, c.op),
 *     })),
 *   }));
 * ```
 */
export const fn = functions as Functions;

/** A function that `fn` should have and has not is an error here by its name. */
export type Missing = Nothing<Exclude<FnName, keyof typeof fn>>;

/** A function that gives one of its values. */
function oneOf<E>(name: ScalarName, values: readonly unknown[]): E {
  const at = callerLocation();
  refuseNulls(name, values, at);
  return typed(callNode(name, unified(values, at), undefined, at));
}

function typed<E>(node: ExprNode): E {
  return new Expression(node) as unknown as E;
}
