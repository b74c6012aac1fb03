/** The shape of a case: a function over every combination of its arguments' values. */

import type { Options } from "../../../src/functions/spec.ts";
import { callNode } from "../../../src/nodes/exprs.ts";
import type { SqlType } from "../../../src/types/types.ts";
import { typeName } from "../../../src/types/types.ts";
import type { Canonical } from "../canonical.ts";
import { columnsOf, type Question, type Rows } from "./compare.ts";
import { T, VALUES, type ValueType } from "./values.ts";

export interface Case {
  readonly fn: string;
  readonly args: readonly ValueType[];
  readonly options?: Options;
  /** Values in place of the type's own, by argument. */
  readonly values?: readonly (readonly Canonical[] | undefined)[];
  readonly approximate?: boolean;
}

const MOST = 2100;

/** Every combination of the arguments' values; with many arguments, evenly chosen ones. */
export function rowsOf(types: readonly ValueType[], own: Case["values"] = []): Rows {
  const lists = types.map((type, i) => own[i] ?? VALUES[type]);
  const total = lists.reduce((product, list) => product * list.length, 1);
  const step = total <= MOST ? 1 : coprime(Math.ceil(total / MOST), total);
  const values = Array.from({ length: Math.ceil(total / step) }, (_, i) => {
    let rest = i * step;
    return lists.map((list) => {
      const value = list[rest % list.length] ?? null;
      rest = Math.floor(rest / list.length);
      return value;
    });
  });
  const view = own.length > 0 ? `own_${fingerprint(JSON.stringify([types, own]))}` : `v_${types.join("_")}`;
  return { view, types: types.map((type): SqlType => T[type]), values };
}

/** The next step that meets every value of every list. */
function coprime(least: number, total: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  let step = least;
  while (divisor(step, total) !== 1) step++;
  return step;
}

function fingerprint(text: string): string {
  let hash = 7;
  for (const c of text) hash = (hash * 31 + (c.codePointAt(0) ?? 0)) >>> 0;
  return hash.toString(36);
}

export function questionOf(given: Case): Question {
  const { fn, args, options, values, approximate = false } = given;
  const rows = rowsOf(args, values);
  const node = (nullable: boolean) => callNode(fn, columnsOf(rows.types, nullable), options, undefined);
  const described = [...rows.types.map(typeName), ...(options ? [JSON.stringify(options)] : [])].join(", ");
  return { name: `${fn}(${described})`, rows, node: node(true), solid: node(false), approximate };
}
