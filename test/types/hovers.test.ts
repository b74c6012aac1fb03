/** What an editor shows of columns, however they were made: the table of columns, and no name of how the types come by it. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { columns, groupExpressions, joinedExpressions, rowExpressions, windowExpressions } from "./expressions.ts";
import { type LanguageServer, languageServer } from "./lsp.ts";
import { projectDir, removeDir, scratchDir } from "./tsc.ts";

const JOIN = "(a, b) => a.flag_x.eq(b.flag_x)";
const record = (texts: readonly string[]): string =>
  `({\n${texts.map((text, i) => `    e${i}: ${text},\n`).join("")}  })`;

/** Without nulls and labels, or with both. */
const plainOrBoth = (texts: readonly string[]): readonly string[] => texts.filter((text) => !/_[xy][nl]\b/.test(text));
const made = (expressions: readonly string[], query: (columns: string) => string) => ({
  expressions,
  query: query(record(expressions)),
});
/** Every expression that the types know, as the columns of a table. */
const EVERY: Readonly<Record<string, { readonly expressions: readonly string[]; readonly query: string }>> = {
  row: made(plainOrBoth(rowExpressions), (all) => `$.raw.select((c) => ${all})`),
  joined: made(joinedExpressions, (all) => `$.raw.join($.raw, ${JOIN}, (c) => ${all})`),
  group: made(groupExpressions, (all) => `$.raw.aggregate((c) => ${all})`),
  window: made(windowExpressions, (all) => `$.raw.select((c) => ${all})`),
};

const SIXTY = Array.from({ length: 60 }, (_, i) => `c${i}`);

/** Steps over a table of 60 columns, and how many columns their results have. */
const STEPS: Readonly<Record<string, readonly [query: string, count: number]>> = {
  where: ["$.wide.where((c) => c.id.gt(1))", 62],
  whereNotNull: ["$.wide.whereNotNull((c) => ({ c1: c.c1 }))", 62],
  select: ["$.wide.select(({ c0, ...rest }) => ({ ...rest, d: c0.plus(1) }))", 62],
  derive: ["$.wide.derive((c) => ({ d: c.id.plus(1) }))", 63],
  replaced: ["$.wide.derive((c) => ({ c1: c.c1.plus(1), d: c.id.plus(1) }))", 63],
  lookup: ["$.wide.lookup($.other, (c) => c.id, (l, r) => ({ ...l, got: r.note }))", 63],
  join: ["$.wide.join($.other, (l, r) => l.id.eq(r.id), (l, { id, ...r }) => ({ ...l, ...r }))", 63],
  leftJoin: ["$.wide.leftJoin($.other, (l, r) => l.id.eq(r.id), (l, r) => ({ ...l, note: r.note }))", 63],
  fullJoin: ["$.wide.fullJoin($.other, (l, r) => l.id.eq(r.id), (l, r) => ({ ...l, note: r.note }))", 63],
  semiJoin: ["$.wide.semiJoin($.other, (l, r) => l.id.eq(r.id))", 62],
  asOfJoin: [
    "$.wide.asOfJoin($.history, { on: (l, r) => l.id.eq(r.id), at: (l) => l.at, select: (l, r) => ({ ...l, then: r.c1 }) })",
    63,
  ],
  union: ["$.wide.union($.wide.where((c) => c.id.gt(1)))", 62],
  unlike: ["$.wide.union($.wide.select((c) => ({ ...c, c1: c.c1.orElse(0) })))", 62],
  groupBy: ["$.wide.groupBy((c) => ({ ...c })).aggregate((c) => ({ n: c.id.count() }))", 63],
  history: ["$.history", 64],
  latest: ["$.latest", 62],
};

/** Sides of joins, and the type of a column there: that it may be null, and that it may be repeated. */
const SIDES: Readonly<Record<string, readonly [query: string, type: string]>> = {
  lookup: [
    "$.wide.lookup($.latest, (c) => c.id, (l, side_lookup) => ({ x: side_lookup.c1 }))",
    '"null", never, "EUR", "fanned-out"',
  ],
  join: [
    "$.wide.join($.latest, (l, r) => l.id.eq(r.id), (side_join, r) => ({ x: side_join.c1 }))",
    // The other side is met on its key.
    '"null", never, "EUR", "additive"',
  ],
  leftJoin: [
    "$.wide.leftJoin($.wide, (l, r) => l.id.eq(r.id), (l, side_leftJoin) => ({ x: side_leftJoin.c1 }))",
    '"null", never, "EUR", "fanned-out"',
  ],
  asOfJoin: [
    "$.wide.asOfJoin($.history, { on: (l, r) => l.id.eq(r.id), at: (l) => l.at, select: (l, side_asOfJoin) => ({ x: side_asOfJoin.c1 }) })",
    '"null", never, "EUR", "fanned-out"',
  ],
};

