/** A command is a file, a line in the list of commands, and a line in the README. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { COMMON_FLAGS } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands/index.ts";
import { ROOT } from "./support.ts";

test("the list has each file of the folder, by the name of its command", async () => {
  const files = readdirSync(path.join(ROOT, "src/cli/commands")).filter((file) => file !== "index.ts");
  expect(files.map((file) => path.basename(file, ".ts")).sort()).toEqual(Object.keys(COMMANDS).sort());
  for (const [name, load] of Object.entries(COMMANDS)) expect((await load()).name).toBe(name);
});

test("the README has them in the order of help", () => {
  const readme = readFileSync(path.join(ROOT, "README.md"), "utf8");
  const named = [...readme.matchAll(/^\| `medallion (\w+)/gm)].map(([, name]) => name);
  expect(named).toEqual(Object.keys(COMMANDS));
});

test.each(Object.keys(COMMANDS))(
  "the command lines in the help of %s are of commands and flags that there are",
  async (name) => {
    const lines = (await COMMANDS[name]?.())?.examples.map(([line]) => line) ?? [];
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      const [, of = ""] = /\bmedallion (\w+)/.exec(line) ?? [];
      const flags = [...line.matchAll(/ --([\w-]+)/g)].map(([, flag]) => flag);
      const known = { ...COMMON_FLAGS, ...(await COMMANDS[of]?.())?.flags };
      expect([line, ...flags]).toEqual([line, ...flags.filter((flag) => flag && flag in known)]);
    }
  },
);
