/**
 * What a JSON value holds beyond its declared type, at any depth: fields that are not declared (names differ by case as
 * well) and the second of a repeated key. It is given in the shape of the value, `{"st": {"new": 1}}`; of an array the
 * elements before keep their places as null.
 */
import { duckdbText as text } from "../../../targets/duckdb/dialect.ts";
import type { SqlType, StructType } from "../../../types/types.ts";
import { bind } from "./digits.ts";
import { elements, entries, field } from "./json-path.ts";

/** SQL of a list of `{k, v}`, a name and its JSON as text, to a JSON object; a name that comes again has all its values. */
export function jsonObject(list: string): string {
  const values = bind(
    "list_filter(o, lambda q: q.k = p.k)",
    "f",
    `CASE WHEN len(f) = 1 THEN f[1].v ELSE ${array("list_transform(f, lambda g: g.v)")} END`,
  );
  const first = "list_filter(o, lambda p, i: list_position(list_transform(o, lambda q: q.k), p.k) = i)";
  const members = `list_transform(${first}, lambda p: to_json(p.k)::VARCHAR || ':' || ${values})`;
  // Mostly it is one.
  const one = "'{' || to_json(o[1].k)::VARCHAR || ':' || o[1].v || '}'";
  return bind(list, "o", `CASE WHEN len(o) = 1 THEN ${one} ELSE '{' || array_to_string(${members}, ',') || '}' END`);
}

function array(list: string): string {
  return `'[' || array_to_string(${list}, ',') || ']'`;
}

export function entry(name: string, json: string): string {
  return `{'k': ${text(name)}, 'v': (${json})::VARCHAR}`;
}

/** What a row has alongside the declared columns, as SQL over the rows. */
export interface Extras {
  /** All of it as one JSON object, where names that are not declared come once each and others not at all; else null. */
  readonly plain: string;
  /** Whether there is any, where `plain` is null. */
  readonly repeated: string;
  /** All of it as a list of entries. */
  readonly entries: string;
}

/** The extras of rows that are JSON objects. `keys` is SQL of their keys, in order. */
export function objectExtras(json: string, keys: string, declared: readonly string[]): Extras {
  const names = listOf(declared);
  const repeats = `len(list_filter(${keys}, lambda n, i: list_position(${keys}, n) < i)) > 0`;
  // A merge patch with null removes a field: what is left was not declared.
  const patch = text(JSON.stringify(Object.fromEntries(declared.map((name) => [name, null]))));
  const rest = `nullif(json_merge_patch(${json}, ${patch})::VARCHAR, '{}')`;
  return {
    plain: `CASE WHEN ${keys} <> ${names} AND NOT (${repeats}) THEN ${rest} END`,
    // An AND that is not a condition asks both of its sides for every row.
    repeated: `CASE WHEN ${keys} <> ${names} THEN ${repeats} ELSE false END`,
    entries: otherEntries(json, keys, declared),
  };
}

/** The extras of rows whose columns are known; `json` is SQL of a value as JSON text. */
export function columnExtras(
  columns: readonly { readonly name: string; readonly json: string }[],
  declared: readonly string[],
): Extras {
  const entries = `[${columns.map((c) => entry(c.name, c.json)).join(", ")}]`;
  const names = columns.map((c) => c.name);
  if (areRepeated(names, declared)) {
    return { plain: "NULL", repeated: `len(list_filter(${entries}, lambda e: e.v IS NOT NULL)) > 0`, entries };
  }
  // Put together as text: a JSON function would make doubles of its numbers, and recurse into what nests too deep.
  const members = columns.map((c) => `${text(`${JSON.stringify(c.name)}:`)} || ${c.json}`);
  return {
    plain: `nullif('{' || concat_ws(',', ${members.join(", ")}) || '}', '{}')`,
    repeated: "false",
    entries,
  };
}

/** Whether a name comes twice, or is that of a declared column as well. */
function areRepeated(names: readonly string[], declared: readonly string[]): boolean {
  return new Set(names).size < names.length || names.some((name) => declared.includes(name));
}

