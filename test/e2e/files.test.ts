/** Files that change, are damaged, cannot be opened or are not there: each is counted, or reported with a code. */
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { appendFile, chmod, mkdir, rm, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { type AnyPipeline, analyze, compile, type OnChange, pipeline, source, t } from "medallion";
import { type RunEvent, run } from "medallion/run";
import { describe, expect, test } from "vitest";
import { rawBytesOf } from "../../src/engines/duckdb/ingest/bytes.ts";
import { Warehouse } from "../../src/engines/duckdb/warehouse/warehouse.ts";
import { asAnybody, folder, rows, table, write } from "./support.ts";

const columns = { id: t.bigint(), v: t.string() };

/** Runs one update and gives what it did, with the warnings as code and message. */
async function once(p: AnyPipeline, base: string, look = "SELECT 1 AS one") {
  const warnings: string[] = [];
  const onEvent = ({ level, message, details }: RunEvent) => {
    if (level === "WARN") warnings.push(`${"code" in details ? details.code : undefined} ${message}`);
  };
  await using update = await run(p, { baseDir: base, warehouse: path.join(base, "w.duckdb"), onEvent });
  return { update, warnings, rows: await rows(update, look) };
}

/** A frame of zstd without content that says how large it is. */
function emptyFrame(size: number): Buffer {
  const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0, 1, 0, 0]);
  frame.writeUInt32LE(size, 5);
  return frame;
}

describe("damaged archives", () => {
  const lines = Array.from({ length: 5_000 }, (_, i) => i);
  const name = (i: number) => `n${(i * 7919) % 10_007}`;
  const csv = lines.map((i) => `${i},${name(i)}\n`).join("");
  const json = lines.map((i) => `{"id":${i},"v":"${name(i)}"}`);
  const flipped = (bytes: Buffer, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 4 : byte));
  const packed = { gz: gzipSync, zst: (text: string) => zstdCompressSync(Buffer.from(text)) };
  const formats = [
    { kind: "CSV", text: `id,v\n${csv}`, make: () => source.csv("d/*", columns) },
    { kind: "CSV without header", text: csv, make: () => source.csv("d/*", columns, { header: false }) },
    { kind: "JSON lines", text: json.join("\n"), make: () => source.json("d/*", columns) },
    { kind: "JSON array", text: `[${json.join(",")}]`, make: () => source.json("d/*", columns, { layout: "array" }) },
  ];
  const cases = formats.flatMap((format) => (["gz", "zst"] as const).map((ext) => ({ ...format, ext })));

  test.each(cases)("half of a $ext of $kind is quarantined, the whole one gives each row once", async (of) => {
    const base = await folder();
    const whole = Buffer.from(packed[of.ext](of.text));
    await write(base, `d/f.${of.ext}`, whole.subarray(0, whole.length >> 1));
    const p = pipeline("p").bronze({ raw: of.make() });
    const half = await once(p, base, "SELECT _reason FROM bronze.raw_quarantine");
    expect(table(half.update, "raw")).toMatchObject({ rowsRead: 1, rowsWritten: 0, rowsQuarantined: 1 });
    expect(half.rows).toEqual([{ _reason: "the file cannot be read: the archive is damaged: unexpected end of file" }]);
    expect(half.warnings).toEqual([expect.stringMatching(/^SRC005 d\/f\.\w+ cannot be read: the archive is damaged/)]);
    expect(table((await once(p, base)).update, "raw").skipped).toBe(true);

    await write(base, `d/f.${of.ext}`, whole);
    const all = await once(p, base, "SELECT count(*) AS n, count(DISTINCT id) AS ids FROM bronze.raw");
    expect(table(all.update, "raw")).toMatchObject({ rowsRead: 5000, rowsWritten: 5000, rowsQuarantined: 0 });
    expect(all.rows).toEqual([{ n: 5000, ids: 5000 }]);
    expect(all.warnings).toEqual([]);
  });

  test("a wrong checksum, a lost tail, a file that is no archive; members and frames in a row are one file", async () => {
    const base = await folder();
    const gz = gzipSync(csv);
    const zst = zstdCompressSync(csv);
    await write(base, "d/crc.csv.gz", flipped(gz, gz.length - 6));
    await write(base, "d/tail.csv.gz", gz.subarray(0, gz.length - 4));
    await write(base, "d/tail.csv.zst", zst.subarray(0, zst.length - 1));
    await write(base, "d/text.csv.gz", "1,a\n");
    await write(base, "d/behind.csv.zst", Buffer.concat([zst, Buffer.from("behind")]));
    await write(base, "d/two.csv.gz", Buffer.concat([gzipSync("10001,a\n"), gzipSync("10002,b\n")]));
    await write(base, "d/two.csv.zst", Buffer.concat([zstdCompressSync("10003,c\n"), zstdCompressSync('10004,"x\n')]));
    await write(base, "d/claims.csv.zst", Buffer.concat([zst, emptyFrame(1000)]));
    await write(base, "d/empty.csv.zst", Buffer.concat([emptyFrame(0), zstdCompressSync("10005,e\n"), emptyFrame(0)]));
    const p = pipeline("p").bronze({ raw: source.csv("d/*", columns, { header: false }) });
    const { update, rows: found } = await once(p, base, "SELECT id FROM bronze.raw ORDER BY id");
    expect(found).toEqual([10_001, 10_002, 10_003, 10_005].map((id) => ({ id })));
    expect(table(update, "raw")).toMatchObject({ rowsRead: 11, rowsQuarantined: 7 });
  });

  test("a frame of zstd has the size that it says", async () => {
    const base = await folder();
    for (const size of [0, 1, 255, 256, 257, 65_535, 65_791, 65_792, 300_000]) {
      await write(base, "f.zst", zstdCompressSync("x".repeat(size)));
      let found = 0;
      for await (const piece of rawBytesOf(path.join(base, "f.zst"))) found += piece.length;
      expect(found).toBe(size);
    }
  });
});

