/** Expressions from genes. */
import type { ExprNode } from "../../../src/ast/expr.ts";
import type { SqlType } from "../../../src/types/types.ts";
import { type Code, call, evaluate, name, value } from "./code.ts";
import {
  type Column,
  constant,
  declared,
  type Family,
  familyOf,
  fits,
  NONE,
  type Place,
  type Size,
  type Typed,
  t,
} from "./facts.ts";
import { type Gene, pick } from "./genes.ts";
import { PRODUCTIONS } from "./productions.ts";
import { WINDOWS } from "./windows.ts";

/** Whether window functions may stand here, and inside of each other. */
export type Windows = "none" | "flat" | "nested";

export type Production = (x: Expressions, gene: Gene) => Typed | undefined;

export class Expressions {
  readonly place: Place;
  readonly #windows: Windows;

  constructor(place: Place, windows: Windows) {
    this.place = place;
    this.#windows = windows;
  }

  typed(code: Code, size: Size = NONE): Typed {
    const made = evaluate(code, this.place.scope) as { toNode(): ExprNode };
    return { code, node: made.toNode(), bound: size.bound, grain: size.grain };
  }

  columns(...families: readonly Family[]): readonly Column[] {
    return this.place.columns.filter((c) => families.includes(familyOf(c.node.type)));
  }

  /** Families of which there are columns. */
  present(among: readonly Family[]): readonly Family[] {
    return among.filter((family) => this.columns(family).length > 0);
  }

  of(family: Family, gene: Gene): Typed {
    if (gene.kids.length === 0) return this.leaf(family, gene.n);
    const own = PRODUCTIONS[family] ?? [];
    const windows = this.#windows === "none" ? [] : (WINDOWS[family] ?? []);
    const all = [...own, ...windows];
    if (all.length === 0) return this.leaf(family, gene.n);
    const production = pick(all, gene.n);
    const flat = windows.includes(production) && this.#windows === "flat";
    const made = production(flat ? new Expressions(this.place, "none") : this, gene);
    return made && fits(made) ? made : this.leaf(family, gene.n);
  }

  /** A column; where there is none of the family, a constant that depends on one. */
  leaf(family: Family, n: number): Typed {
    const columns = this.columns(family);
    if (columns.length > 0) return pick(columns, n);
    const test = call(pick(this.place.columns, n).code, "isNull");
    if (family === "boolean") return this.typed(test);
    const others: Readonly<Record<string, string | number>> = { int: 1, decimal: 3, double: 5, string: "b" };
    const one = family === "decimal" ? constant("int", n) : constant(family, n);
    const chosen = call(call(name("fn"), "when", test, one), "otherwise", value(others[family] ?? "1999-12-31"));
    if (family === "int" || family === "string") return this.typed(chosen, { bound: 10, grain: 0 });
    const type = family === "decimal" ? t("decimal", 10, 2) : t(family);
    return this.typed(call(chosen, "cast", type), { bound: 100, grain: 2 });
  }

  condition(gene: Gene): Typed {
    return this.of("boolean", gene);
  }

  /** An expression of exactly this type. */
  ofType(type: SqlType, gene: Gene): Typed {
    const made = this.of(familyOf(type), gene);
    const same = made.node.type.kind === type.kind && type.kind !== "decimal";
    return same ? made : this.typed(call(made.code, "tryCast", declared(type)), made);
  }
}
