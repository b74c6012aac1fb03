/** The manifest is parsed, not believed: what is read is what the builder would have made of it, or it is refused. */
import fc from "fast-check";
import {
  type AnyPipeline,
  analyze,
  compile,
  fromManifest,
  MedallionError,
  param,
  pipeline,
  source,
  sql,
  t,
} from "medallion";
import { describe, expect, test } from "vitest";
import flights from "../../examples/flights/pipeline.ts";
import shop from "../../examples/shop/pipeline.ts";
import clauses from "../fixtures/pipelines/clauses.ts";
import everything from "../fixtures/pipelines/everything.ts";
import features from "../fixtures/pipelines/spark.ts";
import { withoutLocations } from "../places.ts";
import { genes } from "../spark/random/genes.ts";
import { programOf } from "../spark/random/program.ts";
import { regional } from "./environments.ts";

// biome-ignore lint/suspicious/noExplicitAny: JSON that is changed at will
type Any = any;

const people = () =>
  source.csv("in/*.csv", { id: t.bigint(), name: t.string().nullable(), email: t.string().pii("email") });
const small = pipeline("small")
  .bronze({ raw: people() })
  .silver(($) => ({
    s: $.raw
      .where((c) => c.name.ne("k"))
      .whereNotNull((c) => ({ name: c.name }))
      .derive((c) => ({ x: sql(t.string())`upper(${c.name})`, age: c.id.plus(1n), day: c.id.eq(1n) }))
      .key((c) => c.id)
      .expectOrQuarantine({ positive: (c) => c.id.gt(0n) }),
  }))
  .scd2(($) => ({
    h: $.raw.changes({ key: (c) => c.id, sequenceBy: (c) => c.id, trackHistory: (c) => ({ name: c.name }) }),
  }))
  .gold(($) => ({
    g: $.s
      .lookup(
        $.s,
        (c) => c.id,
        (a, b) => ({ id: a.id, n: b.name, hidden: a.email.sha256(param.secret("salt", { scope: "gov" })) }),
      )
      .materialized()
      .refreshPolicy("auto"),
  }));
const all: Readonly<Record<string, AnyPipeline>> = { shop, flights, clauses, everything, features, regional, small };
const jsonOf = (p: AnyPipeline): Any => JSON.parse(JSON.stringify(p));

test.each(Object.keys(all))("%s comes back as it was, byte for byte", (name) => {
  const p = all[name] as AnyPipeline;
  const again = fromManifest(jsonOf(p));
  expect(JSON.stringify(again)).toBe(JSON.stringify(p));
  expect(withoutLocations(analyze(again))).toEqual(withoutLocations(analyze(p)));
  for (const table of again.toNode().tables) expect(Object.isFrozen(table)).toBe(true);
});

test("random pipelines come back as they were", () => {
  fc.assert(
    fc.property(genes, (gene) => {
      const { pipeline: p } = programOf(gene);
      expect(JSON.stringify(fromManifest(jsonOf(p)))).toBe(JSON.stringify(p));
    }),
    { numRuns: Number(process.env["MEDALLION_CASES"] ?? 60) },
  );
});

function refusal(json: unknown): MedallionError {
  try {
    fromManifest(json);
  } catch (error) {
    if (error instanceof MedallionError) return error;
    throw error;
  }
  throw new Error("it was read");
}

/** A change of the small pipeline's manifest, the code, and the way that the message names. */
type Attack = readonly [name: string, change: (json: Any) => unknown, code: string, path: string];
const column = (json: Any, table: number, name: string): Any =>
  json.tables[table].columns.find((c: Any) => c.name === name);
