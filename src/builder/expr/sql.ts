/** `sql`: the user's own SQL with typed references. */
import { refuseMore } from "../../core/arity.ts";
import { describe } from "../../core/describe.ts";
import { checkOptions, type OptionNames } from "../../core/given.ts";
import { callerLocation } from "../../core/location.ts";
import type { Problem } from "../../core/problem.ts";
import { mistake, misused } from "../../diagnostics/mistake.ts";
import { type Said, say } from "../../diagnostics/sentences.ts";
import { rawNode } from "../../nodes/exprs.ts";
import type { AnyExpr, LabelOf } from "../../typed/base.ts";
import type { Least, Relabelled } from "../../typed/facts.ts";
import type { AnyNumber, NumberExpr } from "../../typed/number.ts";
import type { IdOf } from "../../types/facts.ts";
import { type AnyColumn, declaredValue } from "./columns.ts";
import { Expression, toNode } from "./expression.ts";

/**
 * Raw SQL as an expression of a declared type. Each `${}` holds an expression: a column is quoted by each
 * target, and the result carries its labels. The text is the same on every target, so keep to what they share; it names
 * functions, never columns.
 *
 * The result may be null, unless `nullable: false` declares that it is not. A
 * number has the unit of the numbers in it, and may be summed only if they may: declare another with `unit()`, `rate()`.
 *
 * @throws MedallionError `SQL001` where the text is not one expression, or an engine would read it as something else.
 *
 * @example
 * ```ts
 * import { pipeline, source, sql, t } from "medallion";
 * export const p = pipeline("demo")
 *   .bronze({ raw: source.json("raw/*.json", { id: t.bigint(), name: t.string() }) })
 *   .silver(($) => ({
 *     clean: $.raw.derive((c) => ({ initial: sql(t.string())`substr(${c.name}, 1, 1)` })),
 *   }));
 * ```
 */
export function sql<C extends AnyColumn, const O extends RawOptions = Record<never, never>>(
  type: C,
  options?: O,
): <V extends readonly (AnyExpr | Problem<Said<"EXPR001:constant">>)[]>(
  text: TemplateStringsArray,
  ...values: V
) => Raw<C[" ~expr"], V[number], O>;
/** A text without a type is an error where it is used as a column. */
export function sql(text: TemplateStringsArray, ...values: readonly unknown[]): SqlWithoutType;
export function sql<C extends AnyColumn, const O extends RawOptions>(
  type: C | TemplateStringsArray,
  options?: O,
): unknown {
  const place = callerLocation();
  if (isText(type)) throw mistake(place, say("ARG001:sql"));
  refuseMore("sql", 2, arguments);
  const declared = declaredValue(type, "sql()", place);
  checkOptions(options, "sql()", { nullable: true } satisfies OptionNames<RawOptions>, place);
  const { nullable = true } = options ?? {};
  if (typeof nullable !== "boolean") {
    const message = `nullable of sql() is ${describe(nullable)}`;
    throw misused(place, message, "use true or false");
  }
  return <V extends readonly unknown[]>(text: TemplateStringsArray, ...values: V) => {
    const at = callerLocation();
    if (!isText(text)) throw misused(at, `sql() is called with ${describe(text)}`, "it is a tag: sql(t.string())`…`");
    const nodes = values.map((value) => toNode(value, at));
    const known = { ...declared, nullable };
    return new Expression(rawNode([...text], nodes, known, at)) as unknown as Raw<C[" ~expr"], V[number], O>;
  };
}

const isText = (given: AnyColumn | TemplateStringsArray): given is TemplateStringsArray =>
  Array.isArray(given) && "raw" in given;

/** What `sql` gives where it was given no type: no column. */
interface SqlWithoutType {
  readonly " ~needsType": Said<"ARG001:sql">;
}

/** What is said of raw SQL. */
interface RawOptions {
  /** `false`: the result is never null. Default: it may be. */
  readonly nullable?: boolean;
}

type Raw<E, V, O> = Carried<O extends { readonly nullable: false } ? E : NullableOf<E>, V>;
type NullableOf<E> = E extends { readonly " ~nullable": infer N } ? N : never;

/** The declared expression with labels of what stands in it and, of a number, with its unit and additivity. */
export type Carried<E, V, M extends string = LabelOf<V>> =
  E extends NumberExpr<infer T, infer N, infer L, infer U, infer A>
    ? NumberExpr<T, N, L | M, U extends "" ? UnitIn<V> : U, Least<A | AdditivityIn<V>>>
    : Relabelled<E, M>;
type UnitIn<V> = [NamedUnit<V>] extends [never] ? "" : NamedUnit<V>;
type NamedUnit<V> = V extends { readonly " ~unit": infer U extends string } ? Exclude<U, "" | IdOf<string>> : never;
type AdditivityIn<V> = V extends AnyNumber ? V[" ~additivity"] : never;
