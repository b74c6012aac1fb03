/** Parts of a JSON value, as DuckDB SQL. */
import { duckdbText as text } from "../../../targets/duckdb/dialect.ts";

/** The path of a field of an object, by its exact name. */
export const pointer = (name: string): string => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;

/** A field of an object; of a name that comes twice the first. */
export function field(json: string, name: string): string {
  return `json_extract(${json}, ${text(pointer(name))})`;
}

export function elements(json: string): string {
  return `json_extract(${json}, '$[*]')`;
}

/** The values of an object, in the order of its keys. */
export function entries(json: string): string {
  return `json_extract(${json}, '$.*')`;
}
