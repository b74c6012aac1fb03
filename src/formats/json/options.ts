/** The options of JSON sources. */
import type { NativeOptions, TextOptions } from "../options.ts";

/** How JSON files are read. */
export interface JsonOptions extends TextOptions, NativeOptions {
  /** `lines`: one object per line (the default). `array`: one array of objects per file. */
  readonly layout?: "lines" | "array";
}
