/** A dialect from outside: a target for SQLite, which no target of ours is, gives the rows that DuckDB gives. */
import { DatabaseSync } from "node:sqlite";
import { compile, fn, type MedallionError, pipeline, source, t } from "medallion";
import type { TargetDefinition } from "medallion/plugin";
import { run } from "medallion/run";
import { type DialectParts, defineDialect, printExpr, printQuery, type SqlDialect } from "medallion/targets";
import { afterAll, beforeAll, expect, test } from "vitest";
import { removeDir, scratchDir, tscOutput } from "../types/tsc.ts";

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

const sqlite = defineDialect({
  name: "SQLite",
  identifier: quoted,
  text: (value) => `'${value.replaceAll("'", "''")}'`,
  type: ({ kind }) => (kind === "string" ? "TEXT" : kind === "double" ? "REAL" : "INTEGER"),
  qualify: false,
  functions: {
    contains: { operator: "instr($1, $2) > 0" },
    greatest: "max($*)",
    soundex: { refused: "it has no such code" },
  },
});

const named = ({ layer, name }: { layer: string; name: string }) => quoted(`${layer}.${name}`);

/** Views, and tables that are filled by somebody else for bronze. */
const views: TargetDefinition = {
  name: "sqlite",
  title: "SQLite",
  files: (p) =>
    p.tables.flatMap((table) =>
      table.kind === "query" && table.layer !== "bronze"
        ? {
            path: `${table.name}.sql`,
            contents: `CREATE VIEW ${named(table)} AS\n${printQuery(table.query, { dialect: sqlite, pipeline: p, table: named })};`,
          }
        : [],
    ),
  treatment: () => ({ does: "ignored", how: "a view has a query only", help: "compile for another target" }),
};

const orders = [
  { id: 1, shop: "north", note: "late, it's wet", price: 5, paid: 7 },
  { id: 2, shop: "south", note: "on time", price: 8, paid: 3 },
  { id: 3, shop: "north", note: 'a "late" one', price: 2, paid: 2 },
  { id: 4, shop: "east", note: "late", price: 1, paid: 1 },
];
const shops = [
  { shop: "north", order: 10 },
  { shop: "south", order: 20 },
];

const p = pipeline("corner")
  .bronze({
    orders: source.json("orders.json", {
      id: t.int(),
      shop: t.string(),
      note: t.string(),
      price: t.int(),
      paid: t.int(),
    }),
    shops: source.json("shops.json", { shop: t.string(), order: t.int() }).key((s) => s.shop),
  })
  .silver(($) => ({
    late: $.orders
      .where((o) => o.note.contains("late").and(o.shop.ne("west").or(o.id.gt(100))))
      .lookup(
        $.shops,
        (o) => o.shop,
        (o, s) => ({ id: o.id, shop: o.shop, note: o.note, most: fn.greatest(o.price, o.paid), rank: s.order }),
      ),
  }))
  .gold(($) => ({
    newest: $.late.dedupe({ key: (r) => r.shop, orderBy: (r) => r.id.desc() }),
    by_shop: $.late
      .groupBy((r) => ({ shop: r.shop }))
      .aggregate((r) => ({ orders: fn.countRows(), most: r.most.max(), first: r.id.min(), rank: r.rank.max() })),
  }));

let dir: string;
beforeAll(async () => {
  dir = await scratchDir();
});
afterAll(() => removeDir(dir));

test("SQLite gives the rows of DuckDB for the queries that are printed for it", async () => {
  await using update = await run(p, { inputs: { orders, shops } });
  const db = new DatabaseSync(":memory:");
  fill(db, "orders", orders);
  fill(db, "shops", shops);
  for (const { contents } of compile(p, { target: views }).files) db.exec(contents);
  const rowsOf = (name: string) => db.prepare(`SELECT * FROM ${quoted(name)}`).all();

  const late = await update.rows(p.tables.late);
  expect(late).toHaveLength(3);
  expect(inOrder(rowsOf("silver.late"))).toEqual(inOrder(late));
  const newest = await update.rows(p.tables.newest);
  expect(newest).toHaveLength(2);
  expect(inOrder(rowsOf("gold.newest"))).toEqual(inOrder(newest));
  const byShop = await update.rows(p.tables.by_shop);
  expect(byShop).toHaveLength(2);
  expect(inOrder(rowsOf("gold.by_shop"))).toEqual(inOrder(byShop));
});

