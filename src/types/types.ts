/** SQL types as plain data. Names and rules are Spark's. */
import { freeze } from "../core/freeze.ts";

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
export type SqlType = PrimitiveType | DecimalType | ArrayType | StructType | MapType;

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
  const kinds = new Set([a.kind, b.kind]);
  if (kinds.has("timestamp") && (kinds.has("date") || kinds.has("timestampNtz"))) return primitive("timestamp");
  if (kinds.has("timestampNtz") && kinds.has("date")) return primitive("timestampNtz");
  return undefined;
}

/** One of two equal types, with what both say of the fields of structs: a label must not be lost. */
function merged(a: SqlType, b: SqlType): SqlType {
  if (a === b) return a;
  if (a.kind === "array" && b.kind === "array") return freeze({ ...a, element: merged(a.element, b.element) });
  if (a.kind === "map" && b.kind === "map") return freeze({ ...a, value: merged(a.value, b.value) });
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
  if (a.kind === "decimal" || b.kind === "decimal") {
    const [x, y] = [asDecimal(a), asDecimal(b)] as [DecimalType, DecimalType];
    const scale = Math.max(x.scale, y.scale);
    const integer = Math.max(x.precision - x.scale, y.precision - y.scale);
    // Spark's `boundedPreferIntegralDigits`: what is beyond 38 digits is taken from the scale.
    const excess = Math.max(integer + scale - MAX_PRECISION, 0);
    return decimal(integer + scale - excess, Math.max(scale - excess, 0));
  }
  return NUMERIC_ORDER.indexOf(a.kind) >= NUMERIC_ORDER.indexOf(b.kind) ? a : b;
}

/** Structural equality of types. */
export function sameType(a: SqlType, b: SqlType): boolean {
  return a === b || typeName(a) === typeName(b);
}

/** A type as Spark SQL writes it: `DECIMAL(12,2)`, `ARRAY<STRING>`, `STRUCT<a: INT>`. */
export function typeName(type: SqlType): string {
  switch (type.kind) {
    case "decimal":
      return `DECIMAL(${type.precision},${type.scale})`;
    case "array":
      return `ARRAY<${typeName(type.element)}>`;
    case "map":
      return `MAP<${typeName(type.key)}, ${typeName(type.value)}>`;
    case "struct":
      return `STRUCT<${type.fields.map((f) => `${f.name}: ${typeName(f.type)}`).join(", ")}>`;
    case "timestampNtz":
      return "TIMESTAMP_NTZ";
    default:
      return type.kind.toUpperCase();
  }
}
