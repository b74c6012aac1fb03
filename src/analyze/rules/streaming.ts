/** Streaming tables: only what is append-only can be streamed. */
import { whyNotStreaming } from "../../ast/kind.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { RelationNode } from "../../ast/relation.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { finding, type Rule } from "../rule.ts";

interface Stream {
  readonly query: RelationNode;
  readonly what: string;
  readonly help: string;
  readonly at?: string | undefined;
}

/** STREAM001: `.streaming()`, a flow or change events where the engine would reject the stream. */
export const streamable: Rule = ({ pipeline, kinds }) =>
  pipeline.tables.flatMap((table) =>
    streams(table).flatMap(({ query, what, help, at }): readonly Diagnostic[] => {
      const why = whyNotStreaming(query, (name) => kinds.get(name) ?? "streaming");
      return why === undefined ? [] : [finding(table, { code: "STREAM001", message: `${what}: ${why}`, help, at })];
    }),
  );

/** The queries of a table that are read as streams because the user says so. */
function streams(table: TableNode): readonly Stream[] {
  if (table.kind === "query") {
    const { kind, flows } = table.settings;
    const own = {
      query: table.query,
      what: `"${table.name}" cannot be a streaming table`,
      help: "leave out .streaming(): it becomes a materialized view",
    };
    return [...(kind === "streaming" ? [own] : []), ...flows.filter((f) => !f.once).map(flowStream)];
  }
  if (table.changes.kind === "snapshots") return [];
  return [table.changes, ...table.changeFlows.map((f) => f.changes)].map((changes) => ({
    query: changes.input,
    what: `the change events of "${table.name}" cannot be read as a stream`,
    help: "take changes() of a table that only grows",
    at: changes.at,
  }));
}

function flowStream(flow: { readonly name: string; readonly query: RelationNode; readonly at?: string }): Stream {
  const what = `flow "${flow.name}" cannot be read as a stream`;
  return { query: flow.query, what, help: "give it to backfill(), which reads it once", at: flow.at };
}
