/** What a file holds, in short: files of one size and one digest hold the same. */
import { createHash } from "node:crypto";
import { passing } from "../ingest/bytes.ts";
import type { SourceFile } from "./files.ts";

type Content = Pick<SourceFile, "absolute" | "size">;

/** Of each file as it was listed: reading it, remembering it and looking for it again need one digest. */
const known = new WeakMap<Content, Promise<string | undefined>>();

/** The SHA-256 of the bytes of a file; `undefined` where it cannot be read. */
export function digestOf(file: Content): Promise<string | undefined> {
  const digest = known.get(file) ?? take(file).catch(() => undefined);
  known.set(file, digest);
  return digest;
}

async function take({ absolute }: Content): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of passing(absolute)) hash.update(piece);
  return hash.digest("hex");
}
