/** A parameter's value is exactly one of its type, wherever it is given; a `Date` is an instant and no day. */
import fc from "fast-check";
import { type AnyPipeline, compile, MedallionError, param, pipeline, source, t } from "medallion";
import { type RunOptions, run } from "medallion/run";
import { describe, expect, test } from "vitest";
import { pipelineSettings } from "../../src/targets/databricks/pipeline-settings.ts";
import "../seed.ts";
import { folder, write } from "../e2e/support.ts";

type Params = NonNullable<RunOptions["params"]>;
type Kind = Exclude<keyof typeof param, "secret">;

const of = (kind: Kind): AnyPipeline =>
  pipeline("q")
    .bronze({ o: source.json("o.json", { k: t.int() }) })
    .silver(($) => ({ y: $.o.derive(() => ({ v: param[kind]("v") })) }));

const midnight = new Date("2024-01-01");
const late = new Date("2024-01-01T23:30:00Z");

/** A value, and the text that it is; none where it is none of the type. */
const VALUES: readonly (readonly [Kind, unknown, string?])[] = [
  ["int", 5, "5"],
  ["int", "-5", "-5"],
  ["int", 1.5],
  ["int", "1.5"],
  ["int", "1e2"],
  ["int", "abc"],
  ["int", ""],
  ["int", 2147483648],
  ["int", true],
  ["bigint", 9223372036854775807n, "9223372036854775807"],
  ["bigint", "9223372036854775808"],
  ["bigint", 0.5],
  ["bigint", 2 ** 53],
  ["double", "1e2", "100"],
  ["double", 0.5, "0.5"],
  ["double", "0x10"],
  ["double", ""],
  ["double", " 1"],
  ["double", "many"],
  ["boolean", true, "true"],
  ["boolean", "false", "false"],
  ["boolean", "yes"],
  ["boolean", 1],
  ["date", "2024-01-01", "2024-01-01"],
  ["date", midnight, "2024-01-01"],
  ["date", late],
  ["date", "2024-1-1"],
  ["date", "2024-02-30"],
  ["date", "2024-01-01T23:00:00Z"],
  ["timestamp", late, "2024-01-01T23:30:00.000Z"],
  ["timestamp", "2024-01-01 10:00", "2024-01-01 10:00:00"],
  ["timestamp", "soon"],
  ["timestamp", new Date(Number.NaN)],
  ["string", "a", "a"],
  ["string", 5, "5"],
  ["string", null],
  ["string", { a: 1 }],
];

const name = (value: unknown) =>
  value instanceof Date
    ? Number.isNaN(Number(value))
      ? "no Date"
      : value.toISOString()
    : `${typeof value} ${String(value)}`;

describe("the value of a parameter is checked as a constant is", () => {
  const given = (value: unknown): Params => ({ v: value as string });
  const spec = (p: AnyPipeline, params: Params) =>
    compile(p, { target: "spark", baseDir: "/x", params: params as Record<string, string> }).files.find((f) =>
      f.path.endsWith(".yml"),
    )?.contents ?? "";
  const script = (p: AnyPipeline, params: Params) =>
    compile(p, { target: "duckdb", params: params as Record<string, string> })
      .files.map((f) => f.contents)
      .join("");
  const statements = (p: AnyPipeline, params: Params) =>
    compile(p, { target: "databricks", params: params as Record<string, string> }).files.map((f) => f.contents);
  const settings = (p: AnyPipeline, params: Params) =>
    pipelineSettings(p.toNode(), { params: params as Record<string, string> }, "dev").configuration["v"] ?? "";
  const code = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      return error instanceof MedallionError ? error.code : error;
    }
  };

  test.each(VALUES.map(([kind, value, text]) => [kind, name(value), value, text] as const))(
    "%s %s, wherever it is compiled",
    (kind, _, value, text) => {
      const p = of(kind);
      if (text === undefined) {
        for (const where of [spec, script, statements, settings])
          expect(code(() => where(p, given(value)))).toBe("PARAM003");
        return;
      }
      expect(settings(p, given(value))).toBe(text);
      expect(spec(p, given(value))).toContain(text);
      expect(script(p, given(value))).toContain(`CAST('${text}' AS`);
    },
  );

  test("and where it runs: the value is stored, or nothing is", async () => {
    const base = await folder();
    await write(base, "o.json", '{"k":1}\n');
    for (const [kind, value, text] of VALUES) {
      const ran = run(of(kind), { baseDir: base, params: given(value) });
      if (text === undefined) {
        await expect(ran, `${kind} ${name(value)}`).rejects.toMatchObject({ code: "PARAM003" });
        continue;
      }
      await using update = await ran;
      const [row] = await update.query(
        `SELECT v = CAST('${text}' AS ${kind === "string" ? "VARCHAR" : kind}) AS same FROM silver.y`,
      );
      expect(row, `${kind} ${name(value)}`).toEqual({ same: true });
    }
  });

  test("a name of no parameter is refused by every compiler", () => {
    const p = of("int");
    for (const where of [spec, script, settings]) {
      expect(code(() => where(p, { v: 1, w: 2 }))).toBe("PARAM003");
      expect(code(() => where(p, {}))).toBe("PARAM002");
      expect(code(() => where(p, ["1"] as never))).toBe("ARG001");
    }
  });

  test("false, 0 and an empty text are values of a default", () => {
    const p = pipeline("q")
      .bronze({ o: source.json("o.json", { k: t.int() }) })
      .silver(($) => ({
        y: $.o.derive(() => ({
          a: param.boolean("a", { default: false }),
          b: param.int("b", { default: 0 }),
          c: param.string("c", { default: "" }),
        })),
      }));
    expect(pipelineSettings(p.toNode(), {}, "dev").configuration).toMatchObject({ a: "false", b: "0", c: "" });
  });
});