/** A table, and a step over it whose callback has its columns as a parameter. */
const readBack = ([name, query]: readonly [string, string]): string =>
  `    made_${name}: ${query}.where((of_${name}) => param.boolean("p")),\n`;

let server: LanguageServer;
let dir: string;
let file: string;
let text: string;

beforeAll(async () => {
  dir = await scratchDir();
  file = join(dir, "hovers.ts");
  const wide = SIXTY.map((name) => `${name}: t.decimal(12, 2).unit("EUR").nullable()`).join(", ");
  const queries = [
    ...Object.entries(STEPS).map(([name, [query]]): [string, string] => [name, query]),
    ...Object.entries(EVERY).map(([name, { query }]): [string, string] => [name, query]),
    ...Object.entries(SIDES).map(([name, [query]]): [string, string] => [`side_of_${name}`, query]),
  ];
  const changes = "$.wide.changes({ key: (c) => c.id, sequenceBy: (c) => c.at })";
  text = `import { fn, type InferRow, param, pipeline, source, sql, t } from "medallion";
import { type InputRow, run } from "medallion/run";
export const p = pipeline("hovers")
  .bronze({
    raw: source.json("x", ${columns}),
    wide: source.json("w", { id: t.bigint(), at: t.timestamp(), ${wide} }),
    other_raw: source.json("o", { id: t.bigint(), note: t.string() }),
  })
  .silver(($) => ({ other: $.other_raw.key((c) => c.id) }))
  .scd1(($) => ({ latest: ${changes} }))
  .scd2(($) => ({ history: ${changes} }))
  .silver(($) => ({
${queries.map(readBack).join("")}  }));
const update = await run(p);
export const found = (await update.rows(p.tables.made_derive))[0];
export type Row = InferRow<typeof p.tables.made_derive>;
export type Input = InputRow<typeof p.tables.wide>;
`;
  await writeFile(file, text);
  const config = { extends: join(projectDir, "tsconfig.json"), include: ["*.ts"], exclude: [] };
  await writeFile(join(dir, "tsconfig.json"), JSON.stringify(config));
  server = await languageServer(dir, { unstable: { maximumHoverLength: 1_000_000 } });
});
afterAll(async () => {
  await server.stop();
  await removeDir(dir);
});

const hover = (name: string): Promise<string> => server.hover(file, text.search(new RegExp(`\\b${name}\\b`)));
/** The columns that a hover shows, with their types. */
const shown = (hovered: string): ReadonlyMap<string, string> =>
  new Map(
    [...hovered.matchAll(/^ {4}(?:readonly )?(\w+)\??: (.*?);?$/gm)].map(([, name = "", type = ""]) => [name, type]),
  );

const EXPRESSION = /^(?:String|Number|Boolean|Date|Timestamp|Binary|Enum|Array|Struct|Map|Variant)Expr</;

test.each(Object.keys(EVERY))(
  "every expression of a %s is shown as what it is",
  async (name) => {
    const { expressions } = EVERY[name] as (typeof EVERY)[string];
    const types = shown(await hover(`of_${name}`));
    expect(expressions.length).toBeGreaterThan(500);
    expect(types.size).toBe(expressions.length);
    expect(expressions.filter((_, i) => !EXPRESSION.test(types.get(`e${i}`) ?? ""))).toEqual([]);
  },
  120_000,
);

test.each(Object.keys(STEPS))(
  "the columns after %s are shown, all of them, and nothing of how they are made",
  async (name) => {
    const hovered = await hover(`of_${name}`);
    const types = shown(hovered);
    expect(hovered).toContain(`(parameter) of_${name}: {\n`);
    expect(types.size).toBe(STEPS[name]?.[1]);
    expect([...types].filter(([, type]) => !EXPRESSION.test(type))).toEqual([]);
    expect(hovered).not.toContain("...");
  },
);

test.each(Object.keys(SIDES))("the columns of the other side are shown as %s brings them", async (name) => {
  const hovered = await hover(`side_${name}`);
  const types = shown(hovered);
  expect(hovered).toContain(`(parameter) side_${name}: {\n`);
  expect([...types].filter(([, type]) => !EXPRESSION.test(type))).toEqual([]);
  expect(types.get("c1")).toBe(`NumberExpr<"decimal", ${SIDES[name]?.[1]}>`);
});

test.each([
  ["found", "c1", "string | null", 63],
  ["Row", "id", "bigint", 63],
  ["Input", "c1", "string | bigint | null", 62],
])("of a row its values are shown: %s", async (name, column, value, count) => {
  const types = shown(await hover(name));
  expect(types.size).toBe(count);
  expect(types.get(column)).toBe(value);
});
