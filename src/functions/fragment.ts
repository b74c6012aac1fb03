/** Pieces of SQL: text that knows how tightly it binds, so that parentheses are decided without reading it. */
import { freeze } from "../core/freeze.ts";
import { oncePer } from "../core/once.ts";

/** How tightly the outermost operator of a piece binds. An atom (a name, a constant, a call) stands anywhere as it is. */
export const BINDING = { or: 0, and: 1, operator: 2, atom: 3 } as const;
export type Binding = (typeof BINDING)[keyof typeof BINDING];

export interface Sql {
  readonly text: string;
  readonly binding: Binding;
  /** A column or a constant: it costs nothing to write it twice. */
  readonly plain: boolean;
  /** The macros that it calls. */
  readonly macros: readonly Macro[];
}

/** A macro of the target that calls others: a script defines the ones that it needs. */
export interface Macro {
  readonly name: string;
  readonly parameters: string;
  readonly body: string;
  /** The macros that its body calls. */
  readonly macros: readonly Macro[];
}

/** What a template accepts: a piece of SQL, a macro's name, or text that is SQL as it is (a type, a number, never a value). */
type Part = Sql | Macro | string | number;

const NO_MACROS: readonly Macro[] = freeze([]);

export function piece(text: string, binding: Binding = BINDING.atom): Sql {
  return { text, binding, plain: false, macros: NO_MACROS };
}

/**
 * Stands where a rendering reads an argument that its function always has: SQL without it would be other SQL.
 *
 * @throws RangeError
 */
export function noArgument(): never {
  throw new RangeError("a rendering reads an argument that its function does not have");
}

/** A column or a constant. */
export function plain(text: string, binding: Binding = BINDING.atom): Sql {
  return { text, binding, plain: true, macros: NO_MACROS };
}

/** A number as its digits; a sign is an operator. */
export function bareNumber(digits: string): Sql {
  return plain(digits, digits.startsWith("-") ? BINDING.operator : BINDING.atom);
}

/** The piece's text where only what binds at least so tightly may stand. */
export function within(sql: Sql, least: Binding): string {
  return sql.binding >= least ? sql.text : `(${sql.text})`;
}

export function union(parts: readonly { readonly macros: readonly Macro[] }[]): readonly Macro[] {
  const used = parts.filter((part) => part.macros.length > 0);
  const [only] = used;
  if (!only) return NO_MACROS;
  return used.length === 1 ? only.macros : [...new Set(used.flatMap((part) => part.macros))];
}

/** A template between the holes of which commas and parentheses stand, or something else. */
interface Shape {
  /** Whether the hole stands alone between commas and parentheses, so that an argument needs no parentheses. */
  readonly alone: readonly boolean[];
}

const shapeOf = oncePer(
  (texts: readonly string[]): Shape => ({ alone: texts.slice(1).map((after, i) => stands(texts[i] ?? "", after)) }),
);

export function stands(before: string, after: string): boolean {
  const [open, close] = [before.trimEnd().at(-1), after.trimStart().at(0)];
  return (open === "(" || open === "," || open === "[") && (close === ")" || close === "," || close === "]");
}

function filled(texts: readonly string[], parts: readonly Part[], binding: Binding): Sql {
  const { alone } = shapeOf(texts);
  let text = texts[0] ?? "";
  parts.forEach((part, i) => {
    text += written(part, alone[i] ?? false) + (texts[i + 1] ?? "");
  });
  return { text, binding, plain: false, macros: union(parts.map(macrosOf)) };
}

function written(part: Part, alone: boolean): string {
  if (typeof part !== "object") return String(part);
  if ("name" in part) return part.name;
  return alone ? part.text : within(part, BINDING.atom);
}

function macrosOf(part: Part): { readonly macros: readonly Macro[] } {
  if (typeof part !== "object") return { macros: NO_MACROS };
  return "name" in part ? { macros: [part] } : part;
}

/** SQL that stands anywhere as it is: a call, a cast, a `CASE … END`. */
export function atom(texts: TemplateStringsArray, ...parts: readonly Part[]): Sql {
  return filled(texts, parts, BINDING.atom);
}

/** SQL whose outermost part is an operator. */
export function operator(texts: TemplateStringsArray, ...parts: readonly Part[]): Sql {
  return filled(texts, parts, BINDING.operator);
}

/** `a AND b`, `a || b`: operands of one operator. */
export function chain(word: string, operands: readonly Sql[], binding: Binding = BINDING.operator): Sql {
  const text = operands.map((operand) => within(operand, BINDING.atom)).join(` ${word} `);
  return { text, binding, plain: false, macros: union(operands) };
}

/** `x IN (a, b)` */
export function inList([value, ...list]: readonly Sql[]): Sql {
  const text = `${value ? within(value, BINDING.atom) : ""} IN (${list.map((item) => item.text).join(", ")})`;
  return { text, binding: BINDING.operator, plain: false, macros: union(value ? [value, ...list] : list) };
}

/** `f(a, b)` */
export function call(fn: string | Macro, args: readonly Sql[]): Sql {
  const name = typeof fn === "string" ? fn : fn.name;
  const macros = union(typeof fn === "string" ? args : [{ macros: [fn] }, ...args]);
  return { text: `${name}(${args.map((arg) => arg.text).join(", ")})`, binding: BINDING.atom, plain: false, macros };
}

/** A macro: `macro("tenth", "x, y")` followed by the template of its body. */
export function macro(
  name: string,
  parameters: string,
): (texts: TemplateStringsArray, ...parts: readonly Part[]) => Macro {
  return (texts, ...parts) => {
    const body = filled(texts, parts, BINDING.operator);
    return freeze({ name: `medallion_${name}`, parameters, body: body.text, macros: body.macros });
  };
}

/** Macros and all that they call, each after the ones that its body calls. */
export function withCalled(macros: Iterable<Macro>): readonly Macro[] {
  const all = new Set<Macro>();
  const add = (one: Macro): void => {
    if (all.has(one)) return;
    for (const other of one.macros) add(other);
    all.add(one);
  };
  for (const one of macros) add(one);
  return [...all];
}
