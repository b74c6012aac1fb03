/** The readers of the formats on open-source Spark. */
import type { SourceNode } from "../../ast/relation.ts";
import { csv } from "../../formats/csv/csv.ts";
import { csvOnSpark } from "../../formats/csv/spark.ts";
import { fileFormatOf } from "../../formats/format.ts";
import type { Lacking } from "../../formats/formats.ts";
import { json } from "../../formats/json/json.ts";
import { jsonOnSpark } from "../../formats/json/spark.ts";
import { parquet } from "../../formats/parquet/parquet.ts";
import { parquetOnSpark } from "../../formats/parquet/spark.ts";
import type { SparkNativeReading, SparkReading, SparkSql } from "../../formats/readings.ts";

type Reading = SparkReading | SparkNativeReading;
type BuiltIn = Lacking<"spark">;

const READERS = {
  csv: (source, sql) => csvOnSpark(csv.view(source), sql),
  json: (source, sql) => jsonOnSpark(json.view(source), sql),
  parquet: (source, sql) => parquetOnSpark(parquet.view(source), sql),
} as const satisfies Readonly<Record<BuiltIn, (source: SourceNode, sql: SparkSql) => Reading>>;

function hasReader(name: string): name is BuiltIn {
  return Object.hasOwn(READERS, name);
}

/** How a source is read: as its format says, or as the reader of a built-in one does. */
export function sparkReading(source: SourceNode, sql: SparkSql): Reading {
  const format = fileFormatOf(source);
  if (format.spark) return format.spark(source, sql);
  if (hasReader(format.name)) return READERS[format.name](source, sql);
  throw new TypeError(`the format ${format.name} has no reader on Spark`);
}
