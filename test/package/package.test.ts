/** The packed package in an empty folder: its doors, its types, its command, and its root import in a browser. */
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { createContext, runInContext } from "node:vm";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { command, ok, type Packed, pack, ROOT } from "./packed.ts";

const PIPELINES = {
  shop: "examples/shop/pipeline.ts",
  flights: "examples/flights/pipeline.ts",
  brokerage: "bench/brokerage/pipeline.ts",
  iot: "test/fixtures/pipelines/iot.ts",
  cdc: "test/fixtures/pipelines/cdc.ts",
  exported: "test/fixtures/pipelines/exported.ts",
};

let packed: Packed;
beforeAll(async () => {
  packed = await pack();
}, 310_000);
afterAll(() => packed?.remove());

describe("the tarball", () => {
  test("holds what the exports name, the licence, and no sources or tests", () => {
    for (const file of [
      "dist/index.js",
      "dist/engines/duckdb/index.js",
      "dist/engines/databricks/index.js",
      "dist/cli/index.js",
    ]) {
      expect(packed.files).toContain(file);
      expect(packed.files).toContain(file.replace(/\.js$/, ".d.ts"));
    }
    expect(packed.files).toEqual(expect.arrayContaining(["dist/cli/main.js", "LICENSE", "README.md", "package.json"]));
    const rest = packed.files.filter((f) => !/^(dist\/|docs\/.*\.md$|schemas\/.*\.json$)/.test(f));
    expect(rest.filter((f) => !/^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(f))).toEqual([]);
  });

  test("carries its docs, and every link of them leads to a file and a heading of the package", async () => {
    const pages = packed.files.filter((file) => file.endsWith(".md"));
    expect(pages).toEqual(expect.arrayContaining(["README.md", "docs/diagnostics.md", "docs/guides/reliability.md"]));
    const headings = new Map<string, readonly string[]>();
    const links: (readonly [from: string, to: string])[] = [];
    for (const page of pages) {
      const text = (await readFile(path.join(packed.project, "node_modules/medallion", page), "utf8")).replace(
        /^```[\s\S]*?^```$/gm,
        "",
      );
      headings.set(
        page,
        [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchor(heading)),
      );
      for (const [, to = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) if (!/^\w+:/.test(to)) links.push([page, to]);
    }
    expect(links.length).toBeGreaterThan(3);
    const broken = links.filter(([from, to]) => {
      const [file = "", heading] = to.split("#");
      const target = file === "" ? from : path.posix.join(path.posix.dirname(from), file);
      return !packed.files.includes(target) || (heading !== undefined && !headings.get(target)?.includes(heading));
    });
    expect(broken).toEqual([]);
  });

  test("publint finds nothing", async () => {
    const tarball = await readFile(packed.tarball);
    const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer }, strict: true });
    expect(messages.map((m) => formatMessage(m, pkg, { color: false }))).toEqual([]);
  });

  test("attw finds nothing", async () => {
    const ran = await command("attw", [packed.tarball, "--profile", "esm-only", "--no-color", "--no-emoji"], ROOT);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  });
});

