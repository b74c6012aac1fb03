/** Comparison, boolean logic and null handling. */
import { any, boolean, common, leastAdditive, orderable, sameUnit, takes, takesMany } from "./signature.ts";
import type { Catalogue, FunctionSpec, RenderInput } from "./spec.ts";

function comparison(operator: string): FunctionSpec {
  const sql = `$1 ${operator} $2`;
  return { kind: "scalar", type: common(orderable, "boolean"), spark: sql, duckdb: sql };
}

const inList = ({ args: [value, ...list] }: RenderInput) => `${value} IN (${list.join(", ")})`;
const chain =
  (operator: string) =>
  ({ args }: RenderInput) =>
    args.join(` ${operator} `);

export const comparisonFunctions = {
  eq: comparison("="),
  ne: comparison("<>"),
  lt: comparison("<"),
  le: comparison("<="),
  gt: comparison(">"),
  ge: comparison(">="),
  eqNullSafe: { ...comparison("IS NOT DISTINCT FROM"), nullable: "never" },
  between: {
    kind: "scalar",
    type: common(orderable, "boolean"),
    spark: "$1 BETWEEN $2 AND $3",
    duckdb: "$1 BETWEEN $2 AND $3",
  },
  in: { kind: "scalar", type: common(orderable, "boolean"), spark: inList, duckdb: inList },
  and: { kind: "scalar", type: takesMany(boolean, "boolean"), spark: chain("AND"), duckdb: chain("AND") },
  or: { kind: "scalar", type: takesMany(boolean, "boolean"), spark: chain("OR"), duckdb: chain("OR") },
  not: { kind: "scalar", type: takes([boolean], "boolean"), spark: "NOT $1", duckdb: "NOT $1" },
  isNull: {
    kind: "scalar",
    type: takes([any], "boolean"),
    nullable: "never",
    spark: "$1 IS NULL",
    duckdb: "$1 IS NULL",
  },
  isNotNull: {
    kind: "scalar",
    type: takes([any], "boolean"),
    nullable: "never",
    spark: "$1 IS NOT NULL",
    duckdb: "$1 IS NOT NULL",
  },
  coalesce: {
    kind: "scalar",
    type: common(any),
    nullable: (args) => args.every((arg) => arg.nullable),
    unit: sameUnit,
    additivity: leastAdditive,
    spark: "coalesce($*)",
    duckdb: "coalesce($*)",
  },
  nullIf: {
    kind: "scalar",
    type: (args, options) => {
      const checked = common(orderable)(args, options);
      return "mismatch" in checked ? checked : (args[0] ?? checked);
    },
    nullable: "always",
    unit: sameUnit,
    additivity: leastAdditive,
    spark: "nullif($1, $2)",
    duckdb: "nullif($1, $2)",
  },
  declassify: {
    kind: "scalar",
    type: takes([any], ([type]) => type ?? { kind: "string" }),
    labels: "clear",
    unit: sameUnit,
    additivity: leastAdditive,
    spark: "$1",
    duckdb: "$1",
  },
} satisfies Catalogue;
