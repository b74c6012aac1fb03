/** What a file holds, in short: files of one size and one digest hold the same. */
import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import type { SourceFile } from "./files.ts";

type Content = Pick<SourceFile, "absolute" | "size">;

/** Of each file as it was listed: reading it, remembering it and looking for it again take one digest. */
const known = new WeakMap<Content, Promise<string | undefined>>();

/** The SHA-256 of the bytes of a file; `undefined` where it cannot be read. */
export function digestOf(file: Content): Promise<string | undefined> {
  const digest = known.get(file) ?? take(file).catch(() => undefined);
  known.set(file, digest);
  return digest;
}

/** A stream for each of many small files would cost more than reading them. */
const AT_ONCE = 1 << 20;

async function take({ absolute, size }: Content): Promise<string> {
  const hash = createHash("sha256");
  if (size <= AT_ONCE) hash.update(readFileSync(absolute));
  else for await (const piece of createReadStream(absolute, { highWaterMark: AT_ONCE })) hash.update(piece);
  return hash.digest("hex");
}
