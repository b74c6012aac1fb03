/** A pipeline that somebody gave: to functions that accept one as data. */
import type { PipelineNode } from "../../ast/pipeline.ts";
import { describe } from "../../core/describe.ts";
import { callerLocation } from "../../core/location.ts";
import { mistake } from "../../diagnostics/mistake.ts";
import type { AnyPipeline } from "../typed/pipeline.ts";

/** @throws DefinitionError `ARG001` where what was given is not a pipeline. */
export function givenPipeline(pipeline: AnyPipeline, what: string): PipelineNode {
  const node: Partial<PipelineNode> | undefined =
    typeof pipeline?.toNode === "function" ? pipeline.toNode() : undefined;
  if (Array.isArray(node?.tables)) return node as PipelineNode;
  throw mistake(callerLocation(), {
    code: "ARG001",
    message: `${what} accepts a pipeline, not ${describe(pipeline)}`,
    help: "give what pipeline(…) made",
  });
}
