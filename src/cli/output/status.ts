/** How a table's status is shown: one word, mark and style wherever one is reported. */
import type { TableStatus } from "../../engines/result.ts";
import type { Style } from "./style.ts";

export interface ShownStatus {
  readonly word: string;
  readonly mark: string;
  readonly style: Style;
}

export const STATUS: Readonly<Record<TableStatus, ShownStatus>> = {
  completed: { word: "done", mark: "✓", style: "green" },
  skipped: { word: "up to date", mark: "·", style: "dim" },
  failed: { word: "failed", mark: "✗", style: "red" },
  excluded: { word: "not run", mark: "-", style: "yellow" },
};
