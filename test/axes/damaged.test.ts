/** Definitions from outside with a part that is missing, of another type, or that throws: refused in words, with a fix. */
import { analyze, compile, fromManifest, lineage, MedallionError, pipeline, source, t } from "medallion";
import { defineFormat, defineFunction, defineSetting, SAME } from "medallion/plugin";
import { describe, expect, test } from "vitest";
import { parts as keyValue } from "./key-value.ts";

type Parts = Readonly<Record<string, unknown>>;
interface Axis {
  readonly valid: Parts;
  /** Defines it and has all that meets it do its work. */
  readonly use: (parts: never) => void;
}

const base = () => source.json("in/*.json", { id: t.int(), x: t.double() });
const local = { does: "ignored", how: "a local file keeps its rows", help: "it is for the cluster" };

/** All that is made of a pipeline without running it. */
function made(p: ReturnType<typeof whole>, plugin: object): void {
  analyze(p);
  lineage(p);
  for (const target of ["databricks", "spark", "duckdb"] as const) compile(p, { target, baseDir: "/Volumes/a/b/c" });
  fromManifest(JSON.parse(JSON.stringify(p)), { plugins: [{ name: "acme", ...plugin }] });
}
const whole = () => pipeline("toy").bronze({ raw: base() });

const AXES: Readonly<Record<string, Axis>> = {
  function: {
    valid: { name: "acme.cube", args: [t.double()], returns: t.double(), sql: "power($1, 3)", duckdb: SAME },
    use: (parts) => {
      const cube = defineFunction<[ReturnType<typeof t.double>], ReturnType<typeof t.double>>(parts);
      const p = pipeline("toy").bronze({ raw: base() });
      made(p.silver(($) => ({ cubes: $.raw.derive((r) => ({ y: cube(r.x) })) })) as never, { functions: [cube] });
    },
  },
  aggregate: {
    valid: {
      ...{ name: "acme.spread", kind: "aggregate", args: [t.double()], returns: t.double().rate(), labels: "clear" },
      ...{ nulls: "any", weighs: "mean", sql: "stddev_pop($1)", duckdb: "stddev_pop($1)" },
    },
    use: (parts) => {
      const spread = defineFunction<[ReturnType<typeof t.double>], ReturnType<typeof t.double>, "aggregate">(parts);
      const p = pipeline("toy").bronze({ raw: base() });
      made(p.silver(($) => ({ all: $.raw.aggregate((r) => ({ y: spread(r.x) })) })) as never, { functions: [spread] });
    },
  },
  setting: {
    valid: {
      ...{ name: "acme.retention", expects: "{ days }", decides: "nothing" },
      accepts: (value: unknown) => typeof value === "object",
      treatments: {
        databricks: { does: "native", how: "TBLPROPERTIES", properties: () => ({ "acme.retention": "3" }) },
        spark: { does: "emulated", how: "TBLPROPERTIES", properties: () => ({ "acme.days": "3" }) },
        duckdb: local,
      },
    },
    use: (parts) => {
      const retention = defineSetting<{ readonly days: number }>(parts);
      made(pipeline("toy").bronze({ raw: base().set(retention, { days: 3 }) }), { settings: [retention] });
    },
  },
  format: {
    valid: { ...keyValue },
    use: (parts) => {
      const format = defineFormat<{ readonly nulls: readonly string[] }>(parts);
      const raw = source.of(format)("in/*.kv", { id: t.int(), x: t.double() }, { nulls: ["-"] });
      made(pipeline("toy").bronze({ raw }), { formats: [format] });
    },
  },
  rule: {
    valid: { rules: [() => [{ code: "OWN001", severity: "warning", message: "no owner" }]] },
    use: (options) => {
      analyze(whole(), options);
    },
  },
  finding: {
    valid: { code: "OWN001", severity: "warning", message: "no owner", help: "name one", table: "raw", column: "id" },
    use: (found) => {
      analyze(whole(), { rules: [() => [found]] });
    },
  },
  target: {
    valid: {
      ...{ name: "page", title: "A page", files: () => [{ path: "a.md", contents: "" }], treatment: () => local },
      notes: () => () => [{ code: "TARGET003", severity: "info", message: "told", table: "raw" }],
    },
    use: (target) => {
      compile(pipeline("toy").bronze({ raw: base().comment("a comment") }), { target });
    },
  },
};

const thrower = (): never => {
  throw new TypeError("the user's own");
};
const circle: { self?: unknown } = {};
circle.self = circle;
const DAMAGES: Readonly<Record<string, unknown>> = {
  ...{ missing: undefined, null: null, number: 5, "a huge text": "x".repeat(100_000), "a list": [undefined], circle },
  ...{ "an object": {}, "no prototype": Object.create(null), prototype: JSON.parse('{"__proto__":{"a":1}}') },
  ...{ __proto__: "__proto__", symbol: Symbol("s"), huge: 10n ** 400n, "no date": new Date(Number.NaN) },
  ...{ thrower, "a function of numbers": () => 5, "of null": () => null, "of symbols": () => Symbol("s") },
  ...{ "of lists": () => [null], "of objects": () => ({ a: Symbol("a"), b: 1n }), class: class {} },
};

/** The ways to every part. */
function waysOf(parts: Parts): readonly (readonly string[])[] {
  return Object.entries(parts).flatMap(([name, part]) => [
    [name],
    ...(isPlain(part) ? waysOf(part).map((way) => [name, ...way]) : []),
  ]);
}

const isPlain = (part: unknown): part is Parts =>
  typeof part === "object" && part !== null && Object.getPrototypeOf(part) === Object.prototype;

function damaged(parts: Parts, [name = "", ...rest]: readonly string[], by: unknown): Parts {
  const part = parts[name];
  return { ...parts, [name]: rest.length > 0 && isPlain(part) ? damaged(part, rest, by) : by };
}

describe.each(Object.entries(AXES))("%s", (_, { valid, use }) => {
  test("as it should be", () => {
    expect(() => use(valid as never)).not.toThrow();
  });

  test.each(waysOf(valid).map((way) => [way.join("."), way]))("damaged in %s", (_, way) => {
    let refused = 0;
    for (const [kind, by] of Object.entries(DAMAGES)) {
      try {
        use(damaged(valid, way, by) as never);
      } catch (error) {
        refused++;
        if (!(error instanceof MedallionError)) throw new Error(`${way.join(".")}, ${kind}`, { cause: error });
        expect([error.code, error.help, error.location], kind).toEqual([
          expect.stringMatching(/^[A-Z]+\d{3}$/),
          expect.stringMatching(/./),
          expect.stringMatching(/damaged\.test\.ts:\d+:\d+$/),
        ]);
        expect(error.message.length, kind).toBeLessThan(2000);
      }
    }
    expect(refused).toBeGreaterThanOrEqual(Object.keys(DAMAGES).length / 3);
  });
});
