/** Arguments of different types: DuckDB is told the common type where its own choice is not Spark's. */
import { asDecimal, type SqlType, sameType, widerType } from "../../schema/types.ts";
import type { RenderInput } from "./spec.ts";

type Typed = Pick<RenderInput, "args" | "types" | "typeName">;

/** The arguments for a comparison: cast only where DuckDB would compare in another type. */
export function comparable(input: Typed): readonly string[] {
  const type = commonType(input.types);
  return type && differs(input.types, type) ? castAll(input, type) : input.args;
}

/** The arguments of a function that gives one of them: its result has the common type. */
export function unified(input: Typed): readonly string[] {
  const type = commonType(input.types);
  const exact =
    type?.kind === "decimal" &&
    (input.types.some((t) => t.kind !== "decimal") || input.args.some((x) => NUMBER.test(x)));
  return type && (exact || differs(input.types, type)) ? castAll(input, type) : input.args;
}

const WHOLE = /^\(?(-?\d+)\)?$/;
const NUMBER = /^\(?-?\d+(?:\.\d+)?\)?$/;

/** A whole constant that says to Spark that it is a decimal. */
export function decimalConstant(sql: string, type: SqlType | undefined): string {
  return type?.kind === "decimal" ? sql.replace(WHOLE, "$1BD") : sql;
}

/** A divisor as it is where it is a constant that is not zero, else null where it is zero. */
export function divisor(sql: string, zero = "0"): string {
  return NUMBER.test(sql) && Number(sql.replace(/[()]/g, "")) !== 0 ? sql : `nullif(${sql}, ${zero})`;
}

/** Digits of a decimal that DuckDB makes a FLOAT or DOUBLE of as Spark does. */
const EXACT = { float: 6, double: 15 } as const;

/** Whether DuckDB's own cast of a decimal rounds twice: the way goes by its digits then. */
export function roundsTwice(from: SqlType | undefined, to: "float" | "double"): boolean {
  return from?.kind === "decimal" && from.precision > EXACT[to];
}

const isWide = (type: SqlType | undefined) => roundsTwice(type, "double");

/** A number as a DOUBLE. */
export function asDouble(sql: string, type: SqlType | undefined): string {
  return isWide(type) ? `CAST(CAST(${sql} AS VARCHAR) AS DOUBLE)` : `CAST(${sql} AS DOUBLE)`;
}

/** A number for a function that takes a DOUBLE: cast only where DuckDB's own cast would differ. */
export function doubled(sql: string, type: SqlType | undefined): string {
  return isWide(type) ? asDouble(sql, type) : sql;
}

function commonType(types: readonly SqlType[]): SqlType | undefined {
  const [head, ...rest] = types;
  return rest.reduce<SqlType | undefined>((wide, next) => wide && widerType(wide, next), head);
}

/** Spark meets a FLOAT and another number in DOUBLE, and gives up scale where a decimal would need more than 38 digits. */
function differs(types: readonly SqlType[], common: SqlType): boolean {
  if (common.kind === "double") {
    return types.some(isWide) || (types.some((t) => t.kind === "float") && types.every((t) => t.kind !== "double"));
  }
  return common.kind === "decimal" && types.some((t) => (asDecimal(t)?.scale ?? 0) > common.scale);
}

function castAll({ args, types, typeName }: Typed, type: SqlType): readonly string[] {
  return args.map((sql, i) => {
    const from = types[i];
    if (from && sameType(from, type) && !NUMBER.test(sql)) return sql;
    return type.kind === "double" ? asDouble(sql, from) : `CAST(${sql} AS ${typeName(type)})`;
  });
}
