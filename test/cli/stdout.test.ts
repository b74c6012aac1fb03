/** stdout is the command's: what the modules of a project print goes to stderr, whatever the command. */
import { expect, test } from "vitest";
import { command, project, put } from "./support.ts";

/** A project whose modules print in every way, while they load and while columns are made. */
function chatty(): string {
  const folder = project(
    '.derive((c) => { process.stdout.write("in a callback\\n"); return { double: c.amount.times(2) }; })',
  );
  put(folder, {
    "medallion.config.ts": `import { defineConfig } from "medallion/config";
console.log("config"); console.info("config"); console.table([{ a: 1 }]);
setTimeout(() => console.log("later"), 0);
export default defineConfig({ pipeline: "./pipeline.ts" });
`,
  });
  return folder;
}

test.each([
  ["check", "--json"],
  ["plan", "--json"],
  ["run", "--json"],
  ["show", "--json"],
  ["show", "clean", "--json"],
  ["preview", "clean", "--json"],
  ["compile", "--target", "spark", "--json"],
])("%s %s %s: one JSON document, and nothing of the modules", async (...argv) => {
  const folder = chatty();
  if (argv[0] === "preview") expect((await command(folder, ["run"])).code).toBe(0);
  const { code, stdout, stderr } = await command(folder, argv);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("config") });
  expect(typeof JSON.parse(stdout)).toBe("object");
  expect(stderr).toContain("in a callback");
});

test("the answer without --json is as clean", async () => {
  const { stdout, stderr } = await command(chatty(), ["show"]);
  expect(stdout).toContain("clean");
  expect(stdout).not.toMatch(/config|callback|later/);
  expect(stderr).toContain("in a callback");
});
