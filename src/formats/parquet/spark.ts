/**
 * Parquet on open-source Spark. Files that have the declared types are read as they are. Of others a view gives each row
 * as JSON, and tells which of the declared columns they have as another family of types: nothing is cast between families.
 */
import { isNested, type SqlType } from "../../types/types.ts";
import type { SourceView } from "../format.ts";
import { fieldsOf, fieldValue } from "../json/spark.ts";
import type { FileOptions } from "../options.ts";
import type { PythonView, SparkReading, SparkSql } from "../readings.ts";
import { FAMILIES, mergedSchema, TYPED } from "./spark-schema.ts";

type Declared = SourceView<FileOptions>["declared"];

export function parquetOnSpark({ declared }: SourceView<FileOptions>, sql: SparkSql): SparkReading {
  const { identifier, text } = sql;
  const names = declared.map((c) => `WHEN ${text(c.name.toLowerCase())} THEN ${text(c.name)}`).join(" ");
  const fields = `transform_keys(${fieldsOf("__row")}, (k, v) -> CASE lower(k) ${names} ELSE k END)`;
  const value = fieldValue(sql);
  return {
    view: (python) => rows(python, declared, sql),
    ctes: (from) => [
      {
        name: "lines",
        sql: `SELECT value AS __row, __typed, __rescued, __misfits, __path, __modified_at\nFROM ${from}`,
      },
      {
        name: "read",
        sql: `SELECT *, CASE WHEN __typed IS NULL THEN ${fields} END AS __fields, CAST(NULL AS STRING) AS __fault\nFROM lines`,
      },
    ],
    value: (field, column) =>
      // The day of a timestamp at midnight.
      column.type.kind === "date"
        ? `regexp_replace(${value(field, column)}, ' 00:00:00[.]0+([+]00)?$', '')`
        : value(field, column),
    fits: (column) => `NOT array_contains(__misfits, ${text(column.name)})`,
    done: { is: "__typed IS NOT NULL", value: (c) => `__typed.${identifier(c.name)}`, rescued: "__rescued" },
    of: "VARIANT",
    isTyped: true,
  };
}

/** The type with which a column is read as it is, as Python: the name that Spark gives it, or None where there is none. */
function exact(type: SqlType, { type: written }: SparkSql, text: PythonView["text"]): string {
  return isNested(type) || type.kind === "variant" ? "None" : text(written(type).toLowerCase().replace(", ", ","));
}

const JSON_ROW =
  "to_json(struct(*), map('ignoreNullFields', 'false', 'timestampFormat', 'yyyy-MM-dd HH:mm:ss.SSSSSSx', 'timestampNTZFormat', 'yyyy-MM-dd HH:mm:ss.SSSSSS')) AS value";

/** The family of a declared type, as Python: a name, a tuple with the families inside, or None for any. */
function family(type: SqlType, text: PythonView["text"]): string {
  switch (type.kind) {
    case "variant":
      return "None";
    case "array":
      return `("array", ${family(type.element, text)})`;
    case "map":
      return `("map", ${family(type.key, text)}, ${family(type.value, text)})`;
    case "struct":
      return `("struct", {${type.fields.map((f) => `${text(f.name)}: ${family(f.type, text)}`).join(", ")}})`;
    case "string":
    case "boolean":
    case "binary":
      return text(type.kind);
    case "date":
    case "timestamp":
    case "timestampNtz":
      return text("time");
    default:
      return text("number");
  }
}

function rows({ reader, options, path, select, text }: PythonView, declared: Declared, sql: SparkSql): string {
  const described = declared.map(
    (c) =>
      `        (${text(c.name)}, ${text(sql.text(c.name))}, ${family(c.type, text)}, ${exact(c.type, sql, text)}),\n`,
  );
  const ddl = declared.map((c) => `${sql.identifier(c.name)} ${sql.type(c.type)}`).join(", ");
  const given = declared.map((c) => `${sql.identifier(c.name)}: ${sql.type(c.type)}`).join(", ");
  return `    path = ${path}
    declared = [
${described.join("")}    ]
    numbers = dict.fromkeys(["byte", "short", "integer", "long", "float", "double", "decimal"], "number")
    times = dict.fromkeys(["date", "timestamp", "timestamp_ntz"], "time")
    plain = ["string", "boolean", "tinyint", "smallint", "int", "bigint", "double"]

${FAMILIES}${mergedSchema(options)}
    misfits = []
    typed = ${text(`CAST(NULL AS STRUCT<${given}>)`)}
    rescued = "CAST(NULL AS STRING)"
    schema, problem = schema_of(path)
    if problem is not None:
        raise RuntimeError(problem)
    if schema is None:
        # There are no files yet.
        schema = ${text(ddl)}
    else:
${TYPED}    return (
        ${reader}.schema(schema)
        ${options}
        .parquet(path)
        ${select(JSON_ROW, `f"CAST(array({', '.join(misfits)}) AS ARRAY<STRING>) AS __misfits"`, `f"{typed} AS __typed"`, `f"{rescued} AS __rescued"`)}
    )
`;
}