test("files of a new warehouse that change, come and go between the look at them and their reading are read as they are", async () => {
  const base = await folder();
  const file = (name: string) => path.join(base, "d", name);
  for (const name of ["a.csv", "b.csv", "c.csv"]) await write(base, `d/${name}`, "id,v\n1,old\n2,old\n");
  const p = pipeline("p").bronze({ raw: source.csv("d/*.csv", columns) });
  const warnings: string[] = [];
  const change = ({ eventType, level, message }: RunEvent) => {
    if (level === "WARN") warnings.push(message);
    if (eventType !== "create_update") return;
    // The warehouse is open: its files were looked at meanwhile.
    writeFileSync(file("a.csv"), "id,v\n1,new\n");
    rmSync(file("b.csv"));
    writeFileSync(file("d.csv"), "id,v\n4,new\n");
  };
  await using update = await run(p, { baseDir: base, warehouse: path.join(base, "w.duckdb"), onEvent: change });
  const found = await rows(update, "SELECT _source_file, id, v FROM bronze.raw ORDER BY ALL");
  expect(found.map((row) => Object.values(row).join(" "))).toEqual([
    "d/a.csv 1 new",
    "d/c.csv 1 old",
    "d/c.csv 2 old",
    "d/d.csv 4 new",
  ]);
  expect(warnings).toEqual([]);
});

