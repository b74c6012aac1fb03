/**
 * CSV as SQL over whole files. Spark's own reader goes by the position of the columns, keeps nothing of what is not
 * declared and nulls what is broken; here the header of each file names the columns, and a line of another number of
 * values is set aside. So a file is read by one task.
 */
import type { SourceNode } from "../../relation/nodes.ts";
import { sparkText as text } from "../spark.ts";

const QUOTED = `"[^"]*+(?:""[^"]*+)*+"`;

/** A character in a pattern. */
const escaped = (char: string) => char.replace(/[\\^$.|?*+()[\]{}-]/g, "\\$&");

function patterns(delimiter: string) {
  const d = escaped(delimiter);
  const value = `(?:${QUOTED}[^${d}\\r\\n]*+|[^${d}\\r\\n]*+)`;
  return {
    /** A line with its end; a quoted value may go over several. */
    record: `${value}(?:${d}${value})*+(?:\\r\\n|\\n|\\r|\\z)`,
    /** A value, after a delimiter. */
    value: `${d}(${value})`,
  };
}

/** CTEs that end in `read`: rows with `__fields` (null where the line is broken), `__fault` and `__row`. */
export function csvRows(source: SourceNode, from: string): readonly (readonly [name: string, sql: string])[] {
  const { delimiter = ",", header, nullValues = [] } = source.options;
  const pattern = patterns(delimiter);
  const nulls = ["", ...nullValues.filter((value) => value !== "")];
  const isNull = nulls.length === 1 ? "v = ''" : `v IN (${nulls.map(text).join(", ")})`;
  const values = (record: string) =>
    `regexp_extract_all(concat(${text(delimiter)}, rtrim('\\r\\n', ${record})), ${text(pattern.value)}, 1)`;
  const unquoted = (v: string) =>
    `CASE WHEN ${v} LIKE '"%' THEN replace(regexp_extract(${v}, '\\\\A"(.*)" *\\\\z', 1), '""', '"') ELSE ${v} END`;
  const named = header !== false;
  return [
    [
      "files",
      `SELECT
  regexp_extract_all(regexp_replace(value, '\\\\A\\uFEFF', ''), ${text(pattern.record)}, 0) AS __records,
  file_path,
  file_modification_time
FROM ${from}`,
    ],
    named
      ? [
          "headed",
          `SELECT
  *,
  array_position(transform(__records, r -> r RLIKE '[^\\\\r\\\\n]'), true) AS __header
FROM files`,
        ]
      : ["headed", "SELECT *, CAST(0 AS BIGINT) AS __header\nFROM files"],
    [
      "lines",
      `SELECT
  posexplode(__records) AS (__line, __text),
  ${named ? `transform(${values("get(__records, CAST(__header AS INT) - 1)")}, (v, i) -> ${columnName(source, unquoted("v"))})` : `array(${source.declared.map((c) => text(c.name)).join(", ")})`} AS __names,
  __header,
  file_path,
  file_modification_time
FROM headed`,
    ],
    [
      "split",
      `SELECT
  *,
  ${values("__text")} AS __values
FROM lines
WHERE __line >= __header AND __text RLIKE '[^\\\\r\\\\n]'`,
    ],
    [
      "judged",
      `SELECT
  *,
  CASE
    WHEN exists(__values, v -> v LIKE '"%' AND NOT v RLIKE ${text(`\\A${QUOTED}`)}) THEN concat('line ', __line + 1, ' has a quote that is never closed')
    WHEN exists(__values, v -> v LIKE '"%' AND NOT v RLIKE ${text(`\\A${QUOTED} *\\z`)}) THEN concat('line ', __line + 1, ' has a quote in the wrong place')
    WHEN size(__values) <> size(__names) THEN concat('line ', __line + 1, ' has ', size(__values), CASE size(__values) WHEN 1 THEN ' value, ' ELSE ' values, ' END, size(__names), ' expected')
  END AS __fault
FROM split`,
    ],
    [
      "named",
      `SELECT
  *,
  CASE WHEN __fault IS NULL THEN map_from_entries(array_compact(transform(
    __names,
    (n, i) -> CASE WHEN array_position(__names, n) = i + 1 THEN struct(n, transform(__values, v -> CASE WHEN NOT ${isNull} THEN ${unquoted("v")} END)[i]) END
  ))) END AS __fields
FROM judged`,
    ],
    [
      "read",
      `SELECT
  __fields,
  __fault,
  coalesce(to_json(__fields), rtrim('\\r\\n', __text)) AS __row,
  file_path,
  file_modification_time
FROM named`,
    ],
  ];
}

/** A column of the header as it is declared, in any case; one without a name gets the one that Spark gives it. */
function columnName(source: SourceNode, name: string): string {
  const cases = source.declared.map((c) => `WHEN ${text(c.name.toLowerCase())} THEN ${text(c.name)}`);
  return `CASE lower(trim(${name})) ${cases.join(" ")} WHEN '' THEN concat('_c', i) ELSE trim(${name}) END`;
}
