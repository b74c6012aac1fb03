/** Nested JSON by one parse is what the long way gives, and nothing of it is undeclared; else it leaves it to the long way. */
import { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { PRELUDE, registerFunctions } from "../../../src/engines/duckdb/functions/functions.ts";
import { withMarks } from "../../../src/engines/duckdb/ingest/digits.ts";
import { quickJson, quickSteps } from "../../../src/engines/duckdb/ingest/quick-json.ts";
import { undeclared } from "../../../src/engines/duckdb/ingest/undeclared.ts";
import { readJson, readText } from "../../../src/engines/duckdb/ingest/values.ts";
import { Session } from "../../../src/engines/duckdb/warehouse/session.ts";
import type { SqlType } from "../../../src/types/types.ts";
import { folder, write } from "../support.ts";

let instance: DuckDBInstance;
let session: Session;

beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  registerFunctions(connection);
  session = new Session(":memory:", connection);
  await session.exec(PRELUDE.join(";\n"));
  await session.exec("SET TimeZone = 'UTC'");
});

afterAll(async () => {
  await session.close();
  instance.closeSync();
});

const NAMES = ["a", "b", "c", "A b", "a:b"];

const { type: types } = fc.letrec<{ type: SqlType; struct: SqlType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<SqlType>(
      { kind: "string" },
      { kind: "bigint" },
      { kind: "double" },
      { kind: "boolean" },
      { kind: "date" },
      { kind: "timestamp" },
      { kind: "decimal", precision: 10, scale: 2 },
    ),
    tie("struct"),
    tie("type").map((element): SqlType => ({ kind: "array", element })),
  ),
  struct: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...NAMES), tie("type")), {
      minLength: 1,
      maxLength: 4,
      selector: ([n]) => n.toLowerCase(),
    })
    .map((fields): SqlType => ({ kind: "struct", fields: fields.map(([name, type]) => ({ name, type })) })),
}));
const nestedTypes = types.filter(({ kind }) => kind === "struct" || kind === "array");

const TEXTS = [
  '""',
  '"x"',
  '"\\":null"',
  '"\\":{}"',
  '"{"',
  '"}"',
  '":{}"',
  '":null,"',
  '"a\\":1"',
  '"\\uFDD01"',
  '"\uFDD05"',
  '"{\\"a\\":1}"',
  '"é\\n"',
  '"12"',
  '" 7 "',
  '"2024-02-30"',
  '"2024-02-03"',
  '"2024-02-03T04:05:06Z"',
  '"true"',
  '"[1]"',
];
const NUMBERS = ["1", "-0", "1.50", "12345678901234567890123", "0.1", "1e3", "7.999", "9007199254740993"];
const OTHERS = [
  "null",
  "true",
  "false",
  "{}",
  "[]",
  "[null]",
  '{"zz":null}',
  '{"a":1,"a":2}',
  '{"a":null,"a":2}',
  "[{}]",
];
const ANY = fc.constantFrom(...TEXTS, ...NUMBERS, ...OTHERS);

/** Mostly a value of the type; now and then another. */
function drawn(type: SqlType): fc.Arbitrary<string> {
  const own = (): fc.Arbitrary<string> => {
    switch (type.kind) {
      case "struct": {
        const members = type.fields.map(({ name, type: of }) =>
          fc.option(
            drawn(of).map((value) => `${JSON.stringify(name)}:${value}`),
            { freq: 3 },
          ),
        );
        const extra = fc.option(
          fc.tuple(fc.constantFrom(...NAMES, "zz"), ANY).map(([n, v]) => `${JSON.stringify(n)}:${v}`),
          { freq: 1, nil: undefined },
        );
        const rare = fc.tuple(fc.nat(5), extra).map(([n, one]) => (n === 0 ? (one ?? null) : null));
        return fc.tuple(fc.tuple(...members), rare, fc.boolean()).map(([list, more, turned]) => {
          const all = [...list, more].filter((one) => one !== null);
          return `{${(turned ? all.toReversed() : all).join(",")}}`;
        });
      }
      case "array":
        return fc.array(drawn(type.element), { maxLength: 3 }).map((items) => `[${items.join(",")}]`);
      case "string":
        return fc.constantFrom(...TEXTS);
      case "bigint":
        return fc.constantFrom("1", "-5", '"12"', "9007199254740993");
      case "boolean":
        return fc.constantFrom("true", "false");
      case "date":
        return fc.constantFrom('"2024-02-03"', '"2024-2-3"', '"2024-02-30"');
      case "timestamp":
        return fc.constantFrom('"2024-02-03T04:05:06Z"', '"2024-02-03"');
      default:
        return fc.constantFrom(...NUMBERS);
    }
  };
  return fc.tuple(fc.nat(19), own(), ANY).map(([n, mine, other]) => (n === 0 ? other : n === 1 ? "null" : mine));
}

