/** EXPR008 against every row: what is said to hold on no row holds on none, and what is said to be false on no row is so on none. */
import fc from "fast-check";
import { type AnyExpr, analyze, fn, pipeline, source, t } from "medallion";
import { expect, test } from "vitest";
import "../seed.ts";

const options = { numRuns: 15 * Number(process.env["MEDALLION_CASES"] ?? 200) };

type Bool = true | false | null;
type Row = Readonly<Record<string, number | null>>;
interface Truth extends AnyExpr {
  and(...others: readonly Truth[]): Truth;
  or(...others: readonly Truth[]): Truth;
  not(): Truth;
}
type Column = Readonly<Record<string, (...given: unknown[]) => Truth>>;
type Columns = Readonly<Record<string, Column>>;

/** A condition as the builder writes it, and what SQL makes of it. */
interface Asked {
  readonly text: string;
  /** What is joined by and(), itself where nothing is. */
  readonly parts?: readonly Asked[];
  /** What is joined by or(). */
  readonly either?: readonly Asked[];
  build(columns: Columns): Truth;
  of(row: Row): Bool;
}

const COLUMNS = { a: false, n: true, m: true } as const;
const names = Object.keys(COLUMNS);
/** Every order of the constants below with values before, between and after them. */
const VALUES = [-1, 0, 1, 2, 3];
const rows: readonly Row[] = names.reduce<readonly Row[]>(
  (made, name) => {
    const values = COLUMNS[name as keyof typeof COLUMNS] ? [...VALUES, null] : VALUES;
    return made.flatMap((row) => values.map((value) => ({ ...row, [name]: value })));
  },
  [{ f: 1 }, { f: 0 }, { f: null }],
);

const ORDER: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
};
const call = (columns: Columns, name: string, fn: string, ...given: unknown[]): Truth => {
  const method = columns[name]?.[fn];
  if (!method) throw new Error(`no ${name}.${fn}`);
  return method.apply(columns[name], given);
};

const name = fc.constantFrom(...names);
const constant = fc.constantFrom(0, 1, 2);
const comparison = fc
  .tuple(name, fc.constantFrom(...Object.keys(ORDER)), fc.oneof(constant, { weight: 2, arbitrary: name }))
  .filter(([left, , right]) => left !== right)
  .map(
    ([left, fn, right]): Asked => ({
      text: `${left} ${fn} ${right}`,
      build: (c) => call(c, left, fn, typeof right === "string" ? c[right] : right),
      of: (row) => {
        const [a, b] = [row[left] ?? null, typeof right === "string" ? (row[right] ?? null) : right];
        return a === null || b === null ? null : (ORDER[fn]?.(a - b) ?? null);
      },
    }),
  );
const nullTest = fc.tuple(name, fc.constantFrom("isNull", "isNotNull")).map(
  ([of, fn]): Asked => ({
    text: `${of} ${fn}`,
    build: (c) => call(c, of, fn),
    of: (row) => (row[of] === null) === (fn === "isNull"),
  }),
);
const listed = fc.tuple(name, fc.uniqueArray(constant, { minLength: 1, maxLength: 2 })).map(
  ([of, values]): Asked => ({
    text: `${of} in ${values.join()}`,
    build: (c) => call(c, of, "in", ...values),
    of: (row) => (row[of] === null ? null : values.some((value) => value === row[of])),
  }),
);

const flag = fc.constant<Asked>({
  text: "f",
  build: (c) => c["f"] as unknown as Truth,
  of: ({ f = null }) => (f === null ? null : f === 1),
});

const both = (all: readonly Bool[]): Bool => (all.includes(false) ? false : all.includes(null) ? null : true);
const not = (one: Bool): Bool => (one === null ? null : !one);
const join = (fn: "and" | "or", [first, ...others]: readonly [Asked, ...Asked[]]): Asked => ({
  text: `(${[first, ...others].map(({ text }) => text).join(` ${fn} `)})`,
  ...(fn === "and" ? { parts: [first, ...others] } : { either: [first, ...others] }),
  build: (c) => first.build(c)[fn](...others.map((one) => one.build(c))),
  of: (row) => {
    const all = [first, ...others].map((one) => one.of(row));
    return fn === "and" ? both(all) : not(both(all.map(not)));
  },
});
const { condition } = fc.letrec<{ condition: Asked }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 4, arbitrary: comparison },
    nullTest,
    listed,
    flag,
    fc
      .tuple(fc.constantFrom("and" as const, "or" as const), tie("condition"), tie("condition"))
      .map(([fn, a, b]) => join(fn, [a, b])),
    tie("condition").map(
      (of): Asked => ({ text: `not ${of.text}`, build: (c) => of.build(c).not(), of: (row) => not(of.of(row)) }),
    ),
  ),
}));

