/** The part of the config that is Spark's. */
import { z } from "zod";
import type { CompileOptions } from "../compile/compile.ts";

/** Where Spark is, what it starts with, and how the project for it is compiled. */
export interface SparkConfig extends Pick<CompileOptions, "catalog" | "schemas" | "autoCdc"> {
  /** Folder of a Python environment with pyspark, or of a Spark. Default: `SPARK_HOME`, the `PATH`, or `.venv`. */
  readonly home?: string;
  /** A running Spark Connect server, `sc://host:15002`. Default: a Spark of its own for each run. */
  readonly remote?: string;
  /** Where the streams remember what they have read: a URI. Default: `.medallion/spark/storage` in the base directory. */
  readonly storage?: string;
  /** Settings that a Spark of its own starts with. */
  readonly conf?: Readonly<Record<string, string>>;
}

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
