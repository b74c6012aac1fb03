/** Expressions from JSON: each is made again by the factory that the builder calls, over the columns that are there. */

import { columnNamed } from "../ast/columns.ts";
import type { ExprNode, LiteralNode, OrderNode, WindowFrame } from "../ast/expr.ts";
import type { ColumnFacts } from "../ast/relation.ts";
import type { Cursor } from "../core/cursor.ts";
import { freeze } from "../core/freeze.ts";
import type { Place } from "../core/location.ts";
import { isPluginName } from "../core/plugin-parts.ts";
import { membersOf } from "../core/total.ts";
import { functionFrom } from "../functions/plugin-functions.ts";
import type { Options } from "../functions/spec.ts";
import {
  aggregateNode,
  type Callee,
  callNode,
  caseNode,
  castNode,
  columnNode,
  rawNode,
  structNode,
  windowNode,
} from "../nodes/exprs.ts";
import { literalFrom } from "../nodes/literals.ts";
import { paramNode } from "../nodes/params.ts";
import { hasValues } from "../types/types.ts";
import { readFacts, readType } from "./types.ts";

/** The columns of the input, or of both sides of a join. */
export type Sides = readonly [readonly ColumnFacts[], readonly ColumnFacts[]];

const FACTS = ["id", "at", "kind", "type", "nullable", "labels", "unit", "additivity"];

/** How a kind of expression is read: its own fields, and the node by its factory. */
interface Reader {
  readonly fields: readonly string[];
  readonly read: (json: Cursor, sides: Sides, at: Place) => ExprNode;
}

const READERS: Readonly<Record<ExprNode["kind"], Reader>> = {
  column: { fields: ["name", "side"], read: readColumnRef },
  literal: { fields: ["value"], read: readLiteral },
  param: { fields: ["name", "default", "secret"], read: readParam },
  call: {
    fields: ["fn", "args", "options"],
    read: (json, sides, at) => {
      const args = readExprs(json, "args", sides);
      const callee = readCallee(json);
      return json.build(() => callNode(callee, args, readOptions(json), at));
    },
  },
  cast: {
    fields: ["arg", "try"],
    read: (json, sides, at) => {
      const arg = readExpr(json.get("arg"), sides);
      return json.build(() => castNode(arg, readFacts(json), json.get("try").boolean(), at));
    },
  },
  case: { fields: ["branches", "otherwise"], read: readCase },
  struct: {
    fields: ["fields"],
    read: (json, sides, at) => {
      const named = json
        .get("fields")
        .list()
        .map((field) => {
          field.only(["name", "value"]);
          return freeze({ name: field.get("name").string(), value: readExpr(field.get("value"), sides) });
        });
      return json.build(() => structNode(named, at));
    },
  },
  aggregate: { fields: ["fn", "args", "options", "filter"], read: readAggregate },
  window: { fields: ["fn", "args", "options", "partitionBy", "orderBy", "frame"], read: readWindow },
  raw: { fields: ["text", "args"], read: readRaw },
};
const KINDS = membersOf(READERS);

export function readExpr(json: Cursor, sides: Sides): ExprNode {
  const kind = json.get("kind").oneOf(...KINDS);
  const at = json.place();
  const { fields, read } = READERS[kind];
  json.only([...FACTS, ...fields]);
  return read(json, sides, at);
}

const readExprs = (json: Cursor, name: string, sides: Sides): readonly ExprNode[] =>
  json
    .get(name)
    .list()
    .map((expr) => readExpr(expr, sides));

function readLiteral(json: Cursor, _: Sides, at: Place): ExprNode {
  const value = json.get("value");
  const constant: LiteralNode["value"] = value.value === null ? null : value.constant();
  return value.build(() => literalFrom(constant, readType(json.get("type")), at));
}

function readCase(json: Cursor, sides: Sides, at: Place): ExprNode {
  const list = json.get("branches");
  const branches = list.list().map((branch) => {
    branch.only(["when", "value"]);
    return {
      when: condition(readExpr(branch.get("when"), sides), branch),
      value: readExpr(branch.get("value"), sides),
    };
  });
  const otherwise = readExpr(json.get("otherwise"), sides);
  if (branches.length === 0) list.fail("has no branch");
  return json.build(() => caseNode(branches, otherwise, at));
}

