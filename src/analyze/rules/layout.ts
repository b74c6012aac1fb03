/** How tables are laid out, and how files are read: what no target can do otherwise. */
import { relationSteps, tableQueries } from "../../ast/inputs.ts";
import type { TableNode } from "../../ast/pipeline.ts";
import { isFileSource } from "../../ast/relation.ts";
import { typeName } from "../../types/types.ts";
import { eachTable, type Finding, type Rule } from "../rule.ts";

/** LAYOUT001, LAYOUT002: a table is partitioned or clustered, by columns that can be, of which each is named once. */
const layoutsFit = eachTable((table) => {
  const { clusterBy, partitionBy } = table.settings;
  const all = [
    ...misfits(table, "clustered", clusterBy === "auto" ? [] : clusterBy),
    ...misfits(table, "partitioned", partitionBy),
  ];
  if (partitionBy.length === 0 || clusterBy.length === 0) return all;
  const message = `"${table.name}" is both partitioned and clustered`;
  const help = "keep clusterBy(), which is the better layout where the platform has it, or partitionBy()";
  return [{ code: "LAYOUT001", message, help }, ...all];
});

type Layout = "clustered" | "partitioned";

const NESTED: readonly string[] = ["array", "map", "struct", "variant"];
/** The types of which a layout has no order, or no folder of files. */
const UNFIT: Readonly<Record<Layout, ReadonlySet<string>>> = {
  clustered: new Set([...NESTED, "boolean", "binary"]),
  partitioned: new Set(NESTED),
};
const FITTING: Readonly<Record<Layout, string>> = {
  clustered: "cluster by numbers, texts, dates and timestamps",
  partitioned: "partition by texts, dates and whole numbers of few values",
};

/** Liquid clustering refuses more columns than that (`TOO_MANY_COLUMNS` of Databricks). */
const MOST_CLUSTERED = 4;

function misfits({ name, columns }: TableNode, how: Layout, by: readonly string[]): readonly Finding[] {
  if (by.length === 0) return [];
  const say = (message: string, help: string, column?: string): Finding => ({
    code: "LAYOUT002",
    message: `"${name}" ${message}`,
    help,
    ...(column !== undefined && { column }),
  });
  const unfit = columns.filter((c) => by.includes(c.name) && UNFIT[how].has(c.type.kind));
  const twice = by.find((column, i) => by.indexOf(column) < i);
  const named = new Set(by).size;
  return [
    ...unfit.map((c) => say(`cannot be ${how} by "${c.name}", of type ${typeName(c.type)}`, FITTING[how], c.name)),
    ...(twice === undefined
      ? []
      : [say(`is ${how} by "${twice}" twice`, "leave one out, or name the column that was meant", twice)]),
    ...(how === "clustered" && named > MOST_CLUSTERED
      ? [
          say(
            `is clustered by ${named} columns, and ${MOST_CLUSTERED} are the most`,
            "keep those that most queries filter by",
          ),
        ]
      : []),
    ...(how === "partitioned" && named === columns.length
      ? [say("is partitioned by all of its columns", "leave one for the files, or use clusterBy()")]
      : []),
  ];
}

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
