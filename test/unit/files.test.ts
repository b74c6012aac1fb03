/** Compiled files are written into their folder and nowhere else. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeTo } from "../../src/engines/files.ts";

const root = mkdtempSync(path.join(tmpdir(), "medallion-files-"));
const out = path.join(root, "out");
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("a name below the folder is written", async () => {
  expect(await writeTo(out, { path: "a/b.sql", contents: "x" })).toMatchObject({ changed: true });
  expect(await writeTo(out, { path: "a/b.sql", contents: "x" })).toMatchObject({ changed: false });
  expect(readFileSync(path.join(out, "a/b.sql"), "utf8")).toBe("x");
});

test.each(["../evil.sql", "../../evil.sql", "a/../../evil.sql", "/tmp/medallion-evil.sql", "..", ".", "", "../out2/x"])(
  "a name that leads out of it is not: %j",
  async (name) => {
    await expect(writeTo(out, { path: name, contents: "x" })).rejects.toMatchObject({ code: "OUT002" });
    expect(readdirSync(root)).toEqual(["out"]);
  },
);
