/** A table of another owner, as it is now. */
import type { SourceNode } from "../ast/relation.ts";
import { formatOf } from "../formats/format.ts";

export function externalTable(source: SourceNode, identifier: (name: string) => string): string {
  const names = source.declared.map((c) => `  ${identifier(c.name)}`).join(",\n");
  return `SELECT\n${names}\nFROM ${externalName(source, identifier)}`;
}

/** SQL of its name. */
export function externalName(source: SourceNode, identifier: (name: string) => string): string {
  const format = formatOf(source);
  if (format.reads !== "table") throw new TypeError(`${source.format} is not a format of tables`);
  return format.relation(source.path, identifier);
}
