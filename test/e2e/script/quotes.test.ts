/** Values in quotes under every type, by the engine and by a script. */
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { folder, write } from "../support.ts";
import { expectSame } from "./both-ways.ts";

const columns = {
  string: t.string().nullable(),
  known: t.enum(["a", "NA"]).nullable(),
  blank: t.enum(["a", ""]).nullable(),
  tinyint: t.tinyint().nullable(),
  smallint: t.smallint().nullable(),
  int: t.int().nullable(),
  bigint: t.bigint().nullable(),
  float: t.float().nullable(),
  double: t.double().nullable(),
  decimal: t.decimal(6, 2).nullable(),
  boolean: t.boolean().nullable(),
  date: t.date().nullable(),
  timestamp: t.timestamp().nullable(),
  ntz: t.timestampNtz().nullable(),
  binary: t.binary().nullable(),
  variant: t.variant().nullable(),
  array: t.array(t.int()).nullable(),
  struct: t.struct({ x: t.int() }).nullable(),
  map: t.map(t.string(), t.int()).nullable(),
};
const names = Object.keys(columns);
/** Types of which the empty text is a value. */
const HAVE_EMPTY = new Set(["string", "blank", "binary", "variant"]);

/** Which columns of a row have a value, and what was rescued. */
async function given(value: string, nullValues?: readonly string[]): Promise<readonly [string[], unknown]> {
  const base = await folder();
  await write(base, "in/a.csv", `k,${names.join(",")}\n1,${names.map(() => value).join(",")}\n`);
  const raw = source.csv("in/*.csv", { k: t.int(), ...columns }, nullValues ? { nullValues } : {});
  const p = pipeline("quotes").bronze({ raw });
  await using update = await run(p, { baseDir: base });
  expect(update.tables[0]?.error).toBeUndefined();
  const [row = {}] = await update.query("SELECT * FROM bronze.raw");
  await expectSame(p, base);
  return [names.filter((name) => row[name] !== null), row["_rescued_data"]];
}

test("nothing in quotes is the empty text where that is a value, and no value of any other type", async () => {
  expect(await given('""')).toEqual([names.filter((name) => HAVE_EMPTY.has(name)), null]);
  expect(await given("")).toEqual([[], null]);
  expect((await given('" "'))[1]).not.toBeNull();
});

test.each(["NA", "null", "None", "nil1", "-"])("%s means null in quotes as well, whatever the type", async (word) => {
  expect(await given(`"${word}"`, [word])).toEqual([[], null]);
  expect(await given(word, [word])).toEqual([[], null]);
  expect(await given('""', [word])).toEqual([names.filter((name) => HAVE_EMPTY.has(name)), null]);
});

test("a required column without a value is missing, in quotes or not", async () => {
  const base = await folder();
  await write(base, "in/a.csv", 'k,n,s\n1,"","a"\n2,,"b"\n3,"x","c"\n4,"4",""\n');
  const raw = source.csv("in/*.csv", { k: t.int(), n: t.int(), s: t.string() });
  await using update = await run(pipeline("required").bronze({ raw }), { baseDir: base });
  expect(await update.query("SELECT k, s FROM bronze.raw")).toEqual([{ k: 4, s: "" }]);
  expect(await update.query("SELECT _reason FROM bronze.raw_quarantine ORDER BY _row")).toEqual([
    { _reason: "n is missing" },
    { _reason: "n is missing" },
    { _reason: 'n: "x" is not an INT' },
  ]);
});
