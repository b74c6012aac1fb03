/** Parquet in a DuckDB script. */
import type { SourceView } from "../format.ts";
import type { FileOptions } from "../options.ts";
import type { DuckdbSql, ScriptReading } from "../readings.ts";

export function parquetInScript({ path }: SourceView<FileOptions>, { identifier, text }: DuckdbSql): ScriptReading {
  return {
    from: `read_parquet(${text(path)}, union_by_name = true, filename = true)`,
    value: (column) => identifier(column.name),
    isTyped: true,
  };
}
