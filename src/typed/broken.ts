/** A table that is in error, as its readers see it: what they do with it is not a second error. */

import type { RelationNode } from "../ast/relation.ts";
import type { InError } from "./in-error.ts";

/** Any argument. A callback finds its own type in it, in options as well, so that its parameters have one. */
export type Anything =
  | ((...given: InError[]) => unknown)
  | { readonly [option: string]: Anything }
  | NonNullable<unknown>
  | null
  | undefined;

/** A step that accepts anything and gives a table that is in error. */
export type AnyStep = (...given: readonly Anything[]) => Broken;

/** It has all that relations, groups and changes have: `pipeline.ts` asks for what is missing. */
export interface Broken {
  readonly " ~columns": InError;
  readonly " ~key": InError;
  readonly " ~kind": InError;
  readonly " ~changes": InError;
  toNode(): RelationNode;
  readonly where: AnyStep;
  readonly whereNotNull: AnyStep;
  readonly select: AnyStep;
  readonly derive: AnyStep;
  readonly lookup: AnyStep;
  readonly join: AnyStep;
  readonly leftJoin: AnyStep;
  readonly fullJoin: AnyStep;
  readonly semiJoin: AnyStep;
  readonly antiJoin: AnyStep;
  readonly asOfJoin: AnyStep;
  readonly union: AnyStep;
  readonly groupBy: AnyStep;
  readonly aggregate: AnyStep;
  readonly dedupe: AnyStep;
  readonly orderBy: AnyStep;
  readonly limit: AnyStep;
  readonly pipe: AnyStep;
  readonly changes: AnyStep;
  readonly snapshots: AnyStep;
  readonly key: AnyStep;
  readonly references: AnyStep;
  readonly expect: AnyStep;
  readonly expectOrDrop: AnyStep;
  readonly expectOrFail: AnyStep;
  readonly expectOrQuarantine: AnyStep;
  readonly appendFlow: AnyStep;
  readonly backfill: AnyStep;
  readonly temporary: AnyStep;
  readonly refreshPolicy: AnyStep;
  readonly materialized: AnyStep;
  readonly streaming: AnyStep;
  readonly comment: AnyStep;
  readonly owner: AnyStep;
  readonly tags: AnyStep;
  readonly properties: AnyStep;
  readonly clusterBy: AnyStep;
  readonly partitionBy: AnyStep;
  readonly private: AnyStep;
  readonly mask: AnyStep;
  readonly rowFilter: AnyStep;
  readonly set: AnyStep;
  readonly with: AnyStep;
}
