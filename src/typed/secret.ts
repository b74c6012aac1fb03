import type { Problem } from "../core/problem.ts";

/**
 * A secret of the environment, which `sha256()` and `tokenize()` accept as their salt. It is not a column: its value cannot be
 * selected. `param.secret()` makes it.
 */
export interface Secret {
  readonly " ~secret": string;
}

/** A text or a secret. The sentence stands in the name, which an error writes. */
export type Salt<Message extends string> = string | Secret | Problem<Message>;