describe("a file that changes after it was read", () => {
  const LOOK = "SELECT id, v FROM bronze.raw ORDER BY id, v";
  const make = (onChange?: OnChange) =>
    pipeline("p").bronze({ raw: source.csv("d/*.csv", columns, onChange === undefined ? {} : { onChange }) });

  const touch = (file: string, at: number) => utimes(file, new Date(at), new Date(at));

  test.each(["ignore", "reread", "replace", "fail"] as const)(
    "under onChange: %s it has not changed where its time alone is another; other bytes of the same size are a change",
    async (onChange) => {
      const base = await folder();
      const file = path.join(base, "d/a.csv");
      await write(base, "d/a.csv", "id,v\n1,a\n2,b\n");
      await once(make(onChange), base);
      for (const at of [0, 1_000, 0]) {
        await touch(file, at);
        const touched = await once(make(onChange), base, LOOK);
        expect(table(touched.update, "raw")).toMatchObject({ skipped: true, status: "skipped" });
        expect(touched.rows).toHaveLength(2);
        expect(touched.warnings).toEqual([]);
      }
      await write(base, "d/a.csv", "id,v\n1,a\n2,c\n");
      await touch(file, 2_000);
      const changed = await once(make(onChange), base, LOOK);
      expect(changed.rows.map((row) => row["v"])).toEqual(
        { ignore: ["a", "b"], reread: ["a", "a", "b", "c"], replace: ["a", "c"], fail: ["a", "b"] }[onChange],
      );
      expect(table(changed.update, "raw").status).toBe(
        { ignore: "skipped", fail: "failed" }[onChange as string] ?? "completed",
      );
    },
  );

  test("a copy of the folder, with the times of now, can be read again by a rebuild", async () => {
    const base = await folder();
    await write(base, "d/a.csv", "id,v\n1,a\n2,b\n");
    await once(make(), base);
    await touch(path.join(base, "d/a.csv"), 0);
    const other = pipeline("p").bronze({ raw: source.csv("d/*.csv", { ...columns, v: t.string().nullable() }) });
    const rebuilt = await once(other, base, LOOK);
    expect(table(rebuilt.update, "raw")).toMatchObject({ status: "completed", rowsWritten: 2 });
  });

  test("a warehouse of a version that kept no digests goes on, and tells a touched file by its time", async () => {
    const base = await folder();
    await write(base, "d/a.csv", "id,v\n1,a\n");
    await once(make(), base);
    const older = await Warehouse.open(path.join(base, "w.duckdb"));
    await older.main.exec(
      "ALTER TABLE _medallion.files DROP COLUMN digest; ALTER TABLE _medallion.files DROP COLUMN seen_at; UPDATE _medallion.meta SET version = 4",
    );
    await older.close();
    await write(base, "d/b.csv", "id,v\n2,b\n");
    expect((await once(make(), base, LOOK)).rows).toHaveLength(2);
    await touch(path.join(base, "d/a.csv"), 0);
    await touch(path.join(base, "d/b.csv"), 0);
    expect((await once(make(), base)).warnings).toEqual([expect.stringContaining("SRC003 d/a.csv changed")]);
  });

  test("by default it is read once: appended to, it is reported and ignored", async () => {
    const base = await folder();
    await write(base, "d/a.csv", "id,v\n1,a\n2,b\n");
    expect((await once(make(), base)).warnings).toEqual([]);
    await appendFile(path.join(base, "d/a.csv"), "3,c\n");
    await write(base, "d/b.csv", "id,v\n4,d\n");
    const appended = await once(make("ignore"), base, LOOK);
    expect(appended.rows.map((row) => row["id"])).toEqual([1, 2, 4]);
    expect(appended.warnings).toHaveLength(1);
  });

  test("reread appends its rows again; what can be read no more is not forgotten by a new definition", async () => {
    const base = await folder();
    await write(base, "d/a.csv", "id,v\n1,a\n");
    await once(make("reread"), base);
    await write(base, "d/a.csv", "id,v\n1,changed\n2,b\n");
    const again = await once(make("reread"), base, LOOK);
    expect(again.rows).toEqual([
      { id: 1, v: "a" },
      { id: 1, v: "changed" },
      { id: 2, v: "b" },
    ]);
    expect(again.warnings[0]).toContain("onChange: reread");
    expect(table((await once(make("reread"), base)).update, "raw").skipped).toBe(true);
    const other = pipeline("p").bronze({
      raw: source.csv("d/*.csv", { ...columns, v: t.int().nullable() }, { onChange: "reread" }),
    });
    const refused = await once(other, base);
    expect(table(refused.update, "raw").reason ?? "").toContain("STATE001");
  });

  test("replace takes the rows of the earlier reading away, and readers are recomputed", async () => {
    const base = await folder();
    const p = pipeline("p")
      .bronze({ raw: source.csv("d/*.csv", columns, { onChange: "replace" }) })
      .silver(($) => ({ copy: $.raw.where((r) => r.id.gt(0)) }));
    await write(base, "d/a.csv", "id,v\n1,a\n2,b,c\n");
    await write(base, "d/b.csv", "id,v\n9,z\n");
    const first = await once(p, base);
    expect(table(first.update, "raw")).toMatchObject({ kind: "materialized", rowsWritten: 2, rowsQuarantined: 1 });
    await write(base, "d/a.csv", "id,v\n1,changed\n3,c\n");
    const second = await once(p, base, "SELECT id, v FROM silver.copy ORDER BY id");
    expect(second.rows).toEqual([
      { id: 1, v: "changed" },
      { id: 3, v: "c" },
      { id: 9, v: "z" },
    ]);
    expect(table(second.update, "raw")).toMatchObject({ rowsRead: 2, rowsWritten: 2, rowsQuarantined: 0 });
    await write(base, "d/a.csv", "id,v\n");
    const emptied = await once(p, base, "SELECT id FROM silver.copy UNION ALL SELECT -id FROM bronze.raw_quarantine");
    expect(emptied.rows).toEqual([{ id: 9 }]);
  });

  test("replace keeps the rows that are there while the new version is damaged", async () => {
    const base = await folder();
    const p = pipeline("p").bronze({ raw: source.csv("d/*.gz", columns, { onChange: "replace" }) });
    const whole = gzipSync("id,v\n1,changed\n2,b\n");
    await write(base, "d/a.gz", gzipSync("id,v\n1,a\n"));
    await once(p, base);
    await write(base, "d/a.gz", whole.subarray(0, 20));
    expect((await once(p, base, LOOK)).rows).toEqual([{ id: 1, v: "a" }]);
    await write(base, "d/a.gz", whole);
    expect((await once(p, base, LOOK)).rows).toEqual([
      { id: 1, v: "changed" },
      { id: 2, v: "b" },
    ]);
  });

  test("fail fails the table, and the last good state stays", async () => {
    const base = await folder();
    await write(base, "d/a.csv", "id,v\n1,a\n");
    await once(make("fail"), base);
    await write(base, "d/a.csv", "id,v\n1,changed\n");
    const failed = await once(make("fail"), base, LOOK);
    expect(table(failed.update, "raw").reason).toMatch(/^SRC003 .*d\/a\.csv changed after it was read/);
    expect(failed.rows).toEqual([{ id: 1, v: "a" }]);
  });

  test("the choice may change without reading anything again", async () => {
    const base = await folder();
    await write(base, "d/a.csv", "id,v\n1,a\n");
    await once(make(), base);
    expect(table((await once(make("fail"), base)).update, "raw").skipped).toBe(true);
  });

  test("a file that is overwritten every day keeps what was read of it when a setting of its table changes", async () => {
    const base = await folder();
    const day = (n: number) => `id,day\n${[1, 2, 3].map((i) => `${n * 10 + i},2024-01-0${n}\n`).join("")}`;
    const raw = source.csv("d/latest.csv", { id: t.bigint(), day: t.date() });
    const rowsOf = "SELECT id FROM bronze.raw ORDER BY id";
    const first = [{ id: 11 }, { id: 12 }, { id: 13 }];
    await write(base, "d/latest.csv", day(1));
    expect((await once(pipeline("daily").bronze({ raw }), base, rowsOf)).rows).toEqual(first);
    await write(base, "d/latest.csv", day(2).replace("21", "2100"));
    const described = await once(pipeline("daily").bronze({ raw: raw.comment("orders of the day") }), base, rowsOf);
    expect(described.rows).toEqual(first);
    expect(described.warnings).toEqual([expect.stringMatching(/^SRC003 d\/latest\.csv changed .*onChange: ignore/)]);
    await write(base, "d/latest.csv", day(3).replace("31", "310000"));
    const tagged = await once(pipeline("daily").bronze({ raw: raw.tags({ team: "x" }) }), base, rowsOf);
    expect(tagged.rows).toEqual(first);
    // A changed definition would read the file again: the rows of the first day could not be made again.
    const other = pipeline("daily").bronze({ raw: source.csv("d/latest.csv", { id: t.int(), day: t.date() }) });
    const refused = await once(other, base, rowsOf);
    expect(table(refused.update, "raw").reason).toContain("STATE001");
    expect(refused.rows).toEqual(first);
  });

  test("what a target cannot do is refused: nothing streams from replaced rows, Auto Loader only rereads, and what is replaced is a view there", () => {
    const replacing = source.csv("d/*.csv", columns, { onChange: "replace" });
    // @ts-expect-error a table that is updated in place is no stream
    const streaming = replacing.streaming();
    expect(analyze(pipeline("p").bronze({ raw: streaming })).map((d) => d.code)).toContain("STREAM001");
    const text = compile(make("reread"), { target: "databricks" }).files.map((f) => f.contents);
    expect(text.join()).toContain("allowOverwrites => true");
    for (const target of ["databricks", "spark"] as const) {
      expect(() => compile(make("fail"), { target })).toThrow(/onChange/);
      // What no stream can do, a view that reads all files in every update does.
      const { files, diagnostics } = compile(make("replace"), { target, baseDir: "/Volumes/x" });
      expect(files.map((f) => f.contents).join()).toMatch(/MATERIALIZED VIEW bronze\.raw/);
      expect(files.map((f) => f.contents).join()).not.toMatch(/STREAM|readStream|allowOverwrites/);
      expect(diagnostics).toContainEqual(
        expect.objectContaining({
          code: "TARGET003",
          message: expect.stringContaining("reads all files in every update"),
        }),
      );
    }
    expect(() => source.csv("d", columns, { onChange: "never" as OnChange })).toThrow(/onChange of CSV is "never"/);
  });
});

