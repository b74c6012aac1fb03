/** `medallion dev` in a process of its own: what is saved is run, mistakes are shown and outlived. */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { emptyFolder, install, put, ROOT } from "./support.ts";

const WAIT_MS = 60_000;

const PIPELINE = `import { pipeline, source, t } from "medallion";
import { LEAST } from "./rules.ts";

export default pipeline("tiny")
  .bronze({ raw: source.json("data/*.json", { id: t.bigint(), amount: t.decimal(10, 2), note: t.string().nullable() }) })
  .silver(($) => ({
    clean: $.raw.expectOrQuarantine({ enough: (r) => r.amount.gt(LEAST) }),
  }));
`;

function project(): string {
  const folder = emptyFolder();
  install(folder);
  put(folder, {
    "package.json": '{ "type": "module" }',
    "medallion.config.ts":
      'import { defineConfig } from "medallion/config";\nexport default defineConfig({ pipeline: "./pipeline.ts" });\n',
    "pipeline.ts": PIPELINE,
    "rules.ts": "export const LEAST = 0;\n",
    "data/1.json": '{"id":1,"amount":2.50,"note":"a"}\n{"id":2,"amount":-1}\n',
  });
  return folder;
}

/** The command in a process that ends with the test. */
function dev(folder: string, ...flags: readonly string[]) {
  const node = path.join(ROOT, "node_modules/.bin/node");
  const argv = ["--conditions=medallion-source", path.join(ROOT, "src/cli/main.ts"), "dev", ...flags];
  const child = spawn(node, argv, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const out = { stdout: "", stderr: "" };
  const heard = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk) => {
      out[name] += chunk;
      for (const listener of heard) listener();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  let read = 0;
  /** What stdout has from the last time on, once `enough` of it is there. */
  const until = (enough: (text: string) => boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`waited too long: ${out.stdout}\n${out.stderr}`)), WAIT_MS);
      const look = () => {
        const text = out.stdout.slice(read);
        if (!enough(text)) return;
        clearTimeout(late);
        heard.delete(look);
        read = out.stdout.length;
        resolve(text);
      };
      heard.add(look);
      look();
    });
  return { out, until, ended, interrupt: () => child.kill("SIGINT") };
}

interface Line {
  readonly event: string;
  readonly [key: string]: unknown;
}

test("runs what changed, with its types, rows and broken rules; a mistake is shown and the next save goes on", async () => {
  const folder = project();
  const { until, out, ended, interrupt } = dev(folder, "--json");
  const turn = async (): Promise<readonly Line[]> => {
    const text = await until((lines) => /"event":"update".*\n$|"event":"problems".*\n$/.test(lines));
    return text
      .trim()
      .split("\n")
      .map((line): Line => JSON.parse(line));
  };
  const events = (lines: readonly Line[]) => lines.map((line) => line.event);

  const first = await turn();
  expect(events(first)).toEqual(["ready", "update"]);
  expect(first[1]).toMatchObject({ status: "completed", shown: [] });

  // A module that the pipeline imports.
  put(folder, { "rules.ts": "export const LEAST = -5;\n" });
  const second = await turn();
  expect(events(second)).toEqual(["change", "update"]);
  expect(second[0]).toMatchObject({ modules: [path.join(folder, "rules.ts")], sources: [] });
  expect(second[1]).toMatchObject({
    changed: { clean: ["rule enough has changed"] },
    shown: [
      {
        table: "clean",
        total: 2,
        columns: [
          { name: "id", type: "BIGINT" },
          { name: "amount", type: "DECIMAL(10,2)" },
          { name: "note", type: "STRING?" },
        ],
        rows: [
          { id: 1, amount: "2.50", note: "a" },
          { id: 2, amount: "-1.00", note: null },
        ],
      },
    ],
  });

  // A file of a source: the table in hand is still shown.
  put(folder, { "data/2.json": '{"id":3,"amount":-7}\n' });
  const third = await turn();
  expect(third[0]).toMatchObject({ modules: [], sources: [path.join(folder, "data/2.json")] });
  expect(third[1]).toMatchObject({
    tables: [
      { name: "raw", rowsWritten: 1 },
      { name: "clean", rowsWritten: 0, rowsQuarantined: 1, expectations: [{ name: "enough", failed: 1 }] },
    ],
    shown: [{ table: "clean", total: 2 }],
  });

  // A mistake of the pipeline, one of syntax, and none again.
  put(folder, { "pipeline.ts": PIPELINE.replace("r.amount", "r.amuont") });
  expect((await turn()).at(-1)).toMatchObject({
    event: "problems",
    diagnostics: [{ code: "COL001", severity: "error", location: expect.stringMatching(/^pipeline\.ts:7:\d+$/) }],
  });
  put(folder, { "pipeline.ts": PIPELINE.replace("export default", "export default {") });
  expect((await turn()).at(-1)).toMatchObject({
    event: "problems",
    diagnostics: [{ code: "LOAD003", location: expect.stringMatching(/pipeline\.ts:4:\d+$/) }],
  });
  put(folder, { "pipeline.ts": PIPELINE.replace("$.raw", "$.raw.derive((r) => ({ twice: r.amount.times(2) }))") });
  expect((await turn()).at(-1)).toMatchObject({ status: "completed", shown: [{ table: "clean", total: 2 }] });

  interrupt();
  expect(await ended).toBe(0);
  expect(out.stderr).toContain("Stopped. The warehouse keeps its last good state.");
}, 120_000);

