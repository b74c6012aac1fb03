/** What an editor shows of a pipeline, by the language server that it starts: hovers, completion, places, renames. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EDITOR } from "../../src/cli/init/template.ts";
import { type Edit, edited, type LanguageServer, languageServer, type Place } from "./lsp.ts";
import { removeDir, scratchDir, type TscError, tsc, writeProject } from "./tsc.ts";

const WIDE = Array.from({ length: 30 }, (_, i) => `column_${i}`);

const text = `import { pipeline, source, t } from "medallion";

export default pipeline("editor")
  .bronze({
    products_raw: source.json("products/*.json", {
      product_id: t.bigint(),
      category: t.string().nullable(),
      maker: t.string().pii("name"),
      price: t.decimal(12, 2).unit("EUR").rate(),
      op: t.string(),
      changed_at: t.timestamp(),
      shelf: t.enum(["top", "floor"]).nullable(),
    }),
    wide_raw: source.json("wide/*.json", { ${WIDE.map((name) => `${name}: t.decimal(12, 2).unit("EUR").nullable()`)} }, { onChange: "ignore", metadata: false }),
  })
  .silver(($) => ({
    products: $.products_raw
      .whereNotNull((p) => ({ category: p.category }))
      .derive((p) => ({ price: p.price.times(2), label: p.category.upper() }))
      .select(({ op, changed_at, ...rest }) => ({ ...rest, removed: op.eq("D") }))
      .dedupe({ key: (p) => p.product_id, orderBy: (p) => p.label })
      .key((p) => p.product_id)
      .comment("products").owner("shop"),
    wide: $.wide_raw,
  }))
  .scd2(($) => ({
    history: $.products_raw.changes({
      key: (c) => c.product_id,
      sequenceBy: (c) => c.changed_at,
      columns: ({ op, ...rest }) => rest,
    }),
  }))
  .silver(($) => ({
    priced: $.history
      .lookup($.products, (h) => h.product_id, (h, p) => ({ ...h, now: p.category, twice: p.price }))
      .whereNotNull((x) => ({ now: x.now })),
  }))
  .gold(($) => ({
    by_category: $.priced
      .where((row) => row.now.ne(""))
      .where((priced) => priced.shelf.eq("top"))
      .groupBy((r) => ({ now: r.now }))
      .aggregate((r) => ({ dearest: r.twice.max() })),
    whole: $.wide.where((all) => all.column_0.gt(0)),
  }));
`;

let server: LanguageServer;
let dir: string;
let file: string;

beforeAll(async () => {
  dir = await scratchDir();
  file = join(dir, "pipeline.ts");
  await writeProject(dir, { "pipeline.ts": text });
  server = await languageServer(dir, { unstable: { maximumHoverLength: EDITOR["js/ts.unstable.maximumHoverLength"] } });
});
afterAll(async () => {
  await server.stop();
  await removeDir(dir);
});

/** The offset of `name` in the one place that `around` shows, `name` written between bars: `$.|orders|.where`. */
function at(around: string): number {
  const [before = "", name = "", after = ""] = around.split("|");
  const found = text.indexOf(before + name + after);
  if (found < 0 || text.indexOf(before + name + after, found + 1) >= 0) throw new Error(`not one place: ${around}`);
  return found + before.length;
}
const hover = (around: string): Promise<string> => server.hover(file, at(around));
/** What is offered where the name would be typed. */
const offered = (around: string): Promise<readonly string[]> => server.completion(file, at(around));
const linesOf = (places: readonly Place[]): readonly string[] =>
  places.map(({ start }) => text.split("\n")[start.line]?.trim() ?? "");

describe("options", () => {
  test("of a source are offered, with what they are", async () => {
    const names = (await offered('|onChange|: "ignore"')).map((name) => name.replace("?", ""));
    expect(names).toEqual(expect.arrayContaining(["encoding", "layout", "onChange"]));
    expect(await hover("|metadata|: false")).toContain("Gives the metadata columns to the tables that read this one.");
  });

  test("of a step are offered, and what other tools name them is not", async () => {
    const names = await offered("|key|: (p) => p.product_id, orderBy");
    expect(names.map((name) => name.replace("?", ""))).toEqual(["key"]);
  });
});

