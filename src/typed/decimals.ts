/** Which decimals there are: 1 to 38 digits, and no more of them after the point. */
import type { Problem } from "../core/problem.ts";
import type { Said } from "../diagnostics/sentences.ts";

/** 0 to `N`. */
type UpTo<N extends number, Counted extends readonly unknown[] = []> = Counted["length"] extends N
  ? N
  : Counted["length"] | UpTo<N, [...Counted, 0]>;
type Precision = Exclude<UpTo<38>, 0>;

/** Says of a precision that is written down whether there is a decimal of it. */
export type Digits<P extends number> = number extends P
  ? unknown
  : P extends Precision
    ? unknown
    : Problem<Said<"TYPE003:decimal">>;
/** Says of a scale that is written down whether the precision has room for it. */
export type Decimals<D extends number, P extends number> = number extends D
  ? unknown
  : P extends Precision
    ? D extends UpTo<P>
      ? unknown
      : Problem<Said<"TYPE003:decimal">>
    : unknown;
