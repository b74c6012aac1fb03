/** Parquet in a DuckDB script: the files have the declared types, or it stops. */
import type { ColumnFacts } from "../../ast/relation.ts";
import { isInteger, isNested, type SqlType } from "../../types/types.ts";
import type { SourceView } from "../format.ts";
import type { FileOptions } from "../options.ts";
import { type DuckdbSql, FILE_COLUMN, type ScriptReading } from "../readings.ts";

export function parquetInScript({ path, declared }: SourceView<FileOptions>, sql: DuckdbSql): ScriptReading {
  const { identifier, text } = sql;
  const where = hasDeclaredTypes(path, declared, sql);
  return {
    from: `read_parquet(${text(path)}, union_by_name = true, filename = '${FILE_COLUMN}', hive_partitioning = false)`,
    file: FILE_COLUMN,
    value: (column) => identifier(column.name),
    isTyped: true,
    ...(where !== undefined && { where }),
  };
}

const WHOLE = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"];
const TIMES = ["TIMESTAMP", "TIMESTAMP WITH TIME ZONE"];

/** The types of a file that DuckDB's union of all files and its casts read as the engine does. */
function alike(type: SqlType, { type: written }: DuckdbSql): readonly string[] {
  if (isInteger(type)) return WHOLE;
  if (type.kind === "timestamp" || type.kind === "timestampNtz") return TIMES;
  return type.kind === "double" ? [...WHOLE, "FLOAT", "DOUBLE"] : [written(type).replace(", ", ",")];
}

/** Of files of several types DuckDB reads the widest: a BIGINT alongside a DOUBLE loses digits, a number alongside a text becomes a text. */
function hasDeclaredTypes(path: string, declared: readonly ColumnFacts[], sql: DuckdbSql): string | undefined {
  const { text } = sql;
  const scalars = declared.filter(({ type }) => !isNested(type) && type.kind !== "variant");
  if (scalars.length === 0) return undefined;
  const other = scalars.map(({ name, type }) => {
    const types = alike(type, sql).map(text).join(", ");
    return `lower(path_in_schema) = ${text(name.toLowerCase())} AND duckdb_type NOT IN (${types})`;
  });
  const message = `file_name || ': ' || path_in_schema || ' is ' || duckdb_type || ${text(", which is not its declared type; medallion run reads each file by its own types")}`;
  // Of the schema those that hold values, in their order, are the columns of the metadata, which have paths.
  const holding = `SELECT file_name, duckdb_type, row_number() OVER (PARTITION BY file_name ORDER BY column_id) - 1 AS column_id FROM parquet_schema(${text(path)}) WHERE type IS NOT NULL`;
  const paths = `SELECT DISTINCT file_name, column_id, path_in_schema FROM parquet_metadata(${text(path)})`;
  return `(
  SELECT count(CASE WHEN ${other.join(" OR ")} THEN error(${message}) END)
  FROM (${holding}) INNER JOIN (${paths}) USING (file_name, column_id)
) = 0`;
}
