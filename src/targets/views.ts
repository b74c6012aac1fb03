/** Features that only a stored table has: what becomes of them where the table is a view. */
import type { TableNode } from "../ast/pipeline.ts";
import type { Feature } from "./features.ts";
import { ignored, type Support } from "./target.ts";

const NOT_OF_VIEWS: ReadonlySet<Feature> = new Set([
  "key",
  "references",
  "clusterBy",
  "clusterByAuto",
  "partitionBy",
  "private",
  "mask",
  "rowFilter",
  "refreshPolicy",
]);

/** The treatment of a feature, of which a temporary view has none of those that are for stored tables. */
export function ofStoredTable(feature: Feature, table: TableNode, treatment: Support): Support {
  if (!table.settings.temporary || !NOT_OF_VIEWS.has(feature) || treatment.does !== "native") return treatment;
  return ignored("a temporary view has none", "leave out temporary(), or set it on the tables that read the view");
}
