/** Plausible mistakes: single edits of `store.ts`. Each is one mistake, on one line. */

export interface Edit {
  readonly what: string;
  /** Text that stands once in the pipeline, and what stands there instead. */
  readonly from: string;
  readonly to: string;
  /** The line of the first error, where it is not the first line that changes: text that stands on it. */
  readonly on?: string;
  /** What the first error names. */
  readonly names?: string;
}

export const edits: readonly Edit[] = [
  // Columns
  { what: "a column misspelt in where", from: 'o.status.ne("cancelled")', to: 'o.staus.ne("cancelled")' },
  { what: "a column misspelt in derive", from: "o.ordered_at.toDate()", to: "o.orderd_at.toDate()" },
  { what: "a column misspelt in the second of two derived", from: 'o.amount.times("0.8")', to: 'o.amout.times("0.8")' },
  { what: "a column misspelt in key", from: ".key((o) => o.order_id)", to: ".key((o) => o.orderid)" },
  {
    what: "a column misspelt in an expectation",
    from: "(o) => o.amount.gt(0), dated",
    to: "(o) => o.amont.gt(0), dated",
  },
  { what: "a column misspelt in whereNotNull", from: "category: p.category }))", to: "category: p.catgory }))" },
  { what: "another name in whereNotNull", from: "({ category: p.category })", to: "({ kind: p.category })" },
  {
    what: "a column misspelt in dedupe's key",
    from: "key: (p) => p.product_id, orderBy",
    to: "key: (p) => p.productid, orderBy",
  },
  { what: "a column misspelt in dedupe's order", from: "orderBy: (p) => p.title", to: "orderBy: (p) => p.name" },
  {
    what: "a rest of a column that is not there",
    from: "({ note, paid, ...rest })",
    to: "({ notes, paid, ...rest })",
    on: "({ notes, paid",
  },
  { what: "a dropped column used after", from: "o.remark.isNotNull()", to: "o.note.isNotNull()" },
  {
    what: "a column misspelt in a change key",
    from: "key: (c) => c.customer_id,\n      sequenceBy: (c) => c.changed_at,\n      deleteWhen",
    to: "key: (c) => c.customerid,\n      sequenceBy: (c) => c.changed_at,\n      deleteWhen",
  },
  {
    what: "a column misspelt in a sequence",
    from: "sequenceBy: (c) => c.changed_at,\n      deleteWhen",
    to: "sequenceBy: (c) => c.changed,\n      deleteWhen",
  },
  { what: "a column misspelt in deleteWhen", from: 'c.op.eq("D")', to: 'c.operation.eq("D")' },
  {
    what: "a column misspelt in what is stored",
    from: "columns: ({ op, ...rest }) => rest",
    to: "columns: ({ operation, ...rest }) => rest",
  },
  { what: "a column misspelt in a lookup", from: "(o) => o.product_id,\n", to: "(o) => o.productid,\n" },
  {
    what: "a column misspelt in what a lookup gives",
    from: "customer_id: o.customer_id,\n          ordered_at",
    to: "customer_id: o.customerid,\n          ordered_at",
  },
  { what: "the other side's column misspelt in a lookup", from: "price: p.price", to: "price: p.cost" },
  { what: "a column misspelt in a reference", from: "(s) => s.order_id),", to: "(s) => s.orderid)," },
  { what: "a column misspelt in on", from: "s.customer_id.eq(c.customer_id)", to: "s.customerid.eq(c.customer_id)" },
  {
    what: "the other side's column misspelt in on",
    from: "s.customer_id.eq(c.customer_id)",
    to: "s.customer_id.eq(c.id)",
  },
  { what: "a column misspelt in at", from: "at: (s) => s.ordered_at", to: "at: (s) => s.orderedat" },
  {
    what: "a column misspelt in what an asOfJoin gives",
    from: "country: c.country, amount",
    to: "country: c.land, amount",
  },
  {
    what: "a column misspelt in groupBy",
    from: "groupBy((r) => ({ country: r.country }))",
    to: "groupBy((r) => ({ country: r.contry }))",
  },
  { what: "a column misspelt in the first measure", from: "revenue: r.amount.sum(),", to: "revenue: r.amout.sum()," },
  { what: "a column misspelt in the last measure", from: "mean: r.amount.avg()", to: "mean: r.amout.avg()" },
  { what: "a group that is no column of the result", from: ".key((r) => r.category)", to: ".key((r) => r.kind)" },
  { what: "a column misspelt in a case", from: "fn.when(s.amount.gt(100)", to: "fn.when(s.amout.gt(100)" },
  { what: "a column misspelt in a window's order", from: "orderBy: s.amount.desc()", to: "orderBy: s.amout.desc()" },
  {
    what: "a column misspelt in a window's partition",
    from: "partitionBy: s.category,",
    to: "partitionBy: s.categry,",
  },
  { what: "a measure misspelt in orderBy", from: "r.revenue.desc()", to: "r.revenu.desc()" },
  { what: "a column misspelt in gold's derive", from: "r.revenue.div(r.orders)", to: "r.revenu.div(r.orders)" },
  { what: "a divisor misspelt", from: "r.revenue.div(r.orders)", to: "r.revenue.div(r.order)" },
  { what: "a derived column misspelt", from: "r.per_order.gt(1)", to: "r.perorder.gt(1)" },
  // Tables
  { what: "a table misspelt in silver", from: "products: $.products_raw", to: "products: $.product_raw" },
  {
    what: "a table misspelt in scd2",
    from: "customers: $.customers_raw.changes",
    to: "customers: $.customer_raw.changes",
  },
  { what: "a table misspelt in a lookup", from: "        $.products,\n", to: "        $.product,\n" },
  { what: "a table misspelt in a reference", from: ".references($.orders,", to: ".references($.order," },
  { what: "a table misspelt in gold", from: "by_category: $.sales", to: "by_category: $.sale" },
  { what: "a history misspelt", from: ".asOfJoin($.customers,", to: ".asOfJoin($.customer," },
  {
    what: "gold reads bronze",
    from: "top: $.by_category.orderBy((r) => r.revenue.desc())",
    to: "top: $.orders_raw.orderBy((r) => r.amount.desc())",
  },
  {
    what: "a lookup of a bronze table in gold",
    from: "top: $.by_category.orderBy((r) => r.revenue.desc()).limit(10)",
    to: "top: $.stock_raw",
  },
  { what: "a table of a name that is taken", from: "    late: $.orders_raw", to: "    products_raw: $.orders_raw" },
  { what: "a table of a name that is taken, in gold", from: "top: $.by_category.", to: "orders: $.by_category." },
  // Methods
  { what: "a method misspelt in where", from: 'o.status.ne("cancelled")', to: 'o.status.neq("cancelled")' },
  { what: "a method misspelt in derive", from: "o.ordered_at.toDate()", to: "o.ordered_at.date()" },
  { what: "a method misspelt in a measure", from: "revenue: r.amount.sum(),", to: "revenue: r.amount.total()," },
  {
    what: "a step misspelt",
    from: '.where((o) => o.status.ne("cancelled"))',
    to: '.filter((o) => o.status.ne("cancelled"))',
  },
  {
    what: "an aggregate step misspelt",
    from: ".groupBy((s) => ({ category: s.category }))\n      .aggregate(",
    to: ".groupBy((s) => ({ category: s.category }))\n      .agg(",
  },
  { what: "a method that was not called", from: "revenue: r.amount.sum(),", to: "revenue: r.amount.sum," },
  { what: "a derived method that was not called", from: "o.ordered_at.toDate(),", to: "o.ordered_at.toDate," },
  { what: "a text method of a number", from: 'o.amount.times("0.8")', to: "o.amount.upper()" },
  { what: "a source without t", from: "title: t.string(),", to: 'title: "string",' },
  { what: "a type misspelt", from: "title: t.string(),", to: "title: t.text()," },
  { what: "a source that is not known", from: "source.parquet(", to: "source.orc(" },
  // Types
  { what: "a bigint compared with a text", from: "s.customer_id.eq(c.customer_id)", to: 's.customer_id.eq("x")' },
  {
    what: "a bigint compared with a string column",
    from: "s.customer_id.eq(c.customer_id)",
    to: "s.customer_id.eq(c.country)",
  },
  { what: "a text compared with a number", from: 'o.status.ne("cancelled")', to: "o.status.ne(1)" },
  { what: "a timestamp compared with a number", from: 'o.ordered_at.gt("2020-01-01")', to: "o.ordered_at.gt(2020)" },
  { what: "an int compared with a fraction", from: "o.quantity.gt(3)", to: "o.quantity.gt(3.5)" },
  { what: "a condition of and() that is none", from: "and(o.quantity.gt(3))", to: "and(o.quantity)" },
  { what: "where of a column", from: '.where((o) => o.status.ne("cancelled"))', to: ".where((o) => o.status)" },
  {
    what: "where of nothing",
    from: '.where((o) => o.status.ne("cancelled"))',
    to: '.where((o) => { o.status.ne("cancelled"); })',
  },
  { what: "an expectation of a column", from: "(o) => o.amount.gt(0), dated", to: "(o) => o.amount, dated" },
  { what: "a rule that is no callback", from: "amount_positive: (o) => o.amount.gt(0)", to: "amount_positive: true" },
  { what: "a case of two types", from: '.otherwise("small")', to: ".otherwise(0)" },
  { what: "a case without otherwise", from: '.otherwise("small")', to: "" },
  { what: "orElse of another type", from: 'p.category.orElse("none")', to: "p.category.orElse(0)" },
  {
    what: "a null as a column",
    from: "quantity: o.quantity,\n          amount",
    to: "quantity: null,\n          amount",
    on: "(o, p) => ({",
  },
  {
    what: "a comparison of JavaScript as a column",
    from: "quantity: o.quantity,\n          amount",
    to: "quantity: o.quantity === o.quantity,\n          amount",
  },
  {
    what: "a list of columns in groupBy",
    from: "groupBy((s) => ({ category: s.category }))",
    to: "groupBy((s) => [s.category])",
  },
  {
    what: "a column instead of an object in derive",
    from: ".derive((r) => ({ per_order: r.revenue.div(r.orders) }))",
    to: ".derive((r) => r.revenue.div(r.orders))",
  },
  {
    what: "a column instead of an object in groupBy",
    from: "groupBy((r) => ({ country: r.country }))",
    to: "groupBy((r) => r.country)",
  },
  {
    what: "the time of an asOfJoin of another type",
    from: "at: (s) => s.ordered_at",
    to: "at: (s) => s.ordered_at.toDate()",
  },
  { what: "a lookup by a column of another type", from: "(o) => o.product_id,\n", to: "(o) => o.status,\n" },
  { what: "a reference by a column of another type", from: "(s) => s.order_id),", to: "(s) => s.category)," },
  { what: "a reference by two columns", from: "(s) => s.order_id),", to: "(s) => [s.order_id, s.customer_id])," },
  { what: "a limit of a text", from: ".limit(10)", to: '.limit("10")' },
  // Aggregates and windows
  { what: "a plain column as a measure", from: "revenue: r.amount.sum(),", to: "revenue: r.amount," },
  {
    what: "a group repeated as a measure",
    from: "revenue: s.amount.sum(), orders",
    to: "category: s.category, orders",
  },
  { what: "an aggregate in derive", from: "r.revenue.div(r.orders)", to: "r.revenue.sum()" },
  { what: "an aggregate in where", from: "r.per_order.gt(1)", to: "r.revenue.max().gt(1)" },
  { what: "arithmetic on an aggregate", from: "revenue: r.amount.sum(),", to: "revenue: r.amount.sum().times(2)," },
  {
    what: "a window function without over",
    from: "fn.rowNumber().over({ partitionBy: s.category, orderBy: s.amount.desc() })",
    to: "fn.rowNumber()",
  },
  {
    what: "over without a window",
    from: ".over({ partitionBy: s.category, orderBy: s.amount.desc() })",
    to: ".over()",
  },
  { what: "a misspelt window option", from: "partitionBy: s.category,", to: "partition: s.category," },
  // Keys
  { what: "a nullable key", from: ".key((o) => o.order_id)", to: ".key((o) => o.note)" },
  { what: "a nullable part of a key", from: ".key((o) => o.order_id)", to: ".key((o) => [o.order_id, o.note])" },
  { what: "a key of nothing", from: ".key((o) => o.order_id)", to: ".key(() => undefined)" },
  { what: "a key by name", from: ".key((o) => o.order_id)", to: '.key("order_id")' },
  {
    what: "a reference to a table without a key",
    from: ".references($.orders, (s) => s.order_id)",
    to: ".references($.late, (s) => s.order_id)",
  },
  { what: "a lookup of a table without a key", from: "        $.products,\n", to: "        $.products_raw,\n" },
  {
    what: "changes without a sequence",
    from: "key: (c) => c.customer_id,\n      sequenceBy: (c) => c.changed_at,\n      deleteWhen",
    to: "key: (c) => c.customer_id,\n      deleteWhen",
    on: "customers: $.customers_raw",
    names: "sequenceBy",
  },
  {
    what: "changes without a key",
    from: "key: (c) => c.customer_id,\n      sequenceBy: (c) => c.changed_at,\n      deleteWhen",
    to: "sequenceBy: (c) => c.changed_at,\n      deleteWhen",
    on: "customers: $.customers_raw",
    names: "key",
  },
  { what: "a change option misspelt", from: "deleteWhen: (c)", to: "deletedWhen: (c)" },
  {
    what: "an asOfJoin without at",
    from: "        at: (s) => s.ordered_at,\n",
    to: "",
    on: ".asOfJoin(",
    names: "'at'",
  },
  { what: "an asOfJoin to a table of type 1", from: ".asOfJoin($.customers,", to: ".asOfJoin($.current," },
  { what: "dedupe without an order", from: ", orderBy: (p) => p.title }", to: " }", names: "orderBy" },
  {
    what: "a query given to scd2",
    from: 'customers: $.customers_raw.changes({\n      key: (c) => c.customer_id,\n      sequenceBy: (c) => c.changed_at,\n      deleteWhen: (c) => c.op.eq("D"),\n      columns: ({ op, ...rest }) => rest,\n    }),',
    to: "customers: $.customers_raw,",
    names: "changes",
  },
  {
    what: "changes given to silver",
    from: "late: $.orders_raw\n      .select(({ note, paid, ...rest }) => ({ ...rest, remark: note }))\n      .where((o) => o.remark.isNotNull().and(o.quantity.gt(3))),",
    to: "late: $.orders_raw.changes({ key: (o) => o.order_id, sequenceBy: (o) => o.ordered_at }),",
  },
  {
    what: "changes of a table that is updated in place",
    from: "current: $.customers_raw.changes",
    to: "current: $.customers_raw.dedupe({ key: (c) => c.email, orderBy: (c) => c.op }).changes",
    on: "current:",
  },
  // Personal data and measures
  {
    what: "an e-mail address in gold",
    from: "country: c.country, amount",
    to: "country: c.email, amount",
    on: "revenue_by_country:",
  },
  {
    what: "an e-mail address in gold, changed",
    from: "country: c.country, amount",
    to: "country: c.email.lower(), amount",
    on: "revenue_by_country:",
  },
  {
    what: "a whole table of personal data in gold",
    from: "top: $.by_category.orderBy((r) => r.revenue.desc()).limit(10)",
    to: "top: $.current",
  },
  { what: "EUR plus USD", from: 'o.amount.times("0.8")', to: "o.amount.plus(o.shipping)" },
  { what: "EUR compared with USD", from: "(o) => o.amount.gt(0), dated", to: "(o) => o.amount.gt(o.shipping), dated" },
  { what: "EUR plus a number without a unit", from: 'o.amount.times("0.8")', to: "o.amount.plus(o.quantity)" },
  { what: "the sum of a rate", from: "revenue: s.amount.sum(), orders", to: "revenue: s.price.sum(), orders" },
  {
    what: "the sum of an average",
    from: "top: $.by_category.orderBy((r) => r.revenue.desc()).limit(10)",
    to: "top: $.revenue_by_country.aggregate((r) => ({ x: r.mean.sum() }))",
  },
  // Order of steps and settings
  {
    what: "a step after a setting",
    from: '.comment("orders that count")',
    to: '.comment("orders that count")\n      .where((o) => o.paid)',
    on: ".where((o) => o.paid)",
  },
  {
    what: "a key after settings, with a step",
    from: ".key((o) => o.order_id)\n",
    to: '.comment("x")\n      .derive((o) => ({ y: o.amount }))\n      .key((o) => o.order_id)\n',
    on: ".derive((o) => ({ y",
  },
  { what: "a setting without its argument", from: '.comment("orders that count")', to: ".comment()" },
  { what: "a setting of a number", from: '.comment("orders that count")', to: ".comment(1)" },
  {
    what: "a mask of a column that is not there",
    from: '.comment("orders that count")',
    to: '.mask({ nope: "governance.hide" })',
  },
  {
    what: "clustered by a column that is not there",
    from: '.comment("orders that count")',
    to: ".clusterBy((o) => ({ nope: o.nope }))",
  },
  {
    what: "streaming of a lookup",
    from: ".references($.orders, (s) => s.order_id)",
    to: ".references($.orders, (s) => s.order_id).streaming()",
  },
  { what: "a table that is no relation", from: "late: $.orders_raw\n", to: "nothing: 1,\n    late: $.orders_raw\n" },
  {
    what: "a grouped relation that is not aggregated",
    from: "top: $.by_category.orderBy((r) => r.revenue.desc()).limit(10)",
    to: "top: $.by_category.groupBy((r) => ({ c: r.category }))",
  },
  { what: "a sorted relation without its limit", from: ".limit(10)", to: "" },
  {
    what: "a union with other columns",
    from: "top: $.by_category.orderBy((r) => r.revenue.desc()).limit(10)",
    to: "top: $.by_category.union($.shares)",
  },
  {
    what: "a join without a match",
    from: "top: $.by_category.orderBy((r) => r.revenue.desc()).limit(10)",
    to: "top: $.by_category.join($.shares, (c, s) => ({ a: c.category, b: s.size }))",
  },
  {
    what: "a join that selects a column of neither side",
    from: "top: $.by_category.orderBy((r) => r.revenue.desc()).limit(10)",
    to: "top: $.by_category.leftJoin($.shares, (c, s) => c.orders.eq(s.order_id), (c, s) => ({ a: c.category, b: s.amount, c: c.orders }))",
  },
  {
    what: "&& in where",
    from: "o.remark.isNotNull().and(o.quantity.gt(3))",
    to: "o.remark.isNotNull() && o.quantity.gt(3)",
  },
  {
    what: "?: in select",
    from: 'fn.when(s.amount.gt(100), "large").otherwise("small")',
    to: "s.amount.gt(100) ? s.amount : s.quantity",
  },
  { what: "+ of two columns", from: 'o.amount.times("0.8")', to: "o.amount + o.amount" },
  { what: "> of a column", from: "(o) => o.amount.gt(0), dated", to: "(o) => o.amount > 0, dated" },
  { what: "=== of a column", from: 'o.status.ne("cancelled")', to: 'o.status === "cancelled"' },
  { what: "! of a condition", from: 'o.status.ne("cancelled")', to: '!o.status.eq("cancelled")' },
];
