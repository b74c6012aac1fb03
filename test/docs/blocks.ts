/** The `ts` blocks of doc comments and of markdown. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectDir } from "../types/tsc.ts";

export interface Block {
  /** `src/builder/expr/fn.ts:12`, the line where the block begins. */
  readonly origin: string;
  readonly code: string;
  /** The output that `tsc` must give for it, with … for what it leaves out; none where it compiles. */
  readonly error?: string;
}

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split("\n").length;

/** The examples in the doc comments of a source file. */
export function docBlocks(file: string, text: string): readonly Block[] {
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) =>
    [...comment[0].matchAll(/^ *\* ```ts\n([\s\S]*?)^ *\* ```$/gm)].map(({ 1: code = "", index }) => ({
      origin: `${file}:${lineOf(text, comment.index + index)}`,
      code: code.replace(/^ *\* ?/gm, ""),
    })),
  );
}

/** The blocks of a markdown text. After `<!-- error -->` comes a block that does not compile, then what `tsc` says. */
export function markdownBlocks(file: string, text: string): readonly Block[] {
  const pattern = /(<!-- error -->\n)?^```ts\n([\s\S]*?)^```$(?:\n\n```text\n([\s\S]*?)^```$)?/gm;
  return [...text.matchAll(pattern)].map(({ 1: wrong, 2: code = "", 3: output, index }) => ({
    origin: `${file}:${lineOf(text, index)}`,
    code,
    ...(wrong !== undefined && { error: output ?? "" }),
  }));
}

/** Every example that the project shows. */
export function allBlocks(): readonly Block[] {
  const sources = readdirSync(join(projectDir, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => join("src", name));
  const pages = [
    "README.md",
    ...readdirSync(join(projectDir, "docs"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .sort()
      .map((name) => join("docs", name)),
  ];
  return [
    ...sources.flatMap((file) => docBlocks(file, readFileSync(join(projectDir, file), "utf8"))),
    ...pages.flatMap((file) => markdownBlocks(file, readFileSync(join(projectDir, file), "utf8"))),
  ];
}
