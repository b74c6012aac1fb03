/** Typed expressions of strings, booleans, dates, timestamps and binaries. */

import type { Problem } from "../core/problem.ts";
import type { Said } from "../diagnostics/sentences.ts";
import type { Agg, Comparable, LabelOf, Null, NullOf, Operand, OperandSaid, TextPart, Value } from "./base.ts";
import type { ArrayExpr } from "./collections.ts";
import type { Exact } from "./constants.ts";
import type { NumberExpr } from "./number.ts";
import type { Extremes, Sampled } from "./sampled.ts";
import type { Salt } from "./secret.ts";

export interface WholeNumber<N extends Null, L extends string>
  extends Value<"tinyint" | "smallint" | "int" | "bigint", N, L> {}

// That types grow with their parameters (`out`) is said, since TypeScript works it out otherwise: a hundred thousand instantiations
// in each project that has two columns of a type in one list or case.

/** A STRING. `L` names what makes it sensitive. */
export interface StringExpr<out N extends Null = never, out L extends string = never>
  extends Comparable<"string", N, L>,
    TextMethods<N, L>,
    Sampled<StringExpr<N, L>, StringExpr<"null", L>>,
    Extremes<StringExpr<N, L>, StringExpr<"null", L>> {
  readonly " ~nullable": StringExpr<"null", L>;
  readonly " ~fanned": StringExpr<N, L>;
  readonly " ~values": string;
  /** Clears the labels for a stated reason, which the audit trail keeps. */
  declassify(reason: string): StringExpr<N, never>;
  /** The value, or `other` where it is null. */
  orElse<N2 extends Null = never, L2 extends string = never>(
    other: Operand<"string", N2, L2, OperandSaid>,
  ): StringExpr<N & N2, L | L2>;
  nullIf<N2 extends Null = never, L2 extends string = never>(
    value: Operand<"string", N2, L2, OperandSaid>,
  ): StringExpr<"null", L | L2>;
}

/** What is made of a text, whichever it is. */
export interface TextMethods<N extends Null, L extends string> {
  upper(): StringExpr<N, L>;
  lower(): StringExpr<N, L>;
  trim(): StringExpr<N, L>;
  ltrim(): StringExpr<N, L>;
  rtrim(): StringExpr<N, L>;
  /** Number of characters (code points). */
  length(): NumberExpr<"int", N, L>;
  concat<N2 extends Null = never, L2 extends string = never>(
    ...others: readonly TextPart<N2, L2, OperandSaid>[]
  ): StringExpr<N | N2, L | L2>;
  /** From position `start` (the first is 1), `length` characters. */
  substring(start: number, length: number): StringExpr<N, L>;
  left(length: number): StringExpr<N, L>;
  right(length: number): StringExpr<N, L>;
  replace(search: string, replacement: string): StringExpr<N, L>;
  contains<N2 extends Null = never, L2 extends string = never>(
    part: Operand<"string", N2, L2, OperandSaid>,
  ): BooleanExpr<N | N2, L | L2>;
  startsWith<N2 extends Null = never, L2 extends string = never>(
    part: Operand<"string", N2, L2, OperandSaid>,
  ): BooleanExpr<N | N2, L | L2>;
  endsWith<N2 extends Null = never, L2 extends string = never>(
    part: Operand<"string", N2, L2, OperandSaid>,
  ): BooleanExpr<N | N2, L | L2>;
  /** Position of `part`, the first is 1; 0 where it is not found. */
  position<N2 extends Null = never, L2 extends string = never>(
    part: Operand<"string", N2, L2, OperandSaid>,
  ): NumberExpr<"int", N | N2, L | L2, "", "non-additive">;
  /** SQL's LIKE: `%` any text, `_` one character, `!` before either matches it literally. */
  like(pattern: string): BooleanExpr<N, L>;
  lpad(length: number, pad: string): StringExpr<N, L>;
  rpad(length: number, pad: string): StringExpr<N, L>;
  repeat(times: number): StringExpr<N, L>;
  /** The `part`-th piece (the first is 1) between delimiters; empty where there is none. */
  splitPart(delimiter: string, part: number): StringExpr<N, L>;
  split(delimiter: string): ArrayExpr<StringExpr<never, L>, N, L>;
  translate(from: string, to: string): StringExpr<N, L>;
  initcap(): StringExpr<N, L>;
  soundex(): StringExpr<N, L>;
  /** Whether the pattern is found. Only the part of the regex language that means the same everywhere is taken. */
  matches(pattern: string): BooleanExpr<N, L>;
  /** Replaces every match; `$1` … `$9` are its groups. */
  regexpReplace(pattern: string, replacement: string): StringExpr<N, L>;
  /** Group `group` of the first match (0: the whole); empty where nothing matches. */
  regexpExtract(pattern: string, group: number): StringExpr<N, L>;
  /**
   * The text at a JSON path such as `$.address.city`; null where there is none, where it is an object or an array, and
   * where the text is not JSON or a key comes twice. What follows the first JSON value is not looked at. A number is
   * written again (1.10 comes back as 1.1): cast it to compare.
   */
  jsonText(path: string): StringExpr<"null", L>;
  /**
   * The day that a text shows in a pattern of yyyy, MM, dd, HH, mm, ss and separators, such as `dd.MM.yyyy`; what does not
   * read fails the table. Parts that the pattern lacks are those of 1970-01-01.
   */
  parseDate(pattern: string): DateExpr<N, L>;
  /** As `parseDate()`, null where a text does not read. */
  tryParseDate(pattern: string): DateExpr<"null", L>;
  /** The instant that a text shows, in UTC, in a pattern as that of `parseDate()`; what does not read fails the table. */
  parseTimestamp(pattern: string): TimestampExpr<"timestamp", N, L>;
  /** As `parseTimestamp()`, null where a text does not read. */
  tryParseTimestamp(pattern: string): TimestampExpr<"timestamp", "null", L>;
  md5(): StringExpr<N, L>;
  sha1(): StringExpr<N, L>;
  /**
   * Salted SHA-256 as 64 hex digits: a pseudonym, allowed in gold. A salt that is a text is written into the SQL and
   * the manifest, where anyone who reads them can undo the pseudonym by trying values; `param.secret()` is not.
   */
  sha256(salt: Salt<Said<"ARG001:salt">>): StringExpr<N, "pseudonym">;
  /** A short stable token (`tok_` and 16 hex digits): a pseudonym, allowed in gold. The salt is as that of `sha256`. */
  tokenize(salt: Salt<Said<"ARG001:salt">>): StringExpr<N, "pseudonym">;
  /** A fixed text instead of every value: clears the label. */
  redact(replacement?: string): StringExpr<N, never>;
  /** Stars instead of all but the last characters, or of all where there are no more than those: clears the label. */
  mask(options?: { readonly showLast?: number }): StringExpr<N, never>;
  /** What follows the `@`, in lower case: clears the label. */
  emailDomain(): StringExpr<N, never>;
}

