/** The options of CSV sources. */
import type { SqlType } from "../../types/types.ts";
import type { NativeOptions, TextOptions } from "../options.ts";

/** How CSV files are read. */
export interface CsvOptions extends TextOptions, NativeOptions {
  /** Whether the first line names the columns. Default: true. Without it, columns go by position. */
  readonly header?: boolean;
  /** One character other than a double quote and a line end. Default: a comma. */
  readonly delimiter?: string;
  /**
   * Texts that mean null, in addition to the empty one: `["NA"]`. Nothing in quotes is the empty text in a column of texts,
   * and null in any other.
   */
  readonly nullValues?: readonly string[];
}

/** Whether nothing in quotes means null: it does where it is not a value of the type, as files have it that quote everything. */
export function emptyIsNull(type: SqlType): boolean {
  if (type.kind === "string") return "values" in type && !type.values.includes("");
  return type.kind !== "binary" && type.kind !== "variant";
}
