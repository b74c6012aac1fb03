/** Macros over the values of a group. */
import { macro } from "../../../functions/fragment.ts";

/** The numbers of a list, -0 before 0, which DuckDB holds for equal. */
export const SORTED = macro(
  "sorted",
  "l",
)`list_transform(list_sort(list_transform(list_filter(l, lambda v: v IS NOT NULL), lambda v: {'value': v, 'positive': NOT signbit(v)})), lambda e: e['value'])`;

/** As Spark's Percentile: between the two neighbours of a position, in proportion. */
export const WEIGHED = macro(
  "weighed",
  "low, high, p",
)`CASE WHEN p = floor(p) OR low = high THEN low ELSE low + (high - low) * (p - floor(p)) END`;
export const NEIGHBOURS = macro(
  "neighbours",
  "l, p",
)`${WEIGHED}(l[CAST(floor(p) AS BIGINT) + 1], l[CAST(ceil(p) AS BIGINT) + 1], p)`;
export const PERCENTILE = macro(
  "percentile",
  "l, percentage",
)`list_transform([${SORTED}(l)], lambda s: ${NEIGHBOURS}(s, (len(s) - 1) * CAST(percentage AS DOUBLE)))[1]`;

/** The value that stands where the other list has its extreme. */
export const AT = macro(
  "at",
  "l, orders, extreme",
)`CASE WHEN extreme IS NOT NULL THEN l[list_position(orders, extreme)] END`;
