/** What is checked of a file's bytes before a row of it is read. */
import type { SourceNode } from "../../../ast/relation.ts";
import type { SourceFile } from "../files.ts";
import { archiveDamage } from "./archive.ts";

/** Why the file is not read at all, in words that follow "the file cannot be read: "; `undefined` where it may be read. */
export type Precheck = (file: SourceFile, source: SourceNode) => Promise<string | undefined>;

/** In order; the first reason counts. A check reads a file piece by piece, never whole. */
const PRECHECKS: readonly Precheck[] = [archiveDamage];

/** Why a file is not read, by the checks that every file passes before its rows are read. */
export async function whyRefused(file: SourceFile, source: SourceNode): Promise<string | undefined> {
  for (const check of PRECHECKS) {
    const reason = await check(file, source);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
