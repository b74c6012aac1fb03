/** Temporary folders: gone after each update, also those of a process that was killed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { folder, write } from "./support.ts";

test("what killed processes left of temporary folders goes; what others of this or another machine use stays", async () => {
  const [temporary, base] = [await folder(), await folder()];
  const gone = spawn(process.execPath, ["-e", ""]);
  await once(gone, "exit");
  const mine = `medallion-${hostname().replaceAll(/[^\w.]/g, "_")}-`;
  const stay = [`${mine}${process.ppid}-x`, `medallion-another.machine-${gone.pid}-x`, "medallion-of-mine"];
  for (const name of [`${mine}${gone.pid}-x`, ...stay]) await write(temporary, `${name}/rows`, "1");
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = temporary;
  try {
    await write(base, "a.csv", 'id,v\n1,"open\n2,b\n');
    const p = pipeline("p").bronze({
      raw: source.csv("a.csv", { id: t.int(), v: t.string() }),
      given: source.json("none.json", { id: t.int() }),
    });
    await using update = await run(p, { baseDir: base, inputs: { given: [{ id: 1 }] } });
    expect(update.tables.map((table) => table.rowsWritten)).toEqual([1, 1]);
    expect((await readdir(temporary)).sort()).toEqual([...stay].sort());
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
});

test("a byte order mark at the start of a value is a part of it, wherever the value stands", async () => {
  const base = await folder();
  const mark = "\uFEFF";
  await write(
    base,
    `in/${mark}a.json`,
    `${JSON.stringify({ s: `${mark}x`, l: [`${mark}y`], m: { [`${mark}k`]: 1 } })}\n`,
  );
  const p = pipeline("p").bronze({
    raw: source.json("in/*.json", { s: t.string(), l: t.array(t.string()), m: t.map(t.string(), t.int()) }),
  });
  const options = { baseDir: base, warehouse: path.join(base, "w.duckdb") };
  const row = { s: `${mark}x`, l: [`${mark}y`], m: new Map([[`${mark}k`, 1]]) };
  for (const status of ["completed", "skipped"]) {
    await using update = await run(p, options);
    expect(update.tables[0]?.status).toBe(status);
    expect(await update.rows(p.tables.raw)).toEqual([row]);
    expect(await update.query("SELECT s, l, m, _source_file AS f FROM bronze.raw")).toEqual([
      { ...row, f: `in/${mark}a.json` },
    ]);
  }
});
