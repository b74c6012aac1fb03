/** Open-source Spark Declarative Pipelines as a target. */
import { ignored, native } from "../../settings/support.ts";
import { builtIn, type ListedTarget, type TargetDefinition } from "../target.ts";
import { ofStoredTable } from "../views.ts";
import { canAutoCdc } from "./auto-cdc.ts";
import { sparkFiles } from "./sdp.ts";
import { TREATMENTS } from "./treatments.ts";

/**
 * A project of open-source Spark Declarative Pipelines.
 *
 * @example
 * ```ts
 * import { type AnyPipeline, compile } from "medallion";
 * import { spark } from "medallion/targets";
 * export const files = (p: AnyPipeline) => compile(p, { target: spark }).files;
 * ```
 */
export const sparkTarget: TargetDefinition = builtIn({
  name: "spark",
  title: "Spark Declarative Pipelines",
  files: sparkFiles,
  treatment: (feature, table, { autoCdc }) => {
    if (autoCdc && (feature === "scd1" || feature === "scd2") && canAutoCdc(table)) {
      return native(`AUTO CDC … STORED AS SCD TYPE ${feature === "scd1" ? 1 : 2}`);
    }
    if (autoCdc && feature === "partitionBy" && canAutoCdc(table)) {
      return ignored(
        "AUTO CDC makes the target without columns to partition by",
        "leave out autoCdc, or partitionBy()",
      );
    }
    return ofStoredTable(feature, table, TREATMENTS[feature]);
  },
});

export const spark: ListedTarget = {
  definition: sparkTarget,
  treatments: TREATMENTS,
  configured: ({ section: { catalog, schemas, autoCdc, storage }, params, baseUrl }) => ({
    baseDir: baseUrl,
    storage: storage ?? `${baseUrl.replace(/\/$/, "")}/.medallion/spark/storage`,
    params,
    ...(catalog !== undefined && { catalog }),
    ...(schemas !== undefined && { schemas }),
    ...(autoCdc !== undefined && { autoCdc }),
  }),
};
