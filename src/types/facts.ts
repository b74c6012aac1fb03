import type { Additivity, SqlType } from "./types.ts";

/** What the type system knows of a value, carried by every expression node. */
export interface ValueFacts {
  readonly type: SqlType;
  readonly nullable: boolean;
  /** What makes the value sensitive, sorted: `["email"]`. */
  readonly labels: readonly string[];
  /** Unit of a number (`"EUR"`), or what a value identifies (`"id of bike"`); `""` for none. */
  readonly unit: string;
  readonly additivity: Additivity;
}

/** The unit of an identifier says what it identifies: only identifiers of one thing are compared. */
export type IdOf<Name extends string> = `id of ${Name}`;

export const idOf = <Name extends string>(name: Name): IdOf<Name> => `id of ${name}`;

export const nameOfId = (unit: IdOf<string>): string => unit.slice(idOf("").length);

/** Whether a unit is that of an identifier. */
export const isId = (unit: string): unit is IdOf<string> => unit.startsWith("id of ");
