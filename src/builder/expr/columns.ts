/** `t`: the columns that a source declares. */

import type { Additivity, ValueFacts } from "../../ast/expr.ts";
import { relabelled, structField } from "../../ast/facts.ts";
import { checkColumnNames } from "../../ast/reserved.ts";
import { countArguments } from "../../core/arity.ts";
import { describe } from "../../core/describe.ts";
import type { DefinitionError } from "../../core/errors.ts";
import { freeze } from "../../core/freeze.ts";
import { callerLocation, type Place } from "../../core/location.ts";
import type { Problem } from "../../core/problem.ts";
import { checkName, checkText } from "../../core/text.ts";
import { mistake, misused } from "../../diagnostics/mistake.ts";
import { type Said, say } from "../../diagnostics/sentences.ts";
import type { AnyExpr, ExprOf, Null } from "../../typed/base.ts";
import type { ArrayExpr, MapExpr, StructExpr } from "../../typed/collections.ts";
import type { Decimals, Digits } from "../../typed/decimals.ts";
import type { EnumExpr } from "../../typed/enums.ts";
import type { Relabelled } from "../../typed/facts.ts";
import type { IdExprOf } from "../../typed/ids.ts";
import type { KnownTypes } from "../../typed/known-as.ts";
import type { Refusing } from "../../typed/refused.ts";
import { idOf, isId } from "../../types/facts.ts";
import type { NumericName } from "../../types/types.ts";
import {
  type DecimalType,
  decimal,
  enumOf,
  isAnyText,
  isComparable,
  isNumeric,
  MAX_PRECISION,
  type MapType,
  type PrimitiveName,
  primitive,
  type SqlType,
  type TypeName,
  typeName,
} from "../../types/types.ts";
import { methods, refuseUnknownMethods } from "./no-value.ts";

/** What a column declaration says, as data. */
interface ColumnDeclaration extends ValueFacts {
  readonly comment?: string;
}

/** A declared column of any type. */
export interface AnyColumn {
  readonly " ~sqlType": TypeName;
  readonly " ~expr": unknown;
  readonly declaration: ColumnDeclaration;
}

/** Says that a pseudonym is made, not delivered: as the label of a source it would let personal data into gold. */
type SourceLabel<M extends string> = [Extract<M, "pseudonym">] extends [never] ? unknown : Problem<Said<"PII002">>;

/** A declared column: not null unless `nullable()` is said. */
export interface Column<T extends TypeName, N extends Null = never, L extends string = never> extends AnyColumn {
  readonly " ~sqlType": T;
  readonly " ~expr": ExprOf<T, N, L>;
  /** The column may be null. */
  nullable(): Column<T, "null", L>;
  /** The column is personal data of this kind: `"email"`, `"name"`, or your own word. */
  pii<M extends string>(label: M & SourceLabel<M>): Column<T, N, L | M>;
  comment(text: string): Column<T, N, L>;
  readonly id: T extends "string" ? Identifying<T, N, L> : Refusing<Said<"KEY006:type">>;
}

/**
 * The column identifies something, as `t.bigint().id("bike")` a bike: it is compared and matched with identifiers of the
 * same thing alone, and not calculated with.
 */
type Identifying<T extends TypeName, N extends Null, L extends string> = <Name extends string>(
  name: Name,
) => IdColumn<T, Name, N, L>;

/** A declared identifier. */
export interface IdColumn<T extends TypeName, Name extends string, N extends Null, L extends string> extends AnyColumn {
  readonly " ~sqlType": T;
  readonly " ~expr": IdExprOf<T, Name, N, L>;
  nullable(): IdColumn<T, Name, "null", L>;
  pii<M extends string>(label: M & SourceLabel<M>): IdColumn<T, Name, N, L | M>;
  comment(text: string): IdColumn<T, Name, N, L>;
}

/** A declared text that has one of some values. */
export interface EnumColumn<V extends readonly string[], N extends Null = never, L extends string = never>
  extends AnyColumn {
  readonly " ~sqlType": "string";
  readonly " ~expr": EnumExpr<V[number], N, L>;
  /** The values, in the order in which they were given. */
  readonly values: V;
  nullable(): EnumColumn<V, "null", L>;
  pii<M extends string>(label: M & SourceLabel<M>): EnumColumn<V, N, L | M>;
  comment(text: string): EnumColumn<V, N, L>;
}

/** Says that the values must be known when the code is checked. */
type Known<V extends readonly string[]> = string extends V[number] ? Problem<Said<"TYPE006:open">> : unknown;

/** Says of a number in a unit that it is in another. */
type OneUnit<U extends string> = U extends "" ? unknown : Problem<Said<"METRIC002:twice", { unit: U }>>;

