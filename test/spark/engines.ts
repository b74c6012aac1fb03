/** What a test asks of an engine: the same of Spark (`session.ts`) and of DuckDB (`duck.ts`). */
import type { SqlType } from "../../src/types/types.ts";
import type { Canonical } from "./canonical.ts";

export interface ResultColumn {
  readonly name: string;
  /** As the project writes types: `DECIMAL(12,2)`, `STRUCT<a: INT>`. */
  readonly type: string;
}

export interface Result {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Canonical[])[];
}

/** Why a statement did not run. */
export class EngineError extends Error {
  /** Spark's error class (`DIVIDE_BY_ZERO`), DuckDB's kind of error (`Conversion Error`). */
  readonly condition: string;

  constructor(condition: string, message: string) {
    super(message);
    this.name = "EngineError";
    this.condition = condition;
  }
}

export interface ViewColumn {
  readonly name: string;
  readonly type: SqlType;
}

export interface Engine {
  /** @throws EngineError */
  sql(text: string): Promise<Result>;
  /** Many statements in one round trip; one that fails does not stop the others. */
  batch(texts: readonly string[]): Promise<readonly (Result | EngineError)[]>;
  /** A temporary view of the given rows, whose values are canonical (a number is text). */
  view(name: string, columns: readonly ViewColumn[], rows: readonly (readonly Canonical[])[]): Promise<void>;
  close(): Promise<void>;
}
