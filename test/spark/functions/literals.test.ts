/** Every form of constant, and the expressions that are no function: both engines read what was meant. */
import { t } from "medallion";
import { afterAll, expect, test } from "vitest";
import type { ExprNode } from "../../../src/ast/expr.ts";
import { callNode, caseNode, literalNode, structNode } from "../../../src/nodes/exprs.ts";
import { type Constant, constantOf, freeLiteral, literalOf } from "../../../src/nodes/literals.ts";
import { printExpr } from "../../../src/sql/expr.ts";
import { spark } from "../../../src/targets/spark-sql/dialect.ts";
import { typeName } from "../../../src/types/types.ts";
import type { Canonical } from "../canonical.ts";
import { duckSession } from "../duck.ts";
import { countPairs, sparkSession } from "../session.ts";
import { rowsOf } from "./cases.ts";
import { ask, columnsOf } from "./compare.ts";
import { T, VALUES, type ValueType } from "./values.ts";

const engines = { spark: await sparkSession(), duck: await duckSession() };
afterAll(() => Promise.all([engines.spark.close(), engines.duck.close()]));

const CONSTANTS: readonly (readonly [ValueType, Constant, Canonical])[] = [
  ...(VALUES.string as readonly string[]).filter((s) => s !== null).map((s) => ["string", s, s] as const),
  ...[
    "\0",
    "a\0b",
    "\r\n\t",
    "\u2028",
    "\\n",
    "\\\\",
    "''",
    '""',
    "`",
    "${a}",
    "$${",
    "--",
    "/*",
    "{{x}}",
    ":p",
    "?",
    "%s",
  ].map((s) => ["string", s, s] as const),
  ["boolean", true, true],
  ["boolean", false, false],
  ["tinyint", -128, "-128"],
  ["smallint", 32767, "32767"],
  ["int", -2147483648, "-2147483648"],
  ["int", 2147483647, "2147483647"],
  ["bigint", 2n ** 63n - 1n, "9223372036854775807"],
  ["bigint", -(2n ** 63n), "-9223372036854775808"],
  ["bigint", "9007199254740993", "9007199254740993"],
  ["money", "-0.01", "-0.01"],
  ["money", 1e21, "1000000000000000000000"],
  ["money", 1e-7, "0.0000001"],
  ["money", "0", "0"],
  ["money", "-9.5", "-9.5"],
  ["money", "00012.50", "12.50"],
  ["money", "9".repeat(38), "9".repeat(38)],
  ["money", `0.${"0".repeat(37)}1`, `0.${"0".repeat(37)}1`],
  ["money", `-${"9".repeat(37)}.9`, `-${"9".repeat(37)}.9`],
  ...[0, -0, 0.1, -2.5, 1e300, 5e-324, 1.7976931348623157e308, Number.NaN, Infinity, -Infinity].map(
    (n) => ["double", n, Object.is(n, -0) ? "-0" : String(n)] as const,
  ),
  ["float", 0.1, "0.10000000149011612"],
  ["float", Number.NaN, "NaN"],
  ["float", -0, "-0"],
  ["date", "2024-02-29", "2024-02-29"],
  ["date", "0001-01-01", "0001-01-01"],
  ["date", "9999-12-31", "9999-12-31"],
  ["date", "1582-10-10", "1582-10-10"],
  ["timestamp", "2024-02-29", "2024-02-29 00:00:00.000000"],
  ["timestamp", "2024-02-29T10:11", "2024-02-29 10:11:00.000000"],
  ["timestamp", "2024-02-29 10:11:12.123456", "2024-02-29 10:11:12.123456"],
  ["timestamp", "2024-02-29T10:11:12Z", "2024-02-29 10:11:12.000000"],
  ["timestamp", "2024-02-29 10:11:12+05:30", "2024-02-29 04:41:12.000000"],
  ["timestamp", new Date("1969-12-31T23:59:59.999Z"), "1969-12-31 23:59:59.999000"],
  ["timestamp", "0001-01-01 00:00:00", "0001-01-01 00:00:00.000000"],
  ["timestamp", "9999-12-31 23:59:59.999999", "9999-12-31 23:59:59.999999"],
  ["ntz", "2024-03-31 02:30:00", "2024-03-31 02:30:00.000000"],
  ["ntz", "2024-02-29", "2024-02-29 00:00:00.000000"],
  ["date", new Date("2024-02-29"), "2024-02-29"],
  ["ntz", "2024-02-29T10:11:12.5", "2024-02-29 10:11:12.500000"],
  ["binary", new Uint8Array([]), ""],
  ["binary", new Uint8Array([0, 255, 39, 92]), "00ff275c"],
];