test("a name is a name, whatever it has of patterns, quotes, parameters and addresses", async () => {
  const names = [
    "a b",
    "a'b",
    'a"b',
    "a[1]",
    "a*b",
    "a?b",
    "{x}",
    "$x",
    "$" + "{y}",
    "a%20b",
    "a+b",
    "a#b",
    "a:b",
    "a\\b",
    "=x",
    "~t",
    "é",
    "UP",
  ];
  const base = await folder();
  for (const [i, name] of names.entries()) await write(base, `d/${name}.csv`, `id\n${i}\n`);
  await write(base, "d/new\nline.csv", `id\n${names.length}\n`);
  const p = pipeline("p").bronze({ raw: source.csv("d/*.csv", { id: t.bigint() }) });
  const options = { baseDir: base, warehouse: path.join(base, "w.duckdb") };
  const read = async () => {
    await using update = await run(p, options);
    return rows(update, "SELECT _source_file AS file FROM bronze.raw ORDER BY id");
  };
  const all = [...names, "new\nline"].map((name) => ({ file: `d/${name}.csv` }));
  expect(await read()).toEqual(all);
  expect(await read()).toEqual(all);
});

describe("files that are not read are reported", () => {
  test("the choices of a path are no more than can be looked for", async () => {
    const p = pipeline("p").bronze({ raw: source.csv(`${"{a,b}".repeat(40)}.csv`, columns) });
    await using update = await run(p, { baseDir: await folder() });
    expect(table(update, "raw").reason).toMatch(/SRC001.*more than 10000 paths/);
  });

  test("a source that matches no file, until it has read one", async () => {
    const base = await folder();
    const p = pipeline("p").bronze({ raw: source.csv("p/ordres.csv", columns) });
    const missing = `SRC004 no file matches "p/ordres.csv" in ${base}`;
    expect((await once(p, base)).warnings).toEqual([missing]);
    expect((await once(p, base)).warnings).toEqual([missing]);
    await write(base, "p/ordres.csv", "id,v\n1,a\n");
    expect((await once(p, base)).warnings).toEqual([]);
    await rm(path.join(base, "p"), { recursive: true });
    expect((await once(p, base)).warnings).toEqual([
      `${missing} any more: the file that was read is gone; what was read stays`,
    ]);
  });

  test.each([
    ["data/ordres.csv", 'did you mean "orders.csv", which is in "data"?'],
    ["dta/*.csv", 'did you mean "data", which is in the base directory?'],
    ["data/*.csv.gz", '"data" has "UP.CSV", "orders.csv", "sub"'],
    ["data\\*.csv", "the folders of a path are separated by / on every system"],
    ["data/sub/*.csv", '"data/sub" is empty'],
  ])("what is there where %s matches no file", async (pattern, help) => {
    const base = await folder();
    await write(base, "data/orders.csv", "id,v\n");
    await write(base, "data/UP.CSV", "id,v\n");
    await mkdir(path.join(base, "data/sub"));
    await using update = await run(pipeline("p").bronze({ raw: source.csv(pattern, columns) }), { baseDir: base });
    expect(update.warnings).toMatchObject([{ code: "SRC004", help }]);
  });

  test("a file without permission is not read, and is read once it can be", async () => {
    const base = await folder();
    await write(base, "d/a.csv", "id,v\n1,a\n");
    await write(base, "d/b.csv", "id,v\n2,b\n");
    await chmod(path.join(base, "d/b.csv"), 0);
    const p = pipeline("p").bronze({ raw: source.csv("d/*.csv", columns) });
    const first = await asAnybody(base, () => once(p, base, "SELECT id FROM bronze.raw"));
    expect(first.rows).toEqual([{ id: 1 }]);
    expect(first.warnings).toEqual(["SRC006 d/b.csv is not read: permission denied; it is read when it can be"]);
    await chmod(path.join(base, "d/b.csv"), 0o644);
    expect((await once(p, base, "SELECT id FROM bronze.raw ORDER BY id")).rows).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test("a name that is not UTF-8", async () => {
    const base = await folder();
    await mkdir(path.join(base, "d"));
    const odd = Buffer.concat([Buffer.from(path.join(base, "d/caf")), Buffer.from([0xe9]), Buffer.from(".csv")]);
    await writeFile(odd, "id,v\n1,a\n");
    await write(base, "d/b.csv", "id,v\n2,b\n");
    for (const pattern of ["d/*.csv", "d"]) {
      const p = pipeline("p").bronze({ raw: source.csv(pattern, columns) });
      const { warnings } = await once(p, base);
      expect(warnings).toEqual(["SRC007 d/caf\uFFFD.csv is not read: its name is not valid UTF-8; rename it"]);
    }
  });

  test("a pipe in the folder, which would never end", async () => {
    const base = await folder();
    await write(base, "d/b.csv", "id,v\n2,b\n");
    execFileSync("mkfifo", [path.join(base, "d/a.csv")]);
    for (const pattern of ["d/*.csv", "d", "d/a.csv"]) {
      const p = pipeline("p").bronze({ raw: source.csv(pattern, columns) });
      const { update, warnings } = await once(p, base);
      expect(warnings).toContain(
        "SRC006 d/a.csv is not read: it is a pipe, a socket or a device, and no file; move it elsewhere",
      );
      expect(table(update, "raw").status).toMatch(/completed|skipped/);
    }
  });

  test("the values of partition folders", async () => {
    const base = await folder();
    await write(base, "part/dt=2024-01-01/a.csv", "id\n1\n");
    await write(base, "part/dt=__HIVE_DEFAULT_PARTITION__/a.csv", "id\n2\n");
    const p = pipeline("p").bronze({ raw: source.csv("part/**/*.csv", { id: t.bigint(), dt: t.date().nullable() }) });
    expect((await once(p, base)).warnings).toEqual([
      expect.stringMatching(/^SRC008 dt: values in the names of folders/),
    ]);
    expect((await once(p, base)).warnings).toEqual([]);
    // A required column that the files lack as well; files that have the column are only grouped by it.
    const required = pipeline("p").bronze({ raw: source.csv("part/**/*.csv", { id: t.bigint(), dt: t.date() }) });
    const [lacking, whole] = [await folder(), await folder()];
    await write(lacking, "part/dt=2024-01-01/a.csv", "id\n1\n");
    expect((await once(required, lacking)).warnings).toContainEqual(expect.stringMatching(/^SRC008 dt/));
    await write(whole, "part/dt=2024-01-01/a.csv", "id,DT\n1,2023-12-31\n");
    await write(whole, "part/dt=2024-01-02/a.csv", "id,dt\nx,2023-12-31\n2,2024-01-02\n");
    await write(whole, "part/dt=2024-01-03/a.csv", "id,dt\n");
    expect((await once(required, whole)).warnings).toEqual([]);
    await write(whole, "part/dt=2024-01-04/a.csv", "id\n3\n");
    expect((await once(required, whole)).warnings).toContainEqual(expect.stringMatching(/^SRC008 dt/));
  });

  test("an unusable folder for temporary files is an error of the machine, and the file is read the next time", async () => {
    const base = await folder();
    await write(base, "d/a.csv", 'id,v\n1,"open\n2,b\n3,c\n');
    const p = pipeline("p").bronze({ raw: source.csv("d/*", columns) });
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = path.join(base, "nowhere");
    try {
      expect(table((await once(p, base)).update, "raw").reason).toMatch(/^RUN002 .*nowhere/);
    } finally {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    }
    const { update } = await once(p, base);
    expect(table(update, "raw")).toMatchObject({ rowsRead: 3, rowsWritten: 2, rowsQuarantined: 1 });
  });
});

const ODD_NAMES = [
  ...[
    "a[1]",
    "b*c",
    "d?e",
    "f#g",
    "h%20i",
    "j k",
    "l'm",
    'n"o',
    "p{q,r}",
    "s\\t",
    "u;v",
    "ü😀",
    "$x",
    "${" + "y}",
    "~z",
  ],
  ...["[", "]", "-", "a:b", "e\ne", "x".repeat(251)],
];

test("a file is read by its own name, whatever patterns, URLs and shells make of it", async () => {
  const base = await folder();
  for (const [i, name] of ODD_NAMES.entries()) await write(base, `in/${name}.csv`, `a\n${i}\n`);
  // What the names would match as patterns.
  for (const name of ["a1", "bxc", "dxe", "pq"]) await write(base, `in/${name}.csv`, "a\n99\n");
  const a = { a: t.int() };
  const p = pipeline("p").bronze({
    all: source.csv("in/*.csv", a),
    one: source.csv("in/a[1].csv", a),
    star: source.csv("in/b*c.csv", a),
    question: source.csv("in/d?e.csv", a),
    braces: source.csv("in/p{q,r}.csv", a),
  });
  await using update = await run(p, { baseDir: base });
  expect(await rows(update, "SELECT a, _source_file AS file FROM bronze.all WHERE a < 99 ORDER BY a")).toEqual(
    ODD_NAMES.map((name, i) => ({ a: i, file: `in/${name}.csv` })),
  );
  for (const [i, name] of [
    [0, "one"],
    [1, "star"],
    [2, "question"],
    [8, "braces"],
  ] as const) {
    expect([name, await rows(update, `SELECT a FROM bronze.${name}`)]).toEqual([name, [{ a: i }]]);
  }
});
