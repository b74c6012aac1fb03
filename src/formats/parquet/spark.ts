/**
 * Parquet on open-source Spark: a view gives each row as JSON, with all columns that the files have together. It also
 * tells which of the declared columns they have as another family of types: nothing is cast between families.
 */
import type { SqlType } from "../../types/types.ts";
import type { SourceView } from "../format.ts";
import { fieldsOf, fieldValue } from "../json/spark.ts";
import type { FileOptions } from "../options.ts";
import type { PythonView, SparkReading, SparkSql } from "../readings.ts";

type Declared = SourceView<FileOptions>["declared"];

export function parquetOnSpark({ declared }: SourceView<FileOptions>, sql: SparkSql): SparkReading {
  const { text } = sql;
  const names = declared.map((c) => `WHEN ${text(c.name.toLowerCase())} THEN ${text(c.name)}`).join(" ");
  const fields = `transform_keys(${fieldsOf("__row")}, (k, v) -> CASE lower(k) ${names} ELSE k END)`;
  const value = fieldValue(sql);
  return {
    view: (python) => rows(python, declared, sql),
    ctes: (from) => [
      ["lines", `SELECT value AS __row, __misfits, __path, __modified_at\nFROM ${from}`],
      ["read", `SELECT *, ${fields} AS __fields, CAST(NULL AS STRING) AS __fault\nFROM lines`],
    ],
    value: (field, column) =>
      // The day of a timestamp at midnight.
      column.type.kind === "date"
        ? `regexp_replace(${value(field, column)}, ' 00:00:00[.]0+([+]00)?$', '')`
        : value(field, column),
    fits: (column) => `NOT array_contains(__misfits, ${text(column.name)})`,
    of: "VARIANT",
    isTyped: true,
  };
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
  const families = declared.map(
    (c) => `        (${text(c.name)}, ${text(sql.text(c.name))}, ${family(c.type, text)}),\n`,
  );
  const ddl = declared.map((c) => `${sql.identifier(c.name)} ${sql.type(c.type)}`).join(", ");
  return `    from pyspark.errors import AnalysisException

    path = ${path}
    declared = [
${families.join("")}    ]
    numbers = dict.fromkeys(["byte", "short", "integer", "long", "float", "double", "decimal"], "number")
    times = dict.fromkeys(["date", "timestamp", "timestamp_ntz"], "time")

    def fits(found, family):
        name = found.typeName()
        if family is None or isinstance(family, str):
            return family is None or (numbers | times).get(name, name) == family
        if name != family[0]:
            return False
        if name == "array":
            return fits(found.elementType, family[1])
        if name == "map":
            return fits(found.keyType, family[1]) and fits(found.valueType, family[2])
        return all(fits(part.dataType, family[1][part.name]) for part in found if part.name in family[1])

    misfits = []
    try:
        # All columns of the files, so that those that are not declared are rescued.
        files = spark.newSession().read.option("mergeSchema", True)
        schema = files${options}.parquet(path).schema
        found = {column.name.lower(): column.dataType for column in schema}
        misfits = [sql for name, sql, family in declared if name.lower() in found and not fits(found[name.lower()], family)]
    except AnalysisException as error:
        if error.getCondition() not in ("PATH_NOT_FOUND", "UNABLE_TO_INFER_SCHEMA"):
            raise
        # There are no files yet.
        schema = ${text(ddl)}
    return (
        ${reader}.schema(schema)
        ${options}
        .parquet(path)
        ${select(JSON_ROW, `f"CAST(array({', '.join(misfits)}) AS ARRAY<STRING>) AS __misfits"`)}
    )
`;
}
