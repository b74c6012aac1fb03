/** Functions of dates and times for DuckDB. */
import { atom, call, noArgument, operator, piece, type Sql } from "../../functions/fragment.ts";
import type { RenderInput, Rendering } from "../../functions/spec.ts";
import { ints } from "../../functions/time.ts";
import { bound } from "./bind.ts";
import { REQUIRE } from "./macros/texts.ts";
import { DATE_TRUNC } from "./macros/times.ts";

const STRFTIME: Readonly<Record<string, string>> = {
  yyyy: "%Y",
  MM: "%m",
  dd: "%d",
  HH: "%H",
  mm: "%M",
  ss: "%S",
};

export function format({ args: [x = noArgument()], text, options }: RenderInput): Sql {
  const pattern = String(options["pattern"]).replace(/yyyy|MM|dd|HH|mm|ss/g, (letters) => STRFTIME[letters] ?? letters);
  return call("strftime", [x, text(pattern)]);
}

/** A part of a date or time as Java reads it: years beyond four digits have a sign, the others two digits. */
const DIGITS: Readonly<Record<string, string>> = {
  yyyy: "(?:[+]([1-9][0-9]{4,5})|([0-9]{4}|-(?:[1-9][0-9]{3,5}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])))",
  MM: "(0[1-9]|1[0-2])",
  dd: "(0[1-9]|[12][0-9]|3[01])",
  HH: "([01][0-9]|2[0-3])",
  mm: "([0-5][0-9])",
  ss: "([0-5][0-9])",
};
const PARTS = /yyyy|MM|dd|HH|mm|ss/g;

/** A text by a pattern: its parts in the order that DuckDB's cast reads, which knows the days of each month. */
export const parsed =
  (type: "DATE" | "TIMESTAMP", otherwise: "require" | "try"): Rendering =>
  ({ args: [x = noArgument()], text, options }) => {
    const pattern = String(options["pattern"]);
    const places = new Map<string, string>();
    let groups = 0;
    const written = pattern.replaceAll(".", "[.]").replace(PARTS, (part) => {
      places.set(part, part === "yyyy" ? `\\${++groups}\\${++groups}` : `\\${++groups}`);
      return DIGITS[part] ?? part;
    });
    const at = (part: string, missing: string) => places.get(part) ?? missing;
    const day = `${at("yyyy", "1970")}-${at("MM", "01")}-${at("dd", "01")}`;
    const ordered = type === "DATE" ? day : `${day} ${at("HH", "00")}:${at("mm", "00")}:${at("ss", "00")}`;
    return bound([x], (of = x) => {
      const spelled = atom`regexp_replace(${of}, ${text(`^${written}$`)}, ${text(ordered)})`;
      const read = atom`CASE WHEN regexp_full_match(${of}, ${text(written)}) THEN TRY_CAST(${spelled} AS ${piece(type)}) END`;
      const value = type === "DATE" ? read : atom`make_timestamptz(epoch_us(${read}))`;
      return otherwise === "try" ? value : call(REQUIRE, [of, value, text(`${type} written as ${pattern}`)]);
    });
  };

/** Whole seconds since 1970, also before it; `epoch` is a double, too coarse for the fraction of a far date. */
const seconds = (x: Sql) =>
  bound([x], (of = x) => {
    const micros = atom`epoch_us(${of})`;
    return atom`((${micros} - (${micros} % 1000000 + 1000000) % 1000000) // 1000000)`;
  });

/** A later date. A BIGINT that is not an INT is an error, but not alongside a date that is null. */
const later =
  (sum: (date: Sql, n: Sql) => Sql): Rendering =>
  ({ args: [date = noArgument(), n = noArgument()], types: [, type] }) => {
    if (type?.kind !== "bigint") return atom`CAST(${sum(date, n)} AS DATE)`;
    return bound(
      [date, n],
      (from = date, days = n) => atom`CASE WHEN ${from} IS NOT NULL THEN CAST(${sum(from, days)} AS DATE) END`,
    );
  };

export const addDays = later((date, n) => operator`${date} + CAST(${n} AS INTEGER)`);
export const addMonths = later((date, n) => operator`${date} + to_months(CAST(${n} AS INTEGER))`);

/** Spark accepts no more seconds than a DECIMAL(18, 6) has digits for. */
export function addSeconds({ args: [x = noArgument(), n = noArgument()], types: [, type] }: RenderInput): Sql {
  if (type?.kind !== "bigint") return operator`${x} + to_seconds(${n})`;
  return bound([x, n], (from = x, seconds = n) => {
    const micros = atom`CAST(CAST(${seconds} AS DECIMAL(18, 6)) AS BIGINT)`;
    return atom`CASE WHEN ${from} IS NOT NULL THEN ${from} + to_microseconds(${micros} * 1000000) END`;
  });
}

/** DuckDB cuts a timestamp with a zone by the zone's calendar, which is slow; ours is UTC. */
export function truncate({ args: [x = noArgument()], types: [from], options, typeName, type }: RenderInput): Sql {
  const unit = piece(`'${String(options["unit"])}'`);
  if (from?.kind === "timestamp") {
    const cut = call("date_trunc", [unit, atom`make_timestamp(epoch_us(${x}))`]);
    return atom`make_timestamptz(epoch_us(${cut}))`;
  }
  return bound([x], (value = x) => atom`CAST(${DATE_TRUNC}(${unit}, ${value}) AS ${typeName(type)})`);
}

export function secondsSince({ args: [a = noArgument(), b = noArgument()] }: RenderInput): Sql {
  return operator`${seconds(a)} - ${seconds(b)}`;
}

export function unixSeconds({ args: [x = noArgument()] }: RenderInput): Sql {
  return seconds(x);
}

export function makeDate(input: RenderInput): Sql {
  return call("make_date", ints(input));
}