/** A declared number: with a unit and a say in whether it may be summed. */
export interface NumberColumn<
  T extends NumericName,
  N extends Null = never,
  L extends string = never,
  U extends string = "",
  A extends Additivity = "additive",
> extends AnyColumn {
  readonly " ~sqlType": T;
  readonly " ~expr": ExprOf<T, N, L, U, A>;
  nullable(): NumberColumn<T, "null", L, U, A>;
  pii<M extends string>(label: M & SourceLabel<M>): NumberColumn<T, N, L | M, U, A>;
  comment(text: string): NumberColumn<T, N, L, U, A>;
  /** Numbers of different units do not add: `t.decimal(12, 2).unit("EUR")`. */
  unit<V extends string>(unit: V & OneUnit<U>): NumberColumn<T, N, L, V, A>;
  /** A state such as an account balance: it may be summed over accounts, not over time. */
  balance(): NumberColumn<T, N, L, U, "semi-additive">;
  /** A ratio, price or other rate: it must not be summed. */
  rate(): NumberColumn<T, N, L, U, "non-additive">;
  readonly id: T extends "float" | "double" ? Refusing<Said<"KEY006:type">> : Identifying<T, N, L>;
}

/** A declared array, struct or map. */
export interface NestedColumn<T extends TypeName, E, Nullable> extends AnyColumn {
  readonly " ~sqlType": T;
  readonly " ~expr": E;
  nullable(): NestedColumn<T, Nullable, Nullable>;
  /** The label of all that is inside. */
  pii<M extends string>(label: M & SourceLabel<M>): NestedColumn<T, Relabelled<E, M>, Relabelled<Nullable, M>>;
  comment(text: string): NestedColumn<T, E, Nullable>;
}

type ExprIn<C> = C extends { readonly " ~expr": infer E } ? E : never;
type LabelIn<C> = ExprIn<C> extends { readonly " ~label": infer L extends string } ? L : never;

class ColumnBuilder implements Readonly<Record<keyof NumberColumn<"int">, unknown>> {
  readonly declaration: ColumnDeclaration;
  /** Of an enum: its values in their order, which decides nothing. */
  readonly values: readonly string[] | undefined;

  constructor(declaration: ColumnDeclaration, values?: readonly string[]) {
    this.declaration = freeze(declaration);
    this.values = values;
    freeze(this);
  }

  get " ~sqlType"(): TypeName {
    return this.declaration.type.kind;
  }

  /** Only a type: no value stands behind it. */
  get " ~expr"(): never {
    throw mistake(callerLocation(), {
      code: "COL003",
      message: "a column declaration is not an expression",
      help: "use the column itself, or cast(t.string()); t declares the columns of a source",
    });
  }

  #with(change: Partial<ColumnDeclaration>): ColumnBuilder {
    return new ColumnBuilder({ ...this.declaration, ...change }, this.values);
  }

  nullable(): ColumnBuilder {
    return this.#with({ nullable: true });
  }

  pii(label: string): ColumnBuilder {
    if (!label)
      throw mistake(callerLocation(), {
        code: "PII002",
        message: "pii() needs a label",
        help: 'say what it is: pii("email")',
      });
    checkName("a label", label, callerLocation);
    if (label === "pseudonym") throw mistake(callerLocation(), say("PII002"));
    const labels = freeze([...new Set([...this.declaration.labels, label])].sort());
    return this.#with({ type: relabelled(this.declaration.type, [label]), labels });
  }

  comment(text: string): ColumnBuilder {
    return this.#with({ comment: checkText("a column's comment", text, callerLocation) });
  }

  unit(unit: string): ColumnBuilder {
    if (checkText("a unit", unit, callerLocation) === "" || isId(unit))
      throw mistake(callerLocation(), {
        code: "ARG001",
        message: `${describe(unit)} is not a unit`,
        help: "declare what identifies something with id()",
      });
    return this.#measure("unit()", { unit });
  }

  id(name: string): ColumnBuilder {
    checkName("what an identifier names", name, callerLocation);
    const { type } = this.declaration;
    if (!identifies(type)) throw mistake(callerLocation(), say("KEY006:type"));
    const { unit, additivity } = this.declaration;
    if (unit !== "" || additivity !== "additive") throw this.#both();
    return this.#with({ unit: idOf(name), additivity: isNumeric(type) ? "non-additive" : "additive" });
  }

  balance(): ColumnBuilder {
    return this.#measure("balance()", { additivity: "semi-additive" });
  }

  rate(): ColumnBuilder {
    return this.#measure("rate()", { additivity: "non-additive" });
  }

  #both(): DefinitionError {
    const help = "leave out id(), or unit(), balance() and rate()";
    return misused(callerLocation(), "a column is a measure or an identifier, not both", help);
  }

  #measure(what: string, change: Partial<ColumnDeclaration>): ColumnBuilder {
    const { type, unit, additivity } = this.declaration;
    if (isId(unit)) throw this.#both();
    if (unit !== "" && change.unit !== undefined && change.unit !== unit)
      throw mistake(callerLocation(), say("METRIC002:twice", { unit }));
    if (additivity !== "additive" && change.additivity !== undefined && change.additivity !== additivity)
      throw misused(callerLocation(), "a column is a balance or a rate, not both", "leave one of them out");
    if (isNumeric(type)) return this.#with(change);
    throw misused(
      callerLocation(),
      `${what} is of a number, not ${typeName(type)}`,
      "leave it out, or declare a number",
    );
  }
}

