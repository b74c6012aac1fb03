/** `medallion preview`: the rows of a table, brought up to date first. */
import { companionName } from "../../ast/companions.ts";
import type { Layer } from "../../ast/pipeline.ts";
import type { AnyPipeline } from "../../builder/typed/pipeline.ts";
import type { Update } from "../../engines/duckdb/update.ts";
import { ENGINES } from "../../engines/index.ts";
import { duckdbIdentifier as identifier, duckdbText as literal } from "../../targets/duckdb/dialect.ts";
import { nameOf } from "../../targets/duckdb/tables.ts";
import { positiveInteger } from "../args.ts";
import { refusal } from "../check.ts";
import { type Command, PROJECT_FLAGS, WAREHOUSE_FLAGS } from "../command.ts";
import { EXIT } from "../errors.ts";
import { count, plural } from "../format.ts";
import { type Io, isLive, paintOf, writeJson, writeLines } from "../io.ts";
import { knownTable, loadProject } from "../load.ts";
import { reportUpdate } from "../report.ts";
import { printable, wantsColor } from "../style.ts";
import { type Cell, type Column, columnWidths, fittingColumns, tableLines } from "../table.ts";
import { INTERRUPTED, watched } from "../update.ts";
import { warningLines } from "../warnings.ts";

const DEFAULT_LIMIT = 20;
const MAX_CELL = 40;

interface Wanted {
  /** The table of the pipeline that must run. */
  readonly table: string;
  /** What is read: the table, or its quarantine beside it. */
  readonly read: string;
  readonly layer: Layer;
  /** The columns that the user declared; absent for a quarantine. */
  readonly columns?: readonly string[];
}

interface StoredColumn {
  readonly name: string;
  readonly type: string;
}

export const preview: Command = {
  name: "preview",
  summary: "brings a table up to date and prints its rows",
  arguments: ["TABLE"],
  flags: {
    limit: { type: "string", short: "n", value: "N", help: `how many rows (default: ${DEFAULT_LIMIT})` },
    ...WAREHOUSE_FLAGS,
    ...PROJECT_FLAGS,
  },
  about: [
    "Runs the table and what it reads, nothing else. The rows that broke a rule are in TABLE_quarantine.",
    "With --json whole numbers are numbers, decimals text (exact), times ISO 8601.",
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
    const { pipeline, warehouse, baseDir, params } = project;
    const { run } = await ENGINES.duckdb();
    const update = await watched({ interrupted: () => INTERRUPTED }, json, io, (onEvent) =>
      run(pipeline, { only: [wanted.table], warehouse, baseDir, params, onEvent }),
    );
    try {
      const own = update.tables.find((t) => t.name === wanted.table);
      if (own?.status === "failed" || own?.status === "excluded") {
        const options = { color: wantsColor(io.stderr, io.env), cwd: io.cwd };
        // What failed first: the table itself or one that it reads.
        const error = update.tables.find((t) => t.error)?.error ?? update.error;
        if (json) writeJson(io, { table: wanted.read, error });
        else writeLines(io.stderr, [reportUpdate(update, options)]);
        return EXIT.failed;
      }
      // A log has told them already.
      if (!json && isLive(io.stderr, io.env))
        writeLines(io.stderr, warningLines(update.warnings, paintOf(io.stderr, io.env)));
      const columns = await storedColumns(update, wanted);
      const total = columns.length === 0 ? 0 : await rowCount(update, wanted);
      if (json) {
        const rows = columns.length === 0 ? [] : await jsonRows(update, wanted, columns, limit);
        writeJson(io, { table: wanted.read, layer: wanted.layer, total, columns, rows });
      } else if (columns.length === 0) {
        writeLines(io.stdout, [`${wanted.table} has no quarantine: no row broke a rule.`]);
      } else {
        const rows = await textRows(update, wanted, columns, limit);
        writeLines(io.stdout, rowLines(wanted, columns, rows, total, io));
      }
      return EXIT.ok;
    } finally {
      await update.close();
    }
  },
};

function wantedTable(name: string, pipeline: AnyPipeline): Wanted {
  const { tables } = pipeline.toNode();
  const owner = tables.find((table) => companionName(table.name, "quarantine") === name);
  if (owner) return { table: owner.name, read: name, layer: owner.layer };
  const { layer, columns } = knownTable(name, pipeline);
  return { table: name, read: name, layer, columns: columns.map((c) => c.name) };
}

const relation = ({ layer, read }: Wanted): string => nameOf({ layer, name: read });

