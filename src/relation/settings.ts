/** What is said of a table beside its query, as data. */
import type { ExprNode, NodeBase } from "../expr/nodes.ts";

export type TableKind = "streaming" | "materialized";
export type ViolationAction = "warn" | "drop" | "fail" | "quarantine";

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

/** What is said of a table beside its query. */
export interface TableSettings {
  readonly key?: readonly string[];
  readonly references: readonly ForeignKeyNode[];
  readonly expectations: readonly ExpectationNode[];
  readonly comment?: string;
  readonly owner?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly clusterBy: readonly string[];
  readonly partitionBy: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  readonly private: boolean;
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
  extensions: Object.freeze({}),
});
