/** Aggregates for DuckDB. Each aggregate that is called has the filter and the window of the node. */
import type { WindowNode } from "../../ast/expr.ts";
import { sumType } from "../../functions/aggregates.ts";
import { atom, call, noArgument, operator, piece, type Sql } from "../../functions/fragment.ts";
import { type AggregateInput, type AggregateRendering, type Refusal, refused } from "../../functions/spec.ts";
import { asDecimal, isFractional, isInteger, type SqlType } from "../../types/types.ts";
import { DIVIDE, DIVIDE_WIDE, POINT, UNSCALED } from "./macros/decimals.ts";
import { AT, PERCENTILE, SORTED } from "./macros/lists.ts";
import { asDouble, doubled, nestedOrder } from "./widen.ts";

/**
 * The sum of a column, of Spark's type. DuckDB's own of decimals may have more than 38 digits, and is not a decimal then: with
 * fewer than ten digits to spare the digits are summed as whole numbers, and the cast looks at how many there are.
 */
export function sumOf({
  args: [x = noArgument()],
  types: [from],
  typeName: name,
  aggregate,
}: AggregateInput): Sql | Refusal {
  const type = sumType(from ? [from] : [], {});
  if ("mismatch" in type) return refused(type.mismatch);
  if (from?.kind !== "decimal" || from.precision <= 28) return atom`CAST(${aggregate("sum($1)", x)} AS ${name(type)})`;
  const digits = aggregate("sum($1)", call(UNSCALED, [x]));
  return atom`CAST(${POINT}(${digits}, ${from.scale}) AS ${name(type)})`;
}

export function average(input: AggregateInput): Sql | Refusal {
  const { args, types, type, typeName: name, aggregate } = input;
  const [x = noArgument()] = args;
  const from = types[0] && asDecimal(types[0]);
  if (type.kind !== "decimal" || !from) return aggregate("avg($1)", atom`CAST(${x} AS DOUBLE)`);
  if (from.precision === from.scale && from.precision > 28) {
    return refused("the sum has no digit before the point: cast to a decimal that has one");
  }
  const total = from.precision > 28 ? sumOf(input) : aggregate("sum($1)", x);
  if ("refused" in total) return total;
  const shift = type.scale - from.scale;
  const divide = from.precision + 10 + shift > 38 ? DIVIDE_WIDE : DIVIDE;
  return atom`CAST(${divide}(${total}, ${aggregate("count($1)", x)}, ${shift}, ${type.scale}) AS ${name(type)})`;
}

/**
 * DuckDB fails where a square leaves the range of a double. Spark's answer is NaN then, as for NaN and Infinity; a sample
 * of one has none.
 */
export const spread =
  (fn: string, least: number): AggregateRendering =>
  ({ args: [x = noArgument()], types: [type], aggregate }) => {
    if (!type || !isFractional(type)) return aggregate(`${fn}($1)`, doubled(x, type));
    const squared = atom`abs(${x}) < 1e150`;
    const beyond = aggregate("bool_or($1)", atom`NOT ${squared.text}`);
    const enough = least > 1 ? atom` AND ${aggregate("count($1)", x)} >= ${least}` : "";
    const of = aggregate(`${fn}($1)`, atom`CASE WHEN ${squared.text} THEN ${x} END`);
    return atom`CASE WHEN ${beyond}${enough} THEN CAST('NaN' AS DOUBLE) ELSE ${of} END`;
  };

/** DuckDB's own weighs the two neighbours in another way: it differs in the last digits, and alongside Infinity. */
export const percentile =
  (given?: number): AggregateRendering =>
  ({ args: [x = noArgument()], types: [type], options, aggregate }) => {
    const percentage = given ?? Number(options["percentage"]);
    // Halves of whole numbers are exact.
    if (percentage === 0.5 && type && isInteger(type) && type.kind !== "bigint") {
      return aggregate("median($1)", atom`CAST(${x} AS DOUBLE)`);
    }
    return call(PERCENTILE, [aggregate("list($1)", asDouble(x, type)), piece(String(percentage))]);
  };

