/** What an update did with a table, in counts of rows. */

import type { Refresh } from "../../../lower/incremental/issues.ts";
import type { Judged } from "../rules.ts";
import type { ExpectationResult } from "../update.ts";

export interface Outcome {
  readonly skipped: boolean;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly rowsDropped: number;
  readonly rowsQuarantined: number;
  readonly expectations: readonly ExpectationResult[];
  /** Of a materialized view: how it was brought up to date. */
  readonly refresh?: Refresh;
}

export const NOTHING: Outcome = {
  skipped: true,
  rowsRead: 0,
  rowsWritten: 0,
  rowsDropped: 0,
  rowsQuarantined: 0,
  expectations: [],
};

/** `leftOut`: rows that the conditions of the query left out, before its rules were asked. */
export function outcome(read: number, judged: Judged, leftOut = 0): Outcome {
  const { written, dropped, quarantined, expectations } = judged;
  return {
    skipped: false,
    rowsRead: read,
    rowsWritten: written,
    rowsDropped: leftOut + dropped,
    rowsQuarantined: quarantined,
    expectations,
  };
}

export const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
