/** What is taken of other rows, whatever the type: `E` is the value, `Nullable` the same where there may be none. */

import type { Said } from "../diagnostics/sentences.ts";
import type { Agg, LabelOf, NullOf, OrderFunction, WindowFunction } from "./base.ts";
import type { Relabelled } from "./facts.ts";
import type { ByValue } from "./scalars.ts";

/** The values of other rows of a window. */
export interface Neighbours<Nullable> {
  /** The value `offset` rows before this one; null where there is none. */
  lag(offset?: number): OrderFunction<Nullable>;
  /** The value `offset` rows after this one; null where there is none. */
  lead(offset?: number): OrderFunction<Nullable>;
  /** The value of the first row of the frame. */
  firstValue(): WindowFunction<Nullable>;
  /** The value of the last row of the frame. */
  lastValue(): WindowFunction<Nullable>;
}

type Pick<E, Nullable, O> = Agg<
  Relabelled<Nullable, LabelOf<O>>,
  Relabelled<[NullOf<O>] extends [never] ? E : Nullable, LabelOf<O>>
>;

/** The value of one row of a group. */
export interface Picks<E, Nullable> {
  /** The value of the row where `order` is greatest. */
  maxBy<O extends ByValue<Said<"TYPE001:by">>>(order: O): Pick<E, Nullable, O>;
  /** The value of the row where `order` is least. */
  minBy<O extends ByValue<Said<"TYPE001:by">>>(order: O): Pick<E, Nullable, O>;
  /** The last value in time. The same as `maxBy`. */
  lastBy<O extends ByValue<Said<"TYPE001:by">>>(order: O): Pick<E, Nullable, O>;
  /** The first value in time. The same as `minBy`. */
  firstBy<O extends ByValue<Said<"TYPE001:by">>>(order: O): Pick<E, Nullable, O>;
}

/** What any value of a row is asked over many rows. */
export interface Sampled<E, Nullable> extends Neighbours<Nullable>, Picks<E, Nullable> {}

/** The least and the greatest value. */
export interface Extremes<E, Nullable> {
  min(): Agg<Nullable, E>;
  max(): Agg<Nullable, E>;
}
