/** CSV in a DuckDB script: its reader goes by the position of the columns. */
import type { SourceView } from "../format.ts";
import type { DuckdbSql, ScriptReading } from "../readings.ts";
import type { CsvOptions } from "./options.ts";

export function csvInScript({ path, declared, options }: SourceView<CsvOptions>, sql: DuckdbSql): ScriptReading {
  const { identifier, text } = sql;
  const { header, delimiter, nullValues } = options;
  const columns = declared.map((c) => `${text(c.name)}: ${text(sql.isJson(c) ? sql.type(c.type) : "VARCHAR")}`);
  const nulls = [...new Set(["", ...nullValues])].map(text).join(", ");
  return {
    from: `read_csv(${text(path)}, columns = {${columns.join(", ")}}, filename = true, header = ${header}, delim = ${text(delimiter)}, quote = '"', escape = '"', nullstr = [${nulls}], auto_detect = false)`,
    value: (column) => identifier(column.name),
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

/** The first line of each file has to name the declared columns in their order. */
function namesColumns(
  path: string,
  names: readonly string[],
  delimiter: string,
  text: (value: string) => string,
): string {
  const expected = names.join(delimiter);
  const first = `lower(replace(regexp_extract(content, '\\A\\x{FEFF}?([^\\r\\n]*)', 1), '"', ''))`;
  const message = `filename || ${text(`: the first line does not name the columns ${expected}; medallion run reads columns by name`)}`;
  return `(
  SELECT count(CASE WHEN ${first} <> ${text(expected)} THEN error(${message}) END)
  FROM read_text(${text(path)})
  WHERE content <> ''
) = 0`;
}
