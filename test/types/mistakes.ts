/**
 * One mistake each, and its correct twin. The line of a mistake ends in `// !`; the rest of the snippet is right.
 */

export interface Mistake {
  readonly rule: string;
  readonly wrong: string;
  /** What the one error says. */
  readonly says: string;
  /** The way out, which compiles. */
  readonly right?: string;
}

const gold = (query: string): string => `shop.gold(($) => ({\n  made: ${query}\n}))`;
const silver = (query: string): string => `shop.silver(($) => ({\n  made: ${query}\n}))`;
/** A gold table with one column of customers; the expression is on a line of its own. */
const pii = (expression: string): string =>
  gold(`$.customers.select((c) => ({\n    id: c.customer_id,\n    leak: ${expression},\n  })),`);
/** The same with the mark where the error belongs: at the table. */
const leak = (expression: string): string => pii(expression).replace("made:", "made: // !\n   ");
/** The sum of a column of a relation. */
const sum = (relation: string, column: string): string =>
  `${relation}\n    .aggregate((r) => ({\n      total: r.${column}.sum(), // !\n    })),`;

const LEAK = 'column "leak" carries personal data, which gold does not accept';
const REPEATED = "a column that a join or a window repeated must not be summed";
const NOT_SUMMED = "an average, a ratio, an extreme or a distinct count must not be summed";
const keyNull = (column: string) =>
  `a key must not be null, and "${column}" may be: filter with whereNotNull((r) => ({ id: r.id })), or give orElse() a value`;
const FITS_NO_KEY =
  "expected as many columns as the key of the other table has, of the same types: (o) => o.customer_id, or a list in the order of the key";
const NO_KEY = "the other table has no key: declare one there: .key((c) => c.id); a history is read by asOfJoin()";
const DAILY =
  "$.accounts.groupBy((a) => ({ account: a.account, day: a.day })).aggregate((a) => ({ balance: a.balance.lastBy(a.day) }))";
const AFTER = "is protected and only accessible within class 'StepsComeBeforeSettings<";

const joined = `$.orders.join(
      $.customers,
      (o, c) => o.status.eq(c.country),
      (o, c) => ({ amount: o.amount, credit: c.credit, leak: c.email, country: c.country }),
    )`;
const clean = joined.replace(" leak: c.email,", "");
const onKey = clean.replace("o.status.eq(c.country)", "o.customer_id.eq(c.customer_id)");
const lookedUp = `$.orders.lookup(
      $.customers,
      (o) => o.customer_id,
      (o, c) => ({ amount: o.amount, credit: c.credit, country: c.country }),
    )`;

/** A query over columns of which the texts have one of some values. */
const staged = (query: string): string =>
  `pipeline("p")
  .bronze({
    raw: source.csv("raw.csv", {
      id: t.bigint(),
      stage: t.enum(["new", "paid"]).nullable(),
      side: t.enum(["left", "right"]),
    }),
  })
  .silver(($) => ({
    made: ${query}
  }))`;
const ofStages = '"new" | "paid"';

const enums: readonly Mistake[] = [
  ...["eq", "ne", "eqNullSafe"].map((method) => ({
    rule: `a value that an enum has not: ${method}()`,
    wrong: staged(`$.raw.where((r) => r.stage.${method}("payed")), // !`),
    says: `Argument of type '"payed"' is not assignable to parameter of type '${ofStages} | `,
    right: staged(`$.raw.where((r) => r.stage.${method}("paid")),`),
  })),
  {
    rule: "a value that an enum has not: in()",
    wrong: staged('$.raw.where((r) => r.stage.in("new", "payed")), // !'),
    says: `Argument of type '"payed"' is not assignable to parameter of type '${ofStages} | `,
    right: staged('$.raw.where((r) => r.stage.in("new", "paid")),'),
  },
  {
    rule: "a value that an enum has not: orElse()",
    wrong: staged('$.raw.derive((r) => ({ stage: r.stage.orElse("none") })), // !'),
    says: `Argument of type '"none"' is not assignable to parameter of type '${ofStages} | `,
    right: staged('$.raw.derive((r) => ({ stage: r.stage.cast(t.string()).orElse("none") })),'),
  },
  {
    rule: "a value that an enum has not: nullIf()",
    wrong: staged('$.raw.derive((r) => ({ stage: r.stage.nullIf("none") })), // !'),
    says: `Argument of type '"none"' is not assignable to parameter of type '${ofStages} | `,
    right: staged('$.raw.derive((r) => ({ stage: r.stage.nullIf("new") })),'),
  },
  {
    rule: "a value that an enum has not: otherwise()",
    wrong: staged('$.raw.derive((r) => ({ stage: fn.when(r.id.gt(1), r.stage).otherwise("none") })), // !'),
    says: '"none" is not one of the values "new" | "paid": use one of them',
    right: staged('$.raw.derive((r) => ({ stage: fn.when(r.id.gt(1), r.stage).otherwise("new") })),'),
  },
  {
    rule: "a value that an enum has not: the first of a case",
    wrong: staged('$.raw.derive((r) => ({ stage: fn.when(r.id.gt(1), "none").otherwise(r.stage) })), // !'),
    says: '"none" is not one of the values "new" | "paid": use one of them',
    right: staged('$.raw.derive((r) => ({ stage: fn.when(r.id.gt(1), "new").otherwise(r.stage) })),'),
  },
  {
    rule: "two enums that have no value in common",
    wrong: staged("$.raw.where((r) => r.stage.eq(r.side)), // !"),
    says: "two texts that have no value in common are never equal",
    right: staged("$.raw.where((r) => r.stage.eq(r.side.cast(t.string()))),"),
  },
  {
    rule: "a lookup by an enum that has no value in common with the key",
    wrong: staged(`$.raw.lookup(
      $.raw.dedupe({ key: (r) => r.side, orderBy: (r) => r.id }).key((r) => r.side),
      (r) => r.stage, // !
      (r, o) => ({ ...r, first: o.id }),
    ),`),
    says: "two texts that have no value in common are never equal",
    right: staged(`$.raw.lookup(
      $.raw.dedupe({ key: (r) => r.side, orderBy: (r) => r.id }).key((r) => r.side),
      (r) => r.side,
      (r, o) => ({ ...r, first: o.id }),
    ),`),
  },
  {
    rule: "a lookup by several columns of which one is another enum",
    wrong: staged(`$.raw.lookup(
      $.raw.dedupe({ key: (r) => [r.id, r.side], orderBy: (r) => r.id }).key((r) => [r.id, r.side]),
      (r) => [r.id, r.stage], // !
      (r, o) => ({ ...r, first: o.id }),
    ),`),
    says: FITS_NO_KEY,
  },
  {
    rule: "a measure of the name of a group",
    wrong: gold(`$.orders.groupBy((o) => ({ status: o.status, amount: 1 })).aggregate((o) => ({
    orders: o.order_id.count(),
    amount: o.amount.sum(), // !
  })),`),
    says: 'the groups have a column "amount" already: give the measure another name, or leave it out',
    right: gold(`$.orders.groupBy((o) => ({ status: o.status })).aggregate((o) => ({
    orders: o.order_id.count(),
    amount: o.amount.sum(),
  })),`),
  },
  {
    rule: "an enum of values that are not written down",
    wrong: 't.enum(\n  ["new"] as string[], // !\n)',
    says: "the values of this enum are not known here",
    right: 't.enum(\n  ["new"] as const,\n)',
  },
];

const columnsAndTypes: readonly Mistake[] = [
  {
    rule: "unknown column in select",
    wrong: silver("$.orders.select((o) => ({ x: o.nope })), // !"),
    says: "Property 'nope' does not exist on type",
    right: silver("$.orders.select((o) => ({ x: o.note })),"),
  },
  {
    rule: "unknown column in where",
    wrong: silver("$.orders.where((o) => o.nope.eq(1)), // !"),
    says: "Property 'nope' does not exist on type",
  },
  {
    rule: "unknown column after it was dropped",
    wrong: silver("$.orders\n    .select(({ note, ...rest }) => rest)\n    .where((o) => o.note.eq('x')), // !"),
    says: "Property 'note' does not exist on type",
    right: silver(
      "$.orders\n    .select(({ note, ...rest }) => ({ ...rest, remark: note }))\n    .where((o) => o.remark.eq('x')),",
    ),
  },
  {
    rule: "unknown column in key",
    wrong: silver("$.orders.key((o) => o.nope), // !"),
    says: "Property 'nope' does not exist on type",
  },
  {
    rule: "unknown column in an expectation",
    wrong: silver("$.orders.expectOrDrop({\n    known: (o) => o.nope.gt(0), // !\n  }),"),
    says: "Property 'nope' does not exist on type",
    right: silver("$.orders.expectOrDrop({\n    known: (o) => o.amount.gt(0),\n  }),"),
  },
  {
    rule: "unknown table",
    wrong: silver("$.nowhere, // !"),
    says: "Property 'nowhere' does not exist on type",
  },
  {
    rule: "wrong type: a bigint is compared with a text",
    wrong: silver("$.orders.where((o) => o.order_id.eq('abc')), // !"),
    says: "Argument of type '\"abc\"' is not assignable",
    right: silver("$.orders.where((o) => o.order_id.eq(1)),"),
  },
  {
    rule: "wrong type: a bigint is compared with a string column",
    wrong: silver("$.orders.where((o) => o.order_id.eq(o.status)), // !"),
    says: "Argument of type 'StringExpr<never, never>' is not assignable to parameter of type",
    right: silver("$.orders.where((o) => o.order_id.eq(o.status.cast(t.bigint()))),"),
  },
  {
    rule: "wrong type: a string is compared with a number",
    wrong: silver("$.orders.where((o) => o.status.eq(1)), // !"),
    says: "Argument of type 'number' is not assignable",
    right: silver("$.orders.where((o) => o.status.eq('1')),"),
  },
  {
    rule: "wrong type: a date is compared with a timestamp",
    wrong: silver("$.accounts.where((a) => a.day.eq(fn.coalesce(a.day).cast(t.timestamp()))), // !"),
    says: "is not assignable to type '\"date\"'",
    right: silver("$.accounts.where((a) => a.day.cast(t.timestamp()).eq('2024-01-01')),"),
  },
  {
    rule: "wrong type: where() with something that is no condition",
    wrong: silver("$.orders.where((o) => o.amount), // !"),
    says: "is not assignable to type 'Condition'",
    right: silver("$.orders.where((o) => o.amount.gt(0)),"),
  },
  {
    rule: "wrong type: a text method of a number",
    wrong: silver("$.orders.derive((o) => ({ x: o.amount.lower() })), // !"),
    says: 'Property \'lower\' does not exist on type \'NumberExpr<"decimal", never, never, "EUR"',
    right: silver("$.orders.derive((o) => ({ x: o.status.lower() })),"),
  },
  {
    rule: "wrong type: eq of a whole number with a fraction",
    wrong: silver("$.orders.where((o) => o.order_id.eq(1.5)), // !"),
    says: "bigint accepts whole constants only: give a whole number, or cast() the column that it meets to a decimal or a double",
    right: silver("$.orders.where((o) => o.order_id.eq(1)),"),
  },
  {
    rule: "wrong type: between of a whole number with a fraction",
    wrong: silver("$.orders.where((o) => o.order_id.between(1, 2.5)), // !"),
    says: "bigint accepts whole constants only: give a whole number, or cast() the column that it meets to a decimal or a double",
    right: silver("$.orders.where((o) => o.order_id.between(1, 2n)),"),
  },
  {
    rule: "wrong type: in of a whole number with a fraction",
    wrong: silver("$.orders.where((o) => o.order_id.in(1, 2.5)), // !"),
    says: "bigint accepts whole constants only: give a whole number, or cast() the column that it meets to a decimal or a double",
    right: silver("$.orders.where((o) => o.order_id.in(1, '2')),"),
  },
  {
    rule: "wrong type: nullIf of a whole number with a fraction",
    wrong: silver("$.orders.where((o) => o.order_id.nullIf(0.5).isNull()), // !"),
    says: "bigint accepts whole constants only: give a whole number, or cast() the column that it meets to a decimal or a double",
    right: silver("$.orders.where((o) => o.order_id.nullIf(0).isNull()),"),
  },
  {
    rule: "wrong type: a number is added to a text",
    wrong: silver("$.orders.derive((o) => ({ x: o.amount.plus(o.status) })), // !"),
    says: "is not assignable to",
  },
  {
    rule: "wrong type: values of a case that do not mix",
    wrong: silver("$.orders.derive((o) => ({\n    x: fn.when(o.amount.gt(0), 'a').otherwise(o.amount), // !\n  })),"),
    says: "the values of a case need one type, and string and decimal do not mix",
    right: silver(
      "$.orders.derive((o) => ({\n    x: fn.when(o.amount.gt(0), 'a').when(o.amount.lt(0), 'b').otherwise(null),\n  })),",
    ),
  },
  {
    rule: "a case of nulls alone",
    wrong: silver("$.orders.derive((o) => ({ x: fn.when(o.amount.gt(0), null).otherwise(null) })), // !"),
    says: "a null has no type: give it one: fn.lit(null, t.string())",
    right: silver("$.orders.derive((o) => ({ x: fn.when(o.amount.gt(0), null).otherwise(o.amount) })),"),
  },
  {
    rule: "a text as the condition of a case",
    wrong: silver("$.orders.derive((o) => ({ x: fn.when('paid', o.line).otherwise(0) })), // !"),
    says: "a condition was expected: give it itself, such as c.amount.gt(0), not a callback of one",
    right: silver("$.orders.derive((o) => ({ x: fn.when(o.status.eq('paid'), o.line).otherwise(0) })),"),
  },
  {
    rule: "a callback as the filter of an aggregate",
    wrong: silver("$.orders.aggregate((o) => ({ x: o.amount.sum().filter((p) => p.amount.gt(0)) })), // !"),
    says: "a condition was expected: give it itself, such as c.amount.gt(0), not a callback of one",
    right: silver("$.orders.aggregate((o) => ({ x: o.amount.sum().filter(o.amount.gt(0)) })),"),
  },
  {
    rule: "a window is ordered by a name",
    wrong: silver(
      "$.orders.derive((o) => ({ x: fn.rowNumber().over({ partitionBy: o.line, orderBy: 'ordered_at' }) })), // !",
    ),
    says: "what to order by was expected: c.at or c.at.desc(), or a list of them",
    right: silver("$.orders.derive((o) => ({ x: fn.rowNumber().over({ orderBy: o.ordered_at }) })),"),
  },
  {
    rule: "rows are ordered by a column and a text",
    wrong: silver("$.orders.orderBy((o) => [o.ordered_at, 'desc']).limit(1), // !"),
    says: "what to order by was expected: c.at or c.at.desc(), or a list of them",
    right: silver("$.orders.orderBy((o) => [o.ordered_at.desc()]).limit(1),"),
  },
  {
    rule: "a frame in words",
    wrong: silver(
      "$.orders.derive((o) => ({\n    x: o.line.max().over({ orderBy: o.line, frame: 'rows between 6 preceding' }), // !\n  })),",
    ),
    says: "a frame was expected",
    right: silver(
      "$.orders.derive((o) => ({\n    x: o.line.max().over({ orderBy: o.line, frame: { unit: 'rows', start: -6, end: 0 } }),\n  })),",
    ),
  },
  {
    rule: "the first by a name",
    wrong: silver("$.orders.aggregate((o) => ({ x: o.amount.firstBy('ordered_at') })), // !"),
    says: "what to order by was expected: a column of numbers, texts or times, such as c.at",
    right: silver("$.orders.aggregate((o) => ({ x: o.amount.firstBy(o.ordered_at) })),"),
  },
  {
    rule: "a callback as the tables of bronze",
    wrong: `pipeline("p").bronze(() => ({ raw: source.csv("raw.csv", { id: t.bigint() }) })) // !`,
    says: "an object of sources was expected, not a function: bronze({ orders_raw: source.json(",
    right: `pipeline("p").bronze({ raw: source.csv("raw.csv", { id: t.bigint() }) })`,
  },
  {
    rule: "a column as a salt",
    wrong: silver("$.customers.derive((c) => ({ x: c.email.sha256(c.country) })), // !"),
    says: "a salt was expected: one for all rows",
    right: silver("$.customers.derive((c) => ({ x: c.email.sha256('salt') })),"),
  },
  {
    rule: "wrong type: a number where a text is asked",
    wrong: silver("$.orders.derive((o) => ({ x: o.status.concat(1) })), // !"),
    says: "a constant or a column of this type",
    right: silver("$.orders.derive((o) => ({ x: o.status.concat('1') })),"),
  },
  {
    rule: "fn.not() of a condition",
    wrong: silver("$.orders.where((o) => fn.not(o.amount.gt(0))), // !"),
    says: "only accessible within class 'AFunctionOfOneColumnIsItsMethod'",
    right: silver("$.orders.where((o) => o.amount.gt(0).not()),"),
  },
  {
    rule: "wrong type: one of four values of a case",
    wrong: silver(
      "$.orders.derive((o) => ({\n    x: fn.when(o.amount.gt(9), 'a').when(o.amount.gt(5), 2).when(o.amount.gt(1), 'c').otherwise('d'), // !\n  })),",
    ),
    says: "the values of a case need one type, and string and int do not mix",
  },
  {
    rule: "wrong type: what is made of a case of two types",
    wrong: silver(
      "$.orders.derive((o) => ({\n    x: fn.when(o.amount.gt(9), o.amount.gt(99)).otherwise(o.amount), // !\n  })).where((o) => o.x.gt(5)),",
    ),
    says: "the values of a case need one type, and boolean and decimal do not mix",
  },
  {
    rule: "wrong type: coalesce() of a text and a number",
    wrong: silver("$.orders.derive((o) => ({ x: fn.coalesce(o.note, o.amount) })), // !"),
    says: "the values of a case need one type, and string and decimal do not mix",
    right: silver("$.orders.derive((o) => ({ x: fn.coalesce(o.note, o.amount.cast(t.string()), o.status) })),"),
  },
  {
    rule: "wrong type: makeDate() of a text",
    wrong: silver("$.orders.derive((o) => ({ x: fn.makeDate(o.status, o.line, o.line) })), // !"),
    says: "is not assignable to",
  },
  {
    rule: "wrong type: an object of JavaScript where a column is asked",
    wrong: silver("$.orders.select(() => ({ x: { y: 1 } })), // !"),
    says: "a value of JavaScript is not a column: use a column, or fn.lit() for a constant",
    right: silver("$.orders.select(() => ({ x: 1, y: 'web', z: true, u: 2n, v: new Date(0) })),"),
  },
  {
    rule: "wrong type: a null without a type as a column",
    wrong: silver("$.orders.derive(() => ({ x: null })), // !"),
    says: "a null has no type: give it one: fn.lit(null, t.string())",
    right: silver("$.orders.derive(() => ({ x: fn.lit(null, t.string()) })).whereNotNull((o) => ({ x: o.x })),"),
  },
  {
    rule: "wrong type: a null without a type in fn.lit()",
    wrong: silver("$.orders.derive(() => ({ x: fn.lit(null) })), // !"),
    says: "a null has no type: give it one: fn.lit(null, t.string())",
  },
  {
    rule: "wrong type: a computed number as a column",
    wrong: silver("$.orders.derive(() => ({ x: Number('1') })), // !"),
    says: "the type of a computed number is not known: give it one: fn.lit(value, t.int()); columns have plus(), minus(), times() and div()",
    right: silver("$.orders.derive(() => ({ x: fn.lit(Number('1'), t.int()) })).where((o) => o.x.gt(0)),"),
  },
  {
    rule: "wrong type: a computed number in an aggregate",
    wrong: silver("$.orders.aggregate(() => ({ n: fn.countRows(), x: Number('1') })), // !"),
    says: "the type of a computed number is not known",
    right: silver("$.orders.aggregate(() => ({ n: fn.countRows(), x: 1 })).where((o) => o.x.gt(0)),"),
  },
  {
    rule: "wrong type: an order as a column",
    wrong: silver("$.orders.derive((o) => ({ x: o.amount.desc() })), // !"),
    says: "an order is not a column: leave out asc() and desc(), which stand in orderBy",
    right: silver("$.orders.derive((o) => ({ x: fn.rank().over({ orderBy: o.amount.desc() }) })),"),
  },
  {
    rule: "wrong type: a secret as a column",
    wrong: silver("$.orders.derive(() => ({ x: param.secret('salt', { scope: 's' }) })), // !"),
    says: "a secret is not a column: give it to sha256() or tokenize() as the salt",
    right: silver("$.orders.derive((o) => ({ x: o.status.sha256(param.secret('salt', { scope: 's' })) })),"),
  },
  {
    rule: "wrong type: a window ordered by a text, in gold",
    wrong: gold("$.orders.derive((o) => ({ x: o.amount.sum().over({ orderBy: 'line' }) })), // !"),
    says: "what to order by was expected: c.at or c.at.desc(), or a list of them",
    right: gold("$.orders.derive((o) => ({ x: o.amount.sum().over({ orderBy: o.line }) })),"),
  },
  {
    rule: "wrong type: === of columns as a column",
    wrong: silver("$.orders.derive((o) => ({ x: o.note === o.note })), // !"),
    says: "===, ! and < of JavaScript compare objects, not values: use eq(), ne(), not() or lt()",
    right: silver("$.orders.derive((o) => ({ x: o.note.eq(o.note), y: true })),"),
  },
  {
    rule: "wrong type: fn.lit() with a constant of another type",
    wrong: silver("$.orders.derive(() => ({ x: fn.lit('web', t.int()) })), // !"),
    says: "is not assignable to parameter of type",
    right: silver("$.orders.derive(() => ({ x: fn.lit('1.50', t.decimal(9, 2).unit('EUR')) })),"),
  },
  {
    rule: "wrong type: an aggregate before it is grouped, as a column",
    wrong: silver("$.orders.derive((o) => ({ x: o.amount.sum() })), // !"),
    says: "an aggregate is used where a value per row is expected",
    right: silver("$.orders.derive((o) => ({ x: o.amount.sum().over({ partitionBy: o.customer_id }) })),"),
  },
  {
    rule: "wrong type: a column in place of an aggregate, in gold",
    wrong: gold("$.orders.aggregate((o) => ({ x: o.amount })), // !"),
    says: 'column "x" is used where an aggregate is expected: put it into groupBy()',
  },
  {
    rule: "whereNotNull() with a column under another name",
    wrong: silver("$.orders_raw.whereNotNull((o) => ({ remark: o.note })), // !"),
    says: "whereNotNull() accepts columns under their own names",
    right: silver("$.orders_raw.whereNotNull((o) => ({ note: o.note })),"),
  },
  {
    rule: "wrong type: a column in place of an aggregate",
    wrong: silver("$.orders.aggregate((o) => ({ x: o.amount })), // !"),
    says: 'column "x" is used where an aggregate is expected: put it into groupBy()',
    right: silver("$.orders.aggregate((o) => ({ x: o.amount.sum() })),"),
  },
  {
    rule: "wrong type: the time of an asOfJoin",
    wrong: gold(`$.orders.asOfJoin($.history, {
    on: (o, c) => o.customer_id.eq(c.customer_id),
    at: (o) => o.status, // !
    select: (o, c) => ({ country: c.country, amount: o.amount }),
  }),`),
    says: "Type '\"string\"' is not assignable to type '\"timestamp\"'",
    right: gold(`$.orders.asOfJoin($.history, {
    on: (o, c) => o.customer_id.eq(c.customer_id),
    at: (o) => o.ordered_at,
    select: (o, c) => ({ country: c.country, amount: o.amount }),
  }),`),
  },
  {
    rule: "wrong type: asOfJoin with a table that has no history",
    wrong: gold(`$.orders.asOfJoin($.customers, { // !
    on: (o, c) => o.customer_id.eq(c.customer_id),
    at: (o) => o.ordered_at,
    select: (o, c) => ({ country: c.country, amount: o.amount }),
  }),`),
    says: "asOfJoin() reads a history: make the other table with scd2()",
  },
  {
    rule: "union with a table in error, on either side",
    wrong: `shop.silver(($) => ({
      bad: $.orders.derive((o) => ({ note: o.note === o.note })), // !
    })).silver(($) => ({ a: $.bad.union($.orders), b: $.orders.union($.bad) }))`,
    says: "===, ! and < of JavaScript compare objects, not values: use eq(), ne(), not() or lt()",
    right: `shop.silver(($) => ({
      good: $.orders.derive((o) => ({ note: o.note.trim(), weight: 1.5 })),
    })).silver(($) => ({ a: $.good.where((o) => o.weight.gt(1)) }))`,
  },
  {
    rule: "union with a column that the other side lacks",
    wrong: silver("$.orders_raw.union($.orders_raw.select(({ note, ...rest }) => rest)), // !"),
    says: 'union() needs the same columns, and the other side lacks "note"',
    right: silver(
      "$.orders_raw.select(({ note, ...rest }) => rest).union($.orders_raw.select(({ note, ...rest }) => rest)),",
    ),
  },
  {
    rule: "union with a column that this side lacks",
    wrong: silver("$.orders_raw.select(({ note, ...rest }) => rest).union($.orders_raw), // !"),
    says: 'union() needs the same columns, and this side lacks "note"',
  },
  {
    rule: "union with a column of another type",
    wrong: silver(
      "$.orders_raw.select((o) => ({ id: o.order_id })).union($.orders_raw.select((o) => ({ id: o.status }))), // !",
    ),
    says: 'union() needs the same type and unit of column "id" on both sides',
    right: silver(
      "$.orders_raw.select((o) => ({ id: o.order_id })).union($.orders_raw.select((o) => ({ id: o.line }))),",
    ),
  },
  {
    rule: "a query step after a setting",
    wrong: silver("$.orders_raw.comment('orders').where((o) => o.amount.gt(0)), // !"),
    says: AFTER,
    right: silver("$.orders_raw.where((o) => o.amount.gt(0)).comment('orders'),"),
  },
  {
    rule: "a join after an expectation",
    wrong: silver(`$.orders_raw.expect({ paid: (o) => o.amount.gt(0) }).lookup( // !
    $.customers,
    (o) => o.customer_id, (o, c) => ({ id: o.order_id, country: c.country })),`),
    says: AFTER,
  },
];

