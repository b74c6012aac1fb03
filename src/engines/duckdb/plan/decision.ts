/** What is decided of a table, and the facts that it is decided on. */

import type { TableNode } from "../../../ast/pipeline.ts";
import type { Mode } from "../../../plan/reads.ts";
import type { Definition, Json } from "../../../settings/definition.ts";
import type { TablePlan } from "../../plan.ts";
import type { InputState, TableState } from "../state.ts";
import type { FileRows, PhysicalTable } from "./facts.ts";

/** What is known of a bronze table's files, where they count. */
export interface FileFacts {
  readonly rows: readonly FileRows[];
  /** Paths that its sources name now. */
  readonly listed: ReadonlySet<string>;
  /** Whether a value was rescued or a row quarantined: then an added column may have values in rows that are there. */
  readonly leftovers: boolean;
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
  /** How far it has read its inputs. */
  readonly read: readonly InputState[];
  readonly physical: PhysicalTable | undefined;
  /** Files that the warehouse remembers for it. */
  readonly rememberedFiles: number;
  /** Whether its quarantine is there, if it has one. */
  readonly quarantine: boolean;
  /** The columns that it should have now, as DuckDB names their types. */
  readonly columns: ReadonlyMap<string, string>;
  readonly clock: "moved" | "still";
  /** Tables that it reads row by row, and so only once each. */
  readonly follows: readonly string[];
  readonly inputs: readonly string[];
  readonly files?: FileFacts;
  /** Files that it has not read yet, where they were listed. */
  readonly newFiles?: number;
}

/** What an update does with a table. */
export interface Decision extends TablePlan {
  /** Id of the data that is there. */
  readonly generation?: string;
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
  readonly baseDir: string;
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
