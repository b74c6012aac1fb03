/** What an update on Spark is asked, and what it did. */
import type { Env } from "../../core/env.ts";
import type { CompileOptions } from "../../targets/compile.ts";
import type { RunRequest } from "../engine.ts";
import type { UpdateResult } from "../result.ts";

/** Where Spark is and what it starts with. */
export interface SparkOptions extends Pick<CompileOptions, "catalog" | "schemas" | "autoCdc"> {
  /** Folder of a Python environment with pyspark, or of a Spark. Default: `SPARK_HOME`, the `PATH`, or `.venv`. */
  readonly home?: string;
  /** A running Spark Connect server, `sc://host:15002`. Default: a separate Spark for each run. */
  readonly remote?: string;
  /** Where the streams remember what they have read: a URI. Default: `.medallion/spark/storage` in the base directory. */
  readonly storage?: string;
  /** Settings that the separate Spark starts with. */
  readonly conf?: Readonly<Record<string, string>>;
}

/** How one update is run on Spark. */
export interface SparkRunOptions extends SparkOptions, RunRequest {
  /** What source paths are relative to, and where `.medallion/spark` is kept. Default: the working directory. */
  readonly baseDir?: string;
  /** Environment variables to find Spark with and to start it in. Default: those of the process. */
  readonly env?: Env;
  /** Ends Spark; its streams go on from where they were in the next run. */
  readonly signal?: AbortSignal;
}

/** Folders and files of one project, below `.medallion/spark` of the base directory. */
export interface SparkFolders {
  /** What is compiled, and where Spark runs. */
  readonly project: string;
  /** Spark's own output. */
  readonly log: string;
}

/** What an update on Spark did. Spark's pipelines report no counts: all are `null`. */
export interface SparkUpdate extends UpdateResult<null>, SparkFolders {}
