/** Which files the sources of a definition name, told by paths alone: also for files that are not there any more. */

import { isAbsolute, resolve, sep } from "node:path";
import { filledPath } from "../../../ast/params.ts";
import type { StreamDefinition } from "../../../settings/definition.ts";
import { expandBraces, segmentPattern } from "../files/files.ts";

type Segment = "**" | ((name: string) => boolean);

/** Whether a source's path names a file, whatever the values of the parameters in it. */
export function covers(pattern: string, baseDir: string): (file: string) => boolean {
  const base = resolve(baseDir).split(sep).map(literal);
  const choices = expandBraces(filledPath(pattern, () => "*")).map((one) =>
    segmentsOf(one, isAbsolute(one) ? [literal("")] : base),
  );
  const exact = resolve(baseDir, pattern);
  return (file) => {
    const path = resolve(baseDir, file);
    if (path === exact || path.startsWith(exact + sep)) return true;
    return choices.some((segments) => matches(segments, path.split(sep)));
  };
}

/**
 * Which of the streams name a file: as long as that is the same before and after a change, the file's rows are, too.
 * Streams of the same query are the same stream, wherever their files are.
 */
export function coverage(streams: readonly StreamDefinition[], baseDir: string): (file: string) => string {
  const each = streams.flatMap(({ path, ...stream }) =>
    path === undefined ? [] : [{ named: covers(path, baseDir), key: JSON.stringify(stream) }],
  );
  return (file) => JSON.stringify(each.flatMap(({ named, key }) => (named(file) ? [key] : [])).sort());
}

function segmentsOf(pattern: string, root: readonly Segment[]): readonly Segment[] {
  const segments = [...root];
  for (const part of pattern.split(sep === "\\" ? /[\\/]/ : "/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") segments.pop();
    else segments.push(part === "**" ? part : /[*?]/.test(part) ? named(part) : literal(part));
  }
  return segments;
}

const literal = (text: string): Segment => {
  return (name) => name === text;
};

const named = (part: string): Segment => {
  const pattern = segmentPattern(part);
  return (name) => pattern.test(name);
};

/** A pattern that ends at a folder names every file below it. */
function matches([segment, ...rest]: readonly Segment[], path: readonly string[]): boolean {
  if (segment === undefined) return true;
  if (segment === "**") return path.some((_, i) => matches(rest, path.slice(i)));
  const [name, ...below] = path;
  return name !== undefined && segment(name) && matches(rest, below);
}
