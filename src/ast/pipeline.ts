/** The whole pipeline as data: what `JSON.stringify(pipeline)` writes and `fromManifest` reads. */

import type { NodeBase } from "./expr.ts";
import type { ChangesNode, ColumnFacts, RelationNode, SnapshotsNode } from "./relation.ts";
import type { TableSettings } from "./settings.ts";

/** Bronze reads sources, silver reads bronze and silver, gold reads silver and gold. */
export const LAYERS = ["bronze", "silver", "gold"] as const;
/** What a table is of: bronze as it comes, silver typed and cleaned, gold for reports. */
export type Layer = (typeof LAYERS)[number];

/** The layers that the tables of each layer read. */
export const READS: Readonly<Record<Layer, readonly Layer[]>> = {
  bronze: [],
  silver: ["bronze", "silver"],
  gold: ["silver", "gold"],
};

interface TableBase extends NodeBase {
  readonly name: string;
  readonly layer: Layer;
  readonly columns: readonly ColumnFacts[];
  readonly settings: TableSettings;
}

/** A table that a query makes. */
export interface QueryTableNode extends TableBase {
  readonly kind: "query";
  readonly query: RelationNode;
}

/** Another stream of change events into the table: in every update, or once (a backfill). */
export interface ChangeFlowNode {
  readonly name: string;
  readonly once: boolean;
  readonly changes: ChangesNode;
}

/** A table that change events or snapshots are applied to: `scd1()` and `scd2()`. */
export interface ScdTableNode extends TableBase {
  readonly kind: "scd1" | "scd2";
  readonly changes: ChangesNode | SnapshotsNode;
  readonly changeFlows: readonly ChangeFlowNode[];
}

/** A table as data: made by a query, or the target of change events. */
export type TableNode = QueryTableNode | ScdTableNode;

/** The tables of a pipeline by name: nothing is known of a table that is not among them. */
export type TablesByName = ReadonlyMap<string, TableNode>;

/** Version of the manifest's shape. A reader refuses a version that it does not know. */
export const MANIFEST_VERSION = 1;

/** The name of a table with its layer: in messages, in the state, and where a user names one of two. */
export const fullName = ({ layer, name }: { readonly layer: string; readonly name: string }): string =>
  `${layer}.${name}`;

/** A pipeline as data: its manifest. */
export interface PipelineNode {
  readonly version: typeof MANIFEST_VERSION;
  readonly name: string;
  /** In the order in which they were added: a table comes after the tables it reads. */
  readonly tables: readonly TableNode[];
}
