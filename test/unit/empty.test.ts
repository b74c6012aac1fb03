/** Lists and records that may be generated, and are empty: refused where they are given, never broken SQL. */
import {
  type AnyColumn,
  type AnyPipeline,
  analyze,
  compile,
  fn,
  fromManifest,
  MedallionError,
  pipeline,
  source,
  t,
} from "medallion";
import { describe, expect, test } from "vitest";
import clauses from "../fixtures/pipelines/clauses.ts";
import everything from "../fixtures/pipelines/everything.ts";
import kinds from "../fixtures/pipelines/kinds.ts";

// biome-ignore lint/suspicious/noExplicitAny: as plain JavaScript gives it
type Untyped = any;

const base = () =>
  pipeline("q")
    .bronze({
      o: source.json("o.json", { id: t.int(), s: t.string() }),
      c: source.json("c.json", { id: t.int(), s: t.string() }),
    })
    .silver(($) => ({ keyed: $.c.key((c) => c.id) }));
const silver = (make: (o: Untyped, c: Untyped, keyed: Untyped) => unknown) =>
  base().silver(($: Untyped) => ({ y: make($.o, $.c, $.keyed) as never }));
const id = (c: Untyped) => c.id;
const none = () => [];
const nothing = () => ({});

describe("what is empty is refused at its line", () => {
  const events = (more: object) => (o: Untyped) => o.changes({ key: id, sequenceBy: id, ...more });
  const target = (make: (o: Untyped) => unknown) => base().scd2(($: Untyped) => ({ y: make($.o) as never }));
  test.each<[string, string, RegExp, () => unknown]>([
    ["in()", "TYPE001", /in\(\) needs at least one value/, () => silver((o) => o.where((r: Untyped) => r.s.in(...[])))],
    ["key", "ARG001", /key\(\) needs at least one column/, () => silver((o) => o.key(none))],
    ["clusterBy", "ARG001", /clusterBy\(\) needs/, () => silver((o) => o.clusterBy(none))],
    ["partitionBy", "ARG001", /partitionBy\(\) needs/, () => silver((o) => o.partitionBy(none))],
    ["dedupe", "ARG001", /dedupe\(\) needs a key/, () => silver((o) => o.dedupe({ key: none, orderBy: id }))],
    ["select", "COL002", /a table needs a column/, () => silver((o) => o.select(nothing))],
    [
      "join",
      "COL002",
      /a table/,
      () => silver((o, c) => o.join(c, (a: Untyped, b: Untyped) => a.id.eq(b.id), nothing)),
    ],
    ["lookup", "COL002", /a table/, () => silver((o, _, keyed) => o.lookup(keyed, id, nothing))],
    ["aggregate", "COL002", /a table/, () => silver((o) => o.aggregate(nothing))],
    [
      "groupBy",
      "ARG001",
      /groupBy\(\) needs/,
      () => silver((o) => o.groupBy(nothing).aggregate(() => ({ n: fn.countRows() }))),
    ],
    ["whereNotNull", "ARG001", /whereNotNull/, () => silver((o) => o.whereNotNull(nothing))],
    ["changes: key", "ARG001", /key needs/, () => target(events({ key: none }))],
    ["changes: columns", "COL002", /a table/, () => target(events({ columns: nothing }))],
    ["changes: trackHistory", "ARG001", /trackHistory needs/, () => target(events({ trackHistory: none }))],
    ["changes: ignoreNullUpdates", "ARG001", /ignoreNullUpdates/, () => target(events({ ignoreNullUpdates: nothing }))],
    ["snapshots: key", "ARG001", /key needs/, () => target((o) => o.snapshots({ key: none }))],
    ["a struct", "COL002", /a struct needs a field/, () => silver((o) => o.select(() => ({ x: fn.struct({}) })))],
    ["a struct's type", "COL002", /a struct needs a field/, () => t.struct({})],
    ["a source", "COL002", /a source needs/, () => source.json("x.json", {} as Record<string, AnyColumn>)],
  ])("%s", (_, code, message, make) => {
    expect(make).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringMatching(message),
        location: expect.stringContaining("empty.test.ts"),
      }),
    );
  });

  test("in() of nothing names the way out", () => {
    expect(() => silver((o) => o.where((r: Untyped) => r.id.in()))).toThrow(
      expect.objectContaining({ help: expect.stringContaining("fn.lit(false)") }),
    );
  });
});

test("a null constant is compared with isNull(): a condition that holds for no row is refused", () => {
  for (const method of ["eq", "ne", "lt", "le", "gt", "ge", "in"]) {
    const make = () => silver((o) => o.where((r: Untyped) => r.s[method](null)));
    expect(make, method).toThrow(
      expect.objectContaining({ code: "ARG001", help: expect.stringContaining("isNull()") }),
    );
  }
  expect(() => silver((o) => o.where((r: Untyped) => r.id.between(1, null)))).toThrow(MedallionError);
  expect(analyze(silver((o) => o.where((r: Untyped) => r.s.eqNullSafe(null))))).toEqual([]);
});

/** Every list and object in JSON, each kind of place once: what is empty there is empty everywhere. */
function holders(json: Untyped, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  if (typeof json !== "object" || json === null) return [];
  return [
    path,
    ...Object.entries(json).flatMap(([key, value]) =>
      holders(value, [...path, Array.isArray(json) ? Number(key) : key]),
    ),
  ];
}

const BROKEN =
  /\bIN \(\)|SELECT\s+FROM\b|PARTITION BY\s+ORDER|KEYS \(\)|CLUSTER BY \(\)|PARTITIONED BY \(\)|GROUP BY\s*[;)]|STRUCT(?:<>|\(\))/;

test.each([
  ["clauses", clauses],
  ["everything", everything],
  ["kinds", kinds],
] as const)("%s: no list of a manifest that is empty makes broken SQL", (_, p) => {
  const text = JSON.stringify(p);
  const places = new Map(
    holders(JSON.parse(text)).map((path) => [
      path
        .map((step) => (typeof step === "number" ? "#" : step))
        .slice(-4)
        .join("."),
      path,
    ]),
  );
  let refused = 0;
  for (const [kind, path] of places) {
    const json = JSON.parse(text);
    const owner = path.slice(0, -1).reduce((at, step) => at[step], json);
    const last = path.at(-1);
    if (last === undefined) continue;
    owner[last] = Array.isArray(owner[last]) ? [] : {};
    let made: AnyPipeline;
    try {
      made = fromManifest(json);
    } catch (error) {
      expect(error, kind).toBeInstanceOf(MedallionError);
      refused++;
      continue;
    }
    for (const target of ["databricks", "spark", "duckdb"] as const) {
      let sql = "";
      try {
        const files = compile(made, { target, baseDir: "/data", params: { landing: "in" } }).files;
        sql = files.map((file) => file.contents).join("\n");
      } catch (error) {
        expect(error, `${kind} for ${target}`).toBeInstanceOf(MedallionError);
      }
      expect(sql, `${kind} for ${target}`).not.toMatch(BROKEN);
    }
  }
  expect(refused).toBeGreaterThan(20);
});
