/** The types of a Parquet file's columns, as DuckDB reads them. */

import type { DuckDBType, DuckDBTypeId } from "@duckdb/node-api";
import { DuckDBArrayType, DuckDBListType, DuckDBMapType, DuckDBStructType } from "../../../engines/duckdb/driver.ts";

export interface FileType {
  readonly id: DuckDBTypeId;
  /** Of a struct, by their exact names. */
  readonly fields?: ReadonlyMap<string, FileType>;
  /** Of a list. */
  readonly element?: FileType;
  /** Of a map. */
  readonly key?: FileType;
  readonly value?: FileType;
}

export function fileType(type: DuckDBType): FileType {
  const id = type.typeId;
  if (type instanceof DuckDBStructType) {
    return { id, fields: new Map(type.entryNames.map((name, i) => [name, fileType(entryOf(type, i))])) };
  }
  if (type instanceof DuckDBListType || type instanceof DuckDBArrayType) {
    return { id, element: fileType(type.valueType) };
  }
  if (type instanceof DuckDBMapType) return { id, key: fileType(type.keyType), value: fileType(type.valueType) };
  return { id };
}

function entryOf(type: DuckDBStructType, index: number): DuckDBType {
  const entry = type.entryTypes[index];
  if (!entry) throw new RangeError(`a struct has no entry ${index}`);
  return entry;
}
