/** Arrays, structs, maps and variants. Positions count from 0, as in Spark's `get`. */
import { oncePer } from "../core/once.ts";
import { primitive, type SqlType, type StructField, sameType, typeName } from "../types/types.ts";
import { atom, call, noArgument } from "./fragment.ts";
import { checkedText, count, nonEmpty, words } from "./options.ts";
import { jsonPathProblem } from "./portable.ts";
import { array, firstAdditivity, holder, map, NOT_NEGATIVE, takes, texts, variant } from "./signature.ts";
import { mismatch, type NumberCatalogue } from "./spec.ts";
import { scalarText } from "./text.ts";

const elementOf = (type: SqlType | undefined): SqlType => (type?.kind === "array" ? type.element : primitive("string"));

const NO_FIELDS: ReadonlyMap<string, StructField> = new Map();

/** The fields of a struct. */
export const fieldsByName = oncePer(
  (type: SqlType): ReadonlyMap<string, StructField> =>
    type.kind === "struct" ? new Map(type.fields.map((field) => [field.name, field])) : NO_FIELDS,
);

const fieldOf = (type: SqlType | undefined, name: unknown): StructField | undefined =>
  type && fieldsByName(type).get(String(name));

/** What a collection is asked for by `has`. */
export function partOf(type: SqlType): SqlType | undefined {
  if (type.kind === "array") return type.element;
  return type.kind === "map" ? type.key : undefined;
}

/** A collection's unit and additivity are those of its elements. */
const ofElements = { unit: "first", additivity: firstAdditivity } as const;

export const collectionFunctions = {
  size: { kind: "scalar", unit: "none", type: takes([holder], "int"), range: NOT_NEGATIVE, spark: "size($1)" },
  has: {
    kind: "scalar",
    unit: "none",
    type: ([whole, value]) => {
      const part = whole && partOf(whole);
      return part && value && sameType(part, value)
        ? primitive("boolean")
        : mismatch(
            `accepts an ARRAY and one of its elements, or a MAP and one of its keys, not ${[whole, value].map((t) => (t ? typeName(t) : "nothing")).join(" and ")}`,
          );
    },
    nullable: "always",
    called: "class",
    spark: ({ args, types: [whole] }) => call(whole?.kind === "map" ? "map_contains_key" : "array_contains", args),
  },
  at: {
    kind: "scalar",
    type: takes([array], ([list]) => elementOf(list)),
    nullable: "always",
    ...ofElements,
    options: [["index", count(0)]],
    spark: "get($1, {index})",
  },
  joinText: {
    kind: "scalar",
    unit: "none",
    type: takes([texts], "string"),
    options: [["separator", words]],
    spark: "array_join($1, {separator})",
  },
  sorted: {
    kind: "scalar",
    type: takes([array], ([list]) => list ?? primitive("string")),
    ...ofElements,
    spark: "sort_array($1)",
  },
  distinct: {
    kind: "scalar",
    type: takes([array], ([list]) => list ?? primitive("string")),
    ...ofElements,
    spark: "sort_array(array_distinct($1))",
  },
  field: {
    kind: "scalar",
    type: ([struct], options) => {
      const field = fieldOf(struct, options["name"]);
      return field ? field.type : mismatch(`has no field "${options["name"]}"`);
    },
    nullable: "always",
    labels: ([struct], options) => fieldOf(struct?.type, options["name"])?.labels ?? struct?.labels ?? [],
    unit: ([struct], options) => fieldOf(struct?.type, options["name"])?.unit ?? "",
    additivity: ([struct], options) => fieldOf(struct?.type, options["name"])?.additivity ?? "additive",
    called: "class",
    options: [["name", nonEmpty]],
    spark: ({ args, options }) => atom`${args[0] ?? noArgument()}.\`${String(options["name"]).replaceAll("`", "``")}\``,
  },
  entry: {
    kind: "scalar",
    type: ([dictionary, key]) =>
      dictionary?.kind === "map" && key && sameType(dictionary.key, key)
        ? dictionary.value
        : mismatch("accepts a MAP and one of its keys"),
    nullable: "always",
    ...ofElements,
    called: "class",
    spark: "try_element_at($1, $2)",
  },
  keys: {
    kind: "scalar",
    unit: "none",
    type: takes([map], ([type]) => ({ kind: "array", element: type?.kind === "map" ? type.key : primitive("string") })),
    spark: "sort_array(map_keys($1))",
  },
  variantText: {
    kind: "scalar",
    unit: "none",
    type: takes([variant], "string"),
    nullable: "always",
    options: [["path", checkedText(jsonPathProblem)]],
    spark: scalarText("$1"),
  },
} satisfies NumberCatalogue;
