/**
 * Rename-symbol, as an editor does it: a column or a table that is renamed where it is made changes in every layer, and
 * the pipeline still type-checks.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AnyPipeline, analyze } from "medallion";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { edited, type LanguageServer, languageServer } from "./lsp.ts";
import { projectDir, removeDir, scratchDir, type TscError, tsc, writeProject } from "./tsc.ts";

interface Rename {
  readonly what: string;
  readonly example: "flights" | "shop";
  /** The text that starts with the name. */
  readonly at: string;
  /** What changes, the new name as `NEW`, in order. */
  readonly changes: readonly string[];
}

const renames: readonly Rename[] = [
  {
    what: "a bronze column, used in silver and gold",
    example: "shop",
    at: "amount: t.decimal",
    changes: ["NEW: t.decimal(12, 2),", "(o) => o.NEW.gt(0)", "amount: o.NEW"],
  },
  {
    what: "a bronze column that a rest keeps, used in a key, a history and gold",
    example: "shop",
    at: "customer_id: t.bigint(),\n      email",
    changes: ["NEW: t.bigint(),", "key: (c) => c.NEW,", "o.customer_id.eq(c.NEW)"],
  },
  {
    what: "a bronze column that a rest drops",
    example: "shop",
    at: "op: t.string()",
    changes: ["NEW: t.string(),", 'c.NEW.eq("D")', "({ NEW: op, ...rest }) => rest"],
  },
  {
    what: "a bronze table",
    example: "shop",
    at: "customers_raw: source",
    changes: ["NEW: source.csv(", "customers: $.NEW.changes({"],
  },
  {
    what: "a silver table",
    example: "shop",
    at: "orders: $.orders_raw",
    changes: ["NEW: $.orders_raw", "revenue_by_country: $.NEW"],
  },
  {
    what: "a history",
    example: "shop",
    at: "customers: $.customers_raw",
    changes: ["NEW: $.customers_raw.changes({", ".asOfJoin($.NEW, {"],
  },
  {
    what: "a column after dedupe, key, expectations and a spread, used in gold",
    example: "flights",
    at: "origin: f.origin",
    changes: [
      "NEW: f.origin,",
      "key: (f) => [f.carrier, f.flight, f.NEW, f.scheduled_hour]",
      ".key((f) => [f.carrier, f.flight, f.NEW, f.scheduled_hour])",
      'f.NEW.in("EWR", "JFK", "LGA")',
      "(f) => [f.NEW, f.scheduled_hour]",
    ],
  },
  {
    what: "a bronze column that rest and lookup carry to gold",
    example: "flights",
    at: "name: t.string(),\n        lat",
    changes: ["NEW: t.string(),", "dest_name: a.NEW"],
  },
  {
    what: "a bronze column that rest and spread rename",
    example: "flights",
    at: "year: t.int().nullable()",
    changes: ["NEW: t.int().nullable(),", "({ NEW: year, speed, ...rest }) => ({ ...rest, built: year })"],
  },
  {
    what: "a column that a spread brings in",
    example: "flights",
    at: "built: year",
    changes: ["({ ...rest, NEW: year })", "built: p.NEW"],
  },
  {
    what: "a bronze column of a history, used in gold",
    example: "flights",
    at: "alliance: t.string()",
    changes: ["NEW: t.string().nullable(),", "alliance: c.NEW"],
  },
  {
    what: "a silver table, referenced and looked up",
    example: "flights",
    at: "airports: $.airports_raw",
    changes: ["NEW: $.airports_raw", ".references($.NEW, (f) => f.dest)", "$.NEW,"],
  },
  {
    what: "a silver table, read by three gold tables",
    example: "flights",
    at: "flights: $.flights_raw",
    changes: [
      "NEW: $.flights_raw",
      "flight_facts: $.NEW",
      "delays_by_carrier_month: $.NEW",
      "punctuality_by_weather: $.NEW",
    ],
  },
];

const NEW = "renamed_by_an_editor";
const fileOf = (i: number): string => `renamed-${i}.ts`;

let server: LanguageServer;
let examples: string;
let dir: string;
let texts: readonly string[];
let errors: readonly TscError[];

beforeAll(async () => {
  // The examples alone: an editor would look for uses in all files of the project that is open.
  examples = await scratchDir();
  const whole = Object.fromEntries(await Promise.all(EXAMPLES.map(async (name) => [`${name}.ts`, await textOf(name)])));
  await writeProject(examples, whole);
  server = await languageServer(examples);
  const made: string[] = [];
  for (const { example, at } of renames) made.push(await renamed(example, at));
  texts = made;
  dir = await scratchDir();
  const half = (await textOf("shop")).replace("amount: t.decimal", `${NEW}: t.decimal`);
  errors = await tsc(dir, { ...Object.fromEntries(texts.map((text, i) => [fileOf(i), text])), "half.ts": half });
});
afterAll(async () => {
  await server.stop();
  await Promise.all([examples, dir].map(removeDir));
});

