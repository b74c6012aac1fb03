/** Rows are grouped, ordered and told apart by values that every engine compares: no map, no variant, and none inside. */
import { analyze, fn, MedallionError, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";

// biome-ignore lint/suspicious/noExplicitAny: these tests are about callers without types.
type Untyped = any;

const scores = t.map(t.string(), t.int());
const base = (): Untyped =>
  pipeline("p").bronze({
    raw: source.json("/o", {
      id: t.bigint(),
      at: t.timestamp(),
      names: t.array(t.struct({ name: t.string() })),
      any: t.variant(),
      scores,
      inStruct: t.struct({ scores }),
      inArray: t.array(t.struct({ scores })),
      variants: t.array(t.variant()),
    }),
  });

const INCOMPARABLE = ["any", "scores", "inStruct", "inArray", "variants"];
const PLACES: Readonly<Record<string, (r: Untyped, c: string) => Untyped>> = {
  groupBy: (r, c) => r.groupBy((x: Untyped) => ({ k: x[c] })).aggregate(() => ({ n: fn.countRows() })),
  "dedupe by": (r, c) => r.dedupe({ key: (x: Untyped) => x[c], orderBy: (x: Untyped) => x.id }),
  "dedupe, ordered": (r, c) => r.dedupe({ key: (x: Untyped) => x.id, orderBy: (x: Untyped) => x[c] }),
  "orderBy, limit": (r, c) => r.orderBy((x: Untyped) => x[c]).limit(3),
  partitionBy: (r, c) => r.derive((x: Untyped) => ({ n: fn.rowNumber().over({ partitionBy: x[c], orderBy: x.id }) })),
  "over, ordered": (r, c) => r.derive((x: Untyped) => ({ n: fn.rowNumber().over({ orderBy: x[c] }) })),
  key: (r, c) => r.key((x: Untyped) => x[c]),
  eq: (r, c) => r.where((x: Untyped) => x[c].eq(x[c])),
  nullIf: (r, c) => r.derive((x: Untyped) => ({ n: x[c].nullIf(x[c]) })),
  countDistinct: (r, c) => r.aggregate((x: Untyped) => ({ n: x[c].countDistinct() })),
  max: (r, c) => r.aggregate((x: Untyped) => ({ n: x[c].max() })),
  maxBy: (r, c) => r.aggregate((x: Untyped) => ({ n: x.id.maxBy(x[c]) })),
};

function codesOf(place: string, column: string): readonly (string | undefined)[] {
  try {
    const made = base().silver(($: Untyped) => ({ made: PLACES[place]?.($.raw, column) }));
    return analyze(made).flatMap((d) => (d.severity === "error" ? [d.code] : []));
  } catch (error) {
    if (error instanceof MedallionError) return [error.code];
    throw error;
  }
}

test.each(Object.keys(PLACES))("%s", (place) => {
  for (const column of INCOMPARABLE)
    expect(codesOf(place, column), column).toEqual([expect.stringMatching(/^TYPE00[17]$/)]);
  for (const column of ["id", "names"]) expect(codesOf(place, column), column).toEqual([]);
});

test("what changes are told apart and ordered by", () => {
  const scd = (key: string, sequence: string): Untyped =>
    base().scd1(($: Untyped) => ({
      kept: $.raw.changes({ key: (c: Untyped) => c[key], sequenceBy: (c: Untyped) => c[sequence] }),
    }));
  const found = [...analyze(scd("scores", "at")), ...analyze(scd("id", "any"))].filter((d) => d.code === "TYPE007");
  expect(found.map((d) => d.message.slice(0, 20))).toEqual(['the key of "kept" co', 'sequenceBy of "kept"']);
  for (const d of found) expect(d.location).toContain("comparable.test.ts");
});
