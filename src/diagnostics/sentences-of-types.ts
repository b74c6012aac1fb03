/** Sentences of which the program that runs knows more. */
import type { Sentences } from "./sentence.ts";

/** What the types alone say: once the program runs, the value itself tells more. */
export const SENTENCES_OF_TYPES = {
  "EXPR001:value": {
    message: "a constant or a column was expected",
    help: "fn.lit(null, t.int()) is a null that has a type, over() gives an aggregate for each row",
  },
  "TYPE001:by": { message: "what to order by was expected", help: "a column of numbers, texts or times, such as c.at" },
  "TYPE001:holds": {
    message: "a condition was expected",
    help: "give it itself, such as c.amount.gt(0), not a callback of one",
  },
  "KEY001:expression": {
    message: "a key must not be null",
    help: "give a column that never is: derive() it with orElse()",
  },
  "TYPE001:joined": {
    message: "a condition was expected",
    help: "one such as c.amount.gt(0), eq() and not() instead of === and !, fn.lit() for a setting",
  },
  "TYPE001:order": {
    message: "what to order by was expected",
    help: "c.at or c.at.desc(), or a list of them",
  },
  "TBL003:bronze": {
    message:
      "silver, which includes scd1() and scd2(), reads bronze and silver, and no table of them comes before this call",
    help: 'begin with bronze({ orders_raw: source.json("orders/*.json", { id: t.bigint() }) })',
  },
  "TBL003:silver": {
    message: "gold reads silver and gold, and no table of them comes before this call",
    help: "silver(($) => ({ orders: $.orders_raw.where(…) })) makes one of bronze",
  },
  "WIN004:frame": {
    message: "a frame was expected",
    help: '{ unit: "rows", start: -6, end: 0 } is this row and the six before it',
  },
  "ARG001:callback": {
    message: "a function of the columns was expected",
    help: "(c) => ({ id: c.id })",
  },
  "ARG001:condition": {
    message: "a function of the columns was expected",
    help: "(c) => c.amount.gt(0)",
  },
  "TYPE001:operand": {
    message: "a constant or a column of this type",
    help: "isNull() tests for null, cast() converts another type, over() gives an aggregate for each row",
  },
  "TYPE001:texts": {
    message: "joinText() accepts an ARRAY<STRING>",
    help: "cast(t.array(t.string())) it first",
  },
  "SRC001:columns": {
    message: "a source needs a path and columns",
    help: 'source.json("orders/*.json", { id: t.bigint() }), the path relative to the base directory',
  },
  "ARG001:tables": {
    message: "a function of the tables was expected",
    help: "($) => ({ orders: $.orders_raw })",
  },
  "ARG001:asOf": {
    message: "asOfJoin() needs options",
    help: "asOfJoin(history, { on: (o, c) => o.customer_id.eq(c.id), at: (o) => o.ordered_at, select: (o, c) => ({ ...o, country: c.country }) })",
  },
  "ARG001:window": {
    message: "over() accepts a window",
    help: "over({ partitionBy: c.shop, orderBy: c.day }); over({}) is over all rows",
  },
  "ARG001:snapshots": {
    message: "snapshots have no such option",
    help: "a row that a state lacks ends; events have deleteWhen, truncateWhen and ignoreNullUpdates: changes()",
  },
  "ARG001:type": { message: "a column type was expected", help: "cast(t.int())" },
  "ARG001:option": { message: "this option is called {ours} here", help: "use that name" },
  "SRC002:option": {
    message: 'this source has no option "{option}"',
    help: "leave it out: an editor offers those that it has",
  },
  "ARG001:snake": { message: "there is no such option", help: "options are written without _: sequenceBy, orderBy" },
  "EXPR001:columns": {
    message: "one column or a list of columns was expected",
    help: "(c) => c.id, or (c) => [c.id, c.line]; never async",
  },
  "EXPR001:column": {
    message: "one column was expected",
    help: "return it, (c) => c.changed_at, several as fn.struct({ … }); never async",
  },
  "ARG001:flows": {
    message: "flows have names",
    help: "appendFlow({ shops: $.shops_raw })",
  },
  "ARG001:mask": {
    message: "a mask is a function of the catalog, by its name",
    help: 'mask({ email: "governance.mask_email" }); mask() of the column itself changes what is stored',
  },
  "ARG001:rules": {
    message: "rules have names",
    help: "expect({ positive: (c) => c.amount.gt(0) })",
  },
  "TYPE002:element": {
    message: "has() compares with a constant, and what is in here is not one",
    help: "compare a field of one element: c.items.at(0).fields.code.eq(…)",
  },
  JOIN003: {
    message: "asOfJoin() reads a history at one time of the row, of the type of its sequence",
    help: "(o) => o.ordered_at; cast() another type; never async",
  },
  FLOW004: {
    message: "this flow has another key or sequence than the table",
    help: "give every flow of a change target the same options",
  },
  "FK002:constant": {
    message: "a value of JavaScript stands for a column of a key",
    help: 'a constant has the type of that column: fn.lit("EUR"), or fn.lit(1, t.bigint())',
  },
  "AGG001:columns": {
    message: "columns are used where aggregates are expected",
    help: "select() them as they are; here put them into groupBy(), or give their sum(), min() or max()",
  },
  "TYPE006:other": { message: "one of the values", help: "for another text cast(t.string()) the column first" },
  "EXPR001:number": {
    message: "the type of a computed number is not known",
    help: "give it one: fn.lit(value, t.int()); columns have plus(), minus(), times() and div()",
  },
} as const satisfies Sentences;
