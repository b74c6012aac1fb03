/** What a rule is: a function from the pipeline to findings. */
import type { ExprNode } from "../ast/expr.ts";
import type { PipelineNode, TableNode } from "../ast/pipeline.ts";
import type { TableKind } from "../ast/relation.ts";
import type { Fix } from "../core/fix.ts";
import type { CodesOf } from "../diagnostics/catalogue.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Saying } from "../diagnostics/sentences.ts";

/** What a rule looks at. */
export interface RuleContext {
  readonly pipeline: PipelineNode;
  /** By name, each made of tables before it: to follow a value from table to table comes to an end. */
  readonly tables: ReadonlyMap<string, TableNode>;
  readonly kinds: ReadonlyMap<string, TableKind>;
}

/**
 * Looks at a pipeline and reports what is wrong.
 *
 * @example
 * ```ts
 * import { analyze, pipeline, source, t } from "medallion";
 * import { type Rule } from "medallion/plugin";
 *
 * const owned: Rule = ({ pipeline }) =>
 *   pipeline.tables
 *     .filter((table) => table.layer === "gold" && table.settings.owner === undefined)
 *     .map((table) => ({ code: "OWN001", severity: "warning", message: `"${table.name}" has no owner`, table: table.name }));
 *
 * const p = pipeline("demo").bronze({ raw: source.json("raw/*.json", { id: t.bigint() }) });
 * for (const d of analyze(p, { rules: [owned] })) console.log(d.code, d.message);
 * ```
 */
export type Rule = (context: RuleContext) => readonly Diagnostic[];

/** What is wrong, in words. */
export type Words = Pick<Saying, "message" | "help">;

/** An expression in a sentence: a column is named, of others it says `otherwise`. */
export const named = (expr: ExprNode, otherwise = "a value"): string =>
  expr.kind === "column" ? `"${expr.name}"` : otherwise;

interface Found extends Saying {
  readonly at?: string | undefined;
  readonly column?: string;
  readonly fix?: Fix;
}

/** A finding that stops nothing, as the catalogue has it of its code: the pipeline may still mean it. */
interface FoundWarning extends Found {
  readonly code: CodesOf<"warning">;
  readonly severity: "warning";
}

/** What is wrong; a warning where the same mistake does less harm. */
interface FoundError extends Found {
  readonly code: CodesOf<"error">;
  readonly severity?: "error" | "warning";
}

/** What a rule finds in a table; without a place of its own it is the table's. */
export type Finding = FoundError | FoundWarning;

/** A finding of a code that is a warning in the catalogue. */
export const warning = (found: Omit<FoundWarning, "severity">): Finding => ({ ...found, severity: "warning" });

type Find = (table: TableNode, context: RuleContext) => readonly Finding[];

const FIND = Symbol("find");

interface TableRule extends Rule {
  readonly [FIND]: Find;
}

const isTableRule = (rule: Rule): rule is TableRule => FIND in rule;

/** A rule that looks at one table at a time. */
export function eachTable(find: Find): Rule {
  return Object.assign((context: RuleContext) => byTables([find], context).flat(), { [FIND]: find });
}

/** What each rule finds. All look at a table before any looks at the next: what is known of it is at hand. */
export function findingsOf(rules: readonly Rule[], context: RuleContext): readonly (readonly Diagnostic[])[] {
  const finds = rules.map((rule) => (isTableRule(rule) ? rule[FIND] : undefined));
  const ofTables = byTables(finds, context);
  return rules.map((rule, i) => (isTableRule(rule) ? (ofTables[i] ?? []) : rule(context)));
}

function byTables(finds: readonly (Find | undefined)[], context: RuleContext): readonly (readonly Diagnostic[])[] {
  const all = finds.map((): Diagnostic[] => []);
  const asked = finds.flatMap((find, i) => (find ? [{ find, into: all[i] ?? [] }] : []));
  for (const table of context.pipeline.tables)
    for (const { find, into } of asked)
      for (const found of oncePerPlace(find(table, context))) into.push(finding(table, found));
  return all;
}

/** A step that a table reads twice, as both sides of a union do after `pipe()`, is one mistake. */
function oncePerPlace(found: readonly Finding[]): readonly Finding[] {
  if (found.length < 2) return found;
  const said = new Set<string>();
  return found.filter(({ at, code, column, message }) => {
    const one = JSON.stringify([at, code, column, message]);
    return at === undefined || (!said.has(one) && said.add(one));
  });
}

/** The diagnostic of a finding: an error, unless the finding is less. */
export function finding(table: TableNode, { code, message, help, at = table.at, ...more }: Finding): Diagnostic {
  const location = at === undefined ? {} : { location: at };
  return { code, severity: "error", message, help, ...location, table: table.name, ...more };
}
