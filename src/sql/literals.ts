/** Constants as SQL: what all dialects write alike, around what each writes in its own way. */
import type { LiteralNode } from "../ast/expr.ts";
import { bareNumber, plain, type Sql } from "../functions/fragment.ts";
import { isFractional, type SqlType } from "../types/types.ts";

/** How a dialect writes the constants of its own. */
interface Constants {
  readonly text: (value: string) => string;
  readonly typeName: (type: SqlType) => string;
  /** The word before a point in time, and the zone of a text that has none. */
  readonly timestamp: readonly [word: string, utc: string];
  /** The word before a time without a zone. */
  readonly timestampNtz: string;
  readonly binary: (hex: string) => string;
  /** Whether a whole number or a decimal is of its type as it stands. */
  readonly isBare: (type: SqlType, value: string) => boolean;
  /** What makes a BIGINT of digits. Absent: a cast does. */
  readonly bigint?: string | undefined;
}

export function literals(of: Constants): (node: LiteralNode) => Sql {
  const [word, utc] = of.timestamp;
  const written = (type: SqlType, value: string): string => {
    switch (type.kind) {
      case "string":
        return of.text(value);
      case "boolean":
        return value;
      case "date":
        return `DATE '${value}'`;
      case "timestamp":
        return `${word} '${/Z$|[+-]\d\d:\d\d$/.test(value) ? value : `${value}${utc}`}'`;
      case "timestampNtz":
        return `${of.timestampNtz} '${value.replace(/Z$/, "")}'`;
      case "binary":
        return of.binary(value);
      default:
        return `CAST(${isFractional(type) || type.kind === "decimal" ? `'${value}'` : value} AS ${of.typeName(type)})`;
    }
  };
  return ({ value, type }) => {
    if (value === null) return plain(`CAST(NULL AS ${of.typeName(type)})`);
    const text = String(value);
    if (type.kind === "bigint" && of.bigint !== undefined) return bareNumber(`${text}${of.bigint}`);
    return of.isBare(type, text) ? bareNumber(text) : plain(written(type, text));
  };
}
