/**
 * How each file is to be read, from a look at its bytes. DuckDB's reader is given files, or copies, in which every
 * record is known to be good, and what it reads is held against the number of records that was counted here.
 */
import type { SourceNode } from "../../../ast/relation.ts";
import { fileFormatOf } from "../../../formats/format.ts";
import type { Encoding } from "../../../formats/options.ts";
import { digestOf } from "../files/digest.ts";
import { isOtherKind, type SourceFile } from "../files/files.ts";
import { readerOf } from "../formats.ts";
import { startOf, whyNoText } from "./first-bytes.ts";
import type { Probe } from "./probe.ts";
import type { FileReader, Look } from "./reader.ts";
import { UnreadableFile } from "./unreadable-file.ts";

const AT_ONE_TIME = 4;

/** Both ways in look at a file; one look does for them. */
const known = new WeakMap<SourceFile, { readonly look: Promise<Look>; readonly reader: FileReader }>();

/** Looks at the files: those of text some at a time, those that the probe looks at one after the other. */
export async function inspect(
  probe: Probe,
  source: SourceNode,
  files: readonly SourceFile[],
): Promise<readonly Look[]> {
  const reader = readerOf(source);
  const { encoding } = fileFormatOf(source).traits(source);
  const atOneTime = encoding === undefined ? 1 : AT_ONE_TIME;
  const looks: Look[] = [];
  for (let i = 0; i < files.length; i += atOneTime) {
    const some = files.slice(i, i + atOneTime).map((file) => {
      const one = known.get(file) ?? { look: inspectFile(probe, reader, encoding, file), reader };
      known.set(file, one);
      return one.look;
    });
    looks.push(...(await Promise.all(some)));
  }
  return looks;
}

/** The columns that headers of the files name, in lower case: whether a column is there, though it has no value. */
export async function headerNames(files: readonly SourceFile[]): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const file of files) {
    const look = await known.get(file)?.look;
    if (look === undefined || !("shape" in look) || look.shape.header === undefined) continue;
    for (const name of look.shape.names) names.add(name.toLowerCase());
  }
  return names;
}

/** Those of some columns that any of the files has, though no row may have a value for it. */
export async function columnsThere(
  files: readonly SourceFile[],
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  for (const file of files) {
    const left = names.filter((name) => !there.has(name));
    if (left.length === 0) break;
    const { look, reader } = known.get(file) ?? {};
    const seen = await look;
    const named = new Set((seen?.kind === "whole" && seen.columns) || (await headerNames([file])));
    for (const name of left) if (named.has(name.toLowerCase())) there.add(name);
    if (seen !== undefined && "shape" in seen)
      for (const name of (await reader?.namesThere?.(file, left)) ?? []) there.add(name);
  }
  return there;
}

async function inspectFile(
  probe: Probe,
  reader: FileReader,
  encoding: Encoding | undefined,
  file: SourceFile,
): Promise<Look> {
  // As Spark does, files of no bytes are passed over, whatever their format.
  if (file.size === 0) return { kind: "empty", file };
  if (isOtherKind(file)) return { kind: "refused", file, error: new UnreadableFile("it is not a file") };
  // Before anything of it is read: a change in between is found by its time.
  await digestOf(file);
  try {
    if (encoding) {
      const start = await startOf(file.absolute);
      const reason = whyNoText(start, encoding) ?? (await reader.whyOtherLayout?.(start, file));
      if (reason !== undefined) throw new UnreadableFile(reason);
    }
    return await reader.look(file, probe);
  } catch (error) {
    return { kind: "refused", file, error };
  }
}
