/** The run-time side of the typed expressions: one immutable class, its methods made from the catalogue. */

import type { ExprNode, OrderNode, ValueFacts, WindowFrame } from "../../ast/expr.ts";
import { countArguments, miscounted } from "../../core/arity.ts";
import { refuseOtherCopy } from "../../core/copies.ts";
import { describe, isRecord } from "../../core/describe.ts";
import type { DefinitionError } from "../../core/errors.ts";
import { freeze } from "../../core/freeze.ts";
import { checkOptionNames } from "../../core/given.ts";
import { callerLocation, NEXT } from "../../core/location.ts";
import { nearest } from "../../core/nearest.ts";
import { replaceWord } from "../../core/replace-word.ts";
import { mistake, misused } from "../../diagnostics/mistake.ts";
import { type Saying, say } from "../../diagnostics/sentences.ts";
import { fieldsByName, partOf } from "../../functions/collections.ts";
import { functionSet, functions } from "../../functions/index.ts";
import { calculates } from "../../functions/signature.ts";
import type { FunctionSpec, Options } from "../../functions/spec.ts";
import { aggregateNode, type Callee, callNode, castNode, type Place, windowNode } from "../../nodes/exprs.ts";
import { type Constant, constantOf, exactLiteral, freeLiteral, literalOf } from "../../nodes/literals.ts";
import { SecretParam } from "../../nodes/params.ts";
import { isAnyText, isNumeric, primitive, type SqlType, sameType, typeName } from "../../types/types.ts";
import { type AnyColumn, declaredValue } from "./columns.ts";
import { lazyRecord } from "./lazy-record.ts";
import { ALIASES, type OwnMethod } from "./methods.ts";
import { ELSEWHERE, missingMethod, NoValue } from "./no-value.ts";
import { noteMade, noteTruth } from "./unused.ts";

/** How the parts of a value are reached. */
const PARTS: Readonly<Record<string, string>> = {
  array: "an element is reached by its position, from 0: at(0)",
  struct: "a field is reached by fields: fields.name",
  map: 'a value is reached by its key: entry("key")',
};

/** An expression under construction. */
export class Expression extends NoValue implements Readonly<Record<OwnMethod, unknown>> {
  readonly #node: ExprNode;

  constructor(node: ExprNode) {
    super();
    this.#node = node;
    noteMade(node);
  }

