/** Personal data: labels travel with values, and gold takes none but pseudonyms. */
import type { ExprNode } from "../../ast/expr.ts";
import { relationSteps, tableInputs, tableQueries } from "../../ast/inputs.ts";
import { conjuncts } from "../../ast/kind.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import { type Saying, say } from "../../diagnostics/sentences.ts";
import { finding, type Rule } from "../rule.ts";
import { allExprs } from "../walk.ts";

/** PII001: no column of a gold table carries a label other than `pseudonym`. */
export const noPersonalDataInGold: Rule = ({ pipeline }) =>
  pipeline.tables
    .filter((table) => table.layer === "gold")
    .flatMap((table) =>
      table.columns.flatMap((column) => {
        const labels = column.labels.filter((label) => label !== "pseudonym");
        if (labels.length === 0) return [];
        return [
          finding(table, {
            ...said(column.name, labels),
            column: column.name,
          }),
        ];
      }),
    );

function said(column: string, labels: readonly string[]): Saying {
  const { message, ...rest } = say("PII001", { column });
  return { ...rest, message: `${message} (${labels.join(", ")})` };
}

/** PII004: a salt that stands in the text protects nobody from those who read the text. */
export const saltsAreSecret: Rule = ({ pipeline }) =>
  pipeline.tables.flatMap((table) =>
    allExprs(table).flatMap((expr) => {
      if (expr.kind !== "call" || expr.options?.["salt"] === undefined) return [];
      return [
        finding(table, {
          code: "PII004",
          severity: "warning",
          message: `the salt of ${expr.fn}() stands in the SQL and in the manifest: who reads them can undo the pseudonym by trying values`,
          help: 'give a secret: param.secret("salt", { scope: "governance" })',
          at: expr.at,
        }),
      ];
    }),
  );

/** PII005: which rows of gold are there does not tell of a person, unless that is declassified. */
export const personalDataChoosesNoRows: Rule = ({ pipeline, tables }) => {
  const known = new Map<string, readonly Chosen[]>();
  return pipeline.tables.flatMap((table) => {
    const inherited = tableInputs(table).flatMap((name) => known.get(name) ?? []);
    const chosen = [...new Map([...inherited, ...choices(table)].map((c) => [c.predicate.id, c])).values()];
    known.set(table.name, chosen);
    if (table.layer !== "gold") return [];
    return chosen.map(({ predicate, by }) =>
      finding(table, {
        code: "PII005",
        severity: "warning",
        message: `rows of "${table.name}" are chosen by personal data (${openLabels(predicate).join(", ")}), in "${by}"`,
        help: 'declassify("why") the condition, or decide by another column',
        at: predicate.at ?? tables.get(by)?.at,
      }),
    );
  });
};

interface Chosen {
  readonly predicate: ExprNode;
  /** The table whose query holds the condition. */
  readonly by: string;
}

function choices(table: TableNode): readonly Chosen[] {
  return tableQueries(table)
    .flatMap(relationSteps)
    .flatMap((step) => (step.kind === "where" ? conjuncts(step.predicate) : []))
    .filter((predicate) => openLabels(predicate).length > 0 && !isNullTest(predicate))
    .map((predicate) => ({ predicate, by: table.name }));
}

const openLabels = ({ labels }: ExprNode) => labels.filter((label) => label !== "pseudonym");
const isNullTest = (expr: ExprNode) => expr.kind === "call" && (expr.fn === "isNull" || expr.fn === "isNotNull");

/** PII003: labels are cleared for a stated reason. */
export const reasonsToDeclassify: Rule = ({ pipeline }) =>
  pipeline.tables.flatMap((table) =>
    allExprs(table).flatMap((expr) => {
      if (expr.kind !== "call" || expr.fn !== "declassify" || expr.options?.["reason"]) return [];
      return [
        finding(table, {
          code: "PII003",
          message: "declassify() without a reason",
          help: "say why: the audit trail keeps it",
          at: expr.at,
        }),
      ];
    }),
  );
