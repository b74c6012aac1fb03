/** Links among the files of a source: followed, in no circle, and no file by two names. */
import { mkdir, rm, symlink } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { pipeline, source, t } from "medallion";
import { run } from "medallion/run";
import { expect, test } from "vitest";
import { listFiles } from "../../src/engines/duckdb/files/files.ts";
import "../seed.ts";
import { folder, write } from "./support.ts";

const names = async (pattern: string, base: string) => {
  const { files, skipped } = await listFiles(pattern, base);
  return { read: files.map((file) => file.path), skipped: skipped.map((one) => `${one.path}: ${one.for}`) };
};

test("a link to a folder is the folder, under every kind of pattern", async () => {
  const [base, elsewhere] = [await folder(), await folder()];
  await write(elsewhere, "2024/a.csv", "1");
  await write(base, "in/own.csv", "1");
  await symlink(path.join(elsewhere, "2024"), path.join(base, "in/2024"));
  for (const pattern of ["in", "in/**", "in/**/*.csv"]) {
    expect(await names(pattern, base)).toEqual({ read: ["in/2024/a.csv", "in/own.csv"], skipped: [] });
  }
  expect((await names("in/*/*.csv", base)).read).toEqual(["in/2024/a.csv"]);
});

test("links that lead back end; a file by two names is read by its own", async () => {
  const base = await folder();
  await write(base, "in/a/1.csv", "1");
  await write(base, "in/b/2.csv", "2");
  await symlink("..", path.join(base, "in/a/up"));
  await symlink("../b", path.join(base, "in/a/b"));
  await symlink("../a", path.join(base, "in/b/a"));
  await symlink("b/2.csv", path.join(base, "in/latest.csv"));
  for (const pattern of ["in", "in/**/*.csv"]) {
    const { read, skipped } = await names(pattern, base);
    expect(read).toEqual(["in/a/1.csv", "in/b/2.csv"]);
    expect(skipped).toContain("in/latest.csv: twice");
  }
  expect((await names("in/*.csv", base)).read).toEqual(["in/latest.csv"]);
});

test("a link that leads nowhere, a second name and an address of a store are reported", async () => {
  const base = await folder();
  await write(base, "in/2024.csv", "id\n1\n");
  await symlink("2024.csv", path.join(base, "in/latest.csv"));
  await symlink("gone.csv", path.join(base, "in/lost.csv"));
  const of = (at: string) => pipeline("p").bronze({ raw: source.csv(at, { id: t.int() }) });
  await using update = await run(of("in/*.csv"), { baseDir: base });
  expect(update.tables[0]).toMatchObject({ rowsRead: 1 });
  expect(update.warnings.map(({ code, message }) => `${code} ${message.split(":")[0]}`)).toEqual([
    "SRC015 in/latest.csv is not read",
    "SRC006 in/lost.csv is not read",
  ]);
  for (const at of ["s3://bucket/orders/*.csv", "abfss://c@a.dfs.core.windows.net/x", "dbfs:/Volumes/x", "gs://b/*"]) {
    await using far = await run(of(at), { baseDir: base });
    expect(far.tables[0]?.error).toMatchObject({
      code: "SRC014",
      help: expect.stringContaining("--target databricks"),
    });
  }
  await using file = await run(of(`file://${base}/in/2024.csv`), { baseDir: base });
  expect(file.tables[0]?.error).toMatchObject({ code: "SRC014", help: expect.stringContaining("give the path") });
});

test("a file that is hidden by its name is reported where the path names it, outright or by its ending", async () => {
  const base = await folder();
  for (const name of ["jan.csv", "_feb.csv", ".mar.csv", "_SUCCESS", "_old/apr.csv", "_day=1/may.csv"])
    await write(base, `in/${name}`, "id\n1\n");
  await symlink("_old", path.join(base, "in/_link.csv"));
  const read = ["in/_day=1/may.csv", "in/jan.csv"];
  expect(await names("in/**/*.csv", base)).toEqual({ read, skipped: ["in/_feb.csv: hidden"] });
  // No path asks for these by their names: Spark's own files are among them.
  for (const pattern of ["in", "in/**", "in/**/*"]) expect(await names(pattern, base)).toEqual({ read, skipped: [] });
  for (const outright of ["in/_feb.csv", "in/.mar.csv", "in/{_feb,none}.csv"]) {
    const p = pipeline("p").bronze({ raw: source.csv(outright, { id: t.int() }) });
    await using update = await run(p, { baseDir: base });
    expect(update.warnings.map(({ code }) => code)).toEqual(["SRC018", "SRC004"]);
  }
});

/** Folders and files below one another, with links from any place to any place. */
const tree = fc.record({
  files: fc.array(fc.record({ at: fc.nat(3), name: fc.constantFrom("x", "y") }), { minLength: 1, maxLength: 5 }),
  links: fc.array(fc.record({ from: fc.nat(3), to: fc.nat(3), name: fc.constantFrom("k", "l", "z") }), {
    maxLength: 4,
  }),
});
const FOLDERS = ["in", "in/a", "in/a/b", "in/c"];

test("however links lead about a folder, every file of it is listed once, and the listing ends", async () => {
  const listed = fc.asyncProperty(tree, async ({ files, links }) => {
    const base = await folder();
    try {
      for (const at of FOLDERS) await mkdir(path.join(base, at), { recursive: true });
      const all = files.map(({ at, name }) => `${FOLDERS[at]}/${name}`);
      for (const file of all) await write(base, file, "1");
      for (const { from, to, name } of links) {
        const at = path.join(base, FOLDERS[from] ?? "", name);
        await symlink(path.join(base, FOLDERS[to] ?? ""), at).catch(() => undefined);
      }
      for (const pattern of ["in", "in/**/*"])
        expect((await names(pattern, base)).read).toEqual([...new Set(all)].sort());
    } finally {
      await rm(base, { recursive: true, force: true });
    }
  });
  await fc.assert(listed, { numRuns: Number(process.env["MEDALLION_CASES"] ?? 40) });
});
