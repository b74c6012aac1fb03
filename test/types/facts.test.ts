/**
 * What the types say of a value is what its AST node says: type, nullability, labels, unit, additivity. Every method of
 * every expression, every function and every step is built for real; `tsc` then compares the types with the nodes.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AnyPipeline, fn, param, pipeline, type SqlType, source, t } from "medallion";
import { afterAll, beforeAll, expect, test } from "vitest";
import { admitted } from "./admitted.ts";
import {
  calledMethods,
  columns,
  type Family,
  groupExpressions,
  joinedExpressions,
  parameters,
  rowExpressions,
  windowExpressions,
} from "./expressions.ts";
import { removeDir, scratchDir, type TscError, tsc } from "./tsc.ts";

const record = (texts: readonly string[]): string =>
  `{\n${texts.map((text, i) => `    e${i}: ${text},\n`).join("")}  }`;
const JOIN = "(a, b) => a.flag_x.eq(b.flag_x)";
const ALL = "(c) => ({ ...c })";

const CONSTANTS =
  "{ s: 'x', i: 1, m: -123456789, l: 1234567890, n: -9999999999, f: 1.5, b: true, no: false, big: 2n, t: new Date(0), bytes: new Uint8Array([1]) }";

/** Tables whose columns are the expressions, and some whose columns are what a step makes of all columns. */
const tables: Readonly<Record<string, string>> = {
  row: `$.raw.select((c) => (${record(rowExpressions)}))`,
  joined: `$.raw.join($.raw, ${JOIN}, (c) => (${record(joinedExpressions)}))`,
  grouped: `$.raw.aggregate((c) => (${record(groupExpressions)}))`,
  over: `$.raw.select((c) => (${record(windowExpressions)}))`,
  where: "$.raw.where((c) => c.flag_x)",
  not_null: "$.raw.whereNotNull((c) => ({ text_xnl: c.text_xnl, shape_xnl: c.shape_xnl, price_xn: c.price_xn }))",
  derived: "$.raw.derive((c) => ({ text_x: c.text_xnl, added: c.price_xnl }))",
  left: `$.raw.leftJoin($.raw, ${JOIN}, ${ALL})`,
  left_other: `$.raw.leftJoin($.raw, ${JOIN}, (_, c) => ({ ...c }))`,
  full: `$.raw.fullJoin($.raw, ${JOIN}, ${ALL})`,
  full_other: `$.raw.fullJoin($.raw, ${JOIN}, (_, c) => ({ ...c }))`,
  semi: `$.raw.semiJoin($.raw, ${JOIN})`,
  anti: `$.raw.antiJoin($.raw, ${JOIN})`,
  lookup: "$.raw.lookup($.keyed, (c) => c.large_x, (c) => ({ ...c }))",
  lookup_other: "$.raw.lookup($.keyed, (c) => c.large_x, (_, c) => ({ ...c }))",
  as_of:
    "$.raw.asOfJoin($.history, { on: (a, b) => a.large_x.eq(b.large_x), at: (c) => c.instant_x, select: (c) => ({ ...c }) })",
  as_of_other:
    "$.raw.asOfJoin($.history, { on: (a, b) => a.large_x.eq(b.large_x), at: (c) => c.instant_x, select: (_, c) => ({ ...c }) })",
  constants: `$.raw.derive(() => (${CONSTANTS}))`,
  grouped_constants: `$.raw.groupBy((c) => ({ g: c.text_xl })).aggregate((c) => ({ rows: c.text_x.count(), ...${CONSTANTS} }))`,
  timed_constants: `$.raw.groupBy((c) => ({ g: c.day_x })).aggregate(() => (${CONSTANTS}))`,
  joined_constants: `$.raw.leftJoin($.raw, ${JOIN}, () => (${CONSTANTS}))`,
  groups: "$.raw.groupBy((c) => ({ ...c })).aggregate(() => ({ n: fn.countRows() }))",
  deduped: "$.raw.dedupe({ key: (c) => c.large_x, orderBy: (c) => c.day_x })",
  limited: "$.raw.orderBy((c) => c.day_x).limit(3)",
  ...unions(),
};

