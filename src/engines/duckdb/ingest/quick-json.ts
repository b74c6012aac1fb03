/**
 * Nested JSON by one parse: DuckDB splits a value into texts by the shape of its type, in whatever order its keys are,
 * and each text is read as any other. What that passes over is told by counts, which cost next to nothing: the members that
 * the value has, which are the places where a quote stands before a colon, are as many as were found where every key is
 * declared and none comes twice. Any other value is read the long way (`values.ts`), which asks for each part by itself.
 */
import { duckdbType, duckdbIdentifier as id, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { isAnyText, isNested, type SqlType, type StructType } from "../../../types/types.ts";
import { bind, unmarkedText, unmarkedValue } from "./digits.ts";

/** How the text of a scalar reads as its type. */
type ReadScalar = (text: string, type: SqlType) => string;

/** The steps of it, of which each is SQL over what the one before gives: it stands in them several times. */
interface QuickJson {
  /** Whether a value may be of its kind: of a scalar the steps below are not asked. */
  readonly mayBe: string;
  /** The value apart, in texts. */
  readonly apart: string;
  /** Whether every member of a value that is apart was found: it has nothing undeclared, and reads as the steps below say. */
  readonly isKnown: (apart: string) => string;
  /** Whether it reads so in any case: each part that should be an object or an array is one. */
  readonly isFirm: (apart: string) => string;
  /** The value, where a scalar that does not read is null. */
  readonly value: (apart: string) => string;
  /** Whether each scalar of the value read. */
  readonly isWhole: (apart: string, value: string) => string;
}

/**
 * How JSON reads as a nested type. `json` is SQL of its text without spaces between its parts, which is cheap. `undefined` of
 * a type that has keys of any name, or JSON, within.
 */
export function quickSteps(json: string, type: SqlType, read: ReadScalar): QuickJson | undefined {
  const shape = isNested(type) ? shapeOf(type) : undefined;
  if (shape === undefined) return undefined;
  const apart = (from: string) => `from_json(${from}, ${text(JSON.stringify(shape))})`;
  const times = (part: string) => `(strlen(${json}) - strlen(replace(${json}, ${text(part)}, ''))) // ${part.length}`;
  const empty = `CASE WHEN contains(${json}, '{}') THEN ${EMPTY} * (${times('":{}')} + CAST(${json} = '{}' AS BIGINT)) ELSE 0 END`;
  const has = `${times('":')} + ${empty}`;
  // A null is not told from what is not there: it is found as a text. Within a text that would damage it, so there must be
  // none that begins with a colon or has one behind a quote.
  const filled = bind(apart(`replace(${json}, '":null', '":""')`), "p", found("p", type, 0));
  const nulls = `contains(${json}, '":null')`;
  const quoted = ["\\", "{", "[", ",", ":"].map((before) => `contains(${json}, ${text(`${before}":`)})`).join(" OR ");
  const count = (q: string) =>
    `CASE WHEN NOT ${nulls} THEN ${found(q, type, 0)} WHEN NOT (${quoted}) THEN ${filled} END`;
  return {
    mayBe: `starts_with(${json}, ${text(type.kind === "struct" ? "{" : "[")})`,
    apart: apart(json),
    isKnown: (q) => `${has} = ${count(q)}`,
    isFirm: (q) => `coalesce(${firm(q, type, 0)}, false)`,
    value: (q) => `CAST(${convert(q, type, read, 0)} AS ${duckdbType(type)})`,
    isWhole: (q, w) => {
      const [kept, before] = [leaves(w, type, 0), leaves(q, type, 0)];
      return kept.length === 0 ? "true" : `${sum(kept)} = ${sum(before)}`;
    },
  };
}

/** SQL of JSON as a nested type, in one expression: null where it does not read, or only the long way tells what it is. */
export function quickJson(json: string, type: SqlType, read: ReadScalar): string | undefined {
  const steps = quickSteps(json, type, read);
  if (steps === undefined) return undefined;
  const value = bind(steps.value("q"), "w", `CASE WHEN ${steps.isWhole("q", "w")} THEN w END`);
  const whole = bind(steps.apart, "q", `CASE WHEN ${steps.isKnown("q")} THEN ${value} END`);
  return `CASE WHEN ${steps.mayBe} THEN ${whole} END`;
}

/** SQL of whether there may be spaces between the parts of JSON: a quote before a space is one within a text as well. */
export function maySpace(json: string): string {
  return `(${[" ", "\t", "\n", "\r"].map((space) => `contains(${json}, ${text(`"${space}`)})`).join(" OR ")})`;
}

type Shape = string | readonly Shape[] | { readonly [name: string]: Shape };

/** The shape by which DuckDB splits a value: texts, in arrays and objects. */
function shapeOf(type: SqlType): Shape | undefined {
  switch (type.kind) {
    case "struct": {
      const fields = type.fields.map(({ name, type: of }) => [name, shapeOf(of)] as const);
      if (fields.some(([, shape]) => shape === undefined)) return undefined;
      return Object.fromEntries(fields.flatMap(([name, shape]) => (shape === undefined ? [] : [[name, shape]])));
    }
    case "array": {
      const element = shapeOf(type.element);
      return element === undefined ? undefined : [element];
    }
    case "map":
    case "variant":
      return undefined;
    default:
      return "VARCHAR";
  }
}

/** What an object without a value counts, and what a value that is of another kind than its type: no count has so much. */
const EMPTY = 1_000_000_000;
const WRONG = 1_000_000_000_000_000;

const fieldOf = (struct: string, name: string) => `${struct}[${text(name)}]`;
const itemOf = (depth: number) => `n${depth}`;
const sum = (parts: readonly string[]) => (parts.length === 0 ? "0" : `(${parts.join(" + ")})`);
const total = (list: string, item: string, of: string) =>
  `CAST(coalesce(list_sum(list_transform(${list}, lambda ${item}: ${of})), 0) AS BIGINT)`;

/** How many members were found in a value that is there. What is not an object counts as one that has nothing. */
function found(value: string, type: SqlType, depth: number): string {
  if (type.kind === "struct") return `coalesce(nullif(${members(value, type, depth)}, 0), ${EMPTY})`;
  if (type.kind !== "array" || !isNested(type.element)) return "0";
  const item = itemOf(depth);
  const { element } = type;
  // An element that is null or empty counts as one that is not an object.
  if (element.kind === "struct") {
    return total(value, item, `coalesce(nullif(${members(item, element, depth + 1)}, 0), ${WRONG})`);
  }
  return total(value, item, `CASE WHEN ${item} IS NULL THEN ${WRONG} ELSE ${found(item, element, depth + 1)} END`);
}

function members(value: string, { fields }: StructType, depth: number): string {
  const each = fields.map(({ name, type }) => {
    const field = fieldOf(value, name);
    if (type.kind === "struct") return `CASE WHEN ${field} IS NULL THEN 0 ELSE 1 + ${found(field, type, depth)} END`;
    const isThere = `CAST(${field} IS NOT NULL AS BIGINT)`;
    return type.kind === "array" && isNested(type.element) ? `${isThere} + ${found(field, type, depth)}` : isThere;
  });
  return sum(each);
}

/**
 * Of a key that comes twice the first is apart, as it counts. An array that is null may be of another kind; an object is null
 * where there is none, and one of nothing that is declared may be of another kind.
 */
function firm(value: string, type: SqlType, depth: number): string {
  if (type.kind === "struct") {
    const fields = type.fields.map((f) => ({ of: f.type, field: fieldOf(value, f.name) }));
    const any = fields.map(({ field }) => `${field} IS NOT NULL`).join(" OR ");
    const nested = fields.flatMap(({ of, field }) => (isNested(of) ? [firmOrNull(field, of, depth)] : []));
    return [`(${any})`, ...nested].join(" AND ");
  }
  if (type.kind !== "array" || !isNested(type.element)) return `${value} IS NOT NULL`;
  const item = itemOf(depth);
  const all = `len(list_filter(${value}, lambda ${item}: NOT coalesce(${firmOrNull(item, type.element, depth + 1)}, false))) = 0`;
  return `${value} IS NOT NULL AND ${all}`;
}

const firmOrNull = (value: string, type: SqlType, depth: number): string =>
  type.kind === "struct" ? `(${value} IS NULL OR ${firm(value, type, depth)})` : `(${firm(value, type, depth)})`;

function convert(value: string, type: SqlType, read: ReadScalar, depth: number): string {
  if (isAnyText(type)) return unmarkedValue(value);
  switch (type.kind) {
    case "struct": {
      const fields = type.fields.map(
        ({ name, type: of }) => `${id(name)} := ${convert(fieldOf(value, name), of, read, depth)}`,
      );
      return `CASE WHEN ${value} IS NOT NULL THEN struct_pack(${fields.join(", ")}) END`;
    }
    case "array": {
      const item = itemOf(depth);
      return `list_transform(${value}, lambda ${item}: ${convert(item, type.element, read, depth + 1)})`;
    }
    default:
      return read(`(${unmarkedText(value)})`, type);
  }
}

/** How many scalars there are that may not read as their types. */
function leaves(value: string, type: SqlType, depth: number): readonly string[] {
  if (isAnyText(type)) return [];
  switch (type.kind) {
    case "struct":
      return type.fields.flatMap(({ name, type: of }) => leaves(fieldOf(value, name), of, depth));
    case "array": {
      const item = itemOf(depth);
      const inner = leaves(item, type.element, depth + 1);
      return inner.length === 0 ? [] : [total(value, item, sum(inner))];
    }
    default:
      return [`CAST(${value} IS NOT NULL AS BIGINT)`];
  }
}
