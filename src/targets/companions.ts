/** What targets write of a table's companions in addition to their rows. */
import type { TableNode } from "../ast/pipeline.ts";
import { personalLabels, type StoredColumn } from "../ast/stored.ts";
import { oncePer } from "../core/once.ts";
import { ofCompanions } from "../settings/settings.ts";

/** The table with the settings that hold for its companions as well: a companion is stored whatever the table is. */
export function asCompanion(table: TableNode): TableNode {
  return { ...table, settings: ofCompanions(table.settings) };
}

/** A comment on rows, with the personal data that their columns hold: nothing else shows it to the readers of a companion. */
export function commentOnRows(comment: string, columns: readonly StoredColumn[]): string {
  const held = personalDataIn(columns);
  return held === "" ? comment : `${comment}. Personal data: ${held}`;
}

/** The labels of personal data with the columns that have them. Several companions have the columns of one quarantine. */
const personalDataIn = oncePer((columns: readonly StoredColumn[]): string => {
  const labels = [...new Set(columns.flatMap(personalLabels))].sort();
  const held = labels.map((label) => {
    const names = columns.filter((c) => c.labels.includes(label)).map((c) => c.name);
    return `${label} (${names.join(", ")})`;
  });
  return held.join(", ");
});