countArguments(ColumnBuilder.prototype, { fewer: "all" });
refuseUnknownMethods(ColumnBuilder.prototype);

/** A fraction is rounded, so that it may be equal to another. */
const identifies = (type: SqlType): boolean =>
  isAnyText(type) || (isNumeric(type) && type.kind !== "float" && type.kind !== "double");

const NONE: readonly string[] = freeze([]);

/** The declaration of a column of a type, as `t` makes it. */
export function columnOf(
  type: SqlType,
  labels: readonly string[] = NONE,
  measure: Pick<ColumnDeclaration, "unit" | "additivity"> = { unit: "", additivity: "additive" },
): ColumnBuilder {
  const { unit, additivity } = measure;
  return new ColumnBuilder({ type: freeze(type), nullable: false, labels, unit, additivity });
}

/** The declaration of a text that has one of some values. */
export function enumColumn(values: readonly string[]): ColumnBuilder {
  return new ColumnBuilder(columnOf(enumOf(values)).declaration, values);
}

/**
 * The type of a map.
 *
 * @throws DefinitionError `TYPE003` where two keys cannot be told apart.
 */
export function checkedMap(key: SqlType, value: SqlType): MapType {
  if (isComparable(key)) return { kind: "map", key, value };
  const message = `${typeName(key)} cannot be the key of a map`;
  throw mistake(callerLocation(), {
    code: "TYPE003",
    message,
    help: "declare a key that is compared: a text, a number or a time",
  });
}

/** What stands behind a typed column. */
const typed = <C>(column: ColumnBuilder): C => column as unknown as C;

const simple = <T extends PrimitiveName>(kind: T): Column<T> => typed(columnOf(primitive(kind)));

const number = <T extends NumericName>(type: SqlType & { readonly kind: T }): NumberColumn<T> => typed(columnOf(type));

/**
 * The values of an enum: texts, each there once.
 *
 * @throws DefinitionError `TYPE003` where they are not.
 */
export function checkedValues(values: unknown, at: Place): readonly string[] {
  const wrong = (problem: string) => mistake(at, { code: "TYPE003", message: `an enum ${problem}`, help: ENUM });
  if (!Array.isArray(values) || values.length === 0) throw wrong(`has a list of values, not ${describe(values)}`);
  for (const value of values) {
    if (typeof value !== "string") throw wrong(`has texts as values, not ${describe(value)}`);
    checkText("a value of an enum", value, at);
  }
  const twice = values.find((value, i) => values.indexOf(value) < i);
  if (twice !== undefined) throw wrong(`has the value ${describe(twice)} twice`);
  return freeze([...values]);
}

const ENUM = 'give its values: t.enum(["new", "paid"])';

export function checkedDecimal(precision: number, scale: number): DecimalType {
  const fits =
    Number.isInteger(precision) &&
    Number.isInteger(scale) &&
    precision >= 1 &&
    precision <= MAX_PRECISION &&
    scale >= 0 &&
    scale <= precision;
  if (fits) return decimal(precision, scale);
  throw mistake(callerLocation(), {
    ...say("TYPE003:decimal"),
    message: `there is no DECIMAL(${describe(precision)}, ${describe(scale)})`,
  });
}

/** A declared column that something else is made of. */
function checkColumn(column: AnyColumn, what: string, at: Place = callerLocation()): void {
  if (column?.declaration?.type?.kind) return;
  throw mistake(at, {
    code: "ARG001",
    message: `${what} accepts a column type, not ${describe(column)}`,
    help: typeof column === "function" ? "call it: t.string()" : "declare it with t: t.string()",
  });
}

/**
 * What a column declaration says of a value that is not a column of a source.
 *
 * @throws DefinitionError `ARG001` where it has a comment, which would be lost.
 */
export function declaredValue(column: AnyColumn, what: string, at: Place): ValueFacts {
  checkColumn(column, what, at);
  const { comment, ...known } = column.declaration;
  if (comment === undefined) return known;
  throw misused(
    at,
    `${what} accepts a column type without a comment`,
    "leave comment() out here: it is kept of a column of a source",
  );
}

