/** The Python of a file source: a view of its text, since SQL cannot stream files. */

import type { SourceNode } from "../../ast/relation.ts";
import { isParamName } from "../../builder/expr/param-node.ts";
import { CompileError } from "../../core/errors.ts";
import { fileFormatOf } from "../../formats/format.ts";
import type { PythonView } from "../../formats/readings.ts";
import { BASE, readingOf } from "./source.ts";

/** What a file with views begins with. */
export const PYTHON_HEAD = `from pyspark import pipelines as dp
from pyspark.sql import SparkSession

spark = SparkSession.active()
`;

/** A view `name` with the columns `value`, `__path` and `__modified_at`. */
export function sourceView(source: SourceNode, name: string, streaming: boolean): string {
  const path = pathOf(source);
  const filter = path.filter === undefined ? "" : `\n        .option("pathGlobFilter", ${text(path.filter)})`;
  const origin = `"_metadata.file_path AS __path", "_metadata.file_modification_time AS __modified_at"`;
  const python: PythonView = {
    reader: streaming ? "spark.readStream" : "spark.read",
    options: `.option("recursiveFileLookup", True)${filter}`,
    path: path.python,
    select: (value, ...more) => `.selectExpr(${[text(value), ...more, origin].join(", ")})`,
    text,
  };
  const { view } = readingOf(source);
  const body = typeof view === "function" ? view(python) : textBody(python, view, decoded(source));
  return `@dp.temporary_view(name=${text(name)})\ndef ${pythonName(name)}():\n${body}`;
}

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

interface PythonPath {
  /** The expression of what is loaded. */
  readonly python: string;
  /** Files below it of this name, in any folder. */
  readonly filter?: string;
}

/** A path as Spark takes it. `**` is not a word of Hadoop: the files below are found by their name. */
function pathOf({ path, at }: SourceNode): PythonPath {
  const deep = /^(.*?)\/?\*\*(?:\/([^/]*))?$/s.exec(path.replace(/^\*\*/, "./**"));
  const [folder, filter] = deep ? [deep[1] ?? "", deep[2]] : [path, undefined];
  if (folder.includes("**") || (path.includes("**") && !deep)) {
    throw new CompileError({
      code: "TARGET005",
      message: `Spark does not find files by ${JSON.stringify(path)}: ** can stand before the last name only`,
      help: 'say "folder/**/name"',
      location: at,
    });
  }
  // As a pattern: Spark refuses to stream the path of a single Parquet file.
  const loaded = /[*?{]/.test(folder) ? hadoop(folder) : hadoop(folder).replace(/[^/]+(?=\/?$)/, "{$&}");
  const parts = [...(isRelative(path) ? [`spark.conf.get(${text(BASE)})`] : []), ...withParams(loaded)];
  return { python: parts.join(" + "), ...(filter !== undefined && filter !== "*" && { filter: hadoop(filter) }) };
}

const isRelative = (path: string) => !path.startsWith("/") && !/^[a-z][a-z0-9+.-]*:/i.test(path);

/** Brackets stand for themselves in our patterns. */
const hadoop = (pattern: string) => pattern.replace(/[[\]\\]/g, "\\$&");

/** `${name}` is the setting of that name, as it is written in SQL: between quotes. */
function withParams(path: string): readonly string[] {
  return path
    .split(/(\$\{[^}]*\})/)
    .filter((part) => part !== "")
    .map((part) => {
      const name = part.slice(2, -1);
      if (!part.startsWith("${") || !isParamName(name)) return text(part);
      return `spark.conf.get(${text(name)}).replace("\\\\'", "'")`;
    });
}

/** A constant of Python. What JSON escapes, Python reads alike. */
const text = (value: string) => JSON.stringify(value);

/** A function's name: whatever is no letter of a name becomes `_`. */
function pythonName(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, "_").replace(/^(?=[0-9])/, "_");
}