/** Operators of JavaScript, which is never asked what they mean. */
const operators: readonly Mistake[] = [
  {
    rule: "&& of two conditions",
    wrong: silver("$.orders.where((o) => o.status.ne('x') && o.amount.gt(0)), // !"),
    says: "This condition will always return true",
    right: silver("$.orders.where((o) => o.status.ne('x').and(o.amount.gt(0))),"),
  },
  {
    rule: "&& in the match of a join",
    wrong: silver(
      "$.orders.semiJoin(\n    $.customers,\n    (o, c) => o.customer_id.eq(c.customer_id) && o.status.ne('x'), // !\n  ),",
    ),
    says: "This condition will always return true",
    right: silver(
      "$.orders.semiJoin(\n    $.customers,\n    (o, c) => o.customer_id.eq(c.customer_id).and(o.status.ne('x')),\n  ),",
    ),
  },
  {
    rule: "&& in an expectation",
    wrong: silver("$.orders.expect({\n    known: (o) => o.note.isNotNull() && o.amount.gt(0), // !\n  }),"),
    says: "This condition will always return true",
  },
  {
    rule: "a choice by ?:",
    wrong: silver("$.orders.derive((o) => ({\n    x: o.status.eq('x') ? o.amount : o.amount.negate(), // !\n  })),"),
    says: "This condition will always return true",
    right: silver(
      "$.orders.derive((o) => ({\n    x: fn.when(o.status.eq('x'), o.amount).otherwise(o.amount.negate()),\n  })),",
    ),
  },
  {
    rule: "a choice by if",
    wrong: silver(
      "$.orders.derive((o) => {\n    if (o.status.eq('x')) return { x: o.amount }; // !\n    return { x: o.amount.negate() };\n  }),",
    ),
    says: "This condition will always return true",
  },
  {
    rule: "a nullable column and another by &&",
    wrong: silver("$.orders.where((o) => o.note && o.amount.gt(0)), // !"),
    says: "This condition will always return true",
    right: silver("$.orders.where((o) => o.note.isNotNull().and(o.amount.gt(0))),"),
  },
  {
    rule: "a number by toString()",
    wrong: silver("$.orders.where((o) => o.status.eq(o.order_id.toString())), // !"),
    says: "an expression has no text while the pipeline is built",
    right: silver("$.orders.where((o) => o.status.eq(o.order_id.cast(t.string()))),"),
  },
  {
    rule: "two columns by +",
    wrong: silver("$.orders.derive((o) => ({ x: o.status + o.status })), // !"),
    says: "Operator '+' cannot be applied",
    right: silver("$.orders.derive((o) => ({ x: o.status.concat(o.status) })),"),
  },
];

const keys: readonly Mistake[] = [
  {
    rule: "a nullable key",
    wrong: silver("$.orders_raw.key((o) => o.coupon_id), // !"),
    says: keyNull("coupon_id"),
    right: silver("$.orders_raw.derive((o) => ({ coupon_id: o.coupon_id.orElse(0) })).key((o) => o.coupon_id),"),
  },
  {
    rule: "a nullable part of a key",
    wrong: silver("$.orders_raw.key((o) => [o.order_id, o.coupon_id]), // !"),
    says: keyNull("coupon_id"),
    right: silver(
      "$.orders_raw.whereNotNull((o) => ({ coupon_id: o.coupon_id })).key((o) => [o.order_id, o.coupon_id]),",
    ),
  },
  {
    rule: "a nullable key after a left join",
    wrong:
      silver(`$.orders.leftJoin($.customers, (o, c) => o.customer_id.eq(c.customer_id), (o, c) => ({ id: c.customer_id, o: o.order_id }))
    .key((r) => r.id), // !`),
    says: keyNull("id"),
    right:
      silver(`$.orders.leftJoin($.customers, (o, c) => o.customer_id.eq(c.customer_id), (o, c) => ({ id: c.customer_id, o: o.order_id }))
    .key((r) => r.o),`),
  },
  {
    rule: "changes with a nullable key",
    wrong: silver("$.loose,")
      .replace("shop.silver", "shop.scd1")
      .replace(
        "$.loose,",
        `$.orders_raw.changes({
    key: (o) => o.coupon_id, // !
    sequenceBy: (o) => o.ordered_at,
  }),`,
      ),
    says: keyNull("coupon_id"),
    right: `shop.scd1(($) => ({ made: $.orders_raw.whereNotNull((o) => ({ coupon_id: o.coupon_id })).changes({
    key: (o) => o.coupon_id,
    sequenceBy: (o) => o.ordered_at,
  }) }))`,
  },
  {
    rule: "changes with a nullable sequence",
    wrong: `shop.scd2(($) => ({ made: $.orders_raw.changes({
    key: (o) => o.order_id,
    sequenceBy: (o) => o.corrected_at, // !
  }) }))`,
    says: "sequenceBy must not be null: filter with whereNotNull((r) => ({ id: r.id })), or give orElse() a value",
    right: `shop.scd2(($) => ({ made: $.orders_raw.changes({
    key: (o) => o.order_id,
    sequenceBy: (o) => o.corrected_at.orElse("1970-01-01T00:00:00Z"),
  }) }))`,
  },
  {
    rule: "changes with a nullable sequence among several",
    wrong: `shop.scd2(($) => ({ made: $.orders_raw.changes({
    key: (o) => o.order_id,
    sequenceBy: (o) => fn.struct({ at: o.ordered_at, corrected: o.corrected_at }), // !
  }) }))`,
    says: "sequenceBy must not be null: filter with whereNotNull((r) => ({ id: r.id })), or give orElse() a value",
    right: `shop.scd2(($) => ({ made: $.orders_raw.changes({
    key: (o) => o.order_id,
    sequenceBy: (o) => fn.struct({ at: o.ordered_at, line: o.line }),
  }) }))`,
  },
  {
    rule: "changes with columns and a nullable key",
    wrong: `shop.scd2(($) => ({ made: $.orders_raw.changes({
    key: (o) => o.coupon_id, // !
    sequenceBy: (o) => o.ordered_at,
    columns: ({ status, ...rest }) => rest,
  }) }))`,
    says: keyNull("coupon_id"),
  },
  {
    rule: "changes without a key",
    wrong: `shop.scd2(($) => ({ made: $.orders_raw.changes({ // !
    sequenceBy: (o) => o.ordered_at,
  }) }))`,
    says: "Property 'key' is missing",
  },
  {
    rule: "changes without a sequence",
    wrong: `shop.scd2(($) => ({ made: $.orders_raw.changes({ // !
    key: (o) => o.order_id,
  }) }))`,
    says: "Property 'sequenceBy' is missing",
  },
  {
    rule: "changes with a key that is no column",
    wrong: `shop.scd2(($) => ({ made: $.orders_raw.changes({
    key: (o) => o.nope, // !
    sequenceBy: (o) => o.ordered_at,
  }) }))`,
    says: "Property 'nope' does not exist on type",
  },
  {
    rule: "a foreign key to a table without a key",
    wrong: silver("$.orders_raw.references($.accounts, (o) => o.status), // !"),
    says: NO_KEY,
    right: silver("$.orders_raw.references($.customers, (o) => o.customer_id),"),
  },
  {
    rule: "a foreign key of another type",
    wrong: silver("$.orders_raw.references($.customers, (o) => o.status), // !"),
    says: FITS_NO_KEY,
    right: silver("$.orders_raw.references($.customers, (o) => o.coupon_id),"),
  },
  {
    rule: "a foreign key of fewer columns",
    wrong: silver("$.orders_raw.references($.orders, (o) => [o.order_id]), // !"),
    says: FITS_NO_KEY,
    right: silver("$.orders_raw.references($.orders, (o) => [o.order_id, o.line]),"),
  },
  {
    rule: "a foreign key of one column to a key of two",
    wrong: silver("$.orders_raw.references($.orders, (o) => o.order_id), // !"),
    says: FITS_NO_KEY,
  },
  {
    rule: "a foreign key of two columns to a key of one",
    wrong: silver("$.orders_raw.references($.customers, (o) => [o.customer_id, o.line]), // !"),
    says: "is not assignable to type",
  },
  {
    rule: "a lookup of a table without a key",
    wrong: silver("$.orders_raw.lookup($.accounts, (o) => o.status, (o, a) => ({ id: o.order_id, d: a.day })), // !"),
    says: NO_KEY,
    right: silver(
      "$.orders_raw.lookup($.customers, (o) => o.customer_id, (o, c) => ({ id: o.order_id, c: c.country })),",
    ),
  },
  {
    rule: "a lookup with a column of another type than the key",
    wrong: silver(
      "$.orders_raw.lookup($.customers, (o) => o.status, (o, c) => ({ id: o.order_id, c: c.country })), // !",
    ),
    says: FITS_NO_KEY,
  },
];

