/** The values of a pipeline's parameters: those that are given, over their defaults, each checked as a constant is. */

import { type ParamUse, paramUses } from "../ast/params.ts";
import { fullName, type TableNode } from "../ast/pipeline.ts";
import { describe, isRecord } from "../core/describe.ts";
import { DefinitionError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { report } from "../core/refusals.ts";
import { type Coded, mistake, refusal } from "../diagnostics/mistake.ts";
import { type Constant, literalOf } from "../nodes/literals.ts";
import { type SqlType, typeName } from "../types/types.ts";

/** The value of a parameter, as JavaScript has it: a date or timestamp as `Date` or text. */
export type ParamValue = string | number | bigint | boolean | Date;

/** Values of parameters, by name. */
export type ParamValues = Readonly<Record<string, ParamValue>>;

/** Who asks for values. */
interface Asking {
  /** How a parameter is given its value there, in words. */
  readonly help: (use: ParamUse) => string;
  /** Ends the work, or notes what is wrong and goes on. */
  readonly refuse: (problem: Coded) => void;
  /** Whether values of secrets are `given` too, or stand `elsewhere` and are passed over, or may not be given: `none`. */
  readonly secrets: "given" | "elsewhere" | "none";
  /** Whether a table needs its values. Default: all do. */
  readonly needs?: (table: TableNode) => boolean;
}

/**
 * The text of every parameter's value, by name.
 *
 * Refused are `PARAM002`, a parameter without a value, and `PARAM003`: a value that is not exactly one of the
 * parameter's type, or is of no parameter.
 */
export function paramTexts(
  tables: readonly TableNode[],
  given: ParamValues,
  { help, refuse, secrets, needs = () => true }: Asking,
): ReadonlyMap<string, string> {
  const all = paramUses(tables);
  const open = all.filter((use) => !use.secret);
  const misfit = misfitParam(secrets === "none" ? open : all, given);
  if (misfit) {
    refuse(misfit);
    return new Map();
  }
  const texts = new Map<string, string>();
  for (const [name, uses] of Map.groupBy(secrets === "given" ? all : open, (use) => use.name)) {
    const value = givenTo(name, given) ?? uses.findLast((use) => use.default !== undefined)?.default;
    if (value !== undefined) {
      texts.set(name, textOf(value, uses.findLast((use) => use.type)?.type));
      continue;
    }
    const needed = uses.find((use) => needs(use.table));
    if (needed) refuse(noValue(needed, help(needed)));
  }
  return texts;
}

const givenTo = (name: string, given: ParamValues) => (Object.hasOwn(given, name) ? given[name] : undefined);

/** `PARAM003`: a value that is not exactly one of its parameter's type, or is of no parameter; `ARG001`: no values by name. */
export function misfitParam(uses: readonly ParamUse[], given: ParamValues): Coded | undefined {
  if (!isRecord(given)) {
    const message = `params accepts an object, not ${describe(given)}`;
    return { code: "ARG001", message, help: 'give values by name: params: { region: "EU" }' };
  }
  const unknown = unknownParam(Object.keys(given), uses);
  if (unknown) return unknown;
  for (const use of uses) {
    const value = givenTo(use.name, given);
    const misfit = value === undefined ? undefined : misfitOf(value, use);
    if (misfit) return misfit;
  }
  return undefined;
}

/** What is wrong with the given names: one that no table asks for. */
function unknownParam(given: readonly string[], uses: readonly ParamUse[]): Coded | undefined {
  const names = [...new Set(uses.map((u) => u.name))];
  const unknown = given.find((name) => !names.includes(name));
  if (unknown === undefined) return undefined;
  const near = nearest(unknown, names);
  return {
    code: "PARAM003",
    message: `the pipeline has no parameter "${unknown}"`,
    help: near ? `did you mean "${near}"?` : `its parameters are: ${names.join(", ") || "none"}`,
  };
}

/** Those that a compiler writes, for a target: secrets stand in no file. */
export function compiledParams(
  tables: readonly TableNode[],
  given: ParamValues,
  target: string,
): ReadonlyMap<string, string> {
  return paramTexts(tables, given, {
    help: ({ name }) => `compile(p, { target: "${target}", params: { ${name}: … } }), or --param ${name}=VALUE`,
    refuse: (problem) => report(refusal(problem)),
    secrets: "elsewhere",
  });
}

/** The text that stands for the value: as it is in a path. */
function textOf(value: ParamValue, type: SqlType | undefined, at?: string): string {
  return type ? String(literalOf(constantFor(value, type), type, at).value) : plain(value);
}

/** Nothing of a secret's value is in what is said of it. */
function misfitOf(value: ParamValue, { name, type, secret, at }: ParamUse): Coded | undefined {
  if (secret && value === "") {
    const help = "a salt of no character protects nobody: give its value";
    return { code: "PARAM003", message: `the secret "${name}" is empty`, help, location: at };
  }
  try {
    textOf(value, type, at);
    return undefined;
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    const what = type ? `is a ${typeName(type)}` : "is a part of a path";
    return {
      code: "PARAM003",
      message: `the parameter "${name}" ${what}, which ${secret ? "the value" : describe(value)} is not`,
      help: value instanceof Date && error.help ? error.help : `give a value of its type${like(type)}`,
      location: at,
    };
  }
}

function like(type: SqlType | undefined): string {
  const example = type && EXAMPLES[type.kind];
  return example === undefined ? "" : `, such as ${example}`;
}

const EXAMPLES: Readonly<Partial<Record<SqlType["kind"], string>>> = {
  boolean: "true",
  date: "2024-02-29",
  timestamp: "2024-02-29 12:30:00",
  timestampNtz: "2024-02-29 12:30:00",
};

/** A configuration has texts: each type accepts its own, and a text accepts whatever has one. */
function constantFor(value: ParamValue, type: SqlType): Constant {
  if (type.kind === "string") return plain(value);
  if (type.kind === "boolean" && (value === "true" || value === "false")) return value === "true";
  // Null is not a value: it is refused as any other of another type.
  return value ?? "";
}

function plain(value: unknown): string {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  if (["string", "number", "bigint", "boolean"].includes(typeof value)) return String(value);
  throw mistake(undefined, {
    code: "PARAM003",
    message: `${describe(value)} has no text`,
    help: "give a text, a number, true or false, or a Date",
  });
}

/** `PARAM002`: a parameter without a value. */
export function noValue({ name, table, at }: ParamUse, help: string): Coded {
  return {
    code: "PARAM002",
    message: `the parameter "${name}" of ${fullName(table)} has no value`,
    help,
    location: at,
    table: table.name,
  };
}
