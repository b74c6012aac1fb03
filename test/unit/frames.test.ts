/** Frames: those that every engine has run, any other is refused where it is made, from the builder as from a manifest. */
import type { DuckDBConnection } from "@duckdb/node-api";
import fc from "fast-check";
import { fn, fromManifest, MedallionError, pipeline, source, t } from "medallion";
import { beforeAll, expect, test } from "vitest";
import { printQuery } from "../../src/sql/query.ts";
import { duckdb, duckdbIdentifier } from "../../src/targets/duckdb/dialect.ts";
import { connectWithMacros } from "../macros.ts";

const columns = {
  k: t.int(),
  i: t.int().nullable(),
  m: t.decimal(9, 2),
  d: t.double(),
  s: t.string(),
  day: t.date(),
  at: t.timestamp(),
};
const raw = pipeline("frames").bronze({ raw: source.json("x", columns) });

/** As JavaScript gives it: of what the types refuse the builder has to say something as well. */
interface Given {
  readonly of: keyof typeof functions;
  readonly by: readonly (keyof typeof columns)[];
  readonly frame?: { readonly unit: string; readonly start: unknown; readonly end: unknown };
}

type Over = { over(window: unknown): never };
type Columns = Parameters<Parameters<typeof raw.tables.raw.select>[0]>[0];
const functions = {
  rowNumber: () => fn.rowNumber(),
  rank: () => fn.rank(),
  denseRank: () => fn.denseRank(),
  percentRank: () => fn.percentRank(),
  cumeDist: () => fn.cumeDist(),
  lag: (c: Columns) => c.i.lag(),
  lead: (c: Columns) => c.i.lead(2),
  firstValue: (c: Columns) => c.i.firstValue(),
  lastValue: (c: Columns) => c.i.lastValue(),
  sum: (c: Columns) => c.m.sum(),
  max: (c: Columns) => c.s.max(),
  countRows: () => fn.countRows(),
} satisfies Record<string, (c: Columns) => unknown>;

const windowed = ({ of, by, frame }: Given) =>
  raw.silver(($) => ({
    made: $.raw.select((c) => ({
      k: c.k,
      x: (functions[of](c) as unknown as Over).over({ orderBy: by.map((name) => c[name]), ...(frame && { frame }) }),
    })),
  }));

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await connectWithMacros();
  await connection.run(
    `CREATE TABLE raw AS SELECT i::INTEGER AS k, nullif(i % 4, 3)::INTEGER AS i, (i % 5)::DECIMAL(9, 2) AS m, (i % 3)::DOUBLE AS d, 'x' || i % 2 AS s,
     DATE '2024-02-27' + (i % 4)::INTEGER AS day, TIMESTAMPTZ '2024-02-29 12:00:00+00' + INTERVAL (i) HOUR AS at FROM range(12) AS r(i)`,
  );
});

async function runs(given: Given): Promise<number> {
  const node = windowed(given).toNode();
  const made = node.tables.find(({ name }) => name === "made");
  if (made?.kind !== "query") throw new Error("no table made");
  const tables = new Map(node.tables.map((table) => [table.name, table]));
  const context = { dialect: duckdb, table: duckdbIdentifier, source: () => "nothing", tables };
  return (await connection.runAndReadAll(printQuery(made.query, context))).currentRowCount;
}

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "none";
  } catch (error) {
    return error instanceof MedallionError ? error.code : String(error);
  }
};

const NO_FRAME = ["rowNumber", "rank", "denseRank", "percentRank", "cumeDist", "lag", "lead"];
/** The rule as one would say it. */
function expected({ of, by, frame }: Given): "none" | "WIN002" | "WIN004" {
  const goesByOrder = [...NO_FRAME, "firstValue", "lastValue"].includes(of);
  if (goesByOrder && by.length === 0) return "WIN002";
  if (!frame) return "none";
  if (NO_FRAME.includes(of)) return "WIN004";
  const { unit, start, end } = frame;
  const bounds = [start, end].filter((bound) => bound !== "unbounded");
  if (!["rows", "range"].includes(unit) || !bounds.every(Number.isSafeInteger)) return "WIN004";
  if (bounds.length === 2 && Number(start) > Number(end)) return "WIN004";
  const measured = by.length === 1 && !["s", "at"].includes(String(by[0]));
  return unit === "range" && bounds.some((bound) => bound !== 0) && !measured ? "WIN004" : "none";
}

const bound = fc.oneof(
  { arbitrary: fc.constant("unbounded" as const), weight: 2 },
  { arbitrary: fc.integer({ min: -3, max: 3 }), weight: 6 },
  { arbitrary: fc.constantFrom(0.5, "1", null, Number.NaN), weight: 1 },
);
const given: fc.Arbitrary<Given> = fc.record(
  {
    of: fc.constantFrom(...(Object.keys(functions) as (keyof typeof functions)[])),
    by: fc.uniqueArray(fc.constantFrom(...(Object.keys(columns) as (keyof typeof columns)[])), { maxLength: 2 }),
    frame: fc.record({ unit: fc.constantFrom("rows", "range", "groups"), start: bound, end: bound }),
  },
  { requiredKeys: ["of", "by"] },
);

test("a window is refused where it is made, or DuckDB runs it", async () => {
  await fc.assert(
    fc.asyncProperty(given, async (one) => {
      const code = codeOf(() => windowed(one));
      expect(code).toBe(expected(one));
      if (code === "none") expect(await runs(one)).toBe(12);
    }),
    { numRuns: 400 },
  );
});

test("a manifest with another frame, or without its order, is refused as the builder refuses it", () => {
  const frame = { unit: "range", start: -2, end: 0 };
  const changed = (given: Given, from: string | RegExp, to: string) => {
    const text = JSON.stringify(windowed(given)).replace(from, to);
    return { text, read: () => fromManifest(JSON.parse(text)) };
  };
  const first: Given = { of: "firstValue", by: ["i"], frame };
  const same = changed(first, "nothing", "");
  expect(JSON.stringify(same.read())).toBe(same.text);
  expect(changed(first, '"start":-2', '"start":2').read).toThrow("the frame ends at 0, before it starts at 2");
  expect(changed(first, /"orderBy":\[\{.*?\}\]/, '"orderBy":[]').read).toThrow("firstValue() needs an orderBy");
  const framed = `"frame":${JSON.stringify(frame)},"orderBy":`;
  expect(changed({ of: "lag", by: ["i"] }, '"orderBy":', framed).read).toThrow("this function accepts no frame");
});
