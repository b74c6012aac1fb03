/** The Python of a file source: a view of its text, since SQL cannot stream files. */

import { pathParts, startsAt } from "../../ast/params.ts";
import type { SourceNode } from "../../ast/relation.ts";
import { fileFormatOf } from "../../formats/format.ts";
import type { PythonView, SparkNativeReading, SparkReading } from "../../formats/readings.ts";
import { sparkIdentifier as id, sparkType } from "../spark-sql/dialect.ts";
import { type FoundBy, foundBy } from "../spark-sql/paths.ts";
import { pythonText as text } from "../spark-sql/python.ts";
import { BASE, CORRUPT, readingOf } from "../spark-sql/source.ts";

/** What a file with views begins with. */
export const PYTHON_HEAD = `from pyspark import pipelines as dp
from pyspark.sql import SparkSession

spark = SparkSession.active()
`;

/** The path as text. It is made here since a row of the view may be a whole file; few paths have codes in them. */
const PATH = `regexp_replace(CASE WHEN contains(_metadata.file_path, '%') THEN url_decode(replace(_metadata.file_path, '+', '%2B')) ELSE _metadata.file_path END, '\\\\Afile:/+', 'file:///')`;

/** A view `name` with the columns `value`, `__path` and `__modified_at`; of Spark's own reader with the declared ones. */
export function sourceView(source: SourceNode, name: string, streaming: boolean): string {
  const files = foundBy(source, "Spark");
  const isFiltered = files.name !== undefined && files.name !== "*";
  const filter = isFiltered ? `.option("pathGlobFilter", ${text(files.name)})` : "";
  const origin = `${text(`${PATH} AS __path`)}, "_metadata.file_modification_time AS __modified_at"`;
  const python: PythonView = {
    reader: streaming ? "spark.readStream" : "spark.read",
    options: `.option("recursiveFileLookup", True)${filter}`,
    path: loaded(files, source),
    select: (value, ...more) => `.selectExpr(${[text(value), ...more, origin].join(", ")})`,
    text,
  };
  const reading = readingOf(source);
  const body = "native" in reading ? nativeBody(python, source, reading) : viewBody(python, source, reading);
  return `@dp.temporary_view(name=${text(name)})\ndef ${pythonName(name)}():\n${body}`;
}

function viewBody(python: PythonView, source: SourceNode, { view }: SparkReading): string {
  return typeof view === "function" ? view(python) : textBody(python, view, decoded(source));
}

/** Spark's own reader: a row that it cannot read has its text in a column of its own. */
function nativeBody(
  { reader, options, path, select }: PythonView,
  { declared }: SourceNode,
  { native }: SparkNativeReading,
): string {
  const schema = [...declared.map((c) => `${id(c.name)} ${sparkType(c.type)}`), `${CORRUPT} STRING`].join(", ");
  const given = { mode: "PERMISSIVE", columnNameOfCorruptRecord: CORRUPT, ...native.options };
  const lines = Object.entries(given).map(([name, value]) => `\n        .option(${text(name)}, ${constant(value)})`);
  return `    return (
        ${reader}.format(${text(native.format)})
        .schema(${text(schema)})${lines.join("")}
        ${options}
        .load(${path})
        ${select("*")}
    )
`;
}

const constant = (value: string | boolean) => (typeof value === "string" ? text(value) : value ? "True" : "False");

function textBody({ reader, options, path, select }: PythonView, view: "lines" | "files", value: string): string {
  const whole = view === "files" ? '\n        .option("wholetext", True)' : "";
  return `    return (
        ${reader}.format("text")${whole}
        ${options}
        .load(${path})
        ${select(value)}
    )
`;
}

/** The text as the reader gives it is the bytes of the file. */
function decoded(source: SourceNode): string {
  const { encoding = "utf-8" } = fileFormatOf(source).traits(source);
  if (encoding === "utf-8") return "value";
  const value = `decode(CAST(value AS BINARY), '${encoding.toUpperCase()}')`;
  return `${encoding.startsWith("utf-16") ? `ltrim('\uFEFF', ${value})` : value} AS value`;
}

/** The path, as an expression of Python. */
function loaded({ path }: FoundBy, source: SourceNode): string {
  // As a pattern: Spark refuses to stream the path of a single Parquet file.
  const pattern = /[*?{]/.test(path) ? path : path.replace(/[^/]+(?=\/?$)/, "{$&}");
  const base = `spark.conf.get(${text(BASE)})`;
  const given = withParams(pattern).join(" + ");
  switch (startsAt(source.path)) {
    case "absolute":
      return given;
    case "relative":
      return `${base} + ${given}`;
    case "parameter":
      return `(lambda path: path if ${IS_ABSOLUTE} else ${base} + path)(${given})`;
  }
}

/** As `startsAt()`, of the value of a parameter. A pattern may be in braces. */
const IS_ABSOLUTE = `path.lstrip("{").startswith("/") or ":" in path.split("/")[0]`;

/** `${name}` is the setting of that name, as it is written in SQL: between quotes. */
function withParams(path: string): readonly string[] {
  return pathParts(path).map((part) =>
    part.param === undefined ? text(part.text) : `spark.conf.get(${text(part.param)}).replace("\\\\'", "'")`,
  );
}

/** A function's name: whatever is not a letter of a name becomes `_`. */
function pythonName(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, "_").replace(/^(?=[0-9])/, "_");
}
