/** Relation nodes: the steps of a query as plain, frozen, JSON-serialisable data. */

import { DEFINITION } from "../core/plugin-parts.ts";
import type { ExprNode, NodeBase, OrderNode, ValueFacts } from "./expr.ts";

/** A streaming table takes what is new; a materialized view is computed again where an input changed. */
export type TableKind = "streaming" | "materialized";

/** A column of a relation: its name and what is known of its values. */
export interface ColumnFacts extends ValueFacts {
  readonly name: string;
  readonly comment?: string;
}

/** An expression under the name of a column. */
export interface NamedExpr {
  readonly name: string;
  readonly expr: ExprNode;
}

interface RelationBase extends NodeBase {
  /** The columns that the step gives, in order. */
  readonly columns: readonly ColumnFacts[];
}

/** What queries ask of a source's format; `formats/` has the rest of it. */
export interface FormatFacts {
  readonly name: string;
  /** Files by a path or glob, or a table of another owner by its name. */
  readonly reads: "files" | "table";
}

/**
 * What becomes of a file that changes after it was read. A file is known by its path; it has changed where its content
 * is different, which a new time alone is not. Each change is reported with the event `SRC003`.
 *
 * - `"ignore"` (the default): a file is read once, as Auto Loader does it.
 * - `"reread"`: the file is read again whole, and its rows are appended again.
 * - `"replace"`: the rows of its earlier reading are replaced, and those of a file that is gone go with it; where no file
 *   is left, the table is refused without `acceptLoss`. The table is updated in place then: it is not a stream. Databricks and
 *   Spark read all files in every update.
 * - `"fail"`: the table fails until the file is as it was.
 */
export type OnChange = "ignore" | "reread" | "replace" | "fail";

/** The options of a source. Each format knows its own (`formats/`); what becomes of changed files is for all files. */
export interface SourceOptions {
  readonly onChange?: OnChange;
  readonly [option: string]: unknown;
}

/** Files (a path or glob) or an existing table, read by a bronze table. */
export interface SourceNode extends RelationBase {
  readonly kind: "source";
  /** The name of the format. */
  readonly format: string;
  /** The definition of the format. */
  readonly [DEFINITION]: FormatFacts;
  /** A file path or glob, or a table's name. */
  readonly path: string;
  readonly options: SourceOptions;
  /** The columns as the user declared them; `columns` adds the source metadata. */
  readonly declared: readonly ColumnFacts[];
}

export function isFileSource(node: RelationNode): node is SourceNode {
  return node.kind === "source" && node[DEFINITION].reads === "files";
}

/** Where a read of a table holds the id of that table. It is not a part of the manifest, which names tables. */
export const TABLE_ID: unique symbol = Symbol.for("medallion.table");

/** Where a read of a table holds which other rows it gives than those that the table has. A pipeline has no such reads. */
export const OTHER_ROWS: unique symbol = Symbol.for("medallion.other rows");

/**
 * What a view is kept up to date from. Of a table that it reads: the rows that came or went since it did (`changed`), those
 * that came (`added`), those that the table has now or had then (`possible`), those that have the keys (`found`). Of the view itself: the `keys` of the rows
 * that are to be read again, the rows that it had of them (`outdated`), the partial rows of its groups (`partials`).
 */
export type OtherRows = "changed" | "added" | "possible" | "keys" | "outdated" | "partials" | "found";

/** A read of another table of the pipeline. */
export interface TableRefNode extends RelationBase {
  readonly kind: "table";
  readonly table: string;
  readonly [TABLE_ID]?: string;
  readonly [OTHER_ROWS]?: OtherRows;
}

/** `where()` and `whereNotNull()`: the rows for which the condition holds. */
export interface WhereNode extends RelationBase {
  readonly kind: "where";
  readonly input: RelationNode;
  readonly predicate: ExprNode;
}

/** `select` and `derive`: the whole list of output columns. */
export interface ProjectNode extends RelationBase {
  readonly kind: "project";
  readonly input: RelationNode;
  readonly items: readonly NamedExpr[];
}

/** What `join()` and its kin keep of rows that match nothing. */
export type JoinType = "inner" | "left" | "full" | "semi" | "anti";

