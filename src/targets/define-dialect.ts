/** Dialects from outside: the SQL of an engine, as what it writes differently from Spark. */
import { refuseMore } from "../core/arity.ts";
import { checkOptionNames } from "../core/given.ts";
import { callerLocation, type Place } from "../core/location.ts";
import { madeHere } from "../core/made.ts";
import { nearest } from "../core/nearest.ts";
import { aFlag, aName, anything, aText, checkedParts, giving, maybe, named, withParts } from "../core/parts.ts";
import { mistake } from "../diagnostics/mistake.ts";
import { type FunctionName, functions, isFunction } from "../functions/index.ts";
import type { Template } from "../functions/plugin-functions.ts";
import type { AggregateRendering, Refusal, Rendering } from "../functions/spec.ts";
import type { Dialect } from "../sql/dialect.ts";
import type { SqlType } from "../types/types.ts";
import { sparkIdentifier, sparkSql, sparkText, sparkType } from "./spark-sql/dialect.ts";

/** What an engine writes differently from Spark. The rest is written as Spark does. */
export interface DialectParts {
  /** The engine, as errors name it: `Trino`. */
  readonly name: string;
  /** Writes a name, quoted where it must be. */
  readonly identifier?: (name: string) => string;
  /** Writes a text constant with its quotes. */
  readonly text?: (value: string) => string;
  /** Writes a type. */
  readonly type?: (type: SqlType) => string;
  /** `false`: the engine has no QUALIFY, and windows choose rows in a SELECT of their own. Default: it has. */
  readonly qualify?: boolean;
  /**
   * Functions with SQL of their own, over the arguments `$1`, `$2`, … (`$*`: all of them): `"strpos($1, $2)"`. The SQL of an
   * aggregate is one call. `{ operator: "$1 || $2" }` is put in parentheses where it must be, and
   * `{ refused: "why" }` is a function that the engine lacks (`TARGET001`).
   */
  readonly functions?: { readonly [F in FunctionName]?: Template | Refusal };
}

/** A dialect that `defineDialect()` made, for `printQuery()` and `printExpr()`. */
export interface SqlDialect {
  readonly name: string;
  readonly " ~dialect": true;
}

interface Defined extends SqlDialect {
  readonly sql: Dialect;
}

const made = madeHere<Defined>("dialect");

/**
 * The SQL of an engine that is not built in, for a target of your own.
 *
 * @throws MedallionError `FN001` for a function that the catalogue does not have; `FN002` for SQL that names an argument or
 * an option which its function does not have.
 * @example
 * ```ts
 * import { defineDialect } from "medallion/targets";
 *
 * export const trino = defineDialect({
 *   name: "Trino",
 *   identifier: (name) => `"${name.replaceAll('"', '""')}"`,
 *   text: (value) => `'${value.replaceAll("'", "''")}'`,
 *   type: ({ kind }) => (kind === "string" ? "VARCHAR" : kind.toUpperCase()),
 *   functions: { contains: { operator: "strpos($1, $2) > 0" } },
 * });
 * ```
 */
export function defineDialect(parts: DialectParts): SqlDialect {
  refuseMore("defineDialect", 1, arguments);
  const at = callerLocation();
  const given = checkedParts(parts, PARTS, "defineDialect()", at);
  checkOptionNames(given, "defineDialect()", OPTIONS, at);
  const { name, identifier, text, type, qualify = true, functions: own = {} } = given;
  for (const [fn, rendering] of Object.entries(own)) checkRendering(fn, rendering, at);
  const words = { identifier: identifier ?? sparkIdentifier, text: text ?? sparkText, typeName: type ?? sparkType };
  const base = sparkSql(name, words);
  return made.add({
    name,
    " ~dialect": true,
    sql: { ...base, lacksQualify: !qualify, rendering: (fn) => own[fn] ?? base.rendering(fn) },
  });
}

/** How the printer knows a dialect. */
export function dialectFrom(given: SqlDialect, what: string, at: Place): Dialect {
  const defined = made.from(given);
  if (defined) return defined.sql;
  throw mistake(at, {
    code: "ARG001",
    message: `the dialect of ${what} was not made by defineDialect()`,
    help: 'give const trino = defineDialect({ name: "Trino", … })',
  });
}

const OPTIONS = { required: ["name"], optional: ["identifier", "text", "type", "qualify", "functions"] };

const PARTS = withParts({
  name: aName,
  identifier: maybe(giving(aText)),
  text: maybe(giving(aText)),
  type: maybe(giving(aText)),
  qualify: maybe(aFlag),
  functions: maybe(named(anything)),
});

function checkRendering(fn: string, rendering: unknown, at: Place): void {
  if (!isFunction(fn)) {
    const near = nearest(fn, Object.keys(functions));
    throw mistake(at, {
      code: "FN001",
      message: `there is no function "${fn}"`,
      help: near ? `did you mean "${near}"?` : "the functions are listed in docs/functions.md",
    });
  }
  const problem = renderingProblem(fn, rendering);
  if (problem === undefined) return;
  throw mistake(at, {
    code: "FN002",
    message: `the function "${fn}" ${problem}`,
    help: 'write SQL over $1, $2, … for the arguments, such as "strpos($1, $2)", or { refused: "why" }',
  });
}

function renderingProblem(fn: FunctionName, given: unknown): string | undefined {
  const { operator, refused } = (typeof given === "object" && given !== null ? given : {}) as Record<string, unknown>;
  if (typeof refused === "string") return undefined;
  const template = typeof given === "string" ? given : operator;
  if (typeof template !== "string") return "has no SQL";
  const { kind, options = [], spark } = functions[fn];
  const calls = typeof given === "string" && /^[\w.]+\(.*\)$/s.test(template);
  if (kind !== "scalar" && !calls) return "is an aggregate, whose SQL is one call";
  const most = argumentsOf(spark);
  const beyond = [...template.matchAll(/\$(\d+)/g)].find(([, n]) => Number(n) < 1 || Number(n) > most);
  if (beyond) return `has ${most} arguments, and its SQL names ${beyond[0]}`;
  const unknown = [...template.matchAll(/\{(\w+)\}/g)].find(([, name]) => !options.some(([known]) => known === name));
  return unknown ? `has no option ${unknown[0]}` : undefined;
}

/** How many arguments SQL may name: those that Spark's does, where that can be read. */
function argumentsOf(spark: Rendering | AggregateRendering): number {
  const template = typeof spark === "string" ? spark : "operator" in spark ? spark.operator : "$*";
  if (template.includes("$*")) return 9;
  return Math.max(0, ...[...template.matchAll(/\$(\d)/g)].map(([, n]) => Number(n)));
}