function readRaw(json: Cursor, sides: Sides, at: Place): ExprNode {
  const args = readExprs(json, "args", sides);
  const text = json.get("text").strings();
  if (text.length !== args.length + 1) json.get("text").fail("is not one piece more than there are expressions");
  return json.build(() => rawNode(text, args, readFacts(json), at));
}

/** A function by its name, or the definition that a plugin brings. */
function readCallee(json: Cursor): Callee {
  const fn = json.get("fn");
  const name = fn.string();
  return isPluginName(name) ? fn.outside("function", name, functionFrom) : name;
}

function readColumnRef(json: Cursor, sides: Sides, at: Place): ExprNode {
  const side = json.get("side").oneOf(0, 1);
  const name = json.get("name").string();
  const facts = columnNamed(sides[side], name);
  if (!facts) return json.get("name").fail(`is ${JSON.stringify(name)}, and there is no such column`);
  return columnNode(name, facts, side, at);
}

function readParam(json: Cursor, _: Sides, at: Place): ExprNode {
  const type = readType(json.get("type"));
  if (hasValues(type)) json.get("type").fail("says which values the text has, which nothing holds a parameter to");
  const name = json.get("name").string();
  const [fallback, secret] = [json.find("default"), json.find("secret")];
  if (secret) {
    if (type.kind !== "string" || fallback) secret.fail("is for a text without a default");
    return secret.build(() => paramNode(name, { type, secret: secret.string() }, at));
  }
  if (!fallback) return json.build(() => paramNode(name, { type }, at));
  const { value } = fallback.build(() => literalFrom(fallback.constant(), type, at));
  return json.build(() => paramNode(name, { type, ...(value !== null && { default: value }) }, at));
}

function readAggregate(json: Cursor, sides: Sides, at: Place): ExprNode {
  const args = readExprs(json, "args", sides);
  const filter = json.find("filter");
  const options = readOptions(json);
  const parts = {
    ...(filter && { filter: condition(readExpr(filter, sides), filter) }),
    ...(options && { options }),
  };
  const callee = readCallee(json);
  return json.build(() => aggregateNode(callee, args, parts, at));
}

function readWindow(json: Cursor, sides: Sides, at: Place): ExprNode {
  const [frame, options] = [json.find("frame"), readOptions(json)];
  const parts = {
    partitionBy: readExprs(json, "partitionBy", sides),
    orderBy: readOrders(json.get("orderBy"), sides),
    ...(frame && { frame: readFrame(frame) }),
    ...(options && { options }),
  };
  const callee = readCallee(json);
  return json.build(() => windowNode(callee, readExprs(json, "args", sides), parts, at));
}

function readFrame(json: Cursor): WindowFrame {
  json.only(["unit", "start", "end"]);
  const bound = (name: string) => {
    const found = json.get(name);
    return found.value === "unbounded" ? "unbounded" : found.whole();
  };
  // In the order in which they were given: it is part of the node's id.
  const parts = json
    .entries()
    .map(([name]) => [name, name === "unit" ? json.get(name).oneOf("rows", "range") : bound(name)]);
  const frame = { unit: json.get("unit").oneOf("rows", "range"), start: bound("start"), end: bound("end") } as const;
  return Object.assign(Object.fromEntries(parts), frame);
}

export function readOrders(json: Cursor, sides: Sides): readonly OrderNode[] {
  return json.list().map((order) => {
    order.only(["expr", "descending", "nulls"]);
    return freeze({
      expr: readExpr(order.get("expr"), sides),
      descending: order.get("descending").boolean(),
      nulls: order.get("nulls").oneOf("first", "last"),
    });
  });
}

function readOptions(json: Cursor): Options | undefined {
  const options = json.find("options");
  return options && Object.fromEntries(options.entries().map(([name, value]) => [name, value.constant()]));
}

/** What decides: a boolean. */
export function condition(node: ExprNode, json: Cursor): ExprNode {
  return node.type.kind === "boolean" ? node : json.fail(`is of type ${node.type.kind}, where a condition is expected`);
}
