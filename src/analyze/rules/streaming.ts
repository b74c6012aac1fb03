/** Streaming tables: only what is append-only can be streamed. */
import { tableChanges } from "../../ast/inputs.ts";
import { whyNotStreaming } from "../../ast/kind.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import type { RelationNode } from "../../ast/relation.ts";
import { say } from "../../diagnostics/sentences.ts";
import { eachTable, type Finding, type Rule } from "../rule.ts";

interface Stream {
  readonly query: RelationNode;
  readonly how: "STREAM001:changes" | "STREAM001:flow" | "STREAM001:table";
  readonly at?: string | undefined;
}

/** STREAM001: `.streaming()`, a flow or change events where the engine would reject the stream. */
const streamable = eachTable((table, { kinds }) =>
  streams(table).flatMap(({ query, how, at }): readonly Finding[] => {
    const why = whyNotStreaming(query, (name) => kinds.get(name) ?? "streaming");
    const said = say(how);
    return why === undefined ? [] : [{ ...said, message: `${said.message}: ${why}`, at }];
  }),
);

/** The queries of a table that are read as streams because the user says so. */
function streams(table: TableNode): readonly Stream[] {
  if (table.kind === "query") {
    const { kind, flows } = table.settings;
    const own: Stream = { query: table.query, how: "STREAM001:table" };
    const further = flows.filter((f) => !f.once).map(({ query, at }): Stream => ({ query, how: "STREAM001:flow", at }));
    return [...(kind === "streaming" ? [own] : []), ...further];
  }
  if (table.changes.kind === "snapshots") return [];
  return tableChanges(table).map((changes) => ({
    query: changes.input,
    how: "STREAM001:changes",
    at: changes.at,
  }));
}

export const STREAMING_RULES: readonly Rule[] = [streamable];
