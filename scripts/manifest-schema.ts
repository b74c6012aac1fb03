/**
 * schemas/manifest.schema.json: the JSON Schema of a manifest, from the closed lists that its reader asks. What a schema
 * cannot say (ids, labels, types that follow from the query, names that must be there) the reader checks. `npm run docs`
 * writes it.
 */
import { writeFileSync } from "node:fs";
import type { ExprNode } from "../src/ast/expr.ts";
import { MANIFEST_VERSION, type TableNode } from "../src/ast/pipeline.ts";
import type { RelationNode } from "../src/ast/relation.ts";
import { FORMATS } from "../src/formats/formats.ts";
import { functions } from "../src/functions/index.ts";
import { NO_SETTINGS, SETTING_LIST } from "../src/settings/settings.ts";
import { PRIMITIVES, type PrimitiveName, type SqlType } from "../src/types/types.ts";
import { schemaOf } from "./asked.ts";
import { type Fields, flag, list, NODE, names, object, oneOf, ref, type Schema, text } from "./schema.ts";

const constant: Schema = { type: ["string", "number", "boolean"] };

/** One of several kinds of node, told apart by `kind`: a fault is then reported for that kind alone. */
function kinds(byKind: Readonly<Record<string, Fields>>, base: Fields) {
  return {
    type: "object",
    required: ["kind"],
    properties: { kind: oneOf(Object.keys(byKind)) },
    allOf: Object.entries(byKind).map(([kind, fields]) => ({
      if: { properties: { kind: { const: kind } } },
      // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
      then: object({ ...base, kind: { const: kind }, ...fields }),
    })),
  };
}

const LABELS: Schema = { ...names, uniqueItems: true };
const ADDITIVITY = oneOf(["additive", "semi-additive", "non-additive", "fanned-out"]);
const FACTS = { type: ref("type"), nullable: flag, labels: LABELS, unit: text, additivity: ADDITIVITY } as const;

/** Members of plugins are named after them. */
const OUTSIDE: Schema = { type: "string", pattern: "^[A-Za-z][A-Za-z0-9_-]*\\.[A-Za-z][A-Za-z0-9_]*$" };
const orOutside = (known: readonly string[]): Schema => ({ anyOf: [oneOf(known), OUTSIDE] });
const functionsOf = (...wanted: readonly string[]): Schema =>
  orOutside(Object.entries(functions).flatMap(([name, { kind }]) => (wanted.includes(kind) ? [name] : [])));

const expr = ref("expression");
const exprs = list(expr);
const options: Schema = { type: "object", additionalProperties: constant };
const orders = list(object({ expr, descending: flag, nulls: oneOf(["first", "last"]) }));
const bound: Schema = { anyOf: [{ const: "unbounded" }, { type: "integer" }] };

const EXPRESSIONS = {
  column: { name: text, side: oneOf([0, 1]) },
  literal: { value: { type: ["string", "number", "boolean", "null"] } },
  param: { name: text, "default?": constant, "secret?": text },
  call: { fn: functionsOf("scalar"), args: exprs, "options?": options },
  cast: { arg: expr, try: flag },
  case: { branches: list(object({ when: expr, value: expr }), 1), otherwise: expr },
  struct: { fields: list(object({ name: text, value: expr })) },
  aggregate: { fn: functionsOf("aggregate"), args: exprs, "options?": options, "filter?": expr },
  window: {
    fn: functionsOf("aggregate", "window"),
    args: exprs,
    "options?": options,
    partitionBy: exprs,
    orderBy: orders,
    "frame?": object({ unit: oneOf(["rows", "range"]), start: bound, end: bound }),
  },
  raw: { text: list(text, 1), args: exprs },
} as const satisfies Record<ExprNode["kind"], Fields>;

const relation = ref("relation");
const items = list(object({ name: text, expr }));
const someItems = { ...items, minItems: 1 };
const COLUMNS = { columns: list(ref("column")) } as const;
const sides = { left: relation, right: relation } as const;

