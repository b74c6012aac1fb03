/** What the names of a table's files are relative to. */
import { isAbsolute } from "node:path";
import { hasParams } from "../../../ast/params.ts";
import { isFileRead } from "../../../lower/reads.ts";
import type { LoweredTable } from "../../../lower/table.ts";
import { readsFiles } from "../../../settings/definition.ts";
import { expandBraces } from "../files/files.ts";
import type { Params } from "../params.ts";
import type { FilesRead } from "../state/files.ts";
import type { TableState } from "../state/state.ts";
import { covers } from "./coverage.ts";

interface Bases {
  readonly params: Params;
  /** Of this update. */
  readonly baseDir: string;
  /** Tables that the update is for: others may lack the values of their parameters. */
  readonly wanted: ReadonlySet<string>;
  /** What each table has read, by name. */
  readonly files: ReadonlyMap<string, FilesRead>;
}

/**
 * Files that absolute paths name stay where they are, whatever the base directory of an update: they keep the names that
 * they were read under, or each of them would be read again as another file. Where the paths lead elsewhere now, the files
 * have moved with the base directory, or others are read.
 */
export function baseDirOf(
  lowered: LoweredTable,
  state: TableState | undefined,
  { params, baseDir, wanted, files }: Bases,
): string {
  if (!state || state.baseDir === baseDir || !readsFiles(state.definition.mode)) return baseDir;
  if (lowered.mode !== "ingest" && lowered.mode !== "replace") return baseDir;
  const paths = lowered.reads.filter(isFileRead).map((read) => read.query.path);
  if (paths.length === 0 || (!wanted.has(lowered.table.name) && paths.some(hasParams))) return baseDir;
  const filled = paths.map(params.path);
  if (!filled.flatMap(expandBraces).every((one) => isAbsolute(one))) return baseDir;
  const named = filled.map((path) => covers(path, state.baseDir));
  const known = [...(files.get(state.name)?.keys() ?? [])];
  return known.some((file) => named.some((names) => names(file))) ? state.baseDir : baseDir;
}
