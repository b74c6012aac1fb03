/**
 * The names that the engines use next to a user's columns, gathered from their own source: a column of such a name is
 * refused when the pipeline is built, or its values are what the file says, through every kind of table.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { compile, fn, MedallionError, pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { afterAll, expect, test } from "vitest";

const SRC = path.resolve(import.meta.dirname, "../../src");
const text = ["sql", "targets", "engines"]
  .flatMap((room) =>
    readdirSync(path.join(SRC, room), { recursive: true, encoding: "utf8" }).map((f) => path.join(SRC, room, f)),
  )
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");
/** Words with an underscore in front, what follows AS in SQL, and what engines have by themselves. */
const NAMES = [
  ...new Set([
    ...[...text.matchAll(/(?<![\w.])_{1,2}[A-Za-z][A-Za-z0-9_]*/g)].map((m) => m[0]),
    ...[...text.matchAll(/\bAS ([a-z][a-z0-9_]*)\b/g)].map((m) => m[1] ?? ""),
    ..."rowid filename file_row_number __rule0 __rule1 __window __window_2 __raw_x _metadata value key k v file_path x0 v0 c0 events fresh snapshot open".split(
      " ",
    ),
  ]),
].filter((name) => !/^(_medallion|_c|id|at|n)$/i.test(name));

