/** A mistake in a layer, or of a layer, is one error: the tables after it are read as if it were right, whatever they read. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { removeDir, scratchDir, type TscError, tsc } from "./tsc.ts";

const campus = await readFile(join(import.meta.dirname, "three/campus.ts"), "utf8");
/** The calls of the chain, each from its line on. */
const [head = "", ...layers] = campus.split(/^(?= {2}\.(?:bronze|silver|gold|scd1|scd2)\()/m);

interface Edit {
  readonly what: string;
  readonly text: string;
  readonly says: string;
  /** How many lines after the first that changes the error is. */
  readonly below?: number;
}

/** The pipeline with another call in the place of the one at `index`, or with none or several there. */
const edited = (index: number, calls: string): string => head + layers.with(index, calls).join("");
const named = (layer: string): readonly (readonly [number, string])[] =>
  layers.map((text, i) => [i, text] as const).filter(([, text]) => text.startsWith(`  .${layer}(`));

/** The table `line` besides those of each layer of that name. */
function besides(layer: string, what: string, line: string, says: string): readonly Edit[] {
  return named(layer).map(([i, text]) => ({
    what: `${what} in ${layer}, call ${i}`,
    text: edited(
      i,
      text.replace("=> ({\n", () => `=> ({\n    ${line},\n`),
    ),
    says,
  }));
}

/** Each layer of that name and of several tables, called by another. */
function calledBy(layer: string, other: string, says: string): readonly Edit[] {
  return named(layer)
    .filter(([, text]) => text.match(/^ {4}\w+:/gm)?.length !== 1)
    .map(([i, text]) => ({
      what: `${other} for ${layer}, call ${i}`,
      text: edited(i, text.replace(`.${layer}(`, `.${other}(`)),
      says,
    }));
}

const NO_TABLE = "a table or relation was expected";
const NO_CHANGES = "change events were expected";
const [bronze = "", next = ""] = layers;
const enrolments = "$.enrolments_raw.changes({ key: (e) => e.student_no, sequenceBy: (e) => e.at })";

const STEPS =
  "rooms_in: $.rooms_raw.select((r) => ({ building: r.building, used: r.used })).where((r) => r.used.gt(0)).key((r) => r.building)";

const edits: readonly Edit[] = [
  ...besides("silver", "a null", "nothing: null", NO_TABLE),
  ...besides("gold", "a null", "nothing: null", NO_TABLE),
  ...besides("silver", "groups", "groups: $.grades_raw.groupBy((g) => ({ term_code: g.term_code }))", "groups are not"),
  ...besides("silver", "change events", `events: ${enrolments}`, "change events are not a table yet"),
  ...besides("silver", "a name that is taken", "rooms_raw: $.rooms_raw", 'there is a table "rooms_raw" already'),
  ...besides("gold", "a name that is taken", "fees: $.fees", 'there is a table "fees" already'),
  ...besides("gold", "personal data", "leak: $.students", "carries personal data"),
  ...besides("gold", "a bronze table", "rooms_in: $.rooms_raw", 'and "rooms_raw" is bronze'),
  ...besides(
    "gold",
    "a bronze table with a key",
    "rooms_in: $.rooms_raw.key((r) => [r.building, r.room, r.day])",
    'and "rooms_raw" is bronze',
  ),
  ...besides("gold", "steps over a bronze table", STEPS, 'and "rooms_raw" is bronze'),
  ...besides("scd1", "a table", "rooms_now: $.rooms_raw", NO_CHANGES),
  ...besides("scd2", "a table", "rooms_then: $.rooms_raw", NO_CHANGES),
  ...calledBy("silver", "scd1", NO_CHANGES),
  ...calledBy("silver", "scd2", NO_CHANGES),
  ...calledBy("silver", "bronze", "an object of sources was expected, not a function"),
  ...calledBy("gold", "scd2", NO_CHANGES).slice(0, 1),
  ...["silver", "gold"].flatMap((other) =>
    calledBy("bronze", other, "a function of the tables was expected").map((edit) => ({ ...edit, below: 1 })),
  ),
  { what: "no bronze", text: edited(0, ""), says: "begin with bronze(" },
  {
    what: "bronze after the next layer",
    text: head + next + bronze + layers.slice(2).join(""),
    says: "begin with bronze(",
  },
  {
    what: "gold at first",
    text: `${head + bronze}  .gold(($) => ({\n    in_use: $.rooms.where((r) => r.used.gt(0)),\n    free: $.rooms,\n  }))\n${layers.slice(1).join("")}`,
    says: "gold reads silver and gold, and no table of them comes before",
  },
];

let dir: string;
let errors: ReadonlyMap<string, readonly TscError[]>;
const fileOf = (i: number): string => `layer-${i}.ts`;

beforeAll(async () => {
  dir = await scratchDir();
  const files = Object.fromEntries(edits.map(({ text }, i) => [fileOf(i), text]));
  errors = Map.groupBy(
    // As `medallion init` sets them: TypeScript forgets the tables of a layer in error, and names that are read by an index
    // may be undefined under noUncheckedIndexedAccess.
    await tsc(
      dir,
      { ...files, "right.ts": campus },
      {
        noPropertyAccessFromIndexSignature: false,
        noUncheckedIndexedAccess: false,
        noUnusedLocals: false,
      },
    ),
    ({ file }) => file,
  );
});
afterAll(() => removeDir(dir));

test("the pipeline is right", () => {
  expect(layers.length).toBeGreaterThan(6);
  expect(errors.get("right.ts")).toBe(undefined);
});

test.each(edits.map((edit, i): [string, Edit, number] => [edit.what, edit, i]))("%s", (_, edit, i) => {
  const right = campus.split("\n");
  const line = 1 + edit.text.split("\n").findIndex((one, at) => one !== right[at]) + (edit.below ?? 0);
  expect(errors.get(fileOf(i))?.map((error) => ({ line: error.line, text: error.text }))).toEqual([
    { line, text: expect.stringContaining(edit.says) },
  ]);
});

test("what steps over a table of another layer give is not read by an index", async () => {
  const strict = await scratchDir();
  const all = besides("gold", "steps", STEPS, "");
  const found = await tsc(strict, Object.fromEntries(all.map(({ text }, i) => [fileOf(i), text])), {
    noPropertyAccessFromIndexSignature: true,
    noUncheckedIndexedAccess: true,
    noUnusedLocals: false,
  });
  await removeDir(strict);
  const ofSteps = found.filter(({ file, line }) =>
    all[Number(/\d+/.exec(file)?.[0])]?.text.split("\n")[line - 1]?.includes(STEPS),
  );
  expect(ofSteps.map(({ code }) => code)).toEqual(all.map(() => "TS2345"));
});
