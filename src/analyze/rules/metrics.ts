/** Measures: what must not be summed, and units that must not be added. */
import type { Additivity } from "../../expr/nodes.ts";
import { finding, type Rule } from "../rule.ts";
import { allExprs } from "../walk.ts";

const WHY: Readonly<Record<Exclude<Additivity, "additive">, readonly [message: string, help: string]>> = {
  "fanned-out": [
    "a column that a join or a window repeated must not be summed",
    "aggregate it before the join, use lookup(), or say acknowledgeFanOut()",
  ],
  "semi-additive": ["a balance must not be summed over time", "take lastBy(time) of each account first"],
  "non-additive": [
    "an average, a ratio, an extreme or a distinct count must not be summed",
    "aggregate its parts instead",
  ],
};

/** METRIC001: only what is additive is summed. */
export const onlyAdditiveSums: Rule = ({ pipeline }) =>
  pipeline.tables.flatMap((table) =>
    allExprs(table).flatMap((expr) => {
      const summed =
        (expr.kind === "aggregate" || expr.kind === "window") && expr.fn === "sum" ? expr.args[0] : undefined;
      if (!summed || summed.additivity === "additive") return [];
      const [message, help] = WHY[summed.additivity];
      return [
        finding(table, {
          code: "METRIC001",
          message,
          help,
          at: expr.at,
          ...(summed.kind === "column" && { column: summed.name }),
        }),
      ];
    }),
  );

const SAME_UNIT = new Set(["plus", "minus", "eq", "ne", "lt", "le", "gt", "ge", "eqNullSafe", "coalesce"]);

/** METRIC002: only numbers of one unit are added and compared. A constant takes the unit of what it meets. */
export const oneUnit: Rule = ({ pipeline }) =>
  pipeline.tables.flatMap((table) =>
    allExprs(table).flatMap((expr) => {
      if (expr.kind !== "call" || !SAME_UNIT.has(expr.fn)) return [];
      const units = new Set(expr.args.filter((arg) => arg.kind !== "literal").map((arg) => arg.unit));
      if (units.size < 2) return [];
      const names = [...units].map((unit) => unit || "a number without a unit");
      return [
        finding(table, {
          code: "METRIC002",
          message: `${names.join(" and ")} must not be added or compared`,
          help: "convert() one of them first",
          at: expr.at,
        }),
      ];
    }),
  );
