/** One form for the values of both engines: two values are equal in it exactly when they mean the same. */
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from "@duckdb/node-api";

/**
 * Numbers, dates, timestamps and binaries are text ("1.50", "-0", "NaN", "2024-02-29", hex digits), so that nothing is
 * lost; a struct is an object; a map is the list of its entries, sorted.
 */
export type Canonical = null | boolean | string | readonly Canonical[] | { readonly [field: string]: Canonical };

/** Rows in an order of their own, for results that promise none. */
export function sorted(rows: readonly (readonly Canonical[])[]): readonly (readonly Canonical[])[] {
  const keyed = rows.map((row) => ({ row, key: JSON.stringify(row) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ row }) => row);
}

/** What the driver sends for a value. */
export type Sent =
  | null
  | boolean
  | string
  | readonly Sent[]
  | { readonly days: number }
  | { readonly micros: string }
  | { readonly double: string }
  | { readonly json: string }
  | { readonly map: readonly (readonly [Sent, Sent])[] }
  | { readonly struct: readonly (readonly [string, Sent])[] };

export function fromSpark(value: Sent): Canonical {
  if (value === null || typeof value !== "object") return value;
  if (isList(value)) return value.map(fromSpark);
  if ("days" in value) return date(value.days);
  if ("micros" in value) return timestamp(BigInt(value.micros));
  if ("double" in value) return double(Number(value.double.replace("inf", "Infinity")));
  if ("json" in value) return json(value.json);
  if ("map" in value) return entries(value.map.map(([k, v]) => [fromSpark(k), fromSpark(v)]));
  return Object.fromEntries(value.struct.map(([name, v]) => [name, fromSpark(v)]));
}

function isList(value: object): value is readonly Sent[] {
  return Array.isArray(value);
}

/** `type` is the column's, as `duckTypeName` writes it. */
export function fromDuck(value: DuckDBValue, type: string): Canonical {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return type === "VARIANT" ? json(value) : value;
  if (typeof value === "number") return type === "FLOAT" || type === "DOUBLE" ? double(value) : String(value);
  if (typeof value === "bigint") return String(value);
  if (value instanceof DuckDBDecimalValue) return decimal(value.value, value.scale);
  if (value instanceof DuckDBDateValue) return Math.abs(value.days) >= 2147483646 ? "infinity" : date(value.days);
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return timestamp(value.micros);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString("hex");
  return nested(value, type);
}

function nested(value: Exclude<DuckDBValue, null | string | number | bigint | boolean>, type: string): Canonical {
  if (value instanceof DuckDBListValue) {
    const element = type.slice("ARRAY<".length, -1);
    return value.items.map((item) => fromDuck(item, element));
  }
  if (value instanceof DuckDBMapValue) {
    const [key = "", item = ""] = parts(type.slice("MAP<".length, -1));
    return entries(value.entries.map((e) => [fromDuck(e.key, key), fromDuck(e.value, item)]));
  }
  if (value instanceof DuckDBStructValue) {
    const types = parts(type.slice("STRUCT<".length, -1)).map((part) => part.slice(part.indexOf(": ") + 2));
    return Object.fromEntries(Object.entries(value.entries).map(([n, v], i) => [n, fromDuck(v, types[i] ?? "")]));
  }
  return value.toString();
}

/** The pieces of a list of types, cut at the commas that are not inside of another type. */
function parts(list: string): readonly string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (const [i, c] of [...list].entries()) {
    if (c === "<" || c === "(") depth++;
    else if (c === ">" || c === ")") depth--;
    else if (c === "," && depth === 0) {
      found.push(list.slice(start, i).trim());
      start = i + 1;
    }
  }
  return [...found, list.slice(start).trim()];
}

function entries(list: readonly (readonly [Canonical, Canonical])[]): Canonical {
  return sorted(list);
}

function double(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function decimal(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? "-" : "";
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** JSON means the same whatever the order of its fields and the space between. */
function json(text: string): string {
  // A variant of NaN has no JSON.
  if (/\b(?:nan|inf)/i.test(text.replace(/"(?:[^"\\]|\\.)*"/g, ""))) return text;
  return JSON.stringify(JSON.parse(text), (_, value: unknown) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

const two = (n: number) => String(n).padStart(2, "0");

/** Proleptic Gregorian, any year: `2024-02-29`, `-0043-03-15`, `+10000-01-01`. */
function date(days: number): string {
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const dayOfEra = z - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const sign = year < 0 ? "-" : year > 9999 ? "+" : "";
  return `${sign}${String(Math.abs(year)).padStart(4, "0")}-${two(month)}-${two(day)}`;
}

function timestamp(micros: bigint): string {
  const perDay = 86_400_000_000n;
  const rest = ((micros % perDay) + perDay) % perDay;
  const seconds = Number(rest / 1_000_000n);
  const fraction = String(rest % 1_000_000n).padStart(6, "0");
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
  return `${date(Number((micros - rest) / perDay))} ${clock}.${fraction}`;
}
