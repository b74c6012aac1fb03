/** Databricks (Lakeflow Spark Declarative Pipelines) as a target. */

import type { TableNode } from "../../ast/pipeline.ts";
import type { Feature } from "../features.ts";
import { builtIn, type ListedTarget, type TargetDefinition } from "../target.ts";
import { ofStoredTable } from "../views.ts";
import { databricksFiles } from "./databricks.ts";
import { holdsRulesApart } from "./expectations.ts";
import { databricksNotes } from "./notes.ts";
import { RULES_APART, SNAPSHOT_VERSIONS, TREATMENTS } from "./treatments.ts";

const EXPECTATIONS: ReadonlySet<Feature> = new Set(["expect", "expectOrDrop", "expectOrFail"]);

const hasVersion = (table: TableNode) =>
  table.kind !== "query" && table.changes.kind === "snapshots" && table.changes.version !== undefined;

/**
 * SQL of a Databricks pipeline (Lakeflow, DLT).
 *
 * @example
 * ```ts
 * import { type AnyPipeline, compile } from "medallion";
 * import { databricks } from "medallion/targets";
 * export const files = (p: AnyPipeline) => compile(p, { target: databricks }).files;
 * ```
 */
export const databricksTarget: TargetDefinition = builtIn({
  name: "databricks",
  title: "Databricks (Lakeflow)",
  files: databricksFiles,
  notes: databricksNotes,
  treatment: (feature, table) => {
    if (table.settings.temporary && EXPECTATIONS.has(feature)) {
      return { ...TREATMENTS[feature], runtime: "the channel PREVIEW in a temporary view" };
    }
    if (feature === "expect" && holdsRulesApart(table)) return RULES_APART;
    if ((feature === "snapshotsScd1" || feature === "snapshotsScd2") && hasVersion(table)) return SNAPSHOT_VERSIONS;
    return ofStoredTable(feature, table, TREATMENTS[feature]);
  },
});

export const databricks: ListedTarget = {
  definition: databricksTarget,
  treatments: TREATMENTS,
  configured: ({ section: { catalog, schemas, baseDir: set }, baseDirFlag }) => {
    // A relative one is a folder of this machine, where check and run start as well.
    const baseDir = baseDirFlag !== undefined && /^\/|:\/\//.test(baseDirFlag) ? baseDirFlag : set;
    return {
      ...(catalog !== undefined && { catalog }),
      ...(schemas && { schemas }),
      ...(baseDir !== undefined && { baseDir }),
    };
  },
};
