/** Columns of `t.enum()`: a text that is none of the values is treated as a number that does not read. */
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { fn, fromManifest, pipeline, source, t } from "medallion";
import { plan, type RunOptions, run } from "medallion/run";
import { describe, expect, expectTypeOf, test } from "vitest";
import { folder, table, write } from "./support.ts";

const columns = {
  id: t.int(),
  stage: t.enum(["paid", "new"]),
  note: t.enum(["a", "c", "é'\\"]).nullable(),
};
const nested = {
  tags: t.array(t.enum(["x", "y"])).nullable(),
  by: t.map(t.enum(["k"]), t.int()).nullable(),
  shape: t.struct({ size: t.enum(["s", "m"]) }).nullable(),
};
const files = pipeline("files").bronze({
  csv: source.csv("in/*.csv", columns),
  json: source.json("in/*.json", { ...columns, ...nested }),
  parquet: source.parquet("in/*.parquet", { ...columns, ...nested }),
});

const CSV = `id,stage,note\n1,new,a\n2,payed,a\n3,,a\n4,paid,b\n5,paid,é'\\\n6,PAID,\n`;
const JSONL = [
  { id: 1, stage: "new", note: "a", tags: ["x", null], by: { k: 1 }, shape: { size: "s" } },
  { id: 2, stage: "payed", note: "a" },
  { id: 3, note: "a" },
  { id: 4, stage: "paid", note: "b", tags: ["z"], by: { q: 1 }, shape: { size: "xl" } },
  { id: 5, stage: "paid", note: "é'\\", tags: [] },
  { id: 6, stage: 5 },
];
const PARQUET = `SELECT * FROM (VALUES
  (1, 'new', 'a', ['x', NULL], MAP {'k': 1}, {'size': 's'}), (2, 'payed', 'a', NULL, NULL, NULL), (3, NULL, 'a', NULL, NULL, NULL),
  (4, 'paid', 'b', ['z'], MAP {'q': 1}, {'size': 'xl'}), (5, 'paid', 'é''\\', [], NULL, NULL), (6, '5', NULL, NULL, NULL, NULL)
) AS v(id, stage, note, tags, "by", shape)`;