function fill(db: DatabaseSync, name: string, rows: readonly Readonly<Record<string, string | number>>[]): void {
  const columns = Object.keys(rows[0] ?? {});
  db.exec(`CREATE TABLE ${quoted(`bronze.${name}`)} (${columns.map(quoted).join(", ")})`);
  const insert = db.prepare(`INSERT INTO ${quoted(`bronze.${name}`)} VALUES (${columns.map(() => "?").join(", ")})`);
  for (const row of rows) insert.run(...Object.values(row));
}

/** Numbers as they are written: DuckDB counts in bigint. */
const inOrder = (rows: readonly object[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row, (_, value) => (typeof value === "bigint" ? Number(value) : value))).sort();

const refusedAs = (make: () => unknown): MedallionError => {
  try {
    make();
  } catch (error) {
    return error as MedallionError;
  }
  throw new Error("nothing was refused");
};

test("what the dialect lacks, and files that nothing stands for, are refused at the user's line", () => {
  const raw = pipeline("near").bronze({ raw: source.json("raw/*.json", { id: t.int(), name: t.string() }) });
  const near = raw.silver(($) => ({ near: $.raw.where((r) => r.name.soundex().ne("x")) }));
  expect(refusedAs(() => compile(near, { target: views }))).toMatchObject({
    code: "TARGET001",
    message: "SQLite cannot do soundex() as Spark does",
    help: "it has no such code",
    location: expect.stringMatching(/^test\/axes\/dialect\.test\.ts:\d+:\d+$/),
  });
  const node = raw.toNode();
  const [table] = node.tables;
  if (table?.kind !== "query") throw new Error("raw is a table of a query");
  expect(refusedAs(() => printQuery(table.query, { dialect: sqlite, pipeline: node }))).toMatchObject({
    code: "TARGET001",
    help: "give printQuery() what stands for raw/*.json: source: (node) => …",
  });
  const source_ = ({ path: at }: { readonly path: string }) => quoted(at);
  expect(printQuery(table.query, { dialect: sqlite, pipeline: node, source: source_ })).toContain('"raw/*.json"');
});

test("an expression is printed over columns of the target's own names", () => {
  const [, late] = p
    .toNode()
    .tables.filter((table) => table.layer !== "gold")
    .slice(1);
  const [where] = late?.kind === "query" ? [late.query] : [];
  const predicate = where?.kind === "lookup" && where.left.kind === "where" ? where.left.predicate : undefined;
  if (!predicate) throw new Error("late is a lookup over a where");
  expect(printExpr(predicate, sqlite, (name) => `o.${quoted(name)}`)).toBe(
    `(instr(o."note", 'late') > 0) AND ((o."shop" <> 'west') OR (o."id" > 100))`,
  );
});

test.each<[unknown, string, string]>([
  [{ name: "X", functions: { containz: "x($1)" } }, "FN001", 'did you mean "contains"?'],
  [{ name: "X", functions: { contains: "x($1, $3)" } }, "FN002", "$3"],
  [{ name: "X", functions: { contains: "x($1, {mode})" } }, "FN002", "{mode}"],
  [{ name: "X", functions: { max: { operator: "$1 + 1" } } }, "FN002", "one call"],
  [{ name: "X", functions: { contains: 7 } }, "FN002", "has no SQL"],
  [{ name: "X", identifier: "x" }, "ARG001", "not a function"],
  [{ name: "X", identifiers: quoted }, "ARG001", 'did you mean "identifier"?'],
])("a wrong dialect is refused where it is made: %j", (parts, code, said) => {
  const error = refusedAs(() => defineDialect(parts as DialectParts));
  expect(error.code).toBe(code);
  expect(`${error.message} ${error.help}`).toContain(said);
  expect(error.location).toMatch(/^test\/axes\/dialect\.test\.ts:\d+:\d+$/);
});

test("what is no dialect is refused", () => {
  const node = p.toNode();
  const query = node.tables.flatMap((table) => (table.kind === "query" ? [table.query] : []))[0];
  if (!query) throw new Error("there is a query");
  const dialect = { name: "SQLite" } as SqlDialect;
  expect(refusedAs(() => printQuery(query, { dialect, pipeline: node })).code).toBe("ARG001");
});

test("tsc names a function that there is not, and a dialect that was not made", async () => {
  const output = await tscOutput(dir, {
    "dialect.ts": `import { defineDialect, type SqlDialect } from "medallion/targets";
export const wrong = defineDialect({ name: "X", functions: { containz: "x($1)" } });
export const none: SqlDialect = { name: "X" };
`,
  });
  expect(output).toMatch(/dialect\.ts\(2,\d+\): error TS\d+: .*'containz' does not exist/);
  expect(output).toMatch(/dialect\.ts\(3,14\): error TS2741/);
});
