/** The shape of a catalogue entry: everything that is known of one function, in one place. */
import type { SqlType } from "../../schema/types.ts";
import type { Additivity, ValueFacts } from "../nodes.ts";

export type Options = Readonly<Record<string, string | number | boolean>>;

/** What a rendering function is given: the arguments as SQL text, ready to stand anywhere. */
export interface RenderInput {
  readonly args: readonly string[];
  readonly types: readonly SqlType[];
  readonly type: SqlType;
  readonly options: Options;
  /** Writes a string constant in the target's own quoting. */
  readonly text: (value: string) => string;
  /** Writes a type in the target's spelling. */
  readonly typeName: (type: SqlType) => string;
}

/** Why a target cannot mean the same as Spark, and what to use instead. */
export interface Refusal {
  readonly refused: string;
}

/**
 * SQL of one target. In a template `$1`, `$2`, … are the arguments (in parentheses where needed), `$*` all of
 * them with commas, and `{name}` an option as a constant.
 */
export type Rendering = string | ((input: RenderInput) => string | Refusal) | Refusal;

/** `any`: null when an argument is; `never` and `always` say themselves; else computed. */
export type NullRule = "any" | "never" | "always" | ((args: readonly ValueFacts[]) => boolean);

/** `join`: all labels of the arguments; `clear`: none (a way out); `pseudonym`: a stand-in for the person. */
export type LabelRule =
  | "join"
  | "clear"
  | "pseudonym"
  | ((args: readonly ValueFacts[], options: Options) => readonly string[]);

export interface FunctionSpec {
  readonly kind: "scalar" | "aggregate" | "window";
  /** Type of the result, or why the arguments do not fit. */
  readonly type: (args: readonly SqlType[], options: Options) => SqlType | { readonly mismatch: string };
  readonly nullable?: NullRule;
  readonly labels?: LabelRule;
  /** Unit of the result; default none. */
  readonly unit?: (args: readonly ValueFacts[], options: Options) => string;
  /** Additivity of the result; default additive. */
  readonly additivity?: (args: readonly ValueFacts[], options: Options) => Additivity;
  /** Aggregates that Spark does not take over a window, or only over a whole partition. Default: over any window. */
  readonly window?: "none" | "partition";
  /** Databricks and open-source Spark. */
  readonly spark: Rendering;
  readonly duckdb: Rendering;
}

export type Catalogue = Readonly<Record<string, FunctionSpec>>;

export function mismatch(message: string): { readonly mismatch: string } {
  return { mismatch: message };
}

export function refused(why: string): Refusal {
  return { refused: why };
}
