/**
 * A double to so many digits after the point, by the digits that it is written with. DuckDB rounds the double itself, which is
 * another number alongside a half: it is asked where there is none within the digits that a double has, or where the double is
 * a half (its digits are few, and a half has so few bits after the point).
 */
import { atom, call, type Sql } from "../../functions/fragment.ts";
import { bound } from "./bind.ts";
import { DOUBLE_DIGITS } from "./macros/texts.ts";

/** `quickly` gets the rounded double where DuckDB's own way is right, `slowly` the digits as a text, null of NaN and Infinity. */
export function nearest(
  x: Sql,
  scale: number,
  { quickly, slowly }: { readonly quickly: (rounded: Sql) => Sql; readonly slowly: (digits: Sql) => Sql },
): Sql {
  const otherwise = slowly(call(DOUBLE_DIGITS, [x]));
  if (scale > 9) return otherwise;
  const scaled = atom`(CAST(${x} AS DOUBLE) * 1e${scale})`;
  const bits = atom`(CAST(${x} AS DOUBLE) * ${2 ** (scale + 1)}e0)`;
  const usual = atom`abs(${scaled}) < 1e12 AND (abs(${scaled} - floor(${scaled}) - 5e-1) > 1e-3 OR ${bits} = trunc(${bits}))`;
  return atom`CASE WHEN ${usual} THEN ${quickly(atom`(round(${scaled}) / 1e${scale})`)} ELSE ${otherwise} END`;
}

/** `round` of a double. From 2^53 on it has nothing after the point; a zero has no sign. */
export const roundedDouble = (value: Sql, scale: number): Sql =>
  bound([value], (x = value) =>
    nearest(x, scale, {
      quickly: (rounded) => atom`(${rounded} + 0e0)`,
      slowly: (digits) =>
        atom`CASE WHEN abs(${x}) < ${2 ** 53}e0 THEN CAST(CAST(CAST(${digits} AS DECIMAL(38, ${scale})) AS VARCHAR) AS DOUBLE) ELSE ${x} END`,
    }),
  );
