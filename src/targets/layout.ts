/** What the files of every target share: their names and headers. */

import { fullName, type TableNode } from "../ast/pipeline.ts";
import type { TableKind } from "../ast/relation.ts";
import { isInManifest } from "../core/location.ts";
import { refusable } from "../core/refusals.ts";
import { oneLine } from "../core/text.ts";
import type { LoweredTable } from "../lower/table.ts";
import { list } from "../sql/block.ts";
import type { CompiledFile, Layout } from "./target.ts";

/** The files of a pipeline, each with the text of its tables in dependency order. A table may be refused by itself. */
export function filesOf(
  plans: ReadonlyMap<string, LoweredTable>,
  layout: Layout = "table",
  textOf: (plan: LoweredTable) => string,
): readonly CompiledFile[] {
  const text = (plan: LoweredTable) => refusable(() => textOf(plan), "");
  if (layout === "table") {
    return [...plans.values()].map((plan, i) => ({
      path: numbered(i + 1, plans.size, `${plan.table.layer}_${plan.table.name}.sql`),
      contents: text(plan),
    }));
  }
  const layers = new Map<string, string[]>();
  for (const plan of plans.values()) {
    const { layer } = plan.table;
    layers.set(layer, [...(layers.get(layer) ?? []), text(plan)]);
  }
  return [...layers].map(([layer, texts]) => ({ path: `${layer}.sql`, contents: texts.join("\n\n") }));
}

/** Python files alongside those of SQL, where a table has some Python, each with what it begins with. */
export function pythonFilesOf(
  plans: ReadonlyMap<string, LoweredTable>,
  layout: Layout | undefined,
  head: string,
  text: (plan: LoweredTable) => string,
): readonly CompiledFile[] {
  return filesOf(plans, layout, text)
    .filter((file) => file.contents.trim() !== "")
    .map(({ path, contents }) => ({
      path: path.replace(/sql$/, "py"),
      contents: `${head}\n\n${contents.trim().replace(/\n{3,}/g, "\n\n\n")}\n`,
    }));
}

/** `02_silver_orders.sql`: numbered, so that a listing reads top to bottom. */
export function numbered(position: number, count: number, name: string): string {
  const width = Math.max(2, String(count).length);
  return `${String(position).padStart(width, "0")}_${name}`;
}

const KIND = {
  streaming: "streaming table",
  materialized: "materialized view",
  scd1: "SCD type 1",
  scd2: "SCD type 2",
} as const;

/** What the table is and which line of the user's code made it. */
export function header(table: TableNode, kind: TableKind): string {
  const what = table.kind === "query" ? (table.settings.temporary ? "temporary view" : KIND[kind]) : KIND[table.kind];
  return `-- ${fullName(table)}: ${what}\n${madeBy(table, "--")}`;
}

/** The comment with the line of the user's code that made a table, where it is known. */
export function madeBy({ at }: TableNode, comment: "--" | "#"): string {
  return at === undefined || isInManifest(at) ? "" : `${comment} made by ${oneLine(at)}\n`;
}

/** A parenthesised list, one item per line. */
export function block(items: readonly string[]): string {
  return `(\n${list(items)}\n)`;
}