/** Whether a window would make the list of its partition on each row of it. */
export const gathersValues = ({ fn }: WindowNode): boolean => fn === "median" || fn === "percentile";

export const extreme =
  (fn: string): AggregateRendering =>
  ({ args, types, aggregate }) =>
    nestedOrder(types) ?? aggregate(`${fn}($1)`, ...args);

/** Whether there are FLOAT or DOUBLE values inside. */
function holdsFractions(type: SqlType): boolean {
  if (type.kind === "array") return isFractional(type.element) || holdsFractions(type.element);
  if (type.kind === "map") return [type.key, type.value].some((t) => isFractional(t) || holdsFractions(t));
  return type.kind === "struct" && type.fields.some((f) => isFractional(f.type) || holdsFractions(f.type));
}

/** The order of a row with what decides between equal ones. */
interface Place {
  readonly sql: Sql;
  /** What stands in the struct that `sql` makes; of an order that decides alone, nothing. */
  readonly parts: readonly Sql[];
}

/** In a struct, nulls are said apart, since they would be last. */
function placeOf({ args: [, order = noArgument()], nullable: [, isNullable], ties }: AggregateInput): Place {
  if (ties.length === 0) return { sql: order, parts: [] };
  const more = ties.flatMap(({ sql, nullable }) => (nullable ? [operator`${sql} IS NOT NULL`, sql] : [sql]));
  const parts = [order, ...more];
  const place = call("row", parts);
  return { sql: isNullable ? atom`CASE WHEN ${order} IS NOT NULL THEN ${place} END` : place, parts };
}

export const pick =
  (fn: string, least: "max" | "min"): AggregateRendering =>
  (input) => {
    const {
      args: [x = noArgument()],
      types: [type, by],
      type: result,
      typeName: name,
      aggregate,
    } = input;
    const refusal = nestedOrder(by ? [by] : []);
    if (refusal) return refusal;
    const { sql: order, parts } = placeOf(input);
    const at = parts.findIndex((part) => part.text === x.text);
    // What decides between rows holds the value. All values of one row are then taken of one aggregate, which DuckDB works
    // out once: an aggregate of each value would compare all values as often as there are values.
    if (at >= 0) return call("struct_extract_at", [aggregate(`${least}($1)`, order), piece(String(at + 1))]);
    // DuckDB's own gives a FLOAT's -0, and one inside of another value, as 0.
    if (type?.kind === "float") {
      return atom`CAST(${aggregate(`${fn}($1, $2)`, atom`CAST(${x} AS DOUBLE)`, order)} AS ${name(result)})`;
    }
    if (!type || !holdsFractions(type)) return aggregate(`${fn}($1, $2)`, x, order);
    if (input.windowed) {
      // Lists would be made for each row.
      const known = by && input.nullable[1] ? atom`CASE WHEN ${order} IS NOT NULL THEN ${x} END` : x;
      return aggregate(`first_value($1 ORDER BY $2 ${least === "max" ? "DESC" : "ASC"} NULLS LAST)`, known, order);
    }
    const [values, orders] = [aggregate("list($1)", x), aggregate("list($1)", order)];
    return call(AT, [values, orders, aggregate(`${least}($1)`, order)]);
  };

export const sortedList: AggregateRendering = ({ args: [x = noArgument()], types, aggregate }) => {
  const refusal = nestedOrder(types);
  if (refusal) return refusal;
  const list =
    types[0] && isFractional(types[0])
      ? call(SORTED, [aggregate("list($1) FILTER ($1 IS NOT NULL)", x)])
      : aggregate("list($1 ORDER BY $1) FILTER ($1 IS NOT NULL)", x);
  return atom`coalesce(${list}, [])`;
};

/** A whole number of Spark's type. */
export const counted =
  (template: string): AggregateRendering =>
  ({ type, typeName: name, aggregate }) =>
    atom`CAST(${aggregate(template)} AS ${name(type)})`;
