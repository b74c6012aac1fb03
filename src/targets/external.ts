/** A table of another owner, as it is now. */
import type { SourceNode } from "../ast/relation.ts";
import { formatOf } from "../formats/format.ts";

export function externalTable(source: SourceNode, identifier: (name: string) => string): string {
  const format = formatOf(source);
  if (format.reads !== "table") throw new TypeError(`${source.format} is not a format of tables`);
  const names = source.declared.map((c) => `  ${identifier(c.name)}`).join(",\n");
  return `SELECT\n${names}\nFROM ${format.relation(source.path, identifier)}`;
}
