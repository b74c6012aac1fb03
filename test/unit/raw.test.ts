/** Raw SQL stays what its author wrote, and is one expression in every dialect. */
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { type AnyExpr, analyze, compile, pipeline, source, sql, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { rawProblem } from "../../src/nodes/raw-sql.ts";
import { duckdbText } from "../../src/targets/duckdb/dialect.ts";

test("an expression keeps the lines of its author, with the indentation of the statement", () => {
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
    -- made by test/unit/raw.test.ts:22:34

    CREATE OR REFRESH STREAMING TABLE silver.s (
      short STRING,
      long STRING
    )
    AS
    SELECT
      CAST(substr(a,1,2) AS STRING) AS short,
      CAST((
        case when length(a) > 10 and b like 'x%' then concat(a, ' (', b, ')')
        when b is null then upper(a) else b end
      ) AS STRING) AS long
    FROM STREAM(bronze.raw);
    "
  `);
});

const HOLE = "@";
const problemOf = (text: string) => rawProblem(text.split(HOLE));

test.each([
  "upper(@)",
  "replace(@, 'it''s; --', 'b')",
  "case when length(@) > 10 and @ like 'x%' then concat(@, ' (', @, ')') when @ is null then upper(@) else @ end",
  "case @ when 1 then null else -1 end + 1",
  "sum(@) over (partition by @ order by @ desc nulls last rows between unbounded preceding and current row)",
  "sum(@) over (order by @ rows between 1 preceding and 2 following)",
  "count(*) filter (where @ > 1) + count(distinct @)",
  "CAST(@ AS DECIMAL(10, 2)) + CAST(@ AS MAP<STRING, ARRAY<INT>>)",
  "CAST(@ AS STRUCT<a: INT, b: STRING>).a",
  "@::INT",
  "aggregate(@, 0, (acc, x) -> acc + x, acc -> -acc)",
  "@ > 1 is unknown or @ > 1 is not unknown",
  "case when @ then @ end||@['k']",
  "date '2024-01-01' + interval 1 day - interval '2' hour",
  "extract(year from @) + extract(month from current_date)",
  "trim(both 'x' from @)",
  "@.city || @:a.b || @['k']",
  "@ is not distinct from @ or not @ and - @ in (1, -2)",
  "main.governance.mask(@)",
  "coalesce(@, null, true, 1.5e3, .5, 10L, current_timestamp())",
])("raw SQL may be: %s", (text) => expect(problemOf(text)).toBeUndefined());

test.each([
  ["1; DROP TABLE x", "no semicolon"],
  ["$$'$$) AS VARCHAR) FROM bronze.raw; CREATE TABLE pwned(a INT); SELECT CAST(($$'$$", "must not hold $"],
  ["$x$ a $x$", "must not hold $"],
  ['replace(@, "\\", ")) , secret AS x FROM t --")', "double quotes"],
  ['"b"', "double quotes"],
  ["`b`", "backticks"],
  ["'a\\' || 'b'", "a backslash in quotes"],
  ["E'\\' || secret --'", "a backslash in quotes"],
  ["E'x'", 'names "e"'],
  ["r'x'", 'names "r"'],
  ["U&'!0027' UESCAPE '!'", 'names "u"'],
  ["x'1F'", 'names "x"'],
  ["'open", "a quote that is not closed"],
  [`'${"$"}{name}'`, "in quotes: Spark reads a parameter"],
  ["'a\nb'", "a line end in quotes"],
  ["1 -- and the rest", "must not hold comments"],
  ["1 /* a /* b */ c", "must not hold comments"],
  ["1 */ 2", "must not hold comments"],
  ["f(1))", "closes a parenthesis"],
  ["f((1)", "does not close a parenthesis"],
  ["(1]", "closes a parenthesis"],
  ["1, 2", "more than one expression"],
  ["1 AS b", "must not hold AS"],
  [" ", "is empty"],
  ["email", 'names "email"'],
  ["upper(email) || @", 'names "email"'],
  ["people.email", 'names "people"'],
  ["email.city", 'names "email"'],
  ["email['a']", 'names "email"'],
  ["email::string", 'names "email"'],
  ["count(distinct email)", 'names "email"'],
  ["interval email day", 'names "email"'],
  ["@ collate email", 'names "email"'],
  ["transform(@, x -> email)", 'names "email"'],
  ["f(email -> 1, email)", 'names "email"'],
  ["transform(@, email -> email) || email", 'names "email"'],
  ["case when true then text end", 'names "text"'],
  ["1email", '"1"'],
  ["date", 'names "date"'],
  ["end", 'names "end"'],
  ["interval - 1", 'names "interval"'],
  ["constructor", 'names "constructor"'],
  ["(SELECT max(email) FROM bronze.raw)", "SELECT"],
  ["(FROM bronze.raw)", 'names "from"'],
  ["(FROM 'secrets.csv')", 'names "from"'],
  ["(VALUES (1))", "VALUES"],
  ["columns('email')", "COLUMNS"],
  ["to_json(struct(*))", "* for all columns"],
  ["#1", '"#"'],
  ["?", '"?"'],
  [":p", 'begin a name with ":"'],
  ["{'a': 1}", '"{"'],
  ["\u00a01", "outside of quotes"],
  // Next to each other they would be another token, such as the name of a third column.
  ["@@", "and what is next to it"],
  ["@ail", "and what is next to it"],
  ["em@", 'names "em"'],
  ["case when true@ then 1 end", "and what is next to it"],
  ["1@5", "and what is next to it"],
  ["'a'@", "and what is next to it"],
  ["@('scope', 'key')", "must not call what stands in"],
  ["@ ('scope', 'key')", "must not call what stands in"],
  // A comparison is no type with others in it.
  ["@::int < email", 'names "email"'],
  ["f(@ as int < email)", 'names "email"'],
  ["@[1:email]", "must not take an element by [ ]"],
  ["@[0]", "must not take an element by [ ]"],
  ["filter(@, x -> x > 1)[0]", "must not take an element by [ ]"],
  ["@[@]", "must not take an element by [ ]"],
  ["@['a'][1]", "must not take an element by [ ]"],
  ["(@)[size(@) - 1]", "must not take an element by [ ]"],
  ["(@).tags[-1]", "must not take an element by [ ]"],
  ["unknown", 'names "unknown"'],
  ["not unknown", 'names "unknown"'],
  // JSON of a column on DuckDB.
  ["email -> 'a'", 'names "email"'],
  ["coalesce(email -> 'a', 'x')", 'names "email"'],
  ["list_transform(email -> 'a', x -> x)", 'names "email"'],
  ["unnest(@)", "several rows of one"],
  ["explode (@)", "several rows of one"],
])("raw SQL may not be: %j", (text, why) => expect(problemOf(text)).toContain(why));

test("raw SQL that makes one row of many has a window: rows would be lost without a word", () => {
  const base = pipeline("rows").bronze({ raw: source.json("x", { n: t.bigint(), s: t.string() }) });
  const codes = (p: Parameters<typeof analyze>[0]) => analyze(p).map((d) => d.code);
  const raw = sql(t.bigint());
  const derived = (make: (n: AnyExpr, s: AnyExpr) => ReturnType<typeof raw>) =>
    codes(base.silver(($) => ({ s: $.raw.derive((c) => ({ x: make(c.n, c.s) })).materialized() })));
  expect(derived((n) => raw`max(${n})`)).toEqual(["AGG002"]);
  expect(derived((n) => raw`1 + COUNT(distinct ${n})`)).toEqual(["AGG002"]);
  expect(derived((n) => raw`sum(${n}) filter (where ${n} > 1)`)).toEqual(["AGG002"]);
  expect(derived((n) => raw`sum(${n}) filter (where ${n} > 1) over (partition by ${n})`)).toEqual([]);
  expect(derived((n) => raw`greatest(${n}, sum(${n}) over ())`)).toEqual([]);
  expect(derived((_, s) => raw`length(concat(${s}, 'max('))`)).toEqual([]);
});

test("a field is that of the column, not a column of a table by the column's name", async () => {
  const p = pipeline("fields")
    .bronze({ raw: source.json("x", { raw: t.struct({ email: t.string() }), email: t.string().pii("email") }) })
    .silver(($) => ({ s: $.raw.select((c) => ({ x: sql(t.string())`${c.raw}.email` })) }));
  await using update = await run(p, { inputs: { raw: [{ raw: { email: "of the struct" }, email: "ada@x.org" }] } });
  expect(await update.query("SELECT x FROM silver.s")).toEqual([{ x: "of the struct" }]);
  expect(
    compile(p, { target: "spark" })
      .files.map((f) => f.contents)
      .join(""),
  ).toContain("(raw).email");
});

test("raw SQL is refused where it is written, with the place", () => {
  const raw = sql(t.string());
  expect(() => raw`upper(email)`).toThrow(
    expect.objectContaining({
      code: "SQL001",
      location: expect.stringContaining("raw.test.ts"),
      help: expect.any(String),
    }),
  );
  // JavaScript gives no text for an escape that it does not know.
  expect(() => raw`'\u{zz}'`).toThrow(expect.objectContaining({ code: "SQL001" }));
});

test("a function of the catalog by its path is no method of a column: DuckDB refuses it", () => {
  const p = pipeline("path")
    .bronze({ raw: source.json("x", { email: t.string().nullable() }) })
    .silver(($) => ({ s: $.raw.select((c) => ({ x: sql(t.string().nullable())`email.upper(${c.email})` })) }));
  expect(compile(p, { target: "databricks" }).files[1]?.contents).toContain("email.upper(email)");
  expect(() => compile(p, { target: "duckdb" })).toThrow(expect.objectContaining({ code: "TARGET001" }));
});

/** Text that DuckDB and Spark may take apart in ways of their own. */
const piece = fc.oneof(
  fc.constantFrom(
    ..."' '' \" $$ $a$ \\ ` ; -- /* */ ( ) [ ] , : :: . * # ? @ { } => -> U& E' r' X' email people SELECT FROM AS CASE WHEN THEN END NOT NULL AND 1 1.5 1e upper( count(* 'text' $x \n".split(
      " ",
    ),
  ),
  fc.string({ unit: "binary", maxLength: 3 }),
);

test("whatever passes the check is one expression without a column on DuckDB", async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  let passed = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 8 }), async (pieces) => {
      const text = pieces.join(" ");
      if (rawProblem([text]) !== undefined) return;
      const extracted = await connection
        .extractStatements(`SELECT CAST((${text}) AS VARCHAR) AS x`)
        .catch(() => undefined);
      // What does not parse does nothing.
      if (extracted === undefined) return;
      passed++;
      expect(extracted.count).toBe(1);
      const json = await connection.runAndReadAll(
        `SELECT json_serialize_sql(${duckdbText(`SELECT CAST((${text}) AS VARCHAR) AS x`)})::VARCHAR`,
      );
      const tree = String(json.getRows()[0]?.[0]);
      expect(tree).not.toMatch(/"class":"(COLUMN_REF|SUBQUERY|STAR|POSITIONAL_REFERENCE|PARAMETER)"/);
    }),
    { numRuns: 3000 },
  );
  expect(passed).toBeGreaterThan(20);
});
