/** Zod schemas in and out: the same columns for rows checked in TypeScript. */

import { z } from "zod";
import { structField, unionLabels } from "../ast/facts.ts";
import { type AnyColumn, checkedDecimal, checkedValues, columnOf, enumColumn } from "../builder/expr/columns.ts";
import type { SourceColumns } from "../builder/pipeline/source.ts";
import { refuseMore } from "../core/arity.ts";
import type { DefinitionError } from "../core/errors.ts";
import { callerLocation } from "../core/location.ts";
import { mistake } from "../diagnostics/mistake.ts";
import type { ExprOf, Null } from "../typed/base.ts";
import type { ArrayExpr, MapExpr, StructExpr } from "../typed/collections.ts";
import type { EnumExpr } from "../typed/enums.ts";
import type { StringExpr } from "../typed/scalars.ts";
import { isId, nameOfId, type ValueFacts } from "../types/facts.ts";
import { PRIMITIVES, type PrimitiveName, primitive, type SqlType, type StructField, valuesOf } from "../types/types.ts";

/** What `.meta()` of a zod schema may say of a column. */
export interface ColumnMeta {
  /** The SQL type, where zod's own is not enough: `"bigint"`, `"decimal(12,2)"`, `"float"`, `"timestampNtz"`. */
  readonly sql?: string;
  /** What makes the column sensitive. */
  readonly pii?: string | readonly string[];
  readonly unit?: string;
  /** How a number adds up: as `balance()` or `rate()` of a column. */
  readonly measure?: "balance" | "rate";
  /** What it identifies. */
  readonly id?: string;
  readonly description?: string;
}

type SqlOf<Z> = Z extends z.ZodString
  ? "string"
  : Z extends z.ZodBoolean
    ? "boolean"
    : Z extends z.ZodBigInt
      ? "bigint"
      : Z extends z.ZodNumberFormat
        ? "int"
        : Z extends z.ZodNumber
          ? "double"
          : Z extends z.ZodDate
            ? "timestamp"
            : Z extends z.ZodISODate
              ? "date"
              : Z extends z.ZodISODateTime
                ? "timestamp"
                : Z extends z.ZodUnknown
                  ? "variant"
                  : "string";

type ExprFor<Z, N extends Null = never> =
  Z extends z.ZodNullable<infer I>
    ? ExprFor<I, "null">
    : Z extends z.ZodOptional<infer I>
      ? ExprFor<I, "null">
      : Z extends z.ZodDefault<infer I>
        ? ExprFor<I, N>
        : Z extends z.ZodArray<infer I>
          ? ArrayExpr<ExprFor<I>, N>
          : Z extends z.ZodObject<infer F>
            ? StructExpr<{ readonly [K in keyof F]: ExprFor<F[K]> }, N>
            : Z extends z.ZodRecord<infer _, infer V>
              ? MapExpr<StringExpr, ExprFor<V>, N>
              : Z extends z.ZodMap<infer K, infer V>
                ? MapExpr<ExprFor<K>, ExprFor<V>, N>
                : Z extends z.ZodEnum<infer V extends Readonly<Record<string, string>>>
                  ? EnumExpr<V[keyof V], N>
                  : ExprOf<SqlOf<Z>, N>;
type ColumnFor<Z> = AnyColumn & { readonly " ~expr": ExprFor<Z> };

/** The columns of a zod object. */
export type ColumnsFromZod<S extends z.ZodRawShape> = { readonly [K in keyof S]: ColumnFor<S[K]> };

/**
 * The columns of a zod 4 object schema. `.meta({ pii, unit, sql, description })` declares what zod has no words for.
 * `analyze()` checks what `meta` declares; TypeScript sees zod's own type and no labels.
 *
 * @throws MedallionError `ZOD001` where a type has no SQL counterpart.
 * @example
 * ```ts
 * import { source } from "medallion";
 * import { fromZod } from "medallion/zod";
 * import { z } from "zod";
 * const Order = z.object({ order_id: z.bigint(), note: z.string().nullable(), email: z.string().meta({ pii: "email" }) });
 * export const orders = source.json("orders/*.json", fromZod(Order));
 * ```
 */
export function fromZod<S extends z.ZodRawShape>(schema: z.ZodObject<S>): ColumnsFromZod<S> {
  refuseMore("fromZod", 1, arguments);
  const columns = Object.entries(schema.shape).map(([name, field]) => [name, columnFor(name, field as z.ZodType)]);
  return Object.fromEntries(columns) as ColumnsFromZod<S>;
}

