/** Two copies of the package in one process, such as the project's own under a command that is installed elsewhere. */
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as here from "medallion";
import { run } from "medallion/run";
import { duckdb } from "medallion/targets";
import { afterAll, describe, expect, test } from "vitest";

/** In the project, where the packages that it imports are found. */
const COPY = path.resolve(import.meta.dirname, "../../temp/two-copies");
await cp(path.resolve(import.meta.dirname, "../../src"), COPY, { recursive: true });
const there: typeof here = await import(path.join(COPY, "index.ts"));
afterAll(() => rm(COPY, { recursive: true }));

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

  test("is refused in the same words by a target of this copy that the other is given", () => {
    expect(() => there.compile(other, { target: duckdb })).toThrow(
      expect.objectContaining({ code: "ARG001", help: expect.stringMatching(/npm ls medallion/) }),
    );
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
