/**
 * Edits of a pipeline with rules, keys, lookups and flows, between deliveries and with updates that end early, also by
 * SIGKILL: after each update every table and quarantine is what an evaluator in plain TypeScript makes of all rows that
 * were delivered, and the event log has an end of every update.
 */
import { execFile } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { type AnyPipeline, analyze } from "medallion";
import { run, type Update } from "medallion/run";
import { expect, test } from "vitest";
import { folder, write } from "../support.ts";
import { type Edited, edit, edited, pipelineOf, tables, timeless } from "./drawn.ts";
import { deliver, delivery, holdRows, together } from "./held.ts";
import { type Delivery, Model, type Table } from "./model.ts";

const SEED = Number(process.env["MEDALLION_SEED"] ?? 8);
const CASES = Number(process.env["MEDALLION_CASES"] ?? 4);

/** In which statement an update before is killed, and how many milliseconds after it has begun. */
const killed = fc.record({ statement: fc.integer({ min: 1, max: 100 }), after: fc.integer({ min: -1, max: 4 }) });

const story = fc.record({
  genes: tables,
  chapters: fc.array(
    fc.record({
      edits: fc.array(edit, { maxLength: 3 }),
      delivery: fc.option(delivery),
      /** At which event an update before is stopped. */
      stopped: fc.option(fc.nat(20)),
      killed: fc.option(killed, { freq: 2 }),
      /** Which table an update before is for. */
      only: fc.option(fc.nat(20), { freq: 3 }),
    }),
    { minLength: 2, maxLength: 5 },
  ),
});

test("edits between updates, some of which end early", { timeout: 120_000 + CASES * 20_000 }, async () => {
  const base = await folder();
  let n = 0;
  const ends = { SIGKILL: 0, whole: 0 };
  await fc.assert(
    fc.asyncProperty(story, async ({ genes, chapters }) => {
      const place = path.join(base, String(n++));
      const options = { baseDir: place, warehouse: path.join(place, "w.duckdb") };
      let now: Edited = { genes, count: 2 };
      const delivered: Delivery[] = [];
      for (const [i, chapter] of chapters.entries()) {
        const next = chapter.edits.reduce(edited, now);
        // An edit that is refused is not made.
        if (isRight(pipelineOf(timeless(next)))) now = next;
        const all = timeless(now);
        const p = pipelineOf(all);
        fc.pre(isRight(p));
        if (chapter.delivery) {
          await deliver(place, chapter.delivery, String(i));
          delivered.push(chapter.delivery);
        }
        if (chapter.killed) ends[await kill(place, all, chapter.killed)]++;
        if (chapter.stopped !== null) await stop(p, options, chapter.stopped);
        if (chapter.only !== null) {
          const { name } = all[chapter.only % all.length] as Table;
          await (await run(p, { ...options, only: [name] })).close();
        }
        await using update = await run(p, options);
        const right = new Model(all);
        right.update(together(delivered), false);
        for (const table of all) {
          const result = update.tables.find((one) => one.name === table.name);
          expect(result?.status, `${table.name}: ${result?.reason}`).toMatch(/completed|skipped/);
          const state = right.state(table.name);
          if (state) await holdRows(update, table, state);
        }
        expect(await endless(update)).toEqual([]);
      }
      await rm(place, { recursive: true });
    }),
    { numRuns: CASES, seed: SEED },
  );
  // Of fewer cases there may be none.
  if (CASES >= 4) expect(ends.SIGKILL).toBeGreaterThan(0);
});

const isRight = (p: AnyPipeline) => analyze(p).every((found) => found.severity !== "error");

async function stop(p: AnyPipeline, options: Parameters<typeof run>[1], at: number): Promise<void> {
  const stopping = new AbortController();
  let events = 0;
  const onEvent = () => {
    if (events++ === at) stopping.abort();
  };
  await (await run(p, { ...options, signal: stopping.signal, onEvent })).close();
}

/** An update in a process of its own, which does not live to its end unless it has fewer statements. */
async function kill(
  place: string,
  all: readonly Table[],
  { statement, after }: { readonly statement: number; readonly after: number },
): Promise<"SIGKILL" | "whole"> {
  await write(place, "tables.json", JSON.stringify(all));
  const script = path.resolve("test/fixtures/run/killed.ts");
  const args = [script, place, path.join(place, "tables.json"), String(statement), String(after)];
  const ended = await new Promise<"SIGKILL" | "whole">((resolve, reject) => {
    execFile(process.execPath, ["--conditions=medallion-source", ...args], (error, stdout, stderr) => {
      if (!error) return resolve("whole");
      if (error.signal === "SIGKILL") return resolve("SIGKILL");
      reject(new Error(`${stdout}${stderr}`, { cause: error }));
    });
  });
  // What it leaves is a warehouse with its log, or none.
  const left = (await readdir(place)).filter((name) => name.startsWith("w.duckdb") && !name.includes(".new-"));
  expect(["w.duckdb", "w.duckdb.wal"]).toEqual(expect.arrayContaining(left));
  return ended;
}

/** Updates that have not just one beginning and one end in the event log. */
const endless = (update: Update) =>
  update.query(`SELECT update_id FROM _medallion.event_log GROUP BY 1 HAVING
    count(*) FILTER (event_type = 'create_update') <> 1 OR count(*) FILTER (event_type = 'update_progress') <> 1`);
