/** What several topics do with DuckDB: open a database by hand, begin again, and tell the CPU time of work. */
import { rm } from "node:fs/promises";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

/** A connection to a database file, or to `:memory:`, until the work is done. */
export async function withDuckDB<T>(file: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

export async function removeWarehouse(file: string): Promise<void> {
  for (const one of [file, `${file}.wal`]) await rm(one, { force: true });
}

/** CPU time of this process in milliseconds: DuckDB's threads are its own. */
export async function cpuTime(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