interface Unwrapped {
  readonly inner: z.ZodType;
  readonly nullable: boolean;
  readonly meta: ColumnMeta;
}

function unwrap(field: z.ZodType): Unwrapped {
  let inner = field;
  let nullable = false;
  let meta: ColumnMeta = { ...(inner.meta() as ColumnMeta | undefined) };
  while (inner instanceof z.ZodNullable || inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) {
    nullable ||= !(inner instanceof z.ZodDefault);
    inner = inner.unwrap() as z.ZodType;
    meta = { ...(inner.meta() as ColumnMeta | undefined), ...meta };
  }
  return { inner, nullable, meta };
}

type DeclaredColumn = ReturnType<typeof columnOf>;

function columnFor(name: string, field: z.ZodType): DeclaredColumn {
  const { inner, nullable, meta } = unwrap(field);
  let column = meta.sql === undefined ? columnOfZod(name, inner) : columnOf(namedType(name, meta.sql));
  if (nullable) column = column.nullable();
  for (const label of meta.pii === undefined ? [] : [meta.pii].flat()) column = column.pii(label);
  if (meta.unit !== undefined) column = column.unit(meta.unit);
  if (meta.measure !== undefined) column = column[meta.measure]();
  if (meta.id !== undefined) column = column.id(meta.id);
  return meta.description === undefined ? column : column.comment(meta.description);
}

/** What is said of the parts of a field is known of the column. */
function columnOfZod(name: string, field: z.ZodType): DeclaredColumn {
  if (field instanceof z.ZodEnum && field.options.every((value) => typeof value === "string")) {
    return enumColumn(checkedValues(field.options, callerLocation()));
  }
  const found = SCHEMA_TYPES.find(([kind]) => field instanceof kind);
  if (found) return columnOf(primitive(found[1]));
  if (field instanceof z.ZodArray) {
    const { declaration } = columnFor(name, field.element as z.ZodType);
    return columnOf({ kind: "array", element: declaration.type }, declaration.labels, declaration);
  }
  if (field instanceof z.ZodObject) {
    const parts = Object.entries(field.shape).map(
      ([key, value]) => [key, columnFor(`${name}.${key}`, value as z.ZodType).declaration] as const,
    );
    const fields = parts.map(([key, declaration]) => structField(key, declaration));
    return columnOf({ kind: "struct", fields }, unionLabels(parts.map(([, declaration]) => declaration)));
  }
  if (field instanceof z.ZodRecord) {
    const { declaration } = columnFor(name, field.valueType as z.ZodType);
    const type = { kind: "map", key: primitive("string"), value: declaration.type } as const;
    return columnOf(type, declaration.labels, declaration);
  }
  if (field instanceof z.ZodMap) {
    const [key, value] = [field.keyType, field.valueType].map((part) => columnFor(name, part as z.ZodType).declaration);
    if (key && value) {
      return columnOf({ kind: "map", key: key.type, value: value.type }, unionLabels([key, value]), value);
    }
  }
  throw unknownZod(name, `the zod type of "${name}" has no SQL counterpart`);
}

const SCHEMA_TYPES = [
  [z.ZodISODate, "date"],
  [z.ZodISODateTime, "timestamp"],
  [z.ZodNumberFormat, "int"],
  [z.ZodString, "string"],
  [z.ZodStringFormat, "string"],
  [z.ZodEnum, "string"],
  [z.ZodBoolean, "boolean"],
  [z.ZodBigInt, "bigint"],
  [z.ZodNumber, "double"],
  [z.ZodDate, "timestamp"],
  [z.ZodUnknown, "variant"],
] as const;

function namedType(name: string, text: string): SqlType {
  const digits = /^decimal\((\d+),\s*(\d+)\)$/i.exec(text);
  if (digits) return checkedDecimal(Number(digits[1]), Number(digits[2]));
  const kind = PRIMITIVES.find((k) => k.toLowerCase() === text.toLowerCase());
  if (kind) return primitive(kind);
  throw unknownZod(name, `"${text}" is not a SQL type (column "${name}")`);
}

function unknownZod(name: string, message: string): DefinitionError {
  const help = 'say the SQL type: .meta({ sql: "decimal(12,2)" })';
  return mistake(callerLocation(), { code: "ZOD001", message, help, column: name });
}

