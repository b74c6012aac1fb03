/** A table of another owner, as it is when it is read. */
import { nameProblem } from "../../core/text.ts";
import { tableFormat } from "../format.ts";

export const table = tableFormat({
  name: "table",
  title: "a table",
  pathProblem: (path) =>
    path.split(".").some((part) => nameProblem(part) !== undefined)
      ? 'give its name in the catalog: "schema.table"'
      : undefined,
  relation: (path, identifier) => path.split(".").map(identifier).join("."),
});