const EXAMPLES = ["flights", "shop"] as const;
const textOf = (example: string): Promise<string> =>
  readFile(join(projectDir, "examples", example, "pipeline.ts"), "utf8");

/** The pipeline of an example after a rename. */
async function renamed(example: string, at: string): Promise<string> {
  const file = join(examples, `${example}.ts`);
  const text = await textOf(example);
  const offset = text.indexOf(at);
  if (offset < 0) throw new Error(`${file} has no ${at}`);
  const edits = await server.rename(file, offset, NEW);
  return edited(text, edits.get(file) ?? []);
}

describe("a rename changes every use in every layer", () => {
  test.each(renames.map((rename, i): [string, string, number] => [rename.example, rename.what, i]))(
    "%s: %s",
    (_, __, i) => {
      const { changes } = renames[i] as Rename;
      const lines = (texts[i] ?? "").split("\n").filter((line) => line.includes(NEW));
      expect(lines).toEqual(changes.map((change) => expect.stringContaining(change.replaceAll("NEW", NEW))));
      expect(errors.filter(({ file }) => file === fileOf(i))).toEqual([]);
    },
  );
});

test("the examples as they are have no use that a rename would miss: a half rename does not type-check", () => {
  const found = errors.filter(({ file }) => file === "half.ts");
  expect(found.map(({ text }) => text)).toEqual(
    Array(2).fill(expect.stringContaining("Property 'amount' does not exist on type")),
  );
});

const EVERY_METHOD = `import { pipeline, source, t } from "medallion";
export default pipeline("ren")
  .bronze({
    dims_raw: source.csv("d.csv", { code: t.string(), label: t.string() }),
    raw: source.json("r.json", { id: t.bigint(), code: t.string(), kind: t.string(), at: t.timestamp(), net: t.decimal(12, 2), note: t.string().nullable() }),
  })
  .silver(($) => ({ dims: $.dims_raw.key((d) => d.code) }))
  .scd2(($) => ({
    versions: $.raw.changes({
      key: (c) => c.id,
      sequenceBy: (c) => c.at,
      ignoreNullUpdates: (c) => ({ note: c.note }),
      trackHistory: (c) => ({ code: c.code, kind: c.kind }),
    }),
  }))
  .silver(($) => ({
    clean: $.raw
      .where((c) => c.id.gt(0))
      .whereNotNull((c) => ({ note: c.note }))
      .derive(({ net, code }) => ({ net: net.round(1), code: code.upper(), one: 1 }))
      .dedupe({ key: (c) => [c.id, c.code], orderBy: (c) => c.at })
      .key((c) => [c.id, c.code])
      .references($.dims, (c) => c.code)
      .expect({ coded: (c) => c.code.ne("") })
      .expectOrDrop({ net_ok: (c) => c.net.gt(0) })
      .clusterBy((c) => ({ code: c.code, kind: c.kind }))
      .mask({ code: "gov.mask", note: { function: "gov.m", using: (c) => c.code } })
      .rowFilter("gov.rows", (c) => [c.code]),
  }))
  .gold(($) => ({
    pivot: $.clean
      .lookup($.dims, ({ code }) => code, ({ code, ...l }, d) => ({ ...l, code, label: d.label }))
      .groupBy(({ code, kind }) => ({ code, kind }))
      .aggregate((c) => ({ a: c.net.sum().filter(c.kind.eq("a")), b: c.net.sum().filter(c.kind.eq("b")) }))
      .select(({ code, kind, ...rest }) => ({ code, ...rest })),
    both: $.clean.where((c) => c.code.eq("X")).union($.clean.where((c) => c.code.ne("X"))).orderBy((c) => c.code).limit(3),
  }));
`;

test("renames through every method that carries or names columns leave pipelines that type-check", async () => {
  const scratch = await scratchDir();
  await writeProject(scratch, { "every.ts": EVERY_METHOD });
  const own = await languageServer(scratch);
  try {
    const places: number[] = [];
    const files: Record<string, string> = {};
    for (const at of ["code: t.string(), kind", "net: t.decimal", "note: t.string", "kind: t.string"]) {
      const found = await own.rename(join(scratch, "every.ts"), EVERY_METHOD.indexOf(at), NEW);
      const edits = found.get(join(scratch, "every.ts")) ?? [];
      files[`renamed${places.push(edits.length)}.ts`] = edited(EVERY_METHOD, edits);
    }
    expect(places).toEqual([19, 6, 6, 8]);
    expect(await tsc(scratch, files)).toEqual([]);
    // And that are right: names that go by the column are renamed with it.
    for (const file of Object.keys(files)) {
      const { default: renamed } = (await import(join(scratch, file))) as { readonly default: AnyPipeline };
      expect(analyze(renamed)).toEqual([]);
    }
  } finally {
    await own.stop();
    await removeDir(scratch);
  }
});
