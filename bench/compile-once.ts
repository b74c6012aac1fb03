/**
 * node bench/compile-once.ts FOLDER TARGET     builds, analyses and compiles the generated project in FOLDER
 * node bench/compile-once.ts FOLDER kysely     builds and compiles the generated Kysely queries in FOLDER
 *
 * Prints what it took as JSON. The time begins when the libraries are loaded.
 */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type AnyPipeline, analyze, compile, type Target } from "medallion";
import "medallion/targets";

export interface Compilation {
  readonly seconds: number;
  /** Statements, or files of statements, that came out. */
  readonly outputs: number;
}

const [folder = ".", what = "databricks"] = process.argv.slice(2);
const project = pathToFileURL(path.resolve(folder, "index.js")).href;
if (what === "kysely") await import(pathToFileURL(path.resolve(folder, "database.js")).href);

const began = performance.now();
const outputs = what === "kysely" ? await queries() : await tables(what as Target);
const seconds = (performance.now() - began) / 1000;
console.log(JSON.stringify({ seconds, outputs } satisfies Compilation));

async function tables(target: Target): Promise<number> {
  const { default: pipeline }: { default: AnyPipeline } = await import(project);
  const [finding] = analyze(pipeline);
  if (finding) throw new Error(`the generated project has a finding: ${finding.code}: ${finding.message}`);
  return compile(pipeline, { target }).files.length;
}

async function queries(): Promise<number> {
  const { queries }: { queries: readonly { compile(): { readonly sql: string } }[] } = await import(project);
  return queries.filter((query) => query.compile().sql !== "").length;
}
