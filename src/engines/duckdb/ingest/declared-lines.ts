/** Files of a format that tells in SQL what a line holds. */
import type { SourceNode } from "../../../ast/relation.ts";
import { fileFormatOf } from "../../../formats/format.ts";
import type { LineReading } from "../../../formats/readings.ts";
import { hasControls, lineReader } from "./lines.ts";
import type { FileReader } from "./reader.ts";
import type { Extras } from "./undeclared.ts";
import { readText } from "./values.ts";

export function declaredLines(source: SourceNode, { value, broken, others }: LineReading): FileReader {
  const { encoding = "utf-8" } = fileFormatOf(source).traits(source);
  return lineReader({
    encoding,
    isJson: false,
    fault: (line, name) => (hasControls(line) ? `${name} has control characters` : undefined),
    read: (lines) => ({
      from: lines,
      columns: source.declared.map((facts) => ({ facts, raw: value(facts), read: (x) => readText(x, facts.type) })),
      row: "line",
      ...(broken !== undefined && { unreadable: broken }),
      ...(others !== undefined && {
        // What a broken line holds are not values.
        extras: extrasOf(broken === undefined ? others : `CASE WHEN (${broken}) IS NULL THEN ${others} END`),
      }),
    }),
  });
}

function extrasOf(others: string): Extras {
  return {
    plain: "CAST(NULL AS VARCHAR)",
    repeated: `coalesce(len(${others}) > 0, false)`,
    entries: `coalesce(list_transform(${others}, lambda z: {'k': z.k, 'v': to_json(z.v)::VARCHAR}), [])`,
  };
}
