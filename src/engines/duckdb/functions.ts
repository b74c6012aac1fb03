/** What printed SQL calls: macros, and functions in their place where SQL is slow. A script has macros alone. */
import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBScalarFunction,
  type DuckDBScalarMainFunction,
  type DuckDBVector,
} from "@duckdb/node-api";
import type { Macro } from "../../functions/fragment.ts";
import { createMacro, MACROS } from "../../targets/duckdb/macros/index.ts";
import { EXP, LN, LOG10, POWER } from "../../targets/duckdb/macros/math.ts";
import { exp, ln, log10, power } from "./fdlibm.ts";

/** A function of one or two numbers. */
type Real = (x: number, y: number) => number;

const FUNCTIONS = new Map<Macro, Real>([
  [EXP, exp],
  [LN, ln],
  [LOG10, log10],
  [POWER, power],
]);

const registered = (name: string) => `${name}_of_engine`;

/** The statements that define the macros. Those of functions only call them: a macro is kept in the file, a function is not. */
export const PRELUDE: readonly string[] = MACROS.map((macro) => {
  if (!FUNCTIONS.has(macro)) return createMacro(macro);
  return createMacro({ ...macro, body: `${registered(macro.name)}(${macro.parameters})` });
});

/** Registers the functions for all connections of the instance. */
export function registerFunctions(connection: DuckDBConnection): void {
  for (const [{ name, parameters }, real] of FUNCTIONS) {
    const parameterTypes = parameters.split(",").map(() => DOUBLE);
    const mainFunction = parameterTypes.length === 1 ? ofOne((x) => real(x, Number.NaN)) : ofTwo(real);
    connection.registerScalarFunction(
      DuckDBScalarFunction.create({ name: registered(name), parameterTypes, returnType: DOUBLE, mainFunction }),
    );
  }
}

/** A loop in a function of its own is compiled by itself, which makes it several times as fast. */
const ofOne =
  (real: (x: number) => number): DuckDBScalarMainFunction =>
  (_, input, made) => {
    mapOne(real, input.getColumnVector(0), made, input.rowCount);
    made.flush();
  };

const ofTwo =
  (real: Real): DuckDBScalarMainFunction =>
  (_, input, made) => {
    mapTwo(real, input.getColumnVector(0), input.getColumnVector(1), made, input.rowCount);
    made.flush();
  };

// A null makes a null: DuckDB sees to that for constants alone.

function mapOne(real: (x: number) => number, xs: DuckDBVector, made: DuckDBVector, count: number): void {
  for (let i = 0; i < count; i++) {
    const x = xs.getItem(i);
    made.setItem(i, typeof x === "number" ? real(x) : null);
  }
}

function mapTwo(real: Real, xs: DuckDBVector, ys: DuckDBVector, made: DuckDBVector, count: number): void {
  for (let i = 0; i < count; i++) {
    const [x, y] = [xs.getItem(i), ys.getItem(i)];
    made.setItem(i, typeof x === "number" && typeof y === "number" ? real(x, y) : null);
  }
}
