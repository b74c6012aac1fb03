/** A database in memory with the project's macros, for tests that run the SQL of the embedded target by itself. */
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { createMacro, MACROS } from "../src/targets/duckdb/macros/index.ts";

export async function connectWithMacros(): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET TimeZone = 'UTC'");
  for (const macro of MACROS) await connection.run(createMacro(macro));
  return connection;
}
