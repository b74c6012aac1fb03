/** Makes expression nodes: checks the call against the catalogue, works out its facts, freezes it. */

import type {
  AggregateNode,
  CallNode,
  CaseNode,
  CastNode,
  ColumnNode,
  ExprNode,
  LiteralNode,
  OrderNode,
  RawNode,
  StructNode,
  ValueFacts,
  WindowFrame,
  WindowNode,
} from "../ast/expr.ts";
import { innermost, NO_LABELS, relabelled, repeated, structField, unionLabels } from "../ast/facts.ts";
import { checkColumnNames } from "../ast/reserved.ts";
import { sealed } from "../ast/sealed.ts";
import { exprsOf } from "../ast/walk.ts";
import type { DefinitionError } from "../core/errors.ts";
import { freeze } from "../core/freeze.ts";
import { contentHash } from "../core/hash.ts";
import type { Place } from "../core/location.ts";
import { DEFINITION } from "../core/plugin-parts.ts";
import { checkText } from "../core/text.ts";
import { mistake } from "../diagnostics/mistake.ts";
import { type FunctionSpec, functionNames, functions, isFunction, type ScalarName } from "../functions/index.ts";
import type { FunctionDefinition } from "../functions/plugin-functions.ts";
import { calculates, unitOf } from "../functions/signature.ts";
import type { LabelRule, Mismatch, Options } from "../functions/spec.ts";
import { castable } from "../types/casts.ts";
import { isId } from "../types/facts.ts";
import { isFractional, isNested, isNumeric, leastAdditive, type SqlType, typeText } from "../types/types.ts";
import { checkMembers } from "./members.ts";
import { checkOptions } from "./options.ts";
import { rawProblem } from "./raw-sql.ts";
import { checkWindow } from "./window.ts";

export type { Place } from "../core/location.ts";

const PLAIN = { labels: freeze([]) as readonly string[], unit: "", additivity: "additive" } as const;

const ids = (nodes: readonly { readonly id: string }[]) => nodes.map((node) => node.id).join(",");
const facts = (f: ValueFacts) => `${typeText(f.type)}|${f.nullable}|${f.labels.join("+")}|${f.unit}|${f.additivity}`;
const frozen = <T>(list: readonly T[]): readonly T[] => freeze([...list]);

export function columnNode(name: string, known: ValueFacts, side: 0 | 1, at?: Place): ColumnNode {
  const { type, nullable, labels, unit, additivity } = known;
  const id = contentHash(`column:${side}:${name}:${facts(known)}`);
  // Most nodes are columns: they are made at once, not copied from their parts.
  return at === undefined
    ? freeze({ id, kind: "column", name, side, type, nullable, labels, unit, additivity })
    : freeze({ id, at, kind: "column", name, side, type, nullable, labels, unit, additivity });
}

export function literalNode(value: LiteralNode["value"], type: SqlType, at?: Place): LiteralNode {
  if (typeof value === "string") checkConstant(value, at);
  const node = { kind: "literal", value, type, nullable: value === null, ...PLAIN } as const;
  return sealed<LiteralNode>(node, `literal:${typeText(type)}:${JSON.stringify(value)}`, at);
}

/** A function by its name: one that is written out must be in the catalogue, any other is looked up. */
type Known<F extends string, Name extends string> = string extends F ? F : F extends Name ? F : never;

export function callNode<const F extends string>(
  called: Known<F, ScalarName> | FunctionDefinition,
  args: readonly ExprNode[],
  options: Options | undefined,
  at: Place,
): CallNode {
  const { fn, spec, definition } = calledAs(called, "scalar", at);
  const known = resultFacts(spec, fn, args, options ?? {}, at);
  const node = {
    kind: "call",
    fn,
    ...definition,
    args: frozen(args),
    ...known,
    ...(options && { options: freeze(options) }),
  } as const;
  return sealed<CallNode>(node, `call:${fn}:${JSON.stringify(options ?? {})}:${ids(args)}`, at);
}

interface AggregateParts {
  readonly filter?: ExprNode;
  readonly options?: Options;
}

export function aggregateNode(
  called: Callee,
  args: readonly ExprNode[],
  parts: AggregateParts,
  at: Place,
): AggregateNode {
  const { fn, spec, definition } = calledAs(called, "aggregate", at);
  const known = resultFacts(spec, fn, args, parts.options ?? {}, at);
  const { filter, options } = parts;
  const node = {
    kind: "aggregate",
    fn,
    ...definition,
    args: frozen(args),
    ...known,
    type: relabelled(known.type, filter?.labels ?? NO_LABELS),
    labels: unionLabels([known, ...(filter ? [filter] : [])]),
    ...(filter && { filter }),
    ...(options && { options: freeze(options) }),
  } as const;
  return sealed<AggregateNode>(
    node,
    `aggregate:${fn}:${JSON.stringify(options ?? {})}:${ids(args)}:${filter?.id ?? ""}`,
    at,
  );
}

