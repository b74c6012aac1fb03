/** Change events and snapshots: what `scd1` and `scd2` accept. */

import type { Problem } from "../../core/problem.ts";
import type { Said } from "../../diagnostics/sentences.ts";
import type { TableMethods } from "../../settings/settings.ts";
import type { Agg, Condition } from "../../typed/base.ts";
import type { AnyStep } from "../../typed/broken.ts";
import type { Chosen, Naming, Rule, Same } from "../../typed/callbacks.ts";
import type { Fit } from "../../typed/checks.ts";
import type { Columns } from "../../typed/columns.ts";
import type { ChangeFlows } from "../../typed/flows.ts";
import type { NamedColumns } from "../../typed/keys.ts";
import type { OptionsKnownAs, OptionsOfEvents } from "../../typed/known-options.ts";

type ChangesKnownAs = OptionsKnownAs<
  "key" | "sequenceBy" | "deleteWhen" | "trackHistory" | "truncateWhen" | "columns" | "ignoreNullUpdates"
>;

export interface ChangeOptions<S, K, Q, W, R, H> extends ChangesKnownAs {
  /** What identifies a row: columns that are stored. */
  readonly key: Chosen<Said<"EXPR001:columns">, NamedColumns<S>, K>;
  /** What orders the events of a key; several columns as `fn.struct({ … })`. */
  readonly sequenceBy: Chosen<Said<"EXPR001:column">, S, Q>;
  /** Which events delete. */
  readonly deleteWhen?: Rule<Said<"TYPE001:condition">, S>;
  /** Type 2: only a change in these columns makes a version. Left out: a change in any stored column. */
  readonly trackHistory?: Chosen<
    Said<"ARG001:callback">,
    S,
    (H & Columns & Same<S> & NoInfer<Tracked<H, R>>) | Problem<Said<"EXPR002">>
  >;
  /** Which events empty the table; for `scd1` only. */
  readonly truncateWhen?: W;
  /** What is stored: all columns, if left out. */
  readonly columns?: Chosen<Said<"ARG001:callback">, S, (R & Columns) | Problem<Said<"EXPR002">>>;
  /** In these columns (`true`: in all) a null of an update leaves the value as it was. */
  readonly ignoreNullUpdates?: true | Naming<Said<"ARG001:callback">, S>;
}

/** Says of a column that `columns` leaves out that its changes are in no version. */
type Tracked<H, R> = unknown extends R
  ? unknown
  : { [K in Exclude<keyof H, keyof R>]: Problem<Said<"COL001:tracked", { column: K & string }>> };

export interface SnapshotOptions<S, K, V, R, H>
  extends OptionsKnownAs<"key" | "trackHistory" | "version" | "columns">,
    OptionsOfEvents {
  /** What identifies a row: columns that are stored. */
  readonly key: Chosen<Said<"EXPR001:columns">, NamedColumns<S>, K>;
  /** Type 2: only a change in these columns makes a version. Left out: a change in any stored column. */
  readonly trackHistory?: Chosen<
    Said<"ARG001:callback">,
    S,
    (H & Columns & Same<S> & NoInfer<Tracked<H, R>>) | Problem<Said<"EXPR002">>
  >;
  /** One value over all rows that orders the states: `(c) => c.taken_on.max()`. */
  readonly version?: Chosen<Said<"AGG001:version">, S, Agg<V> | Problem<Said<"AGG001:version">>>;
  /** What is stored: all columns, if left out. */
  readonly columns?: Chosen<Said<"ARG001:callback">, S, (R & Columns) | Problem<Said<"EXPR002">>>;
}

/** What queries have and change events have not: protected, as in `StepsComeBeforeSettings`. */
declare class StepsComeBeforeChanges {
  protected readonly " ~rule": Said<"SET001:changes">;
  protected readonly where: AnyStep;
  protected readonly whereNotNull: AnyStep;
  protected readonly select: AnyStep;
  protected readonly derive: AnyStep;
  protected readonly lookup: AnyStep;
  protected readonly join: AnyStep;
  protected readonly leftJoin: AnyStep;
  protected readonly fullJoin: AnyStep;
  protected readonly semiJoin: AnyStep;
  protected readonly antiJoin: AnyStep;
  protected readonly asOfJoin: AnyStep;
  protected readonly union: AnyStep;
  protected readonly groupBy: AnyStep;
  protected readonly aggregate: AnyStep;
  protected readonly dedupe: AnyStep;
  protected readonly orderBy: AnyStep;
  protected readonly pipe: AnyStep;
  protected readonly key: AnyStep;
  protected readonly references: AnyStep;
  protected readonly temporary: AnyStep;
  protected readonly refreshPolicy: AnyStep;
  protected readonly materialized: AnyStep;
  protected readonly streaming: AnyStep;
}

/** Rules, refused: their callbacks have types, so that there is no second error. */
type NoRules<S> = Readonly<Record<string, (columns: S) => Condition>> & Problem<Said<"SCD008">>;

/**
 * Change events with a key and a sequence, or snapshots: the only input of `scd1` and `scd2`. `S` is what is stored,
 * `K` the key, `Q` the sequence, `T` whether events may truncate the table (type 1 only).
 */
export interface Changes<S, K, Q, T extends boolean = false>
  extends TableMethods<S, Changes<S, K, Q, T>>,
    StepsComeBeforeChanges {
  readonly " ~changes": readonly [S, K, Q];
  readonly " ~truncates": T;
  /** Change events of other inputs into the same target, each flow by its name. */
  appendFlow<F extends object>(flows: Fit<F, ChangeFlows<S, K, Q, F>>): Changes<S, K, Q, T>;
  /** Change events that are applied once, when the target is made: what came before the stream. */
  backfill<F extends object>(flows: Fit<F, ChangeFlows<S, K, Q, F>>): Changes<S, K, Q, T>;
  expect(rules: NoRules<S>): Changes<S, K, Q, T>;
  expectOrDrop(rules: NoRules<S>): Changes<S, K, Q, T>;
  expectOrFail(rules: NoRules<S>): Changes<S, K, Q, T>;
  expectOrQuarantine(rules: NoRules<S>): Changes<S, K, Q, T>;
  /** A setting of your own: a function from changes to changes. */
  with<R>(setting: (changes: Changes<S, K, Q, T>) => R): R;
}
