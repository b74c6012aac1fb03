/** Databricks (Lakeflow Spark Declarative Pipelines) as a target. */
import type { Feature } from "../features.ts";
import type { TargetDefinition } from "../target.ts";
import { ofStoredTable } from "../views.ts";
import { databricksFiles } from "./databricks.ts";
import { databricksNotes } from "./notes.ts";
import { TREATMENTS } from "./treatments.ts";

const EXPECTATIONS: ReadonlySet<Feature> = new Set(["expect", "expectOrDrop", "expectOrFail"]);

export const databricksTarget: TargetDefinition = Object.freeze<TargetDefinition>({
  name: "databricks",
  title: "Databricks (Lakeflow)",
  files: databricksFiles,
  notes: databricksNotes,
  treatment: (feature, table) => {
    if (table.settings.temporary && EXPECTATIONS.has(feature)) {
      return { ...TREATMENTS[feature], runtime: "the channel PREVIEW in a temporary view" };
    }
    return ofStoredTable(feature, table, TREATMENTS[feature]);
  },
});