const layers: readonly Mistake[] = [
  {
    rule: "gold takes a bronze table",
    wrong: gold("$.orders_raw, // !"),
    says: 'gold reads silver and gold, and "orders_raw" is bronze: make a silver table of it first',
    right: gold("$.orders,"),
  },
  {
    rule: "gold reads a bronze table",
    wrong: gold("$.orders_raw.where((o) => o.amount.gt(0)), // !"),
    says: 'gold reads silver and gold, and "orders_raw" is bronze: make a silver table of it first',
    right: gold("$.by_status.where((o) => o.revenue.gt(0)),"),
  },
  {
    rule: "gold joins a bronze table",
    wrong: gold("$.orders.semiJoin($.customers_raw, (o) => o.amount.gt(0)), // !"),
    says: 'gold reads silver and gold, and "customers_raw" is bronze: make a silver table of it first',
    right: gold("$.orders.semiJoin($.customers, (o, c) => o.customer_id.eq(c.customer_id)),"),
  },
  {
    rule: "silver reads gold",
    wrong: silver("$.by_status.where((o) => o.revenue.gt(0)), // !"),
    says: 'silver, which includes scd1() and scd2(), reads bronze and silver, and "by_status" is gold',
  },
  {
    rule: "a query as the input of scd1",
    wrong: `shop.scd1(($) => ({\n  made: $.orders_raw, // !\n}))`,
    says: "changes",
    right: `shop.scd1(($) => ({ made: $.orders_raw.changes({ key: (o) => [o.order_id, o.line], sequenceBy: (o) => o.ordered_at }) }))`,
  },
  {
    rule: "a query as the input of scd2",
    wrong: `shop.scd2(($) => ({\n  made: $.orders_raw.where((o) => o.amount.gt(0)), // !\n}))`,
    says: "changes",
  },
  {
    rule: "change events as a silver table",
    wrong: silver("$.orders_raw.changes({ key: (o) => o.order_id, sequenceBy: (o) => o.ordered_at }), // !"),
    says: "change events are not a table yet: give them to .scd1() or .scd2()",
  },
  {
    rule: "change events of a joined query",
    wrong: `shop.scd1(($) => ({
  made: $.orders_raw.semiJoin($.customers, (o, c) => o.customer_id.eq(c.customer_id)).changes({ // !
    key: (o) => o.order_id,
    sequenceBy: (o) => o.ordered_at,
  }),
}))`,
    says: "change events are read as a stream, and this joins, aggregates, or reads a table that is updated in place",
  },
  {
    rule: "a stream read of a table that is updated in place",
    wrong: silver("$.history.where((h) => h.country.eq('DE')).streaming(), // !"),
    says: "a streaming table does not join, aggregate, or read a table that is updated in place",
    right: silver("$.orders.where((h) => h.amount.gt(0)).streaming(),"),
  },
  {
    rule: "a stream read of an scd1 target",
    wrong: `shop
  .scd1(($) => ({ latest: $.orders_raw.changes({ key: (o) => o.order_id, sequenceBy: (o) => o.ordered_at }) }))
  .silver(($) => ({ made: $.latest.where((o) => o.amount.gt(0)).streaming() })) // !`,
    says: "a streaming table does not join, aggregate, or read a table that is updated in place",
    right: `shop
  .scd1(($) => ({ latest: $.orders_raw.changes({ key: (o) => o.order_id, sequenceBy: (o) => o.ordered_at }) }))
  .silver(($) => ({ made: $.latest.where((o) => o.amount.gt(0)).materialized() }))`,
  },
  {
    rule: "an aggregate as a streaming table",
    wrong: silver("$.orders.aggregate((o) => ({ n: o.amount.count() })).streaming(), // !"),
    says: "a streaming table does not join, aggregate, or read a table that is updated in place",
  },
  {
    rule: "a table name that is there already, in silver",
    wrong: "shop.silver(($) => ({\n  orders: $.orders_raw, // !\n}))",
    says: 'there is a table "orders" already: give this one another name',
    right: "shop.silver(($) => ({\n  more_orders: $.orders_raw,\n}))",
  },
  {
    rule: "a table name that is there already, in bronze",
    wrong: "shop.bronze({\n  orders_raw: source.json('x', { id: t.bigint() }), // !\n})",
    says: 'there is a table "orders_raw" already: give this one another name',
    right: "shop.bronze({\n  other_raw: source.json('x', { id: t.bigint() }),\n})",
  },
  {
    rule: "a table name that is there already, in gold",
    wrong: "shop.gold(($) => ({\n  orders: $.by_status, // !\n}))",
    says: 'there is a table "orders" already: give this one another name',
  },
  {
    rule: "a table name that is there already, in scd2",
    wrong: `shop.scd2(($) => ({
  customers: $.customers_raw.changes({ key: (c) => c.customer_id, sequenceBy: (c) => c.changed_at }), // !
}))`,
    says: 'there is a table "customers" already: give this one another name',
  },
  {
    rule: "a table name that is in both pipelines",
    wrong: "shop.include(pipeline('b').bronze({ orders: source.json('x', { id: t.bigint() }) })) // !",
    says: 'there is a table "orders" already: give this one another name',
    // The same module twice is no mistake: see test/unit/modules.test.ts.
    right:
      "shop.include(pipeline('b').bronze({ others: source.json('x', { id: t.bigint() }) })).silver(($) => ({ x: $.others.semiJoin($.orders, (a, b) => a.id.eq(b.order_id)) }))",
  },
];

const personalData: readonly Mistake[] = [
  {
    rule: "what did not fit a source with e-mails, in gold",
    wrong:
      "pipeline('p')\n  .bronze({ raw: source.csv('x.csv', { id: t.bigint(), email: t.string().pii('email') }, { metadata: true }) })\n  .silver(($) => ({ all: $.raw }))\n  .gold(($) => ({\n    made: $.all.select((r) => ({ id: r.id, left: r._rescued_data })), // !\n  }))",
    says: 'column "left" carries personal data, which gold does not accept',
    right:
      "pipeline('p')\n  .bronze({ raw: source.csv('x.csv', { id: t.bigint() }, { metadata: true }) })\n  .silver(($) => ({ all: $.raw }))\n  .gold(($) => ({\n    made: $.all.select((r) => ({ id: r.id, left: r._rescued_data })),\n  }))",
  },
  {
    rule: "a pseudonym as the label of a source",
    wrong: "source.csv('x.csv', {\n  id: t.string().pii('pseudonym'), // !\n})",
    says: '"pseudonym" is the label that sha256() and tokenize() give, and a source cannot declare it',
    right: "source.csv('x.csv', {\n  id: t.string().pii('customer_id'),\n})",
  },
  {
    rule: "a count of rows by a condition on personal data in gold",
    wrong: gold("$.customers\n    .aggregate((c) => ({ n: c.email.eq('a@example.com').countIf() })),").replace(
      "made:",
      "made: // !\n   ",
    ),
    says: 'column "n" carries personal data, which gold does not accept',
  },
  {
    rule: "a row number with a frame",
    wrong: silver(`$.orders.derive((o) => ({
      n: fn.rowNumber().over({ orderBy: o.amount, frame: { unit: "rows", start: -1, end: 0 } }), // !
    })),`),
    says: "this function accepts no frame: it follows the order of the partition: leave the frame out",
    right: silver(`$.orders.derive((o) => ({
      n: fn.rowNumber().over({ orderBy: o.amount }),
      m: o.amount.firstValue().over({ orderBy: o.amount, frame: { unit: "rows", start: -1, end: 0 } }),
    })),`),
  },
  {
    rule: "a value of the row before with a frame",
    wrong: silver(`$.orders.derive((o) => ({
      n: o.amount.lag().over({ orderBy: o.amount, frame: { unit: "rows", start: -1, end: 0 } }), // !
    })),`),
    says: "this function accepts no frame: it follows the order of the partition: leave the frame out",
  },
  {
    rule: "a rank by income in gold",
    wrong: leak("fn.rank().over({ orderBy: c.income.desc() })"),
    says: LEAK,
    right: pii("fn.rank().over({ orderBy: c.credit.desc() })"),
  },
  {
    rule: "a running count in the order of birthdays in gold",
    wrong: leak("c.customer_id.count().over({ orderBy: [c.country, c.born] })"),
    says: LEAK,
  },
  { rule: "personal data in gold: a column", wrong: leak("c.email"), says: LEAK, right: pii("c.email.sha256('salt')") },
  {
    rule: "personal data in gold: a whole table",
    wrong: gold("$.customers.select(({ full_name, born, income, ...rest }) => rest), // !"),
    says: 'column "email" carries personal data, which gold does not accept',
    right: gold("$.customers.select(({ full_name, born, income, email, ...rest }) => rest),"),
  },
  {
    rule: "personal data in gold: lower()",
    wrong: leak("c.email.lower()"),
    says: LEAK,
    right: pii("c.email.tokenize('s')"),
  },
  {
    rule: "personal data in gold: concat() of it",
    wrong: leak("c.email.concat('x')"),
    says: LEAK,
    right: pii("c.email.mask()"),
  },
  { rule: "personal data in gold: concat() with it", wrong: leak("c.country.concat(c.email)"), says: LEAK },
  { rule: "personal data in gold: fn.concat()", wrong: leak("fn.concat(c.country, c.email)"), says: LEAK },
  {
    rule: "personal data in gold: fn.concat() of two labels",
    wrong: leak("fn.concat(c.email, ' ', c.full_name)"),
    says: LEAK,
  },
  {
    rule: "personal data in gold: beside a pseudonym",
    wrong: leak("c.full_name.sha256('s').concat(c.email)"),
    says: LEAK,
  },
  {
    rule: "personal data in gold: substring()",
    wrong: leak("c.email.substring(1, 3)"),
    says: LEAK,
    right: pii("c.email.redact()"),
  },
  { rule: "personal data in gold: length()", wrong: leak("c.email.length()"), says: LEAK },
  { rule: "personal data in gold: a comparison", wrong: leak("c.email.eq('x')"), says: LEAK },
  { rule: "personal data in gold: and()", wrong: leak("c.country.eq('DE').and(c.email.eq('x'))"), says: LEAK },
  { rule: "personal data in gold: isNull()", wrong: leak("c.email.isNull()"), says: LEAK },
  {
    rule: "personal data in gold: a part of a date",
    wrong: leak("c.born.year()"),
    says: LEAK,
    right: pii("c.born.year().declassify('a year names nobody')"),
  },
  {
    rule: "personal data in gold: fn.makeDate()",
    wrong: leak("fn.makeDate(c.born.year(), c.born.month(), c.born.day())"),
    says: LEAK,
  },
  { rule: "personal data in gold: format()", wrong: leak("c.born.format('yyyy-MM')"), says: LEAK },
  { rule: "personal data in gold: daysSince()", wrong: leak("c.changed_at.toDate().daysSince(c.born)"), says: LEAK },
  { rule: "personal data in gold: arithmetic", wrong: leak("c.credit.plus(c.income)"), says: LEAK },
  { rule: "personal data in gold: a ratio", wrong: leak("c.credit.div(c.income)"), says: LEAK },
  { rule: "personal data in gold: convert()", wrong: leak("c.income.convert('USD', '1.1')"), says: LEAK },
  { rule: "personal data in gold: round()", wrong: leak("c.income.round(1)"), says: LEAK },
  { rule: "personal data in gold: cast()", wrong: leak("c.income.cast(t.string())"), says: LEAK },
  {
    rule: "personal data in gold: declared in a cast",
    wrong: leak("c.country.cast(t.string().pii('town'))"),
    says: LEAK,
    right: pii("c.country.cast(t.string())"),
  },
  {
    rule: "personal data in gold: declared in an array of a cast",
    wrong: leak("c.country.cast(t.variant()).tryCast(t.array(t.string().pii('town')))"),
    says: LEAK,
  },
  { rule: "personal data in gold: tryCast()", wrong: leak("c.email.tryCast(t.int())"), says: LEAK },
  { rule: "personal data in gold: orElse()", wrong: leak("c.country.nullIf('').orElse(c.email)"), says: LEAK },
  { rule: "personal data in gold: nullIf()", wrong: leak("c.email.nullIf('')"), says: LEAK },
  {
    rule: "personal data in gold: the value of a case",
    wrong: leak("fn.when(c.country.eq('DE'), c.email).otherwise('x')"),
    says: LEAK,
  },
  {
    rule: "personal data in gold: the last value of a case",
    wrong: leak("fn.when(c.country.eq('DE'), 'x').otherwise(c.email)"),
    says: LEAK,
  },
  {
    rule: "personal data in gold: the first condition of a case",
    wrong: leak("fn.when(c.email.eq('x'), 1).otherwise(0)"),
    says: LEAK,
  },
  {
    rule: "personal data in gold: the second condition of a case",
    wrong: leak("fn.when(c.country.eq('DE'), 1).when(c.email.eq('x'), 2).otherwise(0)"),
    says: LEAK,
  },
  {
    rule: "personal data in gold: coalesce()",
    wrong: leak("fn.coalesce(c.country.nullIf(''), c.email)"),
    says: LEAK,
    right: pii("fn.coalesce(c.country.nullIf(''), c.email.emailDomain())"),
  },
  { rule: "personal data in gold: greatest()", wrong: leak("fn.greatest(c.country, c.email)"), says: LEAK },
  {
    rule: "personal data in gold: raw SQL",
    wrong: leak("sql(t.string())`upper(${c.email})`"),
    says: LEAK,
    right: pii("sql(t.string())`upper(${c.country})`"),
  },
  {
    rule: "personal data in gold: raw SQL with a condition",
    wrong: leak("sql(t.boolean())`${c.country} = 'DE' AND ${c.email.like('a%')}`"),
    says: LEAK,
  },
  {
    rule: "personal data in gold: raw SQL of a struct type",
    wrong: leak("sql(t.struct({ a: t.string() }))`named_struct('a', ${c.email})`"),
    says: LEAK,
  },
  {
    rule: "personal data in gold: a struct",
    wrong: leak("fn.struct({ country: c.country, email: c.email })"),
    says: LEAK,
    right: pii("fn.struct({ country: c.country, domain: c.email.emailDomain() })"),
  },
  {
    rule: "personal data in gold: a struct in a struct",
    wrong: leak("fn.struct({ a: fn.struct({ email: c.email }) })"),
    says: LEAK,
  },
  {
    rule: "personal data in gold: a field of a struct",
    wrong: leak("fn.struct({ country: c.country, email: c.email }).fields.email"),
    says: LEAK,
  },
  {
    rule: "personal data in gold: a case of structs",
    wrong: leak("fn.when(c.country.eq('DE'), fn.struct({ e: c.email })).otherwise(null)"),
    says: LEAK,
  },
  {
    rule: "personal data in gold: coalesce() of structs",
    wrong: leak("fn.coalesce(fn.struct({ e: c.email }), fn.struct({ e: c.email }))"),
    says: LEAK,
  },
  { rule: "personal data in gold: an array", wrong: leak("c.email.split('@')"), says: LEAK },
  { rule: "personal data in gold: an element of an array", wrong: leak("c.email.split('@').at(0)"), says: LEAK },
  { rule: "personal data in gold: lag()", wrong: leak("c.email.lag().over({ orderBy: c.changed_at })"), says: LEAK },
  {
    rule: "personal data in gold: firstValue()",
    wrong: leak("c.full_name.firstValue().over({ orderBy: c.changed_at })"),
    says: LEAK,
  },
  {
    rule: "personal data in gold: max() over a window",
    wrong: leak("c.email.max().over({ partitionBy: c.country })"),
    says: LEAK,
    right: pii("c.email.count().over({ partitionBy: c.country })"),
  },
  {
    rule: "personal data in gold: a nullable struct after whereNotNull()",
    wrong: gold("$.accounts.whereNotNull((a) => ({ contact: a.contact })).select((a) => ({ leak: a.contact })), // !"),
    says: LEAK,
    right: gold("$.accounts.whereNotNull((a) => ({ contact: a.contact })).select((a) => ({ city: a.account })),"),
  },
  {
    rule: "personal data in gold: a source's struct",
    wrong: gold("$.accounts.select((a) => ({ leak: a.contact })), // !"),
    says: LEAK,
  },
  {
    rule: "personal data in gold: a field of a source's struct",
    wrong: gold("$.accounts.select((a) => ({ leak: a.contact.fields.phone })), // !"),
    says: LEAK,
    right: gold("$.accounts.select((a) => ({ city: a.contact.fields.city })),"),
  },
  {
    rule: "personal data in gold: a union of structs, one nullable",
    wrong: gold(
      "$.accounts.select((a) => ({ leak: fn.struct({ p: a.contact.fields.phone }) })).union($.accounts.select((a) => ({ leak: fn.struct({ p: a.contact.fields.phone.orElse('') }) }))), // !",
    ),
    says: LEAK,
  },
  {
    rule: "personal data in gold: a union",
    wrong: gold(
      "$.customers.select((c) => ({ leak: c.country })).union($.customers.select((c) => ({ leak: c.email }))), // !",
    ),
    says: LEAK,
  },
  {
    rule: "personal data in gold: a group",
    wrong: gold("$.customers.groupBy((c) => ({ leak: c.email })).aggregate((c) => ({ n: c.credit.sum() })), // !"),
    says: LEAK,
    right: gold(
      "$.customers.groupBy((c) => ({ who: c.email.tokenize('s') })).aggregate((c) => ({ n: c.credit.sum() })),",
    ),
  },
  {
    rule: "personal data in gold: max() of a text",
    wrong: gold(
      "$.customers.groupBy((c) => ({ country: c.country })).aggregate((c) => ({ leak: c.email.max() })), // !",
    ),
    says: LEAK,
    right: gold(
      "$.customers.groupBy((c) => ({ country: c.country })).aggregate((c) => ({ people: c.email.countDistinct() })),",
    ),
  },
  {
    rule: "personal data in gold: sum() of a number",
    wrong: gold(
      "$.customers.groupBy((c) => ({ country: c.country })).aggregate((c) => ({ leak: c.income.sum() })), // !",
    ),
    says: LEAK,
    right: gold(
      "$.customers.groupBy((c) => ({ country: c.country })).aggregate((c) => ({ income: c.income.declassify('summed by country').sum() })),",
    ),
  },
  {
    rule: "personal data in gold: arrayAgg()",
    wrong: gold("$.customers.aggregate((c) => ({ leak: c.email.arrayAgg() })), // !"),
    says: LEAK,
  },
  {
    rule: "personal data in gold: the filter of an aggregate",
    wrong: gold("$.customers.aggregate((c) => ({ leak: c.credit.sum().filter(c.email.eq('x')) })), // !"),
    says: LEAK,
    right: gold("$.customers.aggregate((c) => ({ sum: c.credit.sum().filter(c.country.eq('DE')) })),"),
  },
  {
    rule: "personal data in gold: an expression without a type parameter",
    wrong: gold(
      "((plain: (e: AnyExpr) => AnyExpr) => $.customers.select((c) => ({ leak: plain(c.email) })))((e) => e), // !",
    ),
    says: LEAK,
  },
  {
    rule: "personal data in a flow into a table without",
    wrong: silver(
      "$.customers_raw.select((c) => ({ x: c.country })).appendFlow({ more: $.customers_raw.select((c) => ({ x: c.email })) }), // !",
    ),
    says: 'column "x" of this flow has another type, unit, label or additivity than the table\'s',
    right: silver(
      "$.customers_raw.select((c) => ({ x: c.country })).appendFlow({ more: $.customers_raw.select((c) => ({ x: c.op })) }),",
    ),
  },
  {
    rule: "personal data in a struct of a flow",
    wrong: silver(
      "$.customers_raw.select((c) => ({ x: fn.struct({ a: c.country, b: c.email }) })).appendFlow({ more: $.customers_raw.select((c) => ({ x: fn.struct({ a: c.email, b: c.country }) })) }), // !",
    ),
    says: 'column "x" of this flow has another type, unit, label or additivity than the table\'s',
  },
  {
    rule: "personal data in gold: a callback that says no more than that there are columns",
    wrong: gold("$.customers.select((c): Columns => ({ leak: c.email })), // !"),
    says: "carries personal data, which gold does not accept",
  },
  {
    rule: "personal data in gold: maxBy()",
    wrong: gold("$.customers.aggregate((c) => ({ leak: c.email.maxBy(c.changed_at) })), // !"),
    says: LEAK,
  },
  {
    rule: "personal data in gold: derive() over a column",
    wrong: gold(
      "$.by_status.lookup($.customers, (s) => s.orders, (s, c) => ({ status: s.status, mail: c.email })).derive((r) => ({ status: r.mail })).select((r) => ({ leak: r.status })), // !",
    ),
    says: LEAK,
  },
  { rule: "personal data in gold: a join", wrong: gold(`// !\n    ${joined},`), says: LEAK, right: gold(`${clean},`) },
  {
    rule: "personal data in gold: a left join",
    wrong: gold(
      "$.orders.leftJoin($.customers, (o, c) => o.customer_id.eq(c.customer_id), (o, c) => ({ id: o.order_id, leak: c.email })), // !",
    ),
    says: LEAK,
  },
  {
    rule: "personal data in gold: a full join",
    wrong: gold(
      "$.customers.fullJoin($.orders, (c, o) => o.customer_id.eq(c.customer_id), (c, o) => ({ id: o.order_id, leak: c.email })), // !",
    ),
    says: LEAK,
  },
  {
    rule: "personal data in gold: a lookup",
    wrong: gold(
      "$.orders.lookup($.customers, (o) => o.customer_id, (o, c) => ({ id: o.order_id, leak: c.email })), // !",
    ),
    says: LEAK,
    right: gold(
      "$.orders.lookup($.customers, (o) => o.customer_id, (o, c) => ({ id: o.order_id, who: c.email.sha256('s') })),",
    ),
  },
  {
    rule: "personal data in gold: an asOfJoin",
    wrong: gold(
      "$.orders.asOfJoin($.history, { on: (o, c) => o.customer_id.eq(c.customer_id), at: (o) => o.ordered_at, select: (o, c) => ({ id: o.order_id, leak: c.email }) }), // !",
    ),
    says: LEAK,
    right: gold(
      "$.orders.asOfJoin($.history, { on: (o, c) => o.customer_id.eq(c.customer_id), at: (o) => o.ordered_at, select: (o, c) => ({ id: o.order_id, who: c.email.emailDomain() }) }),",
    ),
  },
  {
    rule: "personal data in gold: rest",
    wrong: gold(
      "$.customers.select(({ full_name, born, income, email, ...rest }) => ({ ...rest, leak: full_name })), // !",
    ),
    says: LEAK,
    right: gold(
      "$.customers.select(({ full_name, born, income, email, ...rest }) => ({ ...rest, who: full_name.tokenize('s') })),",
    ),
  },
  {
    rule: "personal data in gold: a setting after the query",
    wrong: gold("$.customers.select((c) => ({ leak: c.email })).comment('x').tags({ a: 'b' }), // !"),
    says: LEAK,
  },
  {
    rule: "personal data in gold: a label of one's own",
    wrong: `pipeline("p")
  .bronze({ raw: source.json("x", { id: t.bigint(), plate: t.string().pii("number plate") }) })
  .silver(($) => ({ cars: $.raw }))
  .gold(($) => ({
    made: $.cars.select((c) => ({ leak: c.plate })), // !
  }))`,
    says: LEAK,
  },
  {
    rule: "personal data in gold: a label that is only known as a string",
    wrong: `((label: string) => pipeline("p")
  .bronze({ raw: source.json("x", { id: t.bigint(), plate: t.string().pii(label) }) })
  .silver(($) => ({ cars: $.raw }))
  .gold(($) => ({
    made: $.cars.select((c) => ({ leak: c.plate })), // !
  })))`,
    says: LEAK,
  },
];

