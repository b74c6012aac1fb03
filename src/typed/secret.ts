/**
 * A secret of the environment, which `sha256()` and `tokenize()` accept as their salt. It is not a column: its value cannot be
 * selected. `param.secret()` makes it.
 */
export interface Secret {
  readonly " ~secret": string;
}
