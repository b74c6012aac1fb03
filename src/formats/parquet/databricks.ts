/** Parquet by `read_files`, which rescues what does not fit by itself. */
import type { SourceView } from "../format.ts";
import type { FileOptions } from "../options.ts";
import type { DatabricksReading, SparkSql } from "../readings.ts";

export function parquetOnDatabricks(_: SourceView<FileOptions>, sql: SparkSql): DatabricksReading {
  return {
    format: "parquet",
    options: ["readerCaseSensitive => false"],
    type: (column) => sql.type(column.type),
    value: (column) => sql.identifier(column.name),
    isTyped: true,
    others: { of: "VARIANT" },
  };
}
