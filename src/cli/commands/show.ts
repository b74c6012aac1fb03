/** `medallion show`: the tables of the pipeline, their columns and where these come from. */
import { type ColumnLineage, lineage } from "../../analyze/lineage.ts";
import { tableInputs, tableSteps } from "../../ast/inputs.ts";
import { fullName, LAYERS, type Layer, type TableNode } from "../../ast/pipeline.ts";
import type { ColumnFacts } from "../../ast/relation.ts";
import type { AnyPipeline } from "../../builder/typed/pipeline.ts";
import { keptAs } from "../../engines/tables.ts";
import { issueWords, type Refresh } from "../../lower/incremental/issues.ts";
import { plannedRefresh } from "../../lower/incremental/maintain.ts";
import { lowerPipeline } from "../../lower/table.ts";
import { isId } from "../../types/facts.ts";
import { typeText } from "../../types/types.ts";
import { type Command, PROJECT_FLAGS } from "../command.ts";
import { EXIT } from "../errors.ts";
import { paintOf, writeJson, writeLines } from "../io.ts";
import { plural } from "../output/format.ts";
import { type Paint, pad, wrap } from "../output/style.ts";
import { type Cell, type Column, tableLines } from "../output/table.ts";
import { knownTable, loadProject } from "../project/load.ts";

const DEFAULT_WIDTH = 100;

export const show: Command = {
  name: "show",
  summary: "shows the tables, their columns and where these come from",
  arguments: ["[TABLE]"],
  flags: PROJECT_FLAGS,
  about: [
    "Without a table: all tables by layer, with kind, inputs and columns (a ? marks a column that may be null, [email] a label).",
    "With a table: its columns, each with where it comes from, its rules and who reads it. Nothing is run.",
  ],
  examples: [
    ["medallion show", "the whole pipeline"],
    ["medallion show revenue_by_country", "one table with the lineage of its columns"],
    ["medallion show --json", "all of it for a program"],
  ],
  async run(given, io) {
    const { pipeline } = await loadProject(given, io);
    const [name] = given.arguments;
    const only = name === undefined ? undefined : knownTable(name, pipeline).name;
    const views = tableViews(pipeline);
    if (given.on("json")) {
      const shown = views.filter((v) => only === undefined || v.name === only);
      writeJson(io, { pipeline: pipeline.toNode().name, tables: shown });
      return EXIT.ok;
    }
    const paint = paintOf(io.stdout, io.env);
    const view = views.find((v) => v.name === only);
    const width = io.stdout.columns || DEFAULT_WIDTH;
    writeLines(io.stdout, view ? tableDetails(view, paint) : overview(pipeline.toNode().name, views, width, paint));
    return EXIT.ok;
  },
};

interface ColumnView {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly labels: readonly string[];
  readonly unit?: string;
  readonly comment?: string;
  readonly from: ColumnLineage["from"];
  readonly expression: string;
}

interface TableView {
  readonly name: string;
  readonly layer: Layer;
  readonly kind: string;
  /** Of a materialized view: how the embedded engine keeps it up to date, or why it recomputes it. */
  readonly refresh?: Refresh;
  readonly comment?: string;
  readonly location?: string;
  readonly key: readonly string[];
  /** Tables that it reads. */
  readonly inputs: readonly string[];
  /** Files and foreign tables that it reads: `json data/*.json`. */
  readonly sources: readonly string[];
  readonly readBy: readonly string[];
  readonly references: readonly { readonly columns: readonly string[]; readonly table: string }[];
  readonly expectations: readonly { readonly name: string; readonly action: string }[];
  readonly columns: readonly ColumnView[];
}

function tableViews(pipeline: AnyPipeline): readonly TableView[] {
  const { tables } = pipeline.toNode();
  const plan = lowerPipeline(pipeline.toNode());
  const { kinds } = plan;
  const origins = new Map(lineage(pipeline).map((l) => [`${l.table}.${l.column}`, l]));
  const readers = new Map<string, string[]>();
  for (const table of tables) {
    for (const input of tableInputs(table)) readers.set(input, [...(readers.get(input) ?? []), table.name]);
  }
  return tables.map((table) => {
    const { settings } = table;
    const lowered = plan.plans.get(table.name);
    const refresh = lowered && plannedRefresh(lowered, plan.tables);
    return {
      name: table.name,
      layer: table.layer,
      kind: keptAs(table, kinds),
      ...(refresh && { refresh }),
      ...(settings.comment !== undefined && { comment: settings.comment }),
      ...(table.at !== undefined && { location: table.at }),
      key: settings.key ?? [],
      inputs: tableInputs(table),
      sources: sourcesOf(table),
      readBy: readers.get(table.name) ?? [],
      references: settings.references.map(({ columns, table }) => ({ columns, table })),
      expectations: settings.expectations.map(({ name, action }) => ({ name, action })),
      columns: table.columns.map((c) => columnView(c, origins.get(`${table.name}.${c.name}`))),
    };
  });
}

