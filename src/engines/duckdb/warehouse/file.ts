/** The file of a warehouse: where it is, and what the file system says of it. */

import type { BigIntStats } from "node:fs";
import { access, constants, readlink, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { codeOf, reasonOf } from "../../../core/thrown.ts";
import { makeFolder } from "../../files.ts";
import { outOfReach } from "./failures.ts";

/** The absolute path of a warehouse, with links followed: however it is spelled, it is one. Makes the folder. */
export async function locate(path: string): Promise<string> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) throw outOfReach(path, "it is an address, not the path of a file");
  if (!path.isWellFormed()) throw outOfReach(path, "its name holds half of a surrogate pair, which is not a character");
  const file = await followed(resolve(path));
  const folder = dirname(file);
  try {
    await makeFolder(folder);
    return join(await realpath(folder), basename(file));
  } catch (error) {
    throw outOfReach(path, `the folder ${folder} cannot be created: ${reasonOf(error)}`, error);
  }
}

/** What a warehouse is opened for. */
export type Access = "read" | "write";

/** Whether there is a file that an update could not write: itself, or its log next to it. */
export async function isReadOnly(path: string): Promise<boolean> {
  const file = await followed(resolve(path));
  const may = (at: string, mode: number) =>
    access(at, mode).then(
      () => true,
      () => false,
    );
  if (!(await may(file, constants.R_OK))) return false;
  return !((await may(file, constants.W_OK)) && (await may(dirname(file), constants.W_OK)));
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

export async function statOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw outOfReach(path, reasonOf(error), error);
  }
}
