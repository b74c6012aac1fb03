/** Macros that give the texts that Spark reads as a date or timestamp, in a form that DuckDB reads, else null. */
import { macro } from "../../../functions/fragment.ts";
import { IN_UTC, isQuick, WITH_OFFSET } from "../usual-times.ts";
import { TRIMMED } from "./texts.ts";
import { SHORT_ZONES, ZONE_NAMES } from "./zones.ts";

/** Up to 18 hours: 5, 05, 5:30, 05:30, 05:30:00, 0530, 053000. */
const OFFSET =
  "(?:0?[0-9]|1[0-7])(?::[0-5]?[0-9]|:[0-5][0-9]:[0-5][0-9])?|(?:0[0-9]|1[0-7])(?:[0-5][0-9]){1,2}|18(?::0?0|:00:00|00|0000)?";
const ZONE_PATTERN = `Z|(?:UTC|UT|GMT)?(?:([+-])(${OFFSET}))?|([A-Za-z][A-Za-z0-9/_+-]*)`;

/** A timestamp as Spark reads it; the groups are named where it is used. */
const TIMESTAMP = `^([+-]?[0-9]{4,7}(?:-[0-9]{1,2}(?:-[0-9]{1,2})?)?)(?:[ T]([01]?[0-9]|2[0-3])(?::([0-5]?[0-9])(?::([0-5]?[0-9])(?:[.]([0-9]*))?([\\x01-\\x20]*(?:${ZONE_PATTERN}))?)?)?)?$`;

/** Years of 4 to 7 digits; month and day may be missing, and what follows a space or T is not looked at. */
export const COMPLETED = macro(
  "completed",
  "date",
)`ltrim(date, '+') || CASE WHEN regexp_matches(date, '[0-9]-[0-9]+-') THEN '' WHEN regexp_matches(date, '[0-9]-') THEN '-01' ELSE '-01-01' END`;
export const DATE_TEXT = macro(
  "date_text",
  "x",
)`CASE WHEN regexp_full_match(x, '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}') THEN x WHEN regexp_full_match(x, '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T](?s:.*)') THEN left(x, 10) ELSE list_transform([${TRIMMED}(x)], lambda t: CASE WHEN regexp_full_match(t, '[+-]?[0-9]{4,7}(-[0-9]{1,2}(-[0-9]{1,2}([ T](?s:.*))?)?)?') THEN ${COMPLETED}(regexp_extract(t, '^[^ T]*')) END)[1] END`;

/** A zone stands after seconds only: Z, UTC, GMT+2, +02:30, +0230, Europe/Rome, CET. */
export const TIMESTAMP_PARTS = macro(
  "timestamp_parts",
  "x",
)`regexp_extract(${TRIMMED}(x), '${TIMESTAMP}', ['date', 'hour', 'minute', 'second', 'fraction', 'zone', 'sign', 'zone_offset', 'region'])`;

/** An offset as DuckDB reads it: its hours and minutes have two digits, and there are colons before seconds. */
export const PADDED = macro(
  "padded",
  "o",
)`regexp_replace(regexp_replace(regexp_replace(o, '^([0-9])(:|$)', '0\\1\\2'), ':([0-9])$', ':0\\1'), '^(..)(..)(..)$', '\\1:\\2:\\3')`;
export const REGION = macro(
  "region",
  "r",
)`CASE WHEN contains('${ZONE_NAMES}', '|' || r || '|') THEN r ELSE string_split(string_split('${SHORT_ZONES}', '|' || r || '=')[2], '|')[1] END`;
export const ZONE = macro(
  "zone",
  "p",
)`CASE WHEN p['region'] <> '' THEN ${REGION}(p['region']) WHEN p['zone_offset'] <> '' THEN p['sign'] || ${PADDED}(p['zone_offset']) ELSE '+00' END`;

/** Where clocks are put back, an hour comes twice: the first is meant, and DuckDB uses the second. */
export const IN_ZONE = macro(
  "in_zone",
  "clock, zone",
)`list_transform(list_transform([{'clock': clock, 'zone': zone, 'later': timezone(zone, clock)}], lambda v: {'clock': v['clock'], 'zone': v['zone'], 'later': v['later'], 'before': timezone('UTC', v['clock'] - (timezone(v['zone'], v['later'] - INTERVAL 1 DAY) - timezone('UTC', v['later'] - INTERVAL 1 DAY)))}), lambda v: CASE WHEN v['before'] < v['later'] AND timezone(v['zone'], v['before']) = v['clock'] THEN v['before'] ELSE v['later'] END)[1]`;
export const STAMP = macro(
  "stamp",
  "s",
)`CASE WHEN s['zone'][1] IN ('+', '-') THEN s['clock'] || s['zone'] ELSE CAST(timezone('UTC', ${IN_ZONE}(TRY_CAST(s['clock'] AS TIMESTAMP), s['zone'])) AS VARCHAR) || '+00' END`;
export const CLOCK = macro(
  "clock",
  "p",
)`CASE WHEN p['date'] <> '' AND (p['hour'] = '' OR regexp_matches(p['date'], '[0-9]-[0-9]+-')) THEN ${COMPLETED}(p['date']) || ' ' || lpad(p['hour'], 2, '0') || ':' || lpad(p['minute'], 2, '0') || ':' || lpad(p['second'], 2, '0') || rtrim('.' || left(p['fraction'], 6), '.') END`;
/** Of a text that is not written as most are. */
export const UNUSUAL_TIMESTAMP = macro(
  "unusual_timestamp",
  "x",
)`list_transform(list_transform([${TIMESTAMP_PARTS}(x)], lambda p: {'clock': ${CLOCK}(p), 'zone': ${ZONE}(p)}), lambda s: ${STAMP}(s))[1]`;
export const UNUSUAL_CLOCK = macro(
  "unusual_clock",
  "x",
)`list_transform([${TIMESTAMP_PARTS}(x)], lambda p: CASE WHEN ${ZONE}(p) IS NOT NULL THEN ${CLOCK}(p) END)[1]`;

const IS_USUAL = `${isQuick("x")} OR regexp_full_match(x, '${IN_UTC}|${WITH_OFFSET}')`;
export const TIMESTAMP_TEXT = macro(
  "timestamp_text",
  "x",
)`CASE WHEN ${IS_USUAL} THEN x ELSE ${UNUSUAL_TIMESTAMP}(x) END`;
/** A zone stays: DuckDB's cast leaves it out, in less time than it takes to make another text. */
export const TIMESTAMP_NTZ_TEXT = macro(
  "timestamp_ntz_text",
  "x",
)`CASE WHEN ${IS_USUAL} THEN x ELSE ${UNUSUAL_CLOCK}(x) END`;

/** Bare, DuckDB's optimizer makes false of date_trunc('day', x) = TIMESTAMP '2024-02-29 10:00:00', also where x is null. */
export const DATE_TRUNC = macro("date_trunc", "unit, x")`CASE WHEN x IS NOT NULL THEN date_trunc(unit, x) END`;
