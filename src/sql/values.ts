/** SQL of texts that have one of some values. */
import type { CastNode, RawNode } from "../ast/expr.ts";
import { atom, chain, inList, operator, type Sql } from "../functions/fragment.ts";
import { covers, type SqlType, typeText, valuesOf } from "../types/types.ts";
import type { Dialect } from "./dialect.ts";

/** The text `x` (a column or another cheap expression) where it is one of the values of its type, else null. */
export function oneOf(x: string, type: SqlType, text: (value: string) => string): string {
  const values = valuesOf(type);
  return values ? `CASE WHEN ${x} IN (${values.map(text).join(", ")}) THEN ${x} END` : x;
}

/** How a target looks through values. */
interface ValueWords {
  readonly text: (value: string) => string;
  /** SQL of whether all elements of a list, each called `item`, pass a test. */
  readonly all: (list: string, item: string, test: string) => string;
  readonly field: (struct: string, name: string) => string;
}

/** SQL of whether every text in a value is one of the values of its type; `undefined` where each may be any. */
export function fitsValues(x: string, type: SqlType, words: ValueWords, depth = 0): string | undefined {
  const tests = testsOf(x, type, words, depth);
  return tests.length === 0 ? undefined : `(${x} IS NULL OR ${tests.join(" AND ")})`;
}

function testsOf(x: string, type: SqlType, words: ValueWords, depth: number): readonly string[] {
  const item = `e${depth}`;
  const each = (list: string, of: SqlType) => {
    const test = fitsValues(item, of, words, depth + 1);
    return test === undefined ? [] : [words.all(list, item, test)];
  };
  switch (type.kind) {
    case "string": {
      const values = valuesOf(type);
      return values ? [`${x} IN (${values.map(words.text).join(", ")})`] : [];
    }
    case "array":
      return each(x, type.element);
    case "map":
      return [...each(`map_keys(${x})`, type.key), ...each(`map_values(${x})`, type.value)];
    case "struct":
      return type.fields.flatMap((f) => fitsValues(words.field(x, f.name), f.type, words, depth) ?? []);
    default:
      return [];
  }
}

/** The text of a cast, or of raw SQL, which must be one of the values of its type. A lenient cast makes others null. */
export function checkedText(node: CastNode | RawNode, sql: Sql, dialect: Dialect): Sql {
  const values = valuesOf(node.type);
  const known = node.kind === "cast" && node.arg.type.kind === "string" && covers(node.type, node.arg.type);
  if (!values || known) return sql;
  return dialect.once(sql, (x) => {
    const fits = inList([x, ...values.map(dialect.text)]);
    if (node.kind === "cast" && node.try) return atom`CASE WHEN ${fits} THEN ${x} END`;
    const wrong = chain("||", [dialect.text('"'), x, dialect.text(`" is not an ${typeText(node.type)}`)]);
    return atom`CASE WHEN ${operator`${x} IS NULL OR ${fits}`} THEN ${x} ELSE ${dialect.fail(wrong)} END`;
  });
}
