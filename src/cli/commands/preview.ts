/** `medallion preview`: the rows of a table, brought up to date first. */
import { companionName } from "../../ast/companions.ts";
import type { AnyPipeline } from "../../builder/typed/pipeline.ts";
import type { Look } from "../../engines/duckdb/look.ts";
import { ENGINES } from "../../engines/index.ts";
import { positiveInteger } from "../args.ts";
import { refusal } from "../check.ts";
import { type Command, PROJECT_FLAGS, WAREHOUSE_FLAGS } from "../command.ts";
import { CliError, EXIT } from "../errors.ts";
import { type Io, isLive, paintOf, widthOf, writeJson, writeLines } from "../io.ts";
import { count, plural } from "../output/format.ts";
import { reportUpdate } from "../output/report.ts";
import {
  countRows,
  type GridColumn,
  gridOf,
  jsonRows,
  type Queried,
  storedColumns,
  textRows,
  type WantedTable,
} from "../output/rows.ts";
import { wantsColor } from "../output/style.ts";
import { warningLines } from "../output/warnings.ts";
import { knownTable, loadProject } from "../project/load.ts";
import { RESOURCE_FLAGS } from "../project/resources.ts";
import { INTERRUPTED, watched } from "../update.ts";

const DEFAULT_LIMIT = 20;

interface Wanted extends WantedTable {
  /** The table of the pipeline that must run. */
  readonly table: string;
}

export const preview: Command = {
  name: "preview",
  summary: "brings a table up to date and prints its rows",
  arguments: ["TABLE"],
  flags: {
    limit: { type: "string", short: "n", value: "N", help: `how many rows (default: ${DEFAULT_LIMIT})` },
    ...WAREHOUSE_FLAGS,
    ...RESOURCE_FLAGS,
    ...PROJECT_FLAGS,
  },
  about: [
    "Runs the table and what it reads, nothing else. The rows that broke a rule are in TABLE_quarantine.",
    "Of a warehouse that is read-only the rows are shown as the last update left them.",
    "With --json whole numbers are numbers, decimals text (exact), times ISO 8601, bytes Base64, at every depth.",
  ],
  examples: [
    ["medallion preview revenue_by_country", "the first rows"],
    ["medallion preview orders --limit 5", "five of them"],
    ["medallion preview orders_quarantine", "the rows that broke a rule, and which"],
  ],
  async run(given, io) {
    const limit = positiveInteger(given, "limit") ?? DEFAULT_LIMIT;
    const project = await loadProject(given, io);
    const json = given.on("json");
    const wanted = wantedTable(given.arguments[0] ?? "", project.pipeline);
    const refused = refusal(project.pipeline, json, io);
    if (refused !== undefined) return refused;
    const { pipeline, warehouse, baseDir, params, duckdb } = project;
    const { lookAt } = await import("../../engines/duckdb/look.ts");
    const look = await lookAt(warehouse, duckdb);
    if (look) return showAsItIs(wanted, look, { json, limit }, io);
    const { run } = await ENGINES.duckdb();
    const update = await watched({ interrupted: () => INTERRUPTED }, json, io, (onEvent) =>
      run(pipeline, { ...duckdb, only: [wanted.table], warehouse, baseDir, params, onEvent }),
    );
    try {
      const own = update.tables.find((t) => t.name === wanted.table);
      if (own?.status === "failed" || own?.status === "excluded") {
        const options = { color: wantsColor(io.stderr, io.env), cwd: io.cwd, width: widthOf(io.stderr) };
        // What failed first: the table itself or one that it reads.
        const error = update.tables.find((t) => t.error)?.error ?? update.error;
        if (json) writeJson(io, { table: wanted.read, error });
        else writeLines(io.stderr, [reportUpdate(update, options)]);
        return EXIT.failed;
      }
      // A log has told them already.
      if (!json && isLive(io.stderr, io.env))
        writeLines(io.stderr, warningLines(update.warnings, paintOf(io.stderr, io.env)));
      await print(wanted, update, { json, limit, current: true }, io);
      return EXIT.ok;
    } finally {
      await update.close();
    }
  },
};

interface Shown {
  readonly json: boolean;
  readonly limit: number;
}

/** The rows as the last update left them, with a word that no update brought them up to date. */
async function showAsItIs(wanted: Wanted, look: Look, shown: Shown, io: Io): Promise<number> {
  try {
    const columns = await storedColumns(look, wanted, shown.limit);
    if (columns.length === 0 && wanted.columns !== undefined) {
      throw new CliError({
        code: "WAREHOUSE004",
        message: `the warehouse is read-only and has no table ${wanted.layer}.${wanted.read}`,
        help: "run the pipeline where the warehouse can be written, or give another with --warehouse",
      });
    }
    writeLines(io.stderr, ["The warehouse is read-only: these are the rows as the last update left them."]);
    await print(wanted, look, { ...shown, current: false }, io);
    return EXIT.ok;
  } finally {
    await look.close();
  }
}

/** Prints the rows; `current`: an update has brought them up to date. */
async function print(
  wanted: Wanted,
  from: Queried,
  { json, limit, current }: Shown & { readonly current: boolean },
  io: Io,
): Promise<void> {
  const columns = await storedColumns(from, wanted, limit);
  const total = columns.length === 0 ? 0 : await countRows(from, wanted);
  if (json) {
    const rows = columns.length === 0 ? [] : await jsonRows(from, wanted, columns, limit);
    writeJson(io, { table: wanted.read, layer: wanted.layer, current, total, columns, rows });
  } else if (columns.length === 0) {
    writeLines(io.stdout, [`${wanted.table} has no quarantine: no row broke a rule.`]);
  } else {
    const rows = await textRows(from, wanted, columns, limit);
    writeLines(io.stdout, rowLines(wanted, columns, rows, total, io));
  }
}

function wantedTable(name: string, pipeline: AnyPipeline): Wanted {
  const { tables } = pipeline.toNode();
  for (const { name: table, layer } of tables) {
    const read = companionName(table, "quarantine");
    if (name === read || name === `${layer}.${read}`) return { table, read, layer };
  }
  const { name: table, layer, columns } = knownTable(name, pipeline);
  return { table, read: table, layer, columns: columns.map((c) => c.name) };
}

function rowLines(
  wanted: WantedTable,
  columns: readonly GridColumn[],
  rows: readonly (readonly unknown[])[],
  total: number,
  io: Io,
): readonly string[] {
  const paint = paintOf(io.stdout, io.env);
  const { lines, hidden } = gridOf(columns, rows, { stream: io.stdout, paint });
  const shown = `${wanted.layer}.${wanted.read}: ${rows.length < total ? `${count(rows.length)} of ` : ""}${plural(total, "row")}`;
  return [
    ...lines,
    "",
    paint("dim", shown),
    ...(hidden.length > 0 ? [paint("dim", `not shown: ${hidden.join(", ")} (--json has all)`)] : []),
  ];
}