const measures: readonly Mistake[] = [
  {
    rule: "the sum of an average",
    wrong: gold(sum("$.by_status", "mean")),
    says: NOT_SUMMED,
    right: gold(sum("$.by_status", "revenue")),
  },
  {
    rule: "the sum of a distinct count",
    wrong: gold(sum("$.by_status", "buyers")),
    says: NOT_SUMMED,
    right: gold(sum("$.by_status", "orders")),
  },
  {
    rule: "the sum of a ratio",
    wrong: gold(sum("$.orders.derive((o) => ({ ratio: o.amount.div(o.line) }))", "ratio")),
    says: NOT_SUMMED,
    right: gold(
      "$.orders.aggregate((o) => ({ a: o.amount.sum(), l: o.line.sum() })).derive((r) => ({ ratio: r.a.div(r.l) })),",
    ),
  },
  { rule: "the sum of a rate", wrong: gold(sum("$.orders", "price")), says: NOT_SUMMED },
  {
    rule: "the sum of a maximum",
    wrong: gold(sum("$.orders.groupBy((o) => ({ s: o.status })).aggregate((o) => ({ top: o.amount.max() }))", "top")),
    says: NOT_SUMMED,
  },
  {
    rule: "the sum of a running total",
    wrong: gold(sum("$.orders.derive((o) => ({ run: o.amount.sum().over({ orderBy: o.ordered_at }) }))", "run")),
    says: REPEATED,
  },
  {
    rule: "the sum of an average times two",
    wrong: gold(sum("$.by_status.derive((r) => ({ twice: r.mean.times(2) }))", "twice")),
    says: NOT_SUMMED,
  },
  {
    rule: "the sum of an average plus a sum",
    wrong: gold(sum("$.by_status.derive((r) => ({ both: r.revenue.plus(r.mean) }))", "both")),
    says: NOT_SUMMED,
  },
  {
    rule: "the sum of an average or zero",
    wrong: gold(sum("$.by_status.derive((r) => ({ mean: r.mean.orElse(0) }))", "mean")),
    says: NOT_SUMMED,
  },
  {
    rule: "the sum of a sum or an average",
    wrong: gold(sum("$.by_status.derive((r) => ({ mean: r.revenue.orElse(r.mean) }))", "mean")),
    says: NOT_SUMMED,
  },
  {
    rule: "the sum of an average that was cast",
    wrong: gold(sum("$.by_status.derive((r) => ({ mean: r.mean.cast(t.double()) }))", "mean")),
    says: NOT_SUMMED,
  },
  {
    rule: "the sum of a rate that a cast declares",
    wrong: gold(sum("$.orders.derive((o) => ({ rate: o.status.cast(t.decimal(9, 4).rate()) }))", "rate")),
    says: NOT_SUMMED,
    right: gold("$.orders.aggregate((o) => ({ total: o.status.cast(t.decimal(9, 4)).sum() })),"),
  },
  {
    rule: "the sum of an average through coalesce()",
    wrong: gold(sum("$.by_status.derive((r) => ({ mean: fn.coalesce(r.mean, r.revenue) }))", "mean")),
    says: NOT_SUMMED,
  },
  {
    rule: "the sum of an average through a case",
    wrong: gold(sum("$.by_status.derive((r) => ({ mean: fn.when(r.status.eq('x'), r.mean).otherwise(0) }))", "mean")),
    says: NOT_SUMMED,
  },
  {
    rule: "the sum of an average through a union",
    wrong: gold(
      sum("$.by_status.select((r) => ({ v: r.revenue })).union($.by_status.select((r) => ({ v: r.mean })))", "v"),
    ),
    says: NOT_SUMMED,
  },
  {
    rule: "a rate in a flow into a table of amounts",
    wrong: silver(
      "$.orders_raw.select((o) => ({ x: o.amount })).appendFlow({ more: $.orders_raw.select((o) => ({ x: o.price })) }), // !",
    ),
    says: 'column "x" of this flow has another type, unit, label or additivity than the table\'s',
  },
  {
    rule: "the sum of an average through whereNotNull()",
    wrong: gold(sum("$.by_status.whereNotNull((r) => ({ mean: r.mean }))", "mean")),
    says: NOT_SUMMED,
  },
  {
    rule: "the sum of an average through a struct",
    wrong: gold(sum("$.by_status.select((r) => ({ v: fn.struct({ mean: r.mean }) }))", "v.fields.mean")),
    says: NOT_SUMMED,
  },
  {
    rule: "the sum of a balance",
    wrong: gold(sum("$.accounts", "balance")),
    says: "a balance must not be summed over time: take lastBy(time) of each account first",
    right: gold(
      sum(
        "$.accounts.groupBy((a) => ({ account: a.account })).aggregate((a) => ({ balance: a.balance.lastBy(a.day) }))",
        "balance",
      ),
    ),
  },
  {
    rule: "the sum of a balance of each day",
    wrong: gold(sum(DAILY, "balance")),
    says: "a balance must not be summed over time",
    right: gold(
      `${DAILY}.groupBy((d) => ({ day: d.day })).aggregate((d) => ({ all: d.balance.sum(), mean: d.balance.avg() })),`,
    ),
  },
  {
    rule: "the sum of a filtered balance of each day",
    wrong: gold(sum(DAILY.replace("lastBy(a.day)", "lastBy(a.day).filter(a.account.ne(''))"), "balance")),
    says: "a balance must not be summed over time",
  },
  {
    rule: "the sum over days of a sum of balances",
    wrong: gold(sum(`${DAILY}.groupBy((d) => ({ day: d.day })).aggregate((d) => ({ all: d.balance.sum() }))`, "all")),
    says: "a balance must not be summed over time",
    right: gold(
      `${DAILY}.groupBy((d) => ({ day: d.day })).aggregate((d) => ({ all: d.balance.sum() })).aggregate((d) => ({ last: d.all.lastBy(d.day) })),`,
    ),
  },
  {
    rule: "a running sum of balances",
    wrong: gold("$.accounts.select((a) => ({\n    x: a.balance.sum().over({ orderBy: a.day }), // !\n  })),"),
    says: "a balance must not be summed over time",
  },
  {
    rule: "the sum of a joined column",
    wrong: gold(sum(clean, "amount")),
    says: REPEATED,
    right: gold(sum(clean.replace("o.amount", "o.amount.acknowledgeFanOut()"), "amount")),
  },
  {
    rule: "the sum of the other side's column of a join",
    wrong: gold(sum(clean, "credit")),
    says: REPEATED,
    // On the other side's key, no row of this side is repeated.
    right: gold(sum(onKey, "amount")),
  },
  {
    rule: "the sum of the other side's column of a join on its key",
    wrong: gold(sum(onKey, "credit")),
    says: REPEATED,
  },
  {
    rule: "the sum of a looked-up column",
    wrong: gold(sum(lookedUp, "credit")),
    says: REPEATED,
    right: gold(sum(lookedUp, "amount")),
  },
  {
    rule: "the sum of an average that a join repeated",
    wrong: gold(
      sum(
        "$.orders.join($.by_status, (o, s) => o.status.eq(s.status), (_, s) => ({ mean: s.mean.acknowledgeFanOut() }))",
        "mean",
      ),
    ),
    says: NOT_SUMMED,
  },
  {
    rule: "the sum of an average plus a number that a join repeated",
    wrong: gold(
      sum(
        "$.orders.join($.by_status, (o, s) => o.status.eq(s.status), (o, s) => ({ x: s.mean.plus(o.amount).acknowledgeFanOut() }))",
        "x",
      ),
    ),
    says: NOT_SUMMED,
  },
  {
    rule: "the sum of a joined column plus one",
    wrong: gold(sum(`${clean}.derive((r) => ({ more: r.amount.plus(1) }))`, "more")),
    says: REPEATED,
  },
  {
    rule: "the average of a joined column",
    wrong: gold(sum(clean, "amount").replace(".sum()", ".avg()")),
    says: REPEATED,
    right: gold(sum(clean.replace("o.amount", "o.amount.acknowledgeFanOut()"), "amount").replace(".sum()", ".avg()")),
  },
  {
    rule: "the median of a joined column",
    wrong: gold(sum(clean, "amount").replace(".sum()", ".median()")),
    says: REPEATED,
  },
  {
    rule: "the percentile of a looked-up column",
    wrong: gold(sum(lookedUp, "credit").replace(".sum()", ".percentile(0.9)")),
    says: REPEATED,
  },
  {
    rule: "the sum of a price",
    wrong: gold(sum("$.orders", "price")),
    says: NOT_SUMMED,
    right: gold(sum("$.orders.derive((o) => ({ total: o.price.times(o.line) }))", "total")),
  },
  {
    rule: "the sum of a product of two rates",
    wrong: gold(sum("$.orders.derive((o) => ({ total: o.price.times(o.price) }))", "total")),
    says: NOT_SUMMED,
  },
  {
    rule: "the sum of a rate times a constant",
    wrong: gold(sum("$.orders.derive((o) => ({ total: o.price.times(2) }))", "total")),
    says: NOT_SUMMED,
  },
  {
    rule: "the sum of a quotient of two columns",
    wrong: gold(sum("$.orders.derive((o) => ({ part: o.amount.div(o.line) }))", "part")),
    says: NOT_SUMMED,
    right: gold(sum("$.orders.derive((o) => ({ part: o.amount.div(100) }))", "part")),
  },
  {
    rule: "the sum of distinct counts",
    wrong: gold(sum("$.by_status", "buyers")),
    says: NOT_SUMMED,
    right: gold(sum("$.by_status.derive((r) => ({ n: r.buyers.acknowledgeDisjoint() }))", "n")),
  },
  {
    rule: "the sum of raw SQL over a joined column",
    wrong: gold(sum(`${clean}.derive((r) => ({ more: sql(t.decimal(12, 2))\`${"${r.amount}"} * 2\` }))`, "more")),
    says: REPEATED,
  },
  {
    rule: "raw SQL over euros plus dollars",
    wrong: silver(
      "$.orders_raw.derive((o) => ({\n    x: sql(t.decimal(12, 2))`${o.amount} * 2`.plus(o.usd), // !\n  })),",
    ),
    says: "EUR and USD must not be added or compared",
  },
  {
    rule: "raw SQL as a key",
    wrong: silver("$.orders_raw.derive((o) => ({ k: sql(t.bigint())`${o.order_id} % 10` })).key((o) => o.k), // !"),
    says: keyNull("k"),
    right: silver(
      "$.orders_raw.derive((o) => ({ k: sql(t.bigint(), { nullable: false })`${o.order_id} % 10` })).key((o) => o.k),",
    ),
  },
  {
    rule: "the sum of a left joined column",
    wrong: gold(
      sum("$.orders.leftJoin($.customers, (o, c) => o.status.eq(c.country), (o) => ({ amount: o.amount }))", "amount"),
    ),
    says: REPEATED,
  },
  {
    rule: "the sum of a column brought by an asOfJoin",
    wrong: gold(
      sum(
        "$.orders.asOfJoin($.history, { on: (o, c) => o.customer_id.eq(c.customer_id), at: (o) => o.ordered_at, select: (o, c) => ({ credit: c.credit, amount: o.amount }) })",
        "credit",
      ),
    ),
    says: REPEATED,
    right: gold(
      sum(
        "$.orders.asOfJoin($.history, { on: (o, c) => o.customer_id.eq(c.customer_id), at: (o) => o.ordered_at, select: (o, c) => ({ credit: c.credit, amount: o.amount }) })",
        "amount",
      ),
    ),
  },
  {
    rule: "the sum of a joined column, grouped",
    wrong: gold(
      `${clean}\n    .groupBy((r) => ({ country: r.country }))\n    .aggregate((r) => ({ n: r.amount.count(), s: r.amount.sum() })), // !`,
    ),
    says: REPEATED,
  },
  {
    rule: "adding EUR and USD",
    wrong: silver("$.orders.derive((o) => ({ x: o.amount.plus(o.usd) })), // !"),
    says: "EUR and USD must not be added or compared: convert() one of them first",
    right: silver("$.orders.derive((o) => ({ x: o.amount.plus(o.usd.convert('EUR', '0.92')) })),"),
  },
  {
    rule: "a case without its end, before a further step and a join",
    wrong: silver(
      "$.orders\n    .derive((o) => ({\n      size: fn.when(o.amount.gt(1), 'big'), // !\n    }))\n    .derive((o) => ({ id: o.order_id.plus(1) }))\n    .leftJoin($.customers, (o, c) => o.customer_id.eq(c.customer_id), (o, c) => ({ id: o.id, size: o.size, country: c.country })),",
    ),
    says: "a case has no value yet: end fn.when() with otherwise(); for null otherwise(null)",
    right: silver(
      "$.orders\n    .derive((o) => ({\n      size: fn.when(o.amount.gt(1), 'big').otherwise(null),\n    }))\n    .leftJoin($.customers, (o, c) => o.customer_id.eq(c.customer_id), (o, c) => ({ id: o.order_id, size: o.size, country: c.country })),",
    ),
  },
  {
    rule: "a filtered aggregate over a window",
    wrong: silver(
      "$.orders.derive((o) => ({\n    x: o.amount.sum().filter(o.amount.gt(1)).over({ partitionBy: o.order_id }), // !\n  })),",
    ),
    says: "an aggregate with a filter has no window: aggregate fn.when(condition, value).otherwise(null)",
    right: silver(
      "$.orders.derive((o) => ({\n    x: fn.when(o.amount.gt(1), o.amount).otherwise(null).sum().over({ partitionBy: o.order_id }),\n  })),",
    ),
  },
  {
    rule: "EUR between USD",
    wrong: silver("$.orders.where((o) => o.amount.between(0, o.usd)), // !"),
    says: "EUR and USD must not be added or compared: convert() one of them first",
    right: silver("$.orders.where((o) => o.amount.between(0, o.usd.convert('EUR', '0.92'))),"),
  },
  {
    rule: "nullIf() of EUR and USD",
    wrong: silver("$.orders.derive((o) => ({ x: o.amount.nullIf(o.usd) })), // !"),
    says: "EUR and USD must not be added or compared: convert() one of them first",
    right: silver("$.orders.derive((o) => ({ x: o.amount.nullIf(o.amount) })),"),
  },
  {
    rule: "subtracting USD from EUR",
    wrong: silver("$.orders.derive((o) => ({ x: o.amount.minus(o.usd) })), // !"),
    says: "EUR and USD must not be added or compared: convert() one of them first",
  },
  {
    rule: "comparing EUR and USD",
    wrong: silver("$.orders.where((o) => o.amount.gt(o.usd)), // !"),
    says: "EUR and USD must not be added or compared: convert() one of them first",
    right: silver("$.orders.where((o) => o.amount.gt(o.usd.convert('EUR', '0.92'))),"),
  },
  {
    rule: "EUR or USD where it is null",
    wrong: silver("$.orders.derive((o) => ({ x: o.amount.nullIf(0).orElse(o.usd) })), // !"),
    says: "EUR and USD must not be added or compared: convert() one of them first",
  },
  {
    rule: "adding a number without a unit",
    wrong: silver("$.orders.derive((o) => ({ x: o.amount.plus(o.line) })), // !"),
    says: "EUR and a number without a unit must not be added or compared",
    right: silver("$.orders.derive((o) => ({ x: o.amount.plus(1).times(o.line) })),"),
  },
  {
    rule: "EUR and USD in one case",
    wrong: silver(
      "$.orders.derive((o) => ({\n    x: fn.when(o.status.eq('x'), o.amount).otherwise(o.usd), // !\n  })),",
    ),
    says: "EUR and USD",
    right: silver(
      "$.orders.derive((o) => ({\n    x: fn.when(o.status.eq('x'), o.amount).otherwise(o.usd.convert('EUR', 2)),\n  })),",
    ),
  },
  {
    rule: "EUR and USD in coalesce()",
    wrong: silver("$.orders.derive((o) => ({ x: fn.coalesce(o.amount.nullIf(0), o.usd) })), // !"),
    says: "EUR and USD",
  },
  {
    rule: "EUR and USD in greatest()",
    wrong: silver("$.orders.derive((o) => ({ x: fn.greatest(o.amount, o.usd) })), // !"),
    says: "EUR and USD",
  },
  {
    rule: "EUR and USD in a union",
    wrong: silver("$.orders.select((o) => ({ x: o.amount })).union($.orders.select((o) => ({ x: o.usd }))), // !"),
    says: 'union() needs the same type and unit of column "x" on both sides',
  },
  {
    rule: "a unit through a cast",
    wrong: silver("$.orders.derive((o) => ({ x: o.amount.cast(t.double()).plus(o.usd) })), // !"),
    says: "EUR and USD must not be added or compared",
  },
  {
    rule: "a unit that a cast declares",
    wrong: silver("$.orders.derive((o) => ({ x: o.amount.plus(o.status.cast(t.decimal(12, 2).unit('USD'))) })), // !"),
    says: "EUR and USD must not be added or compared",
    right: silver("$.orders.derive((o) => ({ x: o.amount.plus(o.status.cast(t.decimal(12, 2).unit('EUR'))) })),"),
  },
  {
    rule: "null that a cast declares",
    wrong: silver("$.orders.derive((o) => ({ k: o.status.cast(t.bigint().nullable()) })).key((o) => o.k), // !"),
    says: keyNull("k"),
    right: silver("$.orders.derive((o) => ({ k: o.status.cast(t.bigint()) })).key((o) => o.k),"),
  },
  {
    rule: "a unit through coalesce()",
    wrong: silver("$.orders.derive((o) => ({ x: fn.coalesce(o.amount, o.amount).plus(o.usd) })), // !"),
    says: "EUR and USD must not be added or compared",
  },
  {
    rule: "a unit through an aggregate",
    wrong: silver(
      "$.orders.groupBy((o) => ({ s: o.status })).aggregate((o) => ({ e: o.amount.sum(), u: o.usd.sum() })).derive((r) => ({ x: r.e.plus(r.u) })), // !",
    ),
    says: "EUR and USD must not be added or compared",
  },
];

