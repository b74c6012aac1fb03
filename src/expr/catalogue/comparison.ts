/** Comparison, boolean logic and null handling. */
import {
  any,
  boolean,
  common,
  leastAdditive,
  nestedOrder,
  orderable,
  sameUnit,
  takes,
  takesMany,
} from "./signature.ts";
import type { Catalogue, FunctionSpec, RenderInput } from "./spec.ts";
import { comparable, unified } from "./widen.ts";

function comparison(operator: string): FunctionSpec {
  const duckdb = (input: RenderInput) => comparable(input).join(` ${operator} `);
  return { kind: "scalar", type: common(orderable, "boolean"), spark: `$1 ${operator} $2`, duckdb };
}

/** An order, not only equality. */
function ordering(operator: string): FunctionSpec {
  const equal = comparison(operator);
  return { ...equal, duckdb: (input) => nestedOrder(input.types) ?? comparable(input).join(` ${operator} `) };
}

const inList = ([value, ...list]: readonly string[]) => `${value} IN (${list.join(", ")})`;
const chain =
  (operator: string) =>
  ({ args }: RenderInput) =>
    args.join(` ${operator} `);

export const comparisonFunctions = {
  eq: comparison("="),
  ne: comparison("<>"),
  lt: ordering("<"),
  le: ordering("<="),
  gt: ordering(">"),
  ge: ordering(">="),
  eqNullSafe: { ...comparison("IS NOT DISTINCT FROM"), nullable: "never" },
  between: {
    kind: "scalar",
    type: common(orderable, "boolean"),
    spark: "$1 BETWEEN $2 AND $3",
    duckdb: (input) => {
      const [x, low, high] = comparable(input);
      return nestedOrder(input.types) ?? `${x} BETWEEN ${low} AND ${high}`;
    },
  },
  in: {
    kind: "scalar",
    type: common(orderable, "boolean"),
    spark: ({ args }) => inList(args),
    duckdb: (input) => inList(comparable(input)),
  },
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
    duckdb: (input) => `coalesce(${unified(input).join(", ")})`,
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
    duckdb: (input) => {
      const [a, b] = comparable(input);
      const [x, y] = input.args;
      return a === x && b === y ? `nullif(${x}, ${y})` : `CASE WHEN ${a} = ${b} THEN NULL ELSE ${x} END`;
    },
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
