/** What the parts of a format from outside have to be, and what its readers give. */
import { aFlag, anything, aText, giving, listOf, maybe, named, type Part, textOr, withParts } from "../core/parts.ts";

const SQL = giving(aText);

const DATABRICKS = withParts({
  format: aText,
  options: listOf(aText),
  type: maybe(SQL),
  value: SQL,
  isTyped: maybe(aFlag),
  broken: maybe(withParts({ reason: aText, record: maybe(aText) })),
  others: maybe(withParts({ of: maybe(aText), such: maybe(aText), map: maybe(aText) })),
  where: maybe(aText),
});

/** Spark's own reader, or SQL over lines or files. */
const SPARK: Part = (given, where) => (isNative(given) ? NATIVE : VIEW)(given, where);
const NATIVE = withParts({ native: withParts({ format: aText, options: named(anything) }) });
const VIEW = withParts({
  view: textOr(SQL),
  ctes: giving(listOf(withParts({ name: aText, sql: aText, materialized: maybe(aFlag) }))),
  value: SQL,
  fits: maybe(SQL),
});

const isNative = (given: unknown): boolean => typeof given === "object" && given !== null && "native" in given;

export const FORMAT = withParts({
  title: aText,
  options: named(withParts({ expected: aText, accepts: giving(anything) })),
  problem: maybe(giving(maybe(aText))),
  traits: giving(withParts({})),
  databricks: giving(DATABRICKS),
  spark: giving(SPARK),
  duckdb: giving(withParts({ from: aText, value: SQL, isTyped: maybe(aFlag), where: maybe(aText) })),
  embedded: giving(withParts({ value: SQL, broken: maybe(aText), others: maybe(aText) })),
});
