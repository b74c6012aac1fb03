/** Checks of constant arguments. */
import { isId } from "../types/facts.ts";
import type { OptionCheck } from "./spec.ts";

export const count =
  (least: number): OptionCheck =>
  (value) =>
    Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= 2 ** 31 - 1
      ? undefined
      : `must be a whole number, ${least} or more`;

export const words: OptionCheck = (value) => (typeof value === "string" ? undefined : "must be a string");

export const nonEmpty: OptionCheck = (value) =>
  typeof value === "string" && value !== "" ? undefined : "must be a string that is not empty";

export const unitName: OptionCheck = (value) =>
  typeof value === "string" && value.trim() !== "" && !isId(value) ? undefined : "must be a unit, such as EUR";

export const reason: OptionCheck = (value) =>
  typeof value === "string" && value.trim() !== "" ? undefined : "must be a sentence that says why";

export const oneOf =
  (...units: readonly string[]): OptionCheck =>
  (value) =>
    typeof value === "string" && units.includes(value) ? undefined : `must be one of ${units.join(", ")}`;

export const checkedText =
  (check: (text: string) => string | undefined): OptionCheck =>
  (value) =>
    typeof value === "string" ? check(value) : "must be a string";
