/** The part of the config that is Spark's. */
import { z } from "zod";

const text = z.string().min(1);

export const sparkShape = z.strictObject({
  home: text.optional(),
  remote: text.optional(),
  storage: text.optional(),
  conf: z.record(z.string(), z.string()).optional(),
  catalog: text.optional(),
  schemas: z.strictObject({ bronze: text.optional(), silver: text.optional(), gold: text.optional() }).optional(),
  autoCdc: z.union([z.boolean(), z.strictObject({ catalog: text })]).optional(),
});

export const SPARK_KEYS: readonly string[] = Object.keys(sparkShape.shape);