describe("a hover is a table of columns", () => {
  const products = [
    'product_id: NumberExpr<"bigint", never, never, "", "additive">;',
    "category: StringExpr<never, never>;",
    'maker: StringExpr<never, "name">;',
    'price: NumberExpr<"decimal", never, never, "EUR", "non-additive">;',
    'shelf: EnumExpr<"floor" | "top", "null", never>;',
    "label: StringExpr<never, never>;",
    "removed: BooleanExpr<never, never>;",
  ];

  test("of a table where it is made", async () => {
    const shown = await hover("|products|: $.products_raw");
    for (const column of products) expect(shown).toContain(column);
    expect(shown).toContain("(property) products: Table<{");
  });

  test("of a table where it is read", async () => {
    expect(await hover("$.|priced|\n")).toContain("now: StringExpr<never, never>;");
    expect(await hover("$.|history|\n")).toContain("__START_AT: TimestampExpr<");
  });

  test("of the columns of a callback", async () => {
    const shown = await hover("where((|row|) =>");
    expect(shown).toContain('twice: NumberExpr<"decimal", "null", never, "EUR", "non-additive">;');
    expect(shown).toContain('maker: StringExpr<never, "name">;');
  });

  test("of a column: its type, null, label, unit and additivity", async () => {
    expect(await hover("p.|price|.times")).toContain(
      '(property) price: NumberExpr<"decimal", never, never, "EUR", "non-additive">',
    );
    expect(await hover("now: p.|category|")).toContain('(property) category: StringExpr<"null", never>');
  });

  test("of $: its tables with their columns", async () => {
    const shown = await hover("gold((|$|) =>");
    for (const name of ["products", "wide", "history", "priced"]) expect(shown).toContain(`${name}: `);
  });

  test.each([
    ["a table", "|wide|: $.wide_raw"],
    ["a relation", "$.|wide|.where"],
    ["a callback's columns", "where((|all|) =>"],
  ])("with 30 columns it is whole: %s", async (_, around) => {
    const shown = await hover(around);
    expect(WIDE.filter((name) => !shown.includes(`${name}: `))).toEqual([]);
    expect(shown).not.toContain("...");
  });

  test("says nothing of how it is made", async () => {
    const places = [
      "|products|: $.products_raw",
      "|history|: $.products_raw",
      ".|changes|({",
      "where((|row|) =>",
      "$.|history|\n",
    ];
    for (const around of places) {
      expect(await hover(around)).not.toMatch(/\b(?:Extend|Replaced|Filled|NoInfer|Columns)</);
    }
  });
});

describe("completion offers what there is", () => {
  test("columns", async () => {
    expect(await offered("row.|now|.ne")).toEqual([
      ...["__START_AT", "__END_AT", "product_id", "category", "maker", "price", "changed_at", "shelf", "now", "twice"],
    ]);
  });

  test("the values of an enum", async () => {
    expect([...(await offered('priced.shelf.eq("|top|"))'))].sort()).toEqual(["floor", "top"]);
  });

  test("the tables of a layer", async () => {
    expect([...(await offered("$.|history|\n"))].sort()).toEqual(
      ["history", "products", "products_raw", "wide", "wide_raw"].sort(),
    );
  });

  test("steps and settings of a relation, after a setting only settings", async () => {
    const steps = ["where", "select", "derive", "join", "lookup", "groupBy", "union", "dedupe", "changes"];
    const settings = ["comment", "expect", "owner", "tags", "key"];
    expect(await offered("      .|key|((p)")).toEqual(expect.arrayContaining([...steps, ...settings]));
    const after = await offered('.comment("products").|owner|("shop")');
    expect(after).toEqual(expect.arrayContaining(settings));
    expect(after.filter((name) => steps.includes(name))).toEqual([]);
  });

  test("no name of a type's own", async () => {
    for (const around of ["row.|now|.ne", "$.|wide|.where", "      .|key|((p)", "row.now.|ne|("]) {
      expect((await offered(around)).filter((name) => name.includes("~"))).toEqual([]);
    }
  });
});

