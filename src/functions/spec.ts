/** The shape of a catalogue entry: everything that is known of one function, in one place. */
import type { ValueFacts } from "../types/facts.ts";
import type { Additivity, SqlType } from "../types/types.ts";
import type { Sql } from "./fragment.ts";

export type Options = Readonly<Record<string, string | number | boolean>>;
/** The value of a constant argument; `undefined` for a null and for what is not a constant. */
export type Known = string | number | boolean | undefined;

/** What a rendering is given. */
export interface RenderInput {
  readonly args: readonly Sql[];
  readonly types: readonly SqlType[];
  readonly constants: readonly Known[];
  readonly type: SqlType;
  readonly options: Options;
  /** Writes a string constant in the target's own quoting. */
  readonly text: (value: string) => Sql;
  /** Writes a type in the target's spelling. */
  readonly typeName: (type: SqlType) => string;
}

export interface Tie {
  readonly sql: Sql;
  readonly nullable: boolean;
}

export interface AggregateInput extends RenderInput {
  /**
   * One aggregate of the target, as a template: it has the filter and the window of the node. A rendering may call
   * several and do something with them.
   */
  readonly aggregate: (template: string, ...args: readonly Sql[]) => Sql;
  /** What decides between rows of one place in an order. */
  readonly ties: readonly Tie[];
  readonly nullable: readonly boolean[];
  /** Over a window: each row has its own aggregate. */
  readonly windowed: boolean;
}

/** Why a target cannot mean the same as Spark, and what to use instead. */
export interface Refusal {
  readonly refused: string;
}

/** A template whose outermost part is an operator: inside of others it needs parentheses. */
export interface OperatorTemplate {
  readonly operator: string;
}

/**
 * SQL of one target. In a template `$1`, `$2`, … are the arguments (in parentheses where needed), `$*` all of
 * them with commas, and `{name}` an option as a constant. The template of an aggregate is one call.
 */
export type Rendering<Input = RenderInput> = string | OperatorTemplate | ((input: Input) => Sql | Refusal) | Refusal;
export type AggregateRendering = Exclude<Rendering<AggregateInput>, OperatorTemplate>;

/**
 * Another target's rendering of a function: Spark's SQL means the same there.
 *
 * @example
 * ```ts
 * import { t } from "medallion";
 * import { defineFunction, SAME } from "medallion/plugin";
 * export const cube = defineFunction({
 *   name: "acme.cube",
 *   args: [t.double()],
 *   returns: t.double(),
 *   sql: "power($1, 3)",
 *   duckdb: SAME,
 * });
 * ```
 */
export const SAME: unique symbol = Symbol.for("medallion.same as Spark");

/** `any`: null when an argument is; `never` and `always` say themselves; else computed. */
export type NullRule = "any" | "never" | "always" | ((args: readonly ValueFacts[]) => boolean);

/** `join`: all labels of the arguments; `clear`: none (a fix); `pseudonym`: a stand-in for the person. */
export type LabelRule =
  | "join"
  | "clear"
  | "pseudonym"
  | ((args: readonly ValueFacts[], options: Options) => readonly string[]);

/**
 * Unit of the result, where it is a number. `same`: the arguments are of one unit, which is the result's; `first`: that of
 * the first argument; `none`. Of what has several numbers, `same` is what METRIC002 holds.
 */
export type UnitRule = "same" | "first" | "none" | ((args: readonly ValueFacts[], options: Options) => string);

/**
 * What repeated rows do to an aggregate: `sum` adds each value, `mean` weighs it by how often it stands there, `count` counts
 * rows; `nothing`: it is the same however often a row is there.
 */
export type Weight = "sum" | "mean" | "count" | "nothing";

/** What one number says of the numbers of a group, and of no other group. */
export type Statistic = "average" | "percentile" | "deviation";

/**
 * What the order of rows does to a value. `none`: nothing, but for a frame of rows; `total`: rows must not share a place;
 * `first`, `last`: it is taken at that end of the frame; `pick`: it is that of the row where the second argument is extreme.
 */
