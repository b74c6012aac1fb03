/** What printed SQL calls: macros, and functions in their place where SQL is slow. A script has macros alone. */
import type { DuckDBConnection, DuckDBScalarMainFunction, DuckDBType, DuckDBVector } from "@duckdb/node-api";
import type { Macro } from "../../../functions/fragment.ts";
import { createMacro, MACROS } from "../../../targets/duckdb/macros/index.ts";
import { JSON_LOOSE, JSON_NESTED, JSON_NUMBER, JSON_PLAIN, JSON_QUOTED } from "../../../targets/duckdb/macros/json.ts";
import { EXP, LN, LOG10, POWER } from "../../../targets/duckdb/macros/math.ts";
import { BOOLEAN, DOUBLE, DuckDBScalarFunction, VARCHAR } from "../driver.ts";
import { exp, ln, log10, power } from "./fdlibm.ts";
import { jsonLoose, jsonNested, jsonNumber, jsonPlain, jsonQuoted } from "./json-text.ts";

interface EngineFunction {
  readonly takes: readonly DuckDBType[];
  readonly gives: DuckDBType;
  readonly map: DuckDBScalarMainFunction;
}

/** A function for the macro that does the same. */
const FUNCTIONS: ReadonlyMap<Macro, EngineFunction> = new Map([
  [EXP, ofNumber(exp)],
  [LN, ofNumber(ln)],
  [LOG10, ofNumber(log10)],
  [POWER, ofNumbers(power)],
  [JSON_NESTED, ofText(VARCHAR, jsonNested)],
  [JSON_LOOSE, ofText(BOOLEAN, jsonLoose)],
  [JSON_PLAIN, ofText(BOOLEAN, jsonPlain)],
  [JSON_QUOTED, ofText(VARCHAR, jsonQuoted)],
  [JSON_NUMBER, ofText(VARCHAR, jsonNumber)],
]);

/** The name of the function that does what a macro does. */
const engineName = (macro: string): string => `${macro}_of_engine`;

/** The statements that define the macros. Those of functions only call them: a macro is kept in the file, a function is not. */
export const PRELUDE: readonly string[] = MACROS.map((macro) => {
  if (!FUNCTIONS.has(macro)) return createMacro(macro);
  return createMacro({ ...macro, body: `${engineName(macro.name)}(${macro.parameters})` });
});

/** Registers the functions for all connections of the instance. */
export function registerFunctions(connection: DuckDBConnection): void {
  for (const [{ name }, { takes, gives, map }] of FUNCTIONS) {
    connection.registerScalarFunction(
      DuckDBScalarFunction.create({
        name: engineName(name),
        parameterTypes: takes,
        returnType: gives,
        mainFunction: map,
      }),
    );
  }
}

// A null makes a null: DuckDB sees to that for constants alone. A loop in a function of its own is compiled by itself,
// which makes it several times as fast.

function ofNumber(fn: (x: number) => number): EngineFunction {
  const map: DuckDBScalarMainFunction = (_, input, made) => {
    mapNumber(fn, input.getColumnVector(0), made, input.rowCount);
    made.flush();
  };
  return { takes: [DOUBLE], gives: DOUBLE, map };
}

function mapNumber(fn: (x: number) => number, xs: DuckDBVector, made: DuckDBVector, count: number): void {
  for (let i = 0; i < count; i++) {
    const x = xs.getItem(i);
    made.setItem(i, typeof x === "number" ? fn(x) : null);
  }
}

function ofNumbers(fn: (x: number, y: number) => number): EngineFunction {
  const map: DuckDBScalarMainFunction = (_, input, made) => {
    mapNumbers(fn, [input.getColumnVector(0), input.getColumnVector(1)], made, input.rowCount);
    made.flush();
  };
  return { takes: [DOUBLE, DOUBLE], gives: DOUBLE, map };
}

function mapNumbers(
  fn: (x: number, y: number) => number,
  [xs, ys]: readonly [DuckDBVector, DuckDBVector],
  made: DuckDBVector,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const x = xs.getItem(i);
    const y = ys.getItem(i);
    made.setItem(i, typeof x === "number" && typeof y === "number" ? fn(x, y) : null);
  }
}

function ofText(gives: DuckDBType, fn: (text: string) => string | boolean): EngineFunction {
  const map: DuckDBScalarMainFunction = (_, input, made) => {
    const texts = input.getColumnVector(0);
    for (let i = 0; i < input.rowCount; i++) {
      const text = texts.getItem(i);
      made.setItem(i, typeof text === "string" ? fn(text) : null);
    }
    made.flush();
  };
  return { takes: [VARCHAR], gives, map };
}
