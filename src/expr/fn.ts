/** `fn`: expressions that do not start from one column. */
import { DefinitionError } from "../schema/errors.ts";
import { callerLocation } from "../schema/location.ts";
import type { Problem } from "../schema/problem.ts";
import { type NumericName, primitive, type SqlType, type TypeName, widerType } from "../schema/types.ts";
import { callNode, caseNode, type Place, structNode } from "./build.ts";
import { Aggregation, Expression, isConstant, operand, toNode, WindowFunctionCall } from "./expression.ts";
import { type Constant, literalOf } from "./literals.ts";
import type { Additivity, ExprNode } from "./nodes.ts";
import { namedNodes } from "./record.ts";
import type { Agg, AnyExpr, Condition, ExprOf, LabelOf, Null, NullOf, Operand, WindowFunction } from "./typed/base.ts";
import type { StructExpr } from "./typed/collections.ts";
import type { NumberExpr, Wider } from "./typed/number.ts";
import type { StringExpr } from "./typed/scalars.ts";

type CaseValue = string | number | boolean | AnyExpr;
type TypeOf<V> = V extends { readonly "~type": infer T extends TypeName }
  ? T
  : V extends string
    ? "string"
    : V extends boolean
      ? "boolean"
      : V extends number
        ? `${V}` extends `${bigint}`
          ? "int"
          : "double"
        : never;
type UnitOf<V> = V extends { readonly "~unit": infer U extends string } ? U : never;
type AdditivityOf<V> = V extends { readonly "~additivity": infer A extends Additivity } ? A : never;
type Common<A extends TypeName, B extends TypeName> = [A] extends [never]
  ? B
  : [B] extends [never]
    ? A
    : [A, B] extends [NumericName, NumericName]
      ? Wider<A & NumericName, B & NumericName>
      : A;
type Worst<A extends Additivity> = "fanned-out" extends A
  ? "fanned-out"
  : "non-additive" extends A
    ? "non-additive"
    : "semi-additive" extends A
      ? "semi-additive"
      : "additive";
type SameKind<T extends TypeName, V> = [T, TypeOf<V>] extends [NumericName, NumericName]
  ? unknown
  : [TypeOf<V>] extends [T]
    ? unknown
    : Problem<`every value of a case has one type: ${T} and ${TypeOf<V>} do not mix`>;

/** A `CASE` under construction: more `when`s, then `otherwise`. */
export interface Case<T extends TypeName, N extends Null, L extends string, U extends string, A extends Additivity> {
  when<C extends Condition, const V extends CaseValue>(
    condition: C,
    value: V & SameKind<T, V>,
  ): Case<Common<T, TypeOf<V>>, N | NullOf<V>, L | LabelOf<V> | LabelOf<C>, U | UnitOf<V>, A | AdditivityOf<V>>;
  /** The value where no condition holds. */
  otherwise<const V extends CaseValue | null>(
    value: V & (V extends null ? unknown : SameKind<T, V>),
  ): ExprOf<
    Common<T, TypeOf<V>>,
    N | NullOf<V>,
    L | LabelOf<V>,
    [U | UnitOf<V>] extends [never] ? "" : U | UnitOf<V>,
    Worst<A | AdditivityOf<V>>
  >;
}

class CaseBuilder {
  readonly #branches: readonly { readonly when: ExprNode; readonly value: unknown }[];
  readonly #at: Place;

  constructor(branches: readonly { readonly when: ExprNode; readonly value: unknown }[], at: Place) {
    this.#branches = branches;
    this.#at = at;
  }

