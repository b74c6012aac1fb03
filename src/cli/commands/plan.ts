/** `medallion plan`: what an update would do with each table, and what it would lose. */
import type { TablePlan, UpdatePlan } from "../../engines/plan.ts";
import { refusal } from "../check.ts";
import { ACCEPT_FLAG, type Command, PROJECT_FLAGS, UPDATE_FLAGS, WAREHOUSE_FLAGS } from "../command.ts";
import { EXIT } from "../errors.ts";
import { type Io, paintOf, writeJson, writeLines } from "../io.ts";
import { plural } from "../output/format.ts";
import type { Paint, Style } from "../output/style.ts";
import { tableLines } from "../output/table.ts";
import { warningLines } from "../output/warnings.ts";
import { loadProject } from "../project/load.ts";
import { RESOURCE_FLAGS } from "../project/resources.ts";
import { acceptedOf, tablesOf } from "../update.ts";

export const plan: Command = {
  name: "plan",
  summary: "shows what a run would do with each table, what it would read and what it would lose",
  arguments: [],
  flags: { ...UPDATE_FLAGS, ...ACCEPT_FLAG, ...WAREHOUSE_FLAGS, ...RESOURCE_FLAGS, ...PROJECT_FLAGS },
  about: [
    "Compares the pipeline with the tables of the warehouse. Comments, tags and what else decides no row are changed in",
    "place and read nothing; a changed query is recomputed or rebuilt from what it reads. What would lose rows that",
    "cannot be read again is refused: it names them, and the table that --accept-loss needs. Nothing is changed.",
  ],
  examples: [
    ["medallion plan", "what medallion run would do"],
    ["medallion plan --full-refresh", "what a rebuild would read and lose"],
    ["medallion plan --json | jq '.tables[] | select(.action == \"refuse\")'", "for a program"],
  ],
  async run(given, io) {
    const project = await loadProject(given, io);
    const json = given.on("json");
    const refused = refusal(project.pipeline, json, io);
    if (refused !== undefined) return refused;
    const only = tablesOf(given.text("only"), project);
    const engine = await import("../../engines/duckdb/index.ts");
    const planned = await engine.plan(project.pipeline, {
      warehouse: project.warehouse,
      baseDir: project.baseDir,
      params: project.params,
      ...project.duckdb,
      fullRefresh: given.on("full-refresh"),
      ...(only && { only }),
      ...acceptedOf(given, project),
    });
    if (json) writeJson(io, { ...planned });
    else writeLines(io.stdout, report(planned, io));
    return planned.tables.some((table) => table.action === "refuse") ? EXIT.failed : EXIT.ok;
  },
};

const STYLES: Readonly<Partial<Record<TablePlan["action"], Style>>> = {
  refuse: "red",
  exclude: "yellow",
  rebuild: "yellow",
  none: "dim",
};

function report({ tables, warnings }: UpdatePlan, io: Io): readonly string[] {
  const paint = paintOf(io.stdout, io.env);
  const columns = [{ header: "TABLE" }, { header: "ACTION" }, { header: "READS" }, { header: "WHY" }];
  const rows = tables.map((table) => {
    const style = STYLES[table.action];
    const action = style ? { text: table.action, style } : table.action;
    return [`${table.layer}.${table.table}`, action, reads(table), table.why.join("; ")];
  });
  const refused = tables.filter((table) => table.action === "refuse");
  return [
    ...tableLines(columns, rows, { paint }),
    ...refused.flatMap((table) => refusedLines(table, paint)),
    ...(warnings.length > 0 ? ["", ...warningLines(warnings, paint)] : []),
    "",
    verdict(tables, paint),
  ];
}

function reads({ files, rows }: TablePlan): string {
  if (files !== undefined && files > 0) return plural(files, "file");
  return rows === undefined ? "" : plural(rows, "row");
}

function refusedLines({ layer, table, loses, accept }: TablePlan, paint: Paint): readonly string[] {
  return [
    "",
    `${paint("red", "refused")} ${layer}.${table}${loses.length > 0 ? " would lose" : ""}`,
    ...loses.map((lost) => `  ${lost}`),
    ...(accept === undefined ? [] : [`  to go on without: --accept-loss ${accept}`]),
  ];
}

function verdict(tables: readonly TablePlan[], paint: Paint): string {
  const refused = tables.filter((table) => table.action === "refuse").length;
  const excluded = tables.filter((table) => table.action === "exclude").length;
  const changed = tables.filter((table) => table.action !== "none").length - refused - excluded;
  if (refused > 0)
    return `${plural(refused, "table")} refused, ${excluded > 0 ? `${excluded} not run, ` : ""}${changed} to change, of ${plural(tables.length, "table")}.`;
  if (changed === 0) return paint("green", `Nothing to change in ${plural(tables.length, "table")}.`);
  return `${changed} to change, of ${plural(tables.length, "table")}.`;
}
