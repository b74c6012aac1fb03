/** DuckDB as the embedded engine sets it up, asked in the same way as Spark. */
import {
  DuckDBArrayType,
  type DuckDBConnection,
  DuckDBDecimalType,
  DuckDBInstance,
  DuckDBListType,
  DuckDBMapType,
  DuckDBStructType,
  type DuckDBType,
} from "@duckdb/node-api";
import { duckdbType } from "../../src/targets/duckdb/dialect.ts";
import { createMacro, MACROS } from "../../src/targets/duckdb/macros/index.ts";
import type { SqlType } from "../../src/types/types.ts";
import { type Canonical, fromDuck } from "./canonical.ts";
import { type Engine, EngineError, type Result, type ViewColumn } from "./engines.ts";

/** A database in memory with the project's macros. */
export async function duckSession(): Promise<Engine> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  for (const macro of MACROS) await connection.run(createMacro(macro));
  return new DuckSession(instance, connection);
}

class DuckSession implements Engine {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  async sql(text: string): Promise<Result> {
    try {
      const reader = await this.#connection.runAndReadAll(text);
      const types = reader.columnTypes().map(duckTypeName);
      const columns = reader.columnNames().map((name, i) => ({ name, type: types[i] ?? "" }));
      return { columns, rows: reader.getRows().map((row) => row.map((value, i) => fromDuck(value, types[i] ?? ""))) };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new EngineError(/^[\w -]+Error/.exec(message)?.[0] ?? "Error", message);
    }
  }

  async batch(texts: readonly string[]): Promise<readonly (Result | EngineError)[]> {
    const results: (Result | EngineError)[] = [];
    for (const text of texts) {
      results.push(
        await this.sql(text).catch((error: unknown) => {
          if (error instanceof EngineError) return error;
          throw error;
        }),
      );
    }
    return results;
  }

  async view(name: string, columns: readonly ViewColumn[], rows: readonly (readonly Canonical[])[]): Promise<void> {
    const declared = columns.map((c) => `${quoted(c.name)} ${duckdbType(c.type)}`);
    await this.sql(`CREATE OR REPLACE TEMP TABLE ${quoted(name)} (${declared.join(", ")})`);
    if (rows.length === 0) return;
    const values = rows.map((row) => `(${columns.map((c, i) => constant(row[i] ?? null, c.type)).join(", ")})`);
    await this.sql(`INSERT INTO ${quoted(name)} VALUES ${values.join(",\n")}`);
  }

  async close(): Promise<void> {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

const NAMES: Readonly<Record<string, string>> = {
  VARCHAR: "STRING",
  INTEGER: "INT",
  "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
  TIMESTAMP: "TIMESTAMP_NTZ",
  BLOB: "BINARY",
};

/** A type as the project writes it; one that Spark does not have keeps DuckDB's name. */
export function duckTypeName(type: DuckDBType): string {
  if (type instanceof DuckDBDecimalType) return `DECIMAL(${type.width},${type.scale})`;
  if (type instanceof DuckDBListType || type instanceof DuckDBArrayType)
    return `ARRAY<${duckTypeName(type.valueType)}>`;
  if (type instanceof DuckDBMapType) return `MAP<${duckTypeName(type.keyType)}, ${duckTypeName(type.valueType)}>`;
  if (type instanceof DuckDBStructType) {
    const fields = type.entryNames.map((name, i) => `${name}: ${duckTypeName(type.entryTypes[i] ?? type)}`);
    return `STRUCT<${fields.join(", ")}>`;
  }
  if (type.alias === "JSON") return "VARIANT";
  const name = type.toString();
  return NAMES[name] ?? name;
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const text = (value: string) => `'${value.replaceAll("'", "''").replaceAll("\0", "' || chr(0) || '")}'`;

/** A canonical value as an expression of DuckDB, written apart from the compiler that is under test. */
function constant(value: Canonical, type: SqlType): string {
  const cast = (sql: string) => `CAST(${sql} AS ${duckdbType(type)})`;
  if (value === null) return cast("NULL");
  if (type.kind === "string") return `(${text(String(value))})`;
  if (type.kind === "boolean") return String(value);
  if (type.kind === "binary") return `from_hex('${value}')`;
  if (type.kind === "variant") return `CAST(${text(String(value))} AS JSON)`;
  if (type.kind === "array" && Array.isArray(value)) {
    return cast(`[${value.map((v) => constant(v, type.element)).join(", ")}]`);
  }
  if (type.kind === "map" && Array.isArray(value)) {
    const entries = value as [Canonical, Canonical][];
    const list = (i: 0 | 1, of: SqlType) => `[${entries.map((e) => constant(e[i], of)).join(", ")}]`;
    return cast(`map(${list(0, type.key)}, ${list(1, type.value)})`);
  }
  if (type.kind === "struct") {
    const fields = value as { readonly [field: string]: Canonical };
    return `struct_pack(${type.fields.map((f) => `${quoted(f.name)} := ${constant(fields[f.name] ?? null, f.type)}`).join(", ")})`;
  }
  return cast(`'${value}'`);
}