  when(condition: unknown, value: unknown): CaseBuilder {
    return new CaseBuilder([...this.#branches, { when: toNode(condition, callerLocation()), value }], this.#at);
  }

  otherwise(value: unknown): Expression {
    const [fallback, ...values] = unified([value, ...this.#branches.map((b) => b.value)], this.#at);
    const branches = this.#branches.map((b, i) => ({ when: b.when, value: values[i] ?? toNode(b.value, this.#at) }));
    if (!fallback)
      throw new DefinitionError({ code: "EXPR001", message: "otherwise() needs a value", location: this.#at });
    return new Expression(caseNode(branches, fallback, this.#at));
  }
}

/** Values of one type: constants take the type of the expressions that they stand beside. */
function unified(values: readonly unknown[], at: Place): readonly ExprNode[] {
  const nodes = values.map((value) => (isConstant(value) ? undefined : toNode(value, at)));
  const typed = nodes.filter((node) => node !== undefined).map((node) => node.type);
  const naturals = values
    .filter((v): v is Constant => isConstant(v) && v !== null)
    .map((v) => operand(v, undefined, at).type);
  const all = [...typed, ...naturals];
  const type = all.slice(1).reduce<SqlType | undefined>((wide, next) => wide && widerType(wide, next), all[0]);
  if (!type) throw new DefinitionError({ code: "TYPE001", message: "the values have no common type", location: at });
  return values.map((value, i) => nodes[i] ?? literalOf(value as Constant, type, at));
}

type AllNull<V extends readonly AnyExpr[]> = true extends {
  [K in keyof V]: [NullOf<V[K]>] extends [never] ? true : false;
}[number]
  ? never
  : "null";

function row<E>(fn: string): WindowFunction<E> {
  return new WindowFunctionCall(fn, []) as unknown as WindowFunction<E>;
}

type RowNumber = NumberExpr<"int", never, never, "", "non-additive">;

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
export const fn = Object.freeze({
  /** `CASE WHEN condition THEN value …`. */
  when<C extends Condition, const V extends CaseValue>(
    condition: C,
    value: V,
  ): Case<TypeOf<V>, NullOf<V>, LabelOf<V> | LabelOf<C>, UnitOf<V>, AdditivityOf<V>> {
    const at = callerLocation();
    const made = new CaseBuilder([{ when: toNode(condition, at), value }], at);
    return made as unknown as Case<TypeOf<V>, NullOf<V>, LabelOf<V> | LabelOf<C>, UnitOf<V>, AdditivityOf<V>>;
  },

  /** The first value that is not null. */
  coalesce<const V extends readonly [AnyExpr, ...AnyExpr[]]>(
    ...values: V
  ): ExprOf<V[0]["~type"], AllNull<V>, LabelOf<V[number]>> {
    const at = callerLocation();
    const nodes = values.map((value) => toNode(value, at));
    return typed(callNode("coalesce", nodes, undefined, at));
  },

  /** Texts one after the other; null where one of them is. */
  concat<N extends Null = never, L extends string = never>(
    ...values: readonly Operand<"string", N, L>[]
  ): StringExpr<N, L> {
    const at = callerLocation();
    const nodes = values.map((value) => operand(value, primitive("string"), at));
    return typed(callNode("concat", nodes, undefined, at));
  },

  /** The greatest value that is not null. */
  greatest<const V extends readonly [AnyExpr, AnyExpr, ...AnyExpr[]]>(
    ...values: V
  ): ExprOf<V[number]["~type"], AllNull<V>, LabelOf<V[number]>, "", "non-additive"> {
    const at = callerLocation();
    return typed(
      callNode(
        "greatest",
        values.map((value) => toNode(value, at)),
        undefined,
        at,
      ),
    );
  },

  /** The least value that is not null. */
  least<const V extends readonly [AnyExpr, AnyExpr, ...AnyExpr[]]>(
    ...values: V
  ): ExprOf<V[number]["~type"], AllNull<V>, LabelOf<V[number]>, "", "non-additive"> {
    const at = callerLocation();
    return typed(
      callNode(
        "least",
        values.map((value) => toNode(value, at)),
        undefined,
        at,
      ),
    );
  },

  /** A struct of named values. */
  struct<F extends Record<string, AnyExpr>>(fields: F): StructExpr<F, never, LabelOf<F[keyof F]>> {
    const at = callerLocation();
    return typed(
      structNode(
        namedNodes(fields, at).map(({ name, expr }) => ({ name, value: expr })),
        at,
      ),
    );
  },

  /** A date from year, month and day; a date that does not exist is an error at run time. */
  makeDate(year: AnyExpr, month: AnyExpr, day: AnyExpr): ExprOf<"date", "null"> {
    const at = callerLocation();
    return typed(
      callNode(
        "makeDate",
        [year, month, day].map((value) => toNode(value, at)),
        undefined,
        at,
      ),
    );
  },

  /** How many rows. */
  countRows(): Agg<NumberExpr<"bigint", never, never, "", "additive">> {
    return new Aggregation("countRows", [], undefined, callerLocation()) as unknown as Agg<NumberExpr<"bigint">>;
  },

  /** 1, 2, 3, … within the window's partition. */
  rowNumber: (): WindowFunction<RowNumber> => row("rowNumber"),
  /** As `rowNumber`, but equal rows share a rank, and the next rank leaves a gap. */
  rank: (): WindowFunction<RowNumber> => row("rank"),
  /** As `rank`, without gaps. */
  denseRank: (): WindowFunction<RowNumber> => row("denseRank"),
});

function typed<E>(node: ExprNode): E {
  return new Expression(node) as unknown as E;
}
