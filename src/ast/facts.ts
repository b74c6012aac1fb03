/** What is known of values, as data: how it goes into structs and collections, and what repeating does to it. */
import { freeze } from "../core/freeze.ts";
import { type Additivity, isNumeric, type SqlType, type StructField } from "../types/types.ts";
import type { ValueFacts } from "./expr.ts";

export const NO_LABELS: readonly string[] = freeze([]);

/** All labels of some values, sorted and once each. */
export function unionLabels(values: readonly { readonly labels: readonly string[] }[]): readonly string[] {
  const labelled = values.filter((value) => value.labels.length > 0);
  const [only] = labelled;
  if (!only) return NO_LABELS;
  if (labelled.length === 1) return only.labels;
  return freeze([...new Set(labelled.flatMap((value) => value.labels))].sort());
}

/** A value as the field of a struct. */
export function structField(name: string, value: ValueFacts): StructField {
  const { type, labels, unit, additivity } = value;
  return freeze({
    name,
    type,
    labels,
    ...(unit !== "" && { unit }),
    ...(additivity !== "additive" && { additivity }),
  });
}

/** The type with more labels on everything inside: a condition's labels are those of each field of the result. */
export function relabelled(type: SqlType, labels: readonly string[]): SqlType {
  if (labels.length === 0) return type;
  switch (type.kind) {
    case "struct":
      return freeze({ ...type, fields: type.fields.map((field) => withLabels(field, labels)) });
    case "array":
      return freeze({ ...type, element: relabelled(type.element, labels) });
    case "map":
      return freeze({ ...type, value: relabelled(type.value, labels) });
    default:
      return type;
  }
}

function withLabels(field: StructField, labels: readonly string[]): StructField {
  const all = field.labels && freeze([...new Set([...field.labels, ...labels])].sort());
  return freeze({ ...field, type: relabelled(field.type, labels), ...(all && { labels: all }) });
}

/** What a join or window that repeats rows makes of a number: only what was additive changes. */
const repeatedNumber = (additivity: Additivity): Additivity => (additivity === "additive" ? "fanned-out" : additivity);

/** The facts of a value after a join or a window repeated it. A collection's unit and additivity are its elements'. */
export function repeated<F extends ValueFacts>(facts: F): F {
  const type = repeatedType(facts.type);
  const counts = isNumeric(innermost(type));
  return { ...facts, type, additivity: counts ? repeatedNumber(facts.additivity) : facts.additivity };
}

/** What a collection is made of, at any depth. */
export function innermost(type: SqlType): SqlType {
  if (type.kind === "array") return innermost(type.element);
  return type.kind === "map" ? innermost(type.value) : type;
}

function repeatedType(type: SqlType): SqlType {
  switch (type.kind) {
    case "struct":
      return freeze({ ...type, fields: type.fields.map(repeatedField) });
    case "array":
      return freeze({ ...type, element: repeatedType(type.element) });
    case "map":
      return freeze({ ...type, value: repeatedType(type.value) });
    default:
      return type;
  }
}

function repeatedField(field: StructField): StructField {
  const plain = { nullable: true, labels: [], unit: "", additivity: "additive" } as const;
  const { type, additivity } = repeated<ValueFacts>({ ...plain, ...field });
  return freeze({ ...field, type, ...(additivity !== "additive" && { additivity }) });
}
