/**
 * The column names that the engines and targets use next to a user's columns: one list. A column of such a name is
 * refused where the two would meet. `test/unit/reserved.test.ts` tries every such name of the engines' own source.
 */
import type { DefinitionError } from "../core/errors.ts";
import { nameProblem } from "../core/text.ts";
import { mistake } from "../diagnostics/mistake.ts";

/** Where columns stand: what is kept there depends on it. */
type ColumnPlace = keyof typeof KEPT;

/** The columns that a quarantine has in addition to those of its table, in order. */
export const BROKEN_ROW_COLUMNS: readonly string[] = [
  "_broken_rules",
  "_reason",
  "_row",
  "_source",
  "_quarantined_at",
  "_update_id",
];

/** Names in lower case: SQL does not tell cases apart. */
const KEPT = {
  /** Every column of every query. */
  query: {
    what: "DuckDB and the compiled queries",
    names: ["rowid"],
    pattern: /^__((window|held|rows|own|aside)(_\d+)?|medallion_.*)$/,
  },
  /** The declared columns of a table that reads files. */
  files: {
    what: "the readers of files",
    names: [
      "_source_file",
      "_source_modified_at",
      "_ingested_at",
      "_rescued_data",
      "_metadata",
      "__problem",
      "__raw",
      "__row",
      "__fields",
      "__misfits",
      "__fault",
      "__key",
      "__value",
      "__path",
      "__modified_at",
    ],
    pattern: /^__raw_/,
  },
  /** The columns of a table whose rows may go to quarantine. */
  quarantine: {
    what: "the quarantine table",
    names: BROKEN_ROW_COLUMNS,
    pattern: undefined,
  },
  /** The columns of a table with expectations. */
  rules: { what: "the counts of expectations", names: [], pattern: /^__rule\d+$/ },
  /** The columns that change events store. */
  changes: {
    what: "the application of changes",
    names: ["__sequence", "__delete", "__truncate", "__rank", "__starts", "__ends", "__life"],
    pattern: undefined,
  },
  /** The columns that a history stores. */
  history: { what: "the versions of a history", names: ["__start_at", "__end_at"], pattern: undefined },
} satisfies Record<string, { what: string; names: readonly string[]; pattern: RegExp | undefined }>;

/** What is kept begins with an underscore, but for `rowid`: most names are looked at no further. */
const ORDINARY = /^(?!rowid$)[a-z][a-z0-9_]*$/i;

/** Whether a name is kept by the engines where columns stand. */
function isKept(name: string, place: ColumnPlace): boolean {
  const { names, pattern }: { names: readonly string[]; pattern: RegExp | undefined } = KEPT[place];
  const lower = name.toLowerCase();
  return names.includes(lower) || pattern?.test(lower) === true;
}

/**
 * Checks the names of columns, or of the fields of a struct (`places` is empty then).
 *
 * @throws DefinitionError `COL002` where there is none, or a name is not a name, kept by the engines, or there twice but
 * for its case.
 */
export function checkColumnNames(names: readonly string[], places: readonly ColumnPlace[], at: string | undefined) {
  if (names.length === 0) throw none(places.length === 0 ? "a struct needs a field" : "a table needs a column", at);
  refuseTwins(names, at);
  checkReserved(names, places, at);
}

/**
 * Checks names that are known to differ, where they stand for more than a column of a query.
 *
 * @throws DefinitionError `COL002`
 */
export function checkReserved(names: readonly string[], places: readonly ColumnPlace[], at: string | undefined): void {
  for (const name of names) {
    if (ORDINARY.test(name)) continue;
    const problem = nameProblem(name);
    if (problem !== undefined) {
      throw refused(name, `the column name ${JSON.stringify(name)} ${problem}`, "give the column another name", at);
    }
    const kept = places.find((place) => isKept(name, place));
    if (kept !== undefined) throw keptName(name, kept, at);
  }
}

function refuseTwins(names: readonly string[], at: string | undefined): void {
  const lower = names.map((name) => name.toLowerCase());
  if (new Set(lower).size === lower.length) return;
  const second = lower.findIndex((name, i) => lower.indexOf(name) < i);
  throw twins(names[lower.indexOf(lower[second] ?? "")] ?? "", names[second] ?? "", at);
}

function none(message: string, location: string | undefined): DefinitionError {
  return mistake(location, { code: "COL002", message, help: "give it at least one" });
}

function twins(first: string, second: string, at: string | undefined): DefinitionError {
  const twice = `two columns are named "${first}"`;
  const message = first === second ? twice : `${twice} and "${second}", which SQL does not tell apart`;
  return refused(second, message, "rename one of them", at);
}

function keptName(name: string, place: ColumnPlace, at: string | undefined): DefinitionError {
  const help =
    place === "files"
      ? "leave it out of the declared columns: its values are then in _rescued_data"
      : "rename it in a select() before, or leave a column of a file undeclared: its values are then in _rescued_data";
  return refused(name, `the column name "${name}" is reserved for ${KEPT[place].what}`, help, at);
}

function refused(column: string, message: string, help: string, location: string | undefined): DefinitionError {
  return mistake(location, { code: "COL002", message, help, column });
}
