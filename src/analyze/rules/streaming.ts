/** Streaming tables: only what is append-only can be streamed. */
import { whyNotStreaming } from "../../pipeline/kind.ts";
import { finding, type Rule } from "../rule.ts";
import { rootOf } from "../walk.ts";

/** STREAM001: `.streaming()` or change events where the engine would reject the stream. */
export const streamable: Rule = ({ pipeline, kinds }) =>
  pipeline.tables.flatMap((table) => {
    if (table.kind === "query" && table.settings.kind !== "streaming") return [];
    const why = whyNotStreaming(rootOf(table), (name) => kinds.get(name) ?? "streaming");
    if (why === undefined) return [];
    if (table.kind !== "query") {
      const message = `the change events of "${table.name}" cannot be read as a stream: ${why}`;
      return [finding(table, { code: "STREAM001", message, help: "take changes() of a table that only grows" })];
    }
    return [
      finding(table, {
        code: "STREAM001",
        message: `"${table.name}" cannot be a streaming table: ${why}`,
        help: "leave out .streaming(): it becomes a materialized view",
      }),
    ];
  });