interface WindowParts {
  readonly partitionBy: readonly ExprNode[];
  readonly orderBy: readonly OrderNode[];
  readonly frame?: WindowFrame;
  readonly options?: Options;
}

export function windowNode(called: Callee, args: readonly ExprNode[], parts: WindowParts, at: Place): WindowNode {
  const { fn, spec, definition } = calledAs(called, undefined, at);
  if (spec.kind === "scalar") throw unknownFunction(fn, at);
  const known = resultFacts(spec, fn, args, parts.options ?? {}, at);
  const { partitionBy, orderBy, frame, options } = parts;
  checkWindow({ fn, spec, orderBy, ...(frame && { frame }) }, at);
  const ordering = unionLabels(exprsOf(orderBy));
  const type = relabelled(known.type, ordering);
  const whole = { ...known, type, labels: unionLabels([known, { labels: ordering }]) };
  const node = {
    kind: "window",
    fn,
    ...definition,
    args: frozen(args),
    partitionBy: frozen(partitionBy),
    orderBy: frozen(orderBy.map((o) => freeze(o))),
    // A number that stands on every row of its window must not be summed again.
    ...repeated(whole),
    ...(frame && { frame: freeze(frame) }),
    ...(options && { options: freeze(options) }),
  } as const;
  const content = `window:${fn}:${JSON.stringify([options ?? {}, frame ?? {}])}:${ids(args)}:${ids(partitionBy)}:${orderKey(orderBy)}`;
  return sealed<WindowNode>(node, content, at);
}

export function orderKey(orderBy: readonly OrderNode[]): string {
  return orderBy.map((o) => `${o.expr.id} ${o.descending} ${o.nulls}`).join(",");
}

/** What a cast declares: a type, and what a column declaration says of its values. */
type CastTarget = Pick<ValueFacts, "type"> & Partial<ValueFacts>;

export function castNode(arg: ExprNode, to: CastTarget, lenient: boolean, at: Place): CastNode {
  const declared = { nullable: false, ...PLAIN, ...to };
  const { type } = declared;
  if (!castable(arg.type, type, lenient)) {
    throw mistake(at, {
      code: "TYPE005",
      message: `${typeText(arg.type)} cannot be cast to ${typeText(type)}`,
      help: "cast through a type between them, or build the value from its parts",
    });
  }
  // NaN and Infinity are not decimals: they become null.
  const unfit = lenient || (isFractional(arg.type) && type.kind === "decimal");
  const facts = (given: ValueFacts) => {
    const { unit, additivity } = carried([arg], given);
    const nullable = arg.nullable || given.nullable || unfit;
    return { nullable, labels: unionLabels([arg, given]), unit, additivity };
  };
  const known = facts(declared);
  const whole = relabelled(type, arg.labels);
  // What the type declares beyond its name makes another node of it.
  const more = JSON.stringify([isNested(whole) ? whole : "", known]);
  const plain = JSON.stringify(["", facts({ type, nullable: false, ...PLAIN })]);
  const name = more === plain ? typeText(type) : `${typeText(type)}${more}`;
  const node = { kind: "cast", arg, try: lenient, type: whole, ...known } as const;
  return sealed<CastNode>(node, `cast:${lenient}:${name}:${arg.id}`, at);
}

export function caseNode(branches: CaseNode["branches"], otherwise: ExprNode, at: Place): CaseNode {
  const values = [...branches.map((b) => b.value), otherwise];
  const known = resultFacts(calledAs("coalesce", "scalar", at).spec, "when", values, {}, at);
  const node = {
    kind: "case",
    branches: frozen(branches.map((b) => freeze(b))),
    otherwise,
    ...known,
    type: relabelled(known.type, unionLabels(branches.map((b) => b.when))),
    nullable: values.some((v) => v.nullable),
    labels: unionLabels([...branches.map((b) => b.when), ...values]),
  } as const;
  return sealed<CaseNode>(node, `case:${branches.map((b) => `${b.when.id}>${b.value.id}`).join()}:${otherwise.id}`, at);
}

export function structNode(fields: StructNode["fields"], at: Place): StructNode {
  checkColumnNames(
    fields.map((f) => f.name),
    [],
    at,
  );
  const type: SqlType = freeze({ kind: "struct", fields: frozen(fields.map((f) => structField(f.name, f.value))) });
  const labels = unionLabels(fields.map((f) => f.value));
  const node = { kind: "struct", fields: frozen(fields), type, nullable: false, ...PLAIN, labels } as const;
  return sealed<StructNode>(node, `struct:${fields.map((f) => `${f.name}=${f.value.id}`).join()}`, at);
}

export function rawNode(text: readonly string[], args: readonly ExprNode[], known: ValueFacts, at: Place): RawNode {
  const problem = rawProblem(text);
  if (problem !== undefined) {
    throw mistake(at, {
      code: "SQL001",
      message: `raw SQL ${problem}`,
      help: "write one expression; a column stands in it as an expression of the callback",
    });
  }
  for (const piece of text) checkText("raw SQL", piece, at);
  const { nullable } = known;
  const { unit, additivity } = carried(args, known);
  const touched = unionLabels(args);
  const labels = unionLabels([{ labels: touched }, known]);
  const type = relabelled(known.type, touched);
  const node = {
    kind: "raw",
    text: frozen(text),
    args: frozen(args),
    type,
    nullable,
    labels,
    unit,
    additivity,
  } as const;
  return sealed<RawNode>(node, `raw:${JSON.stringify(text)}:${typeText(type)}:${nullable}:${ids(args)}`, at);
}

