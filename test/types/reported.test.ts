/** Of a table that TypeScript reported an error of, what is read later is no second error; of a table with a plain `any` it is. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { removeDir, scratchDir, type TscError, tsc } from "./tsc.ts";

/** A silver table, and a gold table that reads columns of it. A line that ends in `// !` has the one error. */
const reading = (kind: string, made: string): string => `import { fn, pipeline, source, t } from "medallion";
export const settings: any = fn;
export default pipeline("p")
  .bronze({
    raw: source.json("raw/*.json", { id: t.bigint(), at: t.timestamp(), n: t.int().unit("EUR"), op: t.string() }),
    others_raw: source.json("others/*.json", { id: t.bigint(), name: t.string() }),
  })
  .silver(($) => ({ others: $.others_raw.key((o) => o.id), named: $.others_raw.key((o) => [o.name, o.id]) }))
  .${kind}(($) => ({
    made: $.raw
${made},
  }))
  .silver(($) => ({
    later: $.made.semiJoin($.others, (m, o) => m.id.eq(o.id)).where((m) => m.at.gt("2020-01-01")).key((m) => m.id),
  }))
  .gold(($) => ({
    sums: $.later.groupBy((m) => ({ id: m.id })).aggregate((m) => ({ n: m.n.sum() })).key((m) => m.id),
  }));
`;

const cases: readonly (readonly [what: string, text: string])[] = [
  [
    "a key that select() left out",
    reading("silver", "      .select((r) => ({ n2: r.n }))\n      .key((r) => r.id) // !"),
  ],
  [
    "a part of a key",
    reading("silver", "      .select(({ id, at, ...rest }) => rest)\n      .key((r) => [r.op, r.id]) // !"),
  ],
  [
    "the key of dedupe()",
    reading(
      "silver",
      "      .select((r) => ({ n2: r.n }))\n      .dedupe({ key: (r) => r.id, orderBy: (r) => r.n2 }) // !",
    ),
  ],
  ["a selected column", reading("silver", "      .select((r) => ({ id: r.idd })) // !")],
  [
    "a derived column",
    reading("silver", "      .select((r) => ({ id: r.id }))\n      .derive((r) => ({ day: r.at.toDate() })) // !"),
  ],
  [
    "a group",
    reading("silver", "      .groupBy((r) => ({ id: r.idd })) // !\n      .aggregate((r) => ({ most: r.n.max() }))"),
  ],
  [
    "a measure",
    reading("silver", "      .groupBy((r) => ({ id: r.id }))\n      .aggregate((r) => ({ n: r.nn.sum() })) // !"),
  ],
  [
    "the column of a lookup",
    reading(
      "silver",
      "      .select((r) => ({ n2: r.n }))\n      .lookup($.others, (r) => r.id, (r, o) => ({ ...r, name: o.name })) // !",
    ),
  ],
  [
    "the match of a join",
    reading(
      "silver",
      "      .select((r) => ({ n2: r.n }))\n      .join($.others, (r, o) => r.id.eq(o.id), (r, o) => ({ ...r, name: o.name })) // !",
    ),
  ],
  ...[
    ["the other side of a match", "others", "r.id.eq(o.idd)"],
    ["a text of the other side", "named", "r.op.eq(o.nam).and(r.id.eq(o.id))"],
    ["the other side of a part of it", "named", "r.op.eq(o.name).and(r.id.eq(o.idd))"],
    ["a part of it", "named", "r.op.eq(o.name).and(r.idd.eq(o.id))"],
    ["the last of several parts", "named", "r.op.eq(o.name).and(r.n.gt(0), r.id.eq(o.id), r.nn.gt(0))"],
    ["a part that may be null", "named", "r.op.eqNullSafe(o.nam).and(r.id.eq(o.id))"],
  ].map(([what = "", table, on]): readonly [string, string] => [
    `${what}, where its key is matched`,
    reading("silver", `      .join($.${table}, (r, o) => ${on}, (r) => ({ ...r })) // !`),
  ]),
  [
    "the key of change events",
    reading(
      "scd1",
      "      .changes({\n        key: (r) => r.idd, // !\n        sequenceBy: (r) => r.at,\n        columns: (r) => ({ op: r.op }),\n      })",
    ),
  ],
  [
    "an any that is no error",
    reading("silver", "      .derive((r) => ({ rate: settings.rate }))\n      .key((r) => r.idd) // !"),
  ],
];

let dir: string;
let errors: ReadonlyMap<string, readonly TscError[]>;
const fileOf = (i: number): string => `reported-${i}.ts`;

beforeAll(async () => {
  dir = await scratchDir();
  const files = Object.fromEntries(cases.map(([, text], i) => [fileOf(i), text]));
  errors = Map.groupBy(await tsc(dir, files, { noUnusedParameters: false, noUnusedLocals: false }), ({ file }) => file);
});
afterAll(() => removeDir(dir));

test.each(cases.map(([what, text], i): [string, string, number] => [what, text, i]))("%s", (_, text, i) => {
  const line = 1 + text.split("\n").findIndex((one) => one.includes("// !"));
  expect(errors.get(fileOf(i))?.map((error) => `${error.line} ${error.text}`)).toEqual([
    expect.stringContaining(`${line} Property `),
  ]);
});

test("a plain any is no error, and what is read later is", () => {
  const file = fileOf(cases.findIndex(([what]) => what.startsWith("an any")));
  expect(errors.get(file)?.[0]?.text).toContain("'idd' does not exist");
});
