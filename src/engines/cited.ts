/** What engines cite of the data when a value fails them: nothing of it, where the value may be personal. */
import { tableSteps } from "../ast/inputs.ts";
import type { TableNode } from "../ast/pipeline.ts";
import { personalLabels } from "../ast/stored.ts";

const NOT_SHOWN = "<personal data>";

/** From the first quote to the last: a value may have quotes in it, and a message may be cut off within one. */
const QUOTED = /"(?:.*"|.*)/s;
const APOSTROPHES = /(?<!\w)'(?:.*'(?!\w)|.*)/s;

/** The errors that a value is the reason of, and where it stands in them. Others quote names of tables and columns. */
const OF_A_VALUE: readonly { readonly kind: RegExp; readonly values: readonly RegExp[] }[] = [
  {
    kind: /\b(?:Conversion|Invalid Input|Out of Range) Error: /,
    values: [QUOTED, APOSTROPHES, /(?<=\()-?[\d.]+ \S+ -?[\d.]+(?=\))/, /(?<=with value )\S+/],
  },
  // Spark and Databricks write types in double quotes.
  {
    kind: /\[(?:CAST_|CANNOT_PARSE_|ARITHMETIC_|NUMERIC_|DATETIME_|INVALID_|MALFORMED_)/,
    values: [APOSTROPHES, /-?[\d.]+(?:E[-+]?\d+)?(?= cannot be represented)/],
  },
];

/** A message of an engine about a table, for the result, the event log and the terminal. */
export function withoutPersonalData(message: string, table: TableNode): string {
  const known = OF_A_VALUE.find(({ kind }) => kind.test(message));
  if (!known || !readsPersonalData(table)) return message;
  return known.values.reduce((text, value) => text.replace(value, NOT_SHOWN), message);
}

function readsPersonalData(table: TableNode): boolean {
  return tableSteps(table).some((step) => step.columns.some((column) => personalLabels(column).length > 0));
}
