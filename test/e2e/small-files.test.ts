/** Thousands of small files: each row knows its file, rows are in the order of their files, and a bad line costs itself alone. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { type AnyPipeline, pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { cpuTime } from "../cpu.ts";
import { folder, rows, table } from "./support.ts";

/** More than one statement reads. */
const FILES = 2100;
const columns = { id: t.bigint(), v: t.decimal(10, 2) };
const nameOf = (i: number) => String(i).padStart(5, "0");

const formats = {
  json: {
    p: pipeline("p").bronze({ raw: source.json("d/*", columns) }),
    header: "",
    line: (id: number) => `{"id":${id},"v":1.5}`,
  },
  csv: {
    p: pipeline("p").bronze({ raw: source.csv("d/*", columns) }),
    header: "id,v\n",
    line: (id: number) => `${id},1.50`,
  },
};

test.each(["json", "csv"] as const)("%s", { timeout: 120_000 }, async (format) => {
  const { p, header, line }: { p: AnyPipeline; header: string; line: (id: number) => string } = formats[format];
  const base = await folder();
  const deliver = (i: number, lines: readonly string[]) =>
    writeFile(path.join(base, "d", nameOf(i)), `${header}${lines.join("\n")}\n`);
  await mkdir(path.join(base, "d"));
  for (let i = 0; i < FILES; i++) await deliver(i, [line(2 * i), line(2 * i + 1)]);
  const options = { baseDir: base, warehouse: path.join(base, "w.duckdb") };
  const astray = `SELECT count(*) AS n FROM bronze.raw WHERE _source_file <> 'd/' || lpad((id // 2)::VARCHAR, 5, '0')`;
  {
    await using update = await run(p, options);
    expect(table(update, "raw")).toMatchObject({ rowsRead: 2 * FILES, rowsWritten: 2 * FILES });
    expect(await rows(update, astray)).toEqual([{ n: 0 }]);
    expect(await rows(update, "SELECT count(*) AS n FROM bronze.raw WHERE id <> rowid")).toEqual([{ n: 0 }]);
  }
  for (let i = FILES; i < FILES + 300; i++) await deliver(i, [line(2 * i), i % 100 === 7 ? "odd" : line(2 * i + 1)]);
  await using update = await run(p, options);
  expect(table(update, "raw")).toMatchObject({ rowsRead: 600, rowsWritten: 597, rowsQuarantined: 3 });
  expect(await rows(update, astray)).toEqual([{ n: 0 }]);
  const bad = await rows(update, "SELECT _source_file AS file FROM bronze.raw_quarantine ORDER BY ALL");
  expect(bad.map(({ file }) => file)).toEqual([2107, 2207, 2307].map((i) => `d/${nameOf(i)}`));
});

test("names with the characters of a pattern cost no more than others, and are read by their letters", {
  timeout: 120_000,
}, async () => {
  const base = await folder();
  const own = pipeline("own").bronze({
    csv: source.csv("own/*.csv*", columns, { metadata: true }),
    json: source.json("own/*.json", columns),
  });
  const plain = pipeline("plain").bronze({
    csv: source.csv("plain/*.csv*", columns, { metadata: true }),
    json: source.json("plain/*.json", columns),
  });
  const named = { own: (i: number) => `[a]${i}*?`, plain: (i: number) => `_=a${i}` };
  const gz = gzipSync("id,v\n-1,1\n");
  for (const [at, name] of Object.entries(named)) {
    await mkdir(path.join(base, at));
    for (let i = 0; i < 1000; i++) {
      await writeFile(path.join(base, at, `${name(i)}.csv`), `id,v\n${i},1.50\n${i % 100 === 0 ? "broken\n" : ""}`);
      await writeFile(path.join(base, at, `${name(i)}.json`), `{"id":${i},"v":1}\n`);
    }
    await writeFile(path.join(base, at, `${name(0)}.csv.gz`), gz);
    await writeFile(path.join(base, at, `${name(1)}.csv.gz`), gz.subarray(0, 20));
  }
  const took = async (p: AnyPipeline) => {
    const before = cpuTime();
    const update = await run(p, { baseDir: base, warehouse: path.join(base, `${p.name}.duckdb`) });
    return { update, cpu: cpuTime() - before };
  };
  const usual = await took(plain);
  await usual.update.close();
  const { update, cpu } = await took(own);
  await using _ = update;
  expect(table(update, "csv")).toMatchObject({ rowsRead: 1012, rowsWritten: 1001, rowsQuarantined: 11 });
  expect(table(update, "json")).toMatchObject({ rowsRead: 1000, rowsWritten: 1000 });
  const astray =
    "SELECT count(*) AS n FROM bronze.csv WHERE _source_file <> 'own/[a]' || greatest(id, 0) || '*?.csv' || if(id < 0, '.gz', '')";
  expect(await rows(update, astray)).toEqual([{ n: 0 }]);
  const whole = "SELECT DISTINCT _source_file AS file FROM bronze.csv_quarantine WHERE _source_file LIKE '%.gz'";
  expect(await rows(update, whole)).toEqual([{ file: "own/[a]1*?.csv.gz" }]);
  // It was 6 times as much, and grew with the square of the files.
  expect(cpu / usual.cpu).toBeLessThan(3);
});
