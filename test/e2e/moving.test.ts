/**
 * Files that others write, replace, cut off and remove while updates read them: the rows of a file are always those of
 * one state that it was in, and at the end those of its last.
 */
import { appendFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { folder, rows, table, write } from "./support.ts";

const CASES = Number(process.env["MEDALLION_CASES"] ?? 4);

const ACTIONS = ["replace", "rewrite", "append", "cut", "remove"] as const;
const action = fc.record({
  file: fc.nat(2),
  how: fc.constantFrom(...ACTIONS),
  lines: fc.integer({ min: 0, max: 3000 }),
  /** Milliseconds before it. */
  after: fc.nat(25),
});
const drawn = fc.record({
  onChange: fc.constantFrom("ignore", "reread", "replace"),
  packed: fc.boolean(),
  actions: fc.array(action, { minLength: 8, maxLength: 40 }),
});

/** What others do with the files, and each state that they were in: the ids of its whole lines. */
class Others {
  readonly #base: string;
  readonly #packed: boolean;
  readonly states = new Map<string, Set<string>>();
  readonly #contents = new Map<string, string>();
  #version = 0;

  constructor(base: string, packed: boolean) {
    this.#base = base;
    this.#packed = packed;
  }

  contents(file: string): string | undefined {
    return this.#contents.get(file);
  }

  async act({ file, how, lines }: { file: number; how: (typeof ACTIONS)[number]; lines: number }): Promise<void> {
    // An archive that grows or is cut is a damaged one.
    const name = `in/${file}.csv${this.#packed && file === 0 ? ".gz" : ""}`;
    const at = path.join(this.#base, name);
    const isArchive = name.endsWith(".gz");
    const old = this.#contents.get(name);
    if (how === "remove") {
      this.#contents.delete(name);
      await rm(at, { force: true });
    } else if (how === "cut" && old !== undefined && !isArchive) {
      const kept = old.slice(0, Math.floor(old.length / 2));
      this.#is(name, kept);
      await truncate(at, kept.length);
    } else if (how === "append" && old !== undefined && !isArchive) {
      const more = this.#lines(lines);
      this.#is(name, old + more);
      await appendFile(at, more);
    } else {
      const text = `id\n${this.#lines(lines)}`;
      this.#is(name, text);
      const bytes = isArchive ? gzipSync(text) : text;
      if (how === "rewrite" && !isArchive) {
        // It is empty in between, and then half of it is there.
        await writeFile(at, bytes);
      } else {
        await writeFile(`${at.replace("/in/", "/")}.new`, bytes);
        await rename(`${at.replace("/in/", "/")}.new`, at);
      }
    }
  }

  #is(name: string, text: string): void {
    this.#contents.set(name, text);
    this.states.set(name, (this.states.get(name) ?? new Set()).add(text));
  }

  #lines(count: number): string {
    const version = this.#version++;
    return Array.from({ length: count }, (_, i) => `${version}.${i}\n`).join("");
  }
}

const idsOf = (text: string) =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .slice(1);

test("files that change while updates read them", { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(drawn, async ({ onChange, packed, actions }) => {
      const base = await folder();
      await write(base, "in/.keep", "");
      const others = new Others(base, packed);
      const raw = source.csv("in/*", { id: t.string() }, { onChange });
      const p = pipeline("p")
        .bronze({ raw })
        .silver(($) => ({ clean: $.raw }));
      const at = { baseDir: base, warehouse: path.join(base, "w.duckdb") };
      let busy = true;
      const acting = (async () => {
        for (const { after, ...one } of actions) {
          await wait(after);
          await others.act(one);
        }
        busy = false;
      })();
      const held = async () => {
        await using update = await run(p, at);
        const found = await rows(update, "SELECT _source_file AS f, list(id) AS ids FROM bronze.raw GROUP BY 1");
        const aside = await rows(update, "SELECT _source AS f, _row, _reason FROM bronze.raw_quarantine");
        const { rowsRead, rowsWritten, rowsQuarantined } = table(update, "raw");
        expect(rowsRead).toBe(rowsWritten + rowsQuarantined);
        expect(await rows(update, "SELECT id FROM bronze.raw ORDER BY 1")).toEqual(
          await rows(update, "SELECT id FROM silver.clean ORDER BY 1"),
        );
        return { status: update.status, found: new Map(found.map((row) => [row["f"], row["ids"]])), aside };
      };
      while (busy) {
        const { found } = await held();
        if (onChange === "reread") continue;
        for (const [file, ids] of found) {
          const some = [...(others.states.get(String(file)) ?? [])].map((text) => idsOf(text));
          const own = [...(ids as string[])].sort();
          expect(
            some.some((state) => state.sort().join() === own.join()),
            `${file} under ${onChange}: ${own.length} rows, states of ${some.map((state) => state.length)}`,
          ).toBe(true);
        }
      }
      await acting;
      const { found, status } = await held();
      if (onChange !== "replace") return;
      expect(status).toBe("completed");
      for (const file of others.states.keys()) {
        const last = others.contents(file);
        if (last === undefined) continue;
        expect([...((found.get(file) as string[] | undefined) ?? [])].sort(), file).toEqual(idsOf(last).sort());
      }
    }),
    { numRuns: CASES },
  );
});
