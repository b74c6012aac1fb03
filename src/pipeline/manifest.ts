/** The manifest: a pipeline as JSON, versioned, and back. */

import { z } from "zod";
import { DefinitionError } from "../schema/errors.ts";
import { deepFreeze } from "../schema/freeze.ts";
import { MANIFEST_VERSION, type PipelineNode } from "./nodes.ts";

const shape = z.looseObject({
  version: z.literal(MANIFEST_VERSION),
  name: z.string().min(1),
  tables: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string().min(1),
      layer: z.enum(["bronze", "silver", "gold"]),
      kind: z.enum(["query", "scd1", "scd2"]),
      columns: z.array(z.looseObject({ name: z.string(), type: z.looseObject({ kind: z.string() }) })),
      settings: z.looseObject({ references: z.array(z.unknown()), expectations: z.array(z.unknown()) }),
    }),
  ),
});

/** Checks the outline of a manifest and freezes it. */
export function readManifest(json: unknown): PipelineNode {
  const read = shape.safeParse(json);
  if (read.success) return deepFreeze(structuredClone(json)) as PipelineNode;
  const [issue] = read.error.issues;
  throw new DefinitionError({
    code: "MAN001",
    message: `this is not a manifest of version ${MANIFEST_VERSION}: ${issue?.path.join(".") || "root"}: ${issue?.message ?? "wrong shape"}`,
    help: "write it with JSON.stringify(pipeline)",
  });
}