describe("an editor finds its way through the layers", () => {
  test("from a column in gold to where it is made", async () => {
    expect(linesOf(await server.definition(file, at("row.|now|.ne")))).toEqual([
      ".lookup($.products, (h) => h.product_id, (h, p) => ({ ...h, now: p.category, twice: p.price }))",
    ]);
    expect(linesOf(await server.definition(file, at("now: p.|category|")))[0]).toBe("category: t.string().nullable(),");
  });

  test("from a table in gold to where it is made", async () => {
    expect(linesOf(await server.definition(file, at("$.|priced|\n")))).toEqual(["priced: $.history"]);
  });

  test("the uses of a bronze column through whereNotNull, derive, rest, spread and lookup", async () => {
    const uses = linesOf(await server.references(file, at("|category|: t.string()")));
    expect([...uses].sort()).toEqual([
      ".derive((p) => ({ price: p.price.times(2), label: p.category.upper() }))",
      ".lookup($.products, (h) => h.product_id, (h, p) => ({ ...h, now: p.category, twice: p.price }))",
      ".whereNotNull((p) => ({ category: p.category }))",
      ".whereNotNull((p) => ({ category: p.category }))",
      "category: t.string().nullable(),",
    ]);
  });
});

describe("a rename leaves a pipeline that type-checks", () => {
  const renames = [
    ["through whereNotNull", "|category|: t.string()", 5],
    ["through a column that is replaced", "|price|: t.decimal", 4],
    ["of a column that a lookup made, through whereNotNull", "|now|: p.category", 5],
    ["of the time of changes, through rest and a history", "|changed_at|: t.timestamp()", 3],
  ] as const;
  const fileOf = (around: string): string => `${around.replace(/\W/g, "_")}.ts`;
  const found = new Map<string, readonly Edit[]>();
  let scratch: string;
  let errors: readonly TscError[];

  beforeAll(async () => {
    for (const [, around] of renames) {
      const edits = await server.rename(file, at(around), "renamed");
      found.set(around, edits.get(file) ?? []);
    }
    scratch = await scratchDir();
    const texts = [...found].map(([around, edits]) => [fileOf(around), edited(text, edits)]);
    errors = await tsc(scratch, Object.fromEntries(texts));
  });
  afterAll(() => removeDir(scratch));

  test.each(renames)("%s", (_, around, places) => {
    expect(found.get(around)).toHaveLength(places);
    expect(errors.filter((error) => error.file === fileOf(around))).toEqual([]);
  });
});

test("fifty columns that are replaced along a lineage type-check, two hundred by a spread", async () => {
  const columns = Array.from({ length: 8 }, (_, i) => `c${i}: t.int()`).join(", ");
  const head = `import { pipeline, source, t } from "medallion";
export const p = pipeline("lineage").bronze({ t0: source.json("a", { ${columns} }) })`;
  const steps = Array.from({ length: 50 }, (_, i) => i);
  const tables = steps.map(
    (i) => `.silver(($) => ({ t${i + 1}: $.t${i}.derive((c) => ({ c${i % 8}: c.c${i % 8}.plus(1) })) }))`,
  );
  const chain = steps.map(() => ".derive((c) => ({ c0: c.c0.plus(1) }))");
  const spread = Array.from({ length: 200 }, () => ".select(({ c0, ...rest }) => ({ ...rest, c0: c0.plus(1) }))");
  const last = ".where((c) => c.c0.gt(1)).select((c) => ({ c0: c.c0, c7: c.c7 }))";
  const scratch = await scratchDir();
  try {
    const errors = await tsc(scratch, {
      "tables.ts": `${head}\n${tables.join("\n")}\n.gold(($) => ({ g: $.t50${last} }));\n`,
      "spread.ts": `${head}\n.silver(($) => ({ s: $.t0\n${spread.join("\n")}${last} }));\n`,
      "chain.ts": `${head}\n.silver(($) => ({ s: $.t0\n${chain.join("\n")}${last} }));\n`,
    });
    expect(errors).toEqual([]);
  } finally {
    await removeDir(scratch);
  }
});