/** A union of each pair of columns whose type and unit agree. */
function unions(): Readonly<Record<string, string>> {
  const kinds = [
    "text",
    "choice",
    "flag",
    "single",
    "money",
    "price",
    "paid",
    "state",
    "day",
    "words",
    "rates",
    "shape",
    "prices",
  ];
  const side = (x: string): string =>
    `$.raw.select((c) => ({ ${kinds.map((kind) => `${kind}: c.${kind}_${x}`).join(", ")} }))`;
  return {
    union_null_label: `${side("x")}.union(${side("ynl")})`,
    union_labels: `${side("xl")}.union(${side("ynl")})`,
    union_reversed: `${side("ynl")}.union(${side("xl")})`,
    union_null: `${side("x")}.union(${side("xn")})`,
  };
}

const casesText = `import { fn, param, pipeline, source, sql, t } from "medallion";

const base = pipeline("p")
  .bronze({ raw: source.json("x", ${columns}) })
  .silver(($) => ({ keyed: $.raw.key((c) => c.large_x) }))
  .scd2(($) => ({ history: $.raw.changes({ key: (c) => c.large_x, sequenceBy: (c) => c.instant_x }) }))
  .scd2(($) => ({
    labelled_history: $.raw.changes({ key: (c) => c.large_x, sequenceBy: (c) => c.price_xl, columns: (c) => ({ large_x: c.large_x }) }),
    struct_history: $.raw.changes({ key: (c) => c.large_x, sequenceBy: (c) => fn.struct({ a: c.day_x, b: c.text_xl }) }),
    states: $.raw.snapshots({ key: (c) => c.large_x }),
    labelled_states: $.raw.snapshots({ key: (c) => c.large_x, version: (c) => c.money_xl.max(), columns: (c) => ({ large_x: c.large_x }) }),
  }))
  .scd1(($) => ({ latest: $.raw.changes({ key: (c) => c.large_x, sequenceBy: (c) => c.instant_x, columns: ({ text_x, ...rest }) => rest }) }));
export const p = base
${Object.entries(tables)
  .map(([name, text]) => `  .silver(($) => ({\n  ${name}: ${text},\n  }))`)
  .join("\n")};
`;

/** What the types say, in the shape of what the node says. */
const factsType = `import type { p } from "./cases.ts";
type Inner<E> = {
  type: E extends { " ~type": infer T } ? T : "unknown";
  labels: E extends { " ~label": infer L extends string } ? { [K in L]: true } : "unknown";
  unit: E extends { " ~unit": infer U } ? U : "";
  additivity: E extends { " ~additivity": infer A } ? A : "additive";
  values: E extends { " ~values": infer V extends string } ? (string extends V ? null : { [K in V]: true }) : null;
  inside: E extends { " ~fields": infer F }
    ? { [K in keyof F]: Inner<F[K]> }
    : E extends { " ~element": infer I }
      ? Inner<I>
      : E extends { " ~mapValue": infer V }
        ? Inner<V>
        : null;
};
type Facts<E> = 0 extends 1 & E
  ? "any"
  : Inner<E> & { nullable: E extends { " ~null": infer N } ? ([N] extends [never] ? false : true) : "unknown" };
type Tables = (typeof p)["tables"];
`;

interface Known {
  readonly type: SqlType;
  readonly labels?: readonly string[];
  readonly unit?: string;
  readonly additivity?: string;
}

const NUMBERS = new Set(["tinyint", "smallint", "int", "bigint", "float", "double", "decimal"]);

function inner({ type, labels = [], unit = "", additivity = "additive" }: Known): object {
  const number = NUMBERS.has(type.kind);
  return {
    type: type.kind,
    labels: Object.fromEntries(labels.map((label) => [label, true])),
    unit: number ? unit : "",
    additivity: number ? additivity : "additive",
    values: "values" in type ? Object.fromEntries(type.values.map((value) => [value, true])) : null,
    inside: insideOf(type, { labels, unit, additivity }),
  };
}

/** The elements of a collection have its labels, unit and additivity. */
function insideOf(type: SqlType, known: Omit<Known, "type">): object | null {
  if (type.kind === "struct") return Object.fromEntries(type.fields.map((field) => [field.name, inner(field)]));
  if (type.kind === "array") return inner({ ...known, type: type.element });
  return type.kind === "map" ? inner({ ...known, type: type.value }) : null;
}

interface Checked {
  readonly text: string;
  readonly origin: string;
}

