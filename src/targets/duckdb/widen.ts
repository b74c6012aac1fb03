/** Arguments of different types: DuckDB is told the common type where its own choice is not Spark's. */
import { atom, type Sql } from "../../functions/fragment.ts";
import { type Known, type Refusal, type RenderInput, refused } from "../../functions/spec.ts";
import { asDecimal, type SqlType, sameType, typeName, widerType } from "../../types/types.ts";
import { boundLong } from "./bind.ts";

type Typed = Pick<RenderInput, "args" | "types" | "constants" | "typeName">;

/** The arguments for a comparison: cast only where DuckDB would compare in another type. */
export function comparable(input: Typed): readonly Sql[] {
  const type = commonType(input.types);
  return type && differs(input.types, type) ? castAll(input, type) : input.args;
}

/** The arguments of a function that gives one of them: its result has the common type. */
export function unified(input: Typed): readonly Sql[] {
  const type = commonType(input.types);
  const exact =
    type?.kind === "decimal" && input.types.some((t, i) => t.kind !== "decimal" || isBare(input.constants[i], t));
  return type && (exact || differs(input.types, type)) ? castAll(input, type) : input.args;
}

/** Whether a constant is written as its digits alone, of which DuckDB makes a type of its own. */
function isBare(known: Known, type: SqlType | undefined): boolean {
  return known !== undefined && (type?.kind === "int" || (type?.kind === "decimal" && type.precision <= 18));
}

/** A divisor as it is where it is a constant that is not zero, else null where it is zero. */
export function divisor(sql: Sql, known: Known): Sql {
  return known !== undefined && Number(known) !== 0 ? sql : boundLong([sql], (x = sql) => atom`nullif(${x}, 0)`);
}

/** Why DuckDB does not put these in order: inside of arrays and structs it puts nulls last. */
export function nestedOrder(types: readonly SqlType[]): Refusal | undefined {
  const nested = types.find((type) => type.kind === "array" || type.kind === "struct");
  return nested && refused(`it orders nulls inside of ${typeName(nested)} in another way: compare the parts`);
}

/** Digits of a decimal that DuckDB makes a FLOAT or DOUBLE of as Spark does. */
const EXACT = { float: 6, double: 15 } as const;

/** Whether DuckDB's own cast of a decimal rounds twice: the way goes by its digits then. */
export function roundsTwice(from: SqlType | undefined, to: "float" | "double"): boolean {
  return from?.kind === "decimal" && from.precision > EXACT[to];
}

const isWide = (type: SqlType | undefined) => roundsTwice(type, "double");

/** A number as a DOUBLE. */
export function asDouble(sql: Sql, type: SqlType | undefined): Sql {
  return isWide(type) ? atom`CAST(CAST(${sql} AS VARCHAR) AS DOUBLE)` : atom`CAST(${sql} AS DOUBLE)`;
}

/** A number for a function that accepts a DOUBLE: cast only where DuckDB's own cast would differ. */
export function doubled(sql: Sql, type: SqlType | undefined): Sql {
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

function castAll({ args, types, constants, typeName: name }: Typed, type: SqlType): readonly Sql[] {
  return args.map((sql, i) => {
    const from = types[i];
    if (from && sameType(from, type) && !isBare(constants[i], from)) return sql;
    return type.kind === "double" ? asDouble(sql, from) : atom`CAST(${sql} AS ${name(type)})`;
  });
}