describe("installed in an empty folder", () => {
  test("a pipeline is analyzed and compiled through the root import", async () => {
    await write(
      "compile.mjs",
      `import { analyze, compile } from "medallion";
       import shop from "./pipeline.ts";
       const errors = analyze(shop).filter((d) => d.severity === "error");
       console.log(JSON.stringify({ errors, files: compile(shop, { target: "duckdb" }).files }));`,
    );
    const { errors, files } = JSON.parse(await ok("node", ["compile.mjs"], packed.project));
    expect(errors).toEqual([]);
    expectShopSql(files);
  });

  test.each([
    ["nodenext", "nodenext"],
    ["node16", "node16"],
    ["esnext", "bundler"],
    ["preserve", "bundler"],
  ])(
    "larger pipelines check against its declarations, those themselves, and have their own: %s, %s, strict, without the types of Node",
    async (module, moduleResolution) => {
      const folder = path.join(packed.project, "checked");
      await mkdir(folder, { recursive: true });
      for (const [name, file] of Object.entries(PIPELINES))
        await cp(path.join(ROOT, file), path.join(folder, `${name}.ts`));
      const compilerOptions = {
        ...{ module, moduleResolution, target: "es2022", lib: ["es2024", "dom"], types: [], declaration: true },
        ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
        ...{
          noPropertyAccessFromIndexSignature: true,
          verbatimModuleSyntax: true,
          skipLibCheck: false,
          outDir: "emitted",
        },
      };
      await writeFile(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
      const ran = await command("tsc", ["-p", "checked"], packed.project);
      expect(ran.stdout + ran.stderr).toBe("");
    },
  );

  test("larger pipelines have no findings and compile for every target", async () => {
    await write(
      "larger.mjs",
      `import { analyze, compile } from "medallion";
       const found = [];
       for (const name of ${JSON.stringify(Object.keys(PIPELINES))}) {
         const { default: pipeline } = await import("./checked/" + name + ".ts");
         found.push(...analyze(pipeline).filter((d) => d.severity === "error").map((d) => [name, d.code]));
         for (const target of ["databricks", "spark", "duckdb"]) compile(pipeline, { target });
       }
       console.log(JSON.stringify(found));`,
    );
    expect(JSON.parse(await ok("node", ["larger.mjs"], packed.project))).toEqual([]);
  });

  test.each([
    ["Node", "node"],
    ["tsx, which makes a module of a file twice", "node_modules/.bin/tsx"],
  ])("targets are loaded by their names, and find what the program has defined: %s", async (_, runtime) => {
    await write(
      "named.mjs",
      `import { compile, CompileError, pipeline, source, t } from "medallion";
       import { defineFunction, SAME } from "medallion/plugin";
       const cube = defineFunction({ name: "acme.cube", args: [t.double()], returns: t.double(), sql: "power($1, 3)", duckdb: SAME });
       const shapes = pipeline("shapes")
         .bronze({ raw: source.json("raw/*.json", { x: t.double() }) })
         .silver(($) => ({ cubes: $.raw.derive((r) => ({ y: cube(r.x) })) }));
       const told = [];
       for (const target of ["databricks", "spark", "duckdb"]) told.push(/power/i.test(JSON.stringify(compile(shapes, { target }).files)));
       try { compile(shapes, { target: "oracle" }); } catch (e) { told.push(e instanceof CompileError, e.code, e.help); }
       console.log(JSON.stringify(told));`,
    );
    const told = JSON.parse(await ok(runtime, ["named.mjs"], packed.project));
    expect(told).toEqual([true, true, true, true, "TARGET002", "the targets are databricks, spark, duckdb"]);
  });

  test.each([
    ["a CommonJS program", "node", ["named.cjs"]],
    ["a CommonJS program in tsx", "node_modules/.bin/tsx", ["named.cjs"]],
    ["a thread", "node", ["thread.mjs"]],
    ["a program that may read itself and the package", "node", ["--permission", "--allow-fs-read=.", "named.cjs"]],
    ["a program whose globals are frozen", "node", ["frozen.mjs"], "no place"],
    [
      "a program whose built-in objects are frozen",
      "node",
      ["--frozen-intrinsics", "--no-warnings", "named.cjs"],
      "no place",
    ],
    ["a program without require() of ES modules", "node", ["--no-experimental-require-module", "imported.mjs"]],
  ])("a target is loaded by its name, and nodes know their place: %s", async (_, runtime, args, place = "place") => {
    const body = `
      const p = pipeline("x").bronze({ raw: source.json("raw/*.json", { x: t.double() }) });
      const texts = compile(p, { target: "spark" }).files.map(({ contents }) => contents);
      console.log(texts.length, /made by (.*)/.exec(texts)?.[1] ?? "no place");`;
    await write("named.cjs", `const { compile, pipeline, source, t } = require("medallion");${body}`);
    await write(
      "imported.mjs",
      `import { compile, pipeline, source, t } from "medallion"; import "medallion/targets";${body}`,
    );
    await write("thread.mjs", `import { Worker } from "node:worker_threads"; new Worker("./named.cjs");`);
    await write(
      "frozen.mjs",
      `for (const o of [globalThis, Object, Array, Map, WeakMap, Error]) { Object.freeze(o); Object.freeze(o.prototype); }
       await import("./named.cjs");`,
    );
    expect(await ok(runtime, args, packed.project)).toMatch(
      place === "place" ? /^4 (named|imported)\.[cm]js:2:/ : /^4 no place/,
    );
  });

  test("a node knows its place in a folder whose name a URL would encode", async () => {
    const folder = path.join(packed.project, "a #b%20?,ü");
    await mkdir(folder);
    await writeFile(
      path.join(folder, "place.mjs"),
      `import { source } from "medallion";\ntry { source.json("x.json", {}); } catch ({ location }) { console.log(location); }`,
    );
    expect(await ok("node", ["place.mjs"], folder)).toMatch(/^place\.mjs:2:/);
  });

  test("a module that a loader made twice of one file is told so where their parts meet", async () => {
    await write("constant.cjs", `const { fn } = require("medallion"); exports.one = fn.lit(1);`);
    await write(
      "meeting.mjs",
      `import { pipeline, source, t } from "medallion";
       import constant from "./constant.cjs";
       const p = pipeline("x").bronze({ raw: source.json("x", { id: t.bigint() }) });
       try { p.silver(($) => ({ s: $.raw.derive(() => ({ x: constant.one })) })); console.log("one"); }
       catch ({ code, help }) { console.log(code, help); }`,
    );
    expect(await ok("node", ["meeting.mjs"], packed.project)).toBe("one\n");
    expect(await ok("node_modules/.bin/tsx", ["meeting.mjs"], packed.project)).toMatch(
      /^COPY001 \/.*\/node_modules\/medallion is loaded twice, such as by import and by require: /,
    );
  });

  test("a node has no place in code that a loader evaluated: its lines are not those of the file", async () => {
    await write(
      "evaluated.mjs",
      `import { source } from "medallion";\ntry { source.json("x.json", {}); } catch ({ code, location }) { console.log(code, location); }`,
    );
    await write(
      "evaluate.mjs",
      `import { createServer } from ${JSON.stringify(import.meta.resolve("vite"))};
       const noExternal = process.argv[2] === "inline" || undefined;
       const server = await createServer({ configFile: false, server: { middlewareMode: true, ws: false }, optimizeDeps: { noDiscovery: true }, ssr: { noExternal } });
       await server.ssrLoadModule("/evaluated.mjs");
       await server.close();`,
    );
    for (const how of ["external", "inline"])
      expect(await ok("node", ["evaluate.mjs", how], packed.project)).toBe("COL002 undefined\n");
  });

  test("a pipeline runs on DuckDB through medallion/run", async () => {
    await write(
      "run.mjs",
      `import { run } from "medallion/run";
       import shop from "./pipeline.ts";
       const update = await run(shop, { warehouse: ":memory:" });
       const rows = await update.query("SELECT count(*)::INTEGER AS n FROM gold.revenue_by_country");
       console.log(JSON.stringify({ status: update.status, rows }));
       await update.close();`,
    );
    const { status, rows } = JSON.parse(await ok("node", ["run.mjs"], packed.project));
    expect(status).toBe("completed");
    expect(rows[0].n).toBeGreaterThan(0);
  });

  test("a workspace is connected through medallion/databricks", async () => {
    await write(
      "connect.mjs",
      `import { connect, DatabricksError } from "medallion/databricks";
       const client = connect({ host: "https://my.example/x", token: "t", env: {} });
       try { connect({ env: {} }); } catch (e) { console.log(JSON.stringify([client.host, e instanceof DatabricksError, e.code])); }`,
    );
    const told = JSON.parse(await ok("node", ["connect.mjs"], packed.project));
    expect(told).toEqual(["https://my.example", true, "DBX001"]);
  });

  test("the command is there and tells its commands", async () => {
    const help = await ok(path.join(packed.project, "node_modules/.bin/medallion"), ["--help"], packed.project);
    for (const name of ["init", "check", "compile", "run", "deploy", "preview"]) expect(help).toContain(name);
  });
});

describe("a project that the installed command makes", () => {
  test("depends on the file that the command was installed from, and checks as it stands", async () => {
    const bin = path.join(packed.project, "node_modules/.bin/medallion");
    const made = path.join(path.dirname(packed.project), "made");
    expect(await ok(bin, ["init", made], packed.project)).toContain("npx medallion check");
    const { dependencies } = JSON.parse(await readFile(path.join(made, "package.json"), "utf8"));
    expect(path.resolve(made, dependencies.medallion.replace("file:", ""))).toBe(packed.tarball);
    await ok("npm", ["install", "--omit=dev", "--prefer-offline", "--no-audit", "--no-fund"], made);
    expect(await ok("npx", ["medallion", "check"], made)).toContain("No problems");
  });
});

/** What a shim of Node has for what it cannot do. */
function missing(): never {
  throw new Error("not implemented");
}

const SHIMS: readonly (readonly [has: string, process: object])[] = [
  ["nothing", {}],
  ["a folder", { cwd: () => "/", env: {}, browser: true }],
  ["functions that throw", { cwd: missing, getBuiltinModule: missing }],
  [
    "modules that throw",
    { cwd: missing, getBuiltinModule: () => ({ createRequire: missing, findSourceMap: missing }) },
  ],
];

/** How a program is made that holds all that it imports. */
const bundling = (contents: string) =>
  ({
    stdin: { contents, resolveDir: packed.project },
    bundle: true,
    minify: true,
    write: false,
    platform: "browser",
    target: "es2024",
    logLevel: "silent",
  }) as const satisfies BuildOptions;

async function bundled(
  contents: string,
  format: "esm" | "iife" = "esm",
  define: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { outputFiles } = await build({ ...bundling(contents), format, define, globalName: "bundle" });
  return outputFiles.map((file) => file.text).join("");
}

describe("bundled for a browser", () => {
  let bundle: { readonly text: string; readonly metafile: Metafile };
  beforeAll(async () => {
    const { outputFiles, metafile } = await build({
      stdin: {
        contents: `import "medallion/targets"; export { analyze, compile, fromManifest } from "medallion"; export { default as shop } from "./pipeline.ts";`,
        resolveDir: packed.project,
      },
      bundle: true,
      write: false,
      metafile: true,
      platform: "browser",
      format: "iife",
      globalName: "bundle",
      target: "es2024",
      logLevel: "silent",
    });
    bundle = { text: outputFiles.map((file) => file.text).join(""), metafile };
  });

  test("it holds nothing of Node, of DuckDB or of the engine, and leaves nothing to import", () => {
    const inputs = Object.keys(bundle.metafile.inputs);
    expect(inputs.some((input) => input.endsWith("medallion/dist/index.js"))).toBe(true);
    expect(
      inputs.filter((input) => /(^node:|@duckdb|medallion\/dist\/(run|engines|databricks|cli)\/)/.test(input)),
    ).toEqual([]);
    const imports = [...Object.values(bundle.metafile.inputs), ...Object.values(bundle.metafile.outputs)].flatMap(
      (o) => o.imports,
    );
    expect(imports.filter((i) => i.external === true)).toEqual([]);
  });

  // Rules and their sentences, a third of it, grow with what they find. What it must not grow by is an engine or a target.
  test("the root door without its rules is at most 177 kB, minified", async () => {
    const { metafile } = await build({ ...bundling(`export * from "medallion";`), metafile: true });
    const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
    const bytes = (some: typeof inputs) => some.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
    const isOfRules = ([file]: (typeof inputs)[number]) => /\/dist\/(analyze|diagnostics)\//.test(file);
    expect(bytes(inputs.filter(isOfRules))).toBeGreaterThan(50_000);
    expect(bytes(inputs.filter((input) => !isOfRules(input)))).toBeLessThanOrEqual(177_000);
  });

  test("a target is given as a value, and a name says what to import", async () => {
    const byValue = await bundled(
      `export { compile } from "medallion"; export { default as shop } from "./pipeline.ts"; export * as targets from "medallion/targets";`,
      "iife",
    );
    const context = createContext({ structuredClone });
    runInContext(byValue, context);
    expectShopSql(
      JSON.parse(
        runInContext("JSON.stringify(bundle.compile(bundle.shop, { target: bundle.targets.duckdb }).files)", context),
      ),
    );
    await write(
      "alone.mjs",
      await bundled(`import { compile } from "medallion"; import shop from "./pipeline.ts";
      try { compile(shop, { target: "duckdb" }); } catch ({ code, help }) { console.log(JSON.stringify([code, help])); }`),
    );
    const [code, help] = JSON.parse(await ok("node", ["alone.mjs"], packed.project));
    expect(code).toBe("TARGET009");
    expect(help).toMatch(/import "medallion\/targets" once/);
  });

  test("a node has no place in a bundle, whatever its import.meta.url became", async () => {
    const define = { "import.meta.url": JSON.stringify("file:///built/dist/core/location.js") };
    await write(
      "whole.mjs",
      await bundled(
        `import { source } from "medallion"; try { source.json("x.json", {}); } catch ({ code, location }) { console.log(code, location); }`,
        "esm",
        define,
      ),
    );
    expect(await ok("node", ["whole.mjs"], packed.project)).toBe("COL002 undefined\n");
  });

  test.each(SHIMS)("it compiles where the bundler's process has %s", (_, process) => {
    const context = createContext({ structuredClone, process });
    runInContext(bundle.text, context);
    expectShopSql(
      JSON.parse(runInContext(`JSON.stringify(bundle.compile(bundle.shop, { target: "spark" }).files)`, context)),
    );
  });

  test("it compiles the shop pipeline where there is no process, no require and no eval", () => {
    // Of what every browser has beyond the language, the SDK uses this one function.
    const context = createContext({ structuredClone }, { codeGeneration: { strings: false, wasm: false } });
    runInContext(bundle.text, context);
    const asked = `JSON.stringify({
      left: [typeof process, typeof require, typeof Buffer],
      files: bundle.compile(bundle.shop, { target: "duckdb" }).files,
      again: bundle.compile(bundle.fromManifest(JSON.parse(JSON.stringify(bundle.shop.toNode()))), { target: "duckdb" }).files,
    })`;
    const { left, files, again } = JSON.parse(runInContext(asked, context));
    expect(left).toEqual(["undefined", "undefined", "undefined"]);
    expectShopSql(files);
    expect(again).toEqual(files);
  });
});

function expectShopSql(files: readonly { readonly path: string; readonly contents: string }[]): void {
  expect(files.length).toBeGreaterThan(0);
  const all = files.map((file) => file.contents).join("\n");
  for (const name of ["orders_raw", "customers_raw", "orders", "customers", "revenue_by_country"])
    expect(all).toContain(name);
}

/** A heading as a link names it. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

async function write(name: string, contents: string): Promise<void> {
  await writeFile(path.join(packed.project, name), contents);
}
