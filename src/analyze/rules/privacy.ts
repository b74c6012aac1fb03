/** Personal data: labels travel with values, and gold takes none but pseudonyms. */
import { type Saying, say } from "../../diagnostics/sentences.ts";
import type { Rule } from "../rule.ts";
import { finding } from "../rule.ts";
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
