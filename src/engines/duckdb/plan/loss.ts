/** What a rebuild could not make again. */
import { START_AT } from "../../../ast/stored.ts";
import { type Mode, readsFiles } from "../../../settings/definition.ts";
import type { TableState } from "../state/state.ts";
import { covers } from "./coverage.ts";
import type { Damage, Loss, TableFacts } from "./decision.ts";
import type { FileRows } from "./facts.ts";

/** What of the facts tells whether rows can be made again. */
type LossFacts = Pick<TableFacts, "definition" | "physical" | "files" | "values">;

export const inWords = (losses: readonly Loss[]): string => losses.map((lost) => lost.words).join("; ");

/** Each with how many; empty where everything can be made again. */
export function lossOf(
  facts: LossFacts,
  state: TableState,
  damage: Damage | undefined,
  /** Whether every snapshot of a history is still there. */
  snapshots = false,
): readonly Loss[] {
  const history = snapshots ? [] : lostHistory(facts, state, damage);
  return [...lostFiles(facts, state), ...history, ...lostValues(facts, state)];
}

function lostFiles(facts: LossFacts, state: TableState): readonly Loss[] {
  if (!readsFiles(state.definition.mode) || !facts.files) return [];
  const { rows, listed } = facts.files;
  // Rows of a file that has changed are to be replaced in any case.
  const replaced = facts.definition.mode === "replace" && state.definition.mode === "replace";
  const full = rows.filter((file) => file.rows > 0 || facts.physical === undefined);
  const elsewhere = full.filter(
    (file) => file.now === "there" && !listed.has(file.path) && underParameter(file, facts, state),
  );
  return [
    ...goneRows(full.filter((file) => file.now === "gone")),
    ...lostRows(
      full.filter((file) => file.now === "changed" && !replaced),
      "have changed since they were read",
    ),
    ...lostRows(elsewhere, "are named under another value of a parameter"),
  ];
}

/** A file that a path with a parameter names, though not with the value of now. */
function underParameter({ path }: FileRows, { definition }: LossFacts, { baseDir }: TableState): boolean {
  return definition.streams.some((s) => s.path?.includes("${") === true && covers(s.path, baseDir)(path));
}

/** The rows of files that are gone: whoever has the files can put them back. */
export function goneRows(files: readonly FileRows[]): readonly Loss[] {
  return lostRows(files, "are gone").map((lost) => ({ ...lost, remedies: ["files"] }));
}

function lostRows(files: readonly FileRows[], why: string): readonly Loss[] {
  if (files.length === 0) return [];
  const paths = [...new Set(files.map((file) => file.path))].sort();
  const count = files.reduce((sum, file) => sum + file.rows, 0);
  const shown = `${paths.slice(0, 3).join(", ")}${paths.length > 3 ? ", …" : ""}`;
  const rows = count > 0 ? `${count} ${count === 1 ? "row" : "rows"}` : "the rows";
  return [{ words: `${rows} of ${paths.length} ${paths.length === 1 ? "file" : "files"} that ${why} (${shown})` }];
}

function lostHistory(
  { physical }: LossFacts,
  { definition, rowCount }: TableState,
  damage: Damage | undefined,
): readonly Loss[] {
  const history = definition.mode === "snapshots" && definition.columns.some((c) => c.name === START_AT);
  if (!history || rowCount === 0) return [];
  const kept = physical?.rows ?? 0;
  if (kept === 0 && damage)
    return [{ words: `a history of ${rowCount} versions, which is gone from the warehouse: it would begin again` }];
  const versions = `${kept} ${kept === 1 ? "version" : "versions"}`;
  return [{ words: `a history of ${versions}, made from snapshots one after the other` }];
}

/** Rows that were read under another value of a parameter than a rebuild would read them under. */
function lostValues(
  { definition: { mode }, values }: LossFacts,
  { params, rowCount, definition }: TableState,
): readonly Loss[] {
  const follows = (m: Mode) => readsFiles(m) || m === "append" || m === "changes";
  if (!follows(mode) || !follows(definition.mode) || rowCount === 0) return [];
  const names = [...new Set(params.flatMap((epoch) => Object.keys(epoch.values)))].sort();
  const others = names.filter((name) =>
    params.some((epoch) => name in values && (epoch.values[name] ?? null) !== (values[name] ?? null)),
  );
  if (others.length === 0) return [];
  return [{ words: `the values of rows that were read under another value of ${others.join(", ")}` }];
}