/** `join`, `leftJoin`, `fullJoin`, `semiJoin`, `antiJoin`. A semi or anti join gives the left columns. */
export interface JoinNode extends RelationBase {
  readonly kind: "join";
  readonly type: JoinType;
  readonly left: RelationNode;
  readonly right: RelationNode;
  readonly on: ExprNode;
  readonly items: readonly NamedExpr[];
}

/** Whether a join only filters: it gives rows of its left side as they are. */
export const filtersOnly = (type: JoinType): boolean => type === "semi" || type === "anti";

/** `semiJoin` and `antiJoin`. */
export const isFilterJoin = (node: RelationNode): node is JoinNode & { readonly type: "semi" | "anti" } =>
  node.kind === "join" && filtersOnly(node.type);

/** An N:1 left join on the right side's declared key. */
export interface LookupNode extends RelationBase {
  readonly kind: "lookup";
  readonly left: RelationNode;
  readonly right: RelationNode;
  readonly on: readonly ExprNode[];
  readonly key: readonly string[];
  readonly items: readonly NamedExpr[];
}

/** An N:1 left join to the version of a history that was valid at a time. */
export interface AsOfJoinNode extends RelationBase {
  readonly kind: "asOfJoin";
  readonly left: RelationNode;
  readonly right: RelationNode;
  readonly on: ExprNode;
  readonly time: ExprNode;
  readonly items: readonly NamedExpr[];
}

/** A step that reads two sides. */
export type TwoSidedNode = JoinNode | LookupNode | AsOfJoinNode;

/** All rows of all inputs, matched by column name. */
export interface UnionNode extends RelationBase {
  readonly kind: "union";
  readonly inputs: readonly RelationNode[];
}

/** `groupBy().aggregate()`; without groups it gives one row. */
export interface AggregateStepNode extends RelationBase {
  readonly kind: "aggregate";
  readonly input: RelationNode;
  readonly groups: readonly NamedExpr[];
  readonly measures: readonly NamedExpr[];
}

/** One row per key: the first in the given order. */
export interface DedupeNode extends RelationBase {
  readonly kind: "dedupe";
  readonly input: RelationNode;
  readonly keys: readonly ExprNode[];
  readonly orderBy: readonly OrderNode[];
}

/** `orderBy().limit()`: the first rows in an order. */
export interface LimitNode extends RelationBase {
  readonly kind: "limit";
  readonly input: RelationNode;
  readonly orderBy: readonly OrderNode[];
  readonly count: number;
}

/** A step of a query, told apart by `kind`. */
export type RelationNode =
  | SourceNode
  | TableRefNode
  | WhereNode
  | ProjectNode
  | JoinNode
  | LookupNode
  | AsOfJoinNode
  | UnionNode
  | AggregateStepNode
  | DedupeNode
  | LimitNode;

interface ChangeFlowBase extends NodeBase {
  readonly input: RelationNode;
  /** Key columns: columns of the input that are stored under their own name. */
  readonly keys: readonly string[];
  /** What is stored, over the input's columns. */
  readonly items: readonly NamedExpr[];
  /** The stored columns, in order. */
  readonly columns: readonly ColumnFacts[];
  /** Type 2: only a change in these columns makes a version. Absent: a change in any. */
  readonly trackHistory?: readonly string[];
}

/** Change events: rows of `input` with a key and a sequence, an input of `scd1` and `scd2`. */
export interface ChangesNode extends ChangeFlowBase {
  readonly kind: "changes";
  readonly sequence: ExprNode;
  readonly deleteWhen?: ExprNode;
  /** Type 1: the event empties the table. */
  readonly truncateWhen?: ExprNode;
  /** Stored columns in which a null of an update leaves the value as it was. */
  readonly ignoreNullUpdates?: readonly string[];
}

/** Whole states of a table, one after the other: what differs between two of them is what changed. */
export interface SnapshotsNode extends ChangeFlowBase {
  readonly kind: "snapshots";
  /** What orders the states: one value over all rows. Absent: the time of the update that read it. */
  readonly version?: ExprNode;
}