/** The columns in their declared order; of a quarantine all that are stored. None: it does not exist. */
async function storedColumns(update: Update, wanted: Wanted): Promise<readonly StoredColumn[]> {
  const rows = await update.query(
    `SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = ${literal(wanted.layer)} ` +
      `AND table_name = ${literal(wanted.read)} ORDER BY column_index`,
  );
  const stored = rows.map((row) => ({ name: String(row["column_name"]), type: String(row["data_type"]) }));
  if (!wanted.columns) return stored;
  return wanted.columns.flatMap((name) => stored.find((c) => c.name === name) ?? []);
}

async function rowCount(update: Update, wanted: Wanted): Promise<number> {
  const [row] = await update.query(`SELECT count(*) AS n FROM ${relation(wanted)}`);
  return Number(row?.["n"] ?? 0);
}

/** Aliases are positions: two columns may differ only in what SQL does not tell apart. */
function read(update: Update, wanted: Wanted, expressions: readonly string[], limit: number) {
  const list = expressions.map((e, i) => `${e} AS "${i}"`).join(", ");
  return update.query(`SELECT ${list} FROM ${relation(wanted)} LIMIT ${limit}`);
}

async function textRows(update: Update, wanted: Wanted, columns: readonly StoredColumn[], limit: number) {
  const rows = await read(
    update,
    wanted,
    columns.map((c) => `CAST(${identifier(c.name)} AS VARCHAR)`),
    limit,
  );
  return rows.map((row) => columns.map((_, i) => row[String(i)]));
}

const WHOLE = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/;

/** Values as exact JSON: what a JavaScript number cannot hold stays text. */
async function jsonRows(update: Update, wanted: Wanted, columns: readonly StoredColumn[], limit: number) {
  const expressions = columns.map(({ name, type }) => {
    const column = identifier(name);
    if (type === "TIMESTAMP WITH TIME ZONE") return `strftime(${column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')`;
    if (type === "TIMESTAMP") return `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%f')`;
    if (/^(STRUCT|MAP)|\]$/.test(type)) return `CAST(to_json(${column}) AS VARCHAR)`;
    return `CAST(${column} AS VARCHAR)`;
  });
  const rows = await read(update, wanted, expressions, limit);
  return rows.map((row) => Object.fromEntries(columns.map((c, i) => [c.name, jsonValue(row[String(i)], c.type)])));
}

function jsonValue(value: unknown, type: string): unknown {
  if (typeof value !== "string") return value ?? null;
  if (type === "BOOLEAN") return value === "true";
  if (WHOLE.test(type)) return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (type === "FLOAT" || type === "DOUBLE") return Number.isFinite(Number(value)) ? Number(value) : value;
  return /^(STRUCT|MAP|JSON)|\]$/.test(type) ? parsed(value) : value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // NaN inside of a nested value is no JSON; the text says what is there.
    return text;
  }
}

const NUMERIC = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|FLOAT|DOUBLE|DECIMAL.*)$/;

function rowLines(
  wanted: Wanted,
  stored: readonly StoredColumn[],
  rows: readonly (readonly unknown[])[],
  total: number,
  io: Io,
): readonly string[] {
  const paint = paintOf(io.stdout, io.env);
  // A pipe gets everything; a terminal gets what fits, and is told what did not.
  const width = io.stdout.isTTY ? io.stdout.columns || undefined : undefined;
  const columns = stored.map(
    (c): Column => ({
      header: printable(c.name),
      align: NUMERIC.test(c.type) ? "right" : "left",
      ...(width !== undefined && { maxWidth: MAX_CELL }),
    }),
  );
  const cells = rows.map((row) =>
    row.map(
      (v): Cell => (v === null || v === undefined ? { text: "null", style: "dim" } : { text: printable(String(v)) }),
    ),
  );
  const fitting = width === undefined ? columns.length : fittingColumns(columnWidths(columns, cells), width);
  const hidden = columns.slice(fitting).map((c) => c.header);
  const shown = `${wanted.layer}.${wanted.read}: ${rows.length < total ? `${count(rows.length)} of ` : ""}${plural(total, "row")}`;
  return [
    ...tableLines(
      columns.slice(0, fitting),
      cells.map((row) => row.slice(0, fitting)),
      { paint },
    ),
    "",
    paint("dim", shown),
    ...(hidden.length > 0 ? [paint("dim", `not shown: ${hidden.join(", ")} (--json has all)`)] : []),
  ];
}
