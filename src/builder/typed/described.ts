/** What may be said of any table alongside its query: who owns it, how it is laid out, who may see what. */
import type { SettingDefinition } from "../../settings/outside.ts";
import type { AnyExpr } from "../../typed/base.ts";
import type { Columns } from "../../typed/columns.ts";

/** A function of the catalog that masks a column. `using` names the columns that are its further arguments. */
export interface Mask<S> {
  /** Name of a SQL function, `"governance.mask_email"`. Its first argument is the column. */
  readonly function: string;
  readonly using?: (columns: S) => AnyExpr | readonly AnyExpr[];
}

/** Settings of every table, change targets included. `Self` is what a setting gives back. */
export interface Described<S, Self> {
  comment(text: string): Self;
  owner(name: string): Self;
  tags(tags: Readonly<Record<string, string>>): Self;
  properties(properties: Readonly<Record<string, string>>): Self;
  /** Lays the data out by these columns (liquid clustering); `"auto"` leaves the choice to the platform. */
  clusterBy(columns: ((columns: S) => Columns) | "auto"): Self;
  partitionBy(columns: (columns: S) => Columns): Self;
  /** The table is not published outside of the pipeline. */
  private(): Self;
  /**
   * Masks columns for readers: the name of a function of the catalog for each, or a function with more arguments.
   * Unity Catalog applies it when the table is read; the data is stored as it is.
   */
  mask(masks: { readonly [K in keyof S]?: string | Mask<S> }): Self;
  /** Shows a reader only the rows for which a function of the catalog, given these columns, is true. */
  rowFilter(functionName: string, columns: (columns: S) => AnyExpr | readonly AnyExpr[]): Self;
  /** Gives a value to a setting of a plugin, one that `defineSetting()` made. */
  set<Value>(setting: SettingDefinition<Value>, value: NoInfer<Value>): Self;
}
