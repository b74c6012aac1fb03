/** A snippet as a module: it imports what it mentions. */
export function moduleOf(snippet: string): string {
  const used = ["fn", "param", "pipeline", "source", "sql", "t"].filter((name) =>
    new RegExp(`\\b${name}\\b[.(\`]`).test(snippet),
  );
  const door = used.length > 0 ? `import { ${used.join(", ")} } from "medallion";\n` : "";
  const names = ["AnyExpr", "Columns"].filter((name) => new RegExp(`\\b${name}\\b`).test(snippet));
  const types = names.length > 0 ? `import type { ${names.join(", ")} } from "medallion";\n` : "";
  const base = /\bshop\b[.\n]/.test(snippet) ? 'import { shop } from "../../shop.ts";\n' : "";
  return `${door}${types}${base}export const made = ${snippet};\n`;
}

/** The line (from 1) that is marked as the one with the mistake. */
export function markedLine(text: string): number {
  const marked = text.split("\n").flatMap((line, i) => (/\/\/ !/.test(line) ? [i + 1] : []));
  if (marked.length !== 1) throw new Error(`a mistake has one mark, this has ${marked.length}:\n${text}`);
  return marked[0] ?? 0;
}
