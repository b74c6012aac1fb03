/** How nearly every timestamp in a text is written: what DuckDB reads as Spark does. */

const DAY = 86_400_000_000;
const TEN_HOURS = DAY * (10 / 24);
/** A clock without a fraction, in the order in which they are looked for. */
const FORMS = (hour: string) => [`T${hour}:__:__Z`, ` ${hour}:__:__`, `T${hour}:__:__`];

/** SQL of the clock that a text shows, whatever its zone: null where DuckDB does not read it. */
export const clockOf = (x: string): string => `TRY_CAST(${x} AS TIMESTAMP)`;

/**
 * SQL of whether the text `x` is of a form that is quickly told: then its clock is in UTC, or without a zone. DuckDB also
 * reads an hour 24, and blanks before an hour of one digit: both give an hour before ten, for which the text has to have a 0.
 * The clock comes first, where DuckDB evaluates it once for all of the expression.
 */
export function isQuick(x: string): string {
  const like = (hour: string) =>
    FORMS(hour)
      .map((form) => `${x} LIKE '____-__-__${form}'`)
      .join(" OR ");
  const isLate = `(epoch_us(${clockOf(x)}) % ${DAY} + ${DAY}) % ${DAY} >= ${TEN_HOURS}`;
  return `(${isLate} AND (${like("__")}) OR ${like("0_")}) AND ${x} >= '0'`;
}

const DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
const MINUTES = "[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]";
const SECONDS = ":[0-5][0-9](?:[.][0-9]{1,6})?";

/** A pattern of texts in UTC, or without a zone. */
export const IN_UTC = `${DATE}(?:${MINUTES}(?:${SECONDS}Z?)?)?`;
/** A pattern of texts with an offset: DuckDB reads fewer of them than Spark. */
export const WITH_OFFSET = `${DATE}${MINUTES}${SECONDS}[+-](?:0[0-9]|1[0-4]):[0-5][0-9]`;
