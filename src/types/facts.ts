import type { Additivity, SqlType } from "./types.ts";

/** What the type system knows of a value, carried by every expression node. */
export interface ValueFacts {
  readonly type: SqlType;
  readonly nullable: boolean;
  /** What makes the value sensitive, sorted: `["email"]`. */
  readonly labels: readonly string[];
  /** Unit of a number (`"EUR"`), `""` for none. */
  readonly unit: string;
  readonly additivity: Additivity;
}
