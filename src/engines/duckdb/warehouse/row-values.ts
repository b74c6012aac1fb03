/** The values of a row as JavaScript has them without loss: what a number or a `Date` cannot hold is text. */

import type { DuckDBValue } from "@duckdb/node-api";
import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
} from "../driver.ts";

/**
 * Integers of 64 bits and more are bigint, decimals exact text, dates and timestamps ISO text (`2024-01-31`,
 * `2024-01-31T10:00:00.000000Z`; without the `Z` where a timestamp has no zone), bytes `Uint8Array`, arrays arrays,
 * structs objects, maps `Map`. Whatever else DuckDB has is the text that DuckDB writes for it.
 */
export function rowValue(value: DuckDBValue): unknown {
  if (value === null || typeof value !== "object") return value;
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(rowValue);
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, field]) => [name, rowValue(field)]));
  }
  if (value instanceof DuckDBMapValue) {
    return new Map(value.entries.map(({ key, value: held }) => [rowValue(key), rowValue(held)]));
  }
  if (value instanceof DuckDBBlobValue) return new Uint8Array(value.bytes);
  if (value instanceof DuckDBDateValue) return isoDate(value);
  if (value instanceof DuckDBTimestampTZValue) return isoTimestamp(value, value.micros, "Z");
  if (value instanceof DuckDBTimestampValue) return isoTimestamp(value, value.micros);
  if (value instanceof DuckDBTimestampMillisecondsValue) return isoTimestamp(value, value.millis * 1000n);
  if (value instanceof DuckDBTimestampSecondsValue) return isoTimestamp(value, value.seconds * 1_000_000n);
  if (value instanceof DuckDBTimestampNanosecondsValue) {
    const nanos = ((value.nanos % 1000n) + 1000n) % 1000n;
    return isoTimestamp(value, (value.nanos - nanos) / 1000n, digits(nanos));
  }
  return value.toString();
}

const DAY_MS = 86_400_000;
/** What `Date` reaches, which is further than any SQL type of this package. */
const FURTHEST_MS = 8.64e15;

function isoDate(value: DuckDBDateValue): string {
  if (!value.isFinite) return value.days > 0 ? "infinity" : "-infinity";
  const ms = value.days * DAY_MS;
  return Math.abs(ms) > FURTHEST_MS ? value.toString() : new Date(ms).toISOString().replace(/T.*$/, "");
}

/** A value's microseconds since the epoch as text, with what follows them. */
function isoTimestamp(value: { readonly isFinite: boolean }, micros: bigint, rest = ""): string {
  if (!value.isFinite) return micros > 0n ? "infinity" : "-infinity";
  const thousandths = ((micros % 1000n) + 1000n) % 1000n;
  const ms = Number((micros - thousandths) / 1000n);
  if (Math.abs(ms) > FURTHEST_MS) return value.toString();
  return new Date(ms).toISOString().replace(/Z$/, `${digits(thousandths)}${rest}`);
}

const digits = (thousandths: bigint): string => String(thousandths).padStart(3, "0");
