/** CSV in a DuckDB script: its reader goes by the position of the columns. */
import type { ColumnFacts } from "../../ast/relation.ts";
import type { SourceView } from "../format.ts";
import { withoutNullTexts } from "../options.ts";
import { type DuckdbSql, FILE_COLUMN, type ScriptReading } from "../readings.ts";
import type { CsvOptions } from "./options.ts";

export function csvInScript({ path, declared, options }: SourceView<CsvOptions>, sql: DuckdbSql): ScriptReading {
  const { identifier, text } = sql;
  const { header, delimiter } = options;
  const columns = declared.map((c) => `${text(c.name)}: 'VARCHAR'`);
  return {
    from: `read_csv(${text(path)}, columns = {${columns.join(", ")}}, filename = '${FILE_COLUMN}', hive_partitioning = false, header = ${header}, delim = ${text(delimiter)}, quote = '"', escape = '"', nullstr = [''], allow_quoted_nulls = false, auto_detect = false)`,
    file: FILE_COLUMN,
    value: (column) => {
      const value = withoutNullTexts(identifier(column.name), options, text);
      return sql.isJson(column) ? fromJson(value, column, sql) : value;
    },
    ...(header && {
      where: namesColumns(
        path,
        declared.map((c) => c.name.toLowerCase()),
        delimiter,
        text,
      ),
    }),
  };
}

/** A text that is not JSON is a VARIANT of that text. */
function fromJson(value: string, { type }: ColumnFacts, sql: DuckdbSql): string {
  const json = `CASE WHEN json_valid(${value}) THEN CAST(${value} AS JSON)`;
  return type.kind === "variant" ? `${json} ELSE to_json(${value}) END` : `TRY_CAST(${json} END AS ${sql.type(type)})`;
}

/** How much of a line is shown that is not a header of the declared columns. */
const SHOWN = 200;

/** The first line of each file has to name the declared columns in their order. */
function namesColumns(
  path: string,
  names: readonly string[],
  delimiter: string,
  text: (value: string) => string,
): string {
  const expected = names.join(delimiter);
  const line = `replace(regexp_extract(content, '\\A\\x{FEFF}?([^\\r\\n]*)', 1), '"', '')`;
  const first = `lower(${line})`;
  const message = `filename || ': the first line, ' || left(${line}, ${SHOWN}) || ${text(`, does not name the columns ${expected}; medallion run reads columns by name`)}`;
  return `(
  SELECT count(CASE WHEN ${first} <> ${text(expected)} THEN error(${message}) END)
  FROM read_text(${text(path)})
  WHERE content <> ''
) = 0`;
}
