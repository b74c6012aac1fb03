/** What becomes of Spark, and of the process that started it, when that one is to end. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { folder } from "./support.ts";

const FIXTURE = path.resolve(import.meta.dirname, "../fixtures/run/spark-process.ts");

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s ends both", async (signal) => {
  const at = await folder();
  writeFileSync(path.join(at, "program"), "#!/bin/sh\nsleep 60 &\necho $!\nwait\n", { mode: 0o755 });
  const child = spawn(process.execPath, ["--conditions=medallion-source", FIXTURE, at], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const shown = createInterface(child.stdout).on("line", (line) => lines.push(line));
  await once(shown, "line");
  child.kill(signal);
  const [, ended] = await once(child, "close");
  expect(ended).toBe(signal);
  expect(lines).toHaveLength(1);
  const grandchild = Number(lines[0]);
  await expect.poll(() => isAlive(grandchild)).toBe(false);
});

/** One that has ended and that nobody asked about is still there, as a zombie. */
function isAlive(pid: number): boolean {
  return /^[^Z]/.test(spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim());
}
