/**
 * CSV as SQL over whole files. Spark's own reader goes by the position of the columns, keeps nothing of what is not
 * declared and nulls what is broken; here the header of each file names the columns, and a line of another number of
 * values is quarantined. So a file is read by one task. A quoted value of several lines counts as one line of its file.
 */
import type { SourceView } from "../format.ts";
import { notNullText, nullTexts, withoutNullTexts } from "../options.ts";
import type { Cte, SparkReading, SparkSql } from "../readings.ts";
import type { CsvOptions } from "./options.ts";

const QUOTED = `"[^"]*+(?:""[^"]*+)*+"`;

/** A character in a pattern. */
const escaped = (char: string) => char.replace(/[\\^$.|?*+()[\]{}-]/g, "\\$&");

function patterns(delimiter: string) {
  const d = escaped(delimiter);
  // Blanks may stand before a quote.
  const value = `(?: *+${QUOTED}[^${d}\\r\\n]*+|[^${d}\\r\\n]*+)`;
  return {
    /** A line with its end; a quoted value may go over several. */
    record: `${value}(?:${d}${value})*+(?:\\r\\n|\\n|\\r|\\z)`,
    /** A value, after a delimiter. */
    value: `${d}(${value})`,
  };
}

type Text = SparkSql["text"];

export function csvOnSpark(source: SourceView<CsvOptions>, sql: SparkSql): SparkReading {
  const { options } = source;
  const isText = notNullText("__value", options, sql.text);
  return {
    view: "files",
    ctes: (from) => csvRows(source, from, sql.text),
    value: (field, column) => {
      const value = withoutNullTexts(field, options, sql.text);
      return sql.isJson(column) ? sql.readText(value, { kind: "variant" }) : value;
    },
    such: `__value IS NOT NULL${isText === undefined ? "" : ` AND ${isText}`}`,
  };
}

/** `__fields` are null where the line is broken. */
function csvRows({ declared, options }: SourceView<CsvOptions>, from: string, text: Text): readonly Cte[] {
  const { delimiter, header } = options;
  const pattern = patterns(delimiter);
  const nulls = ["", ...nullTexts(options)];
  const isNull = nulls.length === 1 ? "v = ''" : `v IN (${nulls.map(text).join(", ")})`;
  const values = (record: string) =>
    `regexp_extract_all(concat(${text(delimiter)}, rtrim('\\r\\n', ${record})), ${text(pattern.value)}, 1)`;
  const records = `regexp_extract_all(regexp_replace(value, '\\\\A\\uFEFF', ''), ${text(pattern.record)}, 0)`;
  const columns = declared.map((c) => text(c.name)).join(", ");
  const origin = "  __path,\n  __modified_at";
  return [
    ["files", `SELECT\n  ${records} AS __records,\n${origin}\nFROM ${from}`],
    ...(!header
      ? [["named", `SELECT\n  *,\n  0 AS __header,\n  array(${columns}) AS __names\nFROM files`] as const]
      : [
          [
            "headed",
            `SELECT
  *,
  CAST(array_position(transform(__records, r -> r RLIKE '[^\\\\r\\\\n]'), true) AS INT) AS __header
FROM files`,
          ] as const,
          [
            "named",
            `SELECT
  *,
  transform(
    ${values("get(__records, __header - 1)")},
    (v, i) -> coalesce(nullif(trim(${unquoted("v")}), ''), concat('_c', i))
  ) AS __names
FROM headed`,
          ] as const,
        ]),
    [
      "declared",
      `SELECT
  *,
  transform(__names, n -> ${declaredName(declared, text)}) AS __columns
FROM named`,
    ],
    [
      "lines",
      `SELECT
  posexplode(__records) AS (__line, __text),
  __header,
  __names,
  __columns,
${origin}
FROM declared`,
    ],
    [
      "split",
      `SELECT
  *,
  ${values("__text")} AS __values
FROM lines
WHERE __line >= __header AND __text RLIKE '[^\\\\r\\\\n]'`,
    ],
    ["judged", `SELECT\n  *,\n  ${fault(text)} AS __fault\nFROM split`],
    [
      "unquoted",
      `SELECT
  *,
  transform(__values, v -> CASE WHEN NOT ${isNull} THEN ${unquoted("v")} END) AS __texts
FROM judged`,
    ],
    [
      "read",
      `SELECT
  CASE WHEN __fault IS NULL THEN ${mapOf("__columns")} END AS __fields,
  __fault,
  CASE WHEN __fault IS NULL THEN to_json(${mapOf("__names")}) ELSE rtrim('\\r\\n', __text) END AS __row,
${origin}
FROM unquoted`,
    ],
  ];
}

function unquoted(v: string): string {
  const inside = `regexp_extract(${v}, '(?s)\\\\A *"(.*)" *\\\\z', 1)`;
  return `CASE WHEN ltrim(${v}) LIKE '"%' THEN replace(${inside}, '""', '"') ELSE ${v} END`;
}

/** What is wrong with a line, in the words of the embedded engine. */
function fault(text: Text): string {
  const line = "concat('line ', __line + 1, ";
  const some = (pattern: string) => `exists(__values, v -> ltrim(v) LIKE '"%' AND NOT v RLIKE ${text(pattern)})`;
  return `CASE
    WHEN ${some(`\\A *${QUOTED}`)} THEN ${line}' has a quote that is never closed')
    WHEN ${some(`\\A *${QUOTED} *\\z`)} THEN ${line}' has a quote in the wrong place')
    WHEN size(__values) <> size(__names) THEN ${line}' has ', size(__values), CASE size(__values) WHEN 1 THEN ' value, ' ELSE ' values, ' END, size(__names), ' expected')
  END`;
}

/** The values of a line by their names. Of a name that comes twice the first one counts. */
function mapOf(names: string): string {
  const entry = `CASE WHEN array_position(${names}, n) = i + 1 THEN struct(n, get(__texts, i)) END`;
  return `map_from_entries(array_compact(transform(${names}, (n, i) -> ${entry})))`;
}

/** A column of the file under the name that it is declared by: in any case, unless another one has that very name. */
function declaredName(declared: SourceView<CsvOptions>["declared"], text: Text): string {
  const cases = declared.map((c) => {
    const name = text(c.name);
    return `WHEN ${text(c.name.toLowerCase())} THEN if(array_contains(__names, ${name}), n, ${name})`;
  });
  return `CASE lower(n) ${cases.join(" ")} ELSE n END`;
}