function sourcesOf(table: TableNode): readonly string[] {
  return tableSteps(table).flatMap((step) => (step.kind === "source" ? [`${step.format} ${step.path}`] : []));
}

function columnView(column: ColumnFacts, origin: ColumnLineage | undefined): ColumnView {
  return {
    name: column.name,
    type: typeText(column.type),
    nullable: column.nullable,
    labels: column.labels,
    ...(column.unit !== "" && { unit: column.unit }),
    ...(column.comment !== undefined && { comment: column.comment }),
    from: origin?.from ?? [],
    expression: origin?.expression ?? column.name,
  };
}

function overview(name: string, views: readonly TableView[], width: number, paint: Paint): readonly string[] {
  const nameWidth = Math.max(0, ...views.map((v) => v.name.length));
  const kindWidth = Math.max(0, ...views.map((v) => v.kind.length));
  const layers = LAYERS.map((layer) => views.filter((v) => v.layer === layer)).filter((of) => of.length > 0);
  return [
    `${paint("bold", name)}: ${plural(views.length, "table")}`,
    ...layers.flatMap((tables) => [
      "",
      paint("bold", tables[0]?.layer ?? ""),
      ...tables.flatMap((table) => {
        const head = `  ${paint("cyan", pad(table.name, nameWidth))}  ${pad(table.kind, kindWidth)}  ${reads(table)}`;
        const columns = wrap(table.columns.map(compactColumn), ", ", width - 4);
        return [head.trimEnd(), ...columns.map((line) => paint("dim", `    ${line}`))];
      }),
    ]),
    "",
    paint("dim", "medallion show TABLE: where its columns come from"),
  ];
}

function reads(table: TableView): string {
  const from = [...table.inputs, ...table.sources];
  const key = table.key.length > 0 ? `key ${table.key.join(", ")}; ` : "";
  return from.length === 0 ? key.replace(/; $/, "") : `${key}reads ${from.join(", ")}`;
}

function compactColumn(column: ColumnView): string {
  const labels = column.labels.length > 0 ? ` [${column.labels.join(", ")}]` : "";
  return `${column.name} ${column.type}${column.nullable ? "?" : ""}${labels}`;
}

const refreshWords = ({ technique, issues }: Refresh): string =>
  issues.length === 0 ? technique : `${technique}, since ${issues.map(issueWords).join("; ")}`;

function tableDetails(table: TableView, paint: Paint): readonly string[] {
  const facts: readonly (readonly [string, string])[] = [
    ["kind", table.kind],
    ["refresh", table.refresh ? refreshWords(table.refresh) : ""],
    ["comment", table.comment ?? ""],
    ["key", table.key.join(", ")],
    ["reads", [...table.inputs, ...table.sources].join(", ")],
    ["read by", table.readBy.join(", ")],
    ["references", table.references.map((r) => `${r.table} (${r.columns.join(", ")})`).join(", ")],
    ["expects", table.expectations.map((e) => `${e.name} (${e.action})`).join(", ")],
    ["made at", table.location ?? ""],
  ];
  const given = facts.filter(([, text]) => text !== "");
  const columns: readonly Column[] = [
    { header: "COLUMN" },
    { header: "TYPE" },
    { header: "NULL" },
    { header: "LABELS" },
    { header: "FROM" },
    { header: "AS" },
  ];
  const rows = table.columns.map((c): readonly (string | Cell)[] => [
    c.name,
    c.unit === undefined ? c.type : isId(c.unit) ? `${c.type}, ${c.unit}` : `${c.type} in ${c.unit}`,
    c.nullable ? "null" : { text: "not null", style: "dim" },
    { text: c.labels.join(", "), style: "yellow" },
    c.from.map((f) => `${f.table}.${f.column}`).join(", "),
    // A column that comes as it is needs no explanation.
    c.from.length === 1 && c.from[0]?.column === c.expression ? "" : c.expression,
  ]);
  return [
    paint("bold", fullName(table)),
    ...given.map(([word, text]) => `  ${paint("dim", pad(word, 10))}  ${text}`),
    "",
    ...tableLines(columns, rows, { paint, indent: "  " }),
  ];
}
