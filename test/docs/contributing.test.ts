/** What CONTRIBUTING tells of the project is so. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ROOMS } from "../imports.ts";

const root = path.resolve(import.meta.dirname, "../..");
const text = readFileSync(path.join(root, "CONTRIBUTING.md"), "utf8");

test("the rooms stand in their order", () => {
  const line = text.split("\n").find((one) => one.startsWith("`core` →"));
  expect([...(line ?? "").matchAll(/`(\w+)`/g)].map(([, room]) => room)).toEqual(ROOMS);
});

test("every door of the package is named", () => {
  const { exports } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { exports: object };
  const doors = Object.keys(exports).filter((door) => !door.endsWith(".json"));
  const named = new Set([...text.matchAll(/`(medallion(?:\/\w+)?)`/g)].map(([, door]) => door));
  expect(doors.map((door) => door.replace(/^\./, "medallion")).filter((door) => !named.has(door))).toEqual([]);
});
