/** What a rule is: a function from the pipeline to findings. */
import type { PipelineNode, TableNode } from "../ast/pipeline.ts";
import type { TableKind } from "../ast/settings.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";

export interface RuleContext {
  readonly pipeline: PipelineNode;
  readonly tables: ReadonlyMap<string, TableNode>;
  readonly kinds: ReadonlyMap<string, TableKind>;
}

export type Rule = (context: RuleContext) => readonly Diagnostic[];

interface Finding {
  readonly code: string;
  readonly message: string;
  readonly help: string;
  readonly at?: string | undefined;
  readonly column?: string;
  readonly severity?: Diagnostic["severity"];
}

/** A finding in a table; without a place of its own it is the table's. */
export function finding(table: TableNode, found: Finding): Diagnostic {
  const location = found.at ?? table.at;
  return {
    code: found.code,
    severity: found.severity ?? "error",
    message: found.message,
    help: found.help,
    ...(location !== undefined && { location }),
    table: table.name,
    ...(found.column !== undefined && { column: found.column }),
  };
}
