/**
 * What a JSON value holds beyond its declared type, at any depth. It is given in the shape of the value, `{"st": {"new": 1}}`;
 * of an array the other elements keep their places as null.
 */
import type { SqlType } from "../../types/types.ts";
import { sparkText as text } from "./dialect.ts";
import { elements, entries } from "./values.ts";

/** SQL of it as a JSON value, null where there is nothing; `undefined` for a type in which nothing can be. */
export function undeclared(
  v: string,
  type: SqlType,
  /** SQL of an undeclared value, null where it does not count. */
  counted: (v: string) => string,
  depth = 0,
): string | undefined {
  const [item, key] = [`e${depth}`, `k${depth}`];
  const within = (inner: SqlType) => undeclared(item, inner, counted, depth + 1);
  switch (type.kind) {
    case "struct": {
      const declared = type.fields.map((f) => ` WHEN ${text(f.name)} THEN ${within(f.type) ?? "NULL"}`);
      return object(v, `(${key}, ${item}) -> CASE ${key}${declared.join("")} ELSE ${counted(item)} END`);
    }
    case "map": {
      const inner = within(type.value);
      return inner && object(v, `(${key}, ${item}) -> ${inner}`);
    }
    case "array": {
      const inner = within(type.element);
      const some = `exists(${key}, ${item} -> ${item} IS NOT NULL)`;
      // An array of one, transformed, binds a name.
      return (
        inner &&
        `get(transform(array(transform(${elements(v)}, ${item} -> ${inner})), ${key} -> CASE WHEN ${some} THEN ${parsed(key)} END), 0)`
      );
    }
    default:
      return undefined;
  }
}

function object(v: string, entry: string): string {
  const given = `map_filter(transform_values(${entries(v)}, ${entry}), (k, v) -> v IS NOT NULL)`;
  return `try_parse_json(nullif(to_json(${given}), '{}'))`;
}

const parsed = (value: string) => `try_parse_json(to_json(${value}))`;
