/** Parts of a JSON value, as DuckDB SQL. */
import { duckdbText as text } from "../../../targets/duckdb/dialect.ts";

/** A field of an object by its exact name; of a name that comes twice the first. */
export function field(json: string, name: string): string {
  return `json_extract(${json}, ${text(`/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`)})`;
}

export function elements(json: string): string {
  return `json_extract(${json}, '$[*]')`;
}

/** The values of an object, in the order of its keys. */
export function entries(json: string): string {
  return `json_extract(${json}, '$.*')`;
}