export type OrderRule = "none" | "total" | "first" | "last" | "pick";

/** A value that a function is given. */
export interface ArgumentFacts extends ValueFacts {
  /** `literal` for a constant, which is of no unit and adds nothing to what it meets. */
  readonly kind?: string;
}

/** What is wrong with a constant argument, or `undefined`. */
export type OptionCheck = (value: unknown) => string | undefined;

/** Why the arguments do not fit; `help`: where there is more to say than to use others. */
export interface Mismatch {
  readonly mismatch: string;
  readonly help?: string;
  /** How many arguments there should be, where that is what is wrong. */
  readonly count?: number;
}

interface Spec {
  /** How it is called, where that is not as a method of its name: by `fn`, or by what the expression class has itself. */
  readonly called?: "fn" | "class";
  /** Constant arguments, in order, that become options of the node. */
  readonly options?: readonly (readonly [name: string, check: OptionCheck, fallback?: string | number])[];
  /** Constants are values of the result, alongside the method's own. */
  readonly valued?: true;
  /** Whether it finds equal values: of a text that has one of some values, others are a mistake. */
  readonly compares?: true;
  /** Whether it puts its arguments in order: of texts that is the order of their letters. */
  readonly orders?: true;
  /** The least and the greatest number that it gives. Default: any of its type. */
  readonly range?: readonly [least: number, greatest: number];
  /** Whether it starts again within its range, as the month does every year: what it gives is in no order. */
  readonly cycles?: true;
  /** What type an expression argument's constants get: the value's own (the default) or this one. */
  readonly operandType?: "int" | "bigint";
  /** Type of the result, or why the arguments do not fit. */
  readonly type: (args: readonly SqlType[], options: Options) => SqlType | Mismatch;
  readonly nullable?: NullRule;
  readonly labels?: LabelRule;
  /** Default: `none`. */
  readonly unit?: UnitRule;
  /** Additivity of the result; default additive. */
  readonly additivity?: (args: readonly ArgumentFacts[], options: Options) => Additivity;
}

export interface ScalarSpec extends Spec {
  readonly kind: "scalar";
  /** Whether it makes a number of the amounts that it is given: of what identifies something it does not. Default: no. */
  readonly calculates?: boolean;
  /** Whether a value is known by it alone: those of two functions, or of two salts, are never equal. */
  readonly digest?: true;
  /** Spark's SQL, which is the definition. */
  readonly spark: Rendering;
}

interface OverRows extends Spec {
  /** Whether it is null over some rows of which each has a value. Where it is not said, it is. */
  readonly overSome?: "never";
  /** Aggregates that Spark does not allow over a window, or only over a whole partition. Default: over any window. */
  readonly window?: "none" | "partition";
  readonly order: OrderRule;
  /** Spark's SQL, which is the definition. */
  readonly spark: AggregateRendering;
}

export interface AggregateSpec extends OverRows {
  readonly kind: "aggregate";
  readonly weighs: Weight;
  /** Where it is one: averages of it weigh small groups as much as great ones. */
  readonly statistic?: Statistic;
}

/** A function that has no meaning without a window. */
export interface WindowSpec extends OverRows {
  readonly kind: "window";
}

export type FunctionSpec = ScalarSpec | AggregateSpec | WindowSpec;

export type Catalogue = Readonly<Record<string, FunctionSpec>>;
/** Each function that accepts numbers declares what becomes of their units. */
export type OfNumbers<Spec extends FunctionSpec> = Spec & { readonly unit: UnitRule };
export type NumberCatalogue = Readonly<Record<string, OfNumbers<FunctionSpec>>>;

export function mismatch(message: string, help?: string): Mismatch {
  return { mismatch: message, ...(help !== undefined && { help }) };
}

export function refused(why: string): Refusal {
  return { refused: why };
}

/** `$1 = $2`, or more operands of one operator. */
export function infix(word: string): OperatorTemplate {
  return { operator: `$1 ${word} $2` };
}
