/** SQL types and what is known of declared columns, from JSON. */

import type { ColumnFacts } from "../ast/relation.ts";
import { checkColumnNames } from "../ast/reserved.ts";
import { checkedDecimal, checkedMap, checkedValues } from "../builder/expr/columns.ts";
import type { Cursor } from "../core/cursor.ts";
import { freeze } from "../core/freeze.ts";
import { checkName, checkText } from "../core/text.ts";
import { membersOf } from "../core/total.ts";
import { type Additivity, enumOf, PRIMITIVES, primitive, type SqlType, type StructField } from "../types/types.ts";

const ADDITIVITY = membersOf<Additivity>({
  additive: true,
  "semi-additive": true,
  "non-additive": true,
  "fanned-out": true,
});

export function readType(json: Cursor): SqlType {
  const kind = json.get("kind").oneOf(...PRIMITIVES, "decimal", "array", "struct", "map");
  switch (kind) {
    case "decimal":
      json.only(["kind", "precision", "scale"]);
      return json.build(() => checkedDecimal(json.get("precision").whole(), json.get("scale").whole()));
    case "array":
      json.only(["kind", "element"]);
      return freeze({ kind, element: readType(json.get("element")) });
    case "map":
      json.only(["kind", "key", "value"]);
      return json.build(() => freeze(checkedMap(readType(json.get("key")), readType(json.get("value")))));
    case "struct":
      return readStruct(json);
    case "string":
      return readTextType(json);
    default:
      json.only(["kind"]);
      return primitive(kind);
  }
}

function readTextType(json: Cursor): SqlType {
  json.only(["kind", "values"]);
  const values = json.find("values");
  if (!values) return primitive("string");
  const type = values.build(() => enumOf(checkedValues(values.strings(), undefined)));
  if (type.values.some((value, i) => value !== values.strings()[i])) values.fail("is not sorted");
  return type;
}

function readStruct(json: Cursor): SqlType {
  json.only(["kind", "fields"]);
  const fields = json.get("fields").list().map(readField);
  json.build(() =>
    checkColumnNames(
      fields.map((f) => f.name),
      [],
      undefined,
    ),
  );
  return freeze({ kind: "struct", fields });
}

function readField(json: Cursor): StructField {
  json.only(["name", "type", "labels", "unit", "additivity"]);
  const [labels, unit, additivity] = [json.find("labels"), json.find("unit"), json.find("additivity")];
  return freeze({
    name: json.get("name").string(),
    type: readType(json.get("type")),
    ...(labels && { labels: readLabels(labels) }),
    ...(unit && { unit: readText(unit, "a unit") }),
    ...(additivity && { additivity: additivity.oneOf(...ADDITIVITY) }),
  });
}

/** Labels are sorted and there once, as every factory makes them. */
function readLabels(json: Cursor): readonly string[] {
  const labels = json.list().map((label) => label.build(() => checkName("a label", label.string(), undefined)));
  if (labels.some((label, i) => i > 0 && label <= (labels[i - 1] ?? "")))
    json.fail("is not sorted, or holds one twice");
  return freeze(labels);
}

function readText(json: Cursor, what: string): string {
  return json.build(() => checkText(what, json.string(), undefined));
}

/** What is declared of a value: of a column of a source, or of raw SQL. */
export function readFacts(json: Cursor) {
  return {
    type: readType(json.get("type")),
    nullable: json.get("nullable").boolean(),
    labels: readLabels(json.get("labels")),
    unit: readText(json.get("unit"), "a unit"),
    additivity: json.get("additivity").oneOf(...ADDITIVITY),
  };
}

/** A declared column of a source. */
export function readColumn(json: Cursor): ColumnFacts {
  const comment = json.find("comment");
  return freeze({
    name: json.get("name").string(),
    ...readFacts(json),
    ...(comment && { comment: readText(comment, "a column's comment") }),
  });
}
