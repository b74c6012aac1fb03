/** The files that a source's path names: a plain path, a directory, or a pattern with `*`, `**`, `?` and `{a,b}`. */
import type { Dirent, Stats } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { isAbsolute, join, parse, relative, resolve, sep } from "node:path";
import { RunError } from "../../core/errors.ts";
import { codeOf } from "../../core/thrown.ts";

/** A file of a source, as it was when it was listed. */
export interface SourceFile {
  /** Relative to the base directory, with `/`: how the warehouse knows the file. */
  readonly path: string;
  readonly absolute: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
}

/** What is there and is not read. */
export interface Skipped {
  readonly path: string;
  /** `name`: it cannot be opened by its name, which is not valid UTF-8. `kind`: it is no file, and would not end as one. */
  readonly for: "name" | "kind";
}

export interface Listing {
  readonly files: readonly SourceFile[];
  /** What the pattern names and is not read, in the order of paths. */
  readonly skipped: readonly Skipped[];
}

/**
 * Lists the files of a pattern, sorted by path. A pattern that matches nothing gives no files; so does a file that
 * vanishes while it is listed. As in Spark, names that begin with `.` or `_` are not data (`_date=…` is), and a
 * directory stands for every file below it.
 *
 * @throws RunError `SRC001` when a folder may not be read.
 */
export async function listFiles(pattern: string, baseDir: string): Promise<Listing> {
  const base = resolve(baseDir);
  const found: Found = { base, files: new Map(), skipped: new Map() };

  // A path that exists is that path, whatever characters are in its name.
  const literal = resolve(base, pattern);
  if (pattern !== "" && (await statOf(literal))) {
    await collect(literal, found);
  } else {
    for (const one of expandBraces(pattern)) {
      const { root, segments } = split(one, base);
      await collectAll(await matches(root, segments), found);
    }
  }
  const files = [...found.files.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const skipped = [...found.skipped].map(([path, why]) => ({ path, for: why }));
  return { files, skipped: skipped.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

interface Found {
  readonly base: string;
  readonly files: Map<string, SourceFile>;
  readonly skipped: Map<string, Skipped["for"]>;
}

/** The path as the warehouse knows it. */
const stored = (base: string, path: string): string => relative(base, path).split(sep).join("/");

/** Some at a time: each is a way to the disk and back. */
const AT_ONE_TIME = 64;

async function collectAll(paths: readonly string[], found: Found): Promise<void> {
  for (let i = 0; i < paths.length; i += AT_ONE_TIME) {
    await Promise.all(paths.slice(i, i + AT_ONE_TIME).map((path) => collect(path, found)));
  }
}

/** Takes a file, or every file below a directory. */
async function collect(path: string, found: Found): Promise<void> {
  const stats = await statOf(path);
  if (!stats && path.includes(UNDECODABLE) && (await isListed(path)))
    found.skipped.set(stored(found.base, path), "name");
  if (!stats || isHidden(path.slice(path.lastIndexOf(sep) + 1), stats)) return;
  if (stats.isDirectory()) {
    const below: string[] = [];
    for (const entry of await entriesOf(path)) {
      // A link to a directory is not followed here: it may lead back up.
      if (isHiddenName(entry.name) || (entry.isSymbolicLink() && (await statOf(join(path, entry.name)))?.isDirectory()))
        continue;
      below.push(join(path, entry.name));
    }
    await collectAll(below, found);
  } else if (stats.isFile()) {
    const file = { path: stored(found.base, path), absolute: path, size: stats.size, modifiedAt: stats.mtime };
    found.files.set(path, file);
  } else found.skipped.set(stored(found.base, path), "kind");
}

/** What Node puts for bytes of a name that are not valid UTF-8. */
const UNDECODABLE = "\uFFFD";

/** Whether the folder lists the name, although nothing can be opened by it. */
async function isListed(path: string): Promise<boolean> {
  const at = path.lastIndexOf(sep);
  return (await entriesOf(path.slice(0, at) || sep)).some((entry) => entry.name === path.slice(at + 1));
}

/** The existing paths below `root` that match the segments of a pattern. */
async function matches(root: string, segments: readonly string[]): Promise<string[]> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return [root];
  if (segment === "**") {
    const here = await matches(root, rest);
    const folders = (await entriesOf(root)).filter((e) => e.isDirectory() && !isHiddenName(e.name));
    const below = await Promise.all(folders.map((e) => matches(join(root, e.name), segments)));
    return [...here, ...below.flat()];
  }
  if (!/[*?]/.test(segment)) return matches(join(root, segment), rest);
  const names = segmentPattern(segment);
  const entries = (await entriesOf(root)).filter((e) => names.test(e.name) && isVisible(e.name, segment));
  const found = await Promise.all(entries.map((e) => matches(join(root, e.name), rest)));
  return found.flat();
}

function isVisible(name: string, segment: string): boolean {
  return !isHiddenName(name) || name[0] === segment[0];
}

function isHiddenName(name: string): boolean {
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
      return choices.flatMap((choice) => expandBraces(choice + tail)).map((rest) => head + rest);
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
  throw new RunError({
    code: "SRC001",
    message: `cannot list the files of ${path}: ${reasonOf(code)}`,
    help: "Check that the user who runs the update may read the folder.",
    cause: error,
  });
}

/** Why a file cannot be read, in words; `undefined` when it can. */
export async function whyUnreadable(path: string): Promise<string | undefined> {
  try {
    if (!(await stat(path)).isFile()) return "it is not a file";
    await (await open(path)).close();
    return undefined;
  } catch (error) {
    return reasonOf(codeOf(error));
  }
}

/** Whether a file is another than the one that was listed. One that is gone has not changed. */
export async function hasChanged({ absolute, size, modifiedAt }: SourceFile): Promise<boolean> {
  const stats = await statOf(absolute);
  return stats !== undefined && (stats.size !== size || stats.mtime.getTime() !== modifiedAt.getTime());
}

function reasonOf(code: string | undefined): string {
  if (code === "ENOENT") return "the file is gone";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  return code ?? "it cannot be read";
}
