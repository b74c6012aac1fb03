/** The file of a warehouse: found, looked at, made, and held by one update of this process at a time. */

import { randomUUID } from "node:crypto";
import { type BigIntStats, constants } from "node:fs";
import {
  access,
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { codeOf, messageOf } from "../../../core/thrown.ts";
import { failure } from "../../../diagnostics/mistake.ts";
import { DuckDBInstance } from "../driver.ts";
import { cannotOpen, notAWarehouse, outOfReach } from "./failures.ts";
import { isAlive } from "./scratch.ts";

/**
 * How every DuckDB of this package starts. Nothing is loaded or installed that is not built in, and nothing is read or
 * written in the home directory: a file of another database would otherwise start a download.
 */
export const ENGINE_OPTIONS = {
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  allow_persistent_secrets: "false",
  // It tells the states of a file by its size and the second of its change: of a file that is written anew within that
  // second, the bytes of before would be read.
  enable_external_file_cache: "false",
} as const;

/** The format of a new warehouse. */
const FORMAT = {
  // The first in which file and log know of each other. In those before, a log of another time, as a copy of both can hold,
  // is applied to the file once more, without a word, and its rows are there twice.
  storage_compatibility_version: "v1.4.0",
  // A write takes a block for each column of its table, however few rows it adds: of DuckDB's own 256 KB, a small update
  // costs a tenth more and leaves a larger file. Of 64 KB, a million long texts would cost a tenth more.
  default_block_size: "131072",
} as const;

/** The absolute path of a warehouse, with links followed: however it is spelled, it is one. Makes the folder. */
export async function locate(path: string): Promise<string> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) throw outOfReach(path, "it is an address, not the path of a file");
  if (!path.isWellFormed()) throw outOfReach(path, "its name holds half of a surrogate pair, which is not a character");
  const file = await followed(resolve(path));
  const folder = dirname(file);
  try {
    await mkdir(folder, { recursive: true });
    return join(await realpath(folder), basename(file));
  } catch (error) {
    throw outOfReach(path, `the folder ${folder} cannot be created: ${reasonOf(error)}`, error);
  }
}

/** A link to a file that is not there yet leads to where the file will be. */
async function followed(path: string, links = 0): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const target = codeOf(error) === "ENOENT" && links < 40 ? await readlink(path).catch(() => undefined) : undefined;
    return target === undefined ? path : followed(resolve(dirname(path), target), links + 1);
  }
}

/** Makes the warehouse where there is none, and refuses what is none or cannot be written, before any work. */
export async function prepareFile(path: string): Promise<void> {
  try {
    await removeAbandoned(path);
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw outOfReach(path, `its folder cannot be written: ${reasonOf(error)}`, error);
  }
  if (!(await statOf(path))) await create(path);
}

// ---- one holder

/**
 * Files that this process has open, by what the file system knows them as. A lock of the operating system is the
 * process's: it does not keep a second DuckDB of the same process out, and is lost when either of them closes.
 */
const held = holders();

/** Shared with other copies of this module in the process. */
function holders(): Set<string> {
  const key = Symbol.for("medallion.warehouses");
  const found: unknown = Reflect.get(globalThis, key);
  if (found instanceof Set) return found;
  const made = new Set<string>();
  Reflect.set(globalThis, key, made);
  return made;
}

/**
 * Holds the file for one warehouse; gives what lets go of it.
 *
 * @throws RunError `WAREHOUSE007` where another warehouse of this process holds it.
 */
export async function hold(path: string): Promise<() => void> {
  const stats = await statOf(path);
  const key = stats ? `${stats.dev}:${stats.ino}` : path;
  if (held.has(key)) {
    throw failure({
      code: "WAREHOUSE007",
      message: `the warehouse ${path} is in use by another update of this process`,
      help: "an update has its warehouse until it is closed: await its run(), then close() it (`await using` does so), and run again",
    });
  }
  held.add(key);
  return () => held.delete(key);
}

// ---- what is there

const HEADER_BYTES = 20;
/** The headers and the first block of what DuckDB writes. */
const SMALLEST = 12_288;

/**
 * Refuses what DuckDB would not open as this warehouse. Call it while the file is held and not open: closing a file that
 * DuckDB has open gives up its lock.
 */
export async function refuseForeignFile(path: string): Promise<void> {
  await refuseForeignLog(path);
  const stats = await statOf(path);
  if (!stats) return;
  if (stats.isDirectory()) throw notAWarehouse(path, "it is a folder");
  if (!stats.isFile()) throw notAWarehouse(path, "it is not a regular file");
  const kind = kindOf(await headOf(path), Number(stats.size));
  if (kind !== undefined) throw notAWarehouse(path, kind);
}

/** DuckDB would wait for a pipe for ever, and write to where a link leads: to the warehouse itself, even. */
async function refuseForeignLog(path: string): Promise<void> {
  const stats = await lstat(`${path}.wal`).catch(() => undefined);
  if (!stats || stats.isFile()) return;
  const kind = stats.isDirectory() ? "a folder" : stats.isSymbolicLink() ? "a link" : "no regular file";
  throw outOfReach(path, `${path}.wal, where its log would be, is ${kind}: move it away`);
}

async function headOf(path: string): Promise<Buffer> {
  const file = await openToWrite(path);
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

async function statOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw outOfReach(path, reasonOf(error), error);
  }
}

// ---- a new one

/**
 * Makes the file under another name first: a process that is killed meanwhile leaves no half-made warehouse. A link does
 * not take the place of a file that another process has made in the meantime.
 */
async function create(path: string): Promise<void> {
  const unfinished = `${path}.new-${process.pid}-${randomUUID()}`;
  try {
    const instance = await DuckDBInstance.create(unfinished, { ...ENGINE_OPTIONS, ...FORMAT });
    const connection = await instance.connect();
    // Something must be in it, or nothing is written.
    await connection.run("CREATE SCHEMA IF NOT EXISTS _medallion; CHECKPOINT");
    connection.closeSync();
    instance.closeSync();
    await place(unfinished, path);
  } catch (error) {
    throw cannotOpen(path, error);
  } finally {
    // What cannot be removed was not made, or is left for the next update: the first failure is the one to report.
    for (const name of [unfinished, `${unfinished}.wal`]) await rm(name, { force: true }).catch(() => undefined);
  }
}

async function place(unfinished: string, path: string): Promise<void> {
  try {
    await link(unfinished, path);
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST") return;
    // Some file systems have no links.
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP") throw error;
    await rename(unfinished, path);
  }
}

const ABANDONED_AFTER_MS = 60_000;

/** What processes left that were killed while they made this warehouse. */
async function removeAbandoned(path: string): Promise<void> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.new-`;
  for (const name of (await readdir(folder)).filter((n) => n.startsWith(prefix))) {
    const file = join(folder, name);
    const maker = /^(\d+)-/.exec(name.slice(prefix.length))?.[1];
    const stats = await statOf(file);
    if (!stats) continue;
    const old = Date.now() - Number(stats.mtimeMs) > ABANDONED_AFTER_MS;
    if (old || (maker !== undefined && !isAlive(Number(maker)))) await rm(file, { force: true });
  }
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "EROFS") return "the file system is read-only";
  if (code === "ENOTDIR" || code === "EEXIST") return "a part of the path is a file";
  return messageOf(error);
}
