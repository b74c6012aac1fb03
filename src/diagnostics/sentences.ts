/**
 * What is said of the mistakes that both the compiler and the analyzers find. Types, builder and rules word from here, so
 * that one mistake has one sentence wherever it is found. `{name}` stands for what the place knows.
 */
import { freeze } from "../core/freeze.ts";
import type { DiagnosticCode } from "./catalogue.ts";
import type { Sentences } from "./sentence.ts";
import type { SENTENCES_OF_TYPES } from "./sentences-of-types.ts";

const FLOW = "select() the columns of the table, of the same types";
const UNION = "select() the same columns of the same types on both sides";
const IN_PLACE = "joins, aggregates, or reads a table that is updated in place";
const FILL = "filter with whereNotNull((r) => ({ id: r.id })), or give orElse() a value";

export const SENTENCES = freeze({
  AGG002: {
    message: "an aggregate is used where a value per row is expected",
    help: "aggregate() it, or give it a window with over({ partitionBy })",
  },
  AGG001: {
    message: 'column "{column}" is used where an aggregate is expected',
    help: "put it into groupBy(), or give its sum(), min() or max()",
  },
  "AGG001:version": {
    message: "the version of a snapshot is one value over all of its rows",
    help: "give an aggregate: version: (c) => c.taken_on.max()",
  },
  "ARG001:groups": {
    message: "groupBy() needs at least one column",
    help: "give the columns of the groups; for one row of all, aggregate() without groupBy()",
  },
  "ARG001:one": {
    message: "this step accepts one argument",
    help: "combine conditions with and(), and put columns into one object: (c) => ({ id: c.id, amount: c.amount })",
  },
  "ARG001:dedupe": {
    message: "dedupe() needs a key and the order of which the first row is kept",
    help: "dedupe({ key: (c) => c.id, orderBy: (c) => c.changed_at.desc() })",
  },
  "ARG001:join": {
    message: "a join needs a match and the columns of its result",
    help: "join(other, (o, c) => o.customer_id.eq(c.id), (o, c) => ({ ...o, country: c.country }))",
  },
  "ARG001:lookup": {
    message: "lookup() needs the columns that match the other side's key, and the columns of its result",
    help: "lookup(other, (o) => o.customer_id, (o, c) => ({ ...o, country: c.country }))",
  },
  EXPR002: {
    message: "an object of named columns was expected",
    help: "return an object: (c) => ({ status: c.status })",
  },
  "COL001:tracked": {
    message: 'trackHistory names "{column}", which is not stored',
    help: "keep it in columns, or leave it out here",
  },
  "EXPR002:spread": {
    message: "a column is spread, and has no columns in it",
    help: "spread the argument, ({ ...c, total: c.amount }), or the fields of a struct: ({ ...c.address.fields })",
  },
  "EXPR002:table": {
    message: "a table is spread, and has no columns in it",
    help: "spread the argument of the callback, ({ ...c, total: c.amount }); columns of another table come by lookup() or join(), and a table of a layer has a name: ({ orders: $.orders })",
  },
  "EXPR002:kept": {
    message: 'derive() keeps every column, "{column}" as well, which what it gives leaves out',
    help: "select(({ op, ...rest }) => rest) leaves one out, and renames one; derive() needs the new columns alone",
  },
  "EXPR002:changed": {
    message: '"{name}" is assigned to or deleted, and what a callback is given stays as it is',
    help: "return another object: (c) => ({ ...c, total: c.amount })",
  },
  EXPR005: {
    message: "the callback is async: it gives a promise",
    help: "leave out async: await what it needs before the pipeline is built",
  },
  "ARG001:sql": {
    message: "sql needs the type of its result",
    help: "declare it first: sql(t.string())`…`",
  },
  "COL001:foreign": {
    message: "a query inside a callback names a column of the outer query",
    help: "there are no correlated subqueries: lookup(), join() or semiJoin() the other table, or aggregate() it and join that",
  },
  "COL001:kept": {
    message: 'column "{column}" was kept from the callback of another step',
    help: "read it from the argument of this callback",
  },
  "COL002:group": {
    message: 'the groups have a column "{column}" already',
    help: "give the measure another name, or leave it out",
  },
  "COL002:none": {
    message: "a source needs at least one column",
    help: "declare the columns that the files have: { id: t.bigint() }",
  },
  "COL002:type": { message: 'column "{column}" has no type', help: "declare it with t, and call it: t.string()" },
  "EXPR001:window": {
    message: "a window function has no window",
    help: "end it with over({ orderBy })",
  },
  "WIN001:filtered": {
    message: "an aggregate with a filter has no window",
    help: "aggregate fn.when(condition, value).otherwise(null); for maxBy() and the like, do so with what they order by",
  },
  WIN003: { message: "{what} cannot stand {where}", help: "derive() it as a separate column, in a step before" },
  "WIN004:none": {
    message: "this function accepts no frame: it follows the order of the partition",
    help: "leave the frame out",
  },
  "EXPR001:case": {
    message: "a case has no value yet",
    help: "end fn.when() with otherwise(); for null otherwise(null)",
  },
  "EXPR001:method": { message: "a function is not a column", help: "call the method: write ()" },
  "EXPR001:table": {
    message: "a table is not a column",
    help: "lookup() or join() it first; semiJoin() keeps the rows that have a match in it",
  },
  "EXPR001:record": {
    message: "an object of columns is not a column",
    help: "spread it, ({ ...o, country: c.country }), or put it into one column: fn.struct({ … })",
  },
  "EXPR001:constant": {
    message: "a value of JavaScript is not a column",
    help: "use a column, or fn.lit() for a constant",
  },
  "EXPR001:order": {
    message: "an order is not a column",
    help: "leave out asc() and desc(), which stand in orderBy",
  },
  "EXPR001:secret": {
    message: "a secret is not a column",
    help: "give it to sha256() or tokenize() as the salt",
  },
  "EXPR001:list": {
    message: "an expression or a constant was expected, not a list",
    help: "give its values one by one: in(...list), between(low, high)",
  },
  "EXPR001:null": { message: "a null has no type", help: "give it one: fn.lit(null, t.string())" },
  "EXPR001:boolean": {
    message: "===, ! and < of JavaScript compare objects, not values",
    help: "use eq(), ne(), not() or lt(); fn.lit() for a constant",
  },
  "EXPR003:text": {
    message: "an expression has no text while the pipeline is built",
    help: "use concat() or fn.concat(), and cast(t.string()) for what is not a text",
  },
  "FN001:known": { message: "{theirs}() is called {ours}() here", help: "use that name" },
  FK001: {
    message: "the other table has no key",
    help: "declare one there: .key((c) => c.id); a history is read by asOfJoin()",
  },
  "FK002:columns": {
    message: "expected as many columns as the key of the other table has, of the same types",
    help: "(o) => o.customer_id, or a list in the order of the key; never async",
  },
  "FLOW002:lacks": {
    message: 'this flow lacks the column "{column}" of the table',
    help: FLOW,
  },
  "FLOW002:extra": {
    message: 'this flow has a column "{column}" that the table lacks',
    help: FLOW,
  },
  "FLOW002:misfit": {
    message: `column "{column}" of this flow has another type, unit, label or additivity than the table's, or may be null`,
    help: "cast(), orElse() or select() what the table has",
  },
  FLOW003: { message: "a materialized view accepts no further flows", help: "use union()" },
  JOIN002: { message: "asOfJoin() reads a history", help: "make the other table with scd2()" },
  KEY001: { message: 'a key must not be null, and "{column}" may be', help: FILL },
  KEY006: {
    message: "{first} and {second} must not be compared or put into one column",
    help: 'use the column that was meant, or cast(t.bigint().id("…")) it',
  },
  "KEY006:type": {
    message: "an identifier is a STRING, a whole number or a DECIMAL",
    help: "leave out id(), or declare the column as one of these",
  },
  "KEY006:plain": {
    message: "an identifier is used where a plain value is expected",
    help: "declare both with id(), or cast() it to a type without one",
  },
  "KEY006:match": {
    message: "an id of {name} is expected",
    help: 'use the column that holds one, or cast(t.bigint().id("…")) it',
  },
  "KEY002:whereNotNull": {
    message: 'whereNotNull() accepts columns under their own names, and "{column}" is not one',
    help: "whereNotNull((c) => ({ id: c.id })); rename with select()",
  },
  "SRC001:path": {
    message: "a source needs a path, not {path}",
    help: 'give one first, relative to the base directory: source.json("orders/*.json", { id: t.bigint() })',
  },
  "LAYER001:gold": {
    message: 'gold reads silver and gold, and "{table}" is bronze',
    help: "make a silver table of it first",
  },
  "LAYER001:silver": {
    message: 'silver, which includes scd1() and scd2(), reads bronze and silver, and "{table}" is gold',
    help: "make this table in gold, or that one in silver",
  },
  "METRIC001:fanned-out": {
    message: "a column that a join or a window repeated must not be summed or averaged",
    help: "aggregate it before the join, match the whole key() of the other side, start from its own table with lookup(), declare a price or rate as rate(), or acknowledgeFanOut()",
  },
  "METRIC001:semi-additive": {
    message: "a balance must not be summed over time",
    help: "take lastBy(time) of each account first, or group by the time",
  },
  "METRIC001:non-additive": {
    message: "an average, a ratio, an extreme or a distinct count must not be summed",
    help: "aggregate its parts instead; of a span or a distinct count whose rows do not overlap, acknowledgeDisjoint()",
  },
  METRIC002: { message: "{first} and {second} must not be added or compared", help: "convert() one of them first" },
  "METRIC002:plain": {
    message: "{first} and {second} must not be added or compared",
    help: 'cast(t.double().unit("EUR")) it; a constant stands alone, without fn.lit()',
  },
  "METRIC002:rate": {
    message: "a rate that makes {to} of {from} has no unit or is in {rate}, and this one is in {unit}",
    help: "use the column that holds the rate; a product is times()",
  },
  "METRIC002:twice": {
    message: "this column is in {unit} already",
    help: "leave one unit() out; convert() makes another unit of a value",
  },
  "METRIC005:id": {
    message: "an identifier must not be summed, averaged or calculated with",
    help: "count() or countDistinct() it, or cast() it to a number",
  },
  PII001: {
    message: 'column "{column}" carries personal data, which gold does not accept',
    help: 'sha256(salt), mask() or drop it, or declassify("why")',
  },
  PII002: {
    message: '"pseudonym" is the label that sha256() and tokenize() give, and a source cannot declare it',
    help: 'say what the column holds: pii("customer_id")',
  },
  REFRESH001: {
    message: "a streaming table has no refresh policy",
    help: "leave out refreshPolicy()",
  },
  "SET001:steps": {
    message: "settings such as expect, comment and tags come after the last query step",
    help: "move them to the end",
  },
  REL001: { message: "a table or relation was expected", help: "give one of $, such as $.orders.where(…)" },
  "REL001:grouped": { message: "groups are not a table yet", help: "aggregate() them" },
  "REL001:sorted": { message: "a table has no order", help: "limit() what orderBy() sorted" },
  SCD001: { message: "change events were expected", help: "give changes({ key, sequenceBy }) of a table" },
  "SCD001:changes": { message: "change events are not a table yet", help: "give them to .scd1() or .scd2()" },
  SCD003: { message: "sequenceBy must not be null", help: FILL },
  SCD004: { message: "a history cannot be truncated", help: "leave out truncateWhen, or use scd1()" },
  SCD008: {
    message: "a change target accepts no rules",
    help: "put the rules on a table that changes() or snapshots() reads",
  },
  "SET001:changes": {
    message: "change events accept no {method}()",
    help: "steps come before changes() and snapshots(), and the key is an option of them",
  },
  "SET001:read": {
    message: "what is set here for a table would be lost",
    help: "set it on the table that is made, or make a table of this query and read that",
  },
  "STREAM001:changes": {
    message: `change events are read as a stream, and this ${IN_PLACE}`,
    help: "take changes() of a table that only grows",
  },
  "STREAM001:flow": {
    message: `a flow is read as a stream, and this ${IN_PLACE}`,
    help: "give it to backfill(), which reads it once",
  },
  "STREAM001:table": {
    message: "a streaming table does not join, aggregate, or read a table that is updated in place",
    help: "leave out streaming(): it becomes a materialized view",
  },
  TBL001: { message: 'there is a table "{table}" already', help: "give this one another name" },
  "TYPE001:condition": {
    message: "a condition was expected",
    help: "return one, such as c.amount.gt(0), not === or >; combine several with and(); never async",
  },
  "ARG001:sources": {
    message: "an object of sources was expected, not a function",
    help: 'bronze({ orders_raw: source.json("orders/*.json", { id: t.bigint() }) })',
  },
  "ARG001:salt": {
    message: "a salt was expected",
    help: 'one for all rows: param.secret("salt", { scope: "governance" }), or a text',
  },
  "TYPE001:case": {
    message: "the values of a case need one type, and {first} and {second} do not mix",
    help: "cast() one of them",
  },
  "TYPE003:decimal": {
    message: "there is no such decimal",
    help: "precision is 1 to 38, scale 0 to the precision",
  },
  "TYPE002:whole": {
    message: "{type} accepts whole constants only",
    help: "give a whole number, or cast() the column that it meets to a decimal or a double",
  },
  TYPE006: {
    message: "{value} is not one of the values {values}",
    help: "use one of them, or cast(t.string()) the column to compare it with any text",
  },
  "TYPE006:apart": {
    message: "two texts that have no value in common are never equal",
    help: "use the column that was meant, or cast(t.string()) one",
  },
  "TYPE006:open": {
    message: "the values of this enum are not known here",
    help: 'write them out, t.enum(["new", "paid"]), or declare the list "as const"',
  },
  "UNION001:lacks": {
    message: 'union() needs the same columns, and the other side lacks "{column}"',
    help: UNION,
  },
  "UNION001:extra": {
    message: 'union() needs the same columns, and this side lacks "{column}"',
    help: UNION,
  },
  "UNION001:unlike": {
    message: 'union() needs the same type and unit of column "{column}" on both sides',
    help: UNION,
  },
} as const satisfies Sentences);

