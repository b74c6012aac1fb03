/** The files that a source's path names: a plain path, a directory, or a pattern with `*`, `**`, `?` and `{a,b}`. */

import { constants, type Dirent, type Stats, statSync } from "node:fs";
import { lstat, open, readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, parse, relative, resolve, sep } from "node:path";
import { excerpt } from "../../../core/text.ts";
import { codeOf, hasCode, reasonOf } from "../../../core/thrown.ts";
import { failure } from "../../../diagnostics/mistake.ts";

/** A file of a source, as it was when it was listed. */
export interface SourceFile {
  /** Relative to the base directory, with `/`: how the warehouse knows the file. */
  readonly path: string;
  readonly absolute: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
  /** Tells this state of the file from any other of the same update. */
  readonly stamp: string;
}

/** How files of sources are opened: a pipe that has replaced one is not waited for. */
export const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** What is there and is not read. */
interface Skipped {
  readonly path: string;
  /**
   * `name`: it cannot be opened by its name, which is not valid UTF-8. `kind`: it is not a file, and would not end as one.
   * `nowhere`: it is a link to what is not there. `twice`: by a link it is a file that is read by another name.
   * `hidden`: its name begins with `.` or `_`, and the path names it all the same.
   */
  readonly for: "name" | "kind" | "nowhere" | "twice" | "hidden";
}

export interface Listing {
  readonly files: readonly SourceFile[];
  /** What the pattern names and is not read, in the order of paths. */
  readonly skipped: readonly Skipped[];
}

/**
 * Lists the files of a pattern, sorted by path. A pattern that matches nothing gives no files; so does a file that
 * vanishes while it is listed. As in Spark, names that begin with `.` or `_` are not data (`_date=…` is), and a
 * directory stands for every file below it. Links are followed; a file that several of them lead to is listed once.
 *
 * @throws RunError `SRC001` when a folder may not be read, `SRC014` for an address of another machine.
 */
