/** Every query step, those that matter most more than once. */
import { aggregate, groupBy } from "./groups.ts";
import { asOfJoin, filterJoin, join, lookup, union } from "./joins.ts";
import type { Step } from "./relation.ts";
import { dedupe, derive, limit, rename, select, where, whereNotNull } from "./rows.ts";

export const STEPS: readonly Step[] = [
  where,
  derive,
  rename,
  groupBy,
  join,
  select,
  dedupe,
  where,
  limit,
  union,
  filterJoin,
  lookup,
  derive,
  groupBy,
  rename,
  asOfJoin,
  aggregate,
  whereNotNull,
  join,
];
