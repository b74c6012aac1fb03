/** Parquet: columns by name, cast where the file's type is another one of the same family. */
import { duckdbType, duckdbIdentifier as identifier, duckdbText as text } from "../../compile/duckdb.ts";
import type { SourceNode } from "../../relation/nodes.ts";
import { isInteger, isNumeric, type SqlType } from "../../schema/types.ts";
import type { Session } from "../session.ts";
import { type ColumnReading, type Input, pathList, type Reading } from "./statement.ts";
import { columnExtras } from "./undeclared.ts";
import { isNested, readJson, readText } from "./values.ts";

const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL)/;
const FRACTIONAL = /^(FLOAT|DOUBLE|DECIMAL)/;
const TEMPORAL = /^(DATE|TIMESTAMP)/;
const NESTED = /(\]|^STRUCT\(.*\)|^MAP\(.*\))$/s;

interface FileColumn {
  readonly name: string;
  readonly type: string;
  /** Its name inside the statement. */
  readonly as: string;
}

export async function readParquet(session: Session, source: SourceNode, inputs: readonly Input[]): Promise<Reading> {
  const reader = `read_parquet(${pathList(inputs)}, union_by_name = true, filename = '__file', hive_partitioning = false)`;
  const described = await session.rows(`DESCRIBE SELECT * EXCLUDE (__file) FROM ${reader}`);
  const inFile: FileColumn[] = described.map((row, i) => {
    return { name: String(row["column_name"]), type: String(row["column_type"]), as: `c${i}` };
  });
  const byName = new Map(inFile.map((column) => [column.name.toLowerCase(), column]));
  const columns = source.declared.map((facts): ColumnReading => {
    const column = byName.get(facts.name.toLowerCase());
    if (!column) return { facts, raw: "CAST(NULL AS VARCHAR)", read: (x) => readText(x, facts.type) };
    return {
      facts,
      raw: column.as,
      shown: asText(column),
      read: readColumn(column, facts.type),
      rescue: asJson(column),
    };
  });
  const declared = new Set(source.declared.map((c) => c.name.toLowerCase()));
  const extra = inFile.filter((column) => !declared.has(column.name.toLowerCase()));
  const object = (some: readonly FileColumn[]) =>
    `json_object(${some.map((column) => `${text(column.name)}, ${asJson(column)}`).join(", ")})`;
  const extras = columnExtras(
    extra.map((column) => ({ name: column.name, json: asJson(column) })),
    [],
  );
  const renamed = inFile.map((column) => `${identifier(column.name)} AS ${column.as}`);
  return {
    from: `(SELECT ${[...renamed, "__file"].join(", ")} FROM ${reader})`,
    columns,
    row: `${object(inFile)}::VARCHAR`,
    ...(extras && { extras }),
  };
}

function asJson({ as, type }: FileColumn): string {
  return type === "BLOB" ? `to_base64(${as})` : `to_json(${as})`;
}

function asText({ as, type }: FileColumn): string {
  if (type === "BLOB") return `to_base64(${as})`;
  return NESTED.test(type) ? `to_json(${as})::VARCHAR` : `${as}::VARCHAR`;
}

/** The cast from the file's type. Other families do not read: a number is no date. */
function readColumn({ type: from }: FileColumn, to: SqlType): (x: string) => string {
  const target = duckdbType(to);
  const cast = (x: string) => `TRY_CAST(${x} AS ${target})`;
  const never = () => `CAST(NULL AS ${target})`;
  if (from === target || from === target.replaceAll(", ", ",")) return (x) => x;
  if (to.kind === "timestamp" && from === "TIMESTAMP WITH TIME ZONE") return (x) => x;
  if (to.kind === "variant") return (x) => `to_json(${x})`;
  if (to.kind === "string") {
    if (from === "BLOB") return (x) => `TRY(decode(${x}))`;
    return NESTED.test(from) ? (x) => `to_json(${x})::VARCHAR` : (x) => `${x}::VARCHAR`;
  }
  if (from === "VARCHAR" || from === "JSON" || from.startsWith("ENUM")) {
    if (isNested(to)) return (x) => readText(`${x}::VARCHAR`, to);
    return from === "VARCHAR" ? (x) => readText(x, to) : (x) => readText(`(${x}::VARCHAR)`, to);
  }
  if (isNested(to)) return NESTED.test(from) ? (x) => readJson(`to_json(${x})`, to) : never;
  if (isNumeric(to)) {
    if (!NUMERIC.test(from)) return never;
    return isInteger(to) && FRACTIONAL.test(from) ? (x) => `CASE WHEN ${x} = trunc(${x}) THEN ${cast(x)} END` : cast;
  }
  if (!TEMPORAL.test(from)) return never;
  if (to.kind === "timestamp" || to.kind === "timestampNtz") {
    return from === "TIMESTAMP_NS" ? (x) => cast(`${x}::TIMESTAMP`) : cast;
  }
  return to.kind === "date" ? (x) => `CASE WHEN ${cast(x)}::TIMESTAMP = ${x}::TIMESTAMP THEN ${cast(x)} END` : never;
}
