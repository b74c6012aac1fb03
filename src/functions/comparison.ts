/** Comparison, boolean logic and null handling. */
import { BINDING, chain, inList } from "./fragment.ts";
import { reason } from "./options.ts";
import {
  allNull,
  any,
  boolean,
  common,
  commonOf,
  firstAdditivity,
  leastAdditive,
  orderable,
  takes,
  takesMany,
} from "./signature.ts";
import { infix, mismatch, type NumberCatalogue, type OfNumbers, type ScalarSpec } from "./spec.ts";

function comparison(word: string): OfNumbers<ScalarSpec> {
  return { kind: "scalar", type: common(orderable, "boolean"), unit: "same", spark: infix(word) };
}

function equality(word: string): OfNumbers<ScalarSpec> {
  return { ...comparison(word), compares: true };
}

function inequality(word: string): OfNumbers<ScalarSpec> {
  return { ...comparison(word), orders: true };
}

const NOTHING = mismatch(
  "needs at least one value",
  "where the list may be empty, say what that means: list.length > 0 ? c.status.in(...list) : fn.lit(false)",
);

const nullTest = { kind: "scalar", type: takes([any], "boolean"), unit: "none", nullable: "never" } as const;

export const comparisonFunctions = {
  eq: equality("="),
  ne: equality("<>"),
  lt: inequality("<"),
  le: inequality("<="),
  gt: inequality(">"),
  ge: inequality(">="),
  eqNullSafe: {
    kind: "scalar",
    type: common(orderable, "boolean"),
    unit: "same",
    compares: true,
    nullable: "never",
    spark: infix("IS NOT DISTINCT FROM"),
  },
  between: {
    kind: "scalar",
    type: common(orderable, "boolean", 3),
    orders: true,
    unit: "same",
    spark: { operator: "$1 BETWEEN $2 AND $3" },
  },
  in: {
    kind: "scalar",
    type: (args, options) => (args.length < 2 ? NOTHING : commonOf(orderable, "boolean")(args, options)),
    compares: true,
    unit: "same",
    spark: ({ args }) => inList(args),
  },
  and: {
    kind: "scalar",
    type: takesMany(boolean, "boolean"),
    unit: "none",
    spark: ({ args }) => chain("AND", args, BINDING.and),
  },
  or: {
    kind: "scalar",
    type: takesMany(boolean, "boolean"),
    unit: "none",
    spark: ({ args }) => chain("OR", args, BINDING.or),
  },
  not: { kind: "scalar", type: takes([boolean], "boolean"), unit: "none", spark: { operator: "NOT $1" } },
  isNull: { ...nullTest, spark: { operator: "$1 IS NULL" } },
  isNotNull: { ...nullTest, spark: { operator: "$1 IS NOT NULL" } },
  coalesce: {
    kind: "scalar",
    type: commonOf(any),
    nullable: allNull,
    unit: "same",
    additivity: leastAdditive,
    called: "fn",
    valued: true,
    spark: "coalesce($*)",
  },
  nullIf: {
    kind: "scalar",
    type: (args, options) => {
      const checked = common(orderable)(args, options);
      return "mismatch" in checked ? checked : (args[0] ?? checked);
    },
    nullable: "always",
    compares: true,
    unit: "same",
    additivity: firstAdditivity,
    spark: "nullif($1, $2)",
  },
  declassify: {
    kind: "scalar",
    type: takes([any], ([type]) => type ?? { kind: "string" }),
    labels: "clear",
    unit: "same",
    additivity: leastAdditive,
    options: [["reason", reason]],
    spark: "$1",
  },
} satisfies NumberCatalogue;
