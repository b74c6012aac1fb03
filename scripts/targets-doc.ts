/** docs/targets.md: what each target does with each setting, from the table that the compilers ask. `npm run docs` writes it. */
import { writeFileSync } from "node:fs";
import { SUPPORT, type Support, type Target } from "../src/targets/support.ts";

const TARGETS: readonly (readonly [Target, string])[] = [
  ["databricks", "Databricks (Lakeflow)"],
  ["spark", "Spark Declarative Pipelines"],
  ["duckdb", "DuckDB (embedded)"],
];

const SIGN = { native: "", emulated: "by other means: ", ignored: "left out: ", refused: "**refused**: " } as const;

/** A sign, the words, the way out. A cell is one line, in which a bar would end it. */
function cell({ does, how, help }: Support): string {
  const words = `${SIGN[does]}${how}${does === "refused" && help !== undefined ? ` (${help})` : ""}`;
  return words.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

export function targetsPage(): string {
  const header = ["setting", ...TARGETS.map(([, title]) => title)];
  const rows = Object.values(SUPPORT).map((row) => [
    `\`${row.clause}\``,
    ...TARGETS.map(([target]) => cell(row[target])),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return `# What each target does with each setting

<!-- Written by "npm run docs" from src/targets/support.ts, which the compilers ask. -->

The rows of every table are the same on every target. What differs is below; \`compile()\` gives it as \`diagnostics\` for
the settings that a pipeline uses: \`TARGET003\` (by other means), \`TARGET004\` (left out), \`TARGET005\` (refused).

${[line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n")}
`;
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(new URL("../docs/targets.md", import.meta.url), targetsPage());
}