const labelsOf = (columns: readonly AnyColumn[]) =>
  freeze([...new Set(columns.flatMap((c) => c.declaration.labels))].sort());

/** The column types of `t`. An error writes this name. */
export interface Types extends KnownTypes {
  string(): Column<"string">;
  /** A STRING that has one of the given values, in any order; a file's text that is none of them could not be read. */
  enum<const V extends readonly [string, ...string[]]>(values: V & Known<V>): EnumColumn<V>;
  boolean(): Column<"boolean">;
  tinyint(): NumberColumn<"tinyint">;
  smallint(): NumberColumn<"smallint">;
  int(): NumberColumn<"int">;
  bigint(): NumberColumn<"bigint">;
  float(): NumberColumn<"float">;
  double(): NumberColumn<"double">;
  /** `precision` digits in all (at most 38), `scale` of them after the point. */
  decimal<const P extends number, const D extends number>(
    precision: P & Digits<P>,
    scale: D & Decimals<D, P>,
  ): NumberColumn<"decimal">;
  date(): Column<"date">;
  /** An instant (Spark's TIMESTAMP). */
  timestamp(): Column<"timestamp">;
  /** A wall clock without a zone (TIMESTAMP_NTZ). */
  timestampNtz(): Column<"timestampNtz">;
  binary(): Column<"binary">;
  /** JSON whose shape is not known. */
  variant(): Column<"variant">;
  array<C extends AnyColumn>(
    element: C,
  ): NestedColumn<"array", ArrayExpr<ExprIn<C>, never, LabelIn<C>>, ArrayExpr<ExprIn<C>, "null", LabelIn<C>>>;
  struct<F extends Record<string, AnyColumn>>(
    fields: F,
  ): NestedColumn<
    "struct",
    StructExpr<{ readonly [K in keyof F]: ExprIn<F[K]> }, never, LabelIn<F[keyof F]>>,
    StructExpr<{ readonly [K in keyof F]: ExprIn<F[K]> }, "null", LabelIn<F[keyof F]>>
  >;
  map<K extends AnyColumn & { readonly " ~expr": AnyExpr }, V extends AnyColumn>(
    key: K,
    value: V,
  ): NestedColumn<
    "map",
    MapExpr<K[" ~expr"], ExprIn<V>, never, LabelIn<K> | LabelIn<V>>,
    MapExpr<K[" ~expr"], ExprIn<V>, "null", LabelIn<K> | LabelIn<V>>
  >;
}

const types = methods<Pick<Types, keyof Types>>({
  string: () => simple("string"),
  enum: (values) => typed(enumColumn(checkedValues(values, callerLocation()))),
  boolean: () => simple("boolean"),
  tinyint: () => number({ kind: "tinyint" }),
  smallint: () => number({ kind: "smallint" }),
  int: () => number({ kind: "int" }),
  bigint: () => number({ kind: "bigint" }),
  float: () => number({ kind: "float" }),
  double: () => number({ kind: "double" }),
  decimal: (precision, scale) => number(checkedDecimal(precision, scale)),
  date: () => simple("date"),
  timestamp: () => simple("timestamp"),
  timestampNtz: () => simple("timestampNtz"),
  binary: () => simple("binary"),
  variant: () => simple("variant"),
  array: (element) =>
    nested("t.array()", [element], () => ({ kind: "array", element: element.declaration.type }), element),
  struct: (fields) => {
    if (Array.isArray(fields))
      throw misused(
        callerLocation(),
        "t.struct() accepts an object of fields, not a list",
        "t.struct({ city: t.string() })",
      );
    const given = Object.entries(fields ?? {});
    const names = given.map(([name]) => name);
    checkColumnNames(names, [], callerLocation());
    const parts = given.map(([, field]) => field);
    return nested("t.struct()", parts, () => ({
      kind: "struct",
      fields: given.map(([name, field]) => structField(name, field.declaration)),
    }));
  },
  map: (key, value) =>
    nested("t.map()", [key, value], () => checkedMap(key.declaration.type, value.declaration.type), value),
});

/**
 * The column types. A column is not null unless `.nullable()` is said.
 *
 * @example
 * ```ts
 * import { t } from "medallion";
 * export const columns = {
 *   order_id: t.bigint(),
 *   amount: t.decimal(12, 2).unit("EUR"),
 *   email: t.string().pii("email").nullable(),
 *   address: t.struct({ city: t.string(), zip: t.string().nullable() }),
 * };
 * ```
 */
export const t = types as Types;

/** A collection's unit and additivity are those of its elements. */
function nested<C>(what: string, parts: readonly AnyColumn[], type: () => SqlType, element?: AnyColumn): C {
  for (const part of parts) checkColumn(part, what);
  return typed(columnOf(type(), labelsOf(parts), element?.declaration));
}