  get [ELSEWHERE](): string | undefined {
    return PARTS[this.#node.type.kind];
  }

  toNode(): ExprNode {
    return this.#node;
  }

  cast(to: AnyColumn): Expression {
    return this.#cast(to, false, callerLocation());
  }

  tryCast(to: AnyColumn): Expression {
    return this.#cast(to, true, callerLocation());
  }

  #cast(to: AnyColumn, lenient: boolean, at: Place): Expression {
    const target = declaredValue(to, lenient ? "tryCast()" : "cast()", at);
    return new Expression(castNode(this.#node, target, lenient, at));
  }

  asc(): Order {
    return new Order({ expr: this.#node, descending: false, nulls: "first" });
  }

  desc(): Order {
    return new Order({ expr: this.#node, descending: true, nulls: "last" });
  }

  mask(options?: { readonly showLast?: number }): Expression {
    const at = callerLocation();
    const { showLast = 0 } = options ?? {};
    if (options !== undefined) checkOptionNames(options, "mask()", { required: [], optional: ["showLast"] }, at);
    return new Expression(callNode("mask", [this.#node], { showLast }, at));
  }

  sha256(salt: unknown): Expression {
    return this.#salted("sha256", salt, callerLocation());
  }

  tokenize(salt: unknown): Expression {
    return this.#salted("tokenize", salt, callerLocation());
  }

  #salted(fn: "sha256" | "tokenize", salt: unknown, at: Place): Expression {
    if (salt instanceof SecretParam) return new Expression(callNode(fn, [this.#node, salt.toNode()], undefined, at));
    if (typeof salt === "string") return new Expression(callNode(fn, [this.#node], { salt }, at));
    refuseOtherCopy(salt, at);
    throw mistake(at, say("ARG001:salt"));
  }

  convert(to: string, rate: unknown): Expression {
    const at = callerLocation();
    refuseNulls("convert", [rate], at);
    return new Expression(callNode("convertUnit", [this.#node, operand(rate, this.#node.type, at)], { to }, at));
  }

  has(value: Constant): Expression {
    const at = callerLocation();
    refuseNulls("has", [value], at);
    refuseColumns("has", value, at);
    const part = partOf(this.#node.type) ?? primitive("string");
    return new Expression(callNode("has", [this.#node, exactly(value, part, at)], undefined, at));
  }

  entry(key: Constant): Expression {
    const at = callerLocation();
    refuseNulls("entry", [key], at);
    refuseColumns("entry", key, at);
    const type = this.#node.type.kind === "map" ? this.#node.type.key : primitive("string");
    return new Expression(callNode("entry", [this.#node, exactly(key, type, at)], undefined, at));
  }

  get fields(): Readonly<Record<string, Expression>> {
    const node = this.#node;
    const at = callerLocation();
    return lazyRecord({
      parts: fieldsByName(node.type),
      make: ({ name }) => new Expression(callNode("field", [node], { name }, at)),
      unknown: (name) => unknownField(name, node.type, callerLocation()),
    });
  }
}

countArguments(Expression.prototype, { fewer: "all" });

function unknownField(name: string, type: SqlType, at: Place): DefinitionError {
  const known = [...fieldsByName(type).keys()];
  const near = nearest(name, known);
  return mistake(at, {
    code: "COL001",
    message: known.length > 0 ? `there is no field "${name}"` : `a ${typeName(type)} has no fields`,
    help: near
      ? `did you mean "${near}"?`
      : known.length > 0
        ? `the fields are: ${known.join(", ")}`
        : "leave fields out",
    ...replaceWord(at, name, near),
  });
}

/** A sort key. */
export class Order extends NoValue {
  readonly #order: OrderNode;

  constructor(order: OrderNode) {
    super();
    this.#order = freeze(order);
  }

  get " ~order"(): "asc" | "desc" {
    return this.#order.descending ? "desc" : "asc";
  }

  nullsFirst(): Order {
    return new Order({ ...this.#order, nulls: "first" });
  }

  nullsLast(): Order {
    return new Order({ ...this.#order, nulls: "last" });
  }

  toOrder(): OrderNode {
    return this.#order;
  }
}

countArguments(Order.prototype);

/** A window as the user gives it. */
interface WindowArgument {
  readonly partitionBy?: unknown;
  readonly orderBy?: unknown;
  readonly frame?: WindowFrame;
}

/** An aggregate, before it is grouped or spread over a window. */
export class Aggregation extends NoValue {
  readonly #fn: Callee;
  readonly #args: readonly ExprNode[];
  readonly #options: Options | undefined;
  readonly #filter: ExprNode | undefined;
  readonly #at: Place;

  constructor(fn: Callee, args: readonly ExprNode[], options: Options | undefined, at: Place, filter?: ExprNode) {
    super();
    this.#fn = fn;
    this.#args = args;
    this.#options = options;
    this.#filter = filter;
    this.#at = at;
  }

  get [ELSEWHERE](): string {
    return "this is an aggregate: it has filter() and over(); what is made of its value is derive() or where() after aggregate()";
  }

  toNode(): ExprNode {
    const parts = { ...(this.#filter && { filter: this.#filter }), ...(this.#options && { options: this.#options }) };
    return aggregateNode(this.#fn, this.#args, parts, this.#at);
  }

  /** A further condition is one more that holds, as that of a further `where()` is. */
  filter(condition: unknown): Aggregation {
    const at = callerLocation();
    const own = predicate(condition, at);
    const filter = this.#filter ? callNode("and", [this.#filter, own], undefined, at) : own;
    return new Aggregation(this.#fn, this.#args, this.#options, this.#at, filter);
  }

  over(window: WindowArgument): Expression {
    if (this.#filter) throw mistake(callerLocation(), say("WIN001:filtered"));
    return overWindow(this.#fn, this.#args, this.#options, window);
  }
}

countArguments(Aggregation.prototype, { fewer: "all" });

/** `lag`, `lead`, `rowNumber`, …: nothing without `over()`. */
export class WindowFunctionCall extends NoValue {
  readonly #fn: string;
  readonly #args: readonly ExprNode[];
  readonly #options: Options | undefined;

  constructor(fn: string, args: readonly ExprNode[], options?: Options) {
    super();
    this.#fn = fn;
    this.#args = args;
    this.#options = options;
  }

  over(window: WindowArgument): Expression {
    return overWindow(this.#fn, this.#args, this.#options, window);
  }
}

countArguments(WindowFunctionCall.prototype, { fewer: "all" });

function overWindow(
  fn: Callee,
  args: readonly ExprNode[],
  options: Options | undefined,
  window: WindowArgument | undefined,
): Expression {
  const at = callerLocation();
  if (window === undefined || !isRecord(window as unknown)) {
    throw misused(
      at,
      `over() accepts a window, not ${describe(window)}`,
      "give over({ partitionBy, orderBy }); over({}) is over all rows",
    );
  }
  checkOptionNames(window, "over()", { required: [], optional: ["partitionBy", "orderBy", "frame"] }, at);
  if (window.frame !== undefined) checkOptionNames(window.frame, "frame", { required: ["unit", "start", "end"] }, at);
  const orderBy = toOrders(window.orderBy, at);
  const partitionBy = list(window.partitionBy).map((value) => toNode(value, at));
  const parts = {
    partitionBy,
    orderBy,
    ...(window.frame !== undefined && { frame: window.frame }),
    ...(options && { options }),
  };
  return new Expression(windowNode(fn, args, parts, at));
}

/** The node of a value of a row that a user gave; anything else is an error with a place. */
export function toNode(value: unknown, at: Place): ExprNode {
  if (value instanceof Expression) return value.toNode();
  if (value instanceof Aggregation) {
    throw mistake(at, say("AGG002"));
  }
  refuseOtherCopy(value, at);
  throw (typeof value === "function" && missingMethod(value, at)) || mistake(at, noExpression(value));
}

/** What is said of something else than an expression. */
function noExpression(value: unknown): Saying {
  if (value instanceof WindowFunctionCall) return say("EXPR001:window");
  if (value instanceof Order) return say("EXPR001:order");
  if (value instanceof SecretParam) return say("EXPR001:secret");
  if (value instanceof NoValue) return say("EXPR001:case");
  if (typeof value === "function") return say("EXPR001:method");
  if (isRelation(value)) return say("EXPR001:table");
  if (isConstant(value) && value !== null && typeof value !== "boolean") return say("EXPR001:constant");
  if (Array.isArray(value)) return say("EXPR001:list");
  if (typeof value === "boolean") return say("EXPR001:boolean");
  if (isRecord(value) && Object.values(value).some((part) => part instanceof Expression)) return say("EXPR001:record");
  const missing = value === undefined ? " (a column that does not exist?)" : "";
  return {
    code: "EXPR001",
    message: `an expression was expected, not ${describe(value)}${missing}`,
    help: "return a column or an expression, such as c.amount or c.amount.gt(0)",
  };
}

function isRelation(value: unknown): boolean {
  return typeof value === "object" && value !== null && "toSettings" in value;
}

/** The node of an aggregate that a user gave. The caller refuses what is not one. */
export function toMeasure(value: unknown, at: Place): ExprNode {
  return value instanceof Aggregation ? value.toNode() : columnOrConstant(value, at);
}

function list(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** Sort keys as a user gives them: an expression, an ordering, or several. */
export function toOrders(value: unknown, at: Place): readonly OrderNode[] {
  return list(value).map((item) =>
    item instanceof Order ? item.toOrder() : { expr: toNode(item, at), descending: false, nulls: "first" as const },
  );
}

/** The node of an argument: an expression as it is, a constant as a literal of the given type. */
export function operand(value: unknown, type: SqlType | undefined, at: Place): ExprNode {
  if (value instanceof Expression) return value.toNode();
  if (isConstant(value)) return type ? literalOf(value, type, at) : freeLiteral(value, at);
  return toNode(value, at);
}

/** A constant of this very type: a decimal literal is only as wide as its digits. */
export function exactly(value: Constant, type: SqlType, at: Place): ExprNode {
  const literal = exactLiteral(value, type, at);
  return sameType(literal.type, type) ? literal : castNode(literal, { type }, false, at);
}

/** The node of a column that a user gave: an expression, or a constant that stands for itself. */
export function columnOrConstant(value: unknown, at: Place): ExprNode {
  if (value === null) throw mistake(at, say("EXPR001:null"));
  return isConstant(value) ? freeLiteral(value, at) : toNode(value, at);
}

/** A constant, or a null, with all that a column declaration says. */
export function typedLiteral(value: Constant, declared: ValueFacts, at: Place): ExprNode {
  const { type, nullable, labels, unit, additivity } = declared;
  const isPlain = labels.length === 0 && unit === "" && additivity === "additive" && nullable === (value === null);
  return isPlain ? exactly(value, type, at) : castNode(exactLiteral(value, type, at), declared, false, at);
}

export function isConstant(value: unknown): value is Constant {
  if (value === null || value instanceof Date || value instanceof Uint8Array) return true;
  return ["string", "number", "bigint", "boolean"].includes(typeof value);
}

/** A condition: of SQL type BOOLEAN. */
export function predicate(value: unknown, at: Place): ExprNode {
  const node = toNode(value, at);
  if (node.type.kind === "boolean") return node;
  throw mistake(at, { ...say("TYPE001:condition"), message: `a condition was expected, not ${typeName(node.type)}` });
}

interface Call {
  readonly args: readonly ExprNode[];
  readonly options: Options | undefined;
}

/** A null has no type, and what is made of it is null in every row or nothing at all: something else was meant. */
export function refuseNulls(name: string, given: readonly unknown[], location: Place): void {
  if (!given.includes(null)) return;
  const message = `${name}() does not accept null`;
  const help =
    "use isNull() or isNotNull(), or eqNullSafe() where null equals null; fn.lit(null, t.int()) is a null of a type";
  throw misused(location, message, help);
}

/** What is looked for in a list or a map is the same for all rows. */
function refuseColumns(name: string, value: unknown, location: Place): void {
  if (!(value instanceof Expression)) return;
  throw misused(location, `${name}() accepts a constant, not a column`, `give a constant: ${name}("new")`);
}

/** What type constants get. A text that another is searched for, or sorted with, is not a value of its own. */
function operandType(own: SqlType, { operandType: wanted, valued }: FunctionSpec): SqlType {
  if (wanted) return primitive(wanted);
  return own.kind === "string" && !valued && !isAnyText(own) ? primitive("string") : own;
}

/** Sorts a method call's arguments into operands and options. */
function callOf(name: string, self: ExprNode, spec: FunctionSpec, given: readonly unknown[], at: Place): Call {
  if (!spec.options) {
    // A constant alongside a date is not a date where numbers are asked for.
    const type = calculates(spec) && !isNumeric(self.type) ? undefined : operandType(self.type, spec);
    if (spec.nullable !== "never") refuseNulls(name, given, at);
    const argument = (value: unknown) =>
      spec.valued && type && isConstant(value) ? constantOf(value, type, at) : operand(value, type, at);
    return { args: [self, ...given.map(argument)], options: undefined };
  }
  if (given.length > spec.options.length) throw miscounted(name, spec.options.length, given.length, at);
  const options: Record<string, string | number> = {};
  for (const [i, [option, , fallback]] of spec.options.entries()) {
    // The node's factory checks what it is.
    options[option] = (given[i] === undefined ? fallback : given[i]) as string | number;
  }
  return { args: [self], options };
}

function called(fn: string, kind: FunctionSpec["kind"], { args, options }: Call, at: Place): unknown {
  if (kind === "scalar") return new Expression(callNode(fn, args, options, at));
  return kind === "aggregate" ? new Aggregation(fn, args, options, at) : new WindowFunctionCall(fn, args, options);
}

const CONNECTIVES = functionSet("and", "or");

function install(name: string, fn: string, spec: FunctionSpec, least = 0): void {
  const method = function (this: Expression, ...given: readonly unknown[]): unknown {
    const at = callerLocation(NEXT);
    if (given.length < least) throw miscounted(name, least, given.length, at);
    if (CONNECTIVES.has(fn) && given.some((value) => typeof value === "boolean")) noteTruth(at);
    return called(fn, spec.kind, callOf(name, this.toNode(), spec, given, at), at);
  };
  Object.defineProperty(Expression.prototype, name, { value: method, enumerable: false });
}

for (const [name, spec] of Object.entries(functions)) if (spec.called === undefined) install(name, name, spec);
for (const [name, fn] of Object.entries(ALIASES)) install(name, fn, functions[fn], 1);
