import type { AnyPipeline } from "../pipeline/pipeline.ts";
import type { Diagnostic } from "./diagnostic.ts";
export function analyze(_: AnyPipeline): readonly Diagnostic[] {
  return [];
}
