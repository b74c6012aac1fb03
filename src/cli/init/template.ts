/** The files of a new project: small, and with one of everything that matters. */

interface TemplateOptions {
  /** Name of the npm package. */
  readonly name: string;
  /** The version or the file of medallion that the project depends on. */
  readonly medallion: string;
  /** Versions of the tools that check the project, by package name. */
  readonly tools: Readonly<Record<string, string>>;
}

interface TemplateFile {
  readonly path: string;
  readonly contents: string;
}

export function templateFiles(options: TemplateOptions): readonly TemplateFile[] {
  return [
    { path: "package.json", contents: json(packageJson(options)) },
    { path: "tsconfig.json", contents: json(TSCONFIG) },
    { path: ".oxlintrc.json", contents: json(OXLINT) },
    { path: ".vscode/settings.json", contents: json(EDITOR) },
    { path: "medallion.config.ts", contents: CONFIG },
    { path: "src/pipeline.ts", contents: PIPELINE },
    { path: "data/orders/2025-01.json", contents: ORDERS.map((order) => `${JSON.stringify(order)}\n`).join("") },
    { path: "data/customers/2025-01.csv", contents: CUSTOMERS },
    { path: ".gitignore", contents: "node_modules/\n.medallion/\nout/\n" },
    { path: "README.md", contents: readme(options.name) },
  ];
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function packageJson({ name, medallion, tools }: TemplateOptions): unknown {
  return {
    name,
    version: "0.0.0",
    private: true,
    type: "module",
    engines: { node: ">=22.18" },
    scripts: {
      check: "tsc && oxlint --type-aware && medallion check",
      start: "medallion run",
      compile: "medallion compile --target databricks",
    },
    dependencies: { medallion },
    devDependencies: Object.fromEntries(Object.entries(tools).map(([tool, known]) => [tool, `^${known}`])),
  };
}

/**
 * Without `noUncheckedIndexedAccess`: TypeScript forgets the tables of a layer in error, and under it each that reads one of
 * them by its name has an error as well.
 */
const TSCONFIG = {
  compilerOptions: {
    target: "es2024",
    lib: ["es2024", "esnext.disposable"],
    module: "nodenext",
    moduleResolution: "nodenext",
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ["src", "medallion.config.ts"],
};

/** A hover shows a table of many columns whole: by the name of TypeScript's own language server, and by that of version 5. */
export const EDITOR = { "js/ts.unstable.maximumHoverLength": 10_000, "js/ts.hover.maximumLength": 10_000 };

/** What tsc does not report: || and ?? of expressions, which are always true, expressions in templates, and `...measures` for `...measures()`. */
export const OXLINT = {
  plugins: ["typescript"],
  rules: {
    // A column is dropped by a rest: ({ op, ...rest }) => rest.
    "no-unused-vars": ["error", { ignoreRestSiblings: true }],
    "typescript/no-misused-promises": "error",
    "typescript/no-misused-spread": "error",
    "typescript/no-unnecessary-condition": "error",
    "typescript/restrict-template-expressions": "error",
  },
};

const CONFIG = `import { defineConfig } from "medallion/config";

export default defineConfig({
  pipeline: "./src/pipeline.ts",
  warehouse: ".medallion/warehouse.duckdb",
});
`;

const PIPELINE = `import { pipeline, source, t } from "medallion";

export default pipeline("shop")
  // Bronze: files as they come. A row that cannot be read goes to quarantine and is counted.
  .bronze({
    orders_raw: source.json("data/orders/*.json", {
      order_id: t.bigint(),
      customer_id: t.bigint(),
      ordered_at: t.timestamp(),
      amount: t.decimal(12, 2),
      status: t.string(),
    }),
    customers_raw: source.csv("data/customers/*.csv", {
      customer_id: t.bigint(),
      email: t.string().pii("email"),
      country: t.string(),
      op: t.string(),
      changed_at: t.timestamp(),
    }),
  })
  // Silver: typed, cleaned, keyed. Rows that break a rule are in orders_quarantine.
  .silver(($) => ({
    orders: $.orders_raw
      .where((o) => o.status.ne("cancelled"))
      .derive((o) => ({ order_date: o.ordered_at.toDate() }))
      .key((o) => o.order_id)
      .expectOrQuarantine({ amount_positive: (o) => o.amount.gt(0) }),
  }))
  // The history of each customer, from change events in any order.
  .scd2(($) => ({
    customers: $.customers_raw.changes({
      key: (c) => c.customer_id,
      sequenceBy: (c) => c.changed_at,
      deleteWhen: (c) => c.op.eq("D"),
      columns: ({ op, ...rest }) => rest,
    }),
  }))
  // Gold: for people and reports. Select the email here, and tsc says why that does not go.
  .gold(($) => ({
    revenue_by_country: $.orders
      .asOfJoin($.customers, {
        on: (o, c) => o.customer_id.eq(c.customer_id),
        at: (o) => o.ordered_at,
        select: (o, c) => ({ country: c.country, amount: o.amount }),
      })
      .groupBy((r) => ({ country: r.country }))
      .aggregate((r) => ({ revenue: r.amount.sum(), orders: r.amount.count() })),
  }));
`;

/** One is cancelled, one breaks the rule, one cannot be read. */
const ORDERS = [
  { order_id: 1, customer_id: 1, ordered_at: "2025-01-03T09:12:00Z", amount: 120.5, status: "paid" },
  { order_id: 2, customer_id: 2, ordered_at: "2025-01-04T17:40:00Z", amount: 80, status: "shipped" },
  { order_id: 3, customer_id: 1, ordered_at: "2025-01-09T11:05:00Z", amount: 42.25, status: "cancelled" },
  { order_id: 4, customer_id: 3, ordered_at: "2025-01-12T08:30:00Z", amount: 19.99, status: "paid" },
  { order_id: 5, customer_id: 2, ordered_at: "2025-01-15T20:01:00Z", amount: -5, status: "paid" },
  { order_id: 6, customer_id: 1, ordered_at: "2025-01-21T13:47:00Z", amount: 310, status: "paid" },
  { order_id: "seven", customer_id: 3, ordered_at: "2025-01-22T10:00:00Z", amount: 12, status: "paid" },
];

/** Customer 1 moves between two orders; the events are not in order. */
const CUSTOMERS = `customer_id,email,country,op,changed_at
1,ada@example.com,SE,U,2025-01-15T00:00:00Z
1,ada@example.com,DE,I,2025-01-01T00:00:00Z
2,ben@example.com,FR,I,2025-01-01T00:00:00Z
3,cleo@example.com,DE,I,2025-01-02T00:00:00Z
`;

function readme(name: string): string {
  return `# ${name}

A medallion pipeline: bronze, silver, gold, in \`src/pipeline.ts\`.

\`\`\`sh
npm install
npm run check                               # tsc, oxlint, then the rules of medallion
npx medallion run                           # run it on DuckDB
npx medallion preview revenue_by_country    # look at a table
npx medallion preview orders_quarantine     # the rows that broke a rule
npx medallion show                          # tables, columns, lineage
npx medallion compile --target databricks   # SQL for Databricks, in out/databricks
\`\`\`

The warehouse is \`.medallion/warehouse.duckdb\`. Put another file into \`data/orders\` and run again: only its rows are read.
`;
}
