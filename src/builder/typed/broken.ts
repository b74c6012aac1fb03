/** A table that is in error, as its readers see it: what they do with it is no second error. */

import type { InError } from "./columns.ts";
import type { AnyRelation, Grouped, Relation, Sorted } from "./relation.ts";

/** Any argument. A callback finds a type of its own in it, in options as well, so that its parameters have one. */
type Anything =
  | ((...given: InError[]) => unknown)
  | { readonly [option: string]: Anything }
  | NonNullable<unknown>
  | null
  | undefined;

type Step = Exclude<
  keyof Relation<InError> | keyof Grouped<InError, InError> | keyof Sorted<InError, InError>,
  keyof AnyRelation<InError, InError> | ` ~${string}`
>;
/** Every step accepts anything and gives a table that is in error again. */
type Lenient = { readonly [S in Step]: (...given: readonly Anything[]) => Broken };

export interface Broken extends AnyRelation<InError, InError>, Lenient {
  readonly " ~kind": InError;
  readonly " ~changes": InError;
}