/** What a number is made of stands in it: its unit, unless another is declared, and what keeps it from adding up. */
export function carried(args: readonly ValueFacts[], known: ValueFacts): Pick<ValueFacts, "unit" | "additivity"> {
  if (!isNumeric(known.type)) return known;
  const numbers = args.filter((arg) => isNumeric(arg.type) && !isId(arg.unit));
  return {
    unit: known.unit || [...new Set(numbers.map((n) => n.unit).filter((unit) => unit !== ""))].join(", "),
    additivity: leastAdditive([known, ...numbers].map((n) => n.additivity)),
  };
}

/** A constant may hold a NUL, which every engine can be told of; half of a character it may not. */
function checkConstant(value: string, at: Place): void {
  checkText("a constant", value.replaceAll("\0", ""), at);
}

function resultFacts(
  spec: FunctionSpec,
  fn: string,
  args: readonly ExprNode[],
  options: Options,
  at: Place,
): ValueFacts {
  checkOptions(fn, spec, options, at);
  for (const option of Object.values(options)) if (typeof option === "string") checkConstant(option, at);
  const type = spec.type(
    args.map((arg) => arg.type),
    options,
  );
  if ("mismatch" in type) {
    throw mistake(at, {
      code: "TYPE001",
      message: `${fn}() ${type.count === undefined ? type.mismatch : miscounted(spec, type.count, args.length)}`,
      help: type.help ?? helpOf(type, args.length),
    });
  }
  if (spec.compares) checkMembers(args, at);
  // That an identifier is calculated with is one mistake, and its result an ordinary number.
  const amounts = calculates(spec) ? args.map(asAmount) : args;
  // Whose value it is, the order decides: its labels are on everything inside.
  const picks = spec.kind !== "scalar" && spec.order === "pick";
  return {
    type: picks ? relabelled(type, unionLabels(args.slice(1))) : type,
    nullable: isNullable(spec, args),
    labels: labelsOf(spec.labels ?? "join", args, options),
    unit: unitFor(type, unitOf(spec.unit ?? "none", amounts, options)),
    additivity: spec.additivity?.(amounts, options) ?? "additive",
  };
}

const asAmount = (arg: ExprNode): ExprNode => (isId(arg.unit) ? { ...arg, unit: "", additivity: "additive" } : arg);

/** A number may have any unit, a text only that of an identifier. */
function unitFor(type: SqlType, unit: string): string {
  const value = innermost(type);
  return isNumeric(value) || (value.kind === "string" && isId(unit)) ? unit : "";
}

/** The value that a method is called on is none of its arguments. */
function miscounted(spec: FunctionSpec, wanted: number, given: number): string {
  const own = spec.called === "fn" ? 0 : 1;
  return `accepts ${wanted - own} argument${wanted - own === 1 ? "" : "s"}, not ${given - own}`;
}

function helpOf({ count }: Mismatch, given: number): string {
  if (count !== undefined) return given < count ? "give what is missing" : "leave out what is too much";
  return `cast() ${given === 1 ? "it" : "one side"}, or use the column that you meant`;
}

function isNullable(spec: FunctionSpec, args: readonly ValueFacts[]): boolean {
  const rule = spec.nullable ?? "any";
  if (typeof rule === "function") return rule(args);
  return rule === "always" || (rule === "any" && args.some((arg) => arg.nullable));
}

const PSEUDONYM: readonly string[] = freeze(["pseudonym"]);

function labelsOf(rule: LabelRule, args: readonly ValueFacts[], options: Options): readonly string[] {
  if (typeof rule === "function") return rule(args, options);
  if (rule === "clear") return NO_LABELS;
  return rule === "pseudonym" ? PSEUDONYM : unionLabels(args);
}

/** A function by its name, or the definition of one that is not built in. */
export type Callee = string | FunctionDefinition;

function calledAs(called: Callee, kind: FunctionSpec["kind"] | undefined, at: Place) {
  if (typeof called === "string" && !isFunction(called)) throw unknownFunction(called, at);
  const isOwn = typeof called === "string";
  const [fn, spec] = isOwn ? [called, functions[called]] : [called.name, called.spec];
  if (kind && spec.kind !== kind) throw unknownFunction(fn, at);
  return { fn, spec, definition: isOwn ? {} : { [DEFINITION]: called } };
}

function unknownFunction(fn: string, at: Place): DefinitionError {
  return mistake(at, {
    code: "FN001",
    message: `there is no function "${fn}" for this use`,
    help: `the catalogue has: ${functionNames().join(", ")}`,
  });
}
