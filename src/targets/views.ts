/** Features that only a stored table has: what becomes of them where the table is a view. */
import type { TableNode } from "../ast/pipeline.ts";
import { SETTING_LIST } from "../settings/settings.ts";
import { ignored, type Support } from "../settings/support.ts";
import type { Feature } from "./features.ts";

const NOT_OF_VIEWS: ReadonlySet<string> = new Set(
  SETTING_LIST.flatMap(([, { stored, features }]) => (stored ? Object.keys(features) : [])),
);

/** The treatment of a feature, of which a temporary view has none of those that are for stored tables. */
export function ofStoredTable(feature: Feature, table: TableNode, treatment: Support): Support {
  if (!table.settings.temporary || !NOT_OF_VIEWS.has(feature) || treatment.does !== "native") return treatment;
  return ignored("a temporary view has none", "leave out temporary(), or set it on the tables that read the view");
}