const first = (json: Any, found: (node: Any) => boolean): Any => {
  let hit: Any;
  JSON.stringify(json, (_, value) => {
    if (hit === undefined && typeof value === "object" && value !== null && found(value)) hit = value;
    return value;
  });
  return hit;
};
const ATTACKS: readonly Attack[] = [
  ["null", () => null, "MAN001", "the root"],
  ["a list", () => [], "MAN001", "the root"],
  ["a text", () => "x", "MAN001", "the root"],
  ["nothing", () => undefined, "MAN001", "the root"],
  ["a date", () => ({ version: 1, name: new Date(), tables: [] }), "MAN001", "name"],
  ["another version", (j) => ({ ...j, version: 2 }), "MAN001", "version is 2"],
  ["a further field", (j) => ({ ...j, extra: 1 }), "MAN002", "extra is not known"],
  ["no tables", ({ tables: _, ...j }) => j, "MAN002", "tables is missing"],
  ["a table that is null", (j) => ({ ...j, tables: [null] }), "MAN002", "tables[0]"],
  [
    "an unknown kind of table",
    (j) => {
      j.tables[0].kind = "weird";
    },
    "MAN002",
    "tables[0].kind",
  ],
  [
    "an unknown kind of relation",
    (j) => {
      j.tables[1].query.kind = "weird";
    },
    "MAN002",
    "tables[1].query.kind",
  ],
  [
    "labels taken away",
    (j) => {
      column(j, 1, "email").labels = [];
    },
    "MAN003",
    "tables[1].columns[2].labels",
  ],
  [
    "labels taken away in a node",
    (j) => {
      first(j.tables[3], (n) => n.name === "email").labels = [];
    },
    "MAN003",
    ".labels",
  ],
  [
    "a null taken away",
    (j) => {
      column(j, 0, "name").nullable = false;
    },
    "MAN003",
    "tables[0].columns[1].nullable",
  ],
  ["a further column", (j) => void j.tables[1].columns.push(j.tables[1].columns[0]), "MAN003", "tables[1].columns["],
  [
    "an id",
    (j) => {
      j.tables[1].id = "'; DROP TABLE y; --";
    },
    "MAN003",
    "tables[1].id",
  ],
  [
    "a function that is none",
    (j) => {
      first(j, (n) => n.fn === "gt").fn = "system";
    },
    "MAN005",
    "FN001",
  ],
  [
    "a function named as a member of objects",
    (j) => {
      first(j, (n) => n.fn === "gt").fn = "constructor";
    },
    "MAN005",
    "FN001",
  ],
  [
    "an option that is none",
    (j) => {
      first(j, (n) => n.fn === "gt").options = { x: 1 };
    },
    "MAN005",
    "ARG001",
  ],
  [
    "raw SQL",
    (j) => {
      first(j, (n) => n.kind === "raw").text = ["1); DROP TABLE y; --", ""];
    },
    "MAN005",
    "SQL001",
  ],
  [
    "a date that is none",
    (j) => {
      const literal = first(j, (n) => n.kind === "literal");
      literal.type = { kind: "date" };
      literal.value = "2020-01-01'; DROP TABLE y; --";
    },
    "MAN005",
    "TYPE002",
  ],
  [
    "a number that is none",
    (j) => {
      first(j, (n) => n.kind === "literal" && n.type.kind === "bigint").value = "1; DROP";
    },
    "MAN005",
    "TYPE002",
  ],
  [
    "a precision",
    (j) => {
      j.tables[0].query.declared[0].type = { kind: "decimal", precision: "1); DROP", scale: 0 };
    },
    "MAN002",
    "precision",
  ],
  [
    "a policy",
    (j) => {
      j.tables[3].settings.refreshPolicy = "x; DROP TABLE y";
    },
    "MAN002",
    "tables[3].settings.refreshPolicy",
  ],
  [
    "a format",
    (j) => {
      j.tables[0].query.format = "x'; DROP";
    },
    "MAN002",
    "tables[0].query.format",
  ],
  [
    "a table's name that leaves the folder",
    (j) => {
      j.tables[0].name = "../../evil";
    },
    "MAN005",
    "TBL002",
  ],
  [
    "a table's name that is SQL",
    (j) => {
      j.tables[0].name = "x; DROP TABLE y; --";
    },
    "MAN005",
    "TBL002",
  ],
  [
    "a pipeline's name",
    (j) => {
      j.name = "../../evil";
    },
    "MAN005",
    "TBL002",
  ],
  [
    "a place that is SQL",
    (j) => {
      j.tables[0].at = "f.ts:1:1\nDROP TABLE y;\n--";
    },
    "MAN002",
    "tables[0].at",
  ],
  [
    "a layer",
    (j) => {
      j.tables[0].layer = "x; DROP";
    },
    "MAN002",
    "tables[0].layer",
  ],
  [
    "a layer that may not read this",
    (j) => {
      j.tables[1].layer = "gold";
    },
    "MAN002",
    "no such table",
  ],
  [
    "a table that reads itself",
    (j) => {
      first(j.tables[1], (n) => n.kind === "table").table = "s";
    },
    "MAN002",
    "no such table",
  ],
  [
    "a table that is not there",
    (j) => {
      first(j.tables[1], (n) => n.kind === "table").table = "nope";
    },
    "MAN002",
    "no such table",
  ],
  [
    "a table twice",
    (j) => {
      j.tables.push(j.tables[0]);
    },
    "MAN005",
    "TBL001",
  ],
  [
    "tables in another order",
    (j) => {
      j.tables.reverse();
    },
    "MAN002",
    "no such table",
  ],
  [
    "a column named __proto__",
    (j) => {
      j.tables[0].query.declared[1].name = "__proto__";
    },
    "MAN003",
    "tables[0]",
  ],
  [
    "two columns of one name",
    (j) => {
      j.tables[0].query.declared[1].name = "ID";
    },
    "MAN005",
    "COL002",
  ],
  [
    "no columns",
    (j) => {
      j.tables[0].query.declared = [];
    },
    "MAN002",
    "declared is empty",
  ],
  [
    "facts left out",
    (j) => {
      j.tables[0].query.declared[0] = { name: "id", type: { kind: "bigint" } };
    },
    "MAN002",
    "nullable is missing",
  ],
  [
    "a reference to no table",
    (j) => {
      j.tables[1].settings.references = [{ id: "x", columns: ["id"], table: "nope", key: ["id"] }];
    },
    "MAN002",
    "references[0].table",
  ],
  [
    "an expectation that is null",
    (j) => {
      j.tables[1].settings.expectations = [null];
    },
    "MAN002",
    "expectations[0]",
  ],
  [
    "settings left out",
    (j) => {
      delete j.tables[1].settings.flows;
    },
    "MAN002",
    "settings.flows is missing",
  ],
  [
    "a setting of another",
    (j) => {
      j.tables[2].settings.temporary = true;
    },
    "MAN002",
    "settings.temporary",
  ],
  [
    "an extension",
    (j) => {
      j.tables[1].settings.extensions = { evil: 1 };
    },
    "MAN002",
    "extensions.evil",
  ],
  [
    "a scope of secrets",
    (j) => {
      first(j, (n) => n.secret === "gov").secret = "'); DROP";
    },
    "MAN005",
    "PARAM001",
  ],
  [
    "a history that tracks what is not stored",
    (j) => {
      j.tables[2].changes.trackHistory = ["nope"];
    },
    "MAN002",
    "trackHistory[0]",
  ],
];

