/** What constants of JavaScript must be where they meet a value. */
import type { Problem } from "../core/problem.ts";
import type { Said } from "../diagnostics/sentences.ts";

/** A constant becomes the type of the number that it meets, so it is whole where that is. */
export type Exact<T, M> = T extends "tinyint" | "smallint" | "int" | "bigint"
  ? M extends number | string
    ? number extends M
      ? unknown
      : `${M}` extends `${bigint}`
        ? unknown
        : `${number}` extends `${M}`
          ? unknown
          : Problem<Said<"TYPE002:whole", { type: T }>>
    : unknown
  : unknown;

/** What a value is compared with, one by one: `Checked` is what is said of each. */
export type Listed<M, Checked = unknown> = {
  [I in keyof M]: [M[I]] extends [readonly unknown[]]
    ? Problem<Said<"EXPR001:list">>
    : Exclude<M[I], readonly unknown[]> & (I extends keyof Checked ? Checked[I] : unknown);
};
