/** What the statements of a script share. */
import type { LoweredPipeline } from "../../../lower/table.ts";
import type { QueryContext } from "../../../sql/context.ts";
import type { Dialect } from "../../../sql/dialect.ts";
import type { ScriptParams } from "./params.ts";

export interface Script {
  readonly pipeline: LoweredPipeline;
  readonly dialect: Dialect;
  readonly params: ScriptParams;
  /** What relative paths start from. Default: where the script is run. */
  readonly baseDir: string | undefined;
  /** How queries read the tables. */
  readonly context: QueryContext;
}
