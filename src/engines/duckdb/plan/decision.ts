/** What is decided of a table, and the facts that it is decided on. */

import type { TableNode } from "../../../ast/pipeline.ts";
import type { Refresh } from "../../../lower/incremental/issues.ts";
import type { Definition, Json, Mode } from "../../../settings/definition.ts";
import type { TablePlan } from "../../plan.ts";
import type { InputState, TableState } from "../state/state.ts";
import type { FileRows, PhysicalTable } from "./facts.ts";

/** What is known of a bronze table's files, where they count. */
export interface FileFacts {
  readonly rows: readonly FileRows[];
  /** Paths that its sources name now. */
  readonly listed: ReadonlySet<string>;
  /** Whether a value was rescued or a row quarantined: then an added column may have values in rows that are there. */
  readonly leftovers: boolean;
}

/** What of a table cannot be made again. */
export interface Loss {
  readonly words: string;
  /** What would spare it: files that are put back, or a rename in an update of its own, before the definition changes. */
  readonly remedies?: readonly ("files" | "rename")[];
}

/** What the update does with the files of a bronze table. */
export interface ArrivalFacts {
  /** Files to read. */
  readonly files: number;
  /** In words, each kind of arrival; empty where there is nothing to do. */
  readonly why: readonly string[];
  /** Why the table would not be updated, in words. */
  readonly refused: readonly string[];
  /** Rows that go with the last files of a source. */
  readonly loses: readonly Loss[];
}

/** A table of the pipeline, and what is there of it. */
export interface TableFacts {
  readonly node: TableNode;
  readonly mode: Mode;
  readonly definition: Definition;
  readonly settings: Readonly<Record<string, Json>>;
  /** Names of its parameters whose values are kept as digests only. */
  readonly secrets: readonly string[];
  /** Values of its parameters in this update. */
  readonly values: Readonly<Record<string, string | null>>;
  readonly state: TableState | undefined;
  /** What the names of its files are relative to. */
  readonly baseDir: string;
  /** The name that the table had before this update, where that is another. */
  readonly renamedFrom?: string;
  /** Rows that its inputs had and that its new inputs do not have. */
  readonly left: readonly Loss[];
  /** How far it has read its inputs. */
  readonly read: readonly InputState[];
  readonly physical: PhysicalTable | undefined;
  /** Files that the warehouse remembers for it. */
  readonly rememberedFiles: number;
  /** The quarantine that it has or is to have, and what is there of it. */
  readonly quarantine:
    | { readonly columns: readonly string[]; readonly physical: PhysicalTable | undefined }
    | undefined;
  /** The columns that it should have now, as DuckDB names their types. */
  readonly columns: ReadonlyMap<string, string>;
  readonly clock: "moved" | "still";
  /** Of a materialized view: by which technique it can be kept up to date, or why it cannot. Worked out when asked. */
  readonly refresh: () => Refresh | undefined;
  /** Tables that it reads row by row, and so only once each. */
  readonly follows: readonly string[];
  readonly inputs: readonly string[];
  readonly files?: FileFacts;
  /** Of a history of snapshots: the tables that hold every version of it, if they do. */
  readonly heldBy?: readonly string[];
  /** What is to be done with the files of its sources, where they were listed. */
  readonly arrivals?: ArrivalFacts;
}

/** What an update does with a table. */
export interface Decision extends Omit<TablePlan, "loses"> {
  readonly loses: readonly Loss[];
  /** What the names of its files are relative to. */
  readonly baseDir: string;
  /** Id of the data that is there. */
  readonly generation?: string;
  readonly version?: number;
  /** Whether the loss of what cannot be made again is accepted for it. */
  readonly accepted: boolean;
  /** The rows that are there stay: the update goes on from them. */
  readonly keeps: boolean;
  /** Streams that have read nothing yet, by index. */
  readonly addedStreams: readonly number[];
  readonly addedColumns: readonly string[];
  /** Whether the table is to have other columns for the rows that it keeps. */
  readonly reshapes: boolean;
  /** Whether its query is to be run although its inputs are as they were. */
  readonly due: boolean;
  /** Whether the state's description of the table is to be written. */
  readonly describes: boolean;
  /** What was changed outside of medallion: repaired, or refused. */
  readonly damage: Damage | undefined;
  /** Whether it will have other rows after the update, as far as that is known. */
  readonly changes: boolean;
}

export interface DecideOptions {
  readonly fullRefresh: (table: TableNode) => boolean;
  readonly accepts: (table: TableNode) => boolean;
}

/** What was changed outside of medallion. */
export interface Damage {
  readonly words: string;
  /** Code of the error where it is refused. */
  readonly code: "STATE002" | "STATE003";
  /** Rows that readers have read are gone: nobody but the user can say whether on purpose. */
  readonly refused: boolean;
}
