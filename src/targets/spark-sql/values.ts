/**
 * How a text or a JSON value of a file reads as each SQL type: null where it does not, as the embedded engine reads
 * it. Spark's own casts accept more (`2024` as a date, `yes` as a boolean), so they are guarded.
 */
import { isAnyText, isNested, type SqlType } from "../../types/types.ts";
import { sparkOneOf as oneOf, sparkType, sparkText as text } from "./dialect.ts";
import { withoutMarks } from "./digits.ts";

/** A space or control character, which Spark does not mind around a text. */
export const BLANK = "[\\x00-\\x20\\x7f]";
/** The same to Java, which reads fractions: DEL is none. */
export const JAVA_BLANK = "[\\x00-\\x20]";

export const DATE = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}";
/** A date as Spark writes it: a year has as many digits as it needs. */
const WRITTEN_DATE = "[+-]?[0-9]{4,}-[0-9]{2}-[0-9]{2}";
/** Which of these is a zone is up to the cast. */
const ZONE = " *(?:[+-][0-9:]+|[A-Za-z][A-Za-z0-9/_+:-]*)";
const TIME = "(?:[01]?[0-9]|2[0-3]):[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]{1,9})?)?";

/** The pattern of a date with a time or without. */
export const timeAfter = (date: string): string => `\\s*${date}(?:[ T]${TIME}(?:${ZONE})?)?\\s*`;

/** The patterns of dates and of times, as constants of SQL: by whether Spark wrote the text. */
const patterns = (date: string) => ({ date: text(`\\A\\s*${date}\\s*\\z`), time: text(`\\A${timeAfter(date)}\\z`) });
const GIVEN = patterns(DATE);
const WRITTEN = patterns(WRITTEN_DATE);

/**
 * The SQL that reads the text `x` (a column or another cheap expression) as a type that is not nested. `isWritten`: Spark
 * wrote it, from a value that has a type.
 */
export function readText(x: string, type: SqlType, isWritten = false): string {
  const pattern = isWritten ? WRITTEN : GIVEN;
  const cast = (value: string) => `try_cast(${value} AS ${sparkType(type)})`;
  const guarded = (of: string, value: string) => `CASE WHEN ${x} RLIKE ${of} THEN ${value} END`;
  switch (type.kind) {
    case "string":
      return oneOf(x, type);
    case "boolean":
      return `CASE lower(trim(${x})) WHEN 'true' THEN true WHEN 'false' THEN false END`;
    case "date":
      return guarded(pattern.date, cast(x));
    case "timestamp":
    case "timestampNtz":
      return guarded(pattern.time, cast(x));
    case "binary":
      return `try_to_binary(${x}, 'base64')`;
    case "variant":
      return `coalesce(try_parse_json(${x}), CAST(${x} AS VARIANT))`;
    default:
      return cast(x);
  }
}

/** How JSON values came: `isWritten` by Spark, or with marked numbers. */
interface Came {
  readonly isWritten?: boolean;
  readonly isMarked?: boolean;
}

/** The SQL that reads the JSON value `v`: null when it, or anything in it, does not read. */
export function readJson(v: string, type: SqlType, { isWritten, isMarked }: Came = {}): string {
  const scalar: Scalar = (x, of) => {
    const as = isMarked ? withoutMarks(x) : x;
    return of.kind === "variant" ? `try_parse_json(${as})` : readText(as, of, isWritten);
  };
  if (type.kind === "variant") return isMarked ? scalar(`to_json(${v})`, type) : v;
  const value = convert(v, type, scalar, 0);
  return isNested(type) ? `CASE WHEN ${fits(v, type, scalar, 0)} THEN ${value} END` : value;
}

/** The SQL that reads a text, or the text of a JSON value, as a type that is not nested. */
type Scalar = (x: string, type: SqlType) => string;

const asText = (v: string) => `CAST(${v} AS STRING)`;
export const elements = (v: string): string => `try_variant_get(${v}, '$', 'ARRAY<VARIANT>')`;
export const entries = (v: string): string => `try_variant_get(${v}, '$', 'MAP<STRING, VARIANT>')`;

function convert(v: string, type: SqlType, scalar: Scalar, depth: number): string {
  const [item, key] = [`e${depth}`, `k${depth}`];
  switch (type.kind) {
    case "variant":
      return scalar(`to_json(${v})`, type);
    case "array":
      return `transform(${elements(v)}, ${item} -> ${convert(item, type.element, scalar, depth + 1)})`;
    case "map": {
      const values = `transform(map_values(${entries(v)}), ${item} -> ${convert(item, type.value, scalar, depth + 1)})`;
      const keys = `transform(map_keys(${entries(v)}), ${key} -> ${scalar(key, type.key)})`;
      return `map_from_arrays(${keys}, ${values})`;
    }
    case "struct": {
      const field = (name: string) => `${entries(v)}[${text(name)}]`;
      const fields = type.fields.map((f) => `${text(f.name)}, ${convert(field(f.name), f.type, scalar, depth + 1)}`);
      return `CASE WHEN ${entries(v)} IS NOT NULL THEN named_struct(${fields.join(", ")}) END`;
    }
    default:
      return scalar(asText(v), type);
  }
}

/** Whether a JSON value is null or reads as the type, and everything in it. */
function fits(v: string, type: SqlType, scalar: Scalar, depth: number): string {
  const [item, key] = [`e${depth}`, `k${depth}`];
  const orNull = (test: string) => `(${v} IS NULL OR is_variant_null(${v}) OR ${test})`;
  if (isAnyText(type)) return "true";
  switch (type.kind) {
    case "variant":
      return "true";
    case "array":
      return orNull(
        `coalesce(forall(${elements(v)}, ${item} -> ${fits(item, type.element, scalar, depth + 1)}), false)`,
      );
    case "map": {
      const keys = `forall(map_keys(${entries(v)}), ${key} -> (${scalar(key, type.key)}) IS NOT NULL)`;
      const values = `forall(map_values(${entries(v)}), ${item} -> ${fits(item, type.value, scalar, depth + 1)})`;
      return orNull(`coalesce(${keys} AND ${values}, false)`);
    }
    case "struct": {
      const tests = type.fields.map((f) => fits(`${entries(v)}[${text(f.name)}]`, f.type, scalar, depth + 1));
      return orNull([`${entries(v)} IS NOT NULL`, ...tests.filter((test) => test !== "true")].join(" AND "));
    }
    default:
      return orNull(`(${convert(v, type, scalar, depth)}) IS NOT NULL`);
  }
}