test("says for a person what changed, what it broke and which columns are new", async () => {
  const folder = project();
  const { until, ended, interrupt } = dev(folder);
  const turn = () => until((text) => / done.* m?s\n|nothing was run/.test(text));
  expect(await turn()).toMatch(
    /medallion dev v\S+ {2}tiny\n2 tables in \.medallion\/warehouse\.duckdb; .*\n\n {2}✓ bronze\.raw {4}2 rows .*\n {2}✓ silver\.clean {2}1 row, 1 quarantined .*\n {6}! enough: broken by 1 of 2 rows: quarantine\n/,
  );
  put(folder, { "rules.ts": "export const LEAST = 1;\n" });
  await turn();
  put(folder, { "pipeline.ts": PIPELINE.replace("$.raw", "$.raw.derive((r) => ({ twice: r.amount.times(2) }))") });
  expect(await turn()).toMatch(
    /pipeline\.ts changed\n[\s\S]*column twice is added[\s\S]*\n {2}silver\.clean {2}1 row\n {2}\+ twice DECIMAL\(12,2\)\n {8}id +amount +note +twice\n[\s\S]* 2\.50 {2}a +5\.00\n/,
  );
  rmSync(path.join(folder, "rules.ts"));
  expect(await turn()).toMatch(/error LOAD003[\s\S]*1 error: nothing was run, the tables are as they were\./);
  put(folder, { "rules.ts": "export const LEAST = 0;\n" });
  expect(await turn()).toContain("✓ silver.clean");
  interrupt();
  expect(await ended).toBe(0);
}, 120_000);

test("a warning is shown once, and again where it has others like it or comes back", async () => {
  const folder = project();
  const asks = (conditions: readonly string[]) =>
    `export const LEAST = 0;\nexport const some = (r: { note: any }) => [${conditions.join(", ")}];\n`;
  const askedOf = PIPELINE.replace("import { LEAST }", "import { LEAST, some }").replace(
    "clean: $.raw",
    "clean: some($.raw as never).reduce((rows: any, one: any) => rows.where(one), $.raw)",
  );
  // Nulls are left out by it: EXPR006.
  const ask = (value: string) => `(r: any) => r.note.ne("${value}")`;
  put(folder, { "rules.ts": asks([ask("x")]), "pipeline.ts": askedOf });
  const { until } = dev(folder);
  const turn = async () => {
    const text = await until((said) => /(?:done|up to date).* m?s\n/.test(said));
    return {
      shown: text.match(/^warning EXPR006/gm)?.length ?? 0,
      before: / {2}\d+ warnings? as before/.exec(text)?.[0],
    };
  };
  expect(await turn()).toEqual({ shown: 1, before: undefined });
  put(folder, { "rules.ts": `// A line above.\n${asks([ask("x")])}` });
  expect(await turn()).toEqual({ shown: 0, before: "  1 warning as before" });
  put(folder, { "rules.ts": asks([ask("x"), ask("y")]) });
  expect(await turn()).toEqual({ shown: 1, before: "  1 warning as before" });
  put(folder, { "rules.ts": asks([]) });
  expect(await turn()).toEqual({ shown: 0, before: undefined });
  put(folder, { "rules.ts": asks([ask("x")]) });
  expect(await turn()).toEqual({ shown: 1, before: undefined });
}, 120_000);

test("wrong use ends it at once", async () => {
  const { ended, out } = dev(emptyFolder());
  expect(await ended).toBe(2);
  expect(out.stderr).toContain("CFG001");
});
