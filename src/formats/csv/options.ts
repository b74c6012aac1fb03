/** The options of CSV sources. */
import type { NativeOptions, TextOptions } from "../options.ts";

/** How CSV files are read. */
export interface CsvOptions extends TextOptions, NativeOptions {
  /** Whether the first line names the columns. Default: true. Without it, columns go by position. */
  readonly header?: boolean;
  /** One character other than a double quote and a line end. Default: a comma. */
  readonly delimiter?: string;
  /** Texts that mean null, in addition to the empty one: `["NA"]`. */
  readonly nullValues?: readonly string[];
}