const RELATIONS = {
  source: {
    format: orOutside(Object.keys(FORMATS)),
    path: { type: "string", minLength: 1 },
    options: { type: "object" },
    declared: list(ref("column"), 1),
  },
  table: { table: text },
  where: { input: relation, predicate: expr },
  project: { input: relation, items: someItems },
  join: { type: oneOf(["inner", "left", "full", "semi", "anti"]), ...sides, on: expr, items },
  lookup: { ...sides, on: list(expr, 1), key: list(text, 1), items: someItems },
  asOfJoin: { ...sides, on: expr, time: expr, items: someItems },
  union: { inputs: list(relation, 1) },
  aggregate: { input: relation, groups: items, measures: items },
  dedupe: { input: relation, keys: list(expr, 1), orderBy: orders },
  limit: { input: relation, orderBy: orders, count: { type: "integer", minimum: 0 } },
} as const satisfies Record<RelationNode["kind"], Fields>;

const TYPES = {
  ...(Object.fromEntries(PRIMITIVES.map((name) => [name, {}])) as Record<PrimitiveName, Fields>),
  string: { "values?": { ...names, minItems: 1, uniqueItems: true } },
  decimal: {
    precision: { type: "integer", minimum: 1, maximum: 38 },
    scale: { type: "integer", minimum: 0, maximum: 38 },
  },
  array: { element: ref("type") },
  map: { key: ref("type"), value: ref("type") },
  struct: {
    fields: list(
      object({ name: text, type: ref("type"), "labels?": LABELS, "unit?": text, "additivity?": ADDITIVITY }),
    ),
  },
} as const satisfies Record<SqlType["kind"], Fields>;

/** A table has always those settings that have an empty value. */
function settings(): Schema {
  const fields = SETTING_LIST.map(([name, setting]) => [
    Object.hasOwn(NO_SETTINGS, name) ? name : `${name}?`,
    schemaOf(setting),
  ]);
  const extensions = { type: "object", propertyNames: OUTSIDE, additionalProperties: object({ value: {} }) };
  return object({ ...Object.fromEntries(fields), extensions });
}

const CHANGES = {
  input: relation,
  keys: list(text, 1),
  items: someItems,
  ...COLUMNS,
  "trackHistory?": names,
} as const;
const EVENTS = {
  ...CHANGES,
  sequence: expr,
  "deleteWhen?": expr,
  "truncateWhen?": expr,
  "ignoreNullUpdates?": names,
} as const;

const NAME = { type: "string", pattern: "^[A-Za-z_][A-Za-z0-9_]*$" } as const;
const TABLE = {
  ...NODE,
  name: { ...NAME, maxLength: 200 },
  layer: oneOf(["bronze", "silver", "gold"]),
  ...COLUMNS,
  settings: ref("settings"),
} as const;
const target = {
  layer: { const: "silver" },
  changes: ref("changes"),
  changeFlows: list(object({ name: NAME, once: flag, changes: ref("events") })),
} as const;
const TABLES = {
  query: { query: relation },
  scd1: target,
  scd2: target,
} as const satisfies Record<TableNode["kind"], Fields>;

export const MANIFEST_SCHEMA: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Manifest of a medallion pipeline",
  description:
    "What JSON.stringify(pipeline) writes and fromManifest() reads. A manifest that is valid here may still be refused: ids, types, labels and columns are worked out from the query and compared.",
  ...object({ version: { const: MANIFEST_VERSION }, name: NAME, tables: list(ref("table")) }),
  $defs: {
    table: kinds(TABLES, TABLE),
    relation: kinds(RELATIONS, { ...NODE, ...COLUMNS }),
    expression: kinds(EXPRESSIONS, { ...NODE, ...FACTS }),
    changes: kinds({ changes: EVENTS, snapshots: { ...CHANGES, "version?": expr } }, NODE),
    events: object({ ...NODE, kind: { const: "changes" }, ...EVENTS }),
    column: object({ name: text, ...FACTS, "comment?": text }),
    type: kinds(TYPES, {}),
    settings: settings(),
  },
};

export const manifestSchema = (): string => `${JSON.stringify(MANIFEST_SCHEMA, null, 2)}\n`;

if (import.meta.main) writeFileSync(new URL("../schemas/manifest.schema.json", import.meta.url), manifestSchema());
