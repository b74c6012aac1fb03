/** JSON in a DuckDB script. */

import { report } from "../../core/refusals.ts";
import { refusal } from "../../diagnostics/mistake.ts";
import type { SourceView } from "../format.ts";
import { type DuckdbSql, FILE_COLUMN, type ScriptReading } from "../readings.ts";
import type { JsonOptions } from "./options.ts";

export function jsonInScript(source: SourceView<JsonOptions>, sql: DuckdbSql): ScriptReading {
  const { path, declared, options } = source;
  const { identifier, text } = sql;
  for (const column of declared) refuseInexact(source, column);
  const columns = declared.map((c) => `${text(c.name)}: ${text(sql.isJson(c) ? sql.type(c.type) : "VARCHAR")}`);
  const format = options.layout === "array" ? "array" : "newline_delimited";
  return {
    from: `read_json(${text(path)}, columns = {${columns.join(", ")}}, filename = '${FILE_COLUMN}', hive_partitioning = false, format = '${format}')`,
    file: FILE_COLUMN,
    value: (column) => identifier(column.name),
  };
}

/** DuckDB's JSON holds a fraction as a double: the digits of a longer one would be others than in the file. */
function refuseInexact(
  { at }: SourceView<JsonOptions>,
  { name, type }: SourceView<JsonOptions>["declared"][number],
): void {
  if (type.kind !== "decimal" || type.precision <= 15 || type.scale === 0) return;
  report(
    refusal({
      code: "TARGET005",
      message: `a DuckDB script cannot read the digits of "${name}", a decimal(${type.precision}, ${type.scale}) in JSON`,
      help: "run the pipeline with medallion run, or declare at most 15 digits",
      location: at,
      column: name,
    }),
  );
}
