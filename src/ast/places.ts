/** A pipeline without the places of the user's code: the same text on every machine, wherever its lines stand. */
import type { PipelineNode } from "./pipeline.ts";

/** What users wrote themselves: left as it is, whatever its fields are called. */
const LEFT = ["options", "tags", "properties", "extensions"];

export function withoutPlaces(node: PipelineNode): PipelineNode {
  return bare(node, new Map()) as PipelineNode;
}

/** Parts that several nodes share are copied once. */
function bare(part: unknown, known: Map<object, unknown>): unknown {
  if (typeof part !== "object" || part === null) return part;
  const before = known.get(part);
  if (before !== undefined) return before;
  const copy = Array.isArray(part)
    ? part.map((one) => bare(one, known))
    : Object.fromEntries(
        Object.entries(part).flatMap(([name, value]) =>
          name === "at" ? [] : [[name, LEFT.includes(name) ? value : bare(value, known)] as const],
        ),
      );
  known.set(part, copy);
  return copy;
}
