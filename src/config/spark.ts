/** The part of the config that is Spark's. */
import { z } from "zod";
import type { SparkConfig } from "./define.ts";
import { named, schemas, text } from "./texts.ts";

/** A field for every setting, so that tsc asks for one that `SparkConfig` learned. */
const fields: Readonly<Record<keyof SparkConfig, z.ZodType>> = {
  home: text.optional(),
  remote: text.optional(),
  storage: text.optional(),
  conf: named(z.string()).optional(),
  catalog: text.optional(),
  schemas: schemas.optional(),
  autoCdc: z
    .union([z.boolean(), z.strictObject({ catalog: text })], { error: "expected true, false or { catalog }" })
    .optional(),
};

export const sparkShape = z.strictObject(fields);