const small = "$.orders_raw.select((o) => ({ id: o.order_id, status: o.status }))";

const LOST =
  "what is set here for a table would be lost: set it on the table that is made, or make a table of this query and read that";
const ruled = `${small}.expectOrDrop({ known: (o) => o.id.gt(0) })`;

const flows: readonly Mistake[] = [
  {
    rule: "settings of a flow",
    wrong: silver(`${small}.appendFlow({\n    more: ${ruled}, // !\n  }),`),
    says: LOST,
    right: silver(`${small}.appendFlow({\n    more: ${small},\n  }).expectOrDrop({ known: (o) => o.id.gt(0) }),`),
  },
  {
    rule: "settings of a side of a join",
    wrong: silver(`$.orders.semiJoin(\n    ${ruled}, // !\n    (o, r) => o.order_id.eq(r.id)),`),
    says: LOST,
    right: silver(`$.orders.semiJoin(\n    ${small},\n    (o, r) => o.order_id.eq(r.id)),`),
  },
  {
    rule: "settings of a side of a union",
    wrong: silver(`${small}.union(${small}.comment("x")), // !`),
    says: LOST,
  },
  {
    rule: "settings of what is looked up",
    wrong: silver(
      "$.orders.lookup(\n    $.customers.tags({ team: 'x' }), // !\n    (o) => o.customer_id,\n    (o, c) => ({ id: o.order_id, country: c.country })),",
    ),
    says: LOST,
    right: silver(
      "$.orders.lookup(\n    $.customers,\n    (o) => o.customer_id,\n    (o, c) => ({ id: o.order_id, country: c.country })).tags({ team: 'x' }),",
    ),
  },
  {
    rule: "a flow that lacks a column",
    wrong: silver(`${small}.appendFlow({\n    more: $.orders_raw.select((o) => ({ id: o.order_id })), // !\n  }),`),
    says: 'this flow lacks the column "status" of the table',
    right: silver(`${small}.appendFlow({\n    more: ${small},\n  }),`),
  },
  {
    rule: "a flow with a column that the table lacks",
    wrong: silver(
      `${small}.appendFlow({\n    more: $.orders_raw.select((o) => ({ id: o.order_id, status: o.status, x: o.line })), // !\n  }),`,
    ),
    says: 'this flow has a column "x" that the table lacks',
  },
  {
    rule: "a flow whose column may be null",
    wrong: silver(
      `${small}.backfill({\n    more: $.orders_raw.select((o) => ({ id: o.order_id, status: o.note })), // !\n  }),`,
    ),
    says: 'column "status" of this flow has another type',
    right: silver(
      `${small}.backfill({\n    more: $.orders_raw.select((o) => ({ id: o.order_id, status: o.note.orElse("") })),\n  }),`,
    ),
  },
  {
    rule: "a flow that is no stream",
    wrong: silver(`${small}.appendFlow({\n    more: $.by_status_silver, // !\n  }),`).replace(
      "$.by_status_silver",
      "$.orders.groupBy((o) => ({ id: o.order_id, status: o.status })).aggregate((o) => ({ n: o.line.count() })).select(({ n, ...rest }) => rest)",
    ),
    says: "a flow is read as a stream, and this joins, aggregates, or reads a table that is updated in place",
    right: silver(
      `${small}.backfill({\n    more: $.orders.groupBy((o) => ({ id: o.order_id, status: o.status })).aggregate((o) => ({ n: o.line.count() })).select(({ n, ...rest }) => rest),\n  }),`,
    ),
  },
  {
    rule: "a flow into a materialized view",
    wrong: silver(
      `${small}.dedupe({ key: (o) => o.id, orderBy: (o) => o.status })\n    .appendFlow({ more: $.orders_raw }), // !`,
    ),
    says: "a materialized view accepts no further flows: use union()",
  },
  {
    rule: "a refresh policy of a streaming table",
    wrong: silver("$.orders_raw\n    .refreshPolicy('full'), // !"),
    says: "a streaming table has no refresh policy",
    right: gold(
      "$.orders.groupBy((o) => ({ s: o.status })).aggregate((o) => ({ n: o.line.count() })).refreshPolicy('full'),",
    ),
  },
  {
    rule: "a history that is truncated",
    wrong: `shop.scd2(($) => ({
  made: $.orders_raw.changes({ key: (o) => o.order_id, sequenceBy: (o) => o.ordered_at, truncateWhen: (o) => o.status.eq("T") }), // !
}))`,
    says: "a history cannot be truncated: leave out truncateWhen, or use scd1()",
    right: `shop.scd1(($) => ({
  made: $.orders_raw.changes({ key: (o) => o.order_id, sequenceBy: (o) => o.ordered_at, truncateWhen: (o) => o.status.eq("T") }),
}))`,
  },
  {
    rule: "change events of other columns into one target",
    wrong: `shop.scd1(($) => ({
  made: $.orders_raw.changes({ key: (o) => o.order_id, sequenceBy: (o) => o.ordered_at }).appendFlow({
    more: $.customers_raw.changes({ key: (c) => c.customer_id, sequenceBy: (c) => c.changed_at }), // !
  }),
}))`,
    says: 'this flow lacks the column "',
  },
  {
    rule: "change events of another key into one target",
    wrong: `shop.scd1(($) => ({
  made: $.orders_raw.changes({ key: (o) => o.order_id, sequenceBy: (o) => o.ordered_at }).backfill({
    more: $.orders_raw.changes({ key: (o) => [o.order_id, o.line], sequenceBy: (o) => o.ordered_at }), // !
  }),
}))`,
    says: "this flow has another key or sequence than the table",
    right: `shop.scd1(($) => ({
  made: $.orders_raw.changes({ key: (o) => o.order_id, sequenceBy: (o) => o.ordered_at }).backfill({
    more: $.orders_raw.changes({ key: (o) => o.order_id, sequenceBy: (o) => o.ordered_at }),
  }),
}))`,
  },
  {
    rule: "a nullable key of snapshots",
    wrong: `shop.scd2(($) => ({
  made: $.orders_raw.snapshots({
    key: (o) => o.coupon_id, // !
  }),
}))`,
    says: keyNull("coupon_id"),
    right: `shop.scd2(($) => ({
  made: $.orders_raw.snapshots({ key: (o) => o.order_id, version: (o) => o.ordered_at.max() }),
}))`,
  },
  {
    rule: "a version of snapshots that is not one value",
    wrong: `shop.scd2(($) => ({
  made: $.orders_raw.snapshots({
    key: (o) => o.order_id,
    version: (o) => o.ordered_at, // !
  }),
}))`,
    says: "the version of a snapshot is one value over all of its rows",
  },
  {
    rule: "a mask of an unknown column",
    wrong: silver("$.orders_raw.mask({\n    nope: 'governance.hide', // !\n  }),"),
    says: "'nope' does not exist in type",
    right: silver("$.orders_raw.mask({\n    note: 'governance.hide',\n  }),"),
  },
  {
    rule: "a row filter over an unknown column",
    wrong: silver("$.orders_raw.rowFilter('governance.own', (o) => o.nope), // !"),
    says: "Property 'nope' does not exist on type",
    right: silver("$.orders_raw.rowFilter('governance.own', (o) => o.status),"),
  },
  {
    rule: "a parameter of another type",
    wrong: silver("$.orders_raw.where((o) => o.status.eq(param.bigint('least'))), // !"),
    says: "is not assignable to parameter of type",
    right: silver("$.orders_raw.where((o) => o.status.eq(param.string('status'))),"),
  },
];

const CALCULATED = "an identifier must not be summed, averaged or calculated with";
const STATION = "id of station and id of bike must not be compared or put into one column";
const PLAIN_ID = "an identifier is used where a plain value is expected";

