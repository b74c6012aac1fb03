/** What the queries of a target are printed with. */
import type { TablesByName } from "../ast/pipeline.ts";
import type { OtherRows, SourceNode } from "../ast/relation.ts";
import type { Dialect } from "./dialect.ts";

export interface QueryContext {
  readonly dialect: Dialect;
  /** What stands after FROM for a table of the pipeline, or for other rows than it has. */
  readonly table: (name: string, rows?: OtherRows) => string;
  /** What stands after FROM for a source. */
  readonly source: (node: SourceNode) => string;
  /** The tables of the pipeline: a lookup trusts the keys that are proven there. */
  readonly tables: TablesByName;
  /** Histories with so many versions of a key that as-of joins sort them. */
  readonly crowded?: ReadonlySet<string>;
  /** Queries stand where they are read, without CTEs: those cannot name what is outside of the query. */
  readonly inlines?: boolean;
}
