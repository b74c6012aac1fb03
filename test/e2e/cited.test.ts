/** An engine cites the value that fails a table. Where it may be personal, no result, event or log holds it. */
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { withoutPersonalData } from "../../src/engines/cited.ts";

const people = pipeline("people").bronze({
  raw: source.json("in/*.json", {
    ssn: t.string().pii("ssn"),
    income: t.bigint().pii("income"),
    plan: t.string(),
    size: t.bigint(),
  }),
});

/** Each fails in its own way. */
const failing = people.silver(($) => ({
  cast: $.raw.select((r) => ({ made: r.ssn.cast(t.int()) })),
  day: $.raw.select((r) => ({ made: r.ssn.cast(t.date()) })),
  read: $.raw.select((r) => ({ made: r.ssn.parseDate("yyyy-MM-dd") })),
  narrow: $.raw.select((r) => ({ made: r.income.cast(t.int()) })),
  sum: $.raw.select((r) => ({ made: r.income.plus(1) })),
  // What a condition looks at is in no column.
  chosen: $.raw.where((r) => r.ssn.cast(t.int()).gt(1)).select((r) => ({ plan: r.plan })),
}));

const BIG = "9223372036854775807";
const asText = (value: unknown) => JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? `${v}` : v));

/** Its digits are long enough to stand in no duration, id or time by chance. */
const SSN = "123-45-678901234";

test.each([SSN, 'Quoted "Ada" Lovelace', "O'Hara's", "Two\nLines"])("%j is told nowhere", async (ssn) => {
  const events: unknown[] = [];
  const raw = [{ ssn, income: BigInt(BIG), plan: "gold", size: 1n }];
  await using update = await run(failing, { inputs: { raw }, onEvent: (event) => events.push(event) });
  const failed = update.tables.filter((table) => table.status === "failed");
  expect(failed.map((table) => table.name)).toEqual(["cast", "day", "read", "narrow", "sum", "chosen"]);
  for (const { reason } of failed) expect(reason).toContain("<personal data>");
  const log = await update.query("SELECT message, CAST(details AS VARCHAR) AS details FROM _medallion.event_log");
  const told = asText([update.tables, events, log]);
  const parts = [...ssn.split(/\W+/).filter((part) => part.length > 8), "Ada", BIG.slice(1)];
  expect(parts.filter((part) => told.includes(part))).toEqual([]);
});

test("what is not labelled is cited", async () => {
  const plain = people
    .silver(($) => ({ others: $.raw.select((r) => ({ plan: r.plan, size: r.size })) }))
    .silver(($) => ({
      cast: $.others.select((r) => ({ made: r.plan.cast(t.int()) })),
      sum: $.others.select((r) => ({ made: r.size.plus(1) })),
    }));
  const raw = [{ ssn: "1", income: 1n, plan: "gold", size: BigInt(BIG) }];
  await using update = await run(plain, { inputs: { raw } });
  const reasons = Object.fromEntries(update.tables.map((table) => [table.name, table.reason]));
  expect(reasons).toMatchObject({ cast: expect.stringContaining('"gold"'), sum: expect.stringContaining(BIG) });
});

test.each([
  [
    `[CAST_INVALID_INPUT] The value 'O'Hara' of the type "STRING" cannot be cast to "INT" because it is malformed.`,
    `[CAST_INVALID_INPUT] The value <personal data> of the type "STRING" cannot be cast to "INT" because it is malformed.`,
  ],
  [
    "[NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION] 12345.67 cannot be represented as Decimal(4, 2).",
    "[NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION] <personal data> cannot be represented as Decimal(4, 2).",
  ],
  ["[CANNOT_PARSE_TIMESTAMP] Text 'Ada' could not", "[CANNOT_PARSE_TIMESTAMP] Text <personal data> could not"],
  ["[TABLE_OR_VIEW_NOT_FOUND] The table 'x' is not there", "[TABLE_OR_VIEW_NOT_FOUND] The table 'x' is not there"],
])("Spark's and Databricks' %s", (said, told) => {
  const table = failing.toNode().tables.find(({ name }) => name === "chosen");
  expect(table && withoutPersonalData(said, table)).toBe(told);
});
