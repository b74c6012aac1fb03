/** How nearly every timestamp in a text is written: what DuckDB reads as Spark does. */

const DAY = 86_400_000_000;
const TEN_HOURS = DAY * (10 / 24);
/** SQL of the clock that a text shows, whatever its zone: null where DuckDB does not read it. */
export const clockOf = (x: string): string => `TRY_CAST(${x} AS TIMESTAMP)`;

/**
 * SQL of whether the text `x` is of a form that is quickly told: a clock without a fraction, in UTC or without a zone. With a T
 * DuckDB also reads an hour 24, and blanks before an hour of one digit: both give an hour before ten, for which the text has
 * to have a 0. With a blank it reads much else, but writes that otherwise. The clock comes first, where DuckDB evaluates
 * it once for all of the expression.
 */
export function isQuick(x: string): string {
  const clock = clockOf(x);
  const like = (hour: string) => `${x} LIKE '____-__-__T${hour}:__:__Z' OR ${x} LIKE '____-__-__T${hour}:__:__'`;
  const isLate = `(epoch_us(${clock}) % ${DAY} + ${DAY}) % ${DAY} >= ${TEN_HOURS}`;
  const isWritten = `strlen(${x}) = 19 AND CAST(${clock} AS VARCHAR) = ${x}`;
  return `(${isLate} AND (${like("__")}) OR ${like("0_")} OR ${isWritten}) AND ${x} >= '0' AND ${clock} IS NOT NULL`;
}

const DATE = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}";
const MINUTES = "[ T](?:[01]?[0-9]|2[0-3]):[0-5][0-9]";
/** Of more than six digits both engines leave the rest out. */
const SECONDS = ":[0-5][0-9](?:[.][0-9]{1,9})?";

/** A pattern of texts in UTC, or without a zone. */
export const IN_UTC = `${DATE}(?:${MINUTES}(?:${SECONDS}Z?)?)?`;
/** A pattern of texts with an offset: DuckDB reads fewer of them than Spark. */
export const WITH_OFFSET = `${DATE}${MINUTES}${SECONDS}[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?`;