const folder = mkdtempSync(path.join(tmpdir(), "medallion-reserved-"));
mkdirSync(path.join(folder, "in"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Cols = Record<string, ReturnType<typeof t.string>>;
// biome-ignore lint/suspicious/noExplicitAny: columns that are named at run time have no types
type Untyped = any;

const files = (names: readonly string[]) => ({
  id: t.bigint(),
  at: t.bigint(),
  ...(Object.fromEntries(names.map((name) => [name, t.string()])) as Cols),
});

/** A column of the name in every kind of table. */
function everywhere(names: readonly string[]) {
  return pipeline("p")
    .bronze({ raw: source.csv("in/*.csv", files(names)), lines: source.json("in/*.json", files(names)) })
    .silver(($) => ({
      streamed: $.raw
        .where((c) => c.id.gt(0))
        .expectOrQuarantine({ some: (c) => c.id.gt(0) })
        .expect({ all: (c) => c.at.gt(0) }),
      windowed: $.raw.derive((c) => ({ n: fn.rowNumber().over({ orderBy: [c.id, c.at] }) })).where((c) => c.n.gt(0)),
      latest: $.lines.dedupe({ key: (c) => c.id, orderBy: (c) => c.at.desc() }),
    }))
    .scd1(($) => ({ now: $.raw.changes({ key: (c) => c.id, sequenceBy: (c) => c.at }) }))
    .scd2(($) => ({
      history: $.raw.changes({ key: (c) => c.id, sequenceBy: (c) => c.at, deleteWhen: (c) => c.id.lt(0) }),
      states: $.lines.snapshots({ key: (c) => c.id, version: (c) => c.at.max() }),
    }))
    .gold(($) => ({
      joined: $.streamed.join(
        $.windowed,
        (a, b) => a.id.eq(b.id),
        (a, b) => ({ ...(a as Untyped), n: b.n }),
      ),
    }));
}

function refusal(make: () => unknown): MedallionError | undefined {
  try {
    make();
    return undefined;
  } catch (error) {
    if (error instanceof MedallionError) return error;
    throw error;
  }
}

test("a column that is named like one of the engines' own is refused, or reads and writes as any other", async () => {
  const refused = NAMES.filter((name) => refusal(() => everywhere([name])));
  for (const name of refused) {
    expect(refusal(() => everywhere([name]))).toMatchObject({
      code: "COL002",
      column: name,
      help: expect.any(String),
      location: expect.stringContaining("reserved.test.ts"),
    });
  }
  for (const name of [
    "rowid",
    "__sequence",
    "__delete",
    "__truncate",
    "__START_AT",
    "__END_AT",
    "_row",
    "_source",
    "_reason",
  ])
    expect(refused).toContain(name);
  for (const name of ["_broken_rules", "_quarantined_at", "_update_id", "_rescued_data", "_source_file", "__rule0"])
    expect(refused).toContain(name);
  // What is only inside of statements where no column of the user stands stays free.
  const free = [...new Map(NAMES.filter((name) => !refused.includes(name)).map((n) => [n.toLowerCase(), n])).values()];
  expect(free.length).toBeGreaterThan(40);
  const names = free.filter((name) => !["id", "at", "n"].includes(name.toLowerCase()));
  const rows = [1, 2, 3, 2].map((id, i) => ({
    id,
    at: i + 1,
    ...Object.fromEntries(names.map((name) => [name, `${name} ${i}`])),
  }));
  writeFileSync(
    path.join(folder, "in/a.csv"),
    [["id", "at", ...names].join(","), ...rows.map((row) => Object.values(row).join(","))].join("\n"),
  );
  writeFileSync(
    path.join(folder, "in/a.json"),
    rows
      .slice(0, 3)
      .map((row) => JSON.stringify(row))
      .join("\n"),
  );
  const p = everywhere(names);
  for (const target of ["databricks", "duckdb"] as const)
    expect(compile(p, { target }).files.length).toBeGreaterThan(5);
  await using update = await run(p, { baseDir: folder });
  expect(update.tables.map((table) => table.reason)).toEqual(update.tables.map(() => undefined));
  const list = names.map((name) => `"${name}"`).join(", ");
  for (const table of [
    "bronze.raw",
    "silver.streamed",
    "silver.windowed",
    "silver.history",
    "silver.now",
    "bronze.lines",
    "silver.latest",
    "silver.states",
  ]) {
    const found = await update.query(`SELECT "at", ${list} FROM ${table} ORDER BY "at"`);
    expect(found.length).toBeGreaterThan(2);
    for (const row of found) {
      const at = Number(row["at"]);
      expect(names.filter((name) => row[name] !== `${name} ${at - 1}`)).toEqual([]);
    }
  }
});

test.each([
  ["a source", () => source.csv("x", { id: t.bigint(), ID: t.bigint() })],
  ["a struct", () => t.struct({ a: t.string(), A: t.string() })],
  ["select", () => everywhere([]).tables.raw.select((c) => ({ a: c.id, A: c.at }))],
  ["derive", () => everywhere([]).tables.raw.derive((c) => ({ ID: c.at }))],
  [
    "groupBy and aggregate",
    () =>
      everywhere([])
        .tables.raw.groupBy((c) => ({ g: c.id }))
        .aggregate((c) => ({ G: c.at.sum() })),
  ],
  [
    "join",
    () =>
      everywhere([]).tables.raw.join(
        everywhere([]).tables.lines,
        (a, b) => a.id.eq(b.id),
        (a, b) => ({ k: a.id, K: b.id }),
      ),
  ],
  ["fn.struct", () => everywhere([]).tables.raw.select((c) => ({ s: fn.struct({ x: c.id, X: c.at }) }))],
  [
    "changes",
    () =>
      everywhere([]).tables.raw.changes({
        key: (c) => c.id,
        sequenceBy: (c) => c.at,
        columns: (c) => ({ id: c.id, Id: c.at }),
      }),
  ],
] as const)("columns that differ in case only are refused in %s", (_, make) => {
  expect(refusal(make)).toMatchObject({
    code: "COL002",
    message: expect.stringContaining("which SQL does not tell apart"),
  });
});

test("tables that differ in case only are refused, and so are rules", () => {
  const raw = () => source.csv("x", { id: t.bigint() });
  expect(refusal(() => pipeline("p").bronze({ raw: raw(), RAW: raw() }))).toMatchObject({ code: "TBL001" });
  const rules = () => raw().expect({ some: (c) => c.id.gt(0), Some: (c) => c.id.gt(0) });
  expect(refusal(rules)).toMatchObject({ code: "EXPECT001" });
  const kept = () =>
    pipeline("p").bronze({ raw: source.json("raw.json", { id: t.int() }).expect({ Readable: (r) => r.id.gt(0) }) });
  expect(refusal(kept)).toMatchObject({ code: "EXPECT001", message: expect.stringContaining('"readable"') });
});
