/** Streaming tables: only what is append-only can be streamed. */
import { whyNotStreaming } from "../../pipeline/kind.ts";
import { finding, type Rule } from "../rule.ts";

/** STREAM001: `.streaming()` where the engine would reject the stream. */
export const streamable: Rule = ({ pipeline, kinds }) =>
  pipeline.tables.flatMap((table) => {
    if (table.kind !== "query" || table.settings.kind !== "streaming") return [];
    const why = whyNotStreaming(table.query, (name) => kinds.get(name) ?? "streaming");
    if (why === undefined) return [];
    return [
      finding(table, {
        code: "STREAM001",
        message: `"${table.name}" cannot be a streaming table: ${why}`,
        help: "leave out .streaming(): it becomes a materialized view",
      }),
    ];
  });