const base = pipeline("p").bronze({
  raw: source.json("x", { a: t.int(), n: t.int().nullable(), m: t.int().nullable(), f: t.boolean().nullable() }),
});

function said(conditions: readonly Asked[]): readonly string[] {
  const made = base.silver(($) => ({
    // Built by name, as a program would.
    made: conditions.reduce((query, one) => query.where((c) => one.build(c as unknown as Columns) as never), $.raw),
  }));
  return analyze(made).flatMap(({ code, message }) => (code === "EXPR008" ? [message] : []));
}

const eitherOf = (one: Asked): readonly Asked[] => one.either?.flatMap((other) => [other, ...eitherOf(other)]) ?? [];
const partsOf = (one: Asked): readonly Asked[] => one.parts?.flatMap(partsOf) ?? [one];

test("what is said of conditions is so on every row", () => {
  const found = { never: 0, always: 0 };
  fc.assert(
    fc.property(fc.array(condition, { minLength: 1, maxLength: 2 }), (conditions) => {
      const messages = said(conditions);
      const texts = conditions.map(({ text }) => text).join("; ");
      if (messages.some((message) => message.includes("holds on no row"))) {
        found.never += 1;
        const kept = rows.filter((row) => conditions.every((one) => one.of(row) === true));
        expect(kept, texts).toEqual([]);
      }
      if (messages.some((message) => message.includes("is false on no row"))) {
        found.always += 1;
        const trueOrNull = conditions.flatMap(partsOf).filter((part) => !rows.some((row) => part.of(row) === false));
        expect(trueOrNull.length, texts).toBeGreaterThan(0);
      }
      if (messages.some((message) => message.includes("adds no row"))) {
        const nowhere = conditions
          .flatMap(partsOf)
          .flatMap(eitherOf)
          .filter((one) => !rows.some((row) => one.of(row) === true));
        expect(nowhere.length, texts).toBeGreaterThan(0);
      }
    }),
    options,
  );
  expect(found.never).toBeGreaterThan(20);
  expect(found.always).toBeGreaterThan(5);
});

test("of alternatives that add no row the first is named", () => {
  const more = (build: (c: Columns) => unknown) =>
    said([{ text: "", build: (c) => build(c) as Truth, of: () => null }]).map((message) => message.split(",")[0]);
  const adds = (name: string) => [`a condition on "${name}" adds no row to the others of or()`];
  expect(
    more((c) =>
      call(c, "a", "eq", 1)
        .and(call(c, "a", "eq", 2))
        .or(call(c, "n", "gt", 1)),
    ),
  ).toEqual(adds("a"));
  const flags = (c: Columns) => c["f"] as unknown as Truth;
  expect(more((c) => call(c, "n", "gt", 1).or(flags(c).and(flags(c).not())))).toEqual(adds("f"));
  expect(more((c) => call(c, "n", "gt", 1).or(flags(c)))).toEqual([]);
});

test("a branch that is said to be never taken is taken on no row", () => {
  let found = 0;
  fc.assert(
    fc.property(condition, condition, (first, second) => {
      const made = base.silver(($) => ({
        made: $.raw.derive((c) => {
          const columns = c as unknown as Columns;
          return {
            x: fn
              .when(first.build(columns) as never, 1)
              .when(second.build(columns) as never, 2)
              .otherwise(3),
          };
        }),
      }));
      if (!analyze(made).some(({ message }) => message.includes("is never taken"))) return;
      found += 1;
      const taken = rows.filter((row) => first.of(row) !== true && second.of(row) === true);
      expect(taken, `${first.text}; ${second.text}`).toEqual([]);
    }),
    options,
  );
  expect(found).toBeGreaterThan(5);
});
