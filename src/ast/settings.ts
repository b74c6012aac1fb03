/** What is said of a table beside its query, as data. */

import { DefinitionError } from "../core/errors.ts";
import type { Place } from "../core/location.ts";
import type { ExprNode, NodeBase } from "./expr.ts";
import type { RelationNode } from "./relation.ts";

/** A streaming table takes what is new; a materialized view is computed again where an input changed. */
export type TableKind = "streaming" | "materialized";
/** What becomes of a row that breaks an expectation: counted and kept, dropped, put into quarantine, or the update of its table fails. */
export type ViolationAction = "warn" | "drop" | "fail" | "quarantine";

/** The method of the builder that gives a rule with each action. */
export const EXPECTATION_METHODS = {
  warn: "expect",
  drop: "expectOrDrop",
  fail: "expectOrFail",
  quarantine: "expectOrQuarantine",
} as const satisfies Readonly<Record<ViolationAction, string>>;

/** A named row predicate over the table's own columns. */
export interface ExpectationNode extends NodeBase {
  readonly name: string;
  readonly action: ViolationAction;
  readonly predicate: ExprNode;
}

export interface ForeignKeyNode extends NodeBase {
  readonly columns: readonly string[];
  readonly table: string;
  /** The referenced table's key. */
  readonly key: readonly string[];
}

/** Another query that writes into the table: in every update, or once (a backfill). */
export interface FlowNode extends NodeBase {
  readonly name: string;
  readonly once: boolean;
  readonly query: RelationNode;
}

/** A column mask: the catalog's function that decides what a reader sees of a column. */
export interface MaskNode {
  readonly column: string;
  /** Name of a SQL function, `governance.mask_email`. Its first argument is the column. */
  readonly function: string;
  /** Columns that are its other arguments. */
  readonly using: readonly string[];
}

/** A row filter: the catalog's function that decides which rows a reader sees. */
export interface RowFilterNode {
  readonly function: string;
  /** Columns that are its arguments. */
  readonly on: readonly string[];
}

/** How a materialized view is brought up to date. */
export type RefreshPolicy = (typeof REFRESH_POLICIES)[number];

const REFRESH_POLICIES = ["auto", "incremental", "incremental strict", "full"] as const;

/**
 * The policy stands in SQL as it is: it is one of these, whatever the caller's types say.
 *
 * @throws DefinitionError `SET004`.
 */
export function checkRefreshPolicy(given: unknown, at: Place): RefreshPolicy {
  const known = REFRESH_POLICIES.find((policy) => policy === given);
  if (known !== undefined) return known;
  throw new DefinitionError({
    code: "SET004",
    message: `${JSON.stringify(given)} is not a refresh policy`,
    help: `give one of ${REFRESH_POLICIES.map((policy) => JSON.stringify(policy)).join(", ")}`,
    location: at,
  });
}

/** What is said of a table beside its query. */
export interface TableSettings {
  readonly key?: readonly string[];
  readonly references: readonly ForeignKeyNode[];
  readonly expectations: readonly ExpectationNode[];
  readonly comment?: string;
  readonly owner?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Columns, or `auto`: the platform chooses them. */
  readonly clusterBy: readonly string[] | "auto";
  readonly partitionBy: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  readonly private: boolean;
  /** A view of the pipeline, not stored and not published. */
  readonly temporary: boolean;
  readonly flows: readonly FlowNode[];
  readonly masks: readonly MaskNode[];
  readonly rowFilter?: RowFilterNode;
  readonly refreshPolicy?: RefreshPolicy;
  /** The user's override of the derived kind. */
  readonly kind?: TableKind;
  readonly extensions: Readonly<Record<string, unknown>>;
}

export const NO_SETTINGS: TableSettings = Object.freeze({
  references: Object.freeze([]),
  expectations: Object.freeze([]),
  tags: Object.freeze({}),
  clusterBy: Object.freeze([]),
  partitionBy: Object.freeze([]),
  properties: Object.freeze({}),
  private: false,
  temporary: false,
  flows: Object.freeze([]),
  masks: Object.freeze([]),
  extensions: Object.freeze({}),
});
