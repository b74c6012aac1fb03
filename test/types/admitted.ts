/** Which methods the catalogue admits on values of each family, asked of its entries. */
import { type SqlType, t } from "medallion";
import { functions } from "../../src/functions/index.ts";
import type { Family } from "./expressions.ts";

const of: Readonly<Record<Family, SqlType>> = {
  string: t.string().declaration.type,
  boolean: t.boolean().declaration.type,
  number: t.decimal(12, 2).declaration.type,
  date: t.date().declaration.type,
  time: t.timestamp().declaration.type,
  binary: t.binary().declaration.type,
  array: t.array(t.string()).declaration.type,
  struct: t.struct({ a: t.string() }).declaration.type,
  map: t.map(t.string(), t.string()).declaration.type,
  variant: t.variant().declaration.type,
};

/** Compared as a whole, an array or a struct has no constants: its parts are what is compared. */
const BY_PARTS = new Set(["eq", "ne", "lt", "le", "gt", "ge", "eqNullSafe", "between", "in", "nullIf", "min", "max"]);
const byParts = (family: Family, name: string): boolean =>
  (family === "array" || family === "struct") && BY_PARTS.has(name);

/** The lists of arguments that a method may be called with, the value itself first. */
function calls(self: SqlType): readonly (readonly SqlType[])[] {
  const others = [self, ...Object.values(of), t.int().declaration.type];
  return [[self], ...others.map((other) => [self, other]), [self, self, self]];
}

/** The methods of each family that the catalogue admits. */
export const admitted: ReadonlyMap<Family, readonly string[]> = new Map(
  (Object.entries(of) as [Family, SqlType][]).map(([family, self]) => {
    const names = Object.entries(functions)
      .filter(([name, { called, kind, type }]) => {
        if (called !== undefined || byParts(family, name)) return false;
        // A function of no arguments is of no value.
        const nullary = kind !== "scalar" && !("mismatch" in type([], {}));
        return !nullary && calls(self).some((args) => !("mismatch" in type(args, {})));
      })
      .map(([name]) => name);
    return [family, names];
  }),
);
