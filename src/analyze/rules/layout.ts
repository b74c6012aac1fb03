/** How tables are laid out, and how files are read: what no target can do otherwise. */
import { relationSteps, tableQueries } from "../../ast/inputs.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import { isFileSource } from "../../ast/relation.ts";
import { typeName } from "../../types/types.ts";
import { eachTable, type Finding, type Rule } from "../rule.ts";

/** LAYOUT001, LAYOUT002: a table is partitioned or clustered, by columns of which each is named once, and clustered by what has an order. */
const layoutsFit = eachTable((table) => {
  const { clusterBy, partitionBy } = table.settings;
  const both = partitionBy.length > 0 && clusterBy.length > 0;
  const keys = clusterBy === "auto" ? [] : table.columns.filter((c) => clusterBy.includes(c.name));
  const unordered = keys.filter((c) => UNORDERED.has(c.type.kind));
  const found: readonly Finding[] = unordered.map((c) => ({
    code: "LAYOUT002",
    message: `"${table.name}" cannot be clustered by "${c.name}", of type ${typeName(c.type)}`,
    help: "cluster by numbers, texts, dates and timestamps",
    column: c.name,
  }));
  const all = [
    ...found,
    ...namedTwice(table, "clustered", clusterBy),
    ...namedTwice(table, "partitioned", partitionBy),
  ];
  if (!both) return all;
  const message = `"${table.name}" is both partitioned and clustered`;
  const help = "keep clusterBy(), which is the better layout where the platform has it, or partitionBy()";
  return [{ code: "LAYOUT001", message, help }, ...all];
});

/** A column has its place once: engines refuse it a second time. */
function namedTwice({ name }: TableNode, how: string, columns: readonly string[] | "auto"): readonly Finding[] {
  const twice = columns === "auto" ? undefined : columns.find((column, i) => columns.indexOf(column) < i);
  if (twice === undefined) return [];
  const message = `"${name}" is ${how} by "${twice}" twice`;
  return [{ code: "LAYOUT002", message, help: "leave one out, or name the column that was meant", column: twice }];
}

const UNORDERED: ReadonlySet<string> = new Set(["boolean", "binary", "array", "map", "struct", "variant"]);

/** SRC009: the rows of files are stored as they come, since what cannot be read has to be told from what is filtered. */
const filesAreStoredAsTheyCome = eachTable((table) =>
  tableQueries(table)
    .flatMap((query) => relationSteps(query).filter((step) => step !== query))
    .flatMap((step) =>
      isFileSource(step)
        ? [
            {
              code: "SRC009",
              message: `"${table.name}" reads ${JSON.stringify(step.path)} and changes its rows in one step`,
              help: "store the files in a bronze table as they come, and read that one in silver",
              at: step.at,
            },
          ]
        : [],
    ),
);

export const LAYOUT_RULES: readonly Rule[] = [layoutsFit, filesAreStoredAsTheyCome];