/** A code, or a code and the variant of its mistake: `METRIC001:fanned-out`. */
type SentenceName = keyof typeof SENTENCES;

type AllSentences = typeof SENTENCES & typeof SENTENCES_OF_TYPES;

type Holes<Text extends string> = Text extends `${string}{${infer Hole}}${infer Rest}` ? Hole | Holes<Rest> : never;
type Values<Name extends keyof AllSentences> = Readonly<Record<Holes<AllSentences[Name]["message"]>, string>>;
type CodeOf<Name extends string> = Name extends `${infer Code}:${string}` ? Code : Name;

type Filled<Text extends string, V> = Text extends `${infer Before}{${infer Hole}}${infer Rest}`
  ? `${Before}${V[Hole & keyof V] & string}${Filled<Rest, V>}`
  : Text;

/** The sentence as a compile error shows it: the message, then the fix. */
export type Said<Name extends keyof AllSentences, V extends Values<Name> = Values<Name>> = `${Filled<
  AllSentences[Name]["message"],
  V
>}: ${AllSentences[Name]["help"]}`;

/** What is said of a mistake, for an error or a finding. */
export interface Saying<Code extends string = DiagnosticCode> {
  readonly code: Code;
  readonly message: string;
  readonly help: string;
}

/** The sentence of a mistake with what the place knows of it. */
export function say<Name extends SentenceName>(
  name: Name,
  ...[values]: [keyof Values<Name>] extends [never] ? [] : [values: Values<Name>]
): Saying<CodeOf<Name>> {
  const { message, help } = SENTENCES[name];
  const known: Readonly<Record<string, string>> = values ?? {};
  return {
    code: name.replace(/:.*/, "") as CodeOf<Name>,
    message: message.replace(/\{(\w+)\}/g, (hole, key: string) => known[key] ?? hole),
    help,
  };
}
