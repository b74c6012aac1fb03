/** What is there where a path matches no file: whoever misspelt it sees the name that was meant. */
import { opendir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { likestFirst, nearest } from "../../../core/nearest.ts";

const SHOWN = 3;
/** A folder of a million files is not read to its end for a hint. */
const READ = 1000;

/** The folder that the path leads to, as far as it is there, and what is in it. */
export async function nearby(pattern: string, baseDir: string): Promise<string | undefined> {
  if (pattern.includes("\\")) return "the folders of a path are separated by / on every system";
  const { folder, shown, missing } = await deepest(pattern, baseDir);
  const names = await namesIn(folder);
  if (!names) return undefined;
  const where = shown === "" ? "the base directory" : JSON.stringify(shown);
  if (names.length === 0) return `${where} is empty`;
  const near = missing === undefined ? undefined : nearest(missing, names);
  if (near !== undefined) return `did you mean ${JSON.stringify(near)}, which is in ${where}?`;
  const list = likestFirst(missing === undefined ? [] : [missing], names)
    .slice(0, SHOWN)
    .map((name) => JSON.stringify(name));
  return `${where} has ${list.join(", ")}${names.length > SHOWN ? ", …" : ""}`;
}

interface Deepest {
  readonly folder: string;
  readonly shown: string;
  /** The name that the folder lacks; absent where what follows is a pattern. */
  readonly missing?: string;
}

async function deepest(pattern: string, baseDir: string): Promise<Deepest> {
  let folder = pattern.startsWith("/") ? "/" : resolve(baseDir);
  let shown = pattern.startsWith("/") ? "/" : "";
  for (const name of pattern.split("/").filter((part) => part !== "")) {
    if (/[*?[{]/.test(name)) break;
    const next = join(folder, name);
    if (!(await isFolder(next))) return { folder, shown, missing: name };
    [folder, shown] = [next, join(shown, name)];
  }
  return { folder, shown };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** `undefined` for a folder that cannot be read. */
async function namesIn(folder: string): Promise<readonly string[] | undefined> {
  const names: string[] = [];
  try {
    for await (const { name } of await opendir(folder)) {
      if (!name.startsWith(".")) names.push(name);
      if (names.length === READ) break;
    }
  } catch {
    return undefined;
  }
  return names.sort();
}
