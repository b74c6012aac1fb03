/** Sums and averages of numbers that identify rows. */

import { keyOf } from "../../ast/keys.ts";
import type { TableNode, TablesByName } from "../../ast/pipeline.ts";
import { isId } from "../../types/facts.ts";
import { isInteger } from "../../types/types.ts";
import { type Measure, measuresOf, weightOf } from "../measure.ts";
import { eachTable, type Finding, type Rule } from "../rule.ts";
import { traceColumn } from "../trace.ts";

/** METRIC005 */
const sumsAreOfAmounts = eachTable((table, { tables }) =>
  measuresOf(table).flatMap((measure) => sumOfKey(measure, tables)),
);

function sumOfKey({ expr, input }: Measure, tables: TablesByName): readonly Finding[] {
  const [arg] = expr.args;
  const weight = weightOf(expr);
  if ((weight !== "sum" && weight !== "mean") || arg?.kind !== "column" || !isInteger(arg.type) || isId(arg.unit))
    return [];
  const key = traceColumn(input, arg.name, tables).find((station) => isIdentity(station.table, station.column));
  if (!key?.table) return [];
  return [
    {
      code: "METRIC005",
      ...(weight === "mean" && { severity: "warning" }),
      message: `${expr.fn}() of "${arg.name}", which identifies rows of "${key.table.name}"`,
      help: "count() or countDistinct() it, or sum the column that you meant",
      at: expr.at,
      column: arg.name,
    },
  ];
}

function isIdentity(table: TableNode | undefined, column: string): boolean {
  if (!table) return false;
  return (
    keyOf(table)?.includes(column) || table.settings.references.some((reference) => reference.columns.includes(column))
  );
}

export const SUMS_OF_KEYS_RULES: readonly Rule[] = [sumsAreOfAmounts];
