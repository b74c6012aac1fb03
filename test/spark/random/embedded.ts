/** A program through the embedded engine itself: files on disk, `run()`, and the warehouse that it leaves. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "medallion/run";
import { duckdbIdentifier, duckdbText } from "../../../src/targets/duckdb/dialect.ts";
import type { Engine, Result } from "../engines.ts";
import { jsonLines, type Program } from "./program.ts";

/** The rows of every table but the sources, as `run()` stored them. */
export async function runEmbedded(duck: Engine, program: Program): Promise<ReadonlyMap<string, Result>> {
  const baseDir = await mkdtemp(path.join(tmpdir(), "medallion-random-"));
  try {
    for (const source of program.sources) {
      await mkdir(path.join(baseDir, source.table));
      await writeFile(path.join(baseDir, source.table, "1.json"), jsonLines(source));
    }
    const warehouse = path.join(baseDir, "w.duckdb");
    const update = await run(program.pipeline, { baseDir, warehouse });
    await update.close();
    const failed = update.tables.find((table) => table.status === "failed");
    if (failed) throw new Error(`${failed.name}: ${failed.reason}`);
    await duck.sql(`ATTACH ${duckdbText(warehouse)} AS stored (READ_ONLY)`);
    const found = new Map<string, Result>();
    for (const { name, layer, columns } of program.pipeline.toNode().tables) {
      const list = columns.map((c) => duckdbIdentifier(c.name)).join(", ");
      found.set(name, await duck.sql(`SELECT ${list} FROM stored.${layer}.${duckdbIdentifier(name)}`));
    }
    await duck.sql("DETACH stored");
    return found;
  } finally {
    await rm(baseDir, { recursive: true, force: true });
  }
}