/**
 * A zod object that checks a row of these columns as `update.query()` gives it: bigint as bigint, decimals, dates and
 * timestamps as text, binary as `Uint8Array`, maps as `Map`.
 *
 * @example
 * ```ts
 * import { t } from "medallion";
 * import { toZod } from "medallion/zod";
 * const Row = toZod({ id: t.bigint(), email: t.string().pii("email").nullable() });
 * console.log(Row.safeParse({ id: 1n, email: null }).success);
 * ```
 */
export function toZod(columns: SourceColumns): z.ZodObject<Record<string, z.ZodType>> {
  refuseMore("toZod", 1, arguments);
  const shape = Object.entries(columns).map(([name, { declaration }]) => {
    const { type, nullable, comment } = declaration;
    const described = comment === undefined ? {} : { description: comment };
    const base = zodOf(type);
    return [
      name,
      (nullable ? base.nullable() : base).meta({ ...base.meta(), ...metaOf(declaration), ...described }),
    ] as const;
  });
  return z.object(Object.fromEntries(shape));
}

/** What is said of a value; the labels of its fields are said there. */
function metaOf({ type, labels = [], unit = "", additivity }: ValueMeta): ColumnMeta {
  const ofFields = new Set(fieldLabels(type));
  const own = labels.filter((label) => !ofFields.has(label));
  return {
    ...(own.length > 0 && { pii: own.length > 1 ? own : own[0] }),
    ...(isId(unit) ? { id: nameOfId(unit) } : unit !== "" && { unit }),
    ...(additivity === "semi-additive" && { measure: "balance" }),
    ...(additivity === "non-additive" && !isId(unit) && { measure: "rate" }),
  };
}

type ValueMeta = Pick<ValueFacts, "type"> & Partial<ValueFacts>;

function fieldLabels(type: SqlType): readonly string[] {
  if (type.kind === "array") return fieldLabels(type.element);
  if (type.kind === "map") return fieldLabels(type.value);
  return type.kind === "struct" ? type.fields.flatMap((f) => [...(f.labels ?? []), ...fieldLabels(f.type)]) : [];
}

/** The zod type of the values of a column. A type without parts carries its SQL type, which zod's own does not tell. */
function zodOf(type: SqlType): z.ZodType {
  switch (type.kind) {
    case "array":
      return z.array(partOf(type.element));
    case "struct":
      return z.object(Object.fromEntries(type.fields.map((f) => [f.name, fieldOf(f)])));
    case "map":
      return z.map(zodOf(type.key), partOf(type.value));
    case "decimal":
      return decimalText(type.precision, type.scale).meta({ sql: `decimal(${type.precision},${type.scale})` });
    case "string": {
      const values = valuesOf(type);
      return values ? z.enum(values) : z.string().meta({ sql: "string" });
    }
    default:
      return scalarOf(type.kind).meta({ sql: type.kind });
  }
}

/** Whether a part may be null is not known of it. */
const partOf = (type: SqlType) => zodOf(type).nullable();

function fieldOf(field: StructField): z.ZodType {
  const part = partOf(field.type);
  return part.meta({ ...zodOf(field.type).meta(), ...metaOf(field) });
}

const decimalText = (precision: number, scale: number) =>
  z.string().regex(new RegExp(`^-?\\d{1,${Math.max(precision - scale, 1)}}(\\.\\d{0,${scale}})?$`));

function scalarOf(kind: PrimitiveName): z.ZodType {
  switch (kind) {
    case "boolean":
      return z.boolean();
    case "tinyint":
      return z.number().int().min(-128).max(127);
    case "smallint":
      return z.number().int().min(-32768).max(32767);
    case "int":
      return z.int32();
    case "bigint":
      return z
        .bigint()
        .min(-(2n ** 63n))
        .max(2n ** 63n - 1n);
    case "float":
    case "double":
      // A column of these holds NaN and infinities as well, which z.number() does not accept.
      return z
        .number()
        .or(z.nan())
        .or(z.literal([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]));
    case "date":
      return z.iso.date();
    case "timestamp":
      return z.iso.datetime();
    case "timestampNtz":
      return z.iso.datetime({ local: true });
    case "binary":
      return z.instanceof(Uint8Array);
    case "variant":
      return z.unknown();
    default:
      return z.string();
  }
}