describe("a manifest that was changed is refused, with the way to what is wrong", () => {
  test.each(ATTACKS)("%s", (_, change, code, path) => {
    const json = jsonOf(small);
    const changed = change(json);
    const error = refusal(changed === undefined && _ !== "nothing" ? json : changed);
    expect(error.code).toBe(code);
    expect(error.message).toContain(path);
    expect(error.help).toEqual(expect.any(String));
  });
});

test("fields named as members of objects change nothing", () => {
  const text = JSON.stringify(small).replace(
    '{"version"',
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"version"',
  );
  expect(refusal(JSON.parse(text)).code).toBe("MAN002");
  expect(({} as Any).polluted).toBeUndefined();
});

test.each([1_100, 10_000, 1_000_000])("nesting of %i levels is refused without recursion", (levels) => {
  const json = jsonOf(small);
  let deep: Any = 1;
  for (let i = 0; i < levels; i++) deep = i % 2 === 0 ? [deep] : { args: deep };
  json.tables[1].query.predicate = deep;
  expect(refusal(json)).toMatchObject({
    code: "MAN004",
    message: expect.stringContaining("tables[1].query.predicate"),
  });
});

test("an object that holds itself is infinitely deep", () => {
  const json = jsonOf(small);
  json.tables[1].query.input = json.tables[1].query;
  expect(refusal(json).code).toBe("MAN004");
});

test("what is as deep as it may be is read, analysed and compiled", () => {
  const text = (depth: number) => {
    const p = pipeline("deep")
      .bronze({ raw: people() })
      .silver(($) => ({
        s: $.raw.where((c) => {
          let condition = c.id.gt(0n);
          for (let i = 0; i < depth; i++) condition = condition.not() as never;
          return condition;
        }),
      }));
    return JSON.stringify(p);
  };
  const p = fromManifest(JSON.parse(text(480)));
  expect(analyze(p)).toEqual([]);
  for (const target of ["databricks", "spark", "duckdb"] as const)
    expect(compile(p, { target }).files.length).toBeGreaterThan(1);
  expect(refusal(JSON.parse(text(600))).code).toBe("MAN004");
});