/** Asks for one value, and for what it must be. */
async function expectValue(node: ExprNode, expected: Canonical, name: string): Promise<readonly string[]> {
  const rows = { view: "one_row", types: [], values: [[]] };
  const answer = await ask(engines, { name, rows, node, solid: node, untyped: node.type.kind === "decimal" });
  const sql = printExpr(node, { dialect: spark, column: (c) => c.name });
  const [[value] = []] = (await engines.spark.sql(`SELECT ${sql}`)).rows;
  const wrong =
    JSON.stringify(value) === JSON.stringify(expected) ? [] : [`${name}: Spark reads ${JSON.stringify(value)}`];
  return [...answer.problems, ...wrong];
}

test("constants", async () => {
  const problems: string[] = [];
  for (const [type, constant, expected] of CONSTANTS) {
    const name = `${typeName(T[type])} ${typeof constant === "bigint" ? constant : JSON.stringify(constant)}`;
    problems.push(...(await expectValue(literalOf(constant, T[type], undefined), expected, name)));
  }
  for (const free of ["x", true, 1, -2147483648, 2147483648, 1.5, 7n, new Date(0), new Uint8Array([7])] as const) {
    const node = freeLiteral(free, undefined);
    const answer = await ask(engines, {
      name: `a free ${typeof free}`,
      rows: { view: "one_row", types: [], values: [[]] },
      node,
    });
    problems.push(...answer.problems);
  }
  for (const type of Object.values(T)) {
    problems.push(...(await expectValue(literalNode(null, type, undefined), null, `a null ${typeName(type)}`)));
  }
  countPairs("constants", CONSTANTS.length + 9 + Object.keys(T).length);
  expect(problems.join("\n")).toBe("");
});

test("CASE over values of different types, and structs", async () => {
  const problems: string[] = [];
  const pairs: readonly (readonly [ValueType, ValueType])[] = [
    ...(["string", "boolean", "int", "double", "money", "date", "timestamp", "strings", "record", "dict"] as const).map(
      (type) => [type, type] as const,
    ),
    ...([
      ["int", "bigint"],
      ["money", "bigint"],
      ["whole", "rate"],
      ["float", "int"],
      ["rate", "float"],
    ] as const),
  ];
  for (const [left, right] of pairs) {
    const rows = rowsOf(["boolean", left, right]);
    const made = (nullable: boolean): ExprNode => {
      const [when, value, otherwise] = columnsOf(rows.types, nullable);
      if (!when || !value || !otherwise) throw new Error("three columns were asked for");
      return caseNode([{ when, value }], otherwise, undefined);
    };
    const name = `case(${typeName(T[left])}, ${typeName(T[right])})`;
    const answer = await ask(engines, { name, rows, node: made(true), solid: made(false) });
    problems.push(...answer.problems);
    countPairs("cases and structs", answer.pairs);
  }
  const rows = rowsOf(["string", "double"]);
  const [a, b] = columnsOf(rows.types, true);
  if (!a || !b) throw new Error("two columns were asked for");
  const node = structNode(
    [
      { name: "text", value: a },
      { name: "a 'b`\"", value: b },
    ],
    undefined,
  );
  const answer = await ask(engines, { name: "struct", rows, node, solid: node });
  countPairs("cases and structs", answer.pairs);
  expect([...problems, ...answer.problems].join("\n")).toBe("");
});

test("constants beside columns take part in the type of the result", async () => {
  const problems: string[] = [];
  let count = 0;
  for (const type of ["rate", "money", "whole", "wide", "int", "bigint", "double", "float", "tinyint"] as const) {
    for (const constant of [0, -1, "100", "-0.01", "12345.678"]) {
      if (typeof constant === "string" && constant.includes(".") && T[type].kind.endsWith("int")) continue;
      const rows = rowsOf([type]);
      const [column] = columnsOf(rows.types, true);
      if (!column) throw new Error("a column was asked for");
      const literal = literalOf(constant, T[type], undefined);
      const value = constantOf(constant, T[type], undefined);
      const when = callNode("isNull", [column], undefined, undefined);
      const nodes = [
        ...["coalesce", "greatest", "least"].map((fn) => callNode(fn, [column, value], undefined, undefined)),
        ...["plus", "minus", "times", "div", "mod", "eq", "lt", "in", "nullIf"].map((fn) =>
          callNode(fn, [column, literal], undefined, undefined),
        ),
        caseNode([{ when, value }], column, undefined),
      ];
      for (const node of nodes) {
        const answer = await ask(engines, {
          name: `${"fn" in node ? node.fn : "case"}(${type}, ${constant})`,
          rows,
          node,
        });
        problems.push(...answer.problems);
        count += answer.pairs;
      }
    }
  }
  countPairs("constants", count);
  expect(problems.join("\n")).toBe("");
});

test("a column type has its own constants only", () => {
  for (const type of [t.int(), t.date(), t.binary(), t.boolean()]) {
    expect(() => literalOf("no", type.declaration.type, undefined)).toThrow(/is not a/);
  }
});
