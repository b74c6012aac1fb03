/** Parquet on open-source Spark: a view gives each row as JSON, with all columns that the files have together. */
import type { SourceView } from "../format.ts";
import { fieldsOf, fieldValue } from "../json/spark.ts";
import type { FileOptions } from "../options.ts";
import type { PythonView, SparkReading, SparkSql } from "../readings.ts";

export function parquetOnSpark({ declared }: SourceView<FileOptions>, sql: SparkSql): SparkReading {
  const { identifier: id, text } = sql;
  const names = declared.map((c) => `WHEN ${text(c.name.toLowerCase())} THEN ${text(c.name)}`).join(" ");
  const fields = `transform_keys(${fieldsOf("__row")}, (k, v) -> CASE lower(k) ${names} ELSE k END)`;
  const schema = declared.map((c) => `${id(c.name)} ${sql.type(c.type)}`).join(", ");
  return {
    view: (python) => rows(python, schema),
    ctes: (from) => [
      ["lines", `SELECT value AS __row, __path, __modified_at\nFROM ${from}`],
      ["read", `SELECT *, ${fields} AS __fields, CAST(NULL AS STRING) AS __fault\nFROM lines`],
    ],
    value: fieldValue(sql),
    such: "NOT is_variant_null(__value)",
  };
}

const JSON_ROW =
  "to_json(struct(*), map('ignoreNullFields', 'false', 'timestampFormat', 'yyyy-MM-dd HH:mm:ss.SSSSSSx')) AS value";

function rows({ reader, options, path, select, text }: PythonView, declared: string): string {
  return `    path = ${path}
    try:
        # All columns of the files, so that those that are not declared are rescued.
        files = spark.newSession().read.option("mergeSchema", True)
        schema = files${options}.parquet(path).schema
    except AnalysisException:
        # There are no files yet.
        schema = ${text(declared)}
    return (
        ${reader}.schema(schema)
        ${options}
        .parquet(path)
        ${select(JSON_ROW)}
    )
`;
}