const identifiers: readonly Mistake[] = [
  {
    rule: "a lookup by an identifier of something else",
    wrong: silver(
      "$.trips.lookup(\n    $.bikes,\n    (x) => x.station_id, // !\n    (x, b) => ({ trip_id: x.trip_id, maker: b.maker }),\n  ),",
    ),
    says: "an id of bike is expected",
    right: silver("$.trips.lookup($.bikes, (x) => x.bike_id, (x, b) => ({ trip_id: x.trip_id, maker: b.maker })),"),
  },
  {
    rule: "a lookup by a number that identifies nothing",
    wrong: silver(
      "$.bikes.lookup(\n    $.bikes,\n    (b) => b.gears, // !\n    (b, c) => ({ bike_id: b.bike_id, maker: c.maker }),\n  ),",
    ),
    says: "an id of bike is expected",
    right: silver(
      '$.bikes.lookup($.bikes, (b) => b.gears.cast(t.bigint().id("bike")), (b, c) => ({ bike_id: b.bike_id, maker: c.maker })),',
    ),
  },
  {
    rule: "a foreign key that identifies something else",
    wrong: silver("$.trips_raw.references($.bikes, (x) => x.station_id), // !"),
    says: "an id of bike is expected",
    right: silver("$.trips_raw.references($.bikes, (x) => x.bike_id),"),
  },
  {
    rule: "a join on identifiers of two things",
    wrong: silver("$.trips.semiJoin($.bikes, (x, b) => x.station_id.eq(b.bike_id)), // !"),
    says: STATION,
    right: silver("$.trips.semiJoin($.bikes, (x, b) => x.bike_id.eq(b.bike_id)),"),
  },
  {
    rule: "an identifier compared with a number",
    wrong: silver("$.trips.where((x) => x.bike_id.eq(x.minutes)), // !"),
    says: "id of bike and a value that identifies nothing must not be compared",
    right: silver("$.trips.where((x) => x.bike_id.in(1, 2).or(x.bike_id.eq(3))),"),
  },
  {
    rule: "a number compared with an identifier",
    wrong: silver("$.trips.where((x) => x.minutes.eq(x.bike_id)), // !"),
    says: PLAIN_ID,
  },
  {
    rule: "a text compared with an identifier",
    wrong: silver("$.bikes.where((b) => b.maker.eq(b.frame)), // !"),
    says: PLAIN_ID,
    right: silver("$.bikes.where((b) => b.maker.eq(b.frame.left(3))),"),
  },
  {
    rule: "identifiers of two things in coalesce()",
    wrong: silver("$.trips.derive((x) => ({ y: fn.coalesce(x.bike_id, x.trip_id) })), // !"),
    says: "id of bike and id of trip must not be compared or put into one column",
    right: silver("$.trips.derive((x) => ({ y: fn.coalesce(x.bike_id, x.bike_id) })),"),
  },
  {
    rule: "identifiers of two things in one case",
    wrong: silver("$.trips.derive((x) => ({ y: fn.when(x.minutes.gt(1), x.station_id).otherwise(x.bike_id) })), // !"),
    says: STATION,
    right: silver("$.trips.derive((x) => ({ y: fn.when(x.minutes.gt(1), x.station_id).otherwise(null) })),"),
  },
  {
    rule: "another identifier where one is null",
    wrong: silver("$.trips.derive((x) => ({ y: x.bike_id.orElse(x.trip_id) })), // !"),
    says: "id of bike and id of trip must not be compared or put into one column",
    right: silver("$.trips.derive((x) => ({ y: x.bike_id.orElse(0) })),"),
  },
  {
    rule: "identifiers of two things in a union",
    wrong: silver(
      "$.trips.select((x) => ({ k: x.station_id })).union($.bikes.select((b) => ({ k: b.bike_id }))), // !",
    ),
    says: 'union() needs the same type and unit of column "k" on both sides',
    right: silver("$.trips.select((x) => ({ k: x.bike_id })).union($.bikes.select((b) => ({ k: b.bike_id }))),"),
  },
  {
    rule: "a text and an identifier in a union",
    wrong: silver("$.bikes.select((b) => ({ k: b.maker })).union($.bikes.select((b) => ({ k: b.frame }))), // !"),
    says: 'union() needs the same type and unit of column "k" on both sides',
  },
  {
    rule: "an identifier in a flow of numbers",
    wrong: silver(
      "$.bikes_raw.select((b) => ({ k: b.maker })).appendFlow({ more: $.bikes_raw.select((b) => ({ k: b.frame })) }), // !",
    ),
    says: 'column "k" of this flow has another type, unit',
  },
  {
    rule: "the sum of an identifier",
    wrong: gold("$.trips.aggregate((x) => ({ y: x.trip_id.sum() })), // !"),
    says: CALCULATED,
    right: gold("$.trips.aggregate((x) => ({ y: x.trip_id.countDistinct() })),"),
  },
  {
    rule: "the average of an identifier",
    wrong: gold("$.trips.aggregate((x) => ({ y: x.trip_id.avg() })), // !"),
    says: CALCULATED,
    right: gold("$.trips.aggregate((x) => ({ y: x.trip_id.cast(t.bigint()).avg() })),"),
  },
  {
    rule: "an identifier plus one",
    wrong: silver("$.trips.derive((x) => ({ y: x.trip_id.plus(1) })), // !"),
    says: CALCULATED,
    right: silver('$.trips.derive((x) => ({ y: x.trip_id.cast(t.bigint()).plus(1).cast(t.bigint().id("trip")) })),'),
  },
  {
    rule: "an identifier in arithmetic",
    wrong: silver("$.trips.derive((x) => ({ y: x.minutes.times(x.trip_id) })), // !"),
    says: PLAIN_ID,
  },
  {
    rule: "an identifier in the group that another is matched with",
    wrong: silver(
      "$.trips.groupBy((x) => ({ bike_id: x.bike_id })).aggregate((x) => ({ last: x.trip_id.max() })).where((r) => r.bike_id.eq(r.last)), // !",
    ),
    says: "id of bike and id of trip must not be compared or put into one column",
  },
  {
    rule: "a fraction as an identifier",
    wrong: "source.csv('x.csv', {\n  id: t.double().id('bike'), // !\n})",
    says: "an identifier is a STRING, a whole number or a DECIMAL",
    right: "source.csv('x.csv', {\n  id: t.decimal(20, 0).id('bike'),\n})",
  },
  {
    rule: "an identifier as personal data in gold",
    wrong:
      "pipeline('p')\n  .bronze({ raw: source.csv('x.csv', { id: t.string().id('person').pii('number') }) })\n  .silver(($) => ({ all: $.raw }))\n  .gold(($) => ({\n    made: $.all.select((r) => ({ id: r.id })), // !\n  }))",
    says: 'column "id" carries personal data, which gold does not accept',
    right:
      "pipeline('p')\n  .bronze({ raw: source.csv('x.csv', { id: t.string().id('person').pii('number') }) })\n  .silver(($) => ({ all: $.raw }))\n  .gold(($) => ({\n    made: $.all.select((r) => ({ id: r.id.sha256('s') })),\n  }))",
  },
];

const CHANGES = "$.accounts.changes({ key: (a) => a.account, sequenceBy: (a) => a.day })";
const WHOLE =
  "accepts whole constants only: give a whole number, or cast() the column that it meets to a decimal or a double";
const LIST = "an expression or a constant was expected, not a list: give its values one by one: in(...list)";
const args = (expression: string): string => (expression.includes("x.") ? "x" : "");
const whole = (rule: string, wrong: string, right: string): Mistake => ({
  rule: `a fraction for a whole number: ${rule}`,
  wrong: silver(`$.trips.derive((${args(wrong)}) => ({ y: ${wrong} })), // !`),
  says: WHOLE,
  right: silver(`$.trips.derive((${args(right)}) => ({ y: ${right} })),`),
});
const list = (rule: string, wrong: string, right: string): Mistake => ({
  rule: `a list in in(): ${rule}`,
  wrong: silver(`$.trips.where((${args(wrong)}) => ${wrong}), // !`),
  says: LIST,
  right: silver(`$.trips.where((${args(right)}) => ${right}),`),
});
/** A name of another tool: the error names ours, and is the only one of the chain. */
const knownAs = (theirs: string, ours: string, query: string): Mistake => ({
  rule: `${theirs}() is called ${ours}() here`,
  wrong: silver(`${query}, // !`),
  says: `Property '${theirs}' is protected and only accessible within class 'ItIsCalled${ours[0]?.toUpperCase()}${ours.slice(1)}Here'`,
});

const constantsAndNames: readonly Mistake[] = [
  whole("eq of an identifier", "x.bike_id.eq(1.5)", "x.bike_id.eq(1)"),
  whole("ge of an identifier", "x.bike_id.ge(1.5)", "x.bike_id.ge(1n)"),
  whole("eqNullSafe of an identifier", "x.bike_id.eqNullSafe('1.5')", "x.bike_id.eqNullSafe('1')"),
  whole("between of an identifier", "x.bike_id.between(1, 1.5)", "x.bike_id.between(1, 2)"),
  whole("in of an identifier", "x.bike_id.in(1, 1.5)", "x.bike_id.in(1, 2)"),
  whole("orElse of an identifier", "x.bike_id.orElse(0.5)", "x.bike_id.orElse(0)"),
  whole("nullIf of an identifier", "x.bike_id.nullIf(0.5)", "x.bike_id.nullIf(0)"),
  whole("power", "x.minutes.power(0.5)", "x.minutes.cast(t.double()).power(0.5)"),
  whole("the rate of a unit", "x.minutes.convert('h', 0.5)", "x.minutes.convert('s', 60)"),
  whole("an element", "fn.lit(null, t.array(t.int())).has(1.5)", "fn.lit(null, t.array(t.int())).has(1)"),
  whole(
    "the key of a map",
    "fn.lit(null, t.map(t.int(), t.int())).entry(1.5)",
    "fn.lit(null, t.map(t.int(), t.int())).entry(1)",
  ),
  whole("lit", "fn.lit(1.5, t.int())", "fn.lit(1.5, t.double())"),
  whole("addDays", "fn.lit('2024-01-01', t.date()).addDays(1.5)", "fn.lit('2024-01-01', t.date()).addDays(1)"),
  whole("addMonths", "fn.lit('2024-01-01', t.date()).addMonths(1.5)", "fn.lit('2024-01-01', t.date()).addMonths(-1)"),
  whole(
    "addSeconds",
    "fn.lit(new Date(), t.timestamp()).addSeconds(0.5)",
    "fn.lit(new Date(), t.timestamp()).addSeconds(30)",
  ),
  list("numbers", "x.minutes.in([1, 2])", "x.minutes.in(...[1, 2])"),
  list("identifiers", "x.trip_id.in([1, 2])", "x.trip_id.in(1, 2)"),
  list("texts", "fn.lit('a').in(['a', 'b'])", "fn.lit('a').in(...['a', 'b'])"),
  {
    rule: "groups of nothing",
    wrong: silver("$.orders.groupBy(() => ({})).aggregate(() => ({ n: fn.countRows() })), // !"),
    says: "groupBy() needs at least one column: give the columns of the groups; for one row of all, aggregate() without groupBy()",
    right: silver(
      "$.orders.groupBy((o) => ({ shop: 'web', status: o.status })).aggregate(() => ({ n: fn.countRows() })),",
    ),
  },
  {
    rule: "a rule after changes()",
    wrong: `shop.scd1(($) => ({\n  made: ${CHANGES}.expect({ known: (a) => a.balance.gt(0) }), // !\n}))`,
    says: "a change target accepts no rules",
    right: `shop.scd1(($) => ({\n  made: ${CHANGES}.comment('balances'),\n}))`,
  },
  {
    rule: "a step after changes()",
    wrong: `shop.scd1(($) => ({\n  made: ${CHANGES}.where((a) => a.balance.gt(0)), // !\n}))`,
    says: "Property 'where' is protected and only accessible within class 'StepsComeBeforeChanges'",
    right: `shop.scd1(($) => ({\n  made: ${CHANGES.replace(".changes", ".where((a) => a.balance.gt(0)).changes")},\n}))`,
  },
  ...(
    [
      ["a column in groupBy()", "$.orders.groupBy((o) => o.status).aggregate((o) => ({ n: o.amount.sum() }))"],
      ["a column in derive()", "$.orders.derive((o) => o.amount).where((o) => o.amount.gt(0))"],
      ["a list of columns in select()", "$.orders.select((o) => [o.status]).where((o) => o.status.eq('x'))"],
      ["a measure in aggregate()", "$.orders.aggregate((o) => o.amount.sum()).where((o) => o.amount.gt(0))"],
      ["a column in whereNotNull()", "$.orders.whereNotNull((o) => o.note).where((o) => o.amount.gt(0))"],
    ] as const
  ).map(([rule, query]) => ({
    rule: `no object of columns: ${rule}`,
    wrong: silver(`${query}, // !`),
    says: "an object of named columns was expected: return an object: (c) => ({ status: c.status })",
  })),
  ...(
    [
      ["select()", "$.orders.select(async (o) => ({ x: o.amount })).where((o) => o.x.gt(0))"],
      ["derive()", "$.orders.derive(async (o) => ({ x: o.amount })).where((o) => o.amount.gt(0))"],
      ["aggregate()", "$.orders.aggregate(async (o) => ({ x: o.amount.sum() })).where((o) => o.x.gt(0))"],
      ["groupBy()", "$.orders.groupBy(async (o) => ({ s: o.status })).aggregate((o) => ({ x: o.amount.sum() }))"],
    ] as const
  ).map(([rule, query]) => ({
    rule: `an async callback: ${rule}`,
    wrong: silver(`${query}, // !`),
    says: "the callback is async: it gives a promise: leave out async",
  })),
  {
    rule: "raw SQL without a type",
    wrong: silver("$.orders.derive((o) => ({ x: sql`left(${o.status}, 1)` })).where((o) => o.x.eq('a')), // !"),
    says: "sql needs the type of its result: declare it first: sql(t.string())",
    right: silver("$.orders.derive((o) => ({ x: sql(t.string())`left(${o.status}, 1)` })).where((o) => o.x.eq('a')),"),
  },
  {
    rule: "a constant of JavaScript in raw SQL",
    wrong: silver(
      "$.orders.derive((o) => ({ x: sql(t.string())`left(${o.status}, ${1})` })).where((o) => o.x.eq('a')), // !",
    ),
    says: "a value of JavaScript is not a column: use a column, or fn.lit() for a constant",
    right: silver(
      "$.orders.derive((o) => ({ x: sql(t.string())`left(${o.status}, ${fn.lit(1)})` })).where((o) => o.x.eq('a')),",
    ),
  },
  {
    rule: "a history of a column that is not stored",
    wrong: `shop.scd2(($) => ({
  made: $.accounts.changes({
    key: (a) => a.account,
    sequenceBy: (a) => a.day,
    trackHistory: ({ balance }) => ({ balance }), // !
    columns: ({ balance, ...rest }) => rest,
  }),
}))`,
    says: 'trackHistory names "balance", which is not stored: keep it in columns, or leave it out here',
    right: `shop.scd2(($) => ({
  made: $.accounts.changes({
    key: (a) => a.account,
    sequenceBy: (a) => a.day,
    trackHistory: ({ balance }) => ({ balance }),
    columns: ({ account, day, balance }) => ({ account, day, balance }),
  }),
}))`,
  },
  {
    rule: "more digits than a decimal has",
    wrong: "source.csv('x.csv', {\n  id: t.decimal(39, 2), // !\n})",
    says: "there is no such decimal: precision is 1 to 38, scale 0 to the precision",
    right: "source.csv('x.csv', {\n  id: t.decimal(38, 38),\n})",
  },
  {
    rule: "more digits after the point than in all",
    wrong: "source.csv('x.csv', {\n  id: t.decimal(5, 6), // !\n})",
    says: "there is no such decimal: precision is 1 to 38, scale 0 to the precision",
    right: "source.csv('x.csv', {\n  id: t.decimal(Number('5'), 2),\n})",
  },
  ...(
    [
      ["limit", "LimitComesAfterOrderBy", "$.orders.limit(10)"],
      ["count", "CountRowsIsAMeasureOfAggregate", "$.orders.groupBy((o) => ({ s: o.status })).count()"],
      ["alias", "ColumnsArePropertiesInCallbacks", "$.orders.alias('o').where((o) => o.amount.gt(0))"],
      ["collect", "RowsAreReadWhenItHasRun", "$.orders.collect()"],
      ["round", "DeriveAfterAggregate", "$.orders.aggregate((o) => ({ x: o.amount.avg().round(2) }))"],
      ["div", "DeriveAfterAggregate", "$.orders.aggregate((o) => ({ x: o.amount.sum().div(fn.countRows()) }))"],
      ["as", "DeriveAfterAggregate", "$.orders.aggregate((o) => ({ x: o.amount.sum().as('x') }))"],
      ["joinText", "DeriveAfterAggregate", "$.orders.aggregate((o) => ({ x: o.status.arrayAgg().joinText(', ') }))"],
      [
        "string_agg",
        "ArrayAggThenJoinTextInTheStepAfter",
        "$.orders.aggregate((o) => ({ x: fn.string_agg(o.status, ', ') }))",
      ],
      ["now", "ATimeIsAParameter", "$.orders.derive(() => ({ x: fn.now() }))"],
      ["crossJoin", "AJoinComparesColumnsOfItsSides", "$.orders.crossJoin($.customers)"],
      [
        "rightJoin",
        "StartFromTheOtherTableWithLeftJoin",
        "$.orders.rightJoin($.customers, (o, c) => o.customer_id.eq(c.customer_id), (o, c) => ({ a: o.amount, c: c.country }))",
      ],
      [
        "having",
        "WhereComesAfterTheMeasures",
        "$.orders.groupBy((o) => ({ s: o.status })).having((o) => o.amount.gt(0))",
      ],
      ["qualify", "WhereComesAfterTheMeasures", "$.orders.qualify((o) => o.line.eq(1))"],
      ["pivot", "EachColumnIsAMeasureWithAFilter", "$.orders.groupBy((o) => ({ s: o.status })).pivot('channel')"],
      ["intersect", "SemiJoinKeepsTheRowsOfBoth", "$.orders.intersect($.orders_raw)"],
      ["subtract", "AntiJoinLeavesOutTheRowsOfTheOther", "$.orders.subtract($.orders_raw)"],
    ] as const
  ).map(([name, says, query]) => ({
    rule: `${name}() is another thing here`,
    wrong: silver(`${query}, // !`),
    says: `Property '${name}' is protected and only accessible within class '${says}'`,
  })),
  knownAs("filter", "where", "$.orders.filter((o) => o.amount.gt(0)).key((o) => o.order_id)"),
  knownAs("withColumn", "derive", "$.orders.withColumn('x', (o) => o.amount).where((o) => o.x.gt(0))"),
  knownAs("mutate", "derive", "$.orders.mutate((o) => ({ x: o.amount }))"),
  knownAs("drop", "select", "$.orders.drop('note')"),
  knownAs(
    "agg",
    "aggregate",
    "$.orders.groupBy((o) => ({ s: o.status })).agg((o) => ({ x: o.amount.sum() })).key((r) => r.s)",
  ),
  knownAs("dropDuplicates", "dedupe", "$.orders.dropDuplicates(['order_id'])"),
  knownAs("innerJoin", "join", "$.orders.innerJoin($.customers, (o, c) => o.customer_id.eq(c.customer_id))"),
  knownAs("unionAll", "union", "$.orders.unionAll($.orders)"),
];

