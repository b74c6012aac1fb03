/** Every example in a doc comment, in the README and in the docs compiles, and those that must not give the errors they show. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { removeDir, scratchDir, tscOutput } from "../types/tsc.ts";
import { allBlocks, docBlocks, markdownBlocks } from "./blocks.ts";

const blocks = allBlocks();
/** A block that shows an error is in the file that the error names. */
const fileOf = (i: number): string => /^(\w+\.ts)\(/.exec(blocks[i]?.error ?? "")?.[1] ?? `example-${i}.ts`;

let dir: string;
let output: ReadonlyMap<string, string>;

beforeAll(async () => {
  dir = await scratchDir();
  output = byFile(await tscOutput(dir, Object.fromEntries(blocks.map(({ code }, i) => [fileOf(i), code]))));
});
afterAll(() => removeDir(dir));

/** An error as it is shown: … stands for what a reader need not see. */
function shown(error: string): RegExp {
  const parts = error.split("…").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^]*?")}$`);
}

/** What `tsc` says of each file. */
function byFile(text: string): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  let file = "";
  for (const line of text.split("\n").filter((l) => l !== "")) {
    file = line.startsWith(" ") ? file : (/^(.+?)\(\d/.exec(line)?.[1] ?? "");
    said.set(file, `${said.get(file) ?? ""}${line}\n`);
  }
  return said;
}

test("blocks are found in comments and in markdown, with the error that belongs to them", () => {
  const fence = "```";
  const comment = `const a = 1;\n/**\n * Text.\n *\n * ${fence}ts\n * let x = 1;\n *\n * x = 2;\n * ${fence}\n */\n`;
  expect(docBlocks("a.ts", comment)).toEqual([{ origin: "a.ts:5", code: "let x = 1;\n\nx = 2;\n" }]);
  const markdown = `${fence}ts\na\n${fence}\n\n${fence}sh\nb\n${fence}\n\n<!-- error -->\n${fence}ts\nc\n${fence}\n\n${fence}text\nd\n${fence}\n`;
  expect(markdownBlocks("a.md", markdown)).toEqual([
    { origin: "a.md:1", code: "a\n" },
    { origin: "a.md:9", code: "c\n", error: "d\n" },
  ]);
});

test.each(blocks.map(({ origin, error = "" }, i): [string, string, number] => [origin, error, i]))(
  "%s",
  (_, error, i) => {
    expect(output.get(fileOf(i)) ?? "").toMatch(shown(error));
  },
);

test("the README and the guides show errors, each in a file of its own, and tsc reports none of any other file", () => {
  const wrong = blocks.flatMap(({ error }, i) => (error ? [fileOf(i)] : []));
  expect(wrong.length).toBeGreaterThan(5);
  expect(new Set(wrong).size).toBe(wrong.length);
  expect([...output.keys()].sort()).toEqual(wrong.sort());
});
