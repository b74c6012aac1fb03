/** A table that has another name: it keeps what it is where nothing else of it changed, and nothing goes silently. */
import { rm } from "node:fs/promises";
import path from "node:path";
import { type AnyPipeline, fn, param, pipeline, source, t } from "medallion";
import { plan } from "medallion/run";
import { expect, test } from "vitest";
import { place } from "./place.ts";

interface Named {
  readonly raw: string;
  readonly history: string;
  /** A change of the bronze table apart from its name. */
  readonly wider?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: names of tables that are not known to the types
type Untyped = any;

function shop({ raw, history, wider = false }: Named): AnyPipeline {
  const columns = { id: t.int(), q: t.int(), ...(wider && { note: t.string().nullable() }) };
  const bronze: Untyped = {
    [raw]: source.csv("r/*.csv", columns),
    old: source.csv("old/*.csv", { id: t.int(), q: t.int() }),
    stock: source.csv("s.csv", { id: t.int(), q: t.int() }, { onChange: "replace" }),
  };
  return pipeline("p")
    .bronze(bronze)
    .silver(($: Untyped) => ({
      clean: $[raw]
        .select(({ id, q }: Untyped) => ({ id, q }))
        .backfill({ past: $.old.select(({ id, q }: Untyped) => ({ id, q })) }),
      all: $[raw].aggregate(() => ({ n: fn.countRows() })),
    }))
    .scd2(($: Untyped) => ({ [history]: $.stock.snapshots({ key: (r: Untyped) => r.id }) }))
    .gold(($: Untyped) => ({
      sums: $.clean.aggregate((r: Untyped) => ({ n: fn.countRows(), q: r.q.sum() })),
      versions: $[history].aggregate(() => ({ n: fn.countRows() })),
    })) as AnyPipeline;
}

const before: Named = { raw: "raw", history: "h" };

async function archived() {
  const here = await place();
  await here.write("r/1.csv", "id,q\n1,1\n2,2\nx,3\n");
  await here.write("old/0.csv", "id,q\n9,9\n");
  await here.write("s.csv", "id,q\n1,1\n");
  await here.run(shop(before));
  await here.write("r/2.csv", "id,q\n3,3\n");
  await here.write("s.csv", "id,q\n1,20\n");
  await here.run(shop(before));
  await rm(path.join(here.base, "r/1.csv"));
  return here;
}

const GOLD = 'SELECT s.n, s.q, a.n AS "all", v.n AS versions FROM gold.sums AS s, silver.all AS a, gold.versions AS v';

test("a table whose name is all that changed is renamed with its rows, files, quarantine and readers", async () => {
  const here = await archived();
  const renamed = shop({ raw: "raw_renamed", history: "hist" });
  const planned = await plan(renamed, here.options);
  expect(planned.warnings).toEqual([]);
  expect(planned.tables.map(({ table, action }) => `${table} ${action}`)).toEqual([
    "raw_renamed rename",
    "old none",
    "stock none",
    "clean none",
    "all none",
    "hist rename",
    "sums none",
    "versions none",
  ]);
  expect(planned.tables[0]?.why).toEqual(["it was bronze.raw: its rows are kept"]);
  // A plan changes nothing.
  expect(await here.rows("SELECT count(*) FROM bronze.raw")).toEqual(["3"]);

  const ran = await here.run(renamed);
  expect(ran.warned).toEqual([]);
  expect(ran.tables.every((one) => one.includes("skipped"))).toBe(true);
  expect(await here.rows(GOLD)).toEqual(["4 15 3 2"]);
  expect(await here.rows("SELECT count(*) FROM bronze.raw_renamed_quarantine")).toEqual(["1"]);
  expect(
    await here.rows("SELECT table_name FROM duckdb_tables() WHERE table_name IN ('raw', 'raw_quarantine', 'h')"),
  ).toEqual([]);

  await here.write("r/3.csv", "id,q\n4,4\n");
  await here.write("old/1.csv", "id,q\n8,8\n");
  const next = await here.run(renamed);
  expect(next.tables).toContain("raw_renamed:completed 1");
  expect(next.tables).toContain("clean:completed 1");
  expect(await here.rows(GOLD)).toEqual(["5 19 4 2"]);
});

test("a table that changed as well is another: what only the old one has is refused to its readers", async () => {
  const here = await archived();
  const other = shop({ raw: "raw2", history: "h", wider: true });
  const planned = await plan(other, here.options);
  const actions = Object.fromEntries(planned.tables.map(({ table, action }) => [table, action]));
  expect(actions).toMatchObject({ raw2: "create", clean: "refuse", sums: "exclude", all: "refuse", versions: "none" });
  const clean = planned.tables.find(({ table }) => table === "clean");
  expect(clean?.loses.join()).toMatch(/bronze\.raw.*its new input does not have: 3 rows of 1 file that are gone/);
  const [orphan] = planned.warnings;
  expect(orphan).toMatchObject({ code: "STATE004", table: "raw" });
  expect(orphan?.help).toMatch(/keep it.*3 rows of 1 file that are gone/);
  expect(orphan?.help).not.toContain("DROP");
  const ran = await here.run(other);
  expect(ran.status).toBe("failed");
  expect(ran.reasons).toContain("another name and another definition, rename it first, run, and change it then");
  expect(await here.rows(GOLD)).toEqual(["4 15 3 2"]);
  await here.run(other, { acceptLoss: ["clean", "all"] });
  expect(await here.rows(GOLD)).toEqual(["2 12 1 2"]);
  expect((await here.run(other)).status).toBe("completed");
});

test("of two that look the same, none is renamed; nor is one that the update is not for", async () => {
  const here = await place();
  const columns = { id: t.int() };
  const named = (...names: readonly string[]) =>
    pipeline("p").bronze(Object.fromEntries(names.map((name) => [name, source.json("in/*.json", columns)])));
  await here.write("in/1.json", '{"id":1}\n');
  await here.run(named("a", "z"));
  expect((await plan(named("b", "c", "z"), here.options)).tables.map(({ action }) => action)).toEqual([
    "create",
    "create",
    "none",
  ]);
  await here.run(named("b", "z"), { only: ["z"] });
  expect(await here.rows("SELECT name FROM _medallion.tables ORDER BY name")).toEqual(["a", "z"]);
  expect((await here.run(named("A", "z"))).planned).toEqual(["A:rename"]);
  expect(
    await here.rows(
      "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'bronze' AND table_name NOT LIKE '%quarantine' ORDER BY 1",
    ),
  ).toEqual(["A", "z"]);
});

test("a name that differs in case alone is that of the same table, whatever else of it has changed", async () => {
  const here = await place();
  const raw = { Raw: { id: t.int() }, raw: { id: t.int(), q: t.int() } };
  const named = (name: "raw" | "Raw") =>
    pipeline("p")
      .bronze({ [name]: source.json("in/*.json", raw[name]) })
      .silver(($: Untyped) => ({ n: $[name].aggregate(() => ({ n: fn.countRows() })) }));
  await here.write("in/1.json", '{"id":1,"q":1}\n');
  await here.run(named("raw"));
  await here.write("in/2.json", '{"id":2,"q":2}\n');
  expect((await here.run(named("Raw"))).planned).toEqual(["Raw:rebuild"]);
  expect(await here.rows("SELECT n FROM silver.n")).toEqual(["2"]);
  expect(await here.rows("SELECT name FROM _medallion.tables ORDER BY name")).toEqual(["Raw", "n"]);
  await rm(path.join(here.base, "in/1.json"));
  // What its own file alone had is not written over.
  const [refused] = (await plan(named("raw"), here.options)).tables;
  expect(refused?.action).toBe("refuse");
  expect(refused?.why).toContain("it was bronze.Raw: its rows are kept");
  expect((await here.run(named("raw"))).reasons).toMatch(/STATE001.*1 row of 1 file that are gone/);
  expect(await here.rows("SELECT id FROM bronze.raw ORDER BY id")).toEqual(["1", "2"]);
  expect(await here.run(named("Raw"))).toMatchObject({ status: "completed", planned: ["Raw:rename"], warned: [] });
});

test("of a renamed table that is rebuilt nothing says that its rows are kept", async () => {
  const here = await place();
  await here.write("in/1.json", '{"id":1}\n');
  const named = (name: string, columns: Untyped) =>
    pipeline("p")
      .bronze({ raw: source.json("in/*.json", columns) })
      .silver(($: Untyped) => ({ [name]: $.raw.select(({ id }: Untyped) => ({ id })) }));
  await here.run(named("clean", { id: t.int() }));
  const { tables } = await plan(named("tidy", { id: t.int(), q: t.int() }), here.options);
  expect(tables.at(-1)).toMatchObject({
    action: "rebuild",
    why: ["it was silver.clean", "raw, which it reads, is rebuilt"],
  });
});

test.each(["append", "view", "events", "secret"])(
  "a renamed table keeps what it took under a parameter: %s",
  async (kind) => {
    const here = await place();
    await here.write("r/1.csv", "id,q\n1,1\n2,2\n");
    const least = param.int("least");
    const salt = param.secret("salt", { scope: "s" });
    const named = (name: string): AnyPipeline => {
      const raw = pipeline("p").bronze({ raw: source.csv("r/*.csv", { id: t.string(), q: t.int() }) });
      const events = { key: (r: Untyped) => r.id, sequenceBy: (r: Untyped) => r.q };
      if (kind === "append") return raw.silver(($) => ({ [name]: $.raw.where((r) => r.q.ge(least)) }));
      if (kind === "view") {
        return raw.silver(($) => ({
          [name]: $.raw.where((r) => r.q.ge(least)).aggregate(() => ({ n: fn.countRows() })),
        }));
      }
      if (kind === "events") return raw.scd1(($) => ({ [name]: $.raw.where((r) => r.q.ge(least)).changes(events) }));
      return raw.scd1(($) => ({ [name]: $.raw.select((r) => ({ id: r.id.sha256(salt), q: r.q })).changes(events) }));
    };
    const params = kind === "secret" ? { salt: "0123456789abcdef" } : { least: 1 };
    const options = { ...here.options, params };
    expect((await here.run(named("old"), { params })).status).toBe("completed");
    const planned = await plan(named("young"), options);
    const why = ["it was silver.old: its rows are kept"];
    expect(planned.tables.at(-1)).toMatchObject({ table: "young", action: "rename", why });
    const renamed = await here.run(named("young"), { params });
    expect(renamed.status).toBe("completed");
    expect((await plan(named("young"), options)).tables.at(-1)).toMatchObject({ action: "none", why: [] });
  },
);
