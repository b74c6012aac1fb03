/** Raw SQL is laid out for people and stays what it says, token by token. */
import fc from "fast-check";
import { compile, pipeline, source, sql, t } from "medallion";
import { expect, test } from "vitest";
import { layOutRaw, sqlTokens } from "../../src/sql/raw.ts";

const text = fc.string({ unit: "grapheme", maxLength: 8 });
const atom = fc.oneof(
  fc.constantFrom(
    "a",
    "b_1",
    "`a b`",
    "t.x",
    "NULL",
    "TRUE",
    "current_date",
    "interval",
    "items",
    "window",
    "end",
    "Ünïcode",
  ),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  text.map((s) => `'${s.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`),
  fc.constantFrom("1e-3", ".5", "1.", "10L", "2.5BD", "X'1F'", "r'\\d+'", "DATE '2024-01-01'", "INTERVAL 1 DAY"),
);
const operator = fc.constantFrom(
  ..."+ - * / % = <> != < <= > >= <=> == || AND OR & | ^ >> << LIKE RLIKE".split(" "),
  "IS NOT DISTINCT FROM",
);
const { expr } = fc.letrec<{ expr: string }>((tie) => ({
  expr: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    atom,
    fc.tuple(tie("expr"), operator, tie("expr")).map((parts) => parts.join(" ")),
    tie("expr").map((e) => `(${e})`),
    fc
      .tuple(tie("expr"), fc.constantFrom("INT", "DECIMAL(10, 2)", "ARRAY<STRING>", "struct<a: int>"))
      .map(([e, type]) => `CAST(${e} AS ${type})`),
    fc.tuple(tie("expr"), fc.constantFrom("INT", "string")).map(([e, type]) => `${e}::${type}`),
    fc
      .tuple(
        fc.constantFrom("coalesce", "substr", "named_struct", "read_files", "replace"),
        fc.array(tie("expr"), { maxLength: 3 }),
      )
      .map(([f, args]) => `${f}(${args.join(", ")})`),
    fc.tuple(tie("expr"), tie("expr"), tie("expr")).map(([a, b, c]) => `CASE WHEN ${a} THEN ${b} ELSE ${c} END`),
    fc.tuple(tie("expr"), tie("expr")).map(([a, b]) => `transform(${a}, x -> ${b})`),
    fc.tuple(tie("expr"), tie("expr")).map(([a, b]) => `f(name => ${a}, other=>${b})`),
    fc
      .tuple(tie("expr"), tie("expr"))
      .map(
        ([a, b]) =>
          `sum(${a}) OVER (PARTITION BY ${b} ORDER BY a DESC NULLS LAST ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)`,
      ),
    fc.tuple(tie("expr"), tie("expr")).map(([a, b]) => `${a}[${b}]`),
    fc.tuple(atom, tie("expr"), tie("expr")).map(([a, b, c]) => `${a} BETWEEN ${b} AND ${c}`),
    fc
      .tuple(atom, fc.array(tie("expr"), { minLength: 1, maxLength: 3 }))
      .map(([a, list]) => `${a} NOT IN (${list.join(",")})`),
  ),
}));

test("laying out never changes the tokens", () => {
  let laidOut = 0;
  fc.assert(
    fc.property(expr, fc.constantFrom("spark" as const, "duckdb" as const), (written, dialect) => {
      const broken = `${written}\n  `.replaceAll(" AND ", "\nAND ");
      const printed = layOutRaw(broken, dialect);
      if (printed !== broken.trim()) laidOut++;
      expect(sqlTokens(printed)).toEqual(sqlTokens(broken));
      // Once laid out, it is laid out.
      expect(sqlTokens(layOutRaw(printed, dialect))).toEqual(sqlTokens(printed));
    }),
    { numRuns: 1000 },
  );
  expect(laidOut).toBeGreaterThan(100);
});

test("tokens are told apart where it matters", () => {
  expect(sqlTokens("a=>b")).toEqual(["a", "=>", "b"]);
  expect(sqlTokens("'a  b'")).not.toEqual(sqlTokens("'a b'"));
  expect(sqlTokens("'it''s'")).toEqual(["'it''s'"]);
  expect(sqlTokens("a = > b")).not.toEqual(sqlTokens("a => b"));
});

test("a long expression is broken over lines, a short one stays as it was written", () => {
  const p = pipeline("raw")
    .bronze({ raw: source.json("x", { a: t.string(), b: t.string() }) })
    .silver(($) => ({
      s: $.raw.select((c) => ({
        short: sql(t.string())`substr(${c.a},1,2)`,
        long: sql(t.string())`case when length(${c.a}) > 10 and ${c.b} like 'x%' then concat(${c.a}, ' (', ${c.b}, ')')
          when ${c.b} is null then upper(${c.a}) else ${c.b} end`,
      })),
    }));
  const { files } = compile(p, { target: "databricks" });
  expect(files[1]?.contents).toMatchInlineSnapshot(`
    "-- silver.s: streaming table
    -- made by test/unit/raw.test.ts:52:34

    CREATE OR REFRESH STREAMING TABLE silver.s (
      short STRING NOT NULL,
      long STRING NOT NULL
    )
    AS
    SELECT
      CAST(substr(a,1,2) AS STRING) AS short,
      CAST((
        case
          when length(a) > 10
          and b like 'x%' then concat(a, ' (', b, ')')
          when b is null then upper(a)
          else b
        end
      ) AS STRING) AS long
    FROM STREAM(bronze.raw);
    "
  `);
});

test("raw SQL stays one expression that means the same on every target", () => {
  const raw = sql(t.string());
  const column = source.json("x", { a: t.string() });
  expect(() => column.derive((c) => ({ x: raw`replace(${c.a}, 'it''s; --', "b")` }))).not.toThrow();
  for (const [written, why] of [
    [() => raw`'open`, "a quote that is not closed"],
    [() => raw`'a\\' || 'b'`, "a backslash in quotes"],
    [() => raw`1; DROP TABLE x`, "no semicolon"],
    [() => raw`1 -- and the rest`, "must not hold comments"],
    [() => raw`f(1))`, "closes a parenthesis"],
    [() => raw`f((1)`, "does not close a parenthesis"],
    [() => raw` `, "is empty"],
  ] as const) {
    expect(written).toThrow(expect.objectContaining({ code: "SQL001", message: expect.stringContaining(why) }));
  }
});
