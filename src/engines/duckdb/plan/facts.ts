/** What the plan needs to know of the warehouse and of the files: read here, so that the decisions are pure. */

import path from "node:path";
import { companionName } from "../../../ast/companions.ts";
import { fullName, type Layer } from "../../../ast/pipeline.ts";
import { duckdbIdentifier as id, duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import { fileAt } from "../files/files.ts";
import { type FilesRead, isRead, isStill, type ReadVersion } from "../state/files.ts";
import type { TableState } from "../state/state.ts";
import type { Catalog } from "../warehouse/catalog.ts";
import type { Session } from "../warehouse/session.ts";

/** A table as it stands in the warehouse. */
export interface PhysicalTable {
  readonly rows: number;
  /** Where its row ids end: more than its rows where some were deleted. */
  readonly end: number;
  readonly columns: ReadonlyMap<string, string>;
}

/** The tables of the layers that the state knows, as they are; what is missing is not there. */
export async function readPhysical(
  session: Session,
  { relations }: Catalog,
  states: readonly TableState[],
): Promise<ReadonlyMap<string, PhysicalTable>> {
  const there = states.filter((state) => relations.has(fullName(state)));
  const counts = new Map<string, number>();
  for (let i = 0; i < there.length; i += TABLES_AT_ONCE) {
    const selects = there
      .slice(i, i + TABLES_AT_ONCE)
      .map(
        ({ layer, name }) =>
          `SELECT ${text(fullName({ layer, name }))} AS name, count(*) AS n FROM ${layer}.${id(name)}`,
      );
    for (const row of await session.rows(selects.join(" UNION ALL "))) {
      counts.set(String(row["name"]), Number(row["n"]));
    }
  }
  return new Map(
    [...relations].map(([name, { columns, end }]) => {
      const rows = counts.get(name) ?? 0;
      return [name, { rows, end: counts.has(name) ? (end ?? rows) : 0, columns }];
    }),
  );
}

// Planning a statement over many tables takes longer than it saves.
const TABLES_AT_ONCE = 50;

/** Rows that were read from a file, in the table and in its quarantine. */
export interface FileRows {
  readonly path: string;
  readonly rows: number;
  /** `there`: as it was when it was read. */
  readonly now: "there" | "gone" | "changed";
}

/** What is known of the files of tables. */
interface FileKnowledge {
  readonly physical: ReadonlyMap<string, PhysicalTable>;
  readonly files: ReadonlyMap<string, FilesRead>;
  readonly baseDir: string;
}

/** Every file that a bronze table has rows of or remembers, and whether it can still be read as it was. */
export async function readFileRows(
  session: Session,
  { layer, name }: { readonly layer: Layer; readonly name: string },
  { physical, files, baseDir }: FileKnowledge,
): Promise<readonly FileRows[]> {
  const read: FilesRead = files.get(name) ?? new Map();
  const known = [...read].flatMap(([file, all]) =>
    all.filter(isRead).map(({ modifiedMs }) => ({ file, modified: modifiedMs, n: 0 })),
  );
  const stored = await rowsByFile(session, fullName({ layer, name }), "_source_file", "_source_modified_at", physical);
  const aside = await rowsByFile(
    session,
    fullName({ layer, name: companionName(name, "quarantine") }),
    "_source",
    undefined,
    physical,
  );
  const versions = new Map<string, { file: string; modified: number | undefined; rows: number }>();
  for (const row of [...known, ...stored, ...aside]) {
    if (row["file"] === null) continue;
    const file = String(row["file"]);
    const modified = row["modified"] == null ? undefined : Number(row["modified"]);
    const key = `${modified}\u0000${file}`;
    const before = versions.get(key)?.rows ?? 0;
    versions.set(key, { file, modified, rows: before + Number(row["n"]) });
  }
  return Promise.all([...versions.values()].map((version) => fileRows(version, read.get(version.file) ?? [], baseDir)));
}

async function rowsByFile(
  session: Session,
  table: string,
  file: string,
  modified: string | undefined,
  physical: ReadonlyMap<string, PhysicalTable>,
) {
  const columns = physical.get(table)?.columns;
  if (!columns?.has(file) || (modified !== undefined && !columns.has(modified))) return [];
  const [layer = "", ...rest] = table.split(".");
  const when = modified === undefined ? "NULL" : `epoch_ms(${modified})`;
  return session.rows(
    `SELECT ${file} AS file, ${when} AS modified, count(*) AS n FROM ${layer}.${id(rest.join("."))} GROUP BY ALL`,
  );
}

/** Quarantined rows do not know which version of their file they came from: any that is remembered will do. */
async function fileRows(
  { file, modified, rows }: { readonly file: string; readonly modified: number | undefined; readonly rows: number },
  known: readonly ReadVersion[],
  baseDir: string,
): Promise<FileRows> {
  const now = await fileAt(path.resolve(baseDir, file), file);
  if (now === undefined) return { path: file, rows, now: "gone" };
  const read = known.filter(({ modifiedMs }) => modified === undefined || modifiedMs === modified);
  const unknown = read.length === 0 && (modified === undefined || modified === now.modifiedAt.getTime());
  const still = await Promise.all(read.map((version) => isStill(version, now)));
  return { path: file, rows, now: unknown || still.includes(true) ? "there" : "changed" };
}
