/** SQL types as plain data. Names and rules are Spark's. */
import { freeze } from "../core/freeze.ts";
import { oncePer } from "../core/once.ts";

export const PRIMITIVES = [
  "string",
  "boolean",
  "tinyint",
  "smallint",
  "int",
  "bigint",
  "float",
  "double",
  "date",
  "timestamp",
  "timestampNtz",
  "binary",
  "variant",
] as const;

export type PrimitiveName = (typeof PRIMITIVES)[number];

export type NumericName = "tinyint" | "smallint" | "int" | "bigint" | "float" | "double" | "decimal";

export interface PrimitiveType {
  readonly kind: PrimitiveName;
}

/** A STRING that has one of some values: sorted, and each there once. It is stored as any text is. */
export interface EnumType {
  readonly kind: "string";
  readonly values: readonly string[];
}

/** `DECIMAL(precision, scale)`: at most 38 digits, `scale` of them after the point. */
export interface DecimalType {
  readonly kind: "decimal";
  readonly precision: number;
  readonly scale: number;
}

export interface ArrayType {
  readonly kind: "array";
  readonly element: SqlType;
}

export interface StructType {
  readonly kind: "struct";
  readonly fields: readonly StructField[];
}

export function isTime(type: SqlType): boolean {
  return type.kind === "date" || type.kind === "timestamp" || type.kind === "timestampNtz";
}

/** Whether a number may be summed: always, not over time, not at all, or not after a join repeated it. */
export type Additivity = "additive" | "semi-additive" | "non-additive" | "fanned-out";

/** A field of a struct. */
export interface StructField {
  readonly name: string;
  readonly type: SqlType;
  /** What makes this field sensitive; absent: all that makes the struct sensitive. */
  readonly labels?: readonly string[];
  /** Unit of a number; absent: none. */
  readonly unit?: string;
  /** Absent: additive. */
  readonly additivity?: Additivity;
}

export interface MapType {
  readonly kind: "map";
  readonly key: SqlType;
  readonly value: SqlType;
}

/** A SQL type: `{ kind: "bigint" }`, `{ kind: "decimal", precision: 12, scale: 2 }`, … */
export type SqlType = PrimitiveType | EnumType | DecimalType | ArrayType | StructType | MapType;

export type TypeName = SqlType["kind"];

export const MAX_PRECISION = 38;

/** Spark gives up scale before integer digits, but never below this many (`MINIMUM_ADJUSTED_SCALE`). */
const MINIMUM_ADJUSTED_SCALE = 6;

const INTEGER_DIGITS = { tinyint: 3, smallint: 5, int: 10, bigint: 20 } as const;
const NUMERIC_ORDER: readonly TypeName[] = ["tinyint", "smallint", "int", "bigint", "decimal", "float", "double"];

export type IntegerName = keyof typeof INTEGER_DIGITS;

export function isInteger(type: SqlType): type is PrimitiveType & { readonly kind: IntegerName } {
  return type.kind in INTEGER_DIGITS;
}

export function isNumeric(type: SqlType): type is DecimalType | (PrimitiveType & { readonly kind: NumericName }) {
  return NUMERIC_ORDER.includes(type.kind);
}

export function isFractional(type: SqlType): boolean {
  return type.kind === "float" || type.kind === "double";
}

/** A map and a variant have no order, and Spark does not compare two of them, nor what holds one. */
export function isComparable(type: SqlType): boolean {
  if (type.kind === "array") return isComparable(type.element);
  if (type.kind === "struct") return type.fields.every((field) => isComparable(field.type));
  return type.kind !== "map" && type.kind !== "variant";
}

/** Whether values of the type hold others. */
export function isNested(type: SqlType): boolean {
  return type.kind === "array" || type.kind === "map" || type.kind === "struct";
}

export function decimal(precision: number, scale: number): DecimalType {
  return freeze({ kind: "decimal", precision, scale });
}

const primitives = new Map<PrimitiveName, PrimitiveType>();

