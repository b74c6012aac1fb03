/** docs/targets.md: what each target does with each setting, from the table that the compilers ask. `npm run docs` writes it. */
import { writeFileSync } from "node:fs";
import type { Support } from "../src/settings/support.ts";
import { FEATURES, type Feature } from "../src/targets/features.ts";
import { isTarget, TARGET_NAMES, TARGETS } from "../src/targets/targets.ts";

const SIGN = { native: "", emulated: "by other means: ", ignored: "left out: ", refused: "**refused**: " } as const;

/** A sign, the words, the fix. A cell is one line, in which a bar would end it. */
function cell({ does, how, help }: Support): string {
  const words = `${SIGN[does]}${how}${does === "refused" && help !== undefined ? ` (${help})` : ""}`;
  return words.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

export function targetsPage(): string {
  const targets = TARGET_NAMES.filter(isTarget);
  const header = ["setting", ...targets.map((target) => TARGETS[target].definition.title)];
  const rows = Object.entries(FEATURES).map(([feature, clause]) => [
    `\`${clause}\``,
    ...targets.map((target) => cell(TARGETS[target].treatments[feature as Feature])),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return `# What each target does with each setting

<!-- Written by "npm run docs" from the treatments.ts of each target, which the compilers ask. -->

The rows of every table are the same on every target. What differs is below; \`compile()\` gives it as \`diagnostics\` for
the settings that a pipeline uses: \`TARGET003\` (by other means), \`TARGET004\` (left out), \`TARGET005\` (refused).

${[line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n")}
`;
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(new URL("../docs/targets.md", import.meta.url), targetsPage());
}
