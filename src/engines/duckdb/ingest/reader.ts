/** How the embedded engine reads the files of a source: the contract of the formats' readers. */
import type { SourceFile } from "../files/files.ts";
import type { Session } from "../warehouse/session.ts";
import type { Probe } from "./probe.ts";
import type { FileShape } from "./read-csv.ts";
import type { Sorted } from "./record-sorting.ts";
import type { RecordFormat } from "./records.ts";
import type { Input, Reading } from "./statement.ts";

/** A file that can be read as it is. `records`: how many it has, where that is known. */
export interface WholeFile {
  readonly kind: "whole";
  readonly file: SourceFile;
  readonly shape: FileShape;
  readonly records?: number;
  /** The columns that the file itself names, where it is not its header that does. */
  readonly columns?: readonly string[];
}

/** A file that has to be taken apart first. */
export interface MixedFile {
  readonly kind: "mixed";
  readonly file: SourceFile;
  readonly shape: FileShape;
}

export type Look =
  | WholeFile
  | MixedFile
  /** It has no record. */
  | { readonly kind: "empty"; readonly file: SourceFile }
  | { readonly kind: "refused"; readonly file: SourceFile; readonly error: unknown };

/** The reader of one source. */
export interface FileReader {
  /**
   * Looks over a file that has bytes, and counts its records apart from the statement that reads them. What is thrown is
   * why the file cannot be read.
   */
  readonly look: (file: SourceFile, probe: Probe) => Promise<Look>;
  /** Why a file of text, which begins so, is laid out otherwise than the source declares. */
  readonly whyOtherLayout?: (start: Buffer, file: SourceFile) => Promise<string | undefined>;
  /** Which of some names its records have, where that is known of nothing but the records. */
  readonly namesThere?: (file: SourceFile, names: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Finds the records of a file that is taken apart. Absent: a file is read as a whole or not at all. */
  readonly records?: (shape: FileShape, sorted: Sorted) => RecordFormat;
  /** The rows of files of one shape: the files themselves, or copies of their good records, each on a line. */
  readonly read: (session: Session, inputs: readonly Input[], shape: FileShape) => Promise<Reading>;
}
