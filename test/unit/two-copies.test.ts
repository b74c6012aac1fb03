/** Two copies of the package in one process, such as the project's own under a command that is installed elsewhere. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";

vi.resetModules();
const here = await import("medallion");
const run = (await import("medallion/run")).run;
vi.resetModules();
const there = await import("medallion");
afterAll(() => vi.resetModules());

const { source, t, fn } = there;
const other = there
  .pipeline("shop")
  .bronze({ raw: source.json("raw/*.json", { id: t.bigint(), name: t.string() }) })
  .silver(($) => ({ named: $.raw.derive((r) => ({ upper: fn.concat(r.name.upper(), "!") })) }));

describe("a pipeline of another copy", () => {
  test("is another one", () => {
    expect(there.pipeline).not.toBe(here.pipeline);
  });

  test("is refused where its formats are asked for, with what to do", async () => {
    const error = {
      code: "ARG001",
      message: expect.stringMatching(/another copy of medallion/),
      help: expect.stringMatching(/npm ls medallion/),
      location: expect.stringMatching(/two-copies\.test\.ts:\d+/),
    };
    expect(() => here.compile(other, { target: "databricks" })).toThrow(expect.objectContaining(error));
    const baseDir = await mkdtemp(path.join(tmpdir(), "two-copies-"));
    await mkdir(path.join(baseDir, "raw"));
    await writeFile(path.join(baseDir, "raw/1.json"), '{"id":1,"name":"a"}\n');
    const { status, tables } = await run(other, { warehouse: ":memory:", baseDir });
    expect(status).toBe("failed");
    expect(tables[0]?.error).toMatchObject(error);
    await rm(baseDir, { recursive: true });
  });

  test.each(["relation", "source", "expression", "type"])("a part of it, its %s, is refused or works", (part) => {
    const build = () => {
      const mine = here.pipeline("mine");
      const { raw } = other.tables;
      if (part === "relation") return mine.bronze({ raw: raw as never });
      if (part === "source") return mine.bronze({ raw: source.json("x.json", { id: t.bigint() }) as never });
      if (part === "type") return mine.bronze({ raw: here.source.json("x.json", { id: t.bigint() as never }) });
      return mine.bronze({
        raw: here.source.json("x.json", { id: here.t.bigint() }).where(() => fn.lit(1).eq(1) as never) as never,
      });
    };
    try {
      expect(here.compile(build(), { target: "duckdb" }).files).not.toEqual([]);
    } catch (error) {
      expect(error).toBeInstanceOf(here.MedallionError);
    }
  });
});