const CONDITION = "a condition was expected: return one, such as c.amount.gt(0)";
const COLUMNS = "one column or a list of columns was expected: (c) => c.id, or (c) => [c.id, c.line]";
const KEY_COLUMNS = "expected as many columns as the key of the other table has, of the same types";
const JOINED = "a join needs a match and the columns of its result: join(other, (o, c) =>";
const LOOKED_UP =
  "lookup() needs the columns that match the other side's key, and the columns of its result: lookup(other,";
const CHANGED = "$.orders_raw.changes({ key: (o) => o.order_id, sequenceBy: (o) => o.ordered_at })";
const scd1 = (query: string): string => `shop.scd1(($) => ({\n  made: ${query}\n}))`;

/** What steps are given: each mistake of it is one error, in which callbacks have types. */
const given: readonly Mistake[] = [
  ...(
    [
      ["where()", "where(async (o) => o.amount.gt(0))", CONDITION],
      ["expect()", "expect({ paid: async (o) => o.amount.gt(0) })", CONDITION],
      ["semiJoin()", "semiJoin($.customers, async (o, c) => o.customer_id.eq(c.customer_id))", CONDITION],
      ["key()", "key(async (o) => o.order_id)", COLUMNS],
      ["the key of dedupe()", "dedupe({ key: async (o) => o.order_id, orderBy: (o) => o.amount })", COLUMNS],
      ["the order of dedupe()", "dedupe({ key: (o) => o.order_id, orderBy: async (o) => o.amount })", COLUMNS],
      ["orderBy()", "orderBy(async (o) => o.amount).limit(1)", COLUMNS],
      ["references()", "references($.customers, async (o) => o.customer_id)", KEY_COLUMNS],
      [
        "lookup()",
        "lookup($.customers, async (o) => o.customer_id, (o, c) => ({ a: o.amount, c: c.country }))",
        KEY_COLUMNS,
      ],
    ] as const
  ).map(
    ([rule, query, says]): Mistake => ({
      rule: `an async callback: ${rule}`,
      wrong: silver(`$.orders.${query}, // !`),
      says,
      right: silver(`$.orders.${query.replace("async ", "")},`),
    }),
  ),
  ...(
    [
      ["the key of changes()", CHANGED.replace("key: ", "key: async "), COLUMNS],
      ["sequenceBy", CHANGED.replace("sequenceBy: ", "sequenceBy: async "), "one column was expected: return it"],
      ["deleteWhen", CHANGED.replace(" })", ", deleteWhen: async (o) => o.status.eq('x') })"), CONDITION],
    ] as const
  ).map(
    ([rule, query, says]): Mistake => ({ rule: `an async callback: ${rule}`, wrong: scd1(`${query}, // !`), says }),
  ),
  ...(
    [
      ["a list of conditions", "$.orders.where((o) => [o.amount.gt(0), o.line.gt(0)])", CONDITION],
      ["an object of conditions", "$.orders.where(() => ({ status: 'x' }))", CONDITION],
      [
        "two conditions",
        "$.orders.where((o) => o.amount.gt(0), (o) => o.line.gt(0))",
        "this step accepts one argument",
      ],
      [
        "two callbacks of columns",
        "$.orders.select((o) => ({ a: o.line }), (o) => ({ b: o.line }))",
        "accepts one argument",
      ],
      [
        "two groups",
        "$.orders.groupBy((o) => ({ a: o.line }), (o) => ({ b: o.line })).aggregate((o) => ({ n: o.line.count() }))",
        "accepts one argument",
      ],
      ["a name and a callback", "$.orders.derive('x', (o) => o.amount)", "Argument of type 'string' is not assignable"],
      ["a key for dedupe()", "$.orders.dedupe((o) => o.order_id)", "dedupe() needs a key and the order"],
      ["a match alone", "$.orders.join($.customers, (o, c) => o.customer_id.eq(c.customer_id))", JOINED],
      [
        "a match as an option",
        "$.orders.leftJoin($.customers, { on: (o, c) => o.customer_id.eq(c.customer_id) })",
        JOINED,
      ],
      [
        "match and columns as options",
        "$.orders.fullJoin($.customers, { on: (o, c) => o.line.eq(c.customer_id), select: (o, c) => ({ a: o.line, c: c.country }) })",
        JOINED,
      ],
      ["a name to join by", "$.orders.join($.customers, 'customer_id')", JOINED],
      ["a key of lookup() alone", "$.orders.lookup($.customers, (o) => o.customer_id)", LOOKED_UP],
      ["the key of lookup() as an option", "$.orders.lookup($.customers, { on: (o) => o.customer_id })", LOOKED_UP],
    ] as const
  ).map(
    ([rule, query, says]): Mistake => ({ rule: `given to a step: ${rule}`, wrong: silver(`${query}, // !`), says }),
  ),
];

/** What habits of SQL and of data frames give in the place of a function of columns, and of a value. */
const inPlaceOfFunctions: readonly Mistake[] = [
  ...(
    [
      [
        "a text of SQL for where()",
        "$.orders.where('amount > 0')",
        'Rule<"a function of the columns was expected: (c) => c.amount.gt(0)',
      ],
      [
        "a name for select()",
        "$.orders.select('order_id')",
        'Selection<"a function of the columns was expected: (c) => ({ id: c.id })',
      ],
      [
        "a list of names for select()",
        "$.orders.select(['order_id', 'note'])",
        'Selection<"a function of the columns was expected',
      ],
      ["a name for derive()", "$.orders.derive('amount')", 'Derivation<"a function of the columns was expected'],
      ["a name for whereNotNull()", "$.orders.whereNotNull('note')", 'Filling<"a function of the columns was expected'],
      ["a name for aggregate()", "$.orders.aggregate('amount')", 'Measuring<"a function of the columns was expected'],
      [
        "a name for orderBy()",
        "$.orders.orderBy('amount').limit(1)",
        'Order<"one column or a list of columns was expected',
      ],
      ["a name for key()", "$.orders.key('order_id')", 'KeyColumns<"one column or a list of columns was expected'],
      [
        "a name for key(), after a setting",
        "$.orders.comment('x').key('order_id')",
        'KeyColumns<"one column or a list of columns was expected',
      ],
      [
        "a name for groupBy()",
        "$.orders.groupBy('line').aggregate((o) => ({ n: o.line.count() }))",
        'Grouping<"a function of the columns was expected: (c) => ({ id: c.id })',
      ],
      [
        "a text of SQL for a rule",
        "$.orders.expect({ positive: 'amount > 0' })",
        'Rule<"a function of the columns was expected: (c) => c.amount.gt(0)',
      ],
      [
        "a name for the match of join()",
        "$.orders.join($.customers, 'customer_id', (o) => ({ a: o.line }))",
        'Matching<"a join needs a match and the columns of its result',
      ],
      [
        "a name for the match of semiJoin()",
        "$.orders.semiJoin($.customers, 'customer_id')",
        'Match<"a join needs a match and the columns of its result',
      ],
    ] as const
  ).map(
    ([rule, query, says]): Mistake => ({
      rule,
      wrong: silver(`${query}, // !`),
      says: `is not assignable to ${rule.endsWith("rule") ? "type" : "parameter of type"} '${says}`,
    }),
  ),
  ...(
    [
      ["null for a text", "o.note.eq(null)", "null", "o.note.isNull()"],
      ["null for a number", "o.amount.eq(null)", "null", "o.amount.lt(1)"],
      ["undefined for a time", "o.ordered_at.eq(undefined)", "undefined", "o.corrected_at.isNull()"],
      ["a number for a time", "o.ordered_at.gt(5)", "number", "o.ordered_at.hour().gt(5)"],
      [
        "a text in the place of a null number",
        "o.amount.orElse('none').gt(0)",
        '"none"',
        "o.coupon_id.orElse(0).gt(0)",
      ],
      ["a number for a text", "o.note.ne(5)", "number", "o.note.tryCast(t.int()).ne(5)"],
    ] as const
  ).map(
    ([rule, condition, given, right]): Mistake => ({
      rule,
      wrong: silver(`$.orders.where((o) => ${condition}), // !`),
      says: `Argument of type '${given}' is not assignable to parameter of type '${/amount/.test(condition) ? "NumberOperand<" : "Operand<"}`,
      right: silver(`$.orders.where((o) => ${right}),`),
    }),
  ),
  {
    rule: "an aggregate in a comparison of a row",
    wrong: silver("$.orders.where((o) => o.amount.gt(o.amount.avg())), // !"),
    says: "over() gives an aggregate for each row",
    right: silver("$.orders.derive((o) => ({ mean: o.amount.avg().over({}) })).where((o) => o.amount.gt(o.mean)),"),
  },
  {
    rule: "the columns of a side as a column",
    wrong: silver(
      `$.orders.join($.customers, (o, c) => o.customer_id.eq(c.customer_id), (o, c) => ({
    line: o.line,
    c, // !
  })),`,
    ),
    says: "an object of columns is not a column: spread it",
    right: silver(
      "$.orders.join($.customers, (o, c) => o.customer_id.eq(c.customer_id), (o, c) => ({ ...c, line: o.line })),",
    ),
  },
  ...(
    [
      ["the key of dedupe()", silver("$.orders.dedupe({ key: 'order_id', orderBy: (o) => o.amount }), // !"), COLUMNS],
      ["the order of dedupe()", silver("$.orders.dedupe({ key: (o) => o.line, orderBy: 'amount' }), // !"), COLUMNS],
      ["the key of changes()", scd1(`${CHANGED.replace(/key: [^,]*/, "key: 'order_id'")}, // !`), COLUMNS],
      ["a rule as two arguments", silver("$.orders.expect('paid', (o) => o.amount.gt(0)), // !"), "rules have names"],
      ["rules as a list", silver("$.orders.expect([(o) => o.amount.gt(0)]), // !"), "rules have names"],
    ] as const
  ).map(([what, wrong, says]): Mistake => ({ rule: `a name for a function: ${what}`, wrong, says })),
  {
    rule: "a misspelt table to look up",
    wrong: silver(
      "$.orders.lookup($.customer, (o) => o.customer_id, (o, c) => ({ o: o.line, a: c.country, b: c.credit })), // !",
    ),
    says: "Did you mean 'customers'?",
  },
  {
    rule: "deleteWhen compares by ===",
    wrong: scd1(`${CHANGED.replace(" })", ", deleteWhen: () => 'x' })")}, // !`),
    says: "a condition was expected: return one, such as c.amount.gt(0), not === or >",
  },
  {
    rule: "columns to look up by the condition of a join",
    wrong: silver("$.orders.references($.customers, (_, c) => c.customer_id), // !"),
    says: "expected as many columns as the key of the other table has",
    right: silver("$.orders.references($.customers, (o) => o.customer_id),"),
  },
  {
    rule: "a source without a path",
    wrong: 'pipeline("p").bronze({ raw: source.csv({ id: t.bigint() }) }) // !',
    says: "a source needs a path and columns: source.json(",
    right: 'pipeline("p").bronze({ raw: source.csv("x.csv", { id: t.bigint() }) })',
  },
  {
    rule: "varchar() is called string() here",
    wrong: 'pipeline("p").bronze({ raw: source.csv("x.csv", { id: t.varchar(20) }) }) // !',
    says: "Property 'varchar' is protected and only accessible within class 'ItIsCalledStringHere'",
    right: 'pipeline("p").bronze({ raw: source.csv("x.csv", { id: t.string() }) })',
  },
  {
    rule: "a type that is not there",
    wrong: 'pipeline("p").bronze({ raw: source.csv("x.csv", { id: t.uuid() }) }) // !',
    says: "Property 'uuid' does not exist on type 'Types'.",
  },
  {
    rule: "a method looked for in fn",
    wrong: silver("$.orders.aggregate((o) => ({ total: fn.sum(o.amount) })), // !"),
    says: "Property 'sum' is protected and only accessible within class 'AFunctionOfOneColumnIsItsMethod'",
    right: silver("$.orders.aggregate((o) => ({ total: o.amount.sum() })),"),
  },
  {
    rule: "a rule without a name",
    wrong: silver("$.orders.expectOrDrop((o) => o.amount.gt(0)), // !"),
    says: "rules have names: expect({ positive: (c) => c.amount.gt(0) })",
    right: silver("$.orders.expectOrDrop({ positive: (o) => o.amount.gt(0) }),"),
  },
  {
    rule: "columns that are not returned",
    wrong: silver("$.orders.select((o) => { o.line; }), // !"),
    says: "an object of named columns was expected",
    right: silver("$.orders.select((o) => { return { line: o.line }; }),"),
  },
  {
    rule: "a name for the parts of a window",
    wrong: silver(
      "$.orders.derive((o) => ({ n: fn.rowNumber().over({ partitionBy: 'line', orderBy: o.amount }) })), // !",
    ),
    says: "one column or a list of columns was expected",
    right: silver("$.orders.derive((o) => ({ n: fn.rowNumber().over({ partitionBy: o.line, orderBy: o.amount }) })),"),
  },
  {
    rule: "a text in an array of structs",
    wrong: silver("$.accounts.aggregate((a) => ({ all: a.contact.arrayAgg() })).where((a) => a.all.has('x')), // !"),
    says: "has() compares with a constant, and what is in here is not one",
    right: silver(
      "$.accounts.aggregate((a) => ({ all: a.contact.arrayAgg() })).where((a) => a.all.at(0).fields.city.eq('x')),",
    ),
  },
  {
    rule: "numbers as one text",
    wrong: silver(
      '$.orders.aggregate((o) => ({ all: o.line.arrayAgg() })).derive((o) => ({ text: o.all.joinText(", ") })), // !',
    ),
    says: "joinText() accepts an ARRAY<STRING>: cast(t.array(t.string())) it first",
    right: silver(
      '$.orders.aggregate((o) => ({ all: o.line.arrayAgg() })).derive((o) => ({ text: o.all.cast(t.array(t.string())).joinText(", ") })),',
    ),
  },
  {
    rule: "a day as the time of a history",
    wrong: silver(
      `$.orders.asOfJoin($.history, {
    on: (o, h) => o.customer_id.eq(h.customer_id),
    at: (o) => o.ordered_at.toDate(), // !
    select: (o, h) => ({ line: o.line, country: h.country }),
  }),`,
    ),
    says: "asOfJoin() reads a history at one time of the row, of the type of its sequence",
    right: silver(
      `$.orders.asOfJoin($.history, {
    on: (o, h) => o.customer_id.eq(h.customer_id),
    at: (o) => o.ordered_at,
    select: (o, h) => ({ line: o.line, country: h.country }),
  }),`,
    ),
  },
  {
    rule: "null for an identifier",
    wrong: silver("$.trips.where((x) => x.bike_id.eq(null)), // !"),
    says: "a constant or a column of this type: isNull() tests for null, cast() converts another type",
    right: silver("$.trips.where((x) => x.bike_id.isNull()),"),
  },
];

