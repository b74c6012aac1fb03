/** A format from outside: `id=1;name=ada` on each line. Which columns a line has is up to the line. */
import { defineFormat, type FormatParts, type SourceView } from "medallion/plugin";

export interface KeyValueOptions {
  /** One character between the parts of a line. Default: `;`. */
  readonly separator?: string;
  /** The texts that mean null. Every source has to give them. */
  readonly nulls: readonly string[];
}

type Source = SourceView<KeyValueOptions>;
type Text = (value: string) => string;

const isText = (value: unknown): value is string => typeof value === "string";
const escaped = (value: string) => value.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");

/** A pattern that Spark and DuckDB read alike: of a line that is one, and of a value in it. */
function patterns({ options: { separator } }: Source) {
  const s = escaped(separator);
  const part = `[^=${s}]+=[^${s}]*`;
  return { line: `^${part}(?:${s}${part})*$`, value: (name: string) => `(?:^|${s})${escaped(name)}=([^${s}]*)` };
}

/** SQL of a value, null where there is none or it means null. */
function fieldOf(source: Source, text: Text, line: string, name: string): string {
  const nulls = ["", ...source.options.nulls].map(text).join(", ");
  const value = `regexp_extract(${line}, ${text(patterns(source).value(name))}, 1)`;
  return `CASE WHEN ${value} NOT IN (${nulls}) THEN ${value} END`;
}

const names = ({ declared }: Source, text: Text) => declared.map((c) => text(c.name)).join(", ");

/** Spark's map of a line. */
function mapOf({ options }: Source, text: Text, line: string): string {
  return `str_to_map(${line}, ${text(escaped(options.separator))}, '=')`;
}

export const parts: FormatParts<KeyValueOptions> = {
  name: "toy.key_value",
  title: "key=value",
  options: {
    separator: { default: ";", expected: "one character", accepts: (v): v is string => isText(v) && v.length === 1 },
    nulls: { expected: "a list of texts", accepts: (v): v is readonly string[] => Array.isArray(v) && v.every(isText) },
  },
  problem: ({ declared, options: { separator } }) =>
    declared.some((c) => c.name.includes(separator) || c.name.includes("="))
      ? "its columns must not have = or the separator in their names"
      : undefined,
  traits: () => ({ encoding: "utf-8" }),
  databricks: (source, { text }) => ({
    format: "text",
    options: [],
    value: ({ name }) => fieldOf(source, text, "value", name),
    broken: {
      reason: "not key=value",
      record: `CASE WHEN NOT value RLIKE ${text(patterns(source).line)} THEN value END`,
    },
    others: { map: `map_filter(${mapOf(source, text, "value")}, (k, v) -> k NOT IN (${names(source, text)}))` },
    where: "value RLIKE '\\\\S'",
  }),
  spark: (source, { text }) => ({
    view: "lines",
    ctes: (from) => [
      { name: "lines", sql: `SELECT value AS __row, __path, __modified_at FROM ${from} WHERE value RLIKE '\\\\S'` },
      {
        name: "read",
        sql: `SELECT
  *,
  CASE WHEN __row RLIKE ${text(patterns(source).line)} THEN ${mapOf(source, text, "__row")} END AS __fields,
  'not key=value' AS __fault
FROM lines`,
      },
    ],
    value: (field) => {
      const nulls = ["", ...source.options.nulls].map(text).join(", ");
      return `CASE WHEN ${field} NOT IN (${nulls}) THEN ${field} END`;
    },
  }),
  duckdb: (source, { text }) => {
    const isLine = `regexp_matches(line, ${text(patterns(source).line)})`;
    return {
      from: `read_csv(${text(source.path)}, columns = {'line': 'VARCHAR'}, header = false, delim = '\\x01', quote = '', escape = '', auto_detect = false, filename = true)`,
      value: ({ name }) => fieldOf(source, text, "line", name),
      where: `trim(line) <> '' AND CASE WHEN ${isLine} THEN true ELSE error(filename || ': not key=value: ' || line) IS NULL END`,
    };
  },
  embedded: (source, { text }) => {
    const parts = `string_split(line, ${text(source.options.separator)})`;
    const entries = `list_transform(${parts}, lambda p: {'k': split_part(p, '=', 1), 'v': split_part(p, '=', 2)})`;
    return {
      value: ({ name }) => fieldOf(source, text, "line", name),
      broken: `CASE WHEN NOT regexp_matches(line, ${text(patterns(source).line)}) THEN 'not key=value' END`,
      others: `list_filter(${entries}, lambda e: e.k NOT IN (${names(source, text)}))`,
    };
  },
};

export const keyValue = defineFormat(parts);