/** One line a column: the facts of the node where the type says what they must be. */
function checks(p: AnyPipeline): readonly Checked[] {
  const origins: Readonly<Record<string, readonly string[]>> = {
    row: rowExpressions,
    joined: joinedExpressions,
    grouped: groupExpressions,
    over: windowExpressions,
  };
  return p.toNode().tables.flatMap((table) =>
    table.columns.map((column, i) => {
      const facts = JSON.stringify({ ...inner(column), nullable: column.nullable });
      return {
        text: `export const ${table.name}__${column.name}: Facts<Tables["${table.name}"][" ~columns"]["${column.name}"]> = ${facts};`,
        origin: `${table.name}: ${origins[table.name]?.[i] ?? column.name}`,
      };
    }),
  );
}

const INTERFACES: Readonly<Record<Family, string>> = {
  string: "StringExpr",
  boolean: "BooleanExpr",
  number: 'NumberExpr<"decimal">',
  date: "DateExpr",
  time: "TimestampExpr",
  binary: "BinaryExpr",
  array: "ArrayExpr<StringExpr>",
  struct: "StructExpr<{ a: StringExpr }>",
  map: "MapExpr<StringExpr, StringExpr>",
  variant: "VariantExpr",
};
/** What gives no value: `asc()` and `desc()` are orderings. */
const NO_VALUE = ["toNode", "asc", "desc", "then", "toString"];

const union = (names: Iterable<string>): string => [...names].map((name) => JSON.stringify(name)).join(" | ");

/** Every member of every typed expression is in the list, and every method that the catalogue admits is a member. */
const membersText = `import type { EnumExpr, ${Object.values(INTERFACES)
  .map((name) => name.replace(/<.*/, ""))
  .join(", ")} } from "medallion";
type None<Names> = [Names] extends [never] ? true : Names;
type Forgotten<E, Known> = None<Exclude<keyof E, Known | \` ~\${string}\`>>;
type Lacking<E, Admitted> = None<Exclude<Admitted, keyof E>>;
${[...admitted]
  .flatMap(([family, names]) => {
    const known = union([...(calledMethods().get(family) ?? []), ...NO_VALUE]);
    const each = family === "string" ? [INTERFACES.string, 'EnumExpr<"v">'] : [INTERFACES[family]];
    return each.map(
      (name, i) => `export const all_${family}_${i}: Forgotten<${name}, ${known}> = true;
export const has_${family}_${i}: Lacking<${name}, ${union(names)}> = true;`,
    );
  })
  .join("\n")}
`;

let dir: string;
let checked: readonly Checked[];
let errors: readonly TscError[];

beforeAll(async () => {
  dir = await scratchDir();
  await writeFile(join(dir, "cases.ts"), casesText);
  const { p } = (await import(join(dir, "cases.ts"))) as { readonly p: AnyPipeline };
  checked = checks(p);
  const facts = factsType + checked.map(({ text }) => text).join("\n");
  errors = await tsc(dir, { "cases.ts": casesText, "facts.ts": facts, "members.ts": membersText });
});
afterAll(() => removeDir(dir));

test("every expression and step type-checks", () => {
  const lines = casesText.split("\n");
  const wrong = errors.filter(({ file }) => file === "cases.ts");
  expect(wrong.map(({ line, text }) => `${lines[line - 1]?.trim()}: ${text}`)).toEqual([]);
});

test("what the types say of a value is what its node says", () => {
  const first = factsType.split("\n").length;
  const wrong = errors.filter(({ file }) => file === "facts.ts");
  expect(wrong.map(({ line, text }) => `${checked[line - first]?.origin}: ${text}`)).toEqual([]);
  expect(checked.length).toBeGreaterThan(5000);
});

test("the list has every member of every typed expression, which has every method that the catalogue admits", () => {
  expect(errors.filter(({ file }) => file === "members.ts")).toEqual([]);
});

test("the list has every function and every method that there is at run time", () => {
  const called = calledMethods();
  expect(Object.keys(fn).filter((name) => !called.get("fn")?.has(name))).toEqual([]);
  // A secret is no expression.
  expect(Object.keys(param)).toEqual([...parameters, "secret"]);
  const all = new Set([...called.values()].flatMap((names) => [...names]));
  expect(methodsOfExpressions().filter((name) => !all.has(name) && !NO_VALUE.includes(name))).toEqual([]);
});

/** The names on the class behind every expression. */
function methodsOfExpressions(): readonly string[] {
  const names: string[] = [];
  pipeline("p")
    .bronze({ raw: source.json("x", { id: t.bigint() }) })
    .silver(($) => ({
      made: $.raw.where((c) => {
        names.push(...Object.getOwnPropertyNames(Object.getPrototypeOf(c.id)));
        return c.id.gt(0);
      }),
    }));
  return names.filter((name) => name !== "constructor");
}
