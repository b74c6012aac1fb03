/** How long DuckDB plans an operation, in those of a plain function. */
import type { Called, ExprNode } from "../../ast/expr.ts";
import { isFractional, type SqlType } from "../../types/types.ts";

/** Functions whose SQL is a long macro, holds its arguments in a lambda, or is a macro of DuckDB's that copies them. */
const WEIGHTS: Readonly<Partial<Record<Called, number>>> = {
  exp: 8,
  ln: 8,
  log10: 8,
  power: 16,
  jsonText: 16,
  variantText: 16,
  upper: 6,
  lower: 6,
  emailDomain: 8,
  parseDate: 6,
  tryParseDate: 6,
  parseTimestamp: 6,
  tryParseTimestamp: 6,
  splitPart: 8,
  nullIf: 8,
  between: 8,
  mask: 4,
  has: 4,
  joinText: 4,
  tokenize: 4,
  truncate: 4,
  sqrt: 3,
  ceil: 3,
  floor: 3,
  secondsSince: 6,
  unixSeconds: 4,
  addSeconds: 4,
  addDays: 3,
  addMonths: 3,
};

const TEXT_WEIGHTS: Readonly<Partial<Record<SqlType["kind"], number>>> = {
  timestamp: 16,
  timestampNtz: 16,
  date: 8,
  decimal: 8,
  double: 6,
  float: 6,
};

export function weigh(node: ExprNode): number {
  if (node.kind === "cast") return weighCast(node.arg.type, node.type);
  if (node.kind !== "call") return 1;
  const onDecimals = node.type.kind === "decimal";
  if (node.fn === "round") return isFractional(node.type) ? 6 : 1;
  if (node.fn === "div") return onDecimals ? 8 : 2;
  if (node.fn === "times") return onDecimals && node.type.scale < 18 ? 2 : 4;
  return WEIGHTS[node.fn] ?? 1;
}

function weighCast(from: SqlType, to: SqlType): number {
  if (from.kind === "string") return TEXT_WEIGHTS[to.kind] ?? 4;
  return isFractional(from) && (to.kind === "decimal" || to.kind === "bigint") ? 6 : 1;
}
