/** A warehouse that is not there yet is made as a whole, or not at all. */

import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, link, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf, reasonOf } from "../../../core/thrown.ts";
import { DuckDBInstance, ENGINE_OPTIONS } from "../driver.ts";
import { cannotOpen, outOfReach } from "./failures.ts";
import { statOf } from "./file.ts";
import { isAlive } from "./scratch.ts";

/** The format of a new warehouse. */
const FORMAT = {
  // The first in which file and log know of each other. In those before, a log of another time, as a copy of both can hold,
  // is applied to the file once more, without a word, and its rows are there twice.
  storage_compatibility_version: "v1.4.0",
  // A write allocates a block for each column of its table, however few rows it adds: of DuckDB's own 256 KB, a small update
  // costs a tenth more and leaves a larger file. Of 64 KB, a million long texts would cost a tenth more.
  default_block_size: "131072",
} as const;

/** Creates the warehouse where there is none, and refuses what is not one or cannot be written, before any work. */
export async function prepareFile(path: string): Promise<void> {
  try {
    await removeAbandoned(path);
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw outOfReach(path, `its folder cannot be written: ${reasonOf(error)}`, error);
  }
  if (!(await statOf(path))) await create(path);
}

/**
 * Makes the file under another name first: a process that is killed meanwhile leaves no half-made warehouse. A link does
 * not replace a file that another process has made in the meantime.
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
