/** The rooms of `src`: data flows one way, the public door stays pure, and no file outgrows a reader. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { CallNode } from "../src/ast/expr.ts";
import { functionNames } from "../src/functions/index.ts";
import { AGAINST_ORDER, COMPUTED, importedBy, importsOf, ROOMS, roomOf } from "./imports.ts";

const SRC = path.resolve(import.meta.dirname, "../src");
const LONGEST = 450;
const NOT_FOR_THE_DOOR = new Set(["engines", "cli"]);

const sources = new Map(
  readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => name.split(path.sep).join("/"))
    .sort()
    .map((name) => [name, readFileSync(path.join(SRC, name), "utf8")] as const),
);
const imports = new Map([...sources].map(([name, text]) => [name, importsOf(name, text)] as const));

test("every kind of import is seen, types included, and text that only looks like one is not", () => {
  const text = [
    'import type { A } from "./a.ts";',
    'import b, { type B } from "./b.ts";',
    'import "./c.ts";',
    'export * from "./d.ts";',
    'export type { E } from "./e.ts";',
    'type F = import("./f.ts").F;',
    'const g = await import("./g.ts");',
    "const h = await import(g.name);",
    '// import "./comment.ts";',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a program
    'const template = `\nimport "./template.ts";\n${g}`;',
  ].join("\n");
  expect(importsOf("engines/x.ts", text)).toEqual(
    ["a", "b", "c", "d", "e", "f", "g"].map((name) => `engines/${name}.ts`).concat(COMPUTED),
  );
});

test("a room imports only itself and the rooms before it", () => {
  const wrong: string[] = [];
  for (const [file, targets] of imports) {
    const room = roomOf(file);
    if (room === undefined) {
      if (file !== "index.ts") wrong.push(`src/${file} is in no room`);
      continue;
    }
    for (const target of targets) {
      if (target === "medallion" || target.startsWith("medallion/")) {
        wrong.push(`src/${file} imports ${target}: name the file instead`);
      }
      if (!sources.has(target)) continue;
      const other = roomOf(target);
      if (other === undefined) wrong.push(`src/${file} imports the public door src/${target}`);
      else if (file === AGAINST_ORDER.file && other === AGAINST_ORDER.room) continue;
      else if (ROOMS.indexOf(other) > ROOMS.indexOf(room)) wrong.push(`src/${file} imports src/${target}`);
    }
  }
  expect(sources.size).toBeGreaterThan(0);
  expect(wrong).toEqual([]);
  expect(sources.get(AGAINST_ORDER.file)).not.toMatch(/^(?:import|export) (?!type )/m);
});

/** Interfaces that are about each other: a string's length is a number, a number's text is a string. */
const ONE_IDEA = [
  ["base", "collections", "enums", "facts", "ids", "number", "sampled", "scalars"].map((name) => `typed/${name}.ts`),
];

test("no file imports itself by way of others, types included", () => {
  expect(circlesOf(imports)).toEqual(ONE_IDEA);
});

test("the root import reaches no Node built-in, no package and none of engines, cli", () => {
  const wrong: string[] = [];
  const from = new Map<string, string>();
  const queue = ["index.ts"];
  expect(sources.has("index.ts")).toBe(true);
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    for (const target of imports.get(file) ?? []) {
      if (sources.has(target)) {
        if (NOT_FOR_THE_DOOR.has(roomOf(target) ?? "")) {
          wrong.push(`${chain(file, from)} → ${target}`);
          continue;
        }
        if (from.has(target) || target === "index.ts") continue;
        from.set(target, file);
        queue.push(target);
      } else if (!target.endsWith(".ts")) {
        wrong.push(`${chain(file, from)} → ${target}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

/** Types that the declarations of others name, and two that tests have tsc check. */
const NAMED_BY_TSC =
  /^src\/(typed\/|types\/types\.ts: |formats\/format\.ts: TableFormat$|targets\/duckdb\/functions\.ts: Cells$)/;
/** An error of tsc is its use. */
const IS_CHECK = /^ = Nothing</;

test("what a file exports is imported from it by another file of src, or by test, bench or scripts", () => {
  const everything = [...sources].map(([file, text]) => [`src/${file}`, text] as const);
  const others = ["test", "bench", "scripts", "examples"].flatMap(filesBelow);
  const used = new Set(
    [...everything, ...others].flatMap(([file, text]) =>
      importedBy(file, text).flatMap(
        ({ target, names }) => names?.map((name) => `${target}: ${name}`) ?? `${target}: *`,
      ),
    ),
  );
  const unused = everything.flatMap(([file, text]) =>
    [...text.matchAll(/^export (?:async |abstract )*(?:function\*?|const|class|interface|type) (\w+)(.*)/gm)]
      .filter(([, , rest = ""]) => !IS_CHECK.test(rest))
      .map(([, name = ""]) => `${file}: ${name}`)
      .filter((name) => !used.has(name) && !used.has(`${file}: *`) && !NAMED_BY_TSC.test(name)),
  );
  expect(unused).toEqual([]);
});

test("a relative import names a file of src that exists", () => {
  const wrong = [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) => target.endsWith(".ts") && !sources.has(target) && !existsSync(path.join(SRC, target)))
      .map((target) => `src/${file} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

test(`no file of src is longer than ${LONGEST} lines`, () => {
  const long = [...sources]
    .map(([file, text]) => ({ file, lines: text.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > LONGEST)
    .map(({ file, lines }) => `src/${file}: ${lines}`);
  expect(long).toEqual([]);
});

test("a function that the code asks for by its name is in the catalogue", () => {
  // Of a node it is a compile error, of any other text it is found here.
  const ofNode = ({ fn }: CallNode): boolean =>
    // @ts-expect-error no function has this name
    fn === "coalesc" || fn === "coalesce" || fn === "acme.cube";
  expect(ofNode).toBeTypeOf("function");
  const names: ReadonlySet<string> = new Set(functionNames());
  const asked = [...sources].flatMap(([file, text]) =>
    [...text.matchAll(/(?<!typeof )\bfn [!=]== "([^"]*)"/g)].map(([, name = ""]) => ({ file, name })),
  );
  expect(asked.length).toBeGreaterThan(50);
  expect(asked.filter(({ name }) => !names.has(name))).toEqual([]);
});

/** The code below a folder of the project, by its path in the project. */
function filesBelow(folder: string): readonly (readonly [string, string])[] {
  const root = path.resolve(SRC, "..", folder);
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.m?[jt]s$/.test(name) && !/(?:^|[/\\])(?:node_modules|\.[^/]*)[/\\]/.test(name))
    .map((name) => [path.posix.join(folder, name), readFileSync(path.join(root, name), "utf8")]);
}

/** How the door reaches a file: `index.ts → builder/expr/fn.ts`. */
function chain(file: string, from: ReadonlyMap<string, string>): string {
  const steps = [file];
  for (let at = from.get(file); at !== undefined; at = from.get(at)) steps.unshift(at);
  return steps.join(" → ");
}

/** The sets of files that reach each other, each sorted (Tarjan, "Depth-first search and linear graph algorithms", 1972). */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): number => {
    let low = order.size;
    order.set(file, low);
    stack.push(file);
    for (const target of graph.get(file) ?? []) {
      if (!graph.has(target)) continue;
      if (!order.has(target)) low = Math.min(low, visit(target));
      else if (stack.includes(target)) low = Math.min(low, order.get(target) ?? low);
    }
    if (low === order.get(file)) {
      const circle = stack.splice(stack.indexOf(file));
      if (circle.length > 1) circles.push(circle.sort());
    }
    return low;
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return circles;
}