/** Anything with an order. The sentence stands in the name, which an error writes. */
export type ByValue<Message extends string> = Ordered | Problem<Message>;

/** Anything with an order. */
interface Ordered {
  readonly " ~type":
    | "string"
    | "date"
    | "timestamp"
    | "timestampNtz"
    | "tinyint"
    | "smallint"
    | "int"
    | "bigint"
    | "float"
    | "double"
    | "decimal"
    | "boolean";
}

/**
 * A condition that is joined with others, or the constant that changes nothing, which a setting gives: `strict ? c.note.isNotNull()
 * : true`. Another boolean of JavaScript is what `===` makes of two columns.
 */
type Joined<Neutral extends boolean, N extends Null, L extends string, _Said extends string> =
  | Neutral
  | Value<"boolean", N, L>;
type JoinedSaid = Said<"TYPE001:joined">;

/** A BOOLEAN. */
export interface BooleanExpr<out N extends Null = never, out L extends string = never>
  extends Comparable<"boolean", N, L>,
    Sampled<BooleanExpr<N, L>, BooleanExpr<"null", L>>,
    Extremes<BooleanExpr<N, L>, BooleanExpr<"null", L>> {
  readonly " ~nullable": BooleanExpr<"null", L>;
  readonly " ~fanned": BooleanExpr<N, L>;
  and<M extends readonly Joined<true, Null, string, JoinedSaid>[]>(
    ...others: M
  ): BooleanExpr<N | NullOf<M[number]>, L | LabelOf<M[number]>>;
  or<N2 extends Null = never, L2 extends string = never>(
    ...others: readonly Joined<false, N2, L2, JoinedSaid>[]
  ): BooleanExpr<N | N2, L | L2>;
  not(): BooleanExpr<N, L>;
  declassify(reason: string): BooleanExpr<N, never>;
  orElse<N2 extends Null = never, L2 extends string = never>(
    other: Operand<"boolean", N2, L2, OperandSaid>,
  ): BooleanExpr<N & N2, L | L2>;
  nullIf<N2 extends Null = never, L2 extends string = never>(
    value: Operand<"boolean", N2, L2, OperandSaid>,
  ): BooleanExpr<"null", L | L2>;
  /** Whether it holds on every row (`bool_and`). */
  every(): Agg<BooleanExpr<"null", L>, BooleanExpr<N, L>>;
  /** Whether it holds on some row (`bool_or`). */
  some(): Agg<BooleanExpr<"null", L>, BooleanExpr<N, L>>;
  /** On how many rows it holds. */
  countIf(): Agg<NumberExpr<"bigint", never, L, "", "additive">>;
}

