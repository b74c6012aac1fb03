/** Which casts there are: Spark's, in ANSI mode. */
import { covers, hasValues, isNumeric, isTime, type SqlType, sameType } from "./types.ts";

/**
 * Whether a value of one type can be cast to another. `lenient`: what does not convert becomes null (TRY_CAST). Which value
 * a text has is looked at where the whole value is one, and not within arrays, maps and structs.
 */
export function castable(from: SqlType, to: SqlType, lenient: boolean): boolean {
  if (to.kind === "string") return true;
  if (sameType(from, to)) return covers(to, from);
  if (hasValues(to)) return false;
  if (to.kind === "variant") return from.kind === "array" ? castable(from.element, to, lenient) : isAtomic(from);
  switch (from.kind) {
    case "string":
      return isAtomic(to);
    case "variant":
      return to.kind !== "map" || to.key.kind === "string";
    case "boolean":
      return isNumeric(to);
    case "date":
    case "timestampNtz":
      return isTime(to);
    case "timestamp":
      return isTime(to) || isNumeric(to);
    case "array":
      return to.kind === "array" && castable(from.element, to.element, lenient);
    case "map":
      // A key must not become null.
      return (
        to.kind === "map" &&
        castable(from.key, to.key, lenient) &&
        (!lenient || sameType(from.key, to.key) || to.key.kind === "string") &&
        castable(from.value, to.value, lenient)
      );
    case "struct":
      return to.kind === "struct" && sameFields(from.fields, to.fields, lenient);
    case "binary":
      return false;
    default:
      return to.kind === "boolean" || isNumeric(to) || to.kind === "timestamp";
  }
}

type Fields = readonly { readonly type: SqlType }[];

function sameFields(from: Fields, to: Fields, lenient: boolean): boolean {
  return (
    from.length === to.length && from.every((field, i) => castable(field.type, to[i]?.type ?? field.type, lenient))
  );
}

function isAtomic(type: SqlType): boolean {
  return isNumeric(type) || isTime(type) || ["string", "boolean", "binary", "variant"].includes(type.kind);
}