/** What was said of a column or a table that is in error is not said again. */
const onceOnly: readonly Mistake[] = [
  {
    rule: "a misspelt column next to a constant",
    wrong: silver(`$.orders.select((o) => ({
    a: o.oder_id, // !
    kind: "order",
  })),`),
    says: "Did you mean 'order_id'?",
  },
  {
    rule: "a misspelt column next to the sum of a balance",
    wrong: silver(`$.accounts.groupBy((a) => ({ day: a.day })).aggregate((a) => ({
    balance: a.balance.sum(),
    n: a.acount.count(), // !
  })),`),
    says: "Did you mean 'account'?",
  },
  {
    rule: "a misspelt key of a table whose rows a join meets once",
    wrong: `shop.silver(($) => ({
  owners: $.customers.key((c) => c.customerid), // !
})).silver(($) => ({
  made: $.orders
    .join($.owners, (o, c) => o.customer_id.eq(c.customer_id), (o) => ({ amount: o.amount }))
    .aggregate((r) => ({ total: r.amount.sum() })),
}))`,
    says: "Did you mean 'customer_id'?",
  },
  {
    rule: "a key of which the callback returns nothing, of a table whose rows a join meets once",
    wrong: `shop.silver(($) => ({
  owners: $.customers.key((c) => { c.customer_id; }), // !
})).silver(($) => ({
  made: $.orders
    .join($.owners, (o, c) => o.customer_id.eq(c.customer_id), (o) => ({ amount: o.amount }))
    .aggregate((r) => ({ total: r.amount.sum() })),
}))`,
    says: "one column or a list of columns was expected",
  },
  {
    rule: "a lookup of another table than the one that was meant, of which columns are taken",
    wrong: silver(`$.orders.lookup(
    $.bikes,
    (o) => o.customer_id, // !
    (o, c) => ({ line: o.line, country: c.country, credit: c.credit }),
  ),`),
    says: "an id of bike is expected",
    right: silver(`$.orders.lookup(
    $.customers,
    (o) => o.customer_id,
    (o, c) => ({ line: o.line, country: c.country, credit: c.credit }),
  ),`),
  },
  {
    rule: "a lookup of a table without a key, of which columns are taken that another has",
    wrong: silver(`$.orders.lookup(
    $.accounts, // !
    (o) => o.customer_id,
    (o, c) => ({ line: o.line, country: c.country, credit: c.credit }),
  ),`),
    says: NO_KEY,
  },
  {
    rule: "an asOfJoin to a table that is no history and lacks the columns",
    wrong: silver(`$.orders.asOfJoin($.accounts, { // !
    on: (o, h) => o.customer_id.eq(h.customer_id),
    at: (o) => o.ordered_at,
    select: (o, h) => ({ line: o.line, country: h.country, credit: h.credit }),
  }),`),
    says: "asOfJoin() reads a history: make the other table with scd2()",
  },
  {
    rule: "columns where measures are expected, all of them",
    wrong: silver("$.orders.aggregate((o) => ({ line: o.line, status: o.status, note: o.note })), // !"),
    says: "columns are used where aggregates are expected: select() them as they are",
    right: silver("$.orders.select((o) => ({ line: o.line, status: o.status, note: o.note })),"),
  },
  {
    rule: "an array of a text, in which a text is looked for",
    wrong: `pipeline("p").bronze({ raw: source.csv("p", {
  id: t.bigint(),
  tags: t.array("string"), // !
}) }).silver(($) => ({ made: $.raw.where((c) => c.tags.has("new")) }))`,
    says: "Argument of type 'string' is not assignable to parameter of type 'AnyColumn'",
  },
  {
    rule: "a struct of a list, of which a field is taken next to a constant",
    wrong: `pipeline("p").bronze({ raw: source.csv("p", {
  id: t.bigint(),
  at: t.struct([t.string()]), // !
}) }).silver(($) => ({ made: $.raw.select((c) => ({ city: c.at.fields["city"], kind: "p" })) }))`,
    says: "is not assignable to parameter of type 'Record<string, AnyColumn>'",
  },
  {
    rule: "coalesce() of nothing, in gold",
    wrong: gold("$.orders.select((o) => ({ line: o.line, x: fn.coalesce() })), // !"),
    says: "Expected at least 1 arguments, but got 0",
  },
];

/** A fix is named where the value that was meant is near. */
const fixes: readonly Mistake[] = [
  {
    rule: "a constant among the columns of a lookup",
    wrong: silver("$.orders.lookup($.orders, (o) => [o.order_id, 1], (o, x) => ({ a: o.line, b: x.status })), // !"),
    says: 'a value of JavaScript stands for a column of a key: a constant has the type of that column: fn.lit("EUR"), or fn.lit(1, t.bigint())',
    right: silver(
      "$.orders.lookup($.orders, (o) => [o.order_id, fn.lit(1, t.bigint())], (o, x) => ({ a: o.line, b: x.status })),",
    ),
  },
  {
    rule: "a constant among the columns of a reference",
    wrong: silver("$.orders.references($.orders, (o) => [o.order_id, 1]), // !"),
    says: "a value of JavaScript stands for a column of a key",
  },
  {
    rule: "another value instead of a null enum",
    wrong: silver('$.orders.select((o) => ({ x: o.status.tryCast(t.enum(["new", "paid"])).orElse("other") })), // !'),
    says: "one of the values: for another text cast(t.string()) the column first",
    right: silver(
      '$.orders.select((o) => ({ x: o.status.tryCast(t.enum(["new", "paid"])).cast(t.string()).orElse("other") })),',
    ),
  },
  {
    rule: "contains() of an array",
    wrong: silver('$.orders.where((o) => o.status.split(",").contains("new")), // !'),
    says: "only accessible within class 'ItIsCalledHasHere'",
    right: silver('$.orders.where((o) => o.status.split(",").has("new")),'),
  },
  {
    rule: "the length of an array",
    wrong: silver('$.orders.where((o) => o.status.split(",").length.gt(1)), // !'),
    says: "only accessible within class 'ItIsCalledSizeHere'",
    right: silver('$.orders.where((o) => o.status.split(",").size().gt(1)),'),
  },
  {
    rule: "join() of an array",
    wrong: silver('$.orders.select((o) => ({ x: o.status.split(",").join(" ") })), // !'),
    says: "only accessible within class 'ItIsCalledJoinTextHere'",
    right: silver('$.orders.select((o) => ({ x: o.status.split(",").joinText(" ") })),'),
  },
  {
    rule: "the first element of an array",
    wrong: silver('$.orders.select((o) => ({ x: o.status.split(",").first() })), // !'),
    says: "only accessible within class 'AnElementIsReachedByAt'",
    right: silver('$.orders.select((o) => ({ x: o.status.split(",").at(0) })),'),
  },
  {
    rule: "a field by a method",
    wrong: silver('$.accounts.select((a) => ({ x: a.contact.field("city") })), // !'),
    says: "only accessible within class 'AFieldIsReachedByFields'",
    right: silver("$.accounts.select((a) => ({ x: a.contact.fields.city })),"),
  },
  {
    rule: "a value of a map by get()",
    wrong: silver(
      '$.orders.select((o) => ({ x: o.note.cast(t.string()), m: sql(t.map(t.string(), t.int()))`map()`.get("a") })), // !',
    ),
    says: "only accessible within class 'ItIsCalledEntryHere'",
    right: silver(
      '$.orders.select((o) => ({ x: o.note.cast(t.string()), m: sql(t.map(t.string(), t.int()))`map()`.entry("a") })),',
    ),
  },
  {
    rule: "a key in error, of a table that looks up by it and sums",
    wrong: `shop.silver(($) => ({
  visits: $.orders_raw
    .select(({ customer_id, amount }) => ({ customer_id, amount }))
    .key((o) => ({ customer_id: o.customer_id })), // !
})).gold(($) => ({
  totals: $.visits
    .lookup(
      $.customers,
      (v) => v.customer_id,
      (v, c) => ({ ...v, credit: c.credit }),
    )
    .lookup(
      $.customers,
      (v) => v.customer_id,
      (v, c) => ({ ...v, also: c.credit }),
    )
    .aggregate((v) => ({ amount: v.amount.sum(), credit: v.credit.sum(), also: v.also.sum() })),
}))`,
    says: "one column or a list of columns was expected",
    right: `shop.silver(($) => ({
  visits: $.orders_raw.select(({ customer_id, amount }) => ({ customer_id, amount })).key((o) => o.customer_id),
})).gold(($) => ({
  totals: $.visits
    .lookup(
      $.customers,
      (v) => v.customer_id,
      (v, c) => ({ ...v, credit: c.credit }),
    )
    .aggregate((v) => ({ amount: v.amount.sum(), credit: v.credit.sum() })),
}))`,
  },
  {
    rule: "a source that declares no columns, and its reader",
    wrong: `pipeline("empty")
  .bronze({ raw: source.json("raw/*.json", {}) }) // !
  .silver(($) => ({ made: $.raw.where((r) => r.amount.gt(0)).derive((r) => ({ day: r.at.toDate() })) }))`,
    says: "a source needs at least one column: declare the columns that the files have: { id: t.bigint() }",
  },
  {
    rule: "a table source that declares no columns, and its reader",
    wrong: `pipeline("empty")
  .bronze({ raw: source.table("erp.sales.orders", {}) }) // !
  .silver(($) => ({ made: $.raw.where((r) => r.amount.gt(0)).derive((r) => ({ day: r.at.toDate() })) }))`,
    says: "a source needs at least one column: declare the columns that the files have: { id: t.bigint() }",
  },
  {
    rule: "columns in front of their path, and readers that spread the rows",
    wrong: `pipeline("p")
  .bronze({ raw: source.json({ id: t.bigint(), at: t.timestamp() }, "raw/*.json") }) // !
  .silver(($) => ({
    late: $.raw.select((r) => ({ ...r, day: r.at.toDate() })).where((r) => r.id.gt(0)),
    both: $.raw.union($.raw.where((r) => r.id.gt(9))).select((r) => ({ ...r, day: r.at.toDate() })).where((r) => r.id.gt(0)),
  }))
  .scd1(($) => ({ newest: $.raw.changes({ key: ({ id }) => id, sequenceBy: (r) => r.at }) }))
  .scd2(($) => ({ history: $.raw.changes({ key: ({ id }) => id, sequenceBy: (r) => r.at }) }))
  .silver(($) => ({
    one: $.newest.select((r) => ({ ...r, day: r.at.toDate() })).where((r) => r.id.gt(0)),
    all: $.history.select((r) => ({ ...r, day: r.at.toDate() })).where((r) => r.id.gt(0)),
  }))`,
    says: "is not assignable to parameter of type 'string'",
  },
  {
    rule: "changes in a layer that is called gold, and their readers in silver",
    wrong: `shop
  .gold(($) => ({
    newest: $.customers_raw.changes({ key: (c) => c.customer_id, sequenceBy: (c) => c.changed_at }), // !
  }))
  .silver(($) => ({
    known: $.orders_raw.semiJoin($.newest, (o, c) => o.customer_id.eq(c.customer_id)),
    countries: $.orders_raw.lookup(
      $.newest,
      (o) => o.customer_id,
      (o, c) => ({ ...o, country: c.country }),
    ),
    europe: $.newest.where((c) => c.country.ne("US")),
  }))`,
    says: 'gold reads silver and gold, and "customers_raw" is bronze: make a silver table of it first',
  },
  {
    rule: "a first layer of silver tables that is called gold",
    wrong: `pipeline("p")
  .bronze({
    raw: source.csv("x.csv", { id: t.bigint(), at: t.timestamp() }),
    notes: source.csv("y.csv", { id: t.bigint(), note: t.string() }),
  })
  .gold(($) => ({ // !
    made: $.raw.where((r) => r.id.gt(0)).key((r) => r.id),
    latest: $.raw.dedupe({ key: (r) => r.id, orderBy: (r) => r.at.desc() }),
    noted: $.notes.derive((n) => ({ upper: n.note.upper() })),
    matched: $.raw.semiJoin($.notes, (r, n) => r.id.eq(n.id)),
  }))`,
    says: "gold reads silver and gold, and no table of them comes before this call",
  },
  {
    rule: "a source in error that gold reads",
    wrong: `pipeline("p")
  .bronze({ raw: source.csv("x.csv", {}) }) // !
  .silver(($) => ({ made: $.raw.where((r) => r.id.gt(0)) }))
  .gold(($) => ({ totals: $.raw.aggregate((r) => ({ amount: r.amount.sum() })) }))`,
    says: "a source needs at least one column",
  },
  {
    rule: "a path without columns, and a reader that spreads the rows",
    wrong: `pipeline("p")
  .bronze({ raw: source.json("raw/*.json") }) // !
  .silver(($) => ({ late: $.raw.select((r) => ({ ...r, day: r.at.toDate() })).where((r) => r.id.gt(0)) }))`,
    says: "a source needs a path and columns: source.json(",
  },
  {
    rule: "no columns of a side of a union, and a reader that spreads the rows",
    wrong: `shop.silver(($) => ({
  made: $.loose
    .select() // !
    .union($.loose)
    .select((o) => ({ ...o, day: o.ordered_at.toDate() }))
    .where((o) => o.amount.gt(0)),
}))`,
    says: "Expected at least 1 arguments, but got 0",
  },
  {
    rule: "a callback in the place of a window",
    wrong: silver("$.orders.derive((o) => ({ x: o.line.sum().over((w) => w.partitionBy(o.status)) })), // !"),
    says: "over() accepts a window: over({ partitionBy: c.shop, orderBy: c.day }); over({}) is over all rows",
    right: silver("$.orders.derive((o) => ({ x: o.line.sum().over({ partitionBy: o.status }) })),"),
  },
  {
    rule: "a callback in the place of the window of a rank",
    wrong: silver("$.orders.derive((o) => ({ x: fn.rank().over((w) => w.orderBy(o.line)) })), // !"),
    says: "over() accepts a window: over({ partitionBy: c.shop, orderBy: c.day }); over({}) is over all rows",
    right: silver("$.orders.derive((o) => ({ x: fn.rank().over({ orderBy: o.line }) })),"),
  },
  {
    rule: "a column in the place of a window",
    wrong: silver("$.orders.derive((o) => ({ x: o.line.firstValue().over(o.status) })), // !"),
    says: "over() accepts a window: over({ partitionBy: c.shop, orderBy: c.day }); over({}) is over all rows",
    right: silver("$.orders.derive((o) => ({ x: o.line.firstValue().over({ orderBy: o.line }) })),"),
  },
  {
    rule: "a window function in the place of columns",
    wrong: silver("$.orders.select(() => fn.rowNumber()), // !"),
    says: "is not assignable to type 'AnObjectOfColumns'",
  },
  {
    rule: "an order in the place of groups",
    wrong: silver("$.orders.groupBy((o) => o.status.desc()).aggregate(() => ({ orders: fn.countRows() })), // !"),
    says: "is not assignable to type 'AnObjectOfColumns'",
  },
  {
    rule: "a text in the place of measures",
    wrong: silver('$.orders.groupBy((o) => ({ status: o.status })).aggregate(() => "count"), // !'),
    says: "Type 'string' is not assignable to type 'AnObjectOfColumns'",
  },
  {
    rule: "a case in the place of columns that are derived",
    wrong: silver("$.orders.derive((o) => fn.when(o.line.gt(1), 1)), // !"),
    says: "is not assignable to type 'AnObjectOfColumns | ",
  },
  {
    rule: "a text in the place of a step",
    wrong: silver('$.orders.pipe("clean"), // !'),
    says: "Argument of type 'string' is not assignable to parameter of type '(relation: ",
    right: silver("$.orders.pipe((orders) => orders.where((o) => o.line.gt(0))),"),
  },
  {
    rule: "the sum of a price that is converted at the rate of a column",
    wrong: silver(sum('$.orders.select((o) => ({ price: o.price.convert("USD", o.line) }))', "price")),
    says: NOT_SUMMED,
    right: silver(
      sum(
        '$.trips.lookup($.bikes, (x) => x.bike_id, (x, b) => ({ minutes: x.minutes.convert("h", b.gears.orElse(1n)) }))',
        "minutes",
      ).replace(" // !", ""),
    ),
  },
  {
    rule: "metadata that is asked for by a text, and its reader",
    wrong: `pipeline("origin")
  .bronze({ raw: source.json("raw/*.json", { id: t.bigint() }, { metadata: "true" }) }) // !
  .silver(($) => ({ made: $.raw.select((r) => ({ id: r.id, file: r._source_file, at: r._ingested_at })) }))`,
    says: "Type 'string' is not assignable to type 'boolean | undefined'",
    right: `pipeline("origin")
  .bronze({ raw: source.json("raw/*.json", { id: t.bigint() }, { metadata: true }) })
  .silver(($) => ({ made: $.raw.select((r) => ({ id: r.id, file: r._source_file, at: r._ingested_at })) }))`,
  },
  {
    rule: "an argument after the tables of a layer",
    wrong: `shop.gold(
  ($) => ({ made: $.orders.where((o) => o.amount.gt(0)), also: $.orders.where((o) => o.amount.lt(0)) }),
  "daily", // !
)`,
    says: "Argument of type 'string' is not assignable to parameter of type 'TooMany'",
  },
  {
    rule: "a rate that is an amount",
    wrong: silver('$.orders.select((o) => ({ x: o.usd.convert("EUR", o.amount) })), // !'),
    says: "a rate that makes EUR of USD has no unit or is in EUR/USD, and this one is in EUR: use the column that holds the rate",
    right: silver(
      '$.orders.select((o) => ({ x: o.usd.convert("EUR", o.line.cast(t.decimal(12, 6).unit("EUR/USD"))), y: o.line.convert("EUR", o.amount) })),',
    ),
  },
];

export const mistakes: readonly Mistake[] = [
  ...inPlaceOfFunctions,
  ...enums,
  ...columnsAndTypes,
  ...operators,
  ...keys,
  ...layers,
  ...personalData,
  ...measures,
  ...flows,
  ...identifiers,
  ...constantsAndNames,
  ...given,
  ...onceOnly,
  ...fixes,
];