export function primitive(kind: PrimitiveName): PrimitiveType {
  const known = primitives.get(kind);
  if (known) return known;
  const made = freeze({ kind });
  primitives.set(kind, made);
  return made;
}

/** The text that has one of the values. */
export function enumOf(values: Iterable<string>): EnumType {
  return freeze({ kind: "string", values: freeze([...new Set(values)].sort()) });
}

/** The values that a text of the type may have; `undefined` where it may have any. */
export function valuesOf(type: SqlType): readonly string[] | undefined {
  return "values" in type ? type.values : undefined;
}

/** Whether every text is a value of the type. */
export const isAnyText = (type: SqlType): boolean => type.kind === "string" && !("values" in type);

/** Whether a type, or a part of it, says which values its texts have. */
export function hasValues(type: SqlType): boolean {
  switch (type.kind) {
    case "array":
      return hasValues(type.element);
    case "map":
      return hasValues(type.key) || hasValues(type.value);
    case "struct":
      return type.fields.some((field) => hasValues(field.type));
    default:
      return "values" in type;
  }
}

/** Whether each text of one of two equal types, at any depth, is a value of the other. */
export function covers(to: SqlType, from: SqlType): boolean {
  if (to === from || !hasValues(to)) return true;
  if (to.kind === "array") return from.kind === "array" && covers(to.element, from.element);
  if (to.kind === "map") return from.kind === "map" && covers(to.key, from.key) && covers(to.value, from.value);
  if (to.kind === "struct") {
    return from.kind === "struct" && to.fields.every((field, i) => covers(field.type, from.fields[i]?.type ?? from));
  }
  const values = valuesOf(to);
  return values === undefined || (valuesOf(from)?.every((value) => values.includes(value)) ?? false);
}

/** The decimal that holds every value of an integer type (Spark's `DecimalType.forType`). */
export function asDecimal(type: SqlType): DecimalType | undefined {
  if (type.kind === "decimal") return type;
  return isInteger(type) ? decimal(INTEGER_DIGITS[type.kind], 0) : undefined;
}

/** Spark's `DecimalType.adjustPrecisionScale`: more than 38 digits cost scale, down to 6. */
export function adjusted(precision: number, scale: number): DecimalType {
  if (precision <= MAX_PRECISION) return decimal(precision, scale);
  const integerDigits = precision - scale;
  const minimumScale = Math.min(scale, MINIMUM_ADJUSTED_SCALE);
  return decimal(MAX_PRECISION, Math.max(MAX_PRECISION - integerDigits, minimumScale));
}

/** The common type of two operands (Spark's `findWiderTypeForTwo`, without strings), or `undefined`. */
export function widerType(a: SqlType, b: SqlType): SqlType | undefined {
  if (sameType(a, b)) return merged(a, b);
  if (isNumeric(a) && isNumeric(b)) return widerNumeric(a, b);
  return undefined;
}

/** One of two equal types, with what both say: a label must not be lost, nor a value that a text may have. */
function merged(a: SqlType, b: SqlType): SqlType {
  if (a === b) return a;
  if (a.kind === "string") {
    const [own, other] = [valuesOf(a), valuesOf(b)];
    return own && other ? enumOf([...own, ...other]) : primitive("string");
  }
  if (a.kind === "array" && b.kind === "array") return freeze({ ...a, element: merged(a.element, b.element) });
  if (a.kind === "map" && b.kind === "map") {
    return freeze({ ...a, key: merged(a.key, b.key), value: merged(a.value, b.value) });
  }
  if (a.kind !== "struct" || b.kind !== "struct") return a;
  return freeze({ ...a, fields: a.fields.map((field, i) => mergedField(field, b.fields[i] ?? field)) });
}

function mergedField(a: StructField, b: StructField): StructField {
  const labels = a.labels && b.labels && [...new Set([...a.labels, ...b.labels])].sort();
  const additivity = leastAdditive([a.additivity ?? "additive", b.additivity ?? "additive"]);
  return freeze({
    name: a.name,
    type: merged(a.type, b.type),
    ...(labels && { labels }),
    ...(a.unit !== undefined && { unit: a.unit }),
    ...(additivity !== "additive" && { additivity }),
  });
}

