/** A file that is not a warehouse, or not a whole one, is refused before DuckDB opens it. */

import { type FileHandle, lstat, open } from "node:fs/promises";
import { reasonOf } from "../../../core/thrown.ts";
import { notAWarehouse, outOfReach } from "./failures.ts";
import { type Access, statOf } from "./file.ts";

const HEADER_BYTES = 20;
/** The headers and the first block of what DuckDB writes. */
const SMALLEST = 12_288;

/**
 * Refuses what DuckDB would not open as this warehouse. Call it while the file is held and not open: closing a file that
 * DuckDB has open gives up its lock.
 */
export async function refuseForeignFile(path: string, access: Access): Promise<void> {
  await refuseForeignLog(path);
  const stats = await statOf(path);
  if (!stats) return;
  if (stats.isDirectory()) throw notAWarehouse(path, "it is a folder");
  if (!stats.isFile()) throw notAWarehouse(path, "it is not a regular file");
  const kind = kindOf(await headOf(path, access), Number(stats.size));
  if (kind !== undefined) throw notAWarehouse(path, kind);
}

/** DuckDB would wait for a pipe for ever, and write to where a link leads: to the warehouse itself, even. */
async function refuseForeignLog(path: string): Promise<void> {
  const stats = await lstat(`${path}.wal`).catch(() => undefined);
  if (!stats || stats.isFile()) return;
  const kind = stats.isDirectory() ? "a folder" : stats.isSymbolicLink() ? "a link" : "no regular file";
  throw outOfReach(path, `${path}.wal, where its log would be, is ${kind}: move it away`);
}

async function headOf(path: string, access: Access): Promise<Buffer> {
  const file = access === "read" ? await open(path, "r") : await openToWrite(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function openToWrite(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r+");
  } catch (error) {
    const readable = await open(path, "r").catch(() => undefined);
    await readable?.close();
    throw outOfReach(path, readable ? "it is read-only" : `it cannot be read: ${reasonOf(error)}`, error);
  }
}

/** What a file is that is not a DuckDB database; `undefined` for one that begins as one. */
function kindOf(head: Buffer, size: number): string | undefined {
  const text = head.toString("latin1");
  if (size === 0) return "it is empty";
  if (text.startsWith("SQLite format 3\0")) return "it is a SQLite database";
  if (text.startsWith("PAR1")) return "it is a Parquet file";
  if (text.slice(8, 12) !== "DUCK") return "it is not a DuckDB database";
  return size < SMALLEST ? `it is cut off after ${size} bytes` : undefined;
}