const raw = pipeline("q").bronze({
  o: source.json("o.json", {
    day: t.date().nullable(),
    wall: t.timestampNtz().nullable(),
    at: t.timestamp().nullable(),
  }),
});
type Row = { readonly day: unknown; readonly wall: unknown; readonly at: unknown };
type Untyped = Record<string, (...given: readonly unknown[]) => Untyped>;

/** Every place that takes a constant of the column's type. In a CASE an instant is a TIMESTAMP, and so is the CASE. */
const PLACES: Readonly<Record<string, (column: Untyped, value: Date) => unknown>> = {
  eq: (c, v) => c["eq"]?.(v),
  ge: (c, v) => c["ge"]?.(v),
  in: (c, v) => c["in"]?.(v),
  between: (c, v) => c["between"]?.(v, v),
  orElse: (c, v) => c["orElse"]?.(v),
  nullIf: (c, v) => c["nullIf"]?.(v),
};

test("a Date under a DATE is a day at midnight in UTC only, under a TIMESTAMP_NTZ never: no time zone decides rows", () => {
  const built = (place: string, column: keyof Row, value: Date): string => {
    const make = PLACES[place];
    try {
      const p = raw.silver(($) => ({
        y: $.o.select((o) => ({ x: make?.((o as Row)[column] as Untyped, value) }) as never),
      }));
      return compile(p, { target: "spark", baseDir: "/x" })
        .files.map((f) => f.contents)
        .join("");
    } catch (error) {
      return error instanceof MedallionError ? `${error.code}: ${error.help}` : String(error);
    }
  };
  const days = fc.integer({ min: -20_000, max: 40_000 });
  const minutes = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1439 }));
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(PLACES)), days, minutes, (place, day, minute) => {
      const value = new Date(day * 86_400_000 + minute * 60_000);
      const text = value.toISOString();
      const under = built(place, "day", value);
      if (minute === 0) expect(under).toContain(`DATE '${text.slice(0, 10)}'`);
      else expect(under).toMatch(/^TYPE002: give the day as a text, "2024-01-01", or a Date at midnight in UTC/);
      expect(built(place, "wall", value)).toMatch(/^TYPE002: an instant has no wall clock/);
      expect(built(place, "at", value)).toContain(text.slice(0, 10));
    }),
    { numRuns: Number(process.env["MEDALLION_CASES"] ?? 60) },
  );
});

test("a Date of a time is no default of a date parameter", () => {
  expect(() => param.date("d", { default: late })).toThrow(expect.objectContaining({ code: "TYPE002" }));
  expect(param.date("d", { default: midnight }).toNode()).toMatchObject({ default: "2024-01-01" });
});

test("a value that JavaScript has as a bigint or a date is given everywhere as it is", () => {
  const params = { n: 9007199254740993n, day: new Date("2024-01-31") };
  const asked = pipeline("q")
    .bronze({ o: source.json("/o.json", { k: t.bigint(), at: t.date() }) })
    .silver(($) => ({ y: $.o.where((o) => o.k.eq(param.bigint("n")).and(o.at.eq(param.date("day")))) }));
  const text = compile(asked, { target: "duckdb", params }).files.map((file) => file.contents);
  expect(text.join("\n")).toContain("9007199254740993");
  expect(pipelineSettings(asked.toNode(), { params }, "dev").configuration).toMatchObject({
    n: "9007199254740993",
    day: "2024-01-31",
  });
});
