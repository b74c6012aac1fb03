/** The lint rules of a new project find JavaScript's operators on expressions, and nothing in what is right. */
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OXLINT } from "../../src/cli/init/template.ts";
import { moduleOf } from "./snippet.ts";
import { projectDir, removeDir, scratchDir } from "./tsc.ts";

const operators = {
  and: '$.orders.where((o) => o.status.ne("x") && o.amount.gt(0))',
  or: '$.orders.where((o) => o.status.ne("x") || o.amount.gt(0))',
  not: '$.orders.where((o) => o.status.ne("x").and(!o.status.eq("y")))',
  choice: '$.orders.derive((o) => ({ x: o.status.ne("x") ? o.amount : o.usd }))',
  if: '$.orders.derive((o) => {\n  if (o.status.eq("x")) return { y: o.amount };\n  return { y: o.usd };\n})',
  nullish: "$.orders.derive((o) => ({ x: o.note ?? o.status }))",
  "or of columns": "$.orders.derive((o) => ({ x: o.note || o.status }))",
  "assigned or": "$.orders.where((o) => {\n  let x = o.amount.gt(0);\n  x ||= o.line.gt(1);\n  return x;\n})",
  "assigned nullish": "$.orders.where((o) => {\n  let x = o.note;\n  x ??= o.status;\n  return x.isNull();\n})",
  "if not": "$.orders.derive((o) => {\n  if (!o.note) return { y: 1 };\n  return { y: 2 };\n})",
  "compared with null": "$.orders.derive((o) => ({ x: o.note === null ? 'a' : 'b' }))",
  "spread of a function": "$.orders.derive((o) => ({ x: o.amount, ...(() => ({ y: o.usd })) }))",
  template: "$.orders.where((o) => o.status.eq(`${o.note} x`))",
};

interface Report {
  readonly diagnostics: readonly { readonly filename: string; readonly code: string }[];
}

let dir: string;
let found: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  dir = await scratchDir();
  const wrong = Object.entries(operators).map(([name, query]): [string, string] => [
    `${name.replaceAll(" ", "-")}.ts`,
    moduleOf(`shop.silver(($) => ({ made: ${query} }))`),
  ]);
  const right = await Promise.all(
    ["shop", "flights"].map(
      async (example): Promise<[string, string]> => [
        `right-${example}.ts`,
        await readFile(join(projectDir, "examples", example, "pipeline.ts"), "utf8"),
      ],
    ),
  );
  const config = { extends: join(projectDir, "tsconfig.json"), include: ["*.ts"], exclude: [] };
  const files = [
    ...wrong,
    ...right,
    ["tsconfig.json", JSON.stringify(config)] as const,
    [".oxlintrc.json", JSON.stringify(OXLINT)] as const,
  ];
  await Promise.all(files.map(([name, text]) => writeFile(join(dir, name), text)));
  const { diagnostics } = await linted([...wrong, ...right].map(([name]) => name));
  const named = diagnostics.map(({ filename, code }) => [filename.replace(/^.*\//, ""), code] as const);
  found = new Map([...Map.groupBy(named, ([file]) => file)].map(([file, all]) => [file, all.map(([, code]) => code)]));
});
afterAll(() => removeDir(dir));

function linted(names: readonly string[]): Promise<Report> {
  // Named one by one: git ignores the folder.
  const args = ["--type-aware", "--format", "json", "--no-ignore", ...names];
  return new Promise((done, failed) => {
    const env = { ...process.env, PATH: `${join(projectDir, "node_modules/.bin")}:${process.env["PATH"]}` };
    execFile(
      join(projectDir, "node_modules/.bin/oxlint"),
      args,
      { cwd: dir, env, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        if (stdout.trimStart().startsWith("{")) done(JSON.parse(stdout));
        else failed(new Error(`oxlint did not run: ${stdout}${stderr}${error?.message}`));
      },
    );
  });
}

test.each(Object.keys(operators))("%s is found", (name) => {
  expect(found.get(`${name.replaceAll(" ", "-")}.ts`)).toEqual(
    expect.arrayContaining([expect.stringContaining("typescript")]),
  );
});

test("the examples have no finding", () => {
  expect([...found].filter(([file]) => file.startsWith("right-"))).toEqual([]);
});
