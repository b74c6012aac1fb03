/** Expressions from JSON: each is made again by the factory that the builder calls, over the columns that are there. */

import { columnNamed } from "../ast/columns.ts";
import type { ExprNode, LiteralNode, OrderNode, WindowFrame } from "../ast/expr.ts";
import { isOutsideName } from "../ast/outside.ts";
import type { ColumnFacts } from "../ast/relation.ts";
import type { Cursor } from "../core/cursor.ts";
import { freeze } from "../core/freeze.ts";
import { membersOf } from "../core/total.ts";
import { functionFrom } from "../functions/outside.ts";
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
const KINDS = membersOf<ExprNode["kind"]>({
  column: true,
  literal: true,
  param: true,
  call: true,
  cast: true,
  case: true,
  struct: true,
  aggregate: true,
  window: true,
  raw: true,
});

export function readExpr(json: Cursor, sides: Sides): ExprNode {
  const kind = json.get("kind").oneOf(...KINDS);
  const at = json.place();
  const inner = (cursor: Cursor) => readExpr(cursor, sides);
  const fields = (...names: readonly string[]) => json.only([...FACTS, ...names]);
  switch (kind) {
    case "column":
      fields("name", "side");
      return readColumnRef(json, sides);
    case "literal": {
      fields("value");
      const value = json.get("value");
      const constant: LiteralNode["value"] = value.value === null ? null : value.constant();
      return value.build(() => literalFrom(constant, readType(json.get("type")), at));
    }
    case "param":
      fields("name", "default", "secret");
      return readParam(json);
    case "call": {
      fields("fn", "args", "options");
      const args = json.get("args").list().map(inner);
      return json.build(() => callNode(readCallee(json), args, readOptions(json), at));
    }
    case "cast": {
      fields("arg", "try");
      const arg = inner(json.get("arg"));
      return json.build(() => castNode(arg, readFacts(json), json.get("try").boolean(), at));
    }
    case "case": {
      fields("branches", "otherwise");
      const branches = json
        .get("branches")
        .list()
        .map((branch) => {
          branch.only(["when", "value"]);
          return { when: condition(inner(branch.get("when")), branch), value: inner(branch.get("value")) };
        });
      const otherwise = inner(json.get("otherwise"));
      if (branches.length === 0) json.get("branches").fail("has no branch");
      return json.build(() => caseNode(branches, otherwise, at));
    }
    case "struct": {
      fields("fields");
      const named = json
        .get("fields")
        .list()
        .map((field) => {
          field.only(["name", "value"]);
          return freeze({ name: field.get("name").string(), value: inner(field.get("value")) });
        });
      return json.build(() => structNode(named, at));
    }
    case "aggregate":
      fields("fn", "args", "options", "filter");
      return readAggregate(json, sides);
    case "window":
      fields("fn", "args", "options", "partitionBy", "orderBy", "frame");
      return readWindow(json, sides);
    case "raw": {
      fields("text", "args");
      const args = json.get("args").list().map(inner);
      const text = json.get("text").strings();
      if (text.length !== args.length + 1) json.get("text").fail("is not one piece more than there are expressions");
      return json.build(() => rawNode(text, args, readFacts(json), at));
    }
  }
}

/** A function by its name, or the definition that a plugin brings. */
function readCallee(json: Cursor): Callee {
  const fn = json.get("fn");
  const name = fn.string();
  return isOutsideName(name) ? fn.outside("function", name, functionFrom) : name;
}

function readColumnRef(json: Cursor, sides: Sides): ExprNode {
  const side = json.get("side").oneOf(0, 1);
  const name = json.get("name").string();
  const facts = columnNamed(sides[side], name);
  if (!facts) return json.get("name").fail(`is ${JSON.stringify(name)}, and there is no such column`);
  return columnNode(name, facts, side, json.place());
}

function readParam(json: Cursor): ExprNode {
  const at = json.place();
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

function readAggregate(json: Cursor, sides: Sides): ExprNode {
  const args = json
    .get("args")
    .list()
    .map((arg) => readExpr(arg, sides));
  const filter = json.find("filter");
  const options = readOptions(json);
  const parts = {
    ...(filter && { filter: condition(readExpr(filter, sides), filter) }),
    ...(options && { options }),
  };
  return json.build(() => aggregateNode(readCallee(json), args, parts, json.place()));
}

function readWindow(json: Cursor, sides: Sides): ExprNode {
  const exprs = (name: string) =>
    json
      .get(name)
      .list()
      .map((expr) => readExpr(expr, sides));
  const [frame, options] = [json.find("frame"), readOptions(json)];
  const parts = {
    partitionBy: exprs("partitionBy"),
    orderBy: readOrders(json.get("orderBy"), sides),
    ...(frame && { frame: readFrame(frame) }),
    ...(options && { options }),
  };
  return json.build(() => windowNode(readCallee(json), exprs("args"), parts, json.place()));
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
