/** What a table reads, and so how it is kept up to date. */
import { relationSteps } from "../ast/inputs.ts";
import type { QueryTableNode, ScdTableNode } from "../ast/pipeline.ts";
import type { TableKind } from "../ast/relation.ts";
import { type ChangesNode, isFileSource, type RelationNode, type SourceNode } from "../ast/relation.ts";
import type { Mode } from "../settings/definition.ts";

/** The modes of tables that a query gives. */
export type QueryMode = Exclude<Mode, "changes" | "snapshots">;

/** A query that writes into a table: its own, or a flow. */
export interface Read {
  /** The flow; absent: the table's own query. */
  readonly flow?: string;
  /** A backfill: read when the table is made or gains it, and never again. */
  readonly once: boolean;
  readonly query: RelationNode;
  /** The tables that it reads, once for each place where it reads them. */
  readonly inputs: readonly string[];
}

/** A read of files. */
export interface FileRead extends Read {
  readonly query: SourceNode;
}

/** A stream of change events. */
export interface EventRead extends Read {
  /** With the stored columns in the order of the table's own. */
  readonly changes: ChangesNode;
}

export function queryMode(reads: readonly Read[], kind: TableKind): QueryMode {
  if (reads.every(isFileRead)) return kind === "streaming" ? "ingest" : "replace";
  return kind === "streaming" ? "append" : "recompute";
}

export const isFileRead = (read: Read): read is FileRead => isFileSource(read.query);

/** The table's own query, then its flows. */
export function queryReads({ query, settings }: QueryTableNode): readonly Read[] {
  return [read(query, false), ...settings.flows.map((flow) => read(flow.query, flow.once, flow.name))];
}

/** The table's own events, then those of its flows; none of a table of snapshots. */
export function eventReads({ changes: own, changeFlows }: ScdTableNode): readonly EventRead[] {
  if (own.kind !== "changes") return [];
  const { columns } = own;
  return [
    { ...read(own.input, false), changes: own },
    ...changeFlows.map(({ name, once, changes }) => ({
      ...read(changes.input, once, name),
      changes: { ...changes, columns },
    })),
  ];
}

function read(query: RelationNode, once: boolean, flow?: string): Read {
  const inputs = relationSteps(query).flatMap((step) => (step.kind === "table" ? [step.table] : []));
  return { query, once, inputs, ...(flow !== undefined && { flow }) };
}
