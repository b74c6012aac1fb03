/** Small checks from which the catalogue's typing rules are made. */
import type { ValueFacts } from "../types/facts.ts";
import {
  type Additivity,
  isComparable,
  isInteger,
  isNumeric,
  isTime,
  leastAdditive as leastOf,
  primitive,
  type SqlType,
  type TypeName,
  typeName,
  widerType,
} from "../types/types.ts";
import { type ArgumentFacts, type FunctionSpec, type Mismatch, mismatch, type Options, type UnitRule } from "./spec.ts";

/** Which types an argument may have, what the error calls them, and what it advises for one that is none of them. */
interface Check {
  (type: SqlType): boolean;
  readonly word: string;
  readonly advice?: (type: SqlType) => string | undefined;
}
type TypeRule = FunctionSpec["type"];

function accepting(
  word: string,
  accepts: (type: SqlType) => boolean,
  advice?: (type: SqlType) => string | undefined,
): Check {
  return Object.assign((type: SqlType) => accepts(type), { word, ...(advice && { advice }) });
}

const isText = (type: SqlType | undefined): boolean => type?.kind === "string";
const isInstant = (type: SqlType): boolean => type.kind === "timestamp" || type.kind === "timestampNtz";

export const text = accepting("a STRING", isText);
export const numeric = accepting("a number", isNumeric);
/** What is added up: of conditions it is counted how often they hold. */
export const addable = accepting("a number", isNumeric, (type) =>
  type.kind === "boolean" ? "countIf() counts the rows on which it holds" : undefined,
);
export const integer = accepting("an integer", isInteger);
export const boolean = accepting("a BOOLEAN", (type) => type.kind === "boolean");
export const array = accepting("an ARRAY", (type) => type.kind === "array");
export const texts = accepting(
  "an ARRAY<STRING>",
  (type) => type.kind === "array" && isText(type.element),
  (type) => (type.kind === "array" ? "cast(t.array(t.string())) it first" : undefined),
);
export const map = accepting("a MAP", (type) => type.kind === "map");
export const holder = accepting("an ARRAY or a MAP", (type) => array(type) || map(type));
export const variant = accepting("a VARIANT", (type) => type.kind === "variant");
export const date = accepting(
  "a DATE",
  (type) => type.kind === "date",
  (type) => (isInstant(type) ? "toDate() gives the day of a TIMESTAMP" : undefined),
);
export const timelike = accepting("a DATE or TIMESTAMP", isTime);
const ofDate = (type: SqlType): string | undefined =>
  type.kind === "date" ? "cast(t.timestamp()) gives the beginning of a day" : undefined;
export const isTimestamp = accepting("a TIMESTAMP", isInstant, ofDate);
/** An instant: a TIMESTAMP_NTZ names a different one in each time zone. */
export const instant = accepting("a TIMESTAMP", (type) => type.kind === "timestamp", ofDate);
export const any = accepting("any type", () => true);
export const orderable = accepting("a type that can be ordered", isComparable);

const refused = ({ word, advice }: Check, type: SqlType): Mismatch =>
  mismatch(`accepts ${word}, not ${typeName(type)}`, advice?.(type));

/** A rule for fixed arguments: checks each, then gives the result's type. */
export function takes(checks: readonly Check[], result: TypeName | ((args: readonly SqlType[]) => SqlType)): TypeRule {
  return (args) => {
    if (args.length !== checks.length) return miscounted(checks.length);
    for (const [i, check] of checks.entries()) {
      const arg = args[i];
      if (arg && !check(arg)) return refused(check, arg);
    }
    return typeof result === "function" ? result(args) : named(result);
  };
}

const NO_ARGUMENT = "accepts at least one argument";

/** A rule for one or more arguments of one kind. */
export function takesMany(check: Check, result: TypeName | ((args: readonly SqlType[]) => SqlType)): TypeRule {
  return (args, options) =>
    args.length === 0
      ? mismatch(NO_ARGUMENT, "give what is missing")
      : takes(
          args.map(() => check),
          result,
        )(args, options);
}

/** Two values, or as many as given, of a common type; the result is that type or the one given. */
export function common(check: Check, result?: TypeName, count = 2): TypeRule {
  const rule = commonOf(check, result);
  return (args, options) => (args.length === count ? rule(args, options) : miscounted(count));
}

/** Arguments of a common type; the result is that type or the one given. */
export function commonOf(check: Check, result?: TypeName): TypeRule {
  return (args) => {
    const [head, ...rest] = args;
    if (!head) return mismatch(NO_ARGUMENT, "give what is missing");
    const type = rest.reduce<SqlType | undefined>((wide, next) => wide && widerType(wide, next), head);
    if (!type) return mismatch(`accepts arguments of one type, not ${args.map(typeName).join(" and ")}`);
    if (!check(type)) return refused(check, type);
    return result ? named(result) : type;
  };
}

export function miscounted(count: number): Mismatch {
  return { mismatch: "", count };
}

export function first(args: readonly SqlType[]): SqlType {
  return args[0] ?? primitive("string");
}

function named(name: TypeName): SqlType {
  if (name === "decimal" || name === "array" || name === "struct" || name === "map") {
    throw new Error(`${name} needs parameters`);
  }
  return primitive(name);
}

/** What counts, and what has no sign. */
export const NOT_NEGATIVE = [0, Infinity] as const;

/** Null only where every argument is. */
export function allNull(args: readonly ValueFacts[]): boolean {
  return args.every((arg) => arg.nullable);
}

/** A sum of measures is as additive as the least additive of them. */
export function leastAdditive(args: readonly ValueFacts[]): Additivity {
  return leastOf(args.map((arg) => arg.additivity));
}

/** A rate times an amount is an amount, so a price times a quantity may be summed. A constant changes nothing. */
export function productAdditivity(args: readonly ArgumentFacts[]): Additivity {
  const factors = args.filter((arg) => arg.kind !== "literal").map((arg) => arg.additivity);
  const amounts = factors.filter((factor) => factor !== "non-additive");
  return leastOf(amounts.length > 0 ? amounts : factors);
}

/** A share by a constant is as additive as the whole; any other ratio does not add up. */
export function quotientAdditivity([value, divisor]: readonly ArgumentFacts[]): Additivity {
  return value && divisor?.kind === "literal" ? value.additivity : "non-additive";
}

/** As additive as the value itself, whatever stands alongside it. */
export function firstAdditivity([value]: readonly ValueFacts[]): Additivity {
  return value?.additivity ?? "additive";
}

export const never = (): Additivity => "non-additive";

/** Whether a function makes a number of the amounts in it. */
export function calculates(spec: FunctionSpec): boolean {
  if (spec.kind === "scalar") return spec.calculates === true;
  return spec.kind === "aggregate" && (spec.weighs === "sum" || spec.weighs === "mean");
}

/** The unit of a result, by the rule of its function. */
export function unitOf(rule: UnitRule, args: readonly ValueFacts[], options: Options): string {
  if (typeof rule === "function") return rule(args, options);
  if (rule === "first") return args[0]?.unit ?? "";
  // A constant has no unit.
  return rule === "same" ? (args.find((arg) => arg.unit !== "")?.unit ?? "") : "";
}
