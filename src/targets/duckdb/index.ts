/** A DuckDB script as a target. */
import { tableQueries } from "../../ast/inputs.ts";
import { isFileSource } from "../../ast/relation.ts";
import type { TableNotes, TargetDefinition } from "../target.ts";
import { ofStoredTable } from "../views.ts";
import { duckdbFiles } from "./script.ts";
import { TREATMENTS } from "./treatments.ts";

/** A script makes everything from nothing: it has no state, and no quarantine of lines. */
const scriptNotes: TableNotes = (table) => {
  const reads = tableQueries(table).some(isFileSource);
  if (!reads) return [];
  return [
    {
      code: "TARGET003",
      severity: "info",
      message: `${table.layer}.${table.name}: files are read by a script that stops at a line or a header that it cannot read, and keeps no _rescued_data, no _source_modified_at and no text of rows that it quarantines`,
      help: "medallion run quarantines such lines, reads columns by name and rescues what is not declared",
      ...(table.at !== undefined && { location: table.at }),
      table: table.name,
    },
  ];
};

export const duckdbTarget: TargetDefinition = Object.freeze<TargetDefinition>({
  name: "duckdb",
  title: "DuckDB (embedded)",
  files: duckdbFiles,
  notes: () => scriptNotes,
  treatment: (feature, table) => ofStoredTable(feature, table, TREATMENTS[feature]),
});