/** A DATE. */
export interface DateExpr<out N extends Null = never, out L extends string = never>
  extends Comparable<"date", N, L>,
    DateParts<N, L>,
    Sampled<DateExpr<N, L>, DateExpr<"null", L>>,
    Extremes<DateExpr<N, L>, DateExpr<"null", L>> {
  readonly " ~nullable": DateExpr<"null", L>;
  readonly " ~fanned": DateExpr<N, L>;
  truncate(unit: "year" | "quarter" | "month" | "week"): DateExpr<N, L>;
  addDays<N2 extends Null = never, L2 extends string = never, M extends number = number>(
    days: (M & Exact<"int", M>) | WholeNumber<N2, L2>,
  ): DateExpr<N | N2, L | L2>;
  /** The same day of another month, or its last day (31 January plus one month is 28 or 29 February). */
  addMonths<N2 extends Null = never, L2 extends string = never, M extends number = number>(
    months: (M & Exact<"int", M>) | WholeNumber<N2, L2>,
  ): DateExpr<N | N2, L | L2>;
  /** Days from `earlier` to this date. */
  daysSince<N2 extends Null = never, L2 extends string = never>(
    earlier: Operand<"date", N2, L2, OperandSaid>,
  ): NumberExpr<"int", N | N2, L | L2>;
  declassify(reason: string): DateExpr<N, never>;
  orElse<N2 extends Null = never, L2 extends string = never>(
    other: Operand<"date", N2, L2, OperandSaid>,
  ): DateExpr<N & N2, L | L2>;
  nullIf<N2 extends Null = never, L2 extends string = never>(
    value: Operand<"date", N2, L2, OperandSaid>,
  ): DateExpr<"null", L | L2>;
}

interface DateParts<N extends Null, L extends string> {
  toDate(): DateExpr<N, L>;
  year(): NumberExpr<"int", N, L, "", "non-additive">;
  quarter(): NumberExpr<"int", N, L, "", "non-additive">;
  month(): NumberExpr<"int", N, L, "", "non-additive">;
  /** Day of the month. */
  day(): NumberExpr<"int", N, L, "", "non-additive">;
  dayOfYear(): NumberExpr<"int", N, L, "", "non-additive">;
  /** 1 is Sunday, 7 is Saturday, as in Spark. */
  dayOfWeek(): NumberExpr<"int", N, L, "", "non-additive">;
  /** ISO week of the year. */
  weekOfYear(): NumberExpr<"int", N, L, "", "non-additive">;
  lastDay(): DateExpr<N, L>;
  /** Text in a pattern of `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss` and separators. */
  format(pattern: string): StringExpr<N, L>;
}

/** A TIMESTAMP (an instant) or TIMESTAMP_NTZ (a wall clock). Parts are read in UTC. */
export interface TimestampExpr<
  in out T extends "timestamp" | "timestampNtz" = "timestamp",
  out N extends Null = never,
  out L extends string = never,
> extends Comparable<T, N, L>,
    DateParts<N, L>,
    Sampled<TimestampExpr<T, N, L>, TimestampExpr<T, "null", L>>,
    Extremes<TimestampExpr<T, N, L>, TimestampExpr<T, "null", L>> {
  readonly " ~nullable": TimestampExpr<T, "null", L>;
  readonly " ~fanned": TimestampExpr<T, N, L>;
  hour(): NumberExpr<"int", N, L, "", "non-additive">;
  minute(): NumberExpr<"int", N, L, "", "non-additive">;
  second(): NumberExpr<"int", N, L, "", "non-additive">;
  truncate(unit: "year" | "quarter" | "month" | "week" | "day" | "hour" | "minute" | "second"): TimestampExpr<T, N, L>;
  addSeconds<N2 extends Null = never, L2 extends string = never, M extends number = number>(
    seconds: (M & Exact<"bigint", M>) | WholeNumber<N2, L2>,
  ): TimestampExpr<T, N | N2, L | L2>;
  /** Seconds from `earlier` to this time, both without their fractions: 1 from 12:00:00.999 to 12:00:01. */
  secondsSince<N2 extends Null = never, L2 extends string = never>(
    earlier: Operand<T, N2, L2, OperandSaid>,
  ): NumberExpr<"bigint", N | N2, L | L2>;
  /** Seconds since 1970-01-01T00:00:00Z; a TIMESTAMP only. */
  unixSeconds(): NumberExpr<"bigint", N, L, "", "non-additive">;
  declassify(reason: string): TimestampExpr<T, N, never>;
  orElse<N2 extends Null = never, L2 extends string = never>(
    other: Operand<T, N2, L2, OperandSaid>,
  ): TimestampExpr<T, N & N2, L | L2>;
  nullIf<N2 extends Null = never, L2 extends string = never>(
    value: Operand<T, N2, L2, OperandSaid>,
  ): TimestampExpr<T, "null", L | L2>;
}

/** A BINARY. */
export interface BinaryExpr<out N extends Null = never, out L extends string = never>
  extends Comparable<"binary", N, L>,
    Sampled<BinaryExpr<N, L>, BinaryExpr<"null", L>>,
    Extremes<BinaryExpr<N, L>, BinaryExpr<"null", L>> {
  readonly " ~nullable": BinaryExpr<"null", L>;
  readonly " ~fanned": BinaryExpr<N, L>;
  declassify(reason: string): BinaryExpr<N, never>;
  orElse<N2 extends Null = never, L2 extends string = never>(
    other: Operand<"binary", N2, L2, OperandSaid>,
  ): BinaryExpr<N & N2, L | L2>;
  nullIf<N2 extends Null = never, L2 extends string = never>(
    value: Operand<"binary", N2, L2, OperandSaid>,
  ): BinaryExpr<"null", L | L2>;
}