const WORST: readonly Additivity[] = ["non-additive", "semi-additive", "fanned-out"];

/** What is made of several numbers is as additive as the least additive of them. */
export function leastAdditive(all: readonly Additivity[]): Additivity {
  return WORST.find((worst) => all.includes(worst)) ?? "additive";
}

function widerNumeric(a: SqlType, b: SqlType): SqlType {
  if (a.kind === "double" || b.kind === "double") return primitive("double");
  if (a.kind === "float" || b.kind === "float") {
    const other = a.kind === "float" ? b : a;
    return other.kind === "float" ? other : primitive("double");
  }
  const [x, y] = a.kind === "decimal" || b.kind === "decimal" ? [asDecimal(a), asDecimal(b)] : [];
  if (x && y) {
    const scale = Math.max(x.scale, y.scale);
    const integer = Math.max(x.precision - x.scale, y.precision - y.scale);
    // Spark's `boundedPreferIntegralDigits`: what is beyond 38 digits is taken from the scale.
    const excess = Math.max(integer + scale - MAX_PRECISION, 0);
    return decimal(integer + scale - excess, Math.max(scale - excess, 0));
  }
  return NUMERIC_ORDER.indexOf(a.kind) >= NUMERIC_ORDER.indexOf(b.kind) ? a : b;
}

/** Whether two types are stored in the same way; the values that texts have are not compared (`covers()`). */
export function sameType(a: SqlType, b: SqlType): boolean {
  return a === b || (a.kind === b.kind && typeName(a) === typeName(b));
}

/** Whether two types are texts that have no value in common. */
export function areApart(a: SqlType, b: SqlType): boolean {
  const [own, other] = [valuesOf(a), valuesOf(b)];
  return own !== undefined && other !== undefined && !own.some((value) => other.includes(value));
}

/** A type as Spark SQL writes it: `DECIMAL(12,2)`, `ARRAY<STRING>`, `STRUCT<a: INT>`. */
export const typeName = (type: SqlType): string => plainName(type) ?? nameOfParts(type);

/** As `typeName()`, with the values that texts have: `ENUM("new", "paid")`. Equal types, and no others, have equal texts. */
export const typeText = (type: SqlType): string => plainName(type) ?? textOfParts(type);

const nameOfParts = oncePer((type: SqlType): string => named(type, () => "STRING"));

const textOfParts = oncePer((type: SqlType): string =>
  named(type, (values) => `ENUM(${values.map((value) => JSON.stringify(value)).join(", ")})`),
);

const primitiveName = (kind: PrimitiveName): string => (kind === "timestampNtz" ? "TIMESTAMP_NTZ" : kind.toUpperCase());

const NAMES = new Map<SqlType["kind"], string>(PRIMITIVES.map((kind) => [kind, primitiveName(kind)]));

/** The name of a type without parts: most are, and each node asks. */
const plainName = (type: SqlType): string | undefined => ("values" in type ? undefined : NAMES.get(type.kind));

/** A type with its article, for a sentence: `an INT`, `a DATE`. */
export function aType(type: SqlType): string {
  const text = typeText(type);
  return `${/^[AEI]/.test(text) ? "an" : "a"} ${text}`;
}

function named(type: SqlType, ofValues: (values: readonly string[]) => string): string {
  const inner = (part: SqlType) => named(part, ofValues);
  if ("values" in type) return ofValues(type.values);
  switch (type.kind) {
    case "decimal":
      return `DECIMAL(${type.precision},${type.scale})`;
    case "array":
      return `ARRAY<${inner(type.element)}>`;
    case "map":
      return `MAP<${inner(type.key)}, ${inner(type.value)}>`;
    case "struct":
      return `STRUCT<${type.fields.map((f) => `${f.name}: ${inner(f.type)}`).join(", ")}>`;
    default:
      return primitiveName(type.kind);
  }
}