/** The extras of rows of texts: as lists, since an expression for each of thousands of columns is slow. */
export function textExtras(
  columns: readonly { readonly name: string; readonly value: string }[],
  declared: readonly string[],
): Extras | undefined {
  if (columns.length === 0) return undefined;
  const names = columns.map((c) => c.name);
  const values = `[${columns.map((c) => c.value).join(", ")}]`;
  const given = (of: readonly string[]) =>
    `list_filter(list_zip(${listOf(of)}, ${values}), lambda z: z[2] IS NOT NULL)`;
  const members = `list_transform(${given(names.map((n) => `${JSON.stringify(n)}:`))}, lambda z: z[1] || to_json(z[2])::VARCHAR)`;
  const isRepeated = areRepeated(names, declared);
  return {
    plain: isRepeated ? "NULL" : `nullif('{' || array_to_string(${members}, ',') || '}', '{}')`,
    repeated: isRepeated ? `len(${given(names)}) > 0` : "false",
    entries: `list_transform(${given(names)}, lambda z: {'k': z[1], 'v': to_json(z[2])::VARCHAR})`,
  };
}

function listOf(names: readonly string[]): string {
  return `[${names.map(text).join(", ")}]`;
}

function otherEntries(json: string, keys: string, declared: readonly string[]): string {
  const all = `list_transform(list_zip(${keys}, ${entries(json)}), lambda z: {'k': z[1], 'v': z[2]::VARCHAR})`;
  return `list_filter(${all}, lambda y, i: NOT list_contains(${listOf(declared)}, y.k) OR list_position(${keys}, y.k) < i)`;
}

/** SQL of the entries of an object that are not declared; null where the object is as declared. */
function undeclaredEntries(json: string, declared: readonly string[], depth: number): string {
  const keys = `k${depth}`;
  return `CASE WHEN json_keys(${json}) <> ${listOf(declared)} THEN ${bind(`json_keys(${json})`, keys, otherEntries(json, keys, declared))} END`;
}

/** SQL of what is undeclared in a JSON value, as JSON text, or `undefined` for a type in which nothing can be. */
export function undeclared(json: string, type: SqlType, depth = 0): string | undefined {
  switch (type.kind) {
    case "struct":
      return inStruct(json, type, depth);
    case "array":
      return inArray(json, type.element, depth);
    case "map":
      return inMap(json, type.value, depth);
    default:
      return undefined;
  }
}

function inStruct(json: string, { fields }: StructType, depth: number): string {
  const names = fields.map((f) => f.name);
  const nested = fields.flatMap((f) => {
    const inner = undeclared(field(json, f.name), f.type, depth + 1);
    return inner === undefined ? [] : [entry(f.name, inner)];
  });
  const own = undeclaredEntries(json, names, depth);
  const list =
    nested.length === 0
      ? own
      : `list_concat(coalesce(${own}, []), list_filter([${nested.join(", ")}], lambda e: e.v IS NOT NULL))`;
  const name = `s${depth}`;
  const object = bind(list, name, `CASE WHEN len(${name}) > 0 THEN ${jsonObject(name)} END`);
  return `CASE WHEN json_type(${json}) = 'OBJECT' THEN ${object} END`;
}

function inArray(json: string, type: SqlType, depth: number): string | undefined {
  const item = `e${depth}`;
  const inner = undeclared(item, type, depth + 1);
  if (inner === undefined) return undefined;
  const name = `r${depth}`;
  const some = `len(list_filter(${name}, lambda u: u IS NOT NULL)) > 0`;
  const shown = array(`list_transform(${name}, lambda u: coalesce(u, 'null'))`);
  const list = bind(
    `list_transform(${elements(json)}, lambda ${item}: ${inner})`,
    name,
    `CASE WHEN ${some} THEN ${shown} END`,
  );
  return `CASE WHEN json_type(${json}) = 'ARRAY' THEN ${list} END`;
}

function inMap(json: string, type: SqlType, depth: number): string | undefined {
  const item = `e${depth}`;
  const inner = undeclared(`${item}[2]`, type, depth + 1);
  if (inner === undefined) return undefined;
  const name = `r${depth}`;
  const list = `list_transform(list_zip(json_keys(${json}), ${entries(json)}), lambda ${item}: {'k': ${item}[1], 'v': ${inner}})`;
  const object = bind(
    `list_filter(${list}, lambda u: u.v IS NOT NULL)`,
    name,
    `CASE WHEN len(${name}) > 0 THEN ${jsonObject(name)} END`,
  );
  return `CASE WHEN json_type(${json}) = 'OBJECT' THEN ${object} END`;
}
