/**
 * What becomes of a row, on every engine and target. First the row has to be readable: one of a file whose required values
 * could not be read is quarantined under the rule `readable`, and no other rule is asked of it. A readable row that breaks
 * a rule of `fail` fails the update of its table; one that breaks rules of `quarantine` is quarantined with the names of
 * all of them; one that breaks a rule of `drop` alone is dropped; `warn` only counts. A rule that gives null is broken.
 */
import { fullName, type TableNode } from "../ast/pipeline.ts";
import type { ExpectationNode, ViolationAction } from "../ast/settings.ts";

export interface RowRules {
  /** In the order in which they were given. */
  readonly all: readonly ExpectationNode[];
  /** Whether rows may be unreadable: those of files. */
  readonly readable: boolean;
}

export function rulesOf({ all }: RowRules, ...actions: readonly ViolationAction[]): readonly ExpectationNode[] {
  return all.filter((rule) => actions.includes(rule.action));
}

/** What the update of a target of snapshots fails with where a state has several rows of one key. */
export function twins(table: TableNode): string {
  return `keys come more than once in the snapshot of ${fullName(table)}`;
}

/** What the update of a table fails with where a row breaks a rule: how it is told, and how an engine's error is known. */
export function failingRule(table: TableNode, rule: { readonly name: string }): string {
  return `the rule "${rule.name}" of ${fullName(table)}, which fails its update`;
}

/** What helps where a key comes twice in one snapshot. */
export const ONE_STATE =
  "a snapshot is one state: of several states keep the newest, by semiJoin() with their greatest version; dedupe() only rows that repeat within one, since over several it keeps keys that are no longer there";
