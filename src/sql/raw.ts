/** Lays out the SQL that users bring: long or broken over lines, it is set anew; its tokens stay what they are. */
import { type DialectOptions, duckdb as duckdbLayout, formatDialect, spark as sparkLayout } from "sql-formatter";

/** Longer expressions than this are broken over lines. */
const WIDTH = 100;

/** What sql-formatter's own dialects do not know of this grammar. */
const OPERATORS = ["=>", "<=>", "::", "->", "->>", ":", "||", ">>", "<<", "//", "==", "!=", "<>", "^", "**"];

function extended(dialect: DialectOptions, strings: DialectOptions["tokenizerOptions"]["stringTypes"]): DialectOptions {
  const { tokenizerOptions } = dialect;
  const operators = [...new Set([...(tokenizerOptions.operators ?? []), ...OPERATORS])];
  return { ...dialect, tokenizerOptions: { ...tokenizerOptions, operators, stringTypes: strings } };
}

const LAYOUTS = {
  spark: extended(sparkLayout, [
    "''-qq-bs",
    '""-qq-bs',
    { quote: "''-raw", prefixes: ["R", "X"], requirePrefix: true },
  ]),
  duckdb: extended(duckdbLayout, ["''-qq"]),
} as const;

/** An expression of the user as it stands in a statement. */
export function layOutRaw(sql: string, dialect: keyof typeof LAYOUTS): string {
  const text = sql.trim();
  if (text.length <= WIDTH && !text.includes("\n")) return text;
  const formatted = format(text, dialect);
  // What the formatter does not know it may tear apart: then the text stays as the user wrote it.
  return formatted !== undefined && sameTokens(text, formatted) ? formatted : text;
}

function format(sql: string, dialect: keyof typeof LAYOUTS): string | undefined {
  try {
    return formatDialect(sql, { dialect: LAYOUTS[dialect], expressionWidth: WIDTH, tabWidth: 2 });
  } catch {
    // Not a grammar that it parses: it throws nothing else.
    return undefined;
  }
}

function sameTokens(a: string, b: string): boolean {
  const [left, right] = [sqlTokens(a), sqlTokens(b)];
  return left.length === right.length && left.every((token, i) => token === right[i]);
}

const TOKEN =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`]|``)*`|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?\w*|\.\d+(?:[eE][+-]?\d+)?|[\p{L}_$][\p{L}\p{N}_$]*|=>|<=>|::|->>|->|\|\||>>|<<|\/\/|==|!=|<>|<=|>=|\*\*|\S/gu;

/** The tokens of an expression: quoted text as it is, words, numbers and operators. */
export function sqlTokens(sql: string): readonly string[] {
  return sql.match(TOKEN) ?? [];
}