test("fifty million characters are the limit", () => {
  const json = jsonOf(small);
  json.tables[1].settings.comment = "x".repeat(50_000_001);
  expect(refusal(json)).toMatchObject({ code: "MAN004", message: expect.stringContaining("settings.comment") });
});

// ---- mutations

type Step = string | number;

/** Every way to a value in the JSON. */
function paths(json: Any, path: readonly Step[] = []): readonly (readonly Step[])[] {
  if (typeof json !== "object" || json === null) return [path];
  const keys: readonly Step[] = Array.isArray(json) ? [...json.keys()] : Object.keys(json);
  return [path, ...keys.flatMap((key) => paths(json[key], [...path, key]))];
}

const at = (json: Any, path: readonly Step[]): Any => path.reduce((value, step) => value[step], json);
const junk = fc.oneof(
  fc.constantFrom<Any>(
    null,
    "",
    "x; DROP TABLE y",
    "../../x",
    "__proto__",
    -1,
    0,
    1.5,
    1e300,
    true,
    false,
    [],
    {},
    [null],
    { kind: "column" },
    "additive",
    "email",
    "id",
    "decimal",
  ),
  fc.jsonValue({ maxDepth: 2 }),
);
type Mutation = (parent: Any, key: Step, json: Any, pick: number) => void;
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  delete: (parent, key) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  },
  duplicate: (parent, key) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 0, structuredClone(parent[Number(key)]));
    else parent[`${key}_2`] = parent[key];
  },
  retype: (parent, key) => {
    const value = parent[key];
    parent[key] =
      typeof value === "string" ? Number(value) || 0 : typeof value === "object" ? String(value) : `${value}`;
  },
  "swap with another part": (parent, key, json, pick) => {
    const others = paths(json);
    parent[key] = structuredClone(at(json, others[pick % others.length] ?? []));
  },
  deepen: (parent, key) => {
    let value = parent[key];
    for (let i = 0; i < 10_000; i++) value = [value];
    parent[key] = value;
  },
  wrap: (parent, key) => {
    parent[key] = { kind: "call", fn: "not", args: [parent[key]] };
  },
  rename: (parent, key) => {
    if (Array.isArray(parent)) parent.reverse();
    else {
      parent[`${key}x`] = parent[key];
      delete parent[key];
    }
  },
  "flip or count": (parent, key) => {
    const value = parent[key];
    parent[key] =
      typeof value === "boolean"
        ? !value
        : typeof value === "number"
          ? value + 1
          : typeof value === "string"
            ? `${value}a`
            : value;
  },
};

const sources = [small, shop, features].map((p) => JSON.stringify(p));
const ways = sources.map((text) => paths(JSON.parse(text)).filter((path) => path.length > 0));

/** JSON with its fields in one order. */
const canonical = (json: Any): string =>
  JSON.stringify(json, (_, value) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

test("no mutation gives anything but a pipeline that says the same, or an error with the way to it", () => {
  let refused = 0;
  const mutation = fc.record({
    of: fc.nat(sources.length - 1),
    where: fc.nat(),
    how: fc.constantFrom("replace", ...Object.keys(MUTATIONS)),
    value: junk,
    pick: fc.nat(),
  });
  fc.assert(
    fc.property(mutation, ({ of, where, how, value, pick }) => {
      const json = JSON.parse(sources[of] ?? "");
      const path = ways[of]?.[where % (ways[of]?.length ?? 1)] ?? [];
      const [parent, key] = [at(json, path.slice(0, -1)), path.at(-1) as Step];
      if (how === "replace") parent[key] = value;
      else MUTATIONS[how]?.(parent, key, json, pick);
      let read: AnyPipeline;
      try {
        read = fromManifest(json);
      } catch (error) {
        refused++;
        expect(error).toBeInstanceOf(MedallionError);
        expect(error).toMatchObject({ code: expect.stringMatching(/^MAN00[1-5]$/), help: expect.any(String) });
        expect(String((error as Error).message)).toMatch(/version|tables|name|the root|not known/);
        return;
      }
      expect(canonical(read)).toBe(canonical(json));
      for (const target of ["databricks", "duckdb"] as const) {
        try {
          compile(read, { target });
        } catch (error) {
          expect(error).toBeInstanceOf(MedallionError);
        }
      }
    }),
    { numRuns: Number(process.env["MEDALLION_CASES"] ?? 400) },
  );
  expect(refused).toBeGreaterThan(10);
});
