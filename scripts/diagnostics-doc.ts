/** docs/diagnostics.md: every code with what it means, from the catalogue. `npm run docs` writes it. */
import { writeFileSync } from "node:fs";
import { CATALOGUE } from "../src/diagnostics/catalogue.ts";
import type { Entry } from "../src/diagnostics/entry.ts";
import { SENTENCES } from "../src/diagnostics/sentences.ts";
import { SENTENCES_OF_TYPES } from "../src/diagnostics/sentences-of-types.ts";

/** What is said where the mistake is found, by the compiler as by the analyzers. */
function sentences(code: string): string {
  return Object.entries({ ...SENTENCES, ...SENTENCES_OF_TYPES })
    .filter(([name]) => name === code || name.startsWith(`${code}:`))
    .map(([, { message, help }]) => `\n> ${message.replace(/\{(\w+)\}/g, "…")}  \n> help: ${help}\n`)
    .join("");
}

export function diagnosticsPage(): string {
  const entries = Object.entries<Entry>(CATALOGUE).sort(([a], [b]) => (a < b ? -1 : 1));
  const sections = entries.map(([code, { severity = "error", title, explanation }]) => {
    const note = severity === "error" ? "" : ` *(${severity})*`;
    return `## ${code}\n\n**${title}**${note}. ${explanation.replaceAll("<", "&lt;")}\n${sentences(code)}`;
  });
  return `# Diagnostics

Every error and every warning has a stable code, with one section here.

<!-- Written by "npm run docs" from src/diagnostics. -->

${sections.join("\n")}`;
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(new URL("../docs/diagnostics.md", import.meta.url), diagnosticsPage());
}