const cases = nestedTypes.chain((type) =>
  fc.tuple(fc.constant(type), fc.array(drawn(type), { minLength: 20, maxLength: 20 })),
);

test("what is read by one parse is what the long way reads, and all of it is declared", async () => {
  let [quick, firm] = [0, 0];
  const numRuns = Number(process.env["MEDALLION_CASES"] ?? 60);
  await fc.assert(
    fc.asyncProperty(cases, async ([type, values]) => {
      const steps = quickSteps("x", type, readText);
      const fast = quickJson("x", type, readText);
      if (steps === undefined || fast === undefined) throw new Error("every drawn type has a shape");
      const list = values.map((value) => `('${value.replaceAll("'", "''")}')`).join(", ");
      const given = `SELECT t, json(${withMarks("t")})::VARCHAR AS x FROM (VALUES ${list}) AS given(t)`;
      const known = `SELECT *, coalesce(CASE WHEN apart IS NOT NULL THEN ${steps.isKnown("apart")} END, false) AS known, ${steps.isFirm("apart")} AS firm FROM (SELECT *, CASE WHEN ${steps.mayBe} THEN ${steps.apart} END AS apart FROM (${given}))`;
      const made = `SELECT *, CASE WHEN known OR firm THEN ${steps.value("apart")} END AS made FROM (${known})`;
      const rows = await session.rows(
        `SELECT t, known, firm, same(by_steps) AND (fast IS NULL OR same(fast)) AS same, long IS NOT NULL AS reads, CASE WHEN long IS NOT NULL THEN other END AS other
FROM (SELECT *, CASE WHEN ${steps.isWhole("apart", "made")} THEN made END AS by_steps, ${fast} AS fast, ${readJson("x::JSON", type)} AS long, ${undeclared("x::JSON", type) ?? "NULL"} AS other
FROM (${made}))`.replaceAll(
          /same\((\w+)\)/g,
          "($1 IS NOT DISTINCT FROM long AND $1::VARCHAR IS NOT DISTINCT FROM long::VARCHAR)",
        ),
      );
      for (const row of rows.filter(({ known, firm }) => known === true || firm === true)) {
        expect(row).toEqual({ ...row, same: true, ...(row["known"] === true && { other: null }) });
        if (row["known"] === true && row["reads"] === true) quick++;
        if (row["known"] === false && row["reads"] === true) firm++;
      }
    }),
    { numRuns, seed: Number(process.env["MEDALLION_SEED"] ?? 1) },
  );
  // Nearly all JSON is as its type.
  expect(quick).toBeGreaterThan((100 / 60) * numRuns);
  expect(firm).toBeGreaterThan(numRuns / 60);
});

test("a file without a flaw is read straight into its table: no value of it is read a second time, to be asked for", async () => {
  const base = await folder();
  await write(base, "in.csv", "id,v\n1,2\n2,3\n");
  const asked = vi.spyOn(DuckDBConnection.prototype, "run");
  const p = pipeline("p").bronze({ raw: source.csv("in.csv", { id: t.bigint(), v: t.int() }) });
  await using update = await run(p, { baseDir: base });
  const insert = asked.mock.calls.map(([sql]) => String(sql)).find((sql) => sql.startsWith("INSERT INTO bronze.raw"));
  asked.mockRestore();
  expect(insert).toContain("not clean");
  // A condition would be pushed below the values, and would hold each of them again.
  const [plan] = await update.query(`EXPLAIN ${insert}`);
  expect(JSON.stringify(plan)).toContain("READ_CSV");
  expect(JSON.stringify(plan)).not.toContain("FILTER");
});