async function given(): Promise<string> {
  const base = await folder();
  await write(base, "in/a.csv", CSV);
  await write(base, "in/a.json", JSONL.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(`COPY (${PARQUET}) TO '${base}/in/a.parquet'`);
  connection.closeSync();
  return base;
}

describe("files", () => {
  test.each(["csv", "json", "parquet"] as const)(
    "%s: others are quarantined where a value is required, else rescued",
    async (format) => {
      await using update = await run(files, { baseDir: await given(), only: [format] });
      expect(table(update, format)).toMatchObject({ rowsRead: 6, rowsWritten: 3, rowsQuarantined: 3 });
      const good = await update.query(
        `SELECT id, stage, note, _rescued_data AS rest FROM bronze.${format} ORDER BY id`,
      );
      expect(good.map((row) => Object.values(row).slice(0, 3))).toEqual([
        [1, "new", "a"],
        [4, "paid", null],
        [5, "paid", "é'\\"],
      ]);
      const unread = { note: "b", ...(format !== "csv" && { tags: ["z"], by: { q: 1 }, shape: { size: "xl" } }) };
      expect(good.map(({ rest }) => rest && JSON.parse(String(rest)))).toEqual([null, unread, null]);
      const bad = await update.query(`SELECT id, _reason FROM bronze.${format}_quarantine ORDER BY id`);
      const sixth = format === "csv" ? "PAID" : "5";
      expect(bad).toEqual([
        { id: 2, _reason: 'stage: "payed" is not an ENUM("new", "paid")' },
        { id: 3, _reason: "stage is missing" },
        { id: 6, _reason: `stage: "${sixth}" is not an ENUM("new", "paid")` },
      ]);
      if (format === "csv") return;
      const [first] = await update.query(`SELECT tags, "by", shape FROM bronze.${format} WHERE id = 1`);
      expect(first).toEqual({ tags: ["x", null], by: new Map([["k", 1]]), shape: { size: "s" } });
    },
  );

  test("the manifest is the same pipeline", async () => {
    const again = fromManifest(JSON.parse(JSON.stringify(files)));
    expect(JSON.stringify(again)).toBe(JSON.stringify(files));
  });
});

test("rows that are given have members only, in the types and when they are run", async () => {
  const p = pipeline("p").bronze({ raw: source.csv("raw.csv", columns) });
  const inputs = { raw: [{ id: 1, stage: "new", note: "a" }] } as const;
  await using update = await run(p, { inputs });
  const got = await update.rows(p.tables.raw);
  expectTypeOf(got[0]?.stage).toEqualTypeOf<"new" | "paid" | undefined>();
  expect(got.map(({ stage, note }) => ({ stage, note }))).toEqual([{ stage: "new", note: "a" }]);
  // @ts-expect-error "old" is none of the values.
  const wrong = run(p, { inputs: { raw: [{ id: 1, stage: "old" }] } });
  await expect(wrong).rejects.toMatchObject({ code: "INPUT001", column: "stage" });
});

describe("expressions", () => {
  const texts = pipeline("texts").bronze({ raw: source.csv("in/*.csv", { id: t.int(), text: t.string().nullable() }) });
  const stage = t.enum(["new", "it's", "paid"]);

  async function ran(p: Parameters<typeof run>[0], options: Partial<RunOptions> = {}) {
    const base = await folder();
    await write(base, "in/a.csv", "id,text\n1,new\n2,it's\n3,\n4,lost\n");
    return run(p, { baseDir: base, ...options });
  }

  test("tryCast() makes others null, a case and orElse() put values of it in their place", async () => {
    const p = texts.silver(($) => ({
      made: $.raw
        .derive((c) => ({ stage: c.text.tryCast(stage), lower: c.text.upper().lower().tryCast(stage) }))
        .derive((c) => ({
          filled: c.stage.orElse("paid"),
          chosen: fn.when(c.id.eq(1), "paid").otherwise(c.stage),
          joined: c.stage.concat("-", c.stage),
          hit: c.stage.in("new", "paid"),
        })),
    }));
    await using update = await ran(p);
    expect(await update.query("FROM silver.made ORDER BY id")).toEqual([
      { id: 1, text: "new", stage: "new", lower: "new", filled: "new", chosen: "paid", joined: "new-new", hit: true },
      {
        id: 2,
        text: "it's",
        stage: "it's",
        lower: "it's",
        filled: "it's",
        chosen: "it's",
        joined: "it's-it's",
        hit: false,
      },
      { id: 3, text: null, stage: null, lower: null, filled: "paid", chosen: null, joined: null, hit: null },
      { id: 4, text: "lost", stage: null, lower: null, filled: "paid", chosen: null, joined: null, hit: null },
    ]);
  });

  test.each(["text", "upper"] as const)("cast() of another text fails the table: %s", async (of) => {
    const p = texts.silver(($) => ({
      made: $.raw.derive((c) => ({ stage: (of === "text" ? c.text : c.text.upper().lower()).cast(stage) })),
    }));
    await using update = await ran(p);
    expect(update.status).toBe("failed");
    expect(table(update, "made").error).toMatchObject({
      message: expect.stringContaining('"lost" is not an ENUM("it\'s", "new", "paid")'),
    });
    expect(table(update, "made").error?.help).toContain("tryCast()");
  });
});

describe("other values", () => {
  const staged = (...values: readonly [string, ...string[]]) =>
    pipeline("p")
      .bronze({
        raw: source.csv("in/*.csv", { id: t.int(), stage: t.enum(values as unknown as readonly ["new", "paid"]) }),
      })
      .silver(($) => ({ copy: $.raw.where((r) => r.stage.ne("new")) }));
  const actions = async (p: ReturnType<typeof staged>, options: RunOptions) =>
    Object.fromEntries((await plan(p, options)).tables.map(({ table: name, action }) => [name, action]));

  test("a value more keeps the rows, one less and rows that could not be read are read again", async () => {
    const baseDir = await folder();
    const options = { baseDir, warehouse: `${baseDir}/w.duckdb` };
    await write(baseDir, "in/a.csv", "id,stage\n1,new\n2,paid\n");
    await (await run(staged("new", "paid"), options)).close();
    expect(await actions(staged("paid", "new"), options)).toEqual({ raw: "none", copy: "none" });
    expect(await actions(staged("new", "paid", "lost"), options)).toEqual({ raw: "settings", copy: "none" });
    expect(await actions(staged("new"), options)).toMatchObject({ raw: "rebuild" });
    await write(baseDir, "in/b.csv", "id,stage\n3,lost\n");
    await (await run(staged("new", "paid"), options)).close();
    expect(await actions(staged("new", "paid", "lost"), options)).toMatchObject({ raw: "rebuild" });
    await using update = await run(staged("new", "paid", "lost"), options);
    expect(await update.query("SELECT id FROM bronze.raw ORDER BY id")).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });
});

test("a table of another owner with another value fails its reader", async () => {
  const baseDir = await folder();
  const options = { baseDir, warehouse: `${baseDir}/w.duckdb` };
  await write(baseDir, "in/a.csv", "id,stage\n1,new\n2,lost\n");
  const all = { id: t.int(), stage: t.string().nullable() };
  await (await run(pipeline("theirs").bronze({ raw: source.csv("in/*.csv", all) }), options)).close();
  const listed = { id: t.int(), stage: t.enum(["new", "paid"]).nullable() };
  await using failed = await run(pipeline("ours").bronze({ ours: source.table("bronze.raw", listed) }), options);
  expect(table(failed, "ours").error).toMatchObject({
    code: "SRC011",
    column: "stage",
    message: 'bronze.raw has values of stage that are not declared: it is ENUM("new", "paid"), and there is "lost"',
  });
});

test("whatever the values and the texts, those that are read are those that the list includes", async () => {
  const text = fc.oneof(
    fc.constantFrom("a", "A", "a ", "'", "\\", "é", "e\u0301", "$\u007bx}", "null", "1", '"'),
    fc.string({ minLength: 1 }),
  );
  const shown = text.filter((value) => value.isWellFormed() && !value.includes("\0"));
  const cases = fc.record({
    values: fc.uniqueArray(shown, { minLength: 1, maxLength: 6 }),
    others: fc.array(shown, { maxLength: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ values, others }) => {
      const base = await folder();
      const texts = [...values, ...others];
      await write(base, "a.json", texts.map((stage, id) => `${JSON.stringify({ id, stage })}\n`).join(""));
      const stage = t.enum(values as unknown as readonly ["any", "text"]);
      const raw = source.json("a.json", { id: t.int(), text: t.string().nullable(), stage });
      await using update = await run(pipeline("p").bronze({ raw }), { baseDir: base });
      const read = await update.query("SELECT id, stage FROM bronze.raw ORDER BY id");
      expect(read).toEqual(texts.flatMap((one, id) => (values.includes(one) ? [{ id, stage: one }] : [])));
    }),
    { numRuns: Number(process.env["MEDALLION_CASES"] ?? 8) },
  );
});