export async function listFiles(pattern: string, baseDir: string): Promise<Listing> {
  const base = resolve(baseDir);
  const found: Found = { base, files: new Map(), same: new Map(), skipped: new Map() };

  // A path that exists is that path, whatever characters are in its name.
  const literal = resolve(base, pattern);
  if (pattern !== "" && (await statOf(literal))) {
    await collect({ path: literal, followed: [] }, found);
  } else {
    refuseAddress(pattern);
    for (const one of expandBraces(pattern)) {
      const { root, segments } = split(one, base);
      await collectAll(await matches({ path: root, followed: [] }, segments), found);
    }
  }
  for (const paths of found.same.values()) if (paths.length > 1) await keepOne(paths, found);
  const files = [...found.files.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const skipped = [...found.skipped].map(([path, why]) => ({ path, for: why }));
  return { files, skipped: skipped.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

/** `s3://bucket/…`, `dbfs:/…`: what Spark and Databricks read, and this machine has no such path. */
function refuseAddress(pattern: string): void {
  const scheme = /^([a-z][a-z0-9+.-]+):\//i.exec(pattern)?.[1];
  if (scheme === undefined) return;
  const local = "give the path of the file or folder, relative to the base directory or absolute";
  const remote =
    "copy or mount the files and give their folder, which a parameter of the path can tell per environment, or run the pipeline where they are (medallion run --target databricks or spark)";
  throw failure({
    code: "SRC014",
    message: `${JSON.stringify(pattern)} is the address of a store: the embedded engine reads files of this machine`,
    help: scheme.toLowerCase() === "file" ? local : remote,
  });
}

interface Found {
  readonly base: string;
  readonly files: Map<string, SourceFile>;
  /** Absolute paths by the file that they are on the disk. */
  readonly same: Map<string, string[]>;
  readonly skipped: Map<string, Skipped["for"]>;
}

/** The path as the warehouse knows it. */
const stored = (base: string, path: string): string => relative(base, path).split(sep).join("/");

/** Some at a time: each is a way to the disk and back. */
const AT_ONE_TIME = 64;

/** A path, and the folders that links on the way to it lead to. */
interface Place {
  readonly path: string;
  readonly followed: readonly string[];
}

async function collectAll(places: readonly Place[], found: Found): Promise<void> {
  for (let i = 0; i < places.length; i += AT_ONE_TIME) {
    await Promise.all(places.slice(i, i + AT_ONE_TIME).map((place) => collect(place, found)));
  }
}

/** Collects a file, or every file below a directory. */
async function collect(place: Place, found: Found): Promise<void> {
  const { path } = place;
  const stats = await statOf(path);
  const name = path.slice(path.lastIndexOf(sep) + 1);
  if (!stats) {
    const why = isHiddenName(name) ? undefined : await whyNotThere(path);
    if (why !== undefined) found.skipped.set(stored(found.base, path), why);
    return;
  }
  if (isHidden(name, stats)) {
    found.skipped.set(stored(found.base, path), "hidden");
    return;
  }
  if (stats.isDirectory()) {
    const entries = (await entriesOf(path)).filter((entry) => !isHiddenName(entry.name));
    const below = await Promise.all(entries.map((entry) => enter(place, entry)));
    await collectAll(below.flat(), found);
  } else if (stats.isFile()) {
    const file = fileOf(stats, { path: stored(found.base, path), absolute: path });
    if (!found.files.has(path)) {
      const id = `${stats.dev}:${stats.ino}`;
      found.same.set(id, [...(found.same.get(id) ?? []), path]);
    }
    found.files.set(path, file);
  } else found.skipped.set(stored(found.base, path), "kind");
}

/** What is in a folder: nothing where it is a link that leads back to where the way to it has been. */
async function enter({ path, followed }: Place, entry: Dirent): Promise<readonly Place[]> {
  const below = join(path, entry.name);
  if (!entry.isSymbolicLink() || !(await statOf(below))?.isDirectory()) return [{ path: below, followed }];
  const [target, here] = [await realpath(below), await realpath(path)];
  const leadsBack =
    followed.includes(target) || `${here}${sep}`.startsWith(target.endsWith(sep) ? target : `${target}${sep}`);
  return leadsBack ? [] : [{ path: below, followed: [...followed, target] }];
}

async function whyNotThere(path: string): Promise<Skipped["for"] | undefined> {
  if (path.includes(UNDECODABLE) && (await isListed(path))) return "name";
  const link = await lstat(path).catch(() => undefined);
  return link?.isSymbolicLink() ? "nowhere" : undefined;
}

/**
 * Of names that links give to one file, the file's own or the first is kept, so that its rows count once. Hard links are
 * files of their own.
 */
async function keepOne(paths: readonly string[], found: Found): Promise<void> {
  const named = await Promise.all([...paths].sort().map(async (path) => ({ path, real: await realpath(path) })));
  const base = await realpath(found.base).catch(() => found.base);
  const isOwn = ({ path, real }: { readonly path: string; readonly real: string }) =>
    path === real || resolve(base, relative(found.base, path)) === real;
  for (const all of Map.groupBy(named, ({ real }) => real).values()) {
    const kept = all.find(isOwn) ?? all[0];
    for (const one of all) {
      if (one === kept) continue;
      found.files.delete(one.path);
      found.skipped.set(stored(found.base, one.path), "twice");
    }
  }
}

/** What Node puts for bytes of a name that are not valid UTF-8. */
const UNDECODABLE = "\uFFFD";

/** Whether the folder lists the name, although nothing can be opened by it. */
async function isListed(path: string): Promise<boolean> {
  const at = path.lastIndexOf(sep);
  return (await entriesOf(path.slice(0, at) || sep)).some((entry) => entry.name === path.slice(at + 1));
}

/** The existing paths below `root` that match the segments of a pattern. */
async function matches(root: Place, segments: readonly string[]): Promise<Place[]> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return [root];
  const { path, followed } = root;
  if (segment === "**") {
    const here = await matches(root, rest);
    const folders = (await entriesOf(path)).filter((e) => mayBeFolder(e) && !isHiddenName(e.name));
    const entered = await Promise.all(folders.map((e) => enter(root, e)));
    const below = await Promise.all(entered.flat().map((place) => matches(place, segments)));
    return [...here, ...below.flat()];
  }
  if (!/[*?]/.test(segment)) return matches({ path: join(path, segment), followed }, rest);
  const names = segmentPattern(segment);
  const named = rest.length === 0 ? isNamed(segment) : () => false;
  const entries = (await entriesOf(path)).filter((e) => names.test(e.name) && (isVisible(e.name, segment) || named(e)));
  const entered = await Promise.all(entries.map((e) => enter(root, e)));
  const found = await Promise.all(entered.flat().map((place) => matches(place, rest)));
  return found.flat();
}

const mayBeFolder = (entry: Dirent): boolean => entry.isDirectory() || entry.isSymbolicLink();

function isVisible(name: string, segment: string): boolean {
  return !isHiddenName(name) || name[0] === segment[0];
}

/**
 * Whether a hidden file looks like data: the pattern asks for its ending. `_SUCCESS` has none, and what begins with a
 * point is hidden from people as well.
 */
function isNamed(segment: string): (entry: Dirent) => boolean {
  const hasEnding = /[^*?]$/.test(segment);
  return (entry) => hasEnding && entry.name.startsWith("_") && entry.isFile();
}

/** Names that begin with `.` or `_` are not data, but `_date=…` is. */
export function isHiddenName(name: string): boolean {
  return name.startsWith(".") || (name.startsWith("_") && !name.includes("="));
}

/** A directory that is named outright may have any name; a file may not. */
function isHidden(name: string, stats: Stats): boolean {
  return !stats.isDirectory() && isHiddenName(name);
}

function split(pattern: string, base: string): { root: string; segments: string[] } {
  const absolute = isAbsolute(pattern);
  const root = absolute ? parse(pattern).root : base;
  const rest = absolute ? pattern.slice(root.length) : pattern;
  const parts = rest.split(sep === "\\" ? /[\\/]/ : "/").filter((part) => part !== "" && part !== ".");
  // `**` at the end is every file below, as a directory is; `**` twice in a row is `**` once.
  return { root, segments: parts.filter((part, i) => part !== "**" || parts[i + 1] !== "**") };
}

/** More cost seconds to look for, and twenty braces make a million. */
const MOST_PATHS = 10_000;

/** `a{b,c{d,e}}` → `ab`, `acd`, `ace`. A brace without a partner stands for itself. */
export function expandBraces(pattern: string): string[] {
  const open = pattern.indexOf("{");
  if (open < 0) return [pattern];
  let depth = 0;
  let start = open + 1;
  const choices: string[] = [];
  for (let i = open; i < pattern.length; i++) {
    const char = pattern[i];
    if (char === "{") depth++;
    if (char === "," && depth === 1) {
      choices.push(pattern.slice(start, i));
      start = i + 1;
    }
    if (char === "}" && --depth === 0) {
      choices.push(pattern.slice(start, i));
      const [head, tail] = [pattern.slice(0, open), pattern.slice(i + 1)];
      const expanded = choices.flatMap((choice) => expandBraces(choice + tail)).map((rest) => head + rest);
      if (expanded.length <= MOST_PATHS) return expanded;
      throw failure({
        code: "SRC001",
        message: `the choices in the braces of a path make more than ${MOST_PATHS} paths: …${excerpt(pattern)}`,
        help: "use *, or a folder",
      });
    }
  }
  return expandBraces(pattern.slice(open + 1)).map((rest) => pattern.slice(0, open + 1) + rest);
}

export function segmentPattern(segment: string): RegExp {
  const source = segment.replace(/[\\^$.|+()[\]{}*?]/g, (char) =>
    char === "*" ? ".*" : char === "?" ? "." : `\\${char}`,
  );
  return new RegExp(`^${source}$`, "su");
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    return forgive(error, path);
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    return forgive(error, folder) ?? [];
  }
}

/** What is not there is not listed; what may not be read is an error, since its rows would be lost silently. */
function forgive(error: unknown, path: string): undefined {
  const code = codeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP" || code === "ENAMETOOLONG") return undefined;
  throw failure({
    code: "SRC001",
    message: `cannot list the files of ${path}: ${reasonOf(error)}`,
    help: "check that the user who runs the update may read the folder",
    cause: error,
  });
}

/** Why a file cannot be read, in words; `undefined` when it can. */
export async function whyUnreadable(path: string): Promise<string | undefined> {
  try {
    if (!(await stat(path)).isFile()) return "it is not a file";
    await (await open(path, READ)).close();
    return undefined;
  } catch (error) {
    return hasCode(error, "ENOENT") ? "the file is gone" : reasonOf(error);
  }
}

/** A file as it is now; `undefined` where there is none, or it cannot be looked at. */
export async function fileAt(absolute: string, path: string): Promise<SourceFile | undefined> {
  const stats = await stat(absolute).catch(() => undefined);
  return stats && fileOf(stats, { path, absolute });
}

export function fileOf(stats: Stats, names: Pick<SourceFile, "path" | "absolute">): SourceFile {
  return { ...names, size: stats.size, modifiedAt: stats.mtime, stamp: stampOf(stats) };
}

/** A file that is replaced by one of its size and time of change is another on the disk, or its status has changed. */
const stampOf = ({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string => [dev, ino, size, mtimeMs, ctimeMs].join(":");

/**
 * Whether a file is another than the one that was listed. One that is gone has not changed. It is asked of one file after
 * the other, just after their reading: awaiting an answer would cost more than the answer.
 */
export function hasChanged({ absolute, stamp }: SourceFile): boolean {
  const stats = statNow(absolute);
  return stats !== undefined && stampOf(stats) !== stamp;
}

/** Whether a file was replaced by something that may not end as a file does. */
export function isOtherKind({ absolute }: SourceFile): boolean {
  return statNow(absolute)?.isFile() === false;
}

function statNow(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    return forgive(error, path);
  }
}
