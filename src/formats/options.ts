/** The options of a source: what each accepts, and what it is where it is not given. */

import type { OnChange } from "../ast/relation.ts";
import { freeze } from "../core/freeze.ts";

/** An option of a format: what it accepts, for the builder and the manifest alike. */
export interface FormatOption<T> {
  /** The value of a source that does not give it. Without one, every source has to. */
  readonly default?: T;
  /** What is accepted, in words that follow "use". */
  readonly expected: string;
  readonly accepts: (value: unknown) => value is T;
}

/** An option that may be left out. */
export interface DefaultedOption<T> extends FormatOption<T> {
  readonly default: T;
}

export function oneOf<const T extends string>(values: readonly T[], value: NoInfer<T>): DefaultedOption<T> {
  const expected = values.map((one) => JSON.stringify(one)).join(" or ");
  return { default: value, expected, accepts: (given): given is T => values.some((one) => one === given) };
}

export function flag(value: boolean): DefaultedOption<boolean> {
  return { default: value, expected: "true or false", accepts: (given) => typeof given === "boolean" };
}

/** What separates the values of a line is not a part of how they are written. */
export function delimiter(value: string): DefaultedOption<string> {
  const accepts = (given: unknown): given is string =>
    typeof given === "string" && [...given].length === 1 && !/["\r\n]/.test(given);
  return { default: value, expected: "one character other than a double quote or a line end", accepts };
}

export const texts: DefaultedOption<readonly string[]> = {
  default: freeze([]),
  expected: "a list of texts",
  accepts: (given): given is readonly string[] => Array.isArray(given) && given.every((one) => typeof one === "string"),
};

/** How files are read, whatever their format. */
export interface FileOptions {
  /**
   * What becomes of a file that changes after it was read. Default: `"ignore"`.
   *
   * @example
   * ```ts
   * import { source, t } from "medallion";
   * export const prices = source.csv("prices/latest.csv", { sku: t.string(), price: t.decimal(12, 2) }, { onChange: "replace" });
   * ```
   */
  readonly onChange?: OnChange;
}

export const ON_CHANGE = oneOf<OnChange>(["ignore", "reread", "replace", "fail"], "ignore");

const ENCODINGS = ["utf-8", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "windows-1252"] as const;

/** How text is encoded in a file. `utf-16` has a byte order mark; the others may have one. */
export type Encoding = (typeof ENCODINGS)[number];

/** How files of text are read. */
export interface TextOptions extends FileOptions {
  /**
   * How the text is encoded; `iso-8859-1` is also called Latin-1. Default: `"utf-8"`. A record that does not decode is
   * quarantined, a file that is plainly of another encoding is as a whole.
   *
   * @example
   * ```ts
   * import { source, t } from "medallion";
   * export const cities = source.csv("cities/*.csv", { id: t.bigint(), city: t.string() }, { encoding: "windows-1252" });
   * ```
   */
  readonly encoding?: Encoding;
}

/** Options of formats that open-source Spark has its own readers for. */
export interface NativeOptions {
  /**
   * Whether open-source Spark reads the files with its own reader, in pieces and with that reader's meaning: a line with a
   * value that does not read is quarantined as a whole, what is not declared is dropped, and columns of CSV go by their
   * position. Default: false. Other engines read the files as always.
   *
   * @example
   * ```ts
   * import { source, t } from "medallion";
   * export const clicks = source.csv("clicks/*.csv", { at: t.timestamp(), page: t.string() }, { native: true });
   * ```
   */
  readonly native?: boolean;
}

export const ENCODING = oneOf<Encoding>(ENCODINGS, "utf-8");

/** The texts that mean null in addition to the empty one, which does on every engine. */
export function nullTexts({ nullValues }: { readonly nullValues: readonly string[] }): readonly string[] {
  return nullValues.filter((value) => value !== "");
}

/** A condition that the text `x` is not one that means null; `undefined` where only the empty one does. */
export function notNullText(
  x: string,
  options: { readonly nullValues: readonly string[] },
  text: (value: string) => string,
): string | undefined {
  const nulls = nullTexts(options);
  return nulls.length === 0 ? undefined : `${x} NOT IN (${nulls.map(text).join(", ")})`;
}

/** SQL of the text `x`, null where it means null. */
export function withoutNullTexts(
  x: string,
  options: { readonly nullValues: readonly string[] },
  text: (value: string) => string,
): string {
  const isText = notNullText(x, options, text);
  return isText === undefined ? x : `CASE WHEN ${isText} THEN ${x} END`;
}

/** What targets treat in their own ways of a text that is not UTF-8. */
export function encodingFeatures(encoding: Encoding): readonly ("encoding" | "windowsEncoding")[] {
  if (encoding === "utf-8") return [];
  return encoding === "windows-1252" ? ["windowsEncoding"] : ["encoding"];
}
